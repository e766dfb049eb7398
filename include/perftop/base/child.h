/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_CHILD_H
#define PT_BASE_CHILD_H

#include "perftop/base/err.h"
#include "perftop/base/loop.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Child processes: argv only, never a shell; own process group, no inherited descriptors, fixed
 * PATH, default signals. A cancelled or timed-out child loses its whole group (SIGTERM, then
 * SIGKILL after grace_ns), so that no stray process is left.
 */
struct pt_child;

/* What is wished for a child and may be refused, which does not keep it from running. */
enum pt_child_wish {
	PT_CHILD_CGROUP,
	PT_CHILD_CPUS,
	PT_CHILD_NICE,
	PT_CHILD_NO_ASLR,
	PT_CHILD_CPU_TIME,
	PT_CHILD_WISH_N
};

struct pt_child_spec {
	const char *const *argv; /* argv[0]: path, or a name looked up in path */
	const char *path;	 /* "dir:dir"; NULL: pt_child_path */
	const char *cwd;	 /* NULL: ours */
	const char *const *env;	 /* "NAME=value" added to a clean environment; NULL: none */
	int in;			 /* the descriptor that it reads from; 0: /dev/null */
	int64_t timeout_ns;	 /* 0: none */
	int64_t grace_ns;	 /* 0: 200 ms */
	size_t max_stdout; /* bytes kept; beyond it the child is ended, .truncated set; 0 discards */
	size_t max_stderr; /* bytes kept of the end; 0 discards */
	/* Each line as it comes, without its end, also of what is not kept; a long one in pieces. */
	void (*line)(void *arg, bool is_stderr, const char *line, size_t len);
	/* Its output as it comes, of which nothing is kept; line then hears of its stderr alone. */
	void (*data)(void *arg, const char *data, size_t len);
	const char *cgroup; /* folder of a cgroup v2 that it starts in; or NULL */
	const char *cpus;   /* "2-3,6", "0x4c": runs on these alone; NULL: as we are */
	int nice;	    /* 0: as we are */
	bool no_aslr;	    /* addresses are not randomised */
	int64_t cpu_time_ns; /* the most CPU time of one process, whole seconds upwards; 0: no limit */
	/* Called with its pid before the program is executed, which waits until this returns; or NULL. */
	void (*held)(void *arg, int pid);
	/* At its end whoever it has started is found and killed, also who has left its group. Makes
	 * this process the reaper of all orphans below it, and kills those of other children too. */
	bool sweep;
};

struct pt_child_result {
	int exit_status; /* 0..255, or -1 when a signal ended it */
	int signo;	 /* that signal, or 0 */
	bool timed_out, truncated, canceled;
	const char *out, *err; /* terminated; borrowed during the callback */
	size_t out_len, err_len;
	int64_t wall_ns;
	int refused[PT_CHILD_WISH_N]; /* an errno for what was wished for and not granted */
	int strays;		      /* orphans that sweep has killed */
};

/* *ret lives until done has returned. done is called once: never from here, and by pt_loop_free at
 * the latest (.canceled). A path in argv[0] is seen from cwd. -PT_ENOENT (no such program),
 * -PT_EACCES, -PT_EIO. */
int pt_child_spawn(struct pt_loop *loop, const struct pt_child_spec *spec,
		   void (*done)(void *arg, const struct pt_child_result *result), void *arg,
		   struct pt_child **ret, struct pt_err *err);

/* Ends it; done comes later with .canceled set. */
void pt_child_cancel(struct pt_child *child);
int pt_child_pid(const struct pt_child *child);

/* Is this a list of CPUs, "2-3,6", or a mask of them, "0x4c", all below 1024? 0 or -PT_ESYNTAX. */
int pt_child_cpus_check(const char *cpus);

/* The PATH that names are looked up in and children get. */
extern const char pt_child_path[];

#endif
