/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The view of flame graphs: what is looked at, and where on the screen it goes. */
#include "flame_view.h"

#include "perftop/base/mem.h"

void pv_flame_init(struct pv_flame *v)
{
	*v = (struct pv_flame){.table.chosen = PT_NO_FRAME};
}

void pv_flame_release(struct pv_flame *v)
{
	pt_filter_release(&v->filter);
}

void pv_flame_recalc(struct pv_flame *v, const struct pt_view_env *env, int w, int h)
{
	v->data = env->flame;
	v->w = w;
	v->h = h;
}

void pv_flame_paint(const struct pv_flame *v, const struct pt_view_env *env, struct pt_canvas *cv,
		    int w, int h)
{
	(void)h;
	pt_canvas_text(cv, 1, 0, v->data ? v->data->title : "No profile is open.", w - 2,
		       PT_ROLE_STRONG);
	if (v->data && v->data->error[0])
		pt_canvas_safe(cv, 1, 2, v->data->error, w - 2, PT_ROLE_CRITICAL, env->ascii);
}

void pv_flame_count(const struct pv_flame *v, size_t *ret_shown, size_t *ret_all)
{
	*ret_shown = v->n_hits;
	*ret_all = v->frames ? pt_frames_count(v->frames) : 0;
}

bool pv_flame_leave_heat(struct pv_flame *v)
{
	bool was = v->heat.open;

	v->heat.open = false;
	return was;
}

bool pv_flame_back(struct pv_flame *v)
{
	(void)v;
	return false;
}
