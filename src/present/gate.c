/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The gate's report as text and as JSON, and the words that every format shares. The table is worst
 * first: who reads it wants to know what to do, and then where to stop reading.
 */
#include "perftop/present/gate.h"

#include "gate_words.h"

#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/present/table.h"
#include "perftop/present/value.h"

#include <math.h>
#include <string.h>

/* ---- words ---- */

/* A change in per cent: digits after the point as its size deserves. */
static size_t percent(char *out, size_t size, double ratio, bool ascii)
{
	double v = (ratio - 1) * 100;
	const char *minus = ascii ? "-" : "−";

	if (!isfinite(v))
		return pt_snprintf(out, size, "%s", ascii ? "-" : "–");
	if (fabs(v) >= 1000)
		return pt_snprintf(out, size, "x%.3g", ratio);
	return pt_snprintf(out, size, "%s%.*f", v < 0 ? minus : "+", fabs(v) < 99.95 ? 1 : 0,
			   fabs(v));
}

void pt_gate_change(const struct pt_gate_row *row, bool sign, bool ascii, char *out, size_t size)
{
	double ratio = row->c.ratio;
	const char *arrow = ratio > 1 ? (ascii ? " ^" : " ▲") : (ascii ? " v" : " ▼");
	size_t n;

	if (row->state != PT_GATE_COMPARED) {
		pt_strlcpy(out, "", size);
		return;
	}
	n = percent(out, size, ratio, ascii);
	pt_snprintf(out + n, size - n, "%s%s",
		    isfinite(ratio) && fabs((ratio - 1) * 100) < 1000 ? " %" : "",
		    sign && row->c.verdict != PT_VERDICT_NONE && ratio != 1 ? arrow : "");
}

void pt_gate_interval(const struct pt_gate_row *row, bool ascii, char *out, size_t size)
{
	size_t n = 0;

	pt_strlcpy(out, "", size);
	if (row->state != PT_GATE_COMPARED || !isfinite(row->c.lo) || !isfinite(row->c.hi))
		return;
	n = percent(out, size, row->c.lo, ascii);
	n += pt_snprintf(out + n, size - n, " .. ");
	percent(out + n, size - n, row->c.hi, ascii);
}

static void add_reason(char *out, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void add_reason(char *out, size_t size, const char *fmt, ...)
{
	struct pt_str text = PT_STR_INIT;
	size_t n = strlen(out);
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&text, fmt, ap);
	va_end(ap);
	pt_snprintf(out + n, size - n, "%s%s", n ? "; " : "", pt_str_text(&text));
	pt_str_release(&text);
}

void pt_gate_reason(const struct pt_gate_row *row, char *out, size_t size)
{
	char value[48];

	pt_strlcpy(out, "", size);
	if (row->accepted)
		add_reason(out, size, "accepted: %s", row->accepted);
	if (row->over_budget) {
		pt_value_format(value, sizeof value, row->budget_value, row->unit, 0);
		add_reason(out, size, "over budget: %s, wanted %s", value, row->budget);
	}
	if (row->state == PT_GATE_COMPARED && !row->accepted) {
		if (row->c.verdict == PT_VERDICT_REGRESSION)
			add_reason(out, size, "beyond %g %%", row->block * 100);
		else if (row->c.verdict == PT_VERDICT_WARN)
			add_reason(out, size, "beyond %g %%, not surely beyond %g %%",
				   row->warn * 100, row->block * 100);
	}
	if (row->c.why[0])
		add_reason(out, size, "%s", row->c.why);
	if (row->c.weak && !strstr(row->c.why, "single run"))
		add_reason(out, size, "single run: weak");
	if (row->reruns)
		add_reason(out, size, "measured again, %d run%s a side", row->reruns,
			   row->reruns == 1 ? "" : "s");
	if (row->renamed_from)
		add_reason(out, size, "was %s", row->renamed_from);
}

const char *pt_gate_report_word(const struct pt_gate_report *report)
{
	switch (pt_gate_report_status(report)) {
	case 0: return "passed";
	case 1: return "failed";
	default: return report->not_comparable ? "not comparable" : "inconclusive";
	}
}

static size_t count_state(const struct pt_gate_report *report, enum pt_gate_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < report->n; i++)
		n += report->rows[i].state == state;
	return n;
}

static size_t count_accepted(const struct pt_gate_report *report)
{
	size_t n = 0;

	for (size_t i = 0; i < report->n; i++)
		n += report->rows[i].accepted != NULL;
	return n;
}

static size_t count_over_budget(const struct pt_gate_report *report)
{
	size_t n = 0;

	for (size_t i = 0; i < report->n; i++)
		n += report->rows[i].over_budget;
	return n;
}

const struct pt_gate_count *pt_gate_counts(const struct pt_gate_report *report,
					   struct pt_gate_count out[PT_GATE_COUNTS])
{
	out[0] = (struct pt_gate_count){"regressions", "regression", "regressions",
					pt_gate_report_count(report, PT_VERDICT_REGRESSION)};
	out[1] = (struct pt_gate_count){"failed", "failed launch", "failed launches",
					count_state(report, PT_GATE_FAILED)};
	out[2] = (struct pt_gate_count){"over_budget", "over budget", "over budget",
					count_over_budget(report)};
	out[3] = (struct pt_gate_count){"warnings", "warning", "warnings",
					pt_gate_report_count(report, PT_VERDICT_WARN)};
	out[4] = (struct pt_gate_count){"inconclusive", "inconclusive", "inconclusive",
					pt_gate_report_count(report, PT_VERDICT_INCONCLUSIVE)};
	out[5] = (struct pt_gate_count){"improvements", "improvement", "improvements",
					pt_gate_report_count(report, PT_VERDICT_IMPROVEMENT)};
	out[6] = (struct pt_gate_count){"accepted", "accepted", "accepted", count_accepted(report)};
	out[7] = (struct pt_gate_count){"added", "added", "added",
					count_state(report, PT_GATE_ADDED)};
	out[8] = (struct pt_gate_count){"removed", "removed", "removed",
					count_state(report, PT_GATE_REMOVED)};
	out[9] = (struct pt_gate_count){"same", "same", "same",
					pt_gate_report_count(report, PT_VERDICT_NONE)};
	return out;
}

void pt_gate_summary(const struct pt_gate_report *report, char *out, size_t size)
{
	struct pt_gate_count counts[PT_GATE_COUNTS];
	size_t n = 0;

	pt_gate_counts(report, counts);
	pt_strlcpy(out, "nothing to compare", size);
	for (size_t i = 0; i < PT_GATE_COUNTS; i++)
		if (counts[i].n)
			n += pt_snprintf(out + n, size - n, "%s%zu %s", n ? ", " : "", counts[i].n,
					 counts[i].n == 1 ? counts[i].one : counts[i].many);
}

/* ---- order ---- */

enum { RANK_SAME = 9 };

static int rank(const struct pt_gate_row *row)
{
	static const int of_verdict[PT_VERDICT_N] = {
		[PT_VERDICT_REGRESSION] = 1,   [PT_VERDICT_WARN] = 3,
		[PT_VERDICT_INCONCLUSIVE] = 4, [PT_VERDICT_IMPROVEMENT] = 5,
		[PT_VERDICT_NONE] = RANK_SAME,
	};

	if (row->state == PT_GATE_FAILED)
		return 0;
	if (row->state == PT_GATE_REMOVED)
		return 7;
	if (row->state == PT_GATE_ADDED)
		return 8;
	if (row->over_budget)
		return 2;
	return row->accepted ? 6 : of_verdict[row->c.verdict];
}

/* Worst first; among equals the larger change; then as they came. */
static int by_rank(const void *a, const void *b)
{
	const struct pt_gate_row *x = *(const struct pt_gate_row *const *)a;
	const struct pt_gate_row *y = *(const struct pt_gate_row *const *)b;
	double dx = fabs(log(x->c.ratio)), dy = fabs(log(y->c.ratio));

	if (rank(x) != rank(y))
		return rank(x) < rank(y) ? -1 : 1;
	if (rank(x) < 7 && dx != dy && isfinite(dx) && isfinite(dy))
		return dx > dy ? -1 : 1;
	return (x > y) - (x < y);
}

size_t pt_gate_quiet(const struct pt_gate_report *report)
{
	size_t n = 0;

	for (size_t i = 0; i < report->n; i++)
		n += rank(&report->rows[i]) == RANK_SAME;
	return n;
}

const struct pt_gate_row **pt_gate_rows_by_rank(const struct pt_gate_report *report)
{
	const struct pt_gate_row **rows = pt_malloc((report->n + 1) * sizeof *rows);

	for (size_t i = 0; i < report->n; i++)
		rows[i] = &report->rows[i];
	qsort(rows, report->n, sizeof *rows, by_rank);
	return rows;
}

void pt_gate_row_name(const struct pt_gate_row *row, struct pt_str *out)
{
	if (row->suite && row->suite[0])
		pt_str_addf(out, "%s: ", row->suite);
	pt_str_add(out, row->name);
	if (strcmp(row->metric, "time") != 0)
		pt_str_addf(out, " (%s)", row->metric);
}

/* ---- text ---- */

enum { FEW = 24 }; /* so many rows are all shown */

struct look_ctx {
	const struct pt_gate_row **rows;
	const struct pt_gate_look *look;
	bool one_suite;
	struct pt_str name;
	const char *text_name;
	char text[400];
};

static const void *row_at(void *ctx, size_t i)
{
	return ((struct look_ctx *)ctx)->rows[i];
}

/* Of one suite, it need not be said in each row. */
static void name_of(struct look_ctx *c, const struct pt_gate_row *row)
{
	pt_str_clear(&c->name);
	pt_gate_row_name(row, &c->name);
	c->text_name = c->name.s;
	if (c->one_suite && row->suite && row->suite[0])
		c->text_name += strlen(row->suite) + 2;
}

static void get_name(const void *row, void *ctx, struct pt_cell *ret)
{
	struct look_ctx *c = ctx;

	name_of(c, row);
	ret->text = c->text_name;
}

static void value_cell(struct look_ctx *c, const struct pt_gate_row *row, double v,
		       struct pt_cell *ret)
{
	pt_value_format(c->text, sizeof c->text, v, row->unit, c->look->ascii ? PT_VALUE_ASCII : 0);
	ret->text = c->text;
}

static void get_base(const void *row, void *ctx, struct pt_cell *ret)
{
	const struct pt_gate_row *r = row;

	value_cell(ctx, r, r->state == PT_GATE_ADDED ? NAN : r->c.base, ret);
}

static void get_now(const void *row, void *ctx, struct pt_cell *ret)
{
	const struct pt_gate_row *r = row;
	bool none = r->state == PT_GATE_REMOVED || r->state == PT_GATE_FAILED;

	value_cell(ctx, r, none ? NAN : r->c.candidate, ret);
}

static void get_change(const void *row, void *ctx, struct pt_cell *ret)
{
	struct look_ctx *c = ctx;

	pt_gate_change(row, false, c->look->ascii, c->text, sizeof c->text);
	ret->text = c->text;
}

static void get_interval(const void *row, void *ctx, struct pt_cell *ret)
{
	struct look_ctx *c = ctx;

	pt_gate_interval(row, c->look->ascii, c->text, sizeof c->text);
	ret->text = c->text;
}

const char *pt_gate_row_sign(const struct pt_gate_row *row, bool ascii)
{
	if (row->state != PT_GATE_COMPARED)
		return row->state == PT_GATE_FAILED ? "!" : row->state == PT_GATE_ADDED ? "+" : "-";
	switch (row->c.verdict) {
	case PT_VERDICT_NONE: return "=";
	case PT_VERDICT_INCONCLUSIVE: return "?";
	default: return row->c.ratio > 1 ? (ascii ? "^" : "▲") : (ascii ? "v" : "▼");
	}
}

static void get_verdict(const void *row, void *ctx, struct pt_cell *ret)
{
	struct look_ctx *c = ctx;

	pt_snprintf(c->text, sizeof c->text, "%s %s", pt_gate_row_sign(row, c->look->ascii),
		    pt_gate_row_word(row));
	ret->text = c->text;
}

static int name_width(struct look_ctx *c, size_t n, int width)
{
	int w = 4;

	for (size_t i = 0; i < n; i++) {
		char safe[400];
		name_of(c, c->rows[i]);
		pt_text_safe(safe, sizeof safe, c->text_name, strlen(c->text_name), c->look->ascii);
		w = PT_MAX(w, pt_text_width(safe));
	}
	/* What is left of a line beside four columns of numbers and a word of verdict. */
	return width > 0 ? PT_MIN(w, PT_MAX(width - 58, 12)) : PT_MIN(w, 100);
}

static bool one_suite(const struct pt_gate_report *report)
{
	for (size_t i = 1; i < report->n; i++)
		if (strcmp(report->rows[i].suite, report->rows[0].suite) != 0)
			return false;
	return true;
}

static void add_safe(struct pt_str *out, const char *text, bool ascii)
{
	char safe[800];

	pt_str_addn(out, safe, pt_text_safe(safe, sizeof safe, text, strlen(text), ascii));
}

/* Words behind a first line of `indent`, broken at blanks. */
static void add_wrapped(struct pt_str *out, const char *text, int indent, int width, bool ascii)
{
	char safe[800], *p = safe;
	int room = width > 0 ? PT_MAX(width - indent, 20) : 10000;

	pt_text_safe(safe, sizeof safe, text, strlen(text), ascii);
	while (*p) {
		size_t n = pt_text_fit(p, room);
		if (p[n]) {
			size_t at = n;
			while (at > 0 && p[at] != ' ')
				at--;
			n = at ? at : n;
		}
		pt_str_addf(out, "%*s%.*s\n", indent, "", (int)n, p);
		p += n;
		p += strspn(p, " ");
	}
}

/* That a benchmark is known to vary is no news of one that did not. */
static bool is_calm(const struct pt_gate_row *row)
{
	return rank(row) == RANK_SAME && fabs(row->c.ratio - 1) < row->warn && !row->c.weak &&
	       !row->reruns && !row->renamed_from;
}

/* The table, and under each row that needs it the reason. The name may be cut: verdicts not. */
static void add_table(const struct pt_gate_report *report, const struct pt_gate_look *look,
		      size_t n, const struct pt_gate_row **rows, struct pt_str *out)
{
	struct look_ctx ctx = {.rows = rows, .look = look, .one_suite = one_suite(report)};
	struct pt_column columns[] = {
		{.name = "name", .title = "NAME", .type = PT_CELL_TEXT, .get = get_name},
		{.name = "base",
		 .title = "BASE",
		 .type = PT_CELL_VALUE,
		 .width = 9,
		 .get = get_base},
		{.name = "now", .title = "NOW", .type = PT_CELL_VALUE, .width = 9, .get = get_now},
		{.name = "change",
		 .title = "CHANGE",
		 .type = PT_CELL_VALUE,
		 .width = 7,
		 .get = get_change},
		{.name = "interval",
		 .title = "95 % INTERVAL",
		 .type = PT_CELL_VALUE,
		 .width = 14,
		 .get = get_interval},
		{.name = "verdict", .title = "VERDICT", .type = PT_CELL_TEXT, .get = get_verdict},
	};
	struct pt_table table = {.columns = columns,
				 .n_columns = PT_LEN(columns),
				 .n_rows = n,
				 .row = row_at,
				 .ctx = &ctx};
	struct pt_str text = PT_STR_INIT;
	const char *line;
	char reason[320];

	columns[0].width = name_width(&ctx, n, look->width);
	pt_table_text(&table, &text, look->width, look->ascii);
	line = text.s;
	for (size_t i = 0; i <= n; i++) {
		size_t len = strcspn(line, "\n") + 1;
		pt_str_addn(out, line, len);
		line += len;
		if (i == 0)
			continue;
		pt_gate_reason(rows[i - 1], reason, sizeof reason);
		if (reason[0] && !is_calm(rows[i - 1]))
			add_wrapped(out, reason, 4, look->width, look->ascii);
	}
	pt_str_release(&text);
	pt_str_release(&ctx.name);
}

static void add_head(struct pt_str *out, const char *what, const char *text, bool ascii)
{
	if (!text || !text[0])
		return;
	pt_str_addf(out, "%-11s", what);
	add_safe(out, text, ascii);
	pt_str_addc(out, '\n');
}

static const char *verdict_color(const struct pt_gate_report *report, bool color)
{
	int status = pt_gate_report_status(report);

	return !color ? "" : status == 0 ? "\033[1;32m" : status == 1 ? "\033[1;31m" : "\033[1;33m";
}

static void write_text(const struct pt_gate_report *report, const struct pt_gate_look *look,
		       struct pt_str *out)
{
	const struct pt_gate_row **rows = pt_gate_rows_by_rank(report);
	size_t shown = report->n, same = pt_gate_quiet(report);
	char summary[300];

	if (report->n && one_suite(report))
		add_head(out, "suite", report->rows[0].suite, look->ascii);
	add_head(out, "base", report->base_name, look->ascii);
	add_head(out, "candidate", report->candidate_name, look->ascii);
	add_head(out, "machine", report->machine_class, look->ascii);
	if (!look->all && report->n > FEW)
		shown -= same;
	if (shown) {
		pt_str_add(out, out->len ? "\n" : "");
		add_table(report, look, shown, rows, out);
	}
	if (shown < report->n)
		pt_str_addf(out, "(%zu more are the same; --all lists them)\n", same);
	pt_str_add(out, out->len ? "\n" : "");
	for (size_t i = 0; i < report->n_notes; i++) {
		pt_str_add(out, "note: ");
		add_safe(out, report->notes[i], look->ascii);
		pt_str_addc(out, '\n');
	}
	pt_gate_summary(report, summary, sizeof summary);
	pt_str_addf(out, "%s%s%s: %s\n", verdict_color(report, look->color),
		    pt_gate_report_word(report), look->color ? "\033[0m" : "", summary);
	free(rows);
}

/* ---- JSON ---- */

static void json_comparison(struct pt_jw *w, const struct pt_comparison *c)
{
	pt_jw_key_str(w, "verdict", pt_verdict_name(c->verdict));
	pt_jw_key_num(w, "base", c->base);
	pt_jw_key_num(w, "candidate", c->candidate);
	pt_jw_key_num(w, "ratio", c->ratio);
	pt_jw_key(w, "interval");
	pt_jw_array(w);
	pt_jw_num(w, c->lo);
	pt_jw_num(w, c->hi);
	pt_jw_end(w, ']');
	pt_jw_key_num(w, "p", c->p);
	pt_jw_key_num(w, "p_rank", c->p_rank);
	pt_jw_key_num(w, "spread", c->spread);
	pt_jw_key_num(w, "base_runs", (double)c->base_runs);
	pt_jw_key_num(w, "candidate_runs", (double)c->candidate_runs);
	pt_jw_key_bool(w, "weak", c->weak);
	pt_jw_key_bool(w, "widened", c->widened);
}

static void json_row(struct pt_jw *w, const struct pt_gate_row *row)
{
	static const char *const states[] = {[PT_GATE_COMPARED] = "compared",
					     [PT_GATE_ADDED] = "added",
					     [PT_GATE_REMOVED] = "removed",
					     [PT_GATE_FAILED] = "failed"};
	char reason[320];

	pt_gate_reason(row, reason, sizeof reason);
	pt_jw_object(w);
	pt_jw_key_str(w, "suite", row->suite);
	pt_jw_key_str(w, "name", row->name);
	pt_jw_key_str(w, "metric", row->metric);
	pt_jw_key_str(w, "unit", pt_unit_name(row->unit));
	pt_jw_key_str(w, "better", row->better == PT_BETTER_LOWER ? "lower" : "higher");
	pt_jw_key_str(w, "state", states[row->state]);
	pt_jw_key_str(w, "word", pt_gate_row_word(row));
	if (row->state == PT_GATE_COMPARED) {
		json_comparison(w, &row->c);
	} else {
		pt_jw_key_num(w, "base", row->c.base);
		pt_jw_key_num(w, "candidate", row->c.candidate);
	}
	pt_jw_key_str(w, "reason", reason);
	pt_jw_key_num(w, "block", row->block);
	pt_jw_key_num(w, "warn", row->warn);
	pt_jw_key_num(w, "floor", row->floor);
	if (row->budget) {
		pt_jw_key_str(w, "budget", row->budget);
		pt_jw_key_num(w, "budget_value", row->budget_value);
		pt_jw_key_bool(w, "over_budget", row->over_budget);
	}
	if (row->accepted)
		pt_jw_key_str(w, "accepted", row->accepted);
	if (row->renamed_from)
		pt_jw_key_str(w, "renamed_from", row->renamed_from);
	if (row->tags && row->tags[0])
		pt_jw_key_str(w, "tags", row->tags);
	pt_jw_key_num(w, "reruns", row->reruns);
	pt_jw_end(w, '}');
}

static void write_json(const struct pt_gate_report *report, const struct pt_gate_look *look,
		       struct pt_str *out)
{
	const struct pt_gate_row **rows = pt_gate_rows_by_rank(report);
	struct pt_gate_count counts[PT_GATE_COUNTS];
	struct pt_jw w;

	(void)look;
	pt_jw_init(&w, out, true);
	pt_jw_object(&w);
	pt_jw_key_str(&w, "verdict", pt_gate_report_word(report));
	pt_jw_key_num(&w, "status", pt_gate_report_status(report));
	pt_jw_key_str(&w, "base", report->base_name);
	pt_jw_key_str(&w, "candidate", report->candidate_name);
	pt_jw_key_str(&w, "machine_class", report->machine_class);
	pt_jw_key_bool(&w, "no_base", report->no_base);
	pt_jw_key(&w, "counts");
	pt_jw_object(&w);
	pt_gate_counts(report, counts);
	for (size_t i = 0; i < PT_GATE_COUNTS; i++)
		pt_jw_key_num(&w, counts[i].key, (double)counts[i].n);
	pt_jw_end(&w, '}');
	pt_jw_key(&w, "benchmarks");
	pt_jw_array(&w);
	for (size_t i = 0; i < report->n; i++)
		json_row(&w, rows[i]);
	pt_jw_end(&w, ']');
	pt_jw_key(&w, "notes");
	pt_jw_array(&w);
	for (size_t i = 0; i < report->n_notes; i++)
		pt_jw_str(&w, report->notes[i]);
	pt_jw_end(&w, ']');
	pt_jw_end(&w, '}');
	free(rows);
}

const struct pt_gate_format *pt_gate_format_find(const char *name)
{
	for (size_t i = 0; i < pt_n_gate_formats; i++)
		if (strcmp(pt_gate_formats[i].name, name) == 0)
			return &pt_gate_formats[i];
	return NULL;
}

const struct pt_gate_format pt_gate_formats[] = {
	{"text", write_text},	  {"json", write_json},	      {"markdown", pt_gate_markdown},
	{"junit", pt_gate_junit}, {"github", pt_gate_github}, {"prometheus", pt_gate_prometheus},
};
const size_t pt_n_gate_formats = PT_LEN(pt_gate_formats);
