/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_MODEL_SINK_H
#define PT_MODEL_SINK_H

#include "perftop/model/metric.h"

/*
 * Where a collector puts what it read. The collector asks once for a series and keeps its id;
 * each sample then sets it at most once. A series that is not set in a tick has a gap there.
 */
struct pt_sink {
	/* Series of an instance; labels as pt_labels_format writes them ("" for none). Asking again
	 * gives the same id. Negative when the store is full (-PT_ELIMIT): setting such an id is
	 * allowed and does nothing. */
	int (*series)(void *ctx, const struct pt_metric *metric, const char *labels);
	void (*gauge)(void *ctx, int id, double value);	    /* in metric->unit; NaN is a gap */
	void (*counter)(void *ctx, int id, uint64_t total); /* the raw total; the rate is derived */
	/* Why there is no value now: for the series id, or with id -1 for the whole metric. The
	 * text is copied; NULL or a later value takes it back. */
	void (*fail)(void *ctx, const struct pt_metric *metric, int id, const char *reason);
	/* The instance is gone (disk pulled, interface removed): its history stays readable until
	 * it has left the window; the id must not be used again. */
	void (*drop)(void *ctx, int id);
	void *ctx;
	/* How long a value of this metric stands for, where that is not the collector's interval
	 * (custom sources have one each). NULL where nobody keeps values. */
	void (*hold)(void *ctx, const struct pt_metric *metric, int64_t ns);
};

static inline int pt_sink_series(const struct pt_sink *s, const struct pt_metric *m,
				 const char *labels)
{
	return s->series(s->ctx, m, labels);
}

static inline void pt_sink_gauge(const struct pt_sink *s, int id, double v)
{
	s->gauge(s->ctx, id, v);
}

static inline void pt_sink_counter(const struct pt_sink *s, int id, uint64_t total)
{
	s->counter(s->ctx, id, total);
}

static inline void pt_sink_fail(const struct pt_sink *s, const struct pt_metric *m, int id,
				const char *reason)
{
	s->fail(s->ctx, m, id, reason);
}

static inline void pt_sink_hold(const struct pt_sink *s, const struct pt_metric *m, int64_t ns)
{
	if (s->hold)
		s->hold(s->ctx, m, ns);
}

static inline void pt_sink_drop(const struct pt_sink *s, int id)
{
	s->drop(s->ctx, id);
}

#endif
