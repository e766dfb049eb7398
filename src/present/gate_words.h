/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PRESENT_GATE_WORDS_H
#define PT_PRESENT_GATE_WORDS_H

#include "perftop/present/gate.h"

/* What the formats of the gate's report share. */
struct pt_gate_count {
	const char *key;	/* in JSON */
	const char *one, *many; /* in words */
	size_t n;
};

enum { PT_GATE_COUNTS = 10 };
/* Worst first. Returns out. */
const struct pt_gate_count *pt_gate_counts(const struct pt_gate_report *report,
					   struct pt_gate_count out[PT_GATE_COUNTS]);

/* Worst first; yours to free. */
const struct pt_gate_row **pt_gate_rows_by_rank(const struct pt_gate_report *report);

/* Rows at the end of that order in which nothing has happened. */
size_t pt_gate_quiet(const struct pt_gate_report *report);

/* "suite: name (metric)"; hostile. */
void pt_gate_row_name(const struct pt_gate_row *row, struct pt_str *out);
const char *pt_gate_row_sign(const struct pt_gate_row *row, bool ascii);

void pt_gate_markdown(const struct pt_gate_report *report, const struct pt_gate_look *look,
		      struct pt_str *out);
void pt_gate_junit(const struct pt_gate_report *report, const struct pt_gate_look *look,
		   struct pt_str *out);
void pt_gate_github(const struct pt_gate_report *report, const struct pt_gate_look *look,
		    struct pt_str *out);
void pt_gate_prometheus(const struct pt_gate_report *report, const struct pt_gate_look *look,
			struct pt_str *out);

#endif
