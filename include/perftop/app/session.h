/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_SESSION_H
#define PT_APP_SESSION_H

#include "perftop/app/project.h"
#include "perftop/base/map.h"
#include "perftop/collect/collect.h"
#include "perftop/collect/procs.h"
#include "perftop/store/culprits.h"
#include "perftop/store/store.h"

/*
 * The only wiring of rooms: root, clock, store, collectors, process scanner. Faces look at its parts
 * and call what is below; nobody else changes them.
 */
struct pt_session {
	struct pt_options *options;
	struct pt_config *config;
	struct pt_loop *loop; /* NULL in one-shot use */
	struct pt_root *root;
	const struct pt_clock *clock;
	struct pt_store *store;
	struct pt_collect *collect;
	struct pt_procs *procs;
	struct pt_culprits *culprits;
	struct pt_self_stats self;
	int64_t interval_ns;
	int64_t next_tick_ns; /* monotonic, planned */
	char host[64], kernel[64], machine[64];
	unsigned ticks;
	unsigned scan_tick, scan_want; /* of the last scan */
	bool scan_done;		       /* the scan asked for last was not needed */
	struct pt_map told;	       /* reasons in the debug log, by series */
};

/* *ret is yours. Errors: the root cannot be opened. options and config are borrowed. */
int pt_session_open(struct pt_options *options, struct pt_config *config, struct pt_loop *loop,
		    struct pt_session **ret, struct pt_err *err);
void pt_session_close(struct pt_session *session);

/* Reads every source that is due. On a fixture each tick but the first goes on by one frame; after
 * the last of several the recording has ended, and nothing changes any more. The debug log is told
 * why there are no values, whenever that changes. */
void pt_session_tick(struct pt_session *session);
/* How long to wait for the next one: 250 ms after the first, then whole intervals; lateness is
 * noted for the "self" metrics. */
int64_t pt_session_wait_ns(const struct pt_session *session);

/* Changes the time between ticks from the next one on. */
void pt_session_set_interval(struct pt_session *session, int64_t interval_ns);

/* Collectors that cost others something run only while somebody looks; NULL means all of them. */
void pt_session_want(struct pt_session *session, const char *collector, bool on);

/* Processes, in slices: begin once a tick if wanted, then step until it says false. */
void pt_session_scan(struct pt_session *session, unsigned want);
bool pt_session_scan_step(struct pt_session *session, int64_t budget_ns);

#endif
