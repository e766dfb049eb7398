/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The board of benchmarks is plain data that is handed from a worker to the screen; this drops it.
 */
#include "perftop/model/board.h"

#include "perftop/base/mem.h"

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
	free(board->empty);
	free(board);
}
