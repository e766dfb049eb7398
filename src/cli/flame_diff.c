/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop flame diff`: which functions changed between two profiles, for people and for CI. */
#include "flame_read.h"

#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/face/face.h"
#include "perftop/present/table.h"
#include "perftop/profile/grown.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum { TOP = 20, TOP_MAX = 1000000 };

static const struct pt_flag flags[] = {
	{"top", 'n', "N", "Functions at most (20)"},
	{"by", 0, "self|total",
	 "What they are ordered and judged by: own time (self), or with callees"},
	{"all", 0, NULL, "Also what may be chance"},
	{"fail-above", 0, "POINTS",
	 "Exit status 1 when a function grew by more of the whole, beyond chance"},
	{"json", 0, NULL, "One JSON document"},
	FLAME_READ_FLAGS,
	{NULL, 0, NULL, NULL}};

struct diff {
	struct pt_profile base, p;
	struct pt_grown *list;
	size_t n;	/* told */
	size_t changed; /* that are beyond chance, of all */
	size_t other;	/* and by the other measure */
	enum pt_grown_by by;
};

static double points(const struct pt_grown *g, enum pt_grown_by by)
{
	return 100 * (by == PT_GROWN_SELF ? g->self - g->base_self : g->total - g->base_total);
}

/* ---- for people ---- */

struct line {
	const struct diff *d;
	const struct pt_grown *g;
	char was[16], now[16], change[16], sure[24];
};

static void get_was(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct line *)row)->was;
}

static void get_now(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct line *)row)->now;
}

static void get_change(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct line *)row)->change;
}

static void get_sure(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct line *)row)->sure;
}

static void get_name(const void *row, void *ctx, struct pt_cell *ret)
{
	const struct line *l = row;

	(void)ctx;
	ret->text = pt_frames_get(l->d->p.tree->frames, l->g->frame)->name;
}

static const struct pt_column columns[] = {
	{.name = "was", .title = "WAS %", .type = PT_CELL_VALUE, .width = 7, .get = get_was},
	{.name = "now", .title = "NOW %", .type = PT_CELL_VALUE, .width = 7, .get = get_now},
	{.name = "points", .title = "POINTS", .type = PT_CELL_VALUE, .width = 8, .get = get_change},
	{.name = "sigma", .title = "SIGMA", .type = PT_CELL_VALUE, .width = 8, .get = get_sure},
	{.name = "function", .title = "FUNCTION", .width = 0, .get = get_name},
};

static const void *line_at(void *ctx, size_t i)
{
	return &((const struct line *)ctx)[i];
}

static void fill(struct line *l, const struct diff *d, const struct pt_grown *g)
{
	bool self = d->by == PT_GROWN_SELF;

	l->d = d;
	l->g = g;
	pt_snprintf(l->was, sizeof l->was, "%.2f", 100 * (self ? g->base_self : g->base_total));
	pt_snprintf(l->now, sizeof l->now, "%.2f", 100 * (self ? g->self : g->total));
	pt_snprintf(l->change, sizeof l->change, "%+.2f", points(g, d->by));
	if (g->sigma != 0)
		pt_snprintf(l->sure, sizeof l->sure, "%s%.1f", g->significant ? "" : "~",
			    fabs(g->sigma));
	else
		pt_strlcpy(l->sure, "-", sizeof l->sure);
}

static void add_title(struct pt_str *out, const char *name, bool ascii)
{
	char safe[600];

	pt_text_safe(safe, sizeof safe, name, strlen(name), ascii);
	pt_str_add(out, safe);
}

static int tell(struct pt_cli *cli, const struct diff *d)
{
	struct line *lines = pt_calloc(d->n + 1, sizeof *lines);
	struct pt_table table = {.columns = columns,
				 .n_columns = PT_LEN(columns),
				 .n_rows = d->n,
				 .row = line_at,
				 .ctx = lines};
	bool ascii = !pt_cli_utf8();
	struct pt_str out = PT_STR_INIT;
	int w, h, status;

	for (size_t i = 0; i < d->n; i++)
		fill(&lines[i], d, &d->list[i]);
	add_title(&out, d->base.name, ascii);
	pt_str_add(&out, " -> ");
	add_title(&out, d->p.name, ascii);
	pt_str_addf(&out, ": %zu function%s changed beyond chance, by %s; by %s %zu\n", d->changed,
		    d->changed == 1 ? "" : "s", d->by == PT_GROWN_SELF ? "self" : "total",
		    d->by == PT_GROWN_SELF ? "total" : "self", d->other);
	if (!d->base.samples || !d->p.samples)
		pt_str_add(&out,
			   "How many samples stand behind the weights is not known: nothing can "
			   "be called sure.\n");
	pt_face_terminal_size(&w, &h);
	if (d->n)
		pt_table_text(&table, &out, isatty(STDOUT_FILENO) ? w : 0, ascii);
	status = pt_cli_write(cli, out.s, out.len);
	pt_str_release(&out);
	free(lines);
	return status;
}

/* ---- for programs ---- */

static void add_side(struct pt_jw *w, const char *key, const struct pt_profile *p)
{
	pt_jw_key(w, key);
	pt_jw_object(w);
	pt_jw_key_str(w, "name", p->name);
	pt_jw_key_str(w, "format", p->format);
	pt_jw_key_str(w, "value", p->values[p->value].name);
	pt_jw_key_str(w, "unit", pt_unit_name(p->values[p->value].unit));
	pt_jw_key_num(w, "total", (double)p->tree->total[PT_TREE_ROOT]);
	pt_jw_key_num(w, "samples", p->samples ? (double)p->samples : NAN);
	pt_jw_key_bool(w, "partial", p->partial);
	pt_jw_end(w, '}');
}

static void add_function(struct pt_jw *w, const struct diff *d, const struct pt_grown *g)
{
	const struct pt_frame *f = pt_frames_get(d->p.tree->frames, g->frame);

	pt_jw_object(w);
	pt_jw_key_str(w, "function", f->name);
	pt_jw_key_str(w, "module", f->module[0] ? f->module : NULL);
	pt_jw_key_num(w, "self_ratio", g->self);
	pt_jw_key_num(w, "base_self_ratio", g->base_self);
	pt_jw_key_num(w, "total_ratio", g->total);
	pt_jw_key_num(w, "base_total_ratio", g->base_total);
	pt_jw_key_num(w, "change_points", points(g, d->by));
	pt_jw_key_num(w, "sigma", g->sigma != 0 ? g->sigma : NAN);
	pt_jw_key_bool(w, "significant", g->significant);
	pt_jw_end(w, '}');
}

static int tell_json(struct pt_cli *cli, const struct diff *d)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_jw w;
	int status;

	pt_jw_init(&w, &out, true);
	pt_jw_object(&w);
	add_side(&w, "base", &d->base);
	add_side(&w, "candidate", &d->p);
	pt_jw_key_str(&w, "by", d->by == PT_GROWN_SELF ? "self" : "total");
	pt_jw_key_num(&w, "changed", (double)d->changed);
	pt_jw_key(&w, "functions");
	pt_jw_array(&w);
	for (size_t i = 0; i < d->n; i++)
		add_function(&w, d, &d->list[i]);
	pt_jw_end(&w, ']');
	pt_jw_end(&w, '}');
	status = pt_cli_write(cli, out.s, out.len);
	pt_str_release(&out);
	return status;
}

/* ---- what is asked for ---- */

struct choice {
	struct pt_read_options read;
	enum pt_grown_by by;
	long long top;
	double fail_above; /* NaN: never */
};

static int choose(struct pt_cli *cli, struct choice *c)
{
	const char *top = pt_cli_flag(cli, "top"), *by = pt_cli_flag(cli, "by");
	const char *fail = pt_cli_flag(cli, "fail-above");

	c->top = TOP;
	c->fail_above = NAN;
	c->by = by && strcmp(by, "total") == 0 ? PT_GROWN_TOTAL : PT_GROWN_SELF;
	if (top && pt_parse_i64(top, 1, TOP_MAX, &c->top) < 0)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--top: expected 1 to %d, got '%s'",
				    TOP_MAX, top);
	if (by && strcmp(by, "self") != 0 && strcmp(by, "total") != 0)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--by: expected self or total, got '%s'",
				    by);
	if (fail && (pt_parse_double(fail, &c->fail_above) < 0 || c->fail_above < 0))
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "--fail-above: expected points from 0 on, got '%s'", fail);
	if (cli->n_words != 2)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "expected two profiles, the base and the candidate");
	return flame_read_options(cli, &c->read);
}

static size_t changed_by(const struct diff *d, enum pt_grown_by by)
{
	struct pt_grown *list;
	size_t n = pt_profile_grown(&d->base, &d->p, by, SIZE_MAX, &list), changed = 0;

	for (size_t i = 0; i < n; i++)
		changed += list[i].significant;
	free(list);
	return changed;
}

/* Those that matter come first in the list, by size: shrunk ones are passed over. */
static int fail(struct pt_cli *cli, const struct choice *c, const struct diff *d, size_t n)
{
	int status = PT_EXIT_OK;

	if (!d->base.samples || !d->p.samples)
		return pt_cli_error(
			cli, PT_EXIT_NO_ANSWER,
			"--fail-above: how many samples stand behind the weights is not "
			"known, so nothing can be judged");
	for (size_t i = 0; i < n && d->list[i].significant; i++)
		if (points(&d->list[i], d->by) > c->fail_above)
			status = pt_cli_error(
				cli, PT_EXIT_FAILED, "%s grew by %+.2f points, more than %g",
				pt_frames_get(d->p.tree->frames, d->list[i].frame)->name,
				points(&d->list[i], d->by), c->fail_above);
	return status;
}

static int judge(struct pt_cli *cli, const struct choice *c, struct diff *d)
{
	size_t n, kept = 0;
	int status;

	d->by = c->by;
	n = pt_profile_grown(&d->base, &d->p, c->by, SIZE_MAX, &d->list);
	if (!d->list)
		return pt_cli_error(cli, PT_EXIT_NO_ANSWER, "both together exceed --max-memory");
	for (size_t i = 0; i < n; i++) {
		d->changed += d->list[i].significant;
		if (d->list[i].significant || pt_cli_flag(cli, "all") || !d->base.samples ||
		    !d->p.samples)
			d->list[kept++] = d->list[i];
	}
	d->other = changed_by(d, c->by == PT_GROWN_SELF ? PT_GROWN_TOTAL : PT_GROWN_SELF);
	d->n = kept < (size_t)c->top ? kept : (size_t)c->top;
	status = pt_cli_flag(cli, "json") ? tell_json(cli, d) : tell(cli, d);
	if (status == PT_EXIT_OK && !isnan(c->fail_above))
		status = fail(cli, c, d, kept);
	free(d->list);
	return status;
}

static int run(struct pt_cli *cli)
{
	struct diff d = {0};
	struct choice c;
	int r = pt_cli_load(cli, false);

	if (r < 0)
		r = choose(cli, &c);
	if (r >= 0)
		return r;
	r = flame_read(cli, cli->words[0], &c.read, &d.base);
	if (r >= 0)
		return r;
	c.read.frames = d.base.tree->frames;
	r = flame_read(cli, cli->words[1], &c.read, &d.p);
	if (r < 0) {
		flame_tell_values(cli, &d.base, &d.p);
		r = judge(cli, &c, &d);
		pt_profile_release(&d.p);
	}
	pt_profile_release(&d.base);
	return r;
}

const struct pt_command pt_command_flame_diff = {
	.name = "flame diff",
	.summary = "Which functions changed between two profiles",
	.arguments = "BASE FILE",
	.help = "Compares shares of the whole, so recordings of different length compare. Only what chance "
		"hardly makes is told: each change is judged by the samples behind it, with a bar that "
		"rises with the number of functions. Of waits and other weights that differ a few heavy "
		"samples are much of the whole and little evidence; that is counted. "
		"Functions are the same by name; so are two commands that have nearly all of each, as "
		"app-old and app-new.\n"
		"--json: {\"base\":{\"name\":, \"format\":, \"value\":, \"unit\":, \"total\":, "
		"\"samples\":, \"partial\":}, \"candidate\":{…}, \"by\":, \"changed\":, "
		"\"functions\":[{\"function\":, \"module\":, \"self_ratio\":, \"base_self_ratio\":, "
		"\"total_ratio\":, \"base_total_ratio\":, \"change_points\":, \"sigma\":, "
		"\"significant\":}]}.",
	.exits =
		"  0  told\n"
		"  1  functions grew by more than --fail-above: stderr names them\n"
		"  2  wrong usage, or a file cannot be read\n"
		"  3  --fail-above cannot be judged: how many samples there were is not known; or both "
		"together exceed --max-memory",
	.flags = flags,
	.words = true,
	.run = run,
};
