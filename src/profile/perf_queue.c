/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records waiting for their turn. Those of a mapped file are pointed to; copies (of what was packed,
 * or stands at an odd place) live in blocks, one list a round: by the end of the next round all of
 * them have been taken.
 */
#include "perf_queue.h"

#include "perftop/base/mem.h"

#include <string.h>

enum { BLOCK = 1 << 20 };

struct pt_perf_block {
	struct pt_perf_block *next;
	size_t used;
	_Alignas(8) char bytes[BLOCK];
};

static void blocks_free(struct pt_perf_block *block)
{
	while (block) {
		struct pt_perf_block *next = block->next;

		free(block);
		block = next;
	}
}

void pt_perf_queue_release(struct pt_perf_queue *q)
{
	blocks_free(q->blocks);
	blocks_free(q->old_blocks);
	free(q->items);
	*q = (struct pt_perf_queue){0};
}

void pt_perf_queue_add(struct pt_perf_queue *q, const struct pt_perf_queued *item)
{
	struct pt_perf_queued *added = PT_PUSH(q->items, q->n, q->cap);

	*added = *item;
	added->turn = (uint32_t)(q->n - 1);
	q->newest = PT_MAX(q->newest, item->time_ns);
}

const struct perf_event_header *pt_perf_queue_copy(struct pt_perf_queue *q,
						   const struct perf_event_header *record)
{
	size_t n = record->size;
	struct pt_perf_block *block = q->blocks;
	char *copy;

	if (!block || BLOCK - block->used < n) {
		block = pt_malloc(sizeof *block);
		block->next = q->blocks;
		block->used = 0;
		q->blocks = block;
		q->bytes += sizeof *block;
	}
	copy = block->bytes + block->used;
	memcpy(copy, record, n);
	block->used += (n + 7) / 8 * 8;
	return (const struct perf_event_header *)(void *)copy;
}

static int by_time(const void *a, const void *b)
{
	const struct pt_perf_queued *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return (x->turn > y->turn) - (x->turn < y->turn);
}

size_t pt_perf_queue_round(struct pt_perf_queue *q, bool all)
{
	size_t n = 1;

	while (n < q->n && q->items[n - 1].time_ns <= q->items[n].time_ns)
		n++;
	if (n < q->n)
		qsort(q->items, q->n, sizeof *q->items, by_time);
	for (n = q->n; !all && n > 0 && q->items[n - 1].time_ns > q->due;)
		n--;
	q->due = q->newest;
	return n;
}

void pt_perf_queue_taken(struct pt_perf_queue *q, size_t n)
{
	q->n -= n;
	if (n && q->n)
		memmove(q->items, q->items + n, q->n * sizeof *q->items);
	for (size_t i = 0; i < q->n; i++)
		q->items[i].turn = (uint32_t)i;
	blocks_free(q->old_blocks);
	q->old_blocks = q->blocks;
	q->blocks = NULL;
	q->bytes = 0;
	for (const struct pt_perf_block *b = q->old_blocks; b; b = b->next)
		q->bytes += sizeof *b;
}

size_t pt_perf_queue_bytes(const struct pt_perf_queue *q)
{
	return q->bytes + q->n * sizeof *q->items;
}
