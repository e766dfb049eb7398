/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_GATE_LIMITS_H
#define PT_GATE_LIMITS_H

#include "perftop/base/map.h"
#include "perftop/bench/gate.h"

/* One comparison under way. */
struct gate {
	const struct pt_gate_spec *spec;
	struct pt_gate_report *report;
	struct pt_map paired; /* benches of the base that found their partner */
	bool comparable;
	bool *used, *named; /* each rule's budget: held against something, matched by name */
};

/*
 * Thresholds, floor and budget of a row: the last rule that says something wins. *budget is filled
 * if the row has one.
 */
void gate_limits_find(struct gate *g, const struct pt_bench *bench, struct pt_gate_row *row,
		      struct pt_budget *budget);
/* Holds the samples of a candidate against its budget. */
void gate_limits_budget(const struct pt_bench *bench, const struct pt_budget *budget,
			struct pt_gate_row *row);
/* A limit that nothing is held against is a mistake that people want to hear of. */
void gate_limits_unused(const struct gate *g);

#endif
