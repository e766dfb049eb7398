/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PERF_QUEUE_H
#define PT_PERF_QUEUE_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Puts records of several CPUs in the order of time. Each CPU's ring is written in turn, so records
 * interleave only coarsely; a FINISHED_ROUND says that every ring has been emptied once since the
 * last one. What is not newer than the newest record of the round before is then complete.
 */
struct pt_perf_queued {
	uint64_t time_ns;
	const struct perf_event_header *record;
	uint64_t offset; /* in the file, for messages */
	uint32_t event;
	uint32_t turn; /* of equal times the first that came */
};

struct pt_perf_block;

struct pt_perf_queue {
	struct pt_perf_queued *items;
	size_t n, cap;
	uint64_t newest, due;
	struct pt_perf_block *blocks, *old_blocks; /* copies: of this round, of the one before */
	size_t bytes;				   /* in blocks */
};

void pt_perf_queue_release(struct pt_perf_queue *q);
void pt_perf_queue_add(struct pt_perf_queue *q, const struct pt_perf_queued *item);
/* A copy of a record; it lives as long as it is queued. */
const struct perf_event_header *pt_perf_queue_copy(struct pt_perf_queue *q,
						   const struct perf_event_header *record);
/* Sorted; how many from the front are to be taken. all: there is no order to wait for. */
size_t pt_perf_queue_round(struct pt_perf_queue *q, bool all);
/* The n from the front have been taken. */
void pt_perf_queue_taken(struct pt_perf_queue *q, size_t n);
/* Of what waits. Room that the array has kept from a longer queue is not counted: whoever has a limit
 * would find it passed for ever after. */
size_t pt_perf_queue_bytes(const struct pt_perf_queue *q);

#endif
