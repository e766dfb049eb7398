/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_PERF_STACKS_H
#define PT_PROFILE_PERF_STACKS_H

#include "perftop/profile/profile.h"
#include "perftop/profile/symbols.h"

/*
 * Records of the kernel's perf interface, as they stand in a ring or in perf.data, to stacks in a
 * tree: the live sampler and the reader of perf.data feed the same one. It follows COMM, FORK,
 * EXIT, MMAP and MMAP2, and turns each SAMPLE into frames.
 */
struct perf_event_attr;
struct perf_event_header;

/* A SAMPLE taken apart; pointers into the record. */
struct pt_perf_sample {
	uint64_t ip, time_ns, addr, id, stream_id, period, weight;
	uint32_t pid, tid, cpu;
	uint16_t misc;	     /* of the record: PERF_RECORD_MISC_* */
	const uint64_t *ips; /* callchain, with PERF_CONTEXT_* marks; innermost first */
	uint64_t n_ips;
	uint64_t regs_abi, regs_mask;
	const uint64_t *regs;
	const uint8_t *stack; /* of the user, n_stack bytes that were really copied */
	uint64_t n_stack;
	const uint8_t *raw;
	uint32_t n_raw;
};
/* -PT_ESYNTAX when the record is shorter than its parts say. Records stand on 8-byte bounds, in the
 * byte order of this machine. */
int pt_perf_sample_parse(const struct perf_event_attr *attr, const struct perf_event_header *record,
			 struct pt_perf_sample *ret);
/* The id and time at the end of any other record (sample_id_all); false without. */
bool pt_perf_sample_id(const struct perf_event_attr *attr, const struct perf_event_header *record,
		       struct pt_perf_sample *ret);

enum pt_unwind { PT_UNWIND_AUTO, PT_UNWIND_FP, PT_UNWIND_DWARF };

/* The frames that one becomes, *ret_n of them; valid until the next call. java: it is of a process
 * of that name. */
typedef const uint32_t *pt_stacks_rename(void *arg, uint32_t frame, bool java, size_t *ret_n);

struct pt_stacks_options {
	enum pt_unwind unwind; /* AUTO: user stacks when the sample has them */
	bool threads; /* roots are threads; else commands (PT_FRAME_THREAD, pid and tid 0) */
	bool no_root; /* no root frames at all */
	/* Stacks begin with main or a thread's function: what the C library starts these with is left
	 * out. Those of which more is missing begin with "[callers unknown]". */
	bool from_main;
	pt_stacks_rename *rename; /* roots and what is below them; NULL: they stay as they are */
	void *rename_arg;
};

struct pt_stacks;
/* All borrowed until free. */
struct pt_stacks *pt_stacks_new(struct pt_tree *tree, struct pt_symbols *symbols,
				const struct pt_stacks_options *options);
void pt_stacks_free(struct pt_stacks *stacks);

/* COMM, FORK, EXIT, MMAP, MMAP2; others are passed over. -PT_ESYNTAX. */
int pt_stacks_record(struct pt_stacks *stacks, const struct perf_event_attr *attr,
		     const struct perf_event_header *record);
/* A process that ran before recording began: its command, threads and mappings of /proc. */
void pt_stacks_running(struct pt_stacks *stacks, pid_t pid);
/* Is it known what a thread is called? ask: /proc is asked when it is not. */
bool pt_stacks_named(struct pt_stacks *stacks, pid_t pid, pid_t tid, bool ask);
/* One that nothing has named has ended: it is called as the thread that began it. */
void pt_stacks_nameless(struct pt_stacks *stacks, pid_t pid, pid_t tid, pid_t parent);
/* Live: time has passed, so what JITs have made since is asked for anew. */
void pt_stacks_refresh(struct pt_stacks *stacks);
/* The node of a sample's stack; PT_NO_NODE at the tree's limit. Nothing is added to it. */
uint32_t pt_stacks_node(struct pt_stacks *stacks, const struct pt_perf_sample *sample);
/* With from_main: of the last one, what came of its user part. */
enum pt_stack_end { PT_STACK_NO_USER, PT_STACK_WHOLE, PT_STACK_CUT };
enum pt_stack_end pt_stacks_end(const struct pt_stacks *stacks);
/* What would come of a sample of which so many bytes of stack had been copied, and no more. */
enum pt_stack_end pt_stacks_short_end(struct pt_stacks *stacks, const struct pt_perf_sample *sample,
				      uint64_t bytes);
/* The root frame's node of a thread. */
uint32_t pt_stacks_thread(struct pt_stacks *stacks, pid_t pid, pid_t tid);
struct pt_space *pt_stacks_space(struct pt_stacks *stacks, pid_t pid); /* made when not there */

#endif
