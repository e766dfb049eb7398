/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The shift trick: a sparkline in the middle of a row that moved left by one differs in every
 * cell, and curses would send them all. Deleting a character at its left end and inserting one at
 * its right end moves them in the terminal itself, for some twenty bytes. This file decides where
 * that pays; term_paint.c does it.
 */
#include "perftop/base/mem.h"
#include "term_local.h"

#include <string.h>

enum { SGR_COST = 8 };

static int utf8_len(uint32_t cp)
{
	return cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
}

static bool is_same(const struct pt_cell8 *a, const struct pt_cell8 *b)
{
	return !memcmp(a, b, sizeof *a);
}

int ui_shift_cost(const struct pt_cell8 *old, const struct pt_cell8 *new, int x0, int x1, int n)
{
	const struct pt_cell8 *last = NULL;
	int cost = 0;

	for (int x = x0; x < x1; x++) {
		if (x + n < x1 && is_same(&old[x + n], &new[x]))
			continue;
		cost += utf8_len(new[x].cp);
		if (!last || last->role != new[x].role || last->bits != new[x].bits)
			cost += SGR_COST;
		last = &new[x];
	}
	return cost;
}

bool ui_shift_whole(const struct pt_cell8 *row, int w, int x0, int x1, int n)
{
	return !(row[x0].bits & PT_CELL_TAIL) && !(row[x0 + n].bits & PT_CELL_TAIL) &&
	       (x1 >= w || !(row[x1].bits & PT_CELL_TAIL));
}

int ui_shift_best(const struct pt_cell8 *old, const struct pt_cell8 *new, int w,
		  const struct pt_scroll *hint, int most, int overhead)
{
	int x0 = PT_MAX(hint->rect.x, 0), x1 = PT_MIN(hint->rect.x + hint->rect.w, w);
	int best = 0, least;

	if (hint->n <= 0 || hint->n >= x1 - x0)
		return 0;
	least = ui_shift_cost(old, new, x0, x1, 0) - overhead;
	for (int k = 1; k <= most && least > 0; k++) {
		int n = hint->n * k, cost;

		if (n >= x1 - x0 || !ui_shift_whole(old, w, x0, x1, n))
			break;
		cost = ui_shift_cost(old, new, x0, x1, n);
		if (cost < least) {
			least = cost;
			best = n;
		}
	}
	return best;
}
