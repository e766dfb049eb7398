/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PRESENT_GATE_H
#define PT_PRESENT_GATE_H

#include "perftop/base/str.h"
#include "perftop/model/verdict.h"

/*
 * The gate's report for people and for programs. A format knows rows and units, never particular
 * benchmarks; names are hostile and are quoted as each format demands.
 */
struct pt_gate_look {
	int width;	    /* columns of the text table; 0: as many as it needs */
	bool ascii;	    /* no sign beyond ASCII */
	bool color;	    /* ANSI colours beside the words */
	bool all;	    /* list what stayed the same too, whatever the number of rows */
	double block, warn; /* defaults that held, for the words at the end */
};

struct pt_gate_format {
	const char *name; /* "text", "json", "markdown", "junit", "github", "prometheus" */
	void (*write)(const struct pt_gate_report *report, const struct pt_gate_look *look,
		      struct pt_str *out);
};

/*
 * text        a table, worst first, the sum at the end
 * json        {"verdict":"passed|failed|inconclusive|not comparable","status":0,"base":…,
 *             "candidate":…,"machine_class":…,"counts":{…},"benchmarks":[{"suite":…,"name":…,
 *             "metric":…,"unit":…,"better":…,"state":…,"verdict":…,"word":…,"base":…,
 *             "candidate":…,"ratio":…,"interval":[…,…],"p":…, … }],"notes":[…]}
 * markdown    a comment for a pull request
 * junit       one test case a benchmark
 * github      ::error and ::warning lines, one a finding
 * prometheus  text exposition format 0.0.4
 */
extern const struct pt_gate_format pt_gate_formats[];
extern const size_t pt_n_gate_formats;
const struct pt_gate_format *pt_gate_format_find(const char *name); /* or NULL */

/* "+6.2 %", with ▲ or ▼ (^ v) for the direction of the number when sign is set. */
void pt_gate_change(const struct pt_gate_row *row, bool sign, bool ascii, char *out, size_t size);
/* "+5.4 .. +7.0". */
void pt_gate_interval(const struct pt_gate_row *row, bool ascii, char *out, size_t size);
/* Why a row is what it is, in words: threshold, budget, accepted, weak…; may be "". */
void pt_gate_reason(const struct pt_gate_row *row, char *out, size_t size);
/* "passed", "failed", "inconclusive", "not comparable". */
const char *pt_gate_report_word(const struct pt_gate_report *report);
/* "1 regression, 2 warnings, 37 same". */
void pt_gate_summary(const struct pt_gate_report *report, char *out, size_t size);

#endif
