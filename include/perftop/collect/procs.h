/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_COLLECT_PROCS_H
#define PT_COLLECT_PROCS_H

#include "perftop/base/err.h"
#include "perftop/collect/root.h"
#include "perftop/model/proc.h"

/*
 * The process scanner. Nothing is read unless somebody scans. A scan goes in steps, so that with
 * thousands of processes a key press never waits: begin, step until it says 0, then the rows are
 * those of the whole scan. Between begin and the last step pt_procs_rows still shows the rows of
 * the one before; their values become the new ones as the scan passes them.
 *
 * Cheap by design: whether a process ran at all is asked of its CPU clock, and only what ran is
 * read (procs_read.c tells the prices). Values of a sleeper that others can change (its memory,
 * nice value, control group) are therefore up to 32 scans old.
 */
struct pt_procs;

struct pt_procs *pt_procs_new(struct pt_root *root, const struct pt_clock *clock);
void pt_procs_free(struct pt_procs *procs);

/* want: enum pt_proc_want, or-ed. While a scan is under way only want changes. */
void pt_procs_begin(struct pt_procs *procs, unsigned want);

/* Works for about budget_ns (0: to the end). Returns 1 while there is more, 0 at the end. */
int pt_procs_step(struct pt_procs *procs, int64_t budget_ns);

/* Rows of the last whole scan, by pid. Pointers, of rows and of strings in them, stay valid until
 * the next scan's last step; a row that this finds gone is still there (.gone) for one scan more. */
struct pt_proc *const *pt_procs_rows(const struct pt_procs *procs, size_t *ret_n);
/* start_ticks 0: whoever has that pid (a parent). NULL if there is none. */
const struct pt_proc *pt_procs_find(const struct pt_procs *procs, int pid, uint64_t start_ticks);
/* Counts for the header: total, running, threads; generation grows by one a whole scan. */
struct pt_procs_count {
	size_t total, running, threads, kernel;
	unsigned generation;
};

struct pt_procs_count pt_procs_count(const struct pt_procs *procs);

/* User name of a uid, cached; "1000" where there is none. Borrowed. (The look-up reads
 * /etc/passwd of the root, never the network.) */
const char *pt_procs_user(struct pt_procs *procs, unsigned uid);

/*
 * On demand, for one process: text is one block of lines, each detail "name: value".
 * what: 'a' arguments, 'e' environment, 'l' limits, 'f' open files, 'c' cgroup, 'm' memory
 * (smaps_rollup; sets the row's pss_bytes). Files and lines have bounds.
 * -PT_ENOENT when the process with that start time is gone, -PT_EACCES.
 */
struct pt_str;
int pt_procs_detail(struct pt_procs *procs, int pid, uint64_t start_ticks, char what,
		    struct pt_str *ret_text, struct pt_err *err);

/* Sends a signal, or sets the nice value (of all its threads), to the process with that pid and
 * start time: checked through a pidfd, so that a reused pid is never hit. -PT_ENOENT, -PT_EACCES,
 * -PT_ENOTSUP on a fixture. */
int pt_procs_signal(struct pt_procs *procs, int pid, uint64_t start_ticks, int signo,
		    struct pt_err *err);
int pt_procs_renice(struct pt_procs *procs, int pid, uint64_t start_ticks, int nice,
		    struct pt_err *err);

#endif
