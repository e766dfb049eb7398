/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Axis and columns. A tick's fate follows from its number alone, so axis and columns fold at the
 * same ticks without talking: before tick N is written, ticks N-600..N-591 become a group of ten
 * (every tenth tick), and twelve such groups one of 120 (every 120th). Folding looks at nothing
 * but the chunk at hand, because chunks are whole multiples of groups.
 */
#include "ring.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"

static const unsigned tier_step[PT_TIERS] = {1, 10, 120};

enum { MID = 10, MIDS = 12 }; /* ticks of a middle group; middle groups of a coarse one */

struct pt_group_chunk {
	float min[PT_GROUP_CHUNK], max[PT_GROUP_CHUNK], mean[PT_GROUP_CHUNK];
	uint8_t n[PT_GROUP_CHUNK];
};

/* What has to be folded before a tick is written: group numbers, or -1. */
struct fold {
	int64_t mid, coarse;
};

static struct fold fold_due(uint64_t tick)
{
	struct fold fold = {-1, -1};

	if (tick < PT_RAW || tick % MID)
		return fold;
	fold.mid = (int64_t)(tick - PT_RAW) / MID;
	if (fold.mid >= PT_GROUPS && fold.mid % MIDS == 0)
		fold.coarse = (fold.mid - PT_GROUPS) / MIDS;
	return fold;
}

/* -- axis ---------------------------------------------------------------------------------------- */

static const struct pt_moment *axis_at(const struct pt_axis *axis, int tier, uint64_t tick)
{
	if (tier == 0)
		return &axis->raw[tick % PT_RAW];
	return &axis->group[tier - 1][tick / tier_step[tier] % PT_GROUPS];
}

static struct pt_moment moment_join(const struct pt_moment *first, const struct pt_moment *last)
{
	return (struct pt_moment){first->t_ns, first->real_ns,
				  last->t_ns + last->span_ns - first->t_ns};
}

static void axis_fold(struct pt_axis *axis)
{
	struct fold fold = fold_due(axis->n);

	if (fold.coarse >= 0) {
		const struct pt_moment *mid = &axis->group[0][fold.coarse * MIDS % PT_GROUPS];

		axis->group[1][fold.coarse % PT_GROUPS] = moment_join(mid, mid + MIDS - 1);
		axis->first[1] += tier_step[2];
		if (fold.coarse >= PT_GROUPS)
			axis->first[2] += tier_step[2];
	}
	if (fold.mid >= 0) {
		const struct pt_moment *raw = &axis->raw[fold.mid * MID % PT_RAW];

		axis->group[0][fold.mid % PT_GROUPS] = moment_join(raw, raw + MID - 1);
		axis->first[0] += tier_step[1];
	}
}

void pt_axis_init(struct pt_axis *axis)
{
	*axis = (struct pt_axis){.period_ns = PT_S, .delta_ns = INT64_MAX};
}

unsigned pt_axis_pads(const struct pt_axis *axis, int64_t t_ns)
{
	int64_t delta;

	if (!axis->n)
		return 0;
	delta = t_ns - axis_at(axis, 0, axis->n - 1)->t_ns;
	for (int tier = PT_TIERS - 1; tier > 0; tier--) {
		unsigned step = tier_step[tier];

		if (delta / step > axis->period_ns)
			return (unsigned)(step - axis->n % step) % step;
	}
	return 0;
}

/* Now that the next tick is known: how long the last one stood. */
static void axis_settle(struct pt_axis *axis, int64_t t_ns)
{
	struct pt_moment *last = &axis->raw[(axis->n - 1) % PT_RAW];
	int64_t delta = t_ns - last->t_ns;

	/* Late is not absent, but a process that was stopped measured nothing. */
	if (delta <= 3 * axis->period_ns + PT_S)
		last->span_ns = delta;
	else
		last->span_ns = axis->pad ? 0 : axis->period_ns;
	if (delta > 0) {
		/* The shorter of two, so that one long pause is not taken for the usual. */
		axis->period_ns = PT_MIN(delta, axis->delta_ns);
		axis->delta_ns = delta;
	}
}

void pt_axis_push(struct pt_axis *axis, int64_t t_ns, int64_t real_ns)
{
	if (axis->n)
		axis_settle(axis, t_ns);
	axis_fold(axis);
	axis->raw[axis->n % PT_RAW] = (struct pt_moment){t_ns, real_ns, axis->period_ns};
	axis->pad = false;
	axis->n++;
}

void pt_axis_push_pad(struct pt_axis *axis)
{
	const struct pt_moment *last = axis_at(axis, 0, axis->n - 1);
	int64_t after = axis->pad ? 0 : axis->period_ns;

	pt_axis_push(axis, last->t_ns + after, last->real_ns + after);
	axis->pad = true;
}

uint64_t pt_axis_find(const struct pt_axis *axis, int64_t t_ns)
{
	uint64_t lo, hi;
	int tier = 0;

	while (tier < PT_TIERS - 1 && axis->first[tier] > axis->first[tier + 1] &&
	       t_ns < axis_at(axis, tier, axis->first[tier])->t_ns)
		tier++;
	lo = axis->first[tier] / tier_step[tier];
	hi = (tier ? axis->first[tier - 1] : axis->n) / tier_step[tier];
	while (hi - lo > 1) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (axis_at(axis, tier, mid * tier_step[tier])->t_ns <= t_ns)
			lo = mid;
		else
			hi = mid;
	}
	return lo * tier_step[tier];
}

/* -- columns ------------------------------------------------------------------------------------- */

static const struct pt_group group_unset = {NAN, NAN, NAN, 0, false};

static void group_add(struct pt_group *sum, const struct pt_group *g)
{
	if (!g->n) {
		sum->gap |= g->gap;
		return;
	}
	sum->min = sum->n ? PT_MIN(sum->min, g->min) : g->min;
	sum->max = sum->n ? PT_MAX(sum->max, g->max) : g->max;
	sum->mean =
		sum->n ? sum->mean + (g->mean - sum->mean) * (float)g->n / (float)(sum->n + g->n)
		       : g->mean;
	sum->n += g->n;
}

static struct pt_group group_of(float v)
{
	if (isfinite(v))
		return (struct pt_group){v, v, v, 1, false};
	return (struct pt_group){NAN, NAN, NAN, 0, isinf(v) != 0};
}

static struct pt_group column_group(const struct pt_column *col, int tier, uint64_t index)
{
	size_t slot = index % PT_GROUPS, i = slot % PT_GROUP_CHUNK;
	const struct pt_group_chunk *chunk = col->group[tier - 1][slot / PT_GROUP_CHUNK];

	if (!chunk)
		return group_unset;
	if (!chunk->n[i])
		return group_of(chunk->min[i]);
	return (struct pt_group){chunk->min[i], chunk->max[i], chunk->mean[i], chunk->n[i], false};
}

static float column_raw(const struct pt_column *col, uint64_t tick)
{
	size_t slot = tick % PT_RAW;
	const float *chunk = col->raw[slot / PT_RAW_CHUNK];

	return chunk ? chunk[slot % PT_RAW_CHUNK] : PT_COLUMN_UNSET;
}

static void column_put_group(struct pt_column *col, int tier, int64_t index, struct pt_group g)
{
	size_t slot = (size_t)index % PT_GROUPS, i = slot % PT_GROUP_CHUNK;
	struct pt_group_chunk **chunk = &col->group[tier - 1][slot / PT_GROUP_CHUNK];

	if (!*chunk) {
		if (!g.n)
			return;
		*chunk = pt_calloc(1, sizeof **chunk);
		for (size_t k = 0; k < PT_GROUP_CHUNK; k++)
			(*chunk)->min[k] = PT_COLUMN_UNSET;
		col->chunks++;
	}
	(*chunk)->min[i] = g.gap && !g.n ? PT_COLUMN_GAP : g.min;
	(*chunk)->max[i] = g.max;
	(*chunk)->mean[i] = g.mean;
	(*chunk)->n[i] = (uint8_t)g.n;
}

static void column_fold(struct pt_column *col, struct fold fold)
{
	struct pt_group sum = group_unset;

	if (fold.coarse >= 0) {
		for (int64_t i = fold.coarse * MIDS; i < (fold.coarse + 1) * MIDS; i++) {
			struct pt_group g = column_group(col, 1, (uint64_t)i);

			group_add(&sum, &g);
		}
		column_put_group(col, 2, fold.coarse, sum);
	}
	sum = group_unset;
	for (int64_t i = fold.mid * MID; i < (fold.mid + 1) * MID; i++) {
		struct pt_group g = group_of(column_raw(col, (uint64_t)i));

		group_add(&sum, &g);
	}
	column_put_group(col, 1, fold.mid, sum);
}

void pt_column_push(struct pt_column *col, uint64_t tick, float v)
{
	struct fold fold = fold_due(tick);
	size_t slot = tick % PT_RAW;
	float **chunk = &col->raw[slot / PT_RAW_CHUNK];

	if (fold.mid >= 0 && !col->raw_only)
		column_fold(col, fold);
	if (!*chunk) {
		if (isnan(v))
			return;
		*chunk = pt_malloc(PT_RAW_CHUNK * sizeof **chunk);
		for (size_t i = 0; i < PT_RAW_CHUNK; i++)
			(*chunk)[i] = PT_COLUMN_UNSET;
		col->chunks++;
	}
	(*chunk)[slot % PT_RAW_CHUNK] = v;
}

static void chunk_free(struct pt_column *col, void *chunk)
{
	col->chunks -= chunk != NULL;
	free(chunk);
}

static bool raw_empty(const float *chunk)
{
	for (size_t i = 0; i < PT_RAW_CHUNK; i++)
		if (isfinite(chunk[i]))
			return false;
	return true;
}

static bool group_empty(const struct pt_group_chunk *chunk)
{
	for (size_t i = 0; i < PT_GROUP_CHUNK; i++)
		if (chunk->n[i])
			return false;
	return true;
}

void pt_column_trim(struct pt_column *col, uint64_t tick)
{
	float **raw = &col->raw[tick % PT_RAW / PT_RAW_CHUNK];

	/* The chunk of this tick is written to its end, so nothing older is left in it. */
	if (tick % PT_RAW_CHUNK != PT_RAW_CHUNK - 1)
		return;
	if (*raw && raw_empty(*raw)) {
		chunk_free(col, *raw);
		*raw = NULL;
	}
	for (int tier = 0; tier < PT_TIERS - 1; tier++) {
		for (size_t i = 0; i < PT_GROUPS / PT_GROUP_CHUNK; i++) {
			struct pt_group_chunk **group = &col->group[tier][i];

			if (*group && group_empty(*group)) {
				chunk_free(col, *group);
				*group = NULL;
			}
		}
	}
}

void pt_column_release(struct pt_column *col, bool groups_only)
{
	for (size_t i = 0; i < PT_LEN(col->raw) && !groups_only; i++) {
		chunk_free(col, col->raw[i]);
		col->raw[i] = NULL;
	}
	for (int tier = 0; tier < PT_TIERS - 1; tier++) {
		for (size_t i = 0; i < PT_LEN(col->group[tier]); i++) {
			chunk_free(col, col->group[tier][i]);
			col->group[tier][i] = NULL;
		}
	}
}

size_t pt_column_bytes(const struct pt_column *col)
{
	size_t bytes = sizeof *col;

	for (size_t i = 0; i < PT_LEN(col->raw); i++)
		bytes += col->raw[i] ? PT_RAW_CHUNK * sizeof(float) : 0;
	for (int tier = 0; tier < PT_TIERS - 1; tier++)
		for (size_t i = 0; i < PT_LEN(col->group[tier]); i++)
			bytes += col->group[tier][i] ? sizeof(struct pt_group_chunk) : 0;
	return bytes;
}

size_t pt_column_full_bytes(bool raw_only)
{
	return sizeof(struct pt_column) + PT_RAW * sizeof(float) +
	       (raw_only ? 0
			 : (PT_TIERS - 1) * (PT_GROUPS / PT_GROUP_CHUNK) *
				   sizeof(struct pt_group_chunk));
}

/* -- both ---------------------------------------------------------------------------------------- */

bool pt_axis_row(const struct pt_axis *axis, const struct pt_column *col, uint64_t tick,
		 struct pt_row *ret)
{
	int tier = 1;

	if (tick >= axis->n)
		return false;
	if (tick >= axis->first[0]) {
		*ret = (struct pt_row){tick, 1, 0, &axis->raw[tick % PT_RAW], group_unset};
		if (col)
			ret->v = group_of(column_raw(col, tick));
		return true;
	}
	while (tier < PT_TIERS - 1 && tick < axis->first[tier])
		tier++;
	tick = PT_MAX(tick, axis->first[tier]);
	tick -= tick % tier_step[tier];
	*ret = (struct pt_row){tick, tier_step[tier], tier, axis_at(axis, tier, tick), group_unset};
	if (col)
		ret->v = column_group(col, tier, tick / tier_step[tier]);
	return true;
}
