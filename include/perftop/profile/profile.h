/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_PROFILE_H
#define PT_PROFILE_PROFILE_H

#include "perftop/base/err.h"
#include "perftop/base/unit.h"
#include "perftop/profile/tree.h"

/*
 * A profile: a stack tree with what its weights are, where it came from, and, where the source
 * tells, the moment of each sample.
 */
struct pt_moment {
	int64_t at_ns; /* on the source's clock */
	int64_t weight;
	uint32_t node;
};

/* One of the things that a file measures ("cycles", "alloc_space"). */
struct pt_profile_value {
	char name[64];
	char what
		[32]; /* what it counts: "samples", "allocations", "instructions", "time", "bytes" */
	enum pt_unit unit; /* PT_UNIT_COUNT, _NS, _BYTES */
};

struct pt_profile {
	char name[256];	    /* "perf.data", "live: pid 4711"; hostile text */
	const char *format; /* name of the reader; "live" */
	struct pt_tree *tree;
	struct pt_profile_value *values; /* at least one */
	size_t n_values, cap_values;
	size_t value;	   /* which of them the tree holds */
	int64_t samples;   /* that the weights stand for (√n tells the error); 0 unknown */
	int64_t lost;	   /* samples that the source says it lost */
	int64_t throttled; /* times that the kernel throttled it */
	struct pt_moment *moments; /* in order of time; NULL when the source does not tell */
	size_t n_moments, cap_moments;
	bool has_real; /* the time of day is known: at_ns and real_ns is since 1970 */
	int64_t real_ns;
	bool partial;	     /* it ends before the source does: */
	struct pt_err fault; /* why, and where */
	char **notes;	     /* what else a reader of it should know; hostile text */
	size_t n_notes, cap_notes;
};

/* Empty, with a tree over frames (a new table when NULL). */
void pt_profile_init(struct pt_profile *p, struct pt_frames *frames, size_t max_bytes);
void pt_profile_release(struct pt_profile *p);
/* Adds a value; the first one is chosen until p->value is set. Returns its index. */
size_t pt_profile_add_value(struct pt_profile *p, const char *name, const char *what,
			    enum pt_unit unit);
void pt_profile_add_moment(struct pt_profile *p, int64_t at_ns, uint32_t node, int64_t weight);
void pt_profile_note(struct pt_profile *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Seals the tree and puts moments in order. */
void pt_profile_finish(struct pt_profile *p);
/* Samples that a weight of it stands for; 0 when the source does not tell. p may be NULL. */
double pt_profile_samples_of(const struct pt_profile *p, int64_t weight);

/* How many moments are before that time; they are in order. */
size_t pt_profile_moments_before(const struct pt_profile *p, int64_t at_ns);
/* The tree of the moments in [from_ns, to_ns) alone: a new one, sealed, or NULL (no moments, or
 * max_bytes is reached). */
struct pt_tree *pt_profile_window(const struct pt_profile *p, int64_t from_ns, int64_t to_ns);

/*
 * The subsecond heat map: counts of weight in cells of one column a second (or column_ns) and
 * `rows` rows of column_ns / rows each; cell (column, row) is counts[column * rows + row], row 0
 * the earliest. counts has columns * rows elements, zeroed here.
 */
void pt_profile_heat(const struct pt_profile *p, int64_t from_ns, int64_t column_ns, size_t columns,
		     size_t rows, int64_t *counts);

#endif
