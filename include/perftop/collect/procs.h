/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_COLLECT_PROCS_H
#define PT_COLLECT_PROCS_H

#include "perftop/base/err.h"
#include "perftop/collect/root.h"
#include "perftop/model/proc.h"

/*
 * The process scanner. Nothing is read unless somebody scans. A scan goes in steps, so that with
 * thousands of processes a key press never waits: begin, step until it says 0, then the rows are
 * those of the whole scan. Between begin and the last step pt_procs_rows still shows the one
 * before.
 *
 * Cheap by design: /proc/PID/schedstat stays open (as far as descriptors allow) and /proc/PID/stat
 * is read only when run time moved; single-threaded processes only, as it counts the main thread.
 */
struct pt_procs;

struct pt_procs *pt_procs_new(struct pt_root *root, const struct pt_clock *clock);
void pt_procs_free(struct pt_procs *procs);

void pt_procs_begin(struct pt_procs *procs, unsigned want); /* enum pt_proc_want, or-ed */

/* Works for about budget_ns (0: to the end). Returns 1 while there is more, 0 at the end. */
int pt_procs_step(struct pt_procs *procs, int64_t budget_ns);

/* Rows of the last whole scan, by pid. Pointers stay valid until the next scan's last step. */
struct pt_proc *const *pt_procs_rows(const struct pt_procs *procs, size_t *ret_n);
const struct pt_proc *pt_procs_find(const struct pt_procs *procs, int pid, uint64_t start_ticks);
/* Counts for the header: total, running, threads; generation grows by one a whole scan. */
struct pt_procs_count { size_t total, running, threads, kernel; unsigned generation; };
struct pt_procs_count pt_procs_count(const struct pt_procs *procs);

/* User name of a uid, cached; "1000" where there is none. Borrowed. (The look-up reads
 * /etc/passwd of the root, never the network.) */
const char *pt_procs_user(struct pt_procs *procs, unsigned uid);

/*
 * On demand, for one process: text is one block of lines, each detail "name: value".
 * what: 'e' environment, 'l' limits, 'f' open files, 'c' cgroup, 'm' memory (smaps_rollup).
 * -PT_ENOENT when the process with that start time is gone, -PT_EACCES.
 */
struct pt_str;
int pt_procs_detail(struct pt_procs *procs, int pid, uint64_t start_ticks, char what,
		    struct pt_str *ret_text, struct pt_err *err);

/* Sends a signal, or sets the nice value, to the process with that pid and start time: checked
 * through a pidfd, so that a reused pid is never hit. -PT_ENOENT, -PT_EACCES, -PT_ENOTSUP on a
 * fixture. */
int pt_procs_signal(struct pt_procs *procs, int pid, uint64_t start_ticks, int signo,
		    struct pt_err *err);
int pt_procs_renice(struct pt_procs *procs, int pid, uint64_t start_ticks, int nice,
		    struct pt_err *err);

#endif
