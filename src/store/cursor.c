/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading the rings in order of time. A cursor's place is a tick number, so it stays right while
 * ticks go on: from the oldest tier it walks into finer ones as they reach back. Values are held
 * here and not in the rings: a value that came every fifth tick is one point that is five ticks
 * long, never five points.
 */
#include "store_priv.h"

#include "perftop/base/err.h"
#include "perftop/base/mem.h"

/* End of a value that stands at row: as long as it may be held, unless another or a gap comes
 * before. Moves *next past the rows that it covers. */
static int64_t held_until(const struct pt_store *store, const struct store_series *s,
			  const struct pt_row *row, uint64_t *next)
{
	int64_t own = row->at->t_ns + row->at->span_ns, limit = row->at->t_ns + store_hold(s);
	struct pt_row later;

	while (limit > own && pt_axis_row(&store->axis, s->col, *next, &later) &&
	       later.at->t_ns < limit) {
		if (later.v.n || later.v.gap)
			return PT_MAX(own, later.at->t_ns);
		*next = later.tick + later.step;
	}
	return PT_MAX(own, limit);
}

static int cursor_next(struct pt_cursor *c, struct pt_point *ret)
{
	const struct pt_store *store = c->src;
	const struct store_series *s = store_series_at(store, c->id);
	struct pt_row row;

	while (s && s->col && pt_axis_row(&store->axis, s->col, c->pos, &row)) {
		bool partly = row.tick < c->pos; /* folded since: its beginning was read already */
		int64_t t = row.at->t_ns, end = t + row.at->span_ns;

		c->pos = row.tick + row.step;
		c->tier = row.tier;
		if (partly || (!row.v.n && end == t))
			continue;
		if (row.v.n)
			end = held_until(store, s, &row, &c->pos);
		*ret = (struct pt_point){t, end - t, row.v.min, row.v.max, row.v.mean, row.v.n};
		return 1;
	}
	return 0;
}

/* Place of the first point that ends after t_ns. row is where t_ns falls; the value before it may
 * be held as far as that, or end within it. */
static uint64_t find_point(const struct pt_store *store, const struct store_series *s,
			   const struct pt_row *row, int64_t t_ns)
{
	struct pt_row at = *row;
	uint64_t next;

	while (!at.v.n && !at.v.gap && row->at->t_ns - at.at->t_ns < store_hold(s) &&
	       at.tick > store->axis.first[PT_TIERS - 1])
		pt_axis_row(&store->axis, s->col, at.tick - 1, &at);
	next = at.tick + at.step;
	if (at.v.n && held_until(store, s, &at, &next) > t_ns)
		return at.tick;
	if (at.v.n && next > row->tick)
		return next;
	return row->at->t_ns + row->at->span_ns > t_ns ? row->tick : row->tick + row->step;
}

static void cursor_seek(struct pt_cursor *c, int64_t t_ns)
{
	const struct pt_store *store = c->src;
	const struct store_series *s = store_series_at(store, c->id);
	struct pt_row row;

	c->pos = pt_axis_find(&store->axis, t_ns);
	if (s && s->col && pt_axis_row(&store->axis, s->col, c->pos, &row))
		c->pos = find_point(store, s, &row, t_ns);
}

int pt_store_cursor(const struct pt_store *store, int id, int64_t from_mono_ns,
		    struct pt_cursor *ret)
{
	const struct store_series *s = store_series_at(store, id);

	if (!s)
		return -PT_ENOENT;
	if (!s->col)
		return -PT_ENODATA;
	*ret = (struct pt_cursor){.seek = cursor_seek, .next = cursor_next, .src = store, .id = id};
	pt_cursor_seek(ret, from_mono_ns);
	return 0;
}

/* -- time axis ----------------------------------------------------------------------------------- */

int64_t pt_store_first(const struct pt_store *store)
{
	struct pt_row row;

	return pt_axis_row(&store->axis, NULL, 0, &row) ? row.at->t_ns : INT64_MIN;
}

int64_t pt_store_last(const struct pt_store *store)
{
	const struct pt_axis *axis = &store->axis;

	return axis->n ? axis->raw[(axis->n - 1) % PT_RAW].t_ns : INT64_MIN;
}

int64_t pt_store_real_at(const struct pt_store *store, int64_t mono_ns)
{
	struct pt_row row;
	int64_t real_ns;

	if (!pt_axis_row(&store->axis, NULL, pt_axis_find(&store->axis, mono_ns), &row))
		return INT64_MIN;
	real_ns = row.at->real_ns + (mono_ns - row.at->t_ns);
	/* A group knows the real time at its beginning only. */
	for (size_t i = 0; i < PT_MIN(store->n_jumps, STORE_JUMPS); i++) {
		const struct store_jump *jump = &store->jumps[i];

		if (jump->mono_ns > row.at->t_ns && jump->mono_ns <= mono_ns)
			real_ns += jump->jump_ns;
	}
	return real_ns;
}

int pt_store_jump(const struct pt_store *store, int64_t mono_ns, int64_t *ret_mono,
		  int64_t *ret_jump_ns)
{
	uint64_t n = store->n_jumps;

	for (uint64_t i = n > STORE_JUMPS ? n - STORE_JUMPS : 0; i < n; i++) {
		const struct store_jump *jump = &store->jumps[i % STORE_JUMPS];

		if (jump->mono_ns < mono_ns)
			continue;
		*ret_mono = jump->mono_ns;
		*ret_jump_ns = jump->jump_ns;
		return 1;
	}
	return 0;
}
