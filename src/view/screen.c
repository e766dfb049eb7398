/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen as a value: what actions do to it, and reading the model for what it shows. Nothing here
 * knows a terminal; what a key wants done to the machine goes back to the face as a request.
 */
#include "screen_state.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/collect/procs.h"
#include "perftop/store/store.h"

#include <string.h>

static const char *const view_names[PT_VIEW_N] = {[PT_VIEW_OVERVIEW] = "overview",
						  [PT_VIEW_PROCESSES] = "processes",
						  [PT_VIEW_BENCHMARKS] = "benchmarks"};

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
	if (s->view == PT_VIEW_BENCHMARKS)
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

static void ask_sizes(struct pt_screen *s, const struct pt_view_env *env)
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
	ask_sizes(s, env);
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
static void refresh_places(struct pt_screen *s, const struct pt_view_env *env)
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

	if (s->frozen && !s->dirty && w == s->w && h == s->h)
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
	recalc_panes(s, env);
	keep_focus(s);
}

int pt_screen_wants_procs(const struct pt_screen *s)
{
	int want = -1;

	if (s->view == PT_VIEW_PROCESSES)
		return (int)pv_procs_want(&s->procs, s->w ? s->w : 160);
	if (s->view == PT_VIEW_BENCHMARKS)
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

static struct pt_filter *filter_here(struct pt_screen *s)
{
	return s->view == PT_VIEW_PROCESSES    ? &s->procs.filter
	       : s->view == PT_VIEW_BENCHMARKS ? &s->bench.filter
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
	int r = pt_filter_set(filter_here(s), text, err);

	s->dirty = true;
	s->procs.current = s->bench.current = false;
	if (r == 0 && s->view == PT_VIEW_OVERVIEW && !s->zoomed)
		focus_match(s);
	return r;
}

const char *pt_screen_filter(const struct pt_screen *s)
{
	return filter_here((struct pt_screen *)s)->text;
}

void pt_screen_filter_count(const struct pt_screen *s, size_t *ret_shown, size_t *ret_all)
{
	bool benches = s->view == PT_VIEW_BENCHMARKS;

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

/* ---- actions ---- */

static void request_copy(struct pt_screen *s, const struct pt_view_env *env, struct pt_request *ret)
{
	char line[512], safe[600];

	pt_str_clear(&s->copy);
	if (s->view == PT_VIEW_PROCESSES) {
		screen_refresh_procs(s, env);
		screen_copy_row(s, env);
	} else if (s->view == PT_VIEW_BENCHMARKS) {
		screen_bench_copy(s, env);
	} else {
		screen_read_out(s, env, line, sizeof line);
		pt_text_safe(safe, sizeof safe, line, strlen(line), false);
		pt_str_addf(&s->copy, "%s  %s", env->host, safe);
	}
	*ret = (struct pt_request){.type = PT_REQUEST_COPY, .text = s->copy.s};
}

void screen_freeze(struct pt_screen *s, const struct pt_view_env *env, bool on)
{
	if (on) {
		s->frozen_follow = s->tv.follow;
		s->frozen_ns = pt_store_last(env->store);
	} else {
		s->tv.follow = s->frozen_follow;
	}
	s->frozen = on;
	pv_procs_freeze(&s->procs, env, on);
}

/* Esc: filter, crosshair, zoom, view; in that order, one at a time. */
static bool step_back(struct pt_screen *s, char *status, size_t size)
{
	if (s->details.open) {
		s->details.open = false;
	} else if (s->view == PT_VIEW_BENCHMARKS && s->bench.open) {
		s->bench.open = false;
	} else if (s->view == PT_VIEW_BENCHMARKS && s->bench.in_output) {
		pv_output_leave(&s->bench);
	} else if (filter_here(s)->text[0]) {
		pt_screen_set_filter(s, NULL, NULL);
		screen_say(status, size, "filter taken away");
	} else if (s->tv.crosshair && s->view == PT_VIEW_OVERVIEW) {
		s->tv.crosshair = false;
	} else if (s->zoomed && s->view == PT_VIEW_OVERVIEW) {
		s->zoomed = false;
	} else if (s->view != s->root) {
		s->view = s->root;
	} else {
		return false;
	}
	return true;
}

static void zoom_pane(struct pt_screen *s)
{
	if (s->focus && strcmp(s->focus->name, "top") == 0) {
		s->view = PT_VIEW_PROCESSES;
		return;
	}
	s->zoomed = s->focus != NULL;
	s->selected = 0;
}

static int focus_index(const struct pt_screen *s)
{
	for (int i = 0; i < s->n_places; i++)
		if (s->layout.panes[s->places[i].pane] == s->focus)
			return i;
	return 0;
}

/* Tab: also where only one pane is shown, through all of the layout that have something to show. */
static void focus_step(struct pt_screen *s, const struct pt_view_env *env, int step)
{
	if (s->n_places > 1) {
		int i = (focus_index(s) + step + s->n_places) % s->n_places;
		s->focus = s->layout.panes[s->places[i].pane];
		return;
	}
	ask_sizes(s, env);
	for (int i = 0, at = 0; i < s->layout.n; i++) {
		if (s->layout.panes[i] != s->focus)
			continue;
		for (int k = 1; k <= s->layout.n; k++) {
			at = (i + step * k + s->layout.n * k) % s->layout.n;
			if (s->sizes[at].want > 0)
				break;
		}
		s->focus = s->layout.panes[at];
		s->selected = 0;
		return;
	}
}

/* The nearest pane in a direction: overlapping in the other axis counts before distance. */
static void focus_towards(struct pt_screen *s, int dx, int dy)
{
	const struct pt_rect from = s->places[focus_index(s)].rect;
	int best = -1, best_score = 0;

	for (int i = 0; i < s->n_places; i++) {
		struct pt_rect to = s->places[i].rect;
		int ahead = dx ? dx * (to.x - from.x) : dy * (to.y - from.y);
		int aside = dx ? abs(to.y - from.y) : abs(to.x - from.x);
		if (ahead <= 0)
			continue;
		int score = ahead + 3 * aside;
		if (best < 0 || score < best_score) {
			best = i;
			best_score = score;
		}
	}
	if (best >= 0)
		s->focus = s->layout.panes[s->places[best].pane];
}

/* Moves the selection of a zoomed pane's list. */
static void select_by(struct pt_screen *s, int by)
{
	int n = s->focus && s->focus->rows
			? s->focus->rows(s->focus, screen_pane_state(s, s->focus))
			: 0;

	s->selected = PT_MAX(0, PT_MIN(s->selected + by, n - 1));
}

static bool overview_act(struct pt_screen *s, const struct pt_view_env *env, enum pt_action action)
{
	int page;
	bool up;

	switch (action) {
	case PT_ACT_ENTER:
		if (!s->zoomed)
			zoom_pane(s);
		return true;
	case PT_ACT_UP:
	case PT_ACT_DOWN:
	case PT_ACT_PAGE_UP:
	case PT_ACT_PAGE_DOWN:
		up = action == PT_ACT_UP || action == PT_ACT_PAGE_UP;
		page = action == PT_ACT_PAGE_UP || action == PT_ACT_PAGE_DOWN ? 10 : 1;
		if (s->zoomed)
			select_by(s, up ? -page : page);
		else
			focus_towards(s, 0, up ? -1 : 1);
		return true;
	case PT_ACT_LEFT:
	case PT_ACT_RIGHT:
		if (!s->zoomed)
			focus_towards(s, action == PT_ACT_LEFT ? -1 : 1, 0);
		return true;
	case PT_ACT_TOP:
	case PT_ACT_BOTTOM:
		if (s->zoomed)
			select_by(s, action == PT_ACT_TOP ? -100000 : 100000);
		else if (s->n_places)
			s->focus =
				s->layout
					.panes[s->places[action == PT_ACT_TOP ? 0 : s->n_places - 1]
						       .pane];
		return true;
	case PT_ACT_NEXT_PANE: focus_step(s, env, 1); return true;
	case PT_ACT_PREV_PANE: focus_step(s, env, -1); return true;
	default: return false;
	}
}

/* n and N: the next pane whose title matches the filter. */
static void overview_match(struct pt_screen *s, const struct pt_view_env *env, int step,
			   char *status, size_t size)
{
	if (!pt_filter_on(&s->filter)) {
		screen_say(status, size, "no filter: / sets one");
		return;
	}
	for (int i = 0; i < s->n_places; i++) {
		focus_step(s, env, step);
		if (pt_filter_match(&s->filter, s->focus->title))
			return;
	}
	screen_say(status, size, "nothing matches");
}

static void back_or_quit(struct pt_screen *s, enum pt_action action, struct pt_request *ret,
			 char *status, size_t size)
{
	if (step_back(s, status, size))
		return;
	if (action == PT_ACT_QUIT)
		ret->type = PT_REQUEST_QUIT;
	else
		screen_say(status, size, "this is the root; q quits");
}

/* Actions that mean the same in every view. True when it was one. */
static bool common_act(struct pt_screen *s, const struct pt_view_env *env, enum pt_action action,
		       struct pt_request *ret, char *status, size_t size)
{
	switch (action) {
	case PT_ACT_BACK:
	case PT_ACT_QUIT: back_or_quit(s, action, ret, status, size); return true;
	case PT_ACT_VIEW_OVERVIEW:
	case PT_ACT_VIEW_PROCESSES:
	case PT_ACT_VIEW_BENCHMARKS:
		s->view = action == PT_ACT_VIEW_OVERVIEW    ? PT_VIEW_OVERVIEW
			  : action == PT_ACT_VIEW_PROCESSES ? PT_VIEW_PROCESSES
							    : PT_VIEW_BENCHMARKS;
		s->details.open = s->bench.open = false;
		if (action == PT_ACT_VIEW_OVERVIEW)
			s->zoomed = false;
		return true;
	case PT_ACT_FREEZE:
		screen_freeze(s, env, !s->frozen);
		screen_say(status, size,
			   s->frozen	  ? "frozen; collecting goes on. Space goes on"
			   : s->tv.follow ? "following live"
					  : "no longer frozen; f follows live");
		return true;
	case PT_ACT_COPY: request_copy(s, env, ret); return true;
	case PT_ACT_FILTER: ret->type = PT_REQUEST_FILTER; return true;
	case PT_ACT_GOTO: ret->type = PT_REQUEST_GOTO; return true;
	default: return false;
	}
}

/* What a person would notice of an action that says nothing itself. */
struct stance {
	int64_t of[25];
};

static struct stance stance(const struct pt_screen *s)
{
	const struct pt_timeview *tv = &s->tv;

	return (struct stance){{s->view,
				(int64_t)(intptr_t)s->focus,
				s->zoomed,
				s->selected,
				s->details.open,
				s->details.section,
				s->details.scroll,
				s->procs.scroll_x,
				(int64_t)s->procs.cursor,
				(int64_t)s->procs.scroll,
				tv->cell_ns,
				tv->end_ns,
				tv->follow,
				tv->crosshair,
				tv->cross_ns,
				(int64_t)s->bench.cursor,
				(int64_t)s->bench.scroll,
				s->bench.in_suites,
				s->bench.open,
				s->bench.section,
				s->bench.mark,
				s->bench.output,
				s->bench.in_output,
				(int64_t)s->bench.output_end,
				s->bench.output_x}};
}

static const char *nothing_words(enum pt_action action)
{
	switch (action) {
	case PT_ACT_ENTER: return "nothing more to open; Esc steps back";
	case PT_ACT_VIEW_OVERVIEW:
	case PT_ACT_VIEW_PROCESSES:
	case PT_ACT_VIEW_BENCHMARKS: return "this is it";
	default: return "no further";
	}
}

static void act(struct pt_screen *s, const struct pt_view_env *env, enum pt_action action,
		struct pt_request *ret, char *status, size_t size)
{
	if (common_act(s, env, action, ret, status, size))
		return;
	if (s->view == PT_VIEW_PROCESSES)
		screen_procs_act(s, env, action, ret, status, size);
	else if (s->view == PT_VIEW_BENCHMARKS)
		screen_bench_act(s, env, action, ret, status, size);
	else if (action == PT_ACT_NEXT_MATCH || action == PT_ACT_PREV_MATCH)
		overview_match(s, env, action == PT_ACT_NEXT_MATCH ? 1 : -1, status, size);
	else if (!screen_time_act(s, env, action, status, size))
		overview_act(s, env, action);
}

bool pt_screen_act(struct pt_screen *s, const struct pt_view_env *env, enum pt_action action,
		   struct pt_request *ret, char *status, size_t status_size)
{
	struct stance before = stance(s), after;

	*ret = (struct pt_request){0};
	status[0] = '\0';
	if ((pt_actions[action].contexts & PT_CTX_WRITE) && env->readonly) {
		screen_say(status, status_size, "read-only: started with --readonly");
		return false;
	}
	if (!(pt_actions[action].contexts & pt_screen_context(s))) {
		pt_snprintf(status, status_size, "%s has no meaning here", pt_actions[action].name);
		return false;
	}
	refresh_places(s, env);
	s->dirty = true;
	act(s, env, action, ret, status, status_size);
	after = stance(s);
	if (ret->type == PT_REQUEST_NONE && !status[0] && !memcmp(&before, &after, sizeof before))
		screen_say(status, status_size, nothing_words(action));
	return true;
}

/* ---- mouse ---- */

static bool overview_mouse(struct pt_screen *s, const struct pt_view_env *env, int x, int y,
			   int wheel, char *status, size_t size)
{
	for (int i = 0; i < s->n_places; i++) {
		struct pt_rect r = s->places[i].rect, in = screen_inner(&s->places[i]);
		const struct pt_pane *p = s->layout.panes[s->places[i].pane];
		if (x < r.x || x >= r.x + r.w || y < r.y || y >= r.y + r.h)
			continue;
		if (wheel) {
			if (s->zoomed)
				select_by(s, wheel);
			else
				screen_time_act(s, env,
						wheel < 0 ? PT_ACT_ZOOM_IN : PT_ACT_ZOOM_OUT,
						status, size);
			return true;
		}
		if (s->tv.crosshair)
			screen_cross_to(s, env,
					s->tv.end_ns -
						(int64_t)(in.x + in.w - 1 - x) * s->tv.cell_ns);
		else if (s->focus == p && !s->zoomed)
			zoom_pane(s);
		s->focus = p;
		return true;
	}
	return false;
}

bool pt_screen_mouse(struct pt_screen *s, const struct pt_view_env *env, int x, int y, int wheel,
		     struct pt_request *ret, char *status, size_t status_size)
{
	int64_t now = pt_store_last(env->store);

	*ret = (struct pt_request){0};
	status[0] = '\0';
	refresh_places(s, env);
	s->dirty = true;
	if (s->view == PT_VIEW_OVERVIEW)
		return overview_mouse(s, env, x, y, wheel, status, status_size);
	if (s->view == PT_VIEW_BENCHMARKS)
		return screen_bench_mouse(s, env, x, y - screen_body_top(s), wheel);
	int top = screen_body_top(s), h = screen_body_height(s) - screen_details_height(s);
	if (s->details.open && y >= top + h) {
		if (wheel)
			screen_procs_act(s, env, wheel < 0 ? PT_ACT_UP : PT_ACT_DOWN, ret, status,
					 status_size);
		return wheel != 0;
	}
	screen_refresh_procs(s, env);
	if (wheel) {
		pv_procs_move(&s->procs, 3L * wheel, now);
		return true;
	}
	y -= top;
	if (y == 0)
		return pv_procs_click_head(&s->procs, s->w, x);
	if (y < 0 || y >= h || s->procs.scroll + (size_t)y > s->procs.n)
		return false;
	pv_procs_to(&s->procs, s->procs.scroll + (size_t)y - 1, now);
	return true;
}
