/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_COLLECT_PERF_H
#define PT_COLLECT_PERF_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * The door to perf_event_open: every call of the program passes through here, so that what has
 * the right to count (a helper with capabilities, a test) can stand in its place.
 */
struct perf_event_attr;

/* As perf_event_open(2); attr->size is set here. The cgroup whose folder is open as fd is -2 - fd in
 * place of pid. A descriptor with close-on-exec, or -1 with errno. */
int pt_perf_open(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd);

/* What is called instead from now on; NULL: the system call again. */
void pt_perf_stand_in(int (*open)(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd));
bool pt_perf_has_stand_in(void);

#endif
