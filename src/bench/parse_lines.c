/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text of benchmark tools, a line at a time. A line is copied, so that a parser may cut it into
 * words, and the escape sequences that colour it stay behind; columns in errors count the
 * characters of the file nevertheless.
 */
#include "parse_lines.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX_BYTES = 4096, SNIFF_LINES = 2000 };

void pt_lines_init(struct pt_lines *l, const struct pt_bench_input *in, struct pt_bench_set *set,
		   struct pt_err *err)
{
	*l = (struct pt_lines){.in = in, .set = set, .err = err, .next = in->text};
}

void pt_lines_release(struct pt_lines *l)
{
	pt_str_release(&l->buf);
}

/* Bytes of the escape sequence that begins here (ESC [ … letter, or ESC and one more), or 0. */
static size_t escape_len(const char *p, const char *end)
{
	size_t n = 2;

	if (*p != '\033')
		return 0;
	if (end - p < 2)
		return 1;
	if (p[1] != '[')
		return 2;
	while (p + n < end && p[n] >= 0x20 && p[n] < 0x40)
		n++;
	return p + n < end ? n + 1 : n;
}

/* The line without carriage returns at its end; of one that was written over, the last state. */
static char *visible(struct pt_str *line)
{
	char *cr;

	while (line->len > 0 && line->s[line->len - 1] == '\r')
		line->s[--line->len] = '\0';
	cr = strrchr(line->s, '\r');
	return cr ? cr + 1 : line->s;
}

bool pt_lines_next(struct pt_lines *l)
{
	const char *text_end = l->in->text + l->in->len, *end, *p;
	size_t escape;

	if (l->next >= text_end)
		return false;
	l->raw = p = l->next;
	end = memchr(p, '\n', (size_t)(text_end - p));
	l->next = end ? end + 1 : text_end;
	if (!end)
		end = text_end;
	l->number++;
	pt_str_clear(&l->buf);
	pt_str_add(&l->buf, "");
	if (end - p > PT_LINE_MAX) {
		pt_bench_set_note(l->set, "line %d was left out: it is longer than %d bytes",
				  l->number, PT_LINE_MAX);
		end = p;
	}
	while (p < end) {
		escape = escape_len(p, end);
		if (!escape)
			pt_str_addc(&l->buf, *p);
		p += escape ? escape : 1;
	}
	l->s = visible(&l->buf);
	return true;
}

bool pt_lines_any(const struct pt_bench_input *in, bool (*match)(char *line))
{
	struct pt_bench_set scrap; /* for notes, which nobody reads */
	struct pt_lines l;
	bool found = false;

	pt_bench_set_init(&scrap);
	pt_lines_init(&l, in, &scrap, NULL);
	while (!found && l.number < SNIFF_LINES && pt_lines_next(&l))
		found = match(l.s);
	pt_lines_release(&l);
	pt_bench_set_release(&scrap);
	return found;
}

/* Column of an offset in the copy: both are walked, the escapes in the file alone. */
static int column_of(const struct pt_lines *l, size_t offset)
{
	const char *p = l->raw;
	int col = 1;
	size_t n;

	while (p < l->next) {
		n = escape_len(p, l->next);
		if (n == 0) {
			if (offset-- == 0)
				break;
			n = 1;
		}
		for (; n > 0; n--, p++)
			col += ((unsigned char)*p & 0xC0) != 0x80;
	}
	return col;
}

int pt_lines_fail(const struct pt_lines *l, const char *at, enum pt_error code, const char *fmt,
		  ...)
{
	struct pt_str msg = PT_STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&msg, fmt, ap);
	va_end(ap);
	pt_err_at(l->err, code, l->in->name, l->number,
		  at ? column_of(l, (size_t)(at - l->buf.s)) : 1, "%s", pt_str_text(&msg));
	pt_str_release(&msg);
	return -(int)code;
}

char *pt_lines_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t"), *end = word + strcspn(word, " \t");

	if (!*word)
		return NULL;
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

char *pt_lines_trim(char *s)
{
	size_t n;

	s += strspn(s, " \t");
	n = strlen(s);
	while (n > 0 && strchr(" \t", s[n - 1]))
		n--;
	s[n] = '\0';
	return s;
}

/* Copies a number without its commas; false if they do not stand between thousands. */
static bool without_commas(const char *word, char *out, size_t size)
{
	const char *p = word + strspn(word, "+-");
	size_t n = strspn(p, "0123456789"), len;

	if (p[n] != ',')
		return pt_strlcpy(out, word, size) == strlen(word);
	if (n < 1 || n > 3)
		return false;
	for (p += n; *p == ','; p += 4)
		if (strspn(p + 1, "0123456789") != 3)
			return false;
	if (strlen(word) >= size)
		return false;
	for (len = 0; *word; word++)
		if (*word != ',' || word >= p)
			out[len++] = *word;
	out[len] = '\0';
	return true;
}

int pt_lines_number(const char *word, double *ret)
{
	static const char *const odd[] = {"nan", "inf", "infinity"};
	const char *bare = word + strspn(word, "+-");
	char digits[64];
	int code;

	for (size_t i = 0; i < PT_LEN(odd); i++)
		if (bare - word < 2 && strcasecmp(bare, odd[i]) == 0) {
			*ret = i == 0 ? NAN : *word == '-' ? -INFINITY : INFINITY;
			return 0;
		}
	if (!without_commas(word, digits, sizeof digits))
		return -PT_ESYNTAX;
	code = pt_parse_double(digits, ret);
	if (code == -PT_ERANGE)
		*ret = INFINITY;
	return code == -PT_ESYNTAX ? code : 0;
}

bool pt_lines_unit(const char *text, struct pt_bench_unit *ret)
{
	const char *slash = strchr(text, '/');
	enum pt_unit time;
	double ns;

	if (pt_bench_unit_parse(text, ret) == 0)
		return true;
	*ret = (struct pt_bench_unit){.unit = PT_UNIT_COUNT, .factor = 1};
	if (!slash || pt_unit_parse(slash + 1, &time, &ns) != 0 || time != PT_UNIT_NS)
		return false;
	ret->unit = PT_UNIT_PER_SECOND;
	ret->factor = 1e9 / ns;
	ret->better = PT_BETTER_HIGHER;
	ret->metric = "throughput";
	return true;
}

/* The tool's own interval holds for a single estimate alone. */
static void take_interval(struct pt_bench *bench, const struct pt_lines_value *v)
{
	double lo = v->lo * v->unit.factor, hi = v->hi * v->unit.factor;
	bool whole = v->estimate && bench->n_runs == 0 && isfinite(lo) && isfinite(hi);

	bench->estimate |= v->estimate;
	bench->lo = whole ? lo : NAN;
	bench->hi = whole ? hi : NAN;
}

int pt_lines_add(struct pt_lines *l, const struct pt_lines_value *v)
{
	struct pt_bench *bench;
	struct pt_err why;
	double value;
	int code;

	if (strlen(v->name) > NAME_MAX_BYTES || strlen(v->metric) > NAME_MAX_BYTES)
		return pt_lines_fail(l, v->at, PT_ELIMIT,
				     "a name of more than %d bytes, expected a shorter one",
				     NAME_MAX_BYTES);
	code = pt_bench_scale(v->metric, v->value, v->unit.factor, &value, &why);
	if (!code)
		code = pt_bench_put(l->set, v->name, v->metric, NULL, v->unit.unit, v->unit.better,
				    &bench, &why);
	if (code)
		return pt_lines_fail(l, v->at, (enum pt_error)(-code), "%s", why.msg);
	take_interval(bench, v);
	bench->exact |= v->exact;
	pt_bench_add_sample(bench, v->run, value);
	return 0;
}
