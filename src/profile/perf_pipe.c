/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The header and each record are gathered in one place until they are whole, which also puts them on
 * an 8-byte bound. Those of the kernel are copied into the queue and told once their round is over.
 */
#include "perf_pipe.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>

enum { HEADER = 16, QUEUE_MAX = 32 << 20 };

static int fault(const struct pt_perf_pipe *pipe, struct pt_err *err, enum pt_error code,
		 const char *what)
{
	return pt_err_set(err, code, "perf record's output, byte %llu: %s",
			  (unsigned long long)pipe->offset, what);
}

static void tell(struct pt_perf_pipe *pipe, const struct pt_perf_queued *item)
{
	pipe->fn(pipe->arg, &pipe->file.events[item->event].attr, item->record,
		 (int64_t)PT_MIN(item->time_ns, (uint64_t)INT64_MAX));
}

static void take_round(struct pt_perf_pipe *pipe, bool all)
{
	size_t n = pt_perf_queue_round(&pipe->queue, all);

	for (size_t i = 0; i < n; i++)
		tell(pipe, &pipe->queue.items[i]);
	pt_perf_queue_taken(&pipe->queue, n);
}

void pt_perf_pipe_settle(struct pt_perf_pipe *pipe)
{
	take_round(pipe, true);
}

static int kernel_record(struct pt_perf_pipe *pipe, const struct perf_event_header *record,
			 struct pt_err *err)
{
	struct pt_perf_queued item = {.record = record, .offset = pipe->offset};

	if (!pipe->file.n_events)
		return fault(pipe, err, PT_ESYNTAX, "a record, expected an event before it");
	item.event = pt_perf_file_event_of(&pipe->file, record, &item.time_ns);
	if (item.event >= pipe->file.n_events)
		return 0;
	/* What ran before comes without a time, and before all that has one. */
	if (!item.time_ns || item.time_ns == UINT64_MAX) {
		item.time_ns = 0;
		tell(pipe, &item);
		return 0;
	}
	item.record = pt_perf_queue_copy(&pipe->queue, record);
	pt_perf_queue_add(&pipe->queue, &item);
	if (pt_perf_queue_bytes(&pipe->queue) > QUEUE_MAX)
		take_round(pipe, true);
	return 0;
}

static int whole_record(struct pt_perf_pipe *pipe, struct pt_err *err)
{
	const struct perf_event_header *h = (const void *)pipe->record;
	const char *body = pipe->record + sizeof *h;

	if (h->type < PT_PERF_HEADER_ATTR)
		return kernel_record(pipe, h, err);
	pipe->skip = pt_perf_appended(h->type, pipe->record, h->size);
	switch (h->type) {
	case PT_PERF_HEADER_ATTR:
		if (pt_perf_file_attr(&pipe->file, body, h->size - sizeof *h))
			return fault(pipe, err, PT_ESYNTAX,
				     "an event, expected its attributes and ids");
		return 0;
	case PT_PERF_FINISHED_ROUND: take_round(pipe, false); return 0;
	case PT_PERF_COMPRESSED:
	case PT_PERF_COMPRESSED2: return fault(pipe, err, PT_ENOTSUP, "packed records");
	default: return 0;
	}
}

/* How many bytes are needed before something can be done with them; 0: this is no record. */
static size_t wanted(const struct pt_perf_pipe *pipe)
{
	const struct perf_event_header *h = (const void *)pipe->record;

	if (!pipe->begun)
		return HEADER;
	if (pipe->have < sizeof *h)
		return sizeof *h;
	return h->size < sizeof *h ? 0 : h->size;
}

static int header(struct pt_perf_pipe *pipe, struct pt_err *err)
{
	uint64_t size;

	memcpy(&size, pipe->record + 8, sizeof size);
	if (memcmp(pipe->record, "PERFILE2", 8) != 0 || size != HEADER)
		return fault(pipe, err, PT_ESYNTAX, "expected its header, PERFILE2");
	pipe->begun = true;
	return 0;
}

/* What has been gathered is a header of the pipe, of a record (then more is wanted) or a record. */
static int gathered(struct pt_perf_pipe *pipe, struct pt_err *err)
{
	size_t want = wanted(pipe);
	int code;

	if (!want)
		return fault(pipe, err, PT_ESYNTAX, "a record of less than 8 bytes");
	if (pipe->have < want)
		return 0;
	code = pipe->begun ? whole_record(pipe, err) : header(pipe, err);
	pipe->offset += pipe->have + pipe->skip;
	pipe->have = 0;
	return code;
}

int pt_perf_pipe_feed(struct pt_perf_pipe *pipe, const char *data, size_t n, struct pt_err *err)
{
	int code = 0;

	while (!code && n) {
		bool skip = pipe->skip > 0;
		size_t part = skip ? (size_t)PT_MIN(pipe->skip, (uint64_t)n) : wanted(pipe);

		if (skip) {
			pipe->skip -= part;
		} else {
			part = part - pipe->have < n ? part - pipe->have : n;
			memcpy(pipe->record + pipe->have, data, part);
			pipe->have += part;
			code = gathered(pipe, err);
		}
		data += part;
		n -= part;
	}
	return code;
}

void pt_perf_pipe_release(struct pt_perf_pipe *pipe)
{
	pt_perf_queue_release(&pipe->queue);
	pt_perf_file_release(&pipe->file);
}
