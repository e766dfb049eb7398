/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a running benchmark prints: its last lines, which follow the end until somebody looks back. A
 * look back stays at its line while more is printed, as long as that line is kept. With the focus on
 * it the pane is larger, and keys are its own.
 */
#include "bench_view.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <string.h>

enum { SIDEWAYS = 8, SAFE_MAX = 4 * PT_LIVE_LINE };

static bool has_bar(const struct pt_live *live, int h)
{
	return pt_live_runs(live) && live->remaining_ns >= 0 &&
	       live->elapsed_ns + live->remaining_ns > 0 && h > 2;
}

static int inner_height(const struct pv_bench *v)
{
	return v->at.output.h - (v->at.boxed ? 2 : 1);
}

/* Lines of text that it shows. */
static size_t n_rows(const struct pv_bench *v)
{
	int h = inner_height(v);

	return (size_t)PT_MAX(h - has_bar(v->live, h), 1);
}

/* The first line that is kept, and the one after the last that is shown; both from 0 on. */
static size_t first_kept(const struct pt_live *live)
{
	return live->n_lines - PT_MIN(live->n_lines, (size_t)PT_LIVE_LINES);
}

static size_t shown_end(const struct pv_bench *v)
{
	const struct pt_live *live = v->live;
	size_t least = PT_MIN(first_kept(live) + n_rows(v), live->n_lines);

	if (v->output_end == 0 || v->output_end > live->n_lines)
		return live->n_lines;
	return PT_MAX(v->output_end, least);
}

static void go_to(struct pv_bench *v, long end)
{
	size_t n = v->live->n_lines;

	v->output_end = end < 1 ? 1 : (size_t)end;
	v->output_end = v->output_end >= n ? 0 : shown_end(v);
	if (v->output_end >= n)
		v->output_end = 0;
}

static const struct pt_live_line *line_at(const struct pt_live *live, size_t i)
{
	return i < live->n_lines ? pt_live_line(live, live->n_lines - 1 - i) : NULL;
}

/* Columns of the longest line that is shown. */
static int longest(const struct pv_bench *v)
{
	size_t end = shown_end(v), rows = n_rows(v);
	char safe[SAFE_MAX];
	int most = 0;

	for (size_t i = end - PT_MIN(end, rows); i < end; i++) {
		const struct pt_live_line *line = line_at(v->live, i);
		if (!line)
			continue;
		pt_text_safe(safe, sizeof safe, line->text, strlen(line->text), false);
		most = PT_MAX(most, pt_text_width(safe));
	}
	return most;
}

static void sideways(struct pv_bench *v, int by)
{
	int room = v->at.output.w - (v->at.boxed ? 4 : 2);
	int most = PT_MAX(longest(v) - room, 0);

	v->output_x =
		PT_MAX(0, PT_MIN(v->output_x + by, (most + SIDEWAYS - 1) / SIDEWAYS * SIDEWAYS));
}

bool pv_output_focusable(const struct pv_bench *v)
{
	return v->live && v->at.output.h > 1 && !v->open;
}

void pv_output_leave(struct pv_bench *v)
{
	v->in_output = false;
	v->output_end = 0;
	v->output_x = 0;
}

void pv_output_wheel(struct pv_bench *v, int wheel)
{
	go_to(v, (long)shown_end(v) + 3L * wheel);
}

bool pv_output_move(struct pv_bench *v, enum pt_action action)
{
	long end = (long)shown_end(v), page = PT_MAX((long)n_rows(v) - 1, 1);

	switch (action) {
	case PT_ACT_UP: go_to(v, end - 1); return true;
	case PT_ACT_DOWN: go_to(v, end + 1); return true;
	case PT_ACT_PAGE_UP: go_to(v, end - page); return true;
	case PT_ACT_PAGE_DOWN: go_to(v, end + page); return true;
	case PT_ACT_TOP: go_to(v, 1); return true;
	case PT_ACT_BOTTOM: v->output_end = 0; return true;
	case PT_ACT_LEFT: sideways(v, -SIDEWAYS); return true;
	case PT_ACT_RIGHT: sideways(v, SIDEWAYS); return true;
	case PT_ACT_ENTER: return true;
	default: return false;
	}
}

/* ---- painting ---- */

/* "lines 12..30 of 256  End follows", or how to look back. */
static void where_words(const struct pv_bench *v, char *out, size_t size)
{
	size_t end = shown_end(v), first = end - PT_MIN(end, n_rows(v));

	out[0] = '\0';
	if (v->output_end)
		pt_snprintf(out, size, "lines %zu..%zu of %zu, End follows",
			    PT_MAX(first, first_kept(v->live)) + 1, end, v->live->n_lines);
	else if (v->in_output && v->live->n_lines > n_rows(v))
		pt_strlcpy(out, "PgUp looks back", size);
}

static void paint_line(const struct pv_bench *v, const struct pt_view_env *env,
		       struct pt_canvas *cv, const struct pt_live_line *line, int y, int w)
{
	enum pt_role role = line->is_error ? PT_ROLE_WARN : PT_ROLE_TEXT;
	char safe[SAFE_MAX];
	size_t skip;

	pt_text_safe(safe, sizeof safe, line->text, strlen(line->text), env->ascii);
	skip = pt_text_fit(safe, v->output_x);
	pt_canvas_text(cv, 1, y, safe + skip, w - 2, role);
	if (pt_text_width(safe + skip) > w - 2)
		pt_canvas_put(cv, w - 2, y, pt_sign(PT_SIGN_MORE, env->glyphs), PT_ROLE_DIM);
}

static void paint_lines(const struct pv_bench *v, const struct pt_view_env *env,
			struct pt_canvas *cv, int w, int h)
{
	const struct pt_live *live = v->live;
	size_t end = shown_end(v);
	int y = 0;

	if (has_bar(live, h))
		pt_chart_bar(cv, 1, y++, w - 2,
			     (double)live->elapsed_ns /
				     (double)(live->elapsed_ns + live->remaining_ns),
			     env->glyphs, PT_ROLE_ACCENT);
	/* The last line at the bottom. */
	for (int i = 1; h - i >= y && (size_t)i <= end; i++) {
		const struct pt_live_line *line = line_at(live, end - (size_t)i);
		if (line)
			paint_line(v, env, cv, line, h - i, w);
	}
}

void pv_output_paint(const struct pv_bench *v, const struct pt_view_env *env, struct pt_canvas *cv)
{
	struct pt_rect r = v->at.output;
	char words[300], where[80];
	struct pt_clip_save save;

	pv_live_words(v->live, words, sizeof words);
	if (r.h == 1) {
		pt_canvas_safe(cv, 1, r.y, words, r.w - 2, PT_ROLE_ACCENT, env->ascii);
		return;
	}
	where_words(v, where, sizeof where);
	if (v->at.boxed) {
		r = pv_bench_framed(cv, env, r, words, where, v->in_output);
	} else {
		r = pv_bench_ruled(cv, env, r, words);
		if (where[0] && pt_text_width(words) + pt_text_width(where) + 8 < r.w) {
			pt_canvas_put(cv, r.w - 2, r.y - 1, ' ', PT_ROLE_FRAME);
			int n = pt_canvas_right(cv, r.w - 2, r.y - 1, where, PT_ROLE_ACCENT);
			pt_canvas_put(cv, r.w - 3 - n, r.y - 1, ' ', PT_ROLE_FRAME);
		}
		if (v->in_output)
			pt_canvas_put(cv, 0, r.y - 1, pt_sign(PT_SIGN_SELECTED, env->glyphs),
				      PT_ROLE_ACCENT);
	}
	save = pt_canvas_push(cv, r);
	paint_lines(v, env, cv, r.w, r.h);
	pt_canvas_pop(cv, save);
}
