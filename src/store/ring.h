/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_STORE_RING_H
#define PT_STORE_RING_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The rings under the store. Ticks are numbered from 0 for ever; a ring's slot follows from the
 * number. The newest 600 ticks are kept as they were (tier 0); what leaves them is folded into
 * groups of 10 (tier 1), what leaves those into groups of 120 (tier 2). So each tick is in one
 * tier only, and the first ten minutes cost nothing but their own values.
 *
 * A row is one entry of a tier: 1, 10 or 120 ticks. Its time lies on the axis that all series
 * share, its values in the column of each series.
 */
enum { PT_TIERS = 3, PT_RAW = 600, PT_GROUPS = 360, PT_RAW_CHUNK = 60, PT_GROUP_CHUNK = 36 };

struct pt_moment {
	int64_t t_ns, real_ns, span_ns; /* monotonic, real, how long it stands */
};

struct pt_axis {
	struct pt_moment raw[PT_RAW], group[PT_TIERS - 1][PT_GROUPS];
	uint64_t n;		  /* ticks so far: the number of the next one */
	uint64_t first[PT_TIERS]; /* oldest tick of each tier; it ends where the finer one begins */
	int64_t period_ns;	  /* usual distance of two ticks */
	int64_t delta_ns;	  /* last distance */
	bool pad;		  /* the last tick was one */
};

/* Values of one row. n 0 and gap: nothing, and what was held before ends here. */
struct pt_group {
	float min, max, mean;
	unsigned n;
	bool gap;
};

struct pt_row {
	uint64_t tick; /* first tick */
	unsigned step; /* ticks in it */
	int tier;
	const struct pt_moment *at;
	struct pt_group v; /* of a column */
};

struct pt_column;

void pt_axis_init(struct pt_axis *axis);
void pt_axis_push(struct pt_axis *axis, int64_t t_ns, int64_t real_ns);
/* Empty ticks to be pushed before one at t_ns, so that no group spans a long silence: how many, and
 * one of them. */
unsigned pt_axis_pads(const struct pt_axis *axis, int64_t t_ns);
void pt_axis_push_pad(struct pt_axis *axis);
/* Row that holds a tick, the oldest row for an older one; false at the end. Without a column it has
 * no values. */
bool pt_axis_row(const struct pt_axis *axis, const struct pt_column *col, uint64_t tick,
		 struct pt_row *ret);
/* First tick of the last row that begins at or before t_ns; of the oldest row before that. */
uint64_t pt_axis_find(const struct pt_axis *axis, int64_t t_ns);

/* What a tick can leave in a column besides a finite value. */
#define PT_COLUMN_UNSET NAN    /* nothing came: an earlier value may be held */
#define PT_COLUMN_GAP INFINITY /* there was none: nothing is held beyond it */

/* Values of one series. Chunks come when their first value does. */
struct pt_group_chunk;
struct pt_column {
	float *raw[PT_RAW / PT_RAW_CHUNK];
	struct pt_group_chunk *group[PT_TIERS - 1][PT_GROUPS / PT_GROUP_CHUNK];
	unsigned chunks; /* of raw and group that are there */
	bool raw_only;	 /* what leaves tier 0 is forgotten */
};

/* Puts v at a tick (the axis's n, before its push). */
void pt_column_push(struct pt_column *col, uint64_t tick, float v);
/* Gives back chunks that hold no value and will not be written to before the ring comes round. */
void pt_column_trim(struct pt_column *col, uint64_t tick);
/* Forgets the groups, or all. */
void pt_column_release(struct pt_column *col, bool groups_only);
size_t pt_column_bytes(const struct pt_column *col); /* held now */
size_t pt_column_full_bytes(bool raw_only);	     /* at most */

#endif
