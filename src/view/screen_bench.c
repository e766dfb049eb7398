/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What actions do in the view of benchmarks; what shall be run or saved goes back as a request. */
#include "screen_state.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <string.h>

void screen_refresh_bench(struct pt_screen *s, const struct pt_view_env *env)
{
	pv_bench_recalc(&s->bench, env, s->w ? s->w : 160, screen_body_height(s));
}

static void request(struct pt_screen *s, enum pt_request_type type, struct pt_request *ret,
		    char *status, size_t size)
{
	const struct pt_board_suite *suite = pv_bench_suite(&s->bench);
	const struct pt_board_row *row = pv_bench_row(&s->bench);

	if (!suite) {
		screen_say(status, size, "no suite is selected");
		return;
	}
	if (type == PT_REQUEST_BISECT && !row) {
		screen_say(status, size, "select a benchmark: a whole suite cannot be bisected");
		return;
	}
	*ret = (struct pt_request){.type = type, .suite = suite, .row = row};
}

static void sort_step(struct pv_bench *v, int step, char *status, size_t size)
{
	v->invert = false;
	pv_bench_sort(v, (enum pv_bench_order)((v->order + (unsigned)step) % PV_BENCH_ORDERS));
	pt_snprintf(status, size, "sorted by %s", pv_bench_order_names[v->order]);
}

static void invert(struct pv_bench *v, char *status, size_t size)
{
	if (v->order == PV_BENCH_BY_SUITE) {
		screen_say(status, size, "in the order of the suites: > sorts");
		return;
	}
	v->invert = !v->invert;
	v->current = false;
	pt_snprintf(status, size, "sorted by %s%s", pv_bench_order_names[v->order],
		    v->invert ? ", reversed" : "");
}

static void toggle_output(struct pv_bench *v, const struct pt_view_env *env, char *status,
			  size_t size)
{
	bool shown = pv_bench_shows_output(v, env);

	if (!env->live || env->live->phase == PT_LIVE_IDLE) {
		screen_say(status, size, "nothing has run yet");
		return;
	}
	v->output = shown ? PV_OUTPUT_HIDE : PV_OUTPUT_SHOW;
	v->open = false;
	v->in_output = false;
	screen_say(status, size, shown ? "output hidden" : "output shown");
}

void screen_bench_act(struct pt_screen *s, const struct pt_view_env *env, enum pt_action action,
		      struct pt_request *ret, char *status, size_t size)
{
	struct pv_bench *v = &s->bench;
	bool match = action == PT_ACT_NEXT_MATCH || action == PT_ACT_PREV_MATCH;

	screen_refresh_bench(s, env);
	if (match && !pt_filter_on(&v->filter))
		screen_say(status, size, "no filter: / sets one");
	if (match && v->open)
		action = action == PT_ACT_NEXT_MATCH ? PT_ACT_DOWN : PT_ACT_UP;
	if (pv_bench_move(v, action))
		return;
	switch (action) {
	case PT_ACT_SORT_NEXT: sort_step(v, 1, status, size); break;
	case PT_ACT_SORT_PREV: sort_step(v, PV_BENCH_ORDERS - 1, status, size); break;
	case PT_ACT_SORT_INVERT: invert(v, status, size); break;
	case PT_ACT_OUTPUT: toggle_output(v, env, status, size); break;
	case PT_ACT_RUN: request(s, PT_REQUEST_RUN, ret, status, size); break;
	case PT_ACT_RUN_TAGGED: request(s, PT_REQUEST_RUN_TAGGED, ret, status, size); break;
	case PT_ACT_COMPARE: request(s, PT_REQUEST_COMPARE, ret, status, size); break;
	case PT_ACT_SAVE_BASELINE: request(s, PT_REQUEST_BASELINE, ret, status, size); break;
	case PT_ACT_BISECT: request(s, PT_REQUEST_BISECT, ret, status, size); break;
	case PT_ACT_CANCEL_RUN:
		if (env->live && pt_live_runs(env->live))
			ret->type = PT_REQUEST_CANCEL_RUN;
		else
			screen_say(status, size, "nothing runs");
		break;
	default: break;
	}
}

bool screen_bench_mouse(struct pt_screen *s, const struct pt_view_env *env, int x, int y, int wheel)
{
	screen_refresh_bench(s, env);
	return pv_bench_click(&s->bench, x, y, wheel);
}

void screen_bench_copy(struct pt_screen *s, const struct pt_view_env *env)
{
	const struct pt_board_row *row;
	const struct pt_board_suite *suite;
	char line[1600], safe[2000];

	screen_refresh_bench(s, env);
	row = pv_bench_row(&s->bench);
	suite = pv_bench_suite(&s->bench);
	if (!suite)
		return;
	if (row)
		pv_bench_line(row, env, line, sizeof line);
	else
		pt_snprintf(line, sizeof line, "%s  %zu benchmarks  %s", suite->name, suite->n,
			    suite->baseline);
	pt_text_safe(safe, sizeof safe, line, strlen(line), false);
	pt_str_add(&s->copy, safe);
}
