/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_STORE_STORE_PRIV_H
#define PT_STORE_STORE_PRIV_H

#include "ring.h"

#include "perftop/base/map.h"
#include "perftop/store/store.h"

/* What store.c and cursor.c share. */

/* One name. The descriptor is borrowed; the newest one given for a name counts. */
struct store_metric {
	const struct pt_metric *metric;
	char *reason; /* of the whole metric, or NULL */
	int64_t hold_ns;
	int *ids; /* its series in order of labels */
	size_t n, cap;
};

enum store_pending { PENDING_NONE, PENDING_GAUGE, PENDING_COUNTER, PENDING_GAP };

struct store_series {
	struct store_metric *metric; /* NULL: free id */
	char *labels, *reason;
	struct pt_column *col; /* NULL: latest value only */
	size_t reserved;       /* of the byte budget */
	double value;	       /* what came since the last tick */
	uint64_t total;
	double last; /* as of the last tick */
	int64_t last_ns;
	struct pt_rate rate;
	enum store_pending pending;
	bool counted; /* total is one */
	bool gap;     /* a gap has begun already */
	bool dropped;
	uint64_t dropped_at; /* order of drops */
};

struct store_jump {
	int64_t mono_ns, jump_ns;
};

enum { STORE_JUMPS = 32 };

struct pt_store {
	struct pt_axis axis;
	struct pt_map metrics; /* name -> struct store_metric */
	struct store_series *series;
	size_t n, cap;
	size_t n_free, n_dropped;
	size_t max_series, max_bytes;
	size_t reserved;
	uint64_t drops;
	unsigned generation;
	int64_t mono_ns, real_ns; /* of the tick that began last */
	struct store_jump jumps[STORE_JUMPS];
	uint64_t n_jumps; /* ever; the newest are kept */
};

/* The live series of an id, or NULL. */
static inline struct store_series *store_series_at(const struct pt_store *store, int id)
{
	if (id < 0 || (size_t)id >= store->n || !store->series[id].metric)
		return NULL;
	return &store->series[id];
}

/* How long after its tick a value may stand: half as long again as agreed, because ticks come
 * late. */
static inline int64_t store_hold(const struct store_series *s)
{
	return s->metric->hold_ns + s->metric->hold_ns / 2;
}

#endif
