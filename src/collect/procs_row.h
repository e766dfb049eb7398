/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_COLLECT_PROCS_ROW_H
#define PT_COLLECT_PROCS_ROW_H

#include "perftop/base/map.h"
#include "perftop/collect/procs.h"

/*
 * What the files of the process scanner share: procs.c walks the list, procs_read.c reads one
 * process, procs_detail.c and procs_act.c serve one process on demand.
 */

/* /proc/PID/stat as far as it is used. */
struct pt_procs_stat {
	int pid, ppid, priority, nice, threads;
	char state;
	char comm[16];
	unsigned flags; /* PF_* of the kernel */
	uint64_t minflt, majflt;
	uint64_t ticks; /* user + system, in USER_HZ */
	uint64_t start_ticks;
	uint64_t virt_bytes, rss_pages;
};

/* Parses the text of a stat file, which must be terminated. The name may hold anything, ") R 1 ("
 * too: it ends at the last bracket. 0 or -PT_ESYNTAX. */
int pt_procs_stat_parse(const char *text, struct pt_procs_stat *ret);

struct pt_procs_row {
	struct pt_proc p; /* first: a row is known outside by this */
	int64_t at_ns;	  /* when the scanner looked last */
	uint64_t minflt, majflt;
	uint64_t read_bytes, write_bytes, switches; /* UINT64_MAX: no reading, or no right to it */
	int stat_fd;				    /* kept open while it runs often, or -1 */
	unsigned char have;			    /* enum pt_proc_want: tried since wanted */
	unsigned char idle;			    /* scans since it ran, up to 255 */
	bool ran; /* since its last turn: title, user and cgroup may have changed */
};

enum pt_procs_phase { PT_PROCS_DONE, PT_PROCS_LIST, PT_PROCS_READ, PT_PROCS_ORPHANS };

/* A list; each is the head of a struct pt_procs_row. */
struct pt_procs_rows {
	struct pt_proc **v;
	size_t n, cap;
};

enum { PT_PROCS_BUF = 16384 };

struct pt_procs {
	struct pt_root *root;
	const struct pt_clock *clock;
	int proc_fd;   /* of this machine's /proc; -1 on a fixture */
	bool own_pids; /* /proc numbers processes as our system calls do */
	long user_hz, page_size;
	unsigned want;

	enum pt_procs_phase phase;
	int64_t now_ns;	 /* of the chunk being worked at */
	unsigned cost;	 /* of the chunk so far; one cheap look at a process costs 1 */
	unsigned n_kept; /* descriptors of stat kept open */
	int *pids;	 /* listed by this scan, ascending */
	size_t n_pids, cap_pids, at_pid;
	size_t at_row;
	struct pt_procs_rows rows; /* of the last whole scan, by pid */
	struct pt_procs_rows next; /* of the scan under way */
	struct pt_procs_rows lost; /* were in rows and are not in next */
	struct pt_procs_rows gone; /* lost by the last whole scan: freed at the end of this one */
	char **trash;		   /* replaced strings: readers may hold them until the scan ends */
	size_t n_trash, cap_trash;

	struct pt_procs_count count;
	struct pt_map users; /* uid -> name */
	char buf[PT_PROCS_BUF];
};

/* Opens "proc/PID/leaf"; leaf "" for the folder. With dir_fd >= 0 (a folder of this machine's
 * /proc/PID) below that, so that the file is surely of the same process. fd or -1 with errno. */
int pt_procs_open(struct pt_procs *procs, int dir_fd, int pid, const char *leaf, int flags);

/* Looks at a listed process; known is what was listed with that pid, or NULL. Returns what
 * to list (known or a new row), or NULL if it has vanished. A known one that is not returned goes
 * to procs->lost. */
struct pt_proc *pt_procs_visit(struct pt_procs *procs, int pid, struct pt_proc *known);

/* Its parent has ended: asks who is the parent now. */
void pt_procs_reparent(struct pt_procs *procs, struct pt_proc *p);

void pt_procs_row_free(struct pt_procs *procs, struct pt_proc *p);

void pt_procs_rows_push(struct pt_procs_rows *rows, struct pt_proc *p);

/* Order of ints, for qsort(). */
int pt_procs_by_number(const void *a, const void *b);

/*
 * For work on one process: opens its folder in /proc and makes sure that its start time is that.
 * As long as the descriptor is open, reads and signals through it reach that process or nobody.
 *
 * Returns  0 with *ret_fd (-1 on a fixture), -PT_ENOENT with err, or -PT_EACCES
 */
int pt_procs_pin(struct pt_procs *procs, int pid, uint64_t start_ticks, int *ret_fd,
		 struct pt_err *err);

#endif
