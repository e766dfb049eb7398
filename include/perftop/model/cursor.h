/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_MODEL_CURSOR_H
#define PT_MODEL_CURSOR_H

#include <stdint.h>

/*
 * A walk over a series in time order; live rings and recorded history are read through the same
 * one. A point stands for the span [t, t + span): min, max and mean over n values in it.
 */
struct pt_point {
	int64_t t_ns, span_ns; /* monotonic */
	float min, max, mean;
	unsigned n; /* 0: a gap */
};

struct pt_cursor {
	/* Places the cursor so that next gives the first point whose span ends after t. */
	void (*seek)(struct pt_cursor *cursor, int64_t t_ns);
	/* 1 and a point, or 0 at the end. */
	int (*next)(struct pt_cursor *cursor, struct pt_point *ret);
	const void *src;
	int id, tier;
	uint64_t pos;
};

static inline void pt_cursor_seek(struct pt_cursor *c, int64_t t_ns)
{
	c->seek(c, t_ns);
}
static inline int pt_cursor_next(struct pt_cursor *c, struct pt_point *p)
{
	return c->next(c, p);
}

#endif
