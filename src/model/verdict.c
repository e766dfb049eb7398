/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The gate's report: rows and what follows from them – the exit status, the counts, the one word that
 * every face uses for a row.
 */
#include "perftop/model/verdict.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>

const char *pt_verdict_name(enum pt_verdict verdict)
{
	static const char *const names[] = {
		[PT_VERDICT_NONE] = "none",
		[PT_VERDICT_IMPROVEMENT] = "improvement",
		[PT_VERDICT_WARN] = "warn",
		[PT_VERDICT_REGRESSION] = "regression",
		[PT_VERDICT_INCONCLUSIVE] = "inconclusive",
	};

	return names[verdict];
}

static void row_release(struct pt_gate_row *row)
{
	free(row->suite);
	free(row->name);
	free(row->metric);
	free(row->renamed_from);
	free(row->tags);
	free(row->budget);
	free(row->accepted);
	free(row->location);
}

void pt_gate_report_release(struct pt_gate_report *report)
{
	for (size_t i = 0; i < report->n; i++)
		row_release(&report->rows[i]);
	for (size_t i = 0; i < report->n_notes; i++)
		free(report->notes[i]);
	free(report->rows);
	free(report->notes);
	free(report->base_name);
	free(report->candidate_name);
	free(report->machine_class);
	*report = (struct pt_gate_report){0};
}

struct pt_gate_row *pt_gate_report_add(struct pt_gate_report *report)
{
	struct pt_gate_row *row = PT_PUSH(report->rows, report->n, report->cap);

	*row = (struct pt_gate_row){0};
	return row;
}

void pt_gate_report_cut(struct pt_gate_report *report, size_t n)
{
	while (report->n > n)
		row_release(&report->rows[--report->n]);
}

void pt_gate_report_note(struct pt_gate_report *report, const char *fmt, ...)
{
	struct pt_str text = PT_STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&text, fmt, ap);
	va_end(ap);
	*PT_PUSH(report->notes, report->n_notes, report->cap_notes) = pt_str_detach(&text);
}

size_t pt_gate_report_count(const struct pt_gate_report *report, enum pt_verdict verdict)
{
	size_t n = 0;

	for (size_t i = 0; i < report->n; i++)
		n += report->rows[i].state == PT_GATE_COMPARED && !report->rows[i].accepted &&
		     report->rows[i].c.verdict == verdict;
	return n;
}

int pt_gate_report_status(const struct pt_gate_report *report)
{
	if (pt_gate_report_count(report, PT_VERDICT_REGRESSION) > 0)
		return 1;
	for (size_t i = 0; i < report->n; i++)
		if (report->rows[i].over_budget || report->rows[i].state == PT_GATE_FAILED)
			return 1;
	if (report->not_comparable)
		return 3;
	if (report->inconclusive_fails && pt_gate_report_count(report, PT_VERDICT_INCONCLUSIVE) > 0)
		return 3;
	return 0;
}

const char *pt_gate_row_word(const struct pt_gate_row *row)
{
	bool time = row->unit == PT_UNIT_NS;

	switch (row->state) {
	case PT_GATE_ADDED: return "added";
	case PT_GATE_REMOVED: return "removed";
	case PT_GATE_FAILED: return "failed";
	case PT_GATE_COMPARED: break;
	}
	switch (row->c.verdict) {
	case PT_VERDICT_WARN:
	case PT_VERDICT_REGRESSION: return time ? "slower" : "worse";
	case PT_VERDICT_IMPROVEMENT: return time ? "faster" : "better";
	case PT_VERDICT_INCONCLUSIVE: return "noisy";
	default: return "same";
	}
}
