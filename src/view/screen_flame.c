/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What actions do in the view of flame graphs; what is to be sampled or read goes back as a request. */
#include "screen_state.h"

#include "perftop/base/mem.h"
#include "perftop/collect/procs.h"

#include <string.h>

void screen_refresh_flame(struct pt_screen *s, const struct pt_view_env *env)
{
	pv_flame_recalc(&s->flame, env, s->w ? s->w : 160, screen_body_height(s));
}

/* The process that has used most CPU: what stands first in the overview's list. */
static void target_top(struct pt_screen *s, const struct pt_view_env *env)
{
	size_t n;
	struct pt_proc *const *rows = pt_procs_rows(env->procs, &n);
	const struct pt_proc *top = NULL;

	for (size_t i = 0; i < n; i++)
		if (!rows[i]->gone && rows[i]->cpu_ratio > (top ? top->cpu_ratio : 0))
			top = rows[i];
	s->n_targets = 0;
	if (top)
		screen_add_target(s, top);
}

void screen_flame_sample(struct pt_screen *s, const struct pt_view_env *env, struct pt_request *ret)
{
	bool top = s->focus && strcmp(s->focus->name, "top") == 0;

	*ret = (struct pt_request){.type = PT_REQUEST_FLAME_SAMPLE};
	s->n_targets = 0;
	if (s->view == PT_VIEW_PROCESSES) {
		screen_refresh_procs(s, env);
		screen_collect_targets(s);
	} else if (s->view == PT_VIEW_OVERVIEW && top) {
		target_top(s, env);
	} else if (s->view == PT_VIEW_BENCHMARKS) {
		screen_refresh_bench(s, env);
		ret->suite = pv_bench_suite(&s->bench);
		ret->row = pv_bench_row(&s->bench);
	}
	ret->targets = s->targets;
	ret->n_targets = s->n_targets;
}

/* ---- settings ---- */

static void relaid(struct pv_flame *v)
{
	v->current = false;
	v->changes++;
}

static void next_shape(struct pv_flame *v, char *status, size_t size)
{
	static const char *const words[] = {"graph", "graph and table", "table"};

	v->shape = (enum pv_flame_shape)((v->shape + 1) % PV_FLAME_SHAPES);
	if (v->shape == PV_FLAME_BOTH)
		v->in_table = true;
	relaid(v);
	screen_say(status, size, words[v->shape]);
}

static void next_colors(struct pv_flame *v, char *status, size_t size)
{
	static const char *const words[] = {"colours: kernel, user, inlined, JIT",
					    "colours: a hue a module", "colours: a hue a name",
					    "colours: what grew and what shrank"};
	unsigned n = pv_flame_differs(v) ? PV_FLAME_COLORS : PV_COLORS_CHANGE;

	v->colors = (enum pv_flame_colors)((pv_flame_coloring(v) + 1) % n);
	v->colors_chosen = true;
	v->changes++;
	screen_say(status, size, words[v->colors]);
}

static void sort_step(struct pv_flame *v, int step, char *status, size_t size)
{
	int sort = (int)v->table.sort;

	if (v->table.at.h <= 0) {
		screen_say(status, size, "t shows the table that this sorts");
		return;
	}
	do
		sort = (sort + step + PV_FLAME_SORTS) % PV_FLAME_SORTS;
	while (sort == PV_SORT_CHANGE && !pv_flame_differs(v));
	v->table.invert = false;
	pv_table_sort(v, (enum pv_flame_sort)sort);
	pt_snprintf(status, size, "sorted by %s", pv_flame_sort_names[sort]);
}

static void toggle_change(struct pv_flame *v, char *status, size_t size)
{
	if (!pv_flame_differs(v)) {
		screen_say(status, size, "nothing is compared; d chooses a base");
		return;
	}
	v->by_self = !v->by_self;
	v->table.current = false;
	v->changes++;
	screen_say(status, size, v->by_self ? "change of self weight" : "change of total weight");
}

/* True: the action was one of how things are shown. */
static bool set(struct pv_flame *v, enum pt_action action, char *status, size_t size)
{
	switch (action) {
	case PT_ACT_TABLE: next_shape(v, status, size); return true;
	case PT_ACT_COLORS: next_colors(v, status, size); return true;
	case PT_ACT_CHANGE: toggle_change(v, status, size); return true;
	case PT_ACT_SORT_NEXT: sort_step(v, 1, status, size); return true;
	case PT_ACT_SORT_PREV: sort_step(v, -1, status, size); return true;
	case PT_ACT_SORT_INVERT:
		pv_table_sort(v, v->table.sort);
		screen_say(status, size, v->table.invert ? "reversed" : "most first");
		return true;
	case PT_ACT_DIRECTION:
		v->up = !v->up;
		relaid(v);
		screen_say(status, size, v->up ? "flame: callees above" : "icicle: callees below");
		return true;
	case PT_ACT_ORDER:
		v->by_weight = !v->by_weight;
		relaid(v);
		screen_say(status, size,
			   v->by_weight ? "frames by weight, the heaviest at the left"
					: "frames by name: they keep their places");
		return true;
	default: return false;
	}
}

/* True: it was a step from one stand to another, or a search. */
static bool go(struct pv_flame *v, enum pt_action action, char *status, size_t size)
{
	switch (action) {
	case PT_ACT_ENTER:
	case PT_ACT_ZOOM_IN: pv_flame_enter(v, status, size); return true;
	case PT_ACT_ZOOM_OUT: pv_flame_out(v, status, size); return true;
	case PT_ACT_ZOOM_RESET: pv_flame_reset(v, status, size); return true;
	case PT_ACT_SANDWICH: pv_flame_turn(v, PV_FLAME_SANDWICH, status, size); return true;
	case PT_ACT_INVERT: pv_flame_turn(v, PV_FLAME_INVERTED, status, size); return true;
	case PT_ACT_FOCUS: pv_flame_turn(v, PV_FLAME_FOCUS, status, size); return true;
	case PT_ACT_HOTTEST: pv_flame_hottest(v, status, size); return true;
	case PT_ACT_HIDE: pv_flame_hide(v, status, size); return true;
	case PT_ACT_UNHIDE: pv_flame_unhide(v, status, size); return true;
	case PT_ACT_NEXT_MATCH: pv_flame_match(v, 1, status, size); return true;
	case PT_ACT_PREV_MATCH: pv_flame_match(v, -1, status, size); return true;
	default: return false;
	}
}

/* ---- heat map ---- */

static void toggle_heat(struct pv_flame *v, char *status, size_t size)
{
	const struct pt_profile *p = v->data ? v->data->profile : NULL;

	if (pv_flame_leave_heat(v)) {
		screen_say(status, size, "the graph again");
	} else if (!p || p->n_moments == 0) {
		screen_say(status, size, "this profile does not tell when its samples were taken");
	} else {
		v->heat.open = true;
		v->heat.placed = v->heat.current = v->heat.anchored = false;
		screen_say(status, size, "Enter marks where the window begins and ends");
	}
	v->changes++;
}

static void heat_act(struct pv_flame *v, enum pt_action action, struct pt_request *ret,
		     char *status, size_t size)
{
	switch (action) {
	case PT_ACT_ENTER:
	case PT_ACT_MARK:
		if (!pv_heat_mark(v, &ret->from_ns, &ret->to_ns)) {
			screen_say(status, size, "begins here; Enter again ends the window");
			break;
		}
		ret->type = PT_REQUEST_FLAME_WINDOW;
		v->heat.open = false;
		break;
	case PT_ACT_ZOOM_RESET:
		ret->type = PT_REQUEST_FLAME_WINDOW;
		v->heat.open = v->heat.marked = false;
		screen_say(status, size, "all of it");
		break;
	case PT_ACT_ZOOM_IN: pv_heat_zoom(v, 1); break;
	case PT_ACT_ZOOM_OUT: pv_heat_zoom(v, -1); break;
	default: pv_flame_move(v, action);
	}
}

/* ---- requests ---- */

/* What is asked of the face, with words where it cannot be. */
static bool request(struct pv_flame *v, enum pt_action action, struct pt_request *ret, char *status,
		    size_t size)
{
	const struct pt_flame *d = v->data;

	switch (action) {
	case PT_ACT_OPEN: ret->type = PT_REQUEST_FLAME_OPEN; return true;
	case PT_ACT_STOP:
		ret->type = d && d->live ? PT_REQUEST_FLAME_STOP : PT_REQUEST_NONE;
		if (!ret->type)
			screen_say(status, size, "nothing is sampled");
		return true;
	case PT_ACT_BASE:
	case PT_ACT_SWAP:
	case PT_ACT_GROUP:
	case PT_ACT_VALUE:
	case PT_ACT_EXPORT: break;
	default: return false;
	}
	if (!v->tree) {
		screen_say(status, size, "nothing is open; F samples, o opens a file");
		return true;
	}
	if (action == PT_ACT_SWAP && !d->base) {
		screen_say(status, size, "nothing is compared; d chooses a base");
	} else if (action == PT_ACT_VALUE && (!d->profile || d->profile->n_values < 2)) {
		screen_say(status, size, "this profile has one value only");
	} else {
		ret->type = action == PT_ACT_BASE    ? PT_REQUEST_FLAME_BASE
			    : action == PT_ACT_SWAP  ? PT_REQUEST_FLAME_SWAP
			    : action == PT_ACT_GROUP ? PT_REQUEST_FLAME_GROUP
			    : action == PT_ACT_VALUE ? PT_REQUEST_FLAME_VALUE
						     : PT_REQUEST_FLAME_EXPORT;
		pv_flame_spec(v, 0, &v->asked);
		ret->graph = &v->asked;
	}
	return true;
}

void screen_flame_act(struct pt_screen *s, const struct pt_view_env *env, enum pt_action action,
		      struct pt_request *ret, char *status, size_t size)
{
	struct pv_flame *v = &s->flame;

	screen_refresh_flame(s, env);
	if (request(v, action, ret, status, size))
		return;
	if (!v->tree) {
		screen_say(status, size, "nothing is open; F samples, o opens a file");
		return;
	}
	if (action == PT_ACT_HEAT)
		toggle_heat(v, status, size);
	else if (v->heat.open)
		heat_act(v, action, ret, status, size);
	else if (!set(v, action, status, size) && !go(v, action, status, size))
		pv_flame_move(v, action);
}

bool screen_flame_mouse(struct pt_screen *s, const struct pt_view_env *env, int x, int y, int wheel,
			struct pt_request *ret, char *status, size_t size)
{
	int64_t before;

	screen_refresh_flame(s, env);
	before = s->flame.changes;
	if (pv_flame_click(&s->flame, x, y, wheel))
		screen_flame_act(s, env, PT_ACT_ENTER, ret, status, size);
	return s->flame.changes != before || ret->type != PT_REQUEST_NONE;
}

const char *pv_flame_label_of(const struct pv_flame *v, enum pt_action action)
{
	const struct pt_flame *d = v->data;
	bool general = (pt_actions[action].contexts & PT_CTX_ALL) == PT_CTX_ALL;
	bool two = v->in_table || pv_flame_here(v)->kind == PV_FLAME_SANDWICH;

	if (d && d->reading && action == PT_ACT_BACK)
		return "stop reading";
	if (!v->tree)
		return (general && action != PT_ACT_ENTER && action != PT_ACT_FILTER) ||
				       action == PT_ACT_OPEN
			       ? NULL
			       : "";
	switch (action) {
	case PT_ACT_ENTER: return two && !v->heat.open ? "sandwich" : NULL;
	case PT_ACT_SANDWICH: return two ? "" : NULL; /* Enter does that */
	case PT_ACT_HEAT:
		return v->heat.open ? "graph" : d->profile && d->profile->n_moments ? NULL : "";
	case PT_ACT_SORT_NEXT: return v->table.at.h > 0 ? NULL : "";
	default: return NULL;
	}
}

void screen_flame_copy(struct pt_screen *s, const struct pt_view_env *env)
{
	screen_refresh_flame(s, env);
	pv_flame_copy(&s->flame, &s->copy);
}
