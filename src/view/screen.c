/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen as a value: what it is, and reading the model for what it shows. Nothing here knows a
 * terminal. screen_act.c has what actions do to it.
 */
#include "screen_state.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/store/store.h"

#include <string.h>

static const char *const view_names[PT_VIEW_N] = {[PT_VIEW_OVERVIEW] = "overview",
						  [PT_VIEW_PROCESSES] = "processes",
						  [PT_VIEW_BENCHMARKS] = "benchmarks",
						  [PT_VIEW_FLAME] = "flame"};

const char screen_sections[DETAIL_SECTIONS] = {'e', 'l', 'f', 'c', 'm'};
const char *const screen_section_names[DETAIL_SECTIONS] = {"environment", "limits", "open files",
							   "cgroup", "memory"};

const char *pt_view_name(enum pt_view_id view)
{
	return view_names[view];
}

int pt_view_find(const char *name)
{
	for (int i = 0; i < PT_VIEW_N; i++)
		if (strcmp(view_names[i], name) == 0)
			return i;
	return -PT_ENOENT;
}

struct pt_screen *pt_screen_new(void)
{
	struct pt_screen *s = pt_calloc(1, sizeof *s);

	pt_timeview_init(&s->tv, 2 * PT_S);
	pv_procs_init(&s->procs);
	pv_bench_init(&s->bench);
	pv_flame_init(&s->flame);
	pt_layout_load("overview", NULL, &s->layout, NULL);
	s->focus = s->layout.panes[0];
	s->dirty = true;
	return s;
}

void pt_screen_free(struct pt_screen *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < pt_n_panes && i < SCREEN_PANES; i++) {
		if (s->states[i] && pt_panes[i]->release)
			pt_panes[i]->release(pt_panes[i], s->states[i]);
		free(s->states[i]);
	}
	pv_procs_release(&s->procs);
	pv_bench_release(&s->bench);
	pv_flame_release(&s->flame);
	pt_filter_release(&s->filter);
	pt_str_release(&s->details.text);
	pt_str_release(&s->copy);
	free(s->targets);
	free(s);
}

/* ---- what it is ---- */

void pt_screen_set_view(struct pt_screen *s, enum pt_view_id view)
{
	if (s->w == 0) /* before the first picture: this is where q ends */
		s->root = view;
	s->view = view;
	s->details.open = s->bench.open = false;
	s->zoomed = false;
	s->dirty = true;
}

enum pt_view_id pt_screen_view(const struct pt_screen *s)
{
	return s->view;
}

unsigned pt_screen_context(const struct pt_screen *s)
{
	if (s->view == PT_VIEW_PROCESSES)
		return s->details.open ? PT_CTX_DETAILS : PT_CTX_PROCESSES;
	if (s->view == PT_VIEW_BENCHMARKS)
		return s->bench.open ? PT_CTX_BENCH_PAGE : PT_CTX_BENCH;
	if (s->view == PT_VIEW_FLAME)
		return s->flame.heat.open ? PT_CTX_HEAT : PT_CTX_FLAME;
	return s->zoomed ? PT_CTX_ZOOM : PT_CTX_OVERVIEW;
}

void pt_screen_set_layout(struct pt_screen *s, const struct pt_layout *layout)
{
	s->layout = *layout;
	if (layout->cell_ns)
		pt_timeview_init(&s->tv, layout->cell_ns);
	if (layout->scale >= 0)
		s->tv.scale = (enum pt_scale)layout->scale;
	s->focus = layout->n ? layout->panes[0] : NULL;
	s->zoomed = false;
	s->n_places = 0; /* they were the old one's */
	s->dirty = true;
}

const struct pt_layout *pt_screen_layout(const struct pt_screen *s)
{
	return &s->layout;
}

int pt_screen_toggle_pane(struct pt_screen *s, const char *name)
{
	const struct pt_pane *pane = pt_pane_find(name);
	struct pt_layout *l = &s->layout;

	if (!pane)
		return -PT_ENOENT;
	s->n_places = 0; /* until they are placed anew */
	s->dirty = true;
	for (int i = 0; i < l->n; i++)
		if (l->panes[i] == pane) {
			memmove(&l->panes[i], &l->panes[i + 1],
				(size_t)(l->n - i - 1) * sizeof l->panes[0]);
			l->n--;
			if (s->focus == pane)
				s->focus = l->n ? l->panes[0] : NULL;
			s->zoomed &= s->focus != NULL;
			return 0;
		}
	if (l->n >= PT_LAYOUT_MAX)
		return -PT_ELIMIT;
	l->panes[l->n++] = pane;
	if (!s->focus)
		s->focus = pane;
	return 1;
}

struct pt_timeview *pt_screen_time(struct pt_screen *s)
{
	return &s->tv;
}

bool pt_screen_frozen(const struct pt_screen *s)
{
	return s->frozen;
}

void *screen_pane_state(struct pt_screen *s, const struct pt_pane *pane)
{
	size_t i = 0;

	while (pt_panes[i] != pane)
		i++;
	if (!s->states[i])
		s->states[i] = pt_calloc(1, pane->state_size);
	return s->states[i];
}

int64_t screen_at(const struct pt_screen *s)
{
	return s->tv.crosshair ? s->tv.cross_ns : s->tv.end_ns;
}

struct pt_pane_args screen_args(const struct pt_screen *s, const struct pt_view_env *env)
{
	return (struct pt_pane_args){.env = env,
				     .tv = &s->tv,
				     .filter = &s->filter,
				     .zoomed = s->zoomed,
				     .frozen = s->frozen,
				     .selected = s->zoomed ? s->selected : -1,
				     .at_ns = screen_at(s)};
}

struct pt_rect screen_inner(const struct pt_place *p)
{
	if (p->box)
		return (struct pt_rect){p->rect.x + 1, p->rect.y + 1, PT_MAX(p->rect.w - 2, 0),
					PT_MAX(p->rect.h - 2, 0)};
	return (struct pt_rect){p->rect.x, p->rect.y + 1, p->rect.w, PT_MAX(p->rect.h - 1, 0)};
}

/* ---- reading the model ---- */

bool screen_has_readout(const struct pt_screen *s)
{
	return s->h >= 30 && s->view == PT_VIEW_OVERVIEW;
}

/* A list on few lines keeps its rows and the keys: first the line of counts goes, then the header. */
bool screen_has_counts(const struct pt_screen *s)
{
	return s->h >= 8;
}

int screen_body_top(const struct pt_screen *s)
{
	return s->view == PT_VIEW_OVERVIEW || s->h >= 5;
}

/* Header, axis and footer go off; on tall screens a line for reading out too. */
int screen_body_height(const struct pt_screen *s)
{
	int chrome = s->shape == SHAPE_PANE && s->h < 16 ? 2 : 3;

	if (s->view == PT_VIEW_PROCESSES)
		return PT_MAX(s->h - 1 - screen_body_top(s) - screen_has_counts(s), 1);
	if (s->view == PT_VIEW_BENCHMARKS || s->view == PT_VIEW_FLAME)
		return PT_MAX(s->h - 1 - screen_body_top(s), 1);
	return PT_MAX(s->h - chrome - screen_has_readout(s), 1);
}

/* Beside details at least the head of the list and three rows, or nothing of it. */
int screen_details_height(const struct pt_screen *s)
{
	int h = screen_body_height(s);

	return !s->details.open ? 0 : h < 8 ? h : PT_MAX(h * 2 / 5, 4);
}

static enum screen_shape shape_of(int w, int h)
{
	if (w < 20 || h < 3)
		return SHAPE_LINE;
	if (w < 40 || h < 12)
		return SHAPE_NUMBER;
	return w < 60 || h < 16 ? SHAPE_PANE : SHAPE_FULL;
}

/* One pane on the whole body: zoomed, or because there is no room for more. */
static void place_one(struct pt_screen *s)
{
	int h = screen_body_height(s);

	s->n_places = 0;
	for (int i = 0; i < s->layout.n; i++)
		if (s->layout.panes[i] == s->focus)
			s->places[s->n_places++] =
				(struct pt_place){.pane = i,
						  .rect = {0, 1, s->w, h},
						  .box = s->shape == SHAPE_FULL && h >= 20};
}

void screen_ask_sizes(struct pt_screen *s, const struct pt_view_env *env)
{
	struct pt_pane_args args = screen_args(s, env);
	int column = s->w / pt_layout_columns(s->w) - 2;

	for (int i = 0; i < s->layout.n; i++) {
		const struct pt_pane *p = s->layout.panes[i];
		void *state = screen_pane_state(s, p);
		p->recalc(p, state, &args, p->columns == PT_PANE_FULL ? s->w : column, 0);
		p->size(p, state, &args, &s->sizes[i]);
	}
}

static void place_panes(struct pt_screen *s, const struct pt_view_env *env)
{
	s->n_places = 0;
	if (s->shape < SHAPE_PANE)
		return;
	if (s->zoomed || s->shape < SHAPE_FULL) {
		place_one(s);
		return;
	}
	screen_ask_sizes(s, env);
	s->n_places = pt_layout_place(&s->layout, s->sizes, s->w, screen_body_height(s), s->places);
	for (int i = 0; i < s->n_places; i++)
		s->places[i].rect.y++;
}

static void recalc_panes(struct pt_screen *s, const struct pt_view_env *env)
{
	struct pt_pane_args args = screen_args(s, env);

	place_panes(s, env);
	for (int i = 0; i < s->n_places; i++) {
		const struct pt_pane *p = s->layout.panes[s->places[i].pane];
		struct pt_rect in = screen_inner(&s->places[i]);
		p->recalc(p, screen_pane_state(s, p), &args, in.w, in.h);
	}
}

/* The focused pane must be one that is shown. */
static void keep_focus(struct pt_screen *s)
{
	for (int i = 0; i < s->n_places; i++)
		if (s->layout.panes[s->places[i].pane] == s->focus)
			return;
	if (s->n_places)
		s->focus = s->layout.panes[s->places[0].pane];
}

/* Keys may come faster than frames: the second of two acts on what the first has made of the panes. */
void screen_refresh_places(struct pt_screen *s, const struct pt_view_env *env)
{
	if (!s->dirty || s->w == 0 || s->view != PT_VIEW_OVERVIEW)
		return;
	recalc_panes(s, env);
	keep_focus(s);
}

/* The list's rows, before anything uses them: the last scan may have freed what they point to. */
void screen_refresh_procs(struct pt_screen *s, const struct pt_view_env *env)
{
	pv_procs_recalc(&s->procs, env, screen_body_height(s) - screen_details_height(s),
			pt_store_last(env->store));
}

static void read_load(struct pt_screen *s, const struct pt_view_env *env)
{
	static const char *const names[PT_LEN(s->load)] = {"load1", "load5", "load15"};

	for (size_t i = 0; i < PT_LEN(names) && !s->frozen; i++) {
		struct pt_series_info info;
		pt_store_info(env->store, pt_store_find(env->store, names[i], ""), &info);
		s->load[i] = info.last;
	}
}

static void note_axis(struct pt_screen *s)
{
	int64_t from = pt_timeview_from(&s->tv, 1);

	s->axis_shift = s->axis_cell_ns == s->tv.cell_ns && from > s->axis_from_ns
				? (int)PT_MIN((from - s->axis_from_ns) / s->tv.cell_ns, 1000)
				: 0;
	s->axis_from_ns = from;
	s->axis_cell_ns = s->tv.cell_ns;
}

void pt_screen_recalc(struct pt_screen *s, const struct pt_view_env *env, int w, int h)
{
	int64_t last = pt_store_last(env->store);

	/* Flame graphs stand still because env.flame does; what is opened meanwhile is shown. */
	if (s->frozen && !s->dirty && w == s->w && h == s->h && s->view != PT_VIEW_FLAME)
		return;
	s->w = w;
	s->h = h;
	s->shape = shape_of(w, h);
	s->dirty = false;
	if (last != INT64_MIN)
		pt_timeview_update(&s->tv, pt_store_first(env->store),
				   s->frozen ? s->frozen_ns : last);
	note_axis(s);
	read_load(s, env);
	if (s->view == PT_VIEW_PROCESSES) {
		screen_refresh_procs(s, env);
		return;
	}
	if (s->view == PT_VIEW_BENCHMARKS) {
		screen_refresh_bench(s, env);
		return;
	}
	if (s->view == PT_VIEW_FLAME) {
		screen_refresh_flame(s, env);
		return;
	}
	recalc_panes(s, env);
	keep_focus(s);
}

int pt_screen_wants_procs(const struct pt_screen *s)
{
	int want = -1;

	if (s->view == PT_VIEW_PROCESSES)
		return (int)pv_procs_want(&s->procs, s->w ? s->w : 160);
	if (s->view == PT_VIEW_BENCHMARKS || s->view == PT_VIEW_FLAME)
		return -1;
	/* Before the first picture nobody knows which panes fit: the layout says. */
	for (int i = 0, n = s->w ? s->n_places : s->layout.n; i < n; i++) {
		const struct pt_pane *p = s->layout.panes[s->w ? s->places[i].pane : i];
		int needs = p->procs ? p->procs(p, s->zoomed) : -1;
		if (needs >= 0)
			want = needs | PT_MAX(want, 0);
	}
	return want;
}

bool pt_screen_wants_board(const struct pt_screen *s)
{
	return s->view == PT_VIEW_BENCHMARKS;
}

bool pt_screen_wants_flame(const struct pt_screen *s)
{
	return s->view == PT_VIEW_FLAME;
}

bool pt_screen_wants_collector(const struct pt_screen *s, const char *collector)
{
	for (int i = 0; i < s->n_places && s->view == PT_VIEW_OVERVIEW; i++) {
		const char *needs = s->layout.panes[s->places[i].pane]->collector;
		if (needs && strcmp(needs, collector) == 0)
			return true;
	}
	return false;
}

/* ---- filter, sort, details ---- */

struct pt_filter *screen_filter_here(struct pt_screen *s)
{
	return s->view == PT_VIEW_PROCESSES    ? &s->procs.filter
	       : s->view == PT_VIEW_BENCHMARKS ? &s->bench.filter
	       : s->view == PT_VIEW_FLAME      ? &s->flame.filter
					       : &s->filter;
}

/* What a filter of panes finds first is what Enter opens. */
static void focus_match(struct pt_screen *s)
{
	if (!pt_filter_on(&s->filter) || (s->focus && pt_filter_match(&s->filter, s->focus->title)))
		return;
	for (int i = 0; i < s->n_places; i++) {
		const struct pt_pane *p = s->layout.panes[s->places[i].pane];
		if (pt_filter_match(&s->filter, p->title)) {
			s->focus = p;
			return;
		}
	}
}

int pt_screen_set_filter(struct pt_screen *s, const char *text, struct pt_err *err)
{
	int r = pt_filter_set(screen_filter_here(s), text, err);

	s->dirty = true;
	s->procs.current = s->bench.current = s->flame.current = false;
	if (r == 0 && s->view == PT_VIEW_OVERVIEW && !s->zoomed)
		focus_match(s);
	return r;
}

const char *pt_screen_filter(const struct pt_screen *s)
{
	return screen_filter_here((struct pt_screen *)s)->text;
}

void pt_screen_filter_count(const struct pt_screen *s, size_t *ret_shown, size_t *ret_all)
{
	bool benches = s->view == PT_VIEW_BENCHMARKS;

	if (s->view == PT_VIEW_FLAME) {
		pv_flame_count(&s->flame, ret_shown, ret_all);
		return;
	}
	*ret_shown = benches ? s->bench.shown : s->procs.n;
	*ret_all = benches ? s->bench.total : s->procs.total;
	if (s->view != PT_VIEW_OVERVIEW)
		return;
	*ret_all = (size_t)s->n_places;
	*ret_shown = 0;
	for (int i = 0; i < s->n_places; i++)
		*ret_shown +=
			pt_filter_match(&s->filter, s->layout.panes[s->places[i].pane]->title);
}

const char *pt_screen_column_name(size_t i)
{
	return i < (size_t)pv_n_proc_columns ? pv_proc_columns[i].name : NULL;
}

int pt_screen_sort(struct pt_screen *s, const char *column, struct pt_err *err)
{
	int c = pv_proc_column_find(column);

	if (c < 0)
		return pt_err_set(err, PT_ENOENT, "no column is called '%s'", column);
	s->procs.sort = c;
	s->procs.invert = false;
	pv_procs_reorder(&s->procs);
	s->dirty = true;
	return 0;
}

void pt_screen_set_details(struct pt_screen *s, char what, const char *text)
{
	struct screen_details *d = &s->details;
	char safe[4096];

	if (what != screen_sections[d->section])
		return;
	pt_str_clear(&d->text);
	d->lines = 0;
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, "\n");
		pt_text_safe(safe, sizeof safe, p, n, false);
		pt_str_add(&d->text, safe);
		pt_str_addc(&d->text, '\n');
		d->lines++;
		p += n + (p[n] == '\n');
	}
	d->read = true;
	d->scroll = PT_MIN(d->scroll, PT_MAX(d->lines - 1, 0));
	s->dirty = true;
}

bool pt_screen_wants_details(const struct pt_screen *s, struct pt_target *ret, char *ret_what)
{
	if (!s->details.open)
		return false;
	*ret = s->details.target;
	*ret_what = screen_sections[s->details.section];
	return true;
}
