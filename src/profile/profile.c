/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A profile's parts: values, notes, moments; its windows and its heat map. */
#include "perftop/profile/profile.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <stdarg.h>
#include <stdlib.h>

void pt_profile_init(struct pt_profile *p, struct pt_frames *frames, size_t max_bytes)
{
	struct pt_frames *own = frames ? pt_frames_ref(frames) : pt_frames_new();

	*p = (struct pt_profile){.format = "", .tree = pt_tree_new(own, max_bytes)};
	pt_frames_unref(own);
}

void pt_profile_release(struct pt_profile *p)
{
	pt_tree_free(p->tree);
	free(p->values);
	free(p->moments);
	for (size_t i = 0; i < p->n_notes; i++)
		free(p->notes[i]);
	free(p->notes);
	*p = (struct pt_profile){.format = ""};
}

size_t pt_profile_add_value(struct pt_profile *p, const char *name, const char *what,
			    enum pt_unit unit)
{
	struct pt_profile_value *v = PT_PUSH(p->values, p->n_values, p->cap_values);

	*v = (struct pt_profile_value){.unit = unit};
	pt_strlcpy(v->name, name, sizeof v->name);
	pt_strlcpy(v->what, what, sizeof v->what);
	return p->n_values - 1;
}

void pt_profile_add_moment(struct pt_profile *p, int64_t at_ns, uint32_t node, int64_t weight)
{
	*PT_PUSH(p->moments, p->n_moments, p->cap_moments) =
		(struct pt_moment){.at_ns = at_ns, .weight = weight, .node = node};
}

void pt_profile_note(struct pt_profile *p, const char *fmt, ...)
{
	struct pt_str text = PT_STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&text, fmt, ap);
	va_end(ap);
	*PT_PUSH(p->notes, p->n_notes, p->cap_notes) = pt_str_detach(&text);
}

static int by_time(const void *a, const void *b)
{
	const struct pt_moment *x = a, *y = b;

	return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

void pt_profile_finish(struct pt_profile *p)
{
	bool sorted = true;

	pt_tree_seal(p->tree);
	for (size_t i = 1; i < p->n_moments && sorted; i++)
		sorted = p->moments[i - 1].at_ns <= p->moments[i].at_ns;
	if (!sorted)
		qsort(p->moments, p->n_moments, sizeof *p->moments, by_time);
}
