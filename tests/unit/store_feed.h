/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the store share: metrics, a tick, numbers that look random. */
#ifndef PT_TESTS_STORE_FEED_H
#define PT_TESTS_STORE_FEED_H

#include "perftop/base/clock.h"
#include "perftop/base/err.h"
#include "perftop/base/mem.h"
#include "perftop/store/store.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { REAL_0 = 1000 }; /* seconds that the real clock is ahead */

static const struct pt_metric gauge = {.name = "load_ratio",
				       .label = "core",
				       .unit = PT_UNIT_RATIO,
				       .kind = PT_GAUGE,
				       .help = "x"};
static const struct pt_metric counter = {.name = "read_bytes_total",
					 .label = "disk",
					 .unit = PT_UNIT_BYTES,
					 .kind = PT_COUNTER,
					 .help = "x"};
static const struct pt_metric detail = {.name = "detail",
					.label = "id",
					.unit = PT_UNIT_COUNT,
					.kind = PT_GAUGE,
					.flags = PT_METRIC_NO_HISTORY,
					.help = "x"};

static inline void begin_at(struct pt_store *store, int64_t mono_ns)
{
	pt_store_begin(store, mono_ns, mono_ns + REAL_0 * PT_S);
}

static inline void tick_gauge(struct pt_store *store, int64_t mono_ns, int id, double v)
{
	begin_at(store, mono_ns);
	pt_store_gauge(store, id, v);
	pt_store_end(store);
}

/* xorshift: the same numbers everywhere. */
static inline uint32_t rnd(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
