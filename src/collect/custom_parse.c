/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts of custom sources: a number, JSON, Prometheus. They come from programs that nobody here
 * knows, so every length is bounded, and what is wrong is told with its line and column. The text
 * is never changed and need not end with a NUL.
 *
 * Prometheus text groups its lines by family: HELP and TYPE first, then the samples. So it is
 * enough to remember the family that was declared last.
 */
#include "perftop/collect/custom.h"

#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <math.h>
#include <string.h>

enum {
	NUMBER_MAX = 64,
	WORD_MAX = 200, /* of the name of a metric or a label */
	HELP_MAX = 200,
	LABELS_MAX = 32, /* of one sample */
	DEPTH_MAX = 64,
};

/* -- a number ------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A word into a terminated string; false if it is too long or has a NUL in it. */
static bool copy_word(char *out, size_t size, const char *word, size_t n)
{
	if (n >= size || memchr(word, '\0', n))
		return false;
	for (size_t i = 0; i < n; i++)
		out[i] = word[i];
	out[n] = '\0';
	return true;
}

/* Where in the text: for errors. */
static int fail_at(struct pt_err *err, const struct pt_custom_source *source, const char *text,
		   const char *at, enum pt_error code, const char *what)
{
	int line = 1, col = 1;

	for (const char *p = text; p < at; p++) {
		if (*p == '\n') {
			line++;
			col = 1;
		} else if ((*p & 0xc0) != 0x80) {
			col++;
		}
	}
	return pt_err_at(err, code, source->name, line, col, "%s", what);
}

/* Number with an optional unit, in the source's stored unit. */
static int number_parse(const struct pt_custom_source *source, const char *text, size_t n,
			double *ret, struct pt_err *err)
{
	const char *p = text, *end = text + n;
	char number[NUMBER_MAX], unit_name[NUMBER_MAX];
	double value = 0, factor = source->factor;
	enum pt_unit unit = source->unit;
	const char *digits;

	while (p < end && is_blank(*p))
		p++;
	while (end > p && is_blank(end[-1]))
		end--;
	digits = p;
	while (p < end && *p && strchr("0123456789+-.eE", *p))
		p++;
	/* The e of "5 eV" is none of an exponent. */
	while (p > digits && (p[-1] == 'e' || p[-1] == 'E'))
		p--;
	if (!copy_word(number, sizeof(number), digits, (size_t)(p - digits)) ||
	    pt_parse_double(number, &value) < 0)
		return fail_at(err, source, text, digits, PT_ESYNTAX, "expected a number");
	while (p < end && is_blank(*p))
		p++;
	if (p < end) {
		if (!copy_word(unit_name, sizeof(unit_name), p, (size_t)(end - p)) ||
		    pt_unit_parse(unit_name, &unit, &factor) < 0)
			return fail_at(err, source, text, p, PT_ESYNTAX,
				       "expected nothing or a unit after the number");
		if (unit != source->unit)
			return fail_at(err, source, text, p, PT_ESYNTAX,
				       "the unit is none of what the source is declared to be");
	}
	*ret = value * factor;
	return 0;
}

static int one_value(const struct pt_custom_source *source, double value,
		     void (*each)(void *arg, const struct pt_custom_value *value), void *arg)
{
	each(arg, &(struct pt_custom_value){.name = source->name,
					    .labels = "",
					    .help = "",
					    .kind = source->kind,
					    .value = value});
	return 1;
}

/* -- JSON ----------------------------------------------------------------------------------- */

static int json_value(const struct pt_custom_source *source, const struct pt_json *doc, double *ret,
		      struct pt_err *err)
{
	const pt_jval *v = pt_json_path(pt_json_root(doc), source->json_path);
	const char *text;

	if (!v || pt_json_type(v) == PT_JNULL)
		return pt_err_set(err, PT_ENOENT, "no value at path %s", source->json_path);
	switch (pt_json_type(v)) {
	case PT_JNUMBER: *ret = pt_json_num(v, 0) * source->factor; return 0;
	case PT_JBOOL: *ret = pt_json_bool(v, false); return 0;
	case PT_JSTRING:
		text = pt_json_str(v, "");
		if (number_parse(source, text, strlen(text), ret, NULL) == 0)
			return 0;
		return pt_json_fail(doc, v, err, PT_ESYNTAX, "the string at path %s is no number",
				    source->json_path);
	default:
		return pt_json_fail(doc, v, err, PT_ESYNTAX, "path %s is %s, expected a number",
				    source->json_path, pt_json_type_name(pt_json_type(v)));
	}
}

static int json_parse(const struct pt_custom_source *source, const char *text, size_t n,
		      double *ret, struct pt_err *err)
{
	struct pt_json_limits limits = {.max_bytes = source->max_output, .max_depth = DEPTH_MAX};
	struct pt_json *doc;
	int rc = pt_json_parse(source->name, text, n, &limits, &doc, err);

	if (rc < 0)
		return rc;
	rc = json_value(source, doc, ret, err);
	pt_json_free(doc);
	return rc;
}

/* -- Prometheus text ------------------------------------------------------------------------ */

enum family_type { UNTYPED, COUNTER, GAUGE, HISTOGRAM, SUMMARY };

struct label {
	const char *key, *value; /* the value between its quotes, still escaped */
	size_t key_len, value_len;
};

struct prom {
	const struct pt_custom_source *source;
	const char *text, *p, *end; /* p goes on within one line */
	const char *line_end;
	struct pt_err *err;
	void (*each)(void *arg, const struct pt_custom_value *value);
	void *arg;
	int n;
	bool too_many, too_long;

	char family[WORD_MAX + 1]; /* declared last */
	enum family_type type;
	char help[HELP_MAX];
	char name[WORD_MAX + 1]; /* of the sample */
	struct label label[LABELS_MAX];
	size_t n_labels;
	char labels[PT_LABELS_MAX];
};

static int prom_fail(struct prom *prom, const char *what)
{
	return fail_at(prom->err, prom->source, prom->text, prom->p, PT_ESYNTAX, what);
}

static void skip_blanks(struct prom *prom)
{
	while (prom->p < prom->line_end && (*prom->p == ' ' || *prom->p == '\t'))
		prom->p++;
}

static bool take(struct prom *prom, char c)
{
	bool is = prom->p < prom->line_end && *prom->p == c;

	prom->p += is;
	return is;
}

static bool is_name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
	       (!first && c >= '0' && c <= '9');
}

/* Length of a name that starts here; 0 if none does. */
static size_t name_len(const struct prom *prom)
{
	const char *p = prom->p;

	while (p < prom->line_end && is_name_char(*p, p == prom->p))
		p++;
	return (size_t)(p - prom->p);
}

static int take_name(struct prom *prom, char out[WORD_MAX + 1], const char *what)
{
	size_t n = name_len(prom);

	if (n == 0 || !copy_word(out, WORD_MAX + 1, prom->p, n))
		return prom_fail(prom, what);
	prom->p += n;
	return 0;
}

static bool take_word(struct prom *prom, const char *word)
{
	size_t n = strlen(word);
	const char *after = prom->p + n;

	if ((size_t)(prom->line_end - prom->p) < n || memcmp(prom->p, word, n) != 0 ||
	    (after < prom->line_end && *after != ' ' && *after != '\t'))
		return false;
	prom->p = after;
	skip_blanks(prom);
	return true;
}

static void family_begin(struct prom *prom, const char *name)
{
	if (strcmp(prom->family, name) == 0)
		return;
	pt_strlcpy(prom->family, name, sizeof(prom->family));
	prom->type = UNTYPED;
	prom->help[0] = '\0';
}

/* The rest of the line, unescaped (\\ and \n), without what follows its first line. */
static void take_help(struct prom *prom)
{
	struct pt_str help = PT_STR_INIT;

	for (; prom->p < prom->line_end; prom->p++) {
		if (*prom->p == '\\' && prom->p + 1 < prom->line_end) {
			prom->p++;
			if (*prom->p == 'n')
				break;
		}
		pt_str_addc(&help, *prom->p);
	}
	if (help.len && help.s[help.len - 1] == '.')
		help.s[--help.len] = '\0';
	pt_strlcpy(prom->help, pt_str_text(&help), sizeof(prom->help));
	pt_str_release(&help);
}

/* "# HELP name text", "# TYPE name type"; every other comment is passed over. */
static int prom_comment(struct prom *prom)
{
	static const struct {
		const char *name;
		enum family_type type;
	} types[] = {
		{"counter", COUNTER},	  {"gauge", GAUGE},	{"gaugehistogram", GAUGE},
		{"histogram", HISTOGRAM}, {"info", GAUGE},	{"stateset", GAUGE},
		{"summary", SUMMARY},	  {"unknown", UNTYPED}, {"untyped", UNTYPED},
	};
	bool help, type;
	char name[WORD_MAX + 1];

	skip_blanks(prom);
	help = take_word(prom, "HELP");
	type = !help && take_word(prom, "TYPE");
	if (!help && !type)
		return 0;
	if (take_name(prom, name, "expected the name of a metric") < 0)
		return -PT_ESYNTAX;
	family_begin(prom, name);
	skip_blanks(prom);
	if (help) {
		take_help(prom);
		return 0;
	}
	for (size_t i = 0; i < PT_LEN(types); i++) {
		if (take_word(prom, types[i].name)) {
			prom->type = types[i].type;
			return prom->p == prom->line_end ? 0
							 : prom_fail(prom, "expected the line end");
		}
	}
	return prom_fail(prom, "expected counter, gauge, histogram, summary or untyped");
}

static int prom_label(struct prom *prom)
{
	struct label *label = &prom->label[prom->n_labels];

	if (prom->n_labels == LABELS_MAX)
		return prom_fail(prom, "more than 32 labels");
	label->key = prom->p;
	label->key_len = name_len(prom);
	if (label->key_len == 0 || label->key_len > WORD_MAX)
		return prom_fail(prom, "expected the name of a label");
	for (size_t i = 0; i < prom->n_labels; i++)
		if (prom->label[i].key_len == label->key_len &&
		    memcmp(prom->label[i].key, label->key, label->key_len) == 0)
			return prom_fail(prom, "the label is there twice");
	prom->p += label->key_len;
	skip_blanks(prom);
	if (!take(prom, '='))
		return prom_fail(prom, "expected '=' after the label's name");
	skip_blanks(prom);
	if (!take(prom, '"'))
		return prom_fail(prom, "expected '\"' before the label's value");
	label->value = prom->p;
	while (prom->p < prom->line_end && *prom->p != '"')
		prom->p += *prom->p == '\\' && prom->p + 1 < prom->line_end ? 2 : 1;
	label->value_len = (size_t)(prom->p - label->value);
	if (!take(prom, '"'))
		return prom_fail(prom, "the label's value has no end");
	prom->n_labels++;
	return 0;
}

static int prom_labels(struct prom *prom)
{
	prom->n_labels = 0;
	skip_blanks(prom);
	if (!take(prom, '{'))
		return 0;
	for (;;) {
		skip_blanks(prom);
		if (take(prom, '}'))
			return 0;
		if (prom_label(prom) < 0)
			return -PT_ESYNTAX;
		skip_blanks(prom);
		if (!take(prom, ',') && (prom->p == prom->line_end || *prom->p != '}'))
			return prom_fail(prom, "expected ',' or '}' after the label's value");
	}
}

static int label_order(const void *a, const void *b)
{
	const struct label *x = a, *y = b;
	int order = memcmp(x->key, y->key, PT_MIN(x->key_len, y->key_len));

	return order ? order : (x->key_len > y->key_len) - (x->key_len < y->key_len);
}

static void add_value(struct pt_str *out, const struct label *label)
{
	for (size_t i = 0; i < label->value_len; i++) {
		char c = label->value[i];

		/* One spelling: \" and \n are ours too, \\ only where it must be. */
		if (c == '\\' && i + 1 < label->value_len && label->value[i + 1] &&
		    strchr("\\\"n", label->value[i + 1])) {
			pt_str_addc(out, c);
			c = label->value[++i];
		} else if (c == '\\') {
			pt_str_addc(out, '\\');
		}
		if (c) /* a NUL would end the text early */
			pt_str_addc(out, c);
	}
}

/* Canonical labels, as pt_labels_format makes them. False when they are too long. */
static bool format_labels(struct prom *prom)
{
	struct pt_str out = PT_STR_INIT;
	bool fits;

	qsort(prom->label, prom->n_labels, sizeof(*prom->label), label_order);
	for (size_t i = 0; i < prom->n_labels && out.len < sizeof(prom->labels); i++) {
		const struct label *label = &prom->label[i];

		if (i > 0)
			pt_str_addc(&out, ',');
		pt_str_addn(&out, label->key, label->key_len);
		pt_str_add(&out, "=\"");
		add_value(&out, label);
		pt_str_addc(&out, '"');
	}
	fits = out.len < sizeof(prom->labels);
	if (fits)
		memcpy(prom->labels, pt_str_text(&out), out.len + 1);
	pt_str_release(&out);
	return fits;
}

/* A number as Go reads it, but for hexadecimal. */
static int prom_number(struct prom *prom, double *ret)
{
	static const struct {
		const char *name;
		double value;
	} special[] = {{"NaN", NAN}, {"+Inf", INFINITY}, {"-Inf", -INFINITY}, {"Inf", INFINITY},
		       {"nan", NAN}, {"+inf", INFINITY}, {"-inf", -INFINITY}, {"inf", INFINITY}};
	char text[NUMBER_MAX];
	size_t n = 0;

	while (prom->p + n < prom->line_end && !is_blank(prom->p[n]))
		n++;
	if (n == 0 || !copy_word(text, sizeof(text), prom->p, n))
		return prom_fail(prom, "expected a number");
	if (pt_parse_double(text, ret) < 0) {
		size_t i = 0;

		while (i < PT_LEN(special) && strcmp(special[i].name, text) != 0)
			i++;
		if (i == PT_LEN(special))
			return prom_fail(prom, "expected a number");
		*ret = special[i].value;
	}
	prom->p += n;
	skip_blanks(prom);
	return 0;
}

/* What the sample's name has beyond its family's; NULL if it is of another one. */
static const char *suffix(const struct prom *prom)
{
	size_t n = strlen(prom->family);

	return n && strncmp(prom->name, prom->family, n) == 0 ? prom->name + n : NULL;
}

static enum pt_kind kind_of(const struct prom *prom, const char *end)
{
	enum family_type type = end ? prom->type : UNTYPED;
	size_t n = strlen(prom->name);
	bool total = n > 6 && strcmp(prom->name + n - 6, "_total") == 0;
	bool sums = end && (strcmp(end, "_sum") == 0 || strcmp(end, "_count") == 0);

	switch (type) {
	case COUNTER: return !*end || total ? PT_COUNTER : PT_GAUGE; /* not _created */
	case HISTOGRAM: return sums || strcmp(end, "_bucket") == 0 ? PT_COUNTER : PT_GAUGE;
	case SUMMARY: return sums ? PT_COUNTER : PT_GAUGE;
	case GAUGE: return PT_GAUGE;
	case UNTYPED: break;
	}
	return total ? PT_COUNTER : prom->source->kind;
}

static void prom_tell(struct prom *prom, double value)
{
	const char *end = suffix(prom);

	if (strncmp(prom->name, prom->source->name, strlen(prom->source->name)) != 0)
		return;
	if (!format_labels(prom)) {
		prom->too_long = true;
		return;
	}
	if (prom->n == PT_CUSTOM_SERIES_MAX) {
		prom->too_many = true;
		return;
	}
	prom->n++;
	prom->each(prom->arg, &(struct pt_custom_value){
				      .name = prom->name,
				      .labels = prom->labels,
				      .help = end ? prom->help : "",
				      .kind = kind_of(prom, end),
				      .value = value * prom->source->factor,
			      });
}

/* name{labels} value [timestamp] [# exemplar] */
static int prom_sample(struct prom *prom)
{
	double value = 0, ignored;

	if (take_name(prom, prom->name, "expected the name of a metric or '#'") < 0 ||
	    prom_labels(prom) < 0)
		return -PT_ESYNTAX;
	skip_blanks(prom);
	if (prom_number(prom, &value) < 0)
		return -PT_ESYNTAX;
	if (prom->p < prom->line_end && *prom->p != '#' && prom_number(prom, &ignored) < 0)
		return -PT_ESYNTAX;
	if (prom->p < prom->line_end && *prom->p != '#')
		return prom_fail(prom, "expected the line end");
	prom_tell(prom, value);
	return 0;
}

static int prom_line(struct prom *prom)
{
	const char *end = memchr(prom->p, '\n', (size_t)(prom->end - prom->p));
	int rc = 0;

	prom->line_end = end ? end : prom->end;
	end = prom->line_end;
	if (end > prom->p && end[-1] == '\r')
		prom->line_end--;
	skip_blanks(prom);
	if (take(prom, '#'))
		rc = prom_comment(prom);
	else if (prom->p < prom->line_end)
		rc = prom_sample(prom);
	prom->p = end < prom->end ? end + 1 : end;
	return rc;
}

static int prom_parse(struct prom *prom)
{
	while (prom->p < prom->end) {
		int rc = prom_line(prom);

		if (rc < 0)
			return rc;
	}
	if (prom->too_many)
		return pt_err_set(prom->err, PT_ELIMIT,
				  "more than %d series start with %s: choose a longer name",
				  PT_CUSTOM_SERIES_MAX, prom->source->name);
	if (prom->too_long)
		return pt_err_set(prom->err, PT_ELIMIT, "a series' labels are longer than %d bytes",
				  PT_LABELS_MAX - 1);
	return prom->n;
}

int pt_custom_parse(const struct pt_custom_source *source, const char *text, size_t n,
		    void (*each)(void *arg, const struct pt_custom_value *value), void *arg,
		    struct pt_err *err)
{
	struct prom prom;
	double value = 0;
	int rc;

	if (source->format == PT_CUSTOM_PROMETHEUS) {
		prom = (struct prom){.source = source,
				     .text = text,
				     .p = text,
				     .end = text + n,
				     .err = err,
				     .each = each,
				     .arg = arg};
		return prom_parse(&prom);
	}
	rc = source->format == PT_CUSTOM_JSON ? json_parse(source, text, n, &value, err)
					      : number_parse(source, text, n, &value, err);
	return rc < 0 ? rc : one_value(source, value, each, arg);
}
