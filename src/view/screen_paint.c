/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen, the painting half: header, panes or list, read-out, axis. The eye goes from the header
 * (is anything wrong?) to the pane that stands out, then to its moment.
 */
#include "screen_state.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/collect/procs.h"
#include "perftop/present/value.h"
#include "perftop/store/store.h"

#include <math.h>
#include <string.h>

enum { AXIS_CAPTION = 16, NUMBER_W = 320 };

/* ---- header ---- */

/* Each piece is drawn if it fits between what stands left and right of it. */
struct pieces {
	struct pt_canvas *cv;
	bool ascii;
	int left, right; /* free columns: [left, right) */
};

enum { PIECE = 240 };

/* Text made safe; its columns with the gap before it, or 0 when it does not fit. */
static int piece(const struct pieces *p, const char *text, int gap, char safe[PIECE])
{
	int w;

	pt_text_safe(safe, PIECE, text, strlen(text), p->ascii);
	w = gap + pt_text_width(safe);
	return safe[0] && p->left + w <= p->right ? w : 0;
}

static void piece_left(struct pieces *p, const char *text, int gap, enum pt_role role)
{
	char safe[PIECE];
	int w = piece(p, text, gap, safe);

	if (w > 0)
		pt_canvas_text(p->cv, p->left + gap, 0, safe, -1, role);
	p->left += w;
}

static void piece_right(struct pieces *p, const char *text, int gap, enum pt_role role)
{
	char safe[PIECE];
	int w = piece(p, text, gap, safe);

	if (w > 0)
		pt_canvas_right(p->cv, p->right, 0, safe, role);
	p->right -= w;
}

static void load_words(const struct pt_screen *s, char *out, size_t size)
{
	out[0] = '\0';
	if (!isnan(s->load[0]))
		pt_snprintf(out, size, "load %.2f %.2f %.2f", s->load[0], s->load[1], s->load[2]);
}

static void state_words(const struct pt_screen *s, const struct pt_view_env *env, char *out,
			size_t size)
{
	char every[16];

	if (env->interval_ns % PT_S == 0)
		pt_snprintf(every, sizeof every, "%lld s", (long long)(env->interval_ns / PT_S));
	else
		pt_snprintf(every, sizeof every, "%lld ms", (long long)(env->interval_ns / PT_MS));
	if (s->frozen)
		pt_strlcpy(out, " FROZEN ", size);
	else if (!s->tv.follow && s->view == PT_VIEW_OVERVIEW)
		pt_strlcpy(out, " HISTORY ", size);
	else
		pt_snprintf(out, size, "live %s", every);
}

static void chip_words(const struct pt_screen *s, char *out, size_t size)
{
	size_t shown, all;
	const char *filter = pt_screen_filter(s);

	out[0] = '\0';
	if (!filter[0])
		return;
	pt_screen_filter_count(s, &shown, &all);
	pt_snprintf(out, size, " /%s  %zu of %zu %s", filter, shown, all,
		    s->view == PT_VIEW_FLAME ? "functions " : "");
}

static void paint_header(const struct pt_screen *s, const struct pt_view_env *env,
			 struct pt_canvas *cv)
{
	struct pieces p = {cv, env->ascii, 0, cv->w - 1};
	int64_t now = s->frozen ? s->frozen_ns : pt_store_last(env->store);
	char when[32] = "", zone[16] = "", text[200];
	bool held = s->frozen || (!s->tv.follow && s->view == PT_VIEW_OVERVIEW);

	pt_canvas_fill(cv, (struct pt_rect){0, 0, cv->w, 1}, ' ', PT_ROLE_HEADER);
	piece_left(&p, "perftop", 1, PT_ROLE_HEADER_STRONG);
	if (now != INT64_MIN) {
		int64_t real = pt_store_real_at(env->store, now);
		pt_time_format(when, sizeof when, real, false);
		pt_time_zone(zone, sizeof zone, real);
	}
	pt_snprintf(text, sizeof text, "%s %s", when, zone);
	piece_right(&p, text, 2, PT_ROLE_HEADER);
	state_words(s, env, text, sizeof text);
	piece_right(&p, text, 2, held ? PT_ROLE_WARN : PT_ROLE_HEADER);
	chip_words(s, text, sizeof text);
	piece_right(&p, text, 2, PT_ROLE_CHIP);
	if (env->live && pt_live_runs(env->live) && s->view != PT_VIEW_BENCHMARKS) {
		pt_snprintf(text, sizeof text, " bench %s ", env->live->what);
		piece_right(&p, text, 2, PT_ROLE_ACCENT);
	}
	piece_left(&p, env->host, 2, PT_ROLE_HEADER_STRONG);
	load_words(s, text, sizeof text);
	if (cv->w < 100)
		piece_left(&p, text, 2, PT_ROLE_HEADER);
	piece_left(&p, env->kernel, 2, PT_ROLE_HEADER);
	piece_left(&p, env->machine, 2, PT_ROLE_HEADER);
	if (cv->w >= 100)
		piece_left(&p, text, 2, PT_ROLE_HEADER);
}

/* ---- panes ---- */

/* A title line alone, where a whole frame would take too much. */
static void paint_rule(const struct pt_view_env *env, struct pt_canvas *cv, const struct pt_rect r,
		       const char *title, const char *right, bool focus)
{
	uint32_t line = pt_sign(PT_SIGN_H, env->glyphs);
	enum pt_role role = focus ? PT_ROLE_FRAME_FOCUS : PT_ROLE_FRAME;

	pt_canvas_fill(cv, (struct pt_rect){r.x, r.y, r.w, 1}, line, role);
	int x = r.x + 1;
	if (focus)
		pt_canvas_put(cv, r.x, r.y, pt_sign(PT_SIGN_SELECTED, env->glyphs), role);
	pt_canvas_put(cv, x, r.y, ' ', role);
	x += 1 + pt_canvas_text(cv, x + 1, r.y, title, r.w - 4,
				focus ? PT_ROLE_FRAME_FOCUS : PT_ROLE_TITLE);
	pt_canvas_put(cv, x, r.y, ' ', role);
	int w = pt_text_width(right);
	if (w > 0 && w + 4 < r.x + r.w - x) {
		pt_canvas_put(cv, r.x + r.w - w - 3, r.y, ' ', role);
		pt_canvas_text(cv, r.x + r.w - w - 2, r.y, right, -1, PT_ROLE_STRONG);
		pt_canvas_put(cv, r.x + r.w - 2, r.y, ' ', role);
	}
}

static const void *state_of(const struct pt_screen *s, const struct pt_pane *p)
{
	for (size_t i = 0; i < pt_n_panes; i++)
		if (pt_panes[i] == p)
			return s->states[i];
	return NULL;
}

static void paint_pane(const struct pt_screen *s, const struct pt_view_env *env,
		       struct pt_canvas *cv, const struct pt_place *place)
{
	const struct pt_pane *p = s->layout.panes[place->pane];
	const void *state = state_of(s, p);
	struct pt_pane_args args = screen_args(s, env);
	struct pt_rect in = screen_inner(place);
	bool focus = p == s->focus, alone = s->n_places == 1;
	char right[96];

	if (!state)
		return;
	p->headline(p, state, &args, right, sizeof right);
	if (place->box)
		pt_chart_frame(cv, place->rect, p->title, right, env->glyphs, focus);
	else
		paint_rule(env, cv, place->rect, p->title, right, focus);
	if (pt_filter_on(&s->filter) && !alone && pt_filter_match(&s->filter, p->title))
		pt_canvas_text(cv, place->rect.x + 2, place->rect.y, p->title, place->rect.w - 4,
			       PT_ROLE_MATCH);
	struct pt_clip_save save = pt_canvas_push(cv, in);
	p->paint(p, state, &args, cv, in.w, in.h);
	pt_canvas_pop(cv, save);
}

/* Between panes without frames a blank column; nothing to draw. */
static void paint_overview(const struct pt_screen *s, const struct pt_view_env *env,
			   struct pt_canvas *cv)
{
	for (int i = 0; i < s->n_places; i++)
		paint_pane(s, env, cv, &s->places[i]);
	if (s->n_places == 0)
		pt_canvas_text(cv, 1, 2,
			       "Nothing to show in this layout. :layout overview shows more.",
			       cv->w - 2, PT_ROLE_DIM);
}

/* "12:30:44  cpu 88.2 %  memory 11.2 GiB …": every pane's number at one moment. */
void screen_read_out(const struct pt_screen *s, const struct pt_view_env *env, char *out,
		     size_t size)
{
	struct pt_pane_args args = screen_args(s, env);
	struct pt_culprit top[PT_CULPRITS_TOP];
	char when[32];
	size_t n;

	pt_time_format(when, sizeof when, pt_store_real_at(env->store, args.at_ns), false);
	n = pt_snprintf(out, size, "%s", when);
	for (int i = 0; i < s->n_places; i++) {
		const struct pt_pane *p = s->layout.panes[s->places[i].pane];
		const void *state = state_of(s, p);
		char v[96] = "";
		if (state)
			p->headline(p, state, &args, v, sizeof v);
		/* "+3 more" and the like are no number. */
		if (v[0] && v[0] != '+' && strcmp(p->name, "top") != 0)
			n += pt_snprintf(out + n, size - n, "  %s %s", p->name, v);
	}
	if (env->culprits &&
	    pt_culprits_at(env->culprits, args.at_ns, pt_view_slack_ns(env), PT_RESOURCE_CPU, top))
		pt_snprintf(out + n, size - n, "  %s %.0f %%", top[0].comm,
			    (double)top[0].value * 100);
}

/* An axis below each column of the grid: every graph ends at its column's right edge, so a moment
 * on an axis lies right below it in the graphs above. */
static void paint_axes(const struct pt_screen *s, const struct pt_view_env *env,
		       struct pt_canvas *cv, int y)
{
	int columns = s->n_places > 1 ? pt_layout_columns(s->w) : 1;
	int box = s->n_places > 0 && s->places[0].box;

	for (int k = 0; k < columns; k++) {
		int x0 = s->w * k / columns + box;
		int x1 = s->w * (k + 1) / columns - (box || k + 1 < columns);
		pt_axis_paint(cv, x0, y, x1 - x0, &s->tv, env->store, env->glyphs);
		/* The caption at the left stands still. */
		pt_canvas_scroll_left(
			cv, (struct pt_rect){x0 + AXIS_CAPTION, y, x1 - x0 - AXIS_CAPTION, 1},
			s->axis_shift);
	}
}

static void paint_time_rows(const struct pt_screen *s, const struct pt_view_env *env,
			    struct pt_canvas *cv, int footer)
{
	int y = s->h - 1 - footer;
	char text[600];

	if (screen_has_readout(s) || s->tv.crosshair) {
		if (s->tv.crosshair) {
			pt_canvas_put(cv, 1, y, pt_sign(PT_SIGN_CROSS, env->glyphs),
				      PT_ROLE_ACCENT);
			screen_read_out(s, env, text, sizeof text);
			pt_canvas_safe(cv, 3, y, text, cv->w - 4, PT_ROLE_STRONG, env->ascii);
		}
		y--;
	}
	if (screen_has_readout(s) || !s->tv.crosshair)
		paint_axes(s, env, cv, y);
}

/* ---- processes ---- */

static void paint_details(const struct pt_screen *s, const struct pt_view_env *env,
			  struct pt_canvas *cv, int y, int h)
{
	const struct screen_details *d = &s->details;
	const char *p = pt_str_text(&d->text);
	char title[128];
	int x = 2;

	pt_snprintf(title, sizeof title, "%d %s", d->target.pid, d->target.name);
	paint_rule(env, cv, (struct pt_rect){0, y, cv->w, 1}, title, "", true);
	x += pt_text_width(title) + 3;
	for (int i = 0; i < DETAIL_SECTIONS; i++) {
		bool here = i == d->section;
		char name[32];
		pt_snprintf(name, sizeof name, here ? "[%s]" : " %s ", screen_section_names[i]);
		x += pt_canvas_text(cv, x, y, name, cv->w - x, here ? PT_ROLE_ACCENT : PT_ROLE_DIM);
	}
	for (int i = 0; i < d->scroll && *p; i++)
		p += strcspn(p, "\n"), p += *p == '\n';
	for (int line = 1; line < h && *p; line++) {
		size_t n = strcspn(p, "\n"), key = strcspn(p, ":=");
		char text[1024];
		pt_snprintf(text, sizeof text, "%.*s", (int)PT_MIN(n, sizeof text - 1), p);
		pt_canvas_text(cv, 1, y + line, text, cv->w - 2, PT_ROLE_TEXT);
		if (key < n && key < 40) {
			text[key] = '\0';
			pt_canvas_text(cv, 1, y + line, text, cv->w - 2, PT_ROLE_DIM);
		}
		p += n + (p[n] == '\n');
	}
	if (d->lines == 0)
		pt_canvas_text(cv, 1, y + 1, d->read ? "nothing" : "Reading ...", cv->w - 2,
			       PT_ROLE_DIM);
}

static void paint_processes(const struct pt_screen *s, const struct pt_view_env *env,
			    struct pt_canvas *cv)
{
	int top = screen_body_top(s), details = screen_details_height(s);
	int h = screen_body_height(s) - details;
	struct pt_clip_save save = pt_canvas_push(cv, (struct pt_rect){0, top, cv->w, h});

	pv_procs_paint(&s->procs, env, cv, cv->w, h);
	pt_canvas_pop(cv, save);
	if (details)
		paint_details(s, env, cv, top + h, details);
}

/* One line below the list: what is in it and how it is sorted. */
static void paint_procs_line(const struct pt_screen *s, struct pt_canvas *cv, int footer)
{
	struct pt_procs_count c = s->procs.count;
	char text[200];
	int y = s->h - 1 - footer;

	if (!screen_has_counts(s))
		return;
	pt_snprintf(text, sizeof text, "%zu processes  %zu running  %zu threads  sorted by %s%s%s",
		    c.total, c.running, c.threads, pv_proc_columns[s->procs.sort].name,
		    s->procs.tree ? "  tree" : "", s->procs.n_tagged ? "  " : "");
	int x = 1 + pt_canvas_text(cv, 1, y, text, cv->w - 2, PT_ROLE_DIM);
	if (s->procs.n_tagged)
		pt_canvas_textf(cv, x, y, PT_ROLE_TAG, "%zu tagged", s->procs.n_tagged);
}

/* ---- benchmarks ---- */

static void paint_benchmarks(const struct pt_screen *s, const struct pt_view_env *env,
			     struct pt_canvas *cv)
{
	int top = screen_body_top(s), h = screen_body_height(s);
	struct pt_clip_save save = pt_canvas_push(cv, (struct pt_rect){0, top, cv->w, h});

	pv_bench_paint(&s->bench, env, cv, cv->w, h);
	pt_canvas_pop(cv, save);
}

static void paint_flame(const struct pt_screen *s, const struct pt_view_env *env,
			struct pt_canvas *cv)
{
	int top = screen_body_top(s), h = screen_body_height(s);
	struct pt_clip_save save = pt_canvas_push(cv, (struct pt_rect){0, top, cv->w, h});

	pv_flame_paint(&s->flame, env, cv, cv->w, h);
	pt_canvas_pop(cv, save);
}

/* ---- small screens ---- */

static int lead_series(const struct pt_view_env *env)
{
	return pt_store_find(env->store, "cpu_busy_ratio", "");
}

void pt_screen_line(const struct pt_screen *s, const struct pt_view_env *env, char *out,
		    size_t size)
{
	static const struct {
		const char *name, *metric, *labels;
	} what[] = {{"cpu", "cpu_busy_ratio", ""},
		    {"memory", "memory_used_bytes", ""},
		    {"load", "load1", ""},
		    {"io pressure", "pressure_some_ratio", "resource=\"io\""}};
	size_t n = 0;

	(void)s;
	out[0] = '\0';
	for (size_t i = 0; i < PT_LEN(what); i++) {
		struct pt_series_info info;
		char v[32];
		int id = pt_store_find(env->store, what[i].metric, what[i].labels);
		if (id < 0 || !pt_store_info(env->store, id, &info))
			continue;
		pt_value_format(v, sizeof v, info.last, info.metric->unit,
				env->ascii ? PT_VALUE_ASCII : 0);
		n += pt_snprintf(out + n, size - n, "%s%s %s", n ? "  " : "", what[i].name, v);
	}
}

/* Cut behind the last whole "name value" that fits, as half a number is a wrong number; where not
 * even the first fits, its value alone. */
static void fit_items(char *line, int w)
{
	char *value;

	while (pt_text_width(line) > w) {
		char *last = NULL;
		for (char *p = strstr(line, "  "); p; p = strstr(p + 2, "  "))
			last = p;
		if (!last)
			break;
		*last = '\0';
	}
	if (pt_text_width(line) <= w || !(value = strchr(line, ' ')))
		return;
	memmove(line, value + 1, strlen(value));
	line[strcspn(line, pt_text_width(line) > w ? ". " : "")] = '\0';
}

/* The number, and below it its history on what room there is: one line or several. */
static void paint_number(const struct pt_screen *s, const struct pt_view_env *env,
			 struct pt_canvas *cv, int footer)
{
	struct pt_bin bins[2 * NUMBER_W];
	struct pt_cursor cursor;
	struct pt_range range = {.hi = 1};
	int w = PT_MIN(cv->w, NUMBER_W), h = s->h - 1 - footer, id = lead_series(env);
	int per_cell = h > 1 ? pt_chart_bins_per_cell(env->glyphs) : 1;
	int64_t from = pt_timeview_from(&s->tv, w);
	struct pt_rect rect = {cv->w - w, 1, w, h};
	char line[200];

	pt_screen_line(s, env, line, sizeof line);
	fit_items(line, cv->w);
	pt_canvas_text(cv, 0, 0, line, cv->w, PT_ROLE_STRONG);
	if (id < 0 || pt_store_cursor(env->store, id, from, &cursor) < 0)
		return;
	pt_resample(&cursor, from, s->tv.cell_ns / per_cell, bins, (size_t)(w * per_cell));
	if (h > 1)
		pt_chart_area(cv, rect, bins, &range, env->glyphs, PT_ROLE_GRAPH_1);
	else
		pt_chart_spark(cv, rect.x, 1, w, bins, &range, env->glyphs, PT_ROLE_GRAPH_1);
}

void pt_screen_paint(struct pt_screen *s, const struct pt_view_env *env, struct pt_canvas *cv,
		     bool footer)
{
	char line[200];

	pt_canvas_clear(cv);
	if (s->shape == SHAPE_LINE) {
		pt_screen_line(s, env, line, sizeof line);
		fit_items(line, cv->w);
		pt_canvas_text(cv, 0, 0, line, cv->w, PT_ROLE_STRONG);
		return;
	}
	if (s->shape == SHAPE_NUMBER && s->view == PT_VIEW_OVERVIEW) {
		paint_number(s, env, cv, footer);
		return;
	}
	if (screen_body_top(s) > 0)
		paint_header(s, env, cv);
	if (s->view == PT_VIEW_PROCESSES) {
		paint_processes(s, env, cv);
		paint_procs_line(s, cv, footer);
		return;
	}
	if (s->view == PT_VIEW_BENCHMARKS) {
		paint_benchmarks(s, env, cv);
		return;
	}
	if (s->view == PT_VIEW_FLAME) {
		paint_flame(s, env, cv);
		return;
	}
	paint_overview(s, env, cv);
	if (s->shape == SHAPE_FULL || s->h >= 16)
		paint_time_rows(s, env, cv, footer);
}
