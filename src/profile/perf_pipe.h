/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PERF_PIPE_H
#define PT_PERF_PIPE_H

#include "perf_file.h"
#include "perf_queue.h"

/*
 * What a perf that still runs writes to a pipe (perf record -o -), piece by piece as it comes: the
 * kernel's records are told with their event's attributes, in order of time as far as rounds are
 * complete. read_perf_data.c reads the same from a file that is whole.
 */
struct pt_perf_pipe {
	void (*fn)(void *arg, const struct perf_event_attr *attr,
		   const struct perf_event_header *record, int64_t at_ns); /* 0: before all else */
	void *arg;
	/* Its own, zeroes at first. */
	struct pt_perf_file file;
	struct pt_perf_queue queue;
	uint64_t skip;	 /* bytes that are no records */
	uint64_t offset; /* of the record at hand */
	size_t have;	 /* bytes of it */
	bool begun;	 /* the header was right: perf has opened its events */
	_Alignas(8) char record[1 << 16];
};

/* The next bytes, cut anywhere. 0, -PT_ESYNTAX, or -PT_ENOTSUP: packed. */
int pt_perf_pipe_feed(struct pt_perf_pipe *pipe, const char *data, size_t n, struct pt_err *err);
/* Tells what still waits for its round to be complete. */
void pt_perf_pipe_settle(struct pt_perf_pipe *pipe);
void pt_perf_pipe_release(struct pt_perf_pipe *pipe);

#endif
