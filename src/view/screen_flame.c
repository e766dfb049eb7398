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

void screen_flame_act(struct pt_screen *s, const struct pt_view_env *env, enum pt_action action,
		      struct pt_request *ret, char *status, size_t size)
{
	screen_refresh_flame(s, env);
	switch (action) {
	case PT_ACT_OPEN: ret->type = PT_REQUEST_FLAME_OPEN; break;
	case PT_ACT_BASE: ret->type = PT_REQUEST_FLAME_BASE; break;
	case PT_ACT_SWAP: ret->type = PT_REQUEST_FLAME_SWAP; break;
	case PT_ACT_GROUP: ret->type = PT_REQUEST_FLAME_GROUP; break;
	case PT_ACT_VALUE: ret->type = PT_REQUEST_FLAME_VALUE; break;
	case PT_ACT_STOP: ret->type = PT_REQUEST_FLAME_STOP; break;
	case PT_ACT_EXPORT: ret->type = PT_REQUEST_FLAME_EXPORT; break;
	default: screen_say(status, size, "nothing is open; F samples, o opens a file"); break;
	}
}

bool screen_flame_mouse(struct pt_screen *s, const struct pt_view_env *env, int x, int y, int wheel,
			struct pt_request *ret, char *status, size_t size)
{
	(void)x;
	(void)y;
	(void)wheel;
	(void)ret;
	(void)status;
	(void)size;
	screen_refresh_flame(s, env);
	return false;
}

void screen_flame_copy(struct pt_screen *s, const struct pt_view_env *env)
{
	screen_refresh_flame(s, env);
	if (s->flame.data)
		pt_str_add(&s->copy, s->flame.data->title);
}
