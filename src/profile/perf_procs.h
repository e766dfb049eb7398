/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PERF_PROCS_H
#define PT_PERF_PROCS_H

#include "perf_abi.h"
#include "perftop/base/map.h"
#include "perftop/profile/symbols.h"
#include "perftop/profile/tree.h"

/*
 * Who ran and what was mapped where, as COMM, FORK, EXIT, MMAP and MMAP2 records tell it. Of what
 * has exited something is kept until there are too many: records of a thread's last moments may
 * come after its end.
 */
struct pt_perf_process {
	uint32_t pid;
	uint32_t serial; /* another one when known addresses may mean something else */
	struct pt_space *space;
	uint64_t *seen; /* of which 64 KiB addresses were asked for, hashed; NULL: none yet */
	bool exited;	/* its main thread */
	bool gone;	/* when that was looked at: every one */
	bool shared; /* its serial is that of others, which were forked from it or it from them */
	bool jit;    /* some of its code was a JIT's, or nobody's, and may be another's soon */
};

struct pt_perf_thread {
	uint32_t pid, tid;
	struct pt_perf_process *process;
	uint32_t root; /* its root frame's node, or PT_NO_NODE: not made yet; of the caller */
	bool exited;
	bool named; /* a COMM was seen, or inherited */
	char comm[64];
};

struct pt_perf_procs {
	struct pt_symbols *symbols;
	struct pt_map processes, threads;
	uint32_t serials;
	size_t limit; /* so many processes and threads, and it is looked who has exited */
};

void pt_perf_procs_init(struct pt_perf_procs *procs, struct pt_symbols *symbols);
void pt_perf_procs_release(struct pt_perf_procs *procs);

/* Made when they are not there; valid until the next record or pt_perf_procs_limit. */
struct pt_perf_process *pt_perf_procs_process(struct pt_perf_procs *procs, uint32_t pid);
struct pt_perf_thread *pt_perf_procs_thread(struct pt_perf_procs *procs, uint32_t pid,
					    uint32_t tid);
/* Forgets what has exited when there is too much of it; at worst, everything. */
void pt_perf_procs_limit(struct pt_perf_procs *procs);
void pt_perf_thread_name(struct pt_perf_thread *thread, const char *comm);
/* An address of it has been looked up: a mapping put over it makes another serial. */
void pt_perf_process_saw(struct pt_perf_process *process, uint64_t ip);
/* What is known of its addresses means nothing any more. */
void pt_perf_process_renew(struct pt_perf_procs *procs, struct pt_perf_process *process);
void pt_perf_procs_map(struct pt_perf_procs *procs, struct pt_perf_process *process,
		       const struct pt_mapping *mapping);
/* 0, also for what is none of its records; -PT_ESYNTAX. */
int pt_perf_procs_record(struct pt_perf_procs *procs, const struct perf_event_attr *attr,
			 const struct perf_event_header *record);

#endif
