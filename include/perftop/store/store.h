/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_STORE_STORE_H
#define PT_STORE_STORE_H

#include "perftop/model/cursor.h"
#include "perftop/model/metric.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * History in memory: one time axis for all series. A tick has a monotonic and a real time; each
 * series with history has a column of values (float, NaN = gap) along it. Three tiers: the last
 * 600 ticks as they were, then groups of 10 and of 120 ticks that keep min, max and mean, 360 of
 * each (1 h and 12 h at 1 s). Memory is taken as ticks arrive, never at once, and nothing is
 * allocated a tick after the rings are full.
 */
struct pt_store;

struct pt_store_limits {
	size_t max_series; /* 0 = 20000 */
	size_t max_bytes;  /* of history, 0 = 6 MiB: instances keep raw ticks alone beyond a half of
			      it, series beyond it (instances: three quarters) the latest value */
};

struct pt_store *pt_store_new(const struct pt_store_limits *limits);
void pt_store_free(struct pt_store *store);

/* A tick: begin, then values, then end. Times in ns; mono must grow. jump: the real clock moved
 * against the monotonic one by more than a tick since the last: a mark on the axis. */
void pt_store_begin(struct pt_store *store, int64_t mono_ns, int64_t real_ns);
void pt_store_end(struct pt_store *store);
unsigned pt_store_generation(const struct pt_store *store); /* grows by one each end */

/* What a pt_sink needs; see model/sink.h for the meaning. metric is borrowed while the store lives;
 * metrics are told apart by name, and the newest descriptor of a name counts. A value that comes
 * between end and begin belongs to the next tick; none can be read before end. */
int pt_store_series(struct pt_store *store, const struct pt_metric *metric, const char *labels);
void pt_store_gauge(struct pt_store *store, int id, double value);
void pt_store_counter(struct pt_store *store, int id, uint64_t total);
void pt_store_fail(struct pt_store *store, const struct pt_metric *metric, int id,
		   const char *reason);
void pt_store_drop(struct pt_store *store, int id);
/* A sink that writes here. */
struct pt_sink;
struct pt_sink pt_store_sink(struct pt_store *store);

/* How long a value stands for: a series that is set every n ticks holds its value that long. */
void pt_store_set_hold(struct pt_store *store, const struct pt_metric *metric, int64_t ns);

/* Reading. */
int pt_store_find(const struct pt_store *store, const char *metric,
		  const char *labels);		 /* id or -PT_ENOENT */
size_t pt_store_n(const struct pt_store *store); /* ids run from 0 to n-1; some may be free */

struct pt_series_info {
	const struct pt_metric *metric; /* NULL: free id */
	const char *labels;		/* "" for none */
	double last;			/* gauge, or rate a second; NaN: none now */
	double total;			/* counter's raw total; NaN for gauges */
	int64_t last_mono_ns;		/* when it was last set; INT64_MIN: never */
	const char *reason;		/* why there is none, or NULL */
	bool dropped, has_history;
};

/* False for a free id. */
bool pt_store_info(const struct pt_store *store, int id, struct pt_series_info *ret);

/* All series of a metric in order of their labels (numbers inside compare as numbers): fills at
 * most max ids, returns how many there are. Dropped ones only if they still have history. */
size_t pt_store_instances(const struct pt_store *store, const char *metric, int *ids, size_t max);

/* Why the whole metric has no value, or NULL. */
const char *pt_store_reason(const struct pt_store *store, const char *metric);

/* Metrics that have a reason and no series at all: start with *pos = 0; NULL at the end. */
const struct pt_metric *pt_store_missing(const struct pt_store *store, size_t *pos);

/* Opens a cursor over a series: it begins in the finest tier that still reaches back to
 * from_mono_ns, and goes over into finer ones as they begin. A value stands from its tick to the
 * next (or as long as it is held); a long silence between two ticks is a gap. Ticks may go on while
 * a cursor is kept. -PT_ENOENT, or -PT_ENODATA for a series without history. */
int pt_store_cursor(const struct pt_store *store, int id, int64_t from_mono_ns,
		    struct pt_cursor *ret);

/* Time axis. */
int64_t pt_store_first(const struct pt_store *store); /* mono of the oldest tick; INT64_MIN: none */
int64_t pt_store_last(const struct pt_store *store);  /* mono of the last tick; INT64_MIN: none */
/* Real time of a moment, also between ticks, before the first or after the last; INT64_MIN without
 * a tick. */
int64_t pt_store_real_at(const struct pt_store *store, int64_t mono_ns);
/* Next clock jump at or after mono_ns: 1 with its place and size, 0 if none. */
int pt_store_jump(const struct pt_store *store, int64_t mono_ns, int64_t *ret_mono,
		  int64_t *ret_jump_ns);
size_t pt_store_bytes(const struct pt_store *store); /* memory held for history */

#endif
