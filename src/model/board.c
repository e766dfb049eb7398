/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The board of benchmarks is plain data that is handed from a worker to the screen; this drops it.
 * Beside it what a running benchmark tells: progress, and the last lines that it printed.
 */
#include "perftop/model/board.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

static void suite_release(struct pt_board_suite *suite)
{
	for (size_t i = 0; i < suite->n_differences; i++)
		free(suite->differences[i]);
	free(suite->differences);
	free(suite->name);
	free(suite->owner);
	free(suite->baseline);
	free(suite->machine);
}

void pt_board_free(struct pt_board *board)
{
	if (!board)
		return;
	for (size_t i = 0; i < board->n_suites; i++)
		suite_release(&board->suites[i]);
	for (size_t i = 0; i < board->n_rows; i++) {
		struct pt_board_row *row = &board->rows[i];
		free(row->suite);
		free(row->points);
		free(row->steps);
	}
	/* What the rows point into. */
	pt_gate_report_release(&board->report);
	pt_bench_set_release(&board->base);
	pt_bench_set_release(&board->now);
	free(board->suites);
	free(board->rows);
	free(board->commits);
	free(board->empty);
	free(board->notice);
	free(board);
}

bool pt_live_runs(const struct pt_live *live)
{
	return live->phase > PT_LIVE_IDLE && live->phase < PT_LIVE_DONE;
}

const char *pt_live_phase_name(enum pt_live_phase phase)
{
	static const char *const names[] = {
		[PT_LIVE_IDLE] = "nothing has run yet", [PT_LIVE_PREPARING] = "preparing",
		[PT_LIVE_WAITING] = "waiting",		[PT_LIVE_BUILDING] = "building",
		[PT_LIVE_WARMUP] = "warming up",	[PT_LIVE_RUNNING] = "running",
		[PT_LIVE_CANCELING] = "canceling",	[PT_LIVE_DONE] = "done",
		[PT_LIVE_CANCELED] = "canceled",	[PT_LIVE_FAILED] = "failed",
	};

	return names[phase];
}

void pt_live_print(struct pt_live *live, bool is_error, const char *line, size_t len)
{
	struct pt_live_line *to;

	if (!live->lines)
		live->lines = pt_calloc(PT_LIVE_LINES, sizeof *live->lines);
	to = &live->lines[live->n_lines++ % PT_LIVE_LINES];
	to->is_error = is_error;
	pt_snprintf(to->text, sizeof to->text, "%.*s", (int)PT_MIN(len, sizeof to->text - 1), line);
}

const struct pt_live_line *pt_live_line(const struct pt_live *live, size_t i)
{
	if (i >= PT_MIN(live->n_lines, (size_t)PT_LIVE_LINES))
		return NULL;
	return &live->lines[(live->n_lines - 1 - i) % PT_LIVE_LINES];
}

void pt_live_release(struct pt_live *live)
{
	free(live->lines);
	*live = (struct pt_live){0};
}
