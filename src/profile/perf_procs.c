/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of processes and threads that perf's side-band records keep up to date. Numbers in them
 * are hostile: a file can tell of a million processes, so what has exited is dropped by and by.
 */
#include "perf_procs.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>
#include <sys/mman.h>

enum {
	ENTRIES_MIN = 1 << 13, /* threads and processes before it is looked who has exited */
	ENTRIES_MAX = 1 << 17,
	SEEN_BITS = 8192,
	SEEN_SHIFT = 16,   /* 64 KiB: mappings of libraries are near to one another */
	SEEN_CHECKS = 512, /* a mapping of more than 32 MiB is taken as one put over something */
	BUILD_ID_MAX = 20,
};

/* Bodies of the records, after the header. */
struct comm_body {
	uint32_t pid, tid;
	char comm[];
};
struct task_body { /* FORK, EXIT */
	uint32_t pid, ppid, tid, ptid;
	uint64_t time;
};
struct mmap_body {
	uint32_t pid, tid;
	uint64_t start, len, pgoff;
	char path[];
};
struct mmap2_body {
	uint32_t pid, tid;
	uint64_t start, len, pgoff;
	union {
		struct {
			uint32_t major, minor;
			uint64_t inode, generation;
		} file;
		struct {
			uint8_t n, reserved[3];
			uint8_t bytes[BUILD_ID_MAX];
		} build_id;
	} id;
	uint32_t prot, flags;
	char path[];
};

static void process_free(struct pt_perf_process *process)
{
	pt_space_free(process->space);
	free(process->seen);
	free(process);
}

void pt_perf_process_renew(struct pt_perf_procs *procs, struct pt_perf_process *process)
{
	free(process->seen);
	process->seen = NULL;
	process->shared = false;
	process->serial = ++procs->serials;
}

void pt_perf_procs_init(struct pt_perf_procs *procs, struct pt_symbols *symbols)
{
	*procs = (struct pt_perf_procs){.symbols = symbols};
}

void pt_perf_procs_release(struct pt_perf_procs *procs)
{
	void *value;

	for (size_t at = 0; pt_map_next(&procs->threads, &at, NULL, NULL, &value);)
		free(value);
	for (size_t at = 0; pt_map_next(&procs->processes, &at, NULL, NULL, &value);)
		process_free(value);
	pt_map_release(&procs->threads);
	pt_map_release(&procs->processes);
}

/* Has its main thread exited, and every other one? */
static void mark_gone(struct pt_perf_procs *procs)
{
	void *value;

	for (size_t at = 0; pt_map_next(&procs->processes, &at, NULL, NULL, &value);) {
		struct pt_perf_process *process = value;

		process->gone = process->exited;
	}
	for (size_t at = 0; pt_map_next(&procs->threads, &at, NULL, NULL, &value);) {
		const struct pt_perf_thread *t = value;

		if (!t->exited)
			t->process->gone = false;
	}
}

/* What still runs, in maps of its own. */
static void drop_exited(struct pt_perf_procs *procs)
{
	struct pt_map threads = {0}, processes = {0};
	void *value;
	uint64_t id;

	mark_gone(procs);
	for (size_t at = 0; pt_map_next(&procs->threads, &at, NULL, &id, &value);) {
		if (((const struct pt_perf_thread *)value)->exited)
			free(value);
		else
			pt_map_put_u64(&threads, id, value);
	}
	for (size_t at = 0; pt_map_next(&procs->processes, &at, NULL, &id, &value);) {
		if (((const struct pt_perf_process *)value)->gone)
			process_free(value);
		else
			pt_map_put_u64(&processes, id, value);
	}
	pt_map_release(&procs->threads);
	pt_map_release(&procs->processes);
	procs->threads = threads;
	procs->processes = processes;
}

void pt_perf_procs_limit(struct pt_perf_procs *procs)
{
	size_t n = procs->threads.n + procs->processes.n;

	if (n < PT_MAX(procs->limit, (size_t)ENTRIES_MIN))
		return;
	drop_exited(procs);
	n = procs->threads.n + procs->processes.n;
	if (procs->limit == ENTRIES_MAX && n >= ENTRIES_MAX / 2) {
		pt_perf_procs_release(procs);
		n = 0;
	}
	procs->limit = PT_MIN(2 * n, (size_t)ENTRIES_MAX);
}

static struct pt_perf_process *process_add(struct pt_perf_procs *procs, uint32_t pid,
					   struct pt_space *space)
{
	struct pt_perf_process *process = pt_calloc(1, sizeof *process);

	process->pid = pid;
	process->space = space;
	process->serial = ++procs->serials;
	pt_map_put_u64(&procs->processes, pid, process);
	return process;
}

struct pt_perf_process *pt_perf_procs_process(struct pt_perf_procs *procs, uint32_t pid)
{
	struct pt_perf_process *process = pt_map_get_u64(&procs->processes, pid);

	if (process)
		return process;
	return process_add(procs, pid, pt_space_new(procs->symbols, (pid_t)pid));
}

void pt_perf_thread_name(struct pt_perf_thread *thread, const char *comm)
{
	pt_strlcpy(thread->comm, comm, sizeof thread->comm);
	thread->named = true;
	thread->root = PT_NO_NODE;
}

/* Without a COMM of its own it is called as its process is, and that as perf calls strangers. */
static void name_stranger(struct pt_perf_procs *procs, struct pt_perf_thread *thread)
{
	const struct pt_perf_thread *leader =
		thread->tid == thread->pid ? NULL : pt_map_get_u64(&procs->threads, thread->pid);

	if (!thread->tid)
		pt_strlcpy(thread->comm, "swapper", sizeof thread->comm);
	else if (leader && leader->named)
		pt_strlcpy(thread->comm, leader->comm, sizeof thread->comm);
	else
		pt_snprintf(thread->comm, sizeof thread->comm, ":%d", (int)thread->tid);
	thread->root = PT_NO_NODE;
}

struct pt_perf_thread *pt_perf_procs_thread(struct pt_perf_procs *procs, uint32_t pid, uint32_t tid)
{
	struct pt_perf_thread *thread = pt_map_get_u64(&procs->threads, tid);

	if (thread && thread->pid == pid)
		return thread;
	if (!thread) {
		thread = pt_calloc(1, sizeof *thread);
		thread->tid = tid;
		pt_map_put_u64(&procs->threads, tid, thread);
	}
	thread->pid = pid;
	thread->exited = false;
	thread->process = pt_perf_procs_process(procs, pid);
	if (!thread->named)
		name_stranger(procs, thread);
	thread->root = PT_NO_NODE;
	return thread;
}

static uint64_t seen_bit(uint64_t region)
{
	return (region * UINT64_C(0x9e3779b97f4a7c15)) >> 51; /* 13 bits */
}

void pt_perf_process_saw(struct pt_perf_process *process, uint64_t ip)
{
	uint64_t bit = seen_bit(ip >> SEEN_SHIFT);

	if (!process->seen)
		process->seen = pt_calloc(SEEN_BITS / 64, sizeof *process->seen);
	process->seen[bit / 64] |= UINT64_C(1) << bit % 64;
}

static bool was_seen(const struct pt_perf_process *process, uint64_t start, uint64_t len)
{
	uint64_t first = start >> SEEN_SHIFT, last = (start + len - 1) >> SEEN_SHIFT;

	if (!process->seen)
		return false;
	if (last < first || last - first >= SEEN_CHECKS)
		return true;
	for (uint64_t region = first; region <= last; region++) {
		uint64_t bit = seen_bit(region);

		if (process->seen[bit / 64] >> bit % 64 & 1)
			return true;
	}
	return false;
}

void pt_perf_procs_map(struct pt_perf_procs *procs, struct pt_perf_process *process,
		       const struct pt_mapping *mapping)
{
	if (!mapping->len)
		return;
	if (process->shared || was_seen(process, mapping->start, mapping->len))
		pt_perf_process_renew(procs, process);
	pt_space_map(process->space, mapping);
}

/* -- records -------------------------------------------------------------------------------------- */

/* A record without the sample_id at its end. */
struct record {
	const struct perf_event_header *header;
	const void *body;
	size_t size; /* of the body */
};

/* The text at the end of a body: NULL unless it is terminated. */
static const char *tail_text(const struct record *r, size_t offset)
{
	const char *s = (const char *)r->body + offset;

	return offset < r->size && memchr(s, '\0', r->size - offset) ? s : NULL;
}

static int note_comm(struct pt_perf_procs *procs, const struct record *r)
{
	const struct comm_body *b = r->body;
	const char *comm = tail_text(r, sizeof *b);
	struct pt_perf_thread *thread;

	if (!comm)
		return -PT_ESYNTAX;
	thread = pt_perf_procs_thread(procs, b->pid, b->tid);
	pt_perf_thread_name(thread, comm);
	if (r->header->misc & PERF_RECORD_MISC_COMM_EXEC) {
		pt_space_clear(thread->process->space);
		pt_perf_process_renew(procs, thread->process);
	}
	return 0;
}

/* As long as neither maps anything, addresses mean the same in both; but for those of a JIT, whose
 * map is that of one process. */
static void share(struct pt_perf_process *child, struct pt_perf_process *parent)
{
	if (parent->jit)
		return;
	child->serial = parent->serial;
	child->shared = parent->shared = true;
}

/* A new process begins with its parent's mappings; perf's own records of what ran before recording
 * are followed by mappings and say so. */
static void new_process(struct pt_perf_procs *procs, const struct task_body *b, uint16_t misc)
{
	struct pt_perf_process *process = pt_map_get_u64(&procs->processes, b->pid);
	struct pt_perf_process *parent = misc & PERF_RECORD_MISC_FORK_EXEC
						 ? NULL
						 : pt_map_get_u64(&procs->processes, b->ppid);
	struct pt_space *space = parent ? pt_space_fork(parent->space, (pid_t)b->pid)
					: pt_space_new(procs->symbols, (pid_t)b->pid);

	if (process) {
		pt_space_free(process->space);
		process->space = space;
		pt_perf_process_renew(procs, process);
	} else {
		process = process_add(procs, b->pid, space);
	}
	if (parent)
		share(process, parent);
}

static int note_fork(struct pt_perf_procs *procs, const struct record *r)
{
	const struct task_body *b = r->body;
	const struct pt_perf_thread *parent;
	struct pt_perf_thread *thread;

	if (r->size < sizeof *b)
		return -PT_ESYNTAX;
	if (b->pid != b->ppid)
		new_process(procs, b, r->header->misc);
	thread = pt_perf_procs_thread(procs, b->pid, b->tid);
	thread->exited = thread->process->exited = false;
	parent = pt_map_get_u64(&procs->threads, b->ptid);
	thread->named = false;
	if (parent && parent != thread && parent->named)
		pt_perf_thread_name(thread, parent->comm);
	else
		name_stranger(procs, thread);
	return 0;
}

static int note_exit(struct pt_perf_procs *procs, const struct record *r)
{
	const struct task_body *b = r->body;
	struct pt_perf_thread *thread;

	if (r->size < sizeof *b)
		return -PT_ESYNTAX;
	thread = pt_map_get_u64(&procs->threads, b->tid);
	if (thread && thread->pid == b->pid) {
		thread->exited = true;
		thread->process->exited |= b->pid == b->tid;
	}
	return 0;
}

/* pid -1: of the kernel, or of a guest's. */
static void map_any(struct pt_perf_procs *procs, const struct record *r, uint32_t pid,
		    const struct pt_mapping *mapping)
{
	unsigned mode = r->header->misc & PERF_RECORD_MISC_CPUMODE_MASK;

	if (mode == PERF_RECORD_MISC_KERNEL)
		pt_symbols_kernel_map(procs->symbols, mapping->start, mapping->len, mapping->pgoff,
				      mapping->path);
	else if (mode == PERF_RECORD_MISC_USER)
		pt_perf_procs_map(procs, pt_perf_procs_process(procs, pid), mapping);
}

static int note_mmap(struct pt_perf_procs *procs, const struct record *r)
{
	const struct mmap_body *b = r->body;
	const char *path = tail_text(r, sizeof *b);

	if (!path)
		return -PT_ESYNTAX;
	if (!(r->header->misc & PERF_RECORD_MISC_MMAP_DATA))
		map_any(procs, r, b->pid,
			&(struct pt_mapping){b->start, b->len, b->pgoff, .path = path});
	return 0;
}

static int note_mmap2(struct pt_perf_procs *procs, const struct record *r)
{
	const struct mmap2_body *b = r->body;
	const char *path = tail_text(r, sizeof *b);
	struct pt_mapping mapping = {.path = path};

	if (!path)
		return -PT_ESYNTAX;
	if (r->header->misc & PERF_RECORD_MISC_MMAP_DATA && !(b->prot & PROT_EXEC))
		return 0;
	mapping.start = b->start;
	mapping.len = b->len;
	mapping.pgoff = b->pgoff;
	if (r->header->misc & PT_PERF_MISC_BUILD_ID) {
		mapping.build_id = b->id.build_id.bytes;
		mapping.n_build_id = PT_MIN(b->id.build_id.n, BUILD_ID_MAX);
	} else {
		mapping.inode = b->id.file.inode;
		mapping.major = b->id.file.major;
		mapping.minor = b->id.file.minor;
	}
	map_any(procs, r, b->pid, &mapping);
	return 0;
}

int pt_perf_procs_record(struct pt_perf_procs *procs, const struct perf_event_attr *attr,
			 const struct perf_event_header *record)
{
	size_t around = sizeof *record + pt_perf_id_bytes(attr);
	struct record r = {record, record + 1, record->size - around};

	if (record->size < around)
		return -PT_ESYNTAX;
	pt_perf_procs_limit(procs);
	switch (record->type) {
	case PERF_RECORD_COMM: return note_comm(procs, &r);
	case PERF_RECORD_FORK: return note_fork(procs, &r);
	case PERF_RECORD_EXIT: return note_exit(procs, &r);
	case PERF_RECORD_MMAP: return note_mmap(procs, &r);
	case PERF_RECORD_MMAP2: return note_mmap2(procs, &r);
	default: return 0;
	}
}
