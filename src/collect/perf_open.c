/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * perf_event_open, which the C library does not wrap. See perf.h for why it has one home.
 */
#include "perftop/collect/perf.h"

#include <linux/perf_event.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static int (*stand_in)(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd);

int pt_perf_open(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	attr->size = sizeof(*attr);
	if (stand_in)
		return stand_in(attr, pid, cpu, group_fd);
	if (pid < -1)
		return (int)syscall(SYS_perf_event_open, attr, -2 - pid, cpu, group_fd,
				    PERF_FLAG_FD_CLOEXEC | PERF_FLAG_PID_CGROUP);
	return (int)syscall(SYS_perf_event_open, attr, pid, cpu, group_fd, PERF_FLAG_FD_CLOEXEC);
}

void pt_perf_stand_in(int (*open)(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd))
{
	stand_in = open;
}

bool pt_perf_has_stand_in(void)
{
	return stand_in != NULL;
}
