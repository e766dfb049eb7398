/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a regression comes from: of suites that have one, the functions that grew, if both sides were
 * sampled. */
#include "check_sides.h"

#include "perftop/app/bench_flame.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>

enum { GROWN_TOLD = 3 };

static bool is_worse(const struct pt_gate_report *report, const struct pt_check_sides *s)
{
	for (size_t i = s->first; i < s->first + s->n; i++) {
		const struct pt_gate_row *row = &report->rows[i];

		if (row->state == PT_GATE_COMPARED && !row->accepted &&
		    (row->c.verdict == PT_VERDICT_REGRESSION || row->c.verdict == PT_VERDICT_WARN))
			return true;
	}
	return false;
}

static void note(const struct pt_check_sides *s, const struct pt_profile *base,
		 const struct pt_profile *p, struct pt_gate_report *report)
{
	struct pt_str out = PT_STR_INIT;

	pt_bench_flames_tell(base, p, GROWN_TOLD, &out);
	if (out.len) {
		out.s[--out.len] = '\0';
		for (char *end = out.s; (end = strchr(end, '\n'));)
			*end = ';';
		pt_gate_report_note(report, "suite %s: since %s grew: %s", s->suite->name,
				    base->name, out.s);
	}
	pt_str_release(&out);
}

void pt_check_flames(const struct pt_check_spec *spec, const struct pt_check_sides *s,
		     struct pt_gate_report *report)
{
	struct pt_frames *frames;
	struct pt_profile p, base;
	char name[200];

	if (!s->suite || !is_worse(report, s))
		return;
	frames = pt_frames_new();
	if (pt_bench_flames_load(spec->benches, s->suite->name, s->base.commit.id, frames, &p,
				 &base, NULL) == 0) {
		pt_bench_flame_name(s->suite->name, s->candidate.commit.id, name, sizeof name);
		if (base.tree && strcmp(p.name, name) == 0)
			note(s, &base, &p, report);
		pt_profile_release(&base);
		pt_profile_release(&p);
	}
	pt_frames_unref(frames);
}
