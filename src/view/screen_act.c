/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What actions and the mouse do to the screen. What a key wants done to the machine goes back to the
 * face as a request.
 */
#include "screen_state.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/store/store.h"

#include <string.h>

static void request_copy(struct pt_screen *s, const struct pt_view_env *env, struct pt_request *ret)
{
	char line[512], safe[600];

	pt_str_clear(&s->copy);
	if (s->view == PT_VIEW_PROCESSES) {
		screen_refresh_procs(s, env);
		screen_copy_row(s, env);
	} else if (s->view == PT_VIEW_BENCHMARKS) {
		screen_bench_copy(s, env);
	} else if (s->view == PT_VIEW_FLAME) {
		screen_flame_copy(s, env);
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

/* Esc: filter, crosshair, zoom, window, view; in that order, one at a time. */
static bool step_back(struct pt_screen *s, struct pt_request *ret, char *status, size_t size)
{
	if (s->details.open) {
		s->details.open = false;
	} else if (s->view == PT_VIEW_BENCHMARKS && s->bench.open) {
		s->bench.open = false;
	} else if (s->view == PT_VIEW_BENCHMARKS && s->bench.in_output) {
		pv_output_leave(&s->bench);
	} else if (s->view == PT_VIEW_FLAME && pv_flame_leave_heat(&s->flame)) {
		return true;
	} else if (screen_filter_here(s)->text[0]) {
		pt_screen_set_filter(s, NULL, NULL);
		screen_say(status, size, "filter taken away");
	} else if (s->view == PT_VIEW_FLAME && pv_flame_back(&s->flame)) {
		return true;
	} else if (s->view == PT_VIEW_FLAME && s->flame.data && s->flame.data->window_to_ns) {
		ret->type = PT_REQUEST_FLAME_WINDOW; /* 0, 0 */
		screen_say(status, size, "all of it");
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
	screen_ask_sizes(s, env);
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

static bool can_step_back(const struct pt_screen *s)
{
	const struct pv_flame *v = &s->flame;

	return s->view != s->root || screen_filter_here((struct pt_screen *)s)->text[0] ||
	       v->heat.open || v->n_stands > 1 || (v->data && v->data->window_to_ns);
}

const char *pt_screen_label(const struct pt_screen *s, enum pt_action action)
{
	const char *label = s->view == PT_VIEW_FLAME ? pv_flame_label_of(&s->flame, action) : NULL;

	if (s->view == PT_VIEW_FLAME && action == PT_ACT_BACK && !label && !can_step_back(s))
		return "";
	return label;
}

static void back_or_quit(struct pt_screen *s, enum pt_action action, struct pt_request *ret,
			 char *status, size_t size)
{
	bool reading = s->view == PT_VIEW_FLAME && s->flame.data && s->flame.data->reading;

	if (reading && action == PT_ACT_BACK) {
		ret->type = PT_REQUEST_FLAME_CANCEL;
		return;
	}
	if (step_back(s, ret, status, size))
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
	case PT_ACT_VIEW_FLAME:
		s->view = (enum pt_view_id)(PT_VIEW_OVERVIEW + (action - PT_ACT_VIEW_OVERVIEW));
		s->details.open = s->bench.open = s->flame.heat.open = false;
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
	case PT_ACT_FLAME: screen_flame_sample(s, env, ret); return true;
	default: return false;
	}
}

/* What a person would notice of an action that says nothing itself. */
struct stance {
	int64_t of[26];
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
				s->bench.output_x,
				s->flame.changes}};
}

static const char *nothing_words(enum pt_action action)
{
	switch (action) {
	case PT_ACT_ENTER: return "nothing more to open; Esc steps back";
	case PT_ACT_VIEW_OVERVIEW:
	case PT_ACT_VIEW_PROCESSES:
	case PT_ACT_VIEW_BENCHMARKS:
	case PT_ACT_VIEW_FLAME: return "this is it";
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
	else if (s->view == PT_VIEW_FLAME)
		screen_flame_act(s, env, action, ret, status, size);
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
	screen_refresh_places(s, env);
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
	screen_refresh_places(s, env);
	s->dirty = true;
	if (s->view == PT_VIEW_OVERVIEW)
		return overview_mouse(s, env, x, y, wheel, status, status_size);
	if (s->view == PT_VIEW_BENCHMARKS)
		return screen_bench_mouse(s, env, x, y - screen_body_top(s), wheel);
	if (s->view == PT_VIEW_FLAME)
		return screen_flame_mouse(s, env, x, y - screen_body_top(s), wheel, ret, status,
					  status_size);
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
