/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sampling without perf events, some tens of times a second: each thread that runs (or, for off-CPU,
 * that does not) is stopped for an instant and unwound; where even ptrace is refused, what /proc
 * says that it does stands for its stack.
 */
#include "sampler_priv.h"

#include "symbols_priv.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { IPS_MAX = 256, LOOKS_PER_LIST = 20 };

uint32_t pt_wait_node(struct pt_stacks *stacks, struct pt_tree *tree, pid_t pid, pid_t tid)
{
	uint32_t root = pt_stacks_thread(stacks, pid, tid);
	char path[64], wchan[100] = "", name[120];
	char state = pt_task_state(pid, tid);

	if (root == PT_NO_NODE)
		return root;
	pt_snprintf(path, sizeof path, "/proc/%d/task/%d/wchan", (int)pid, (int)tid);
	if (state == 'R')
		pt_strlcpy(name, "[running]", sizeof name);
	else if (pt_small_file(path, wchan, sizeof wchan) && *wchan && strcmp(wchan, "0") != 0)
		pt_snprintf(name, sizeof name, "[%s]", wchan);
	else
		pt_strlcpy(name, state == 'D' ? "[waiting for a device]" : "[off-CPU]",
			   sizeof name);
	return pt_tree_child(tree, root,
			     pt_frames_name(tree->frames, name, strlen(name), PT_FRAME_KERNEL));
}

static uint32_t stopped_node(struct poller *p, pid_t pid, pid_t tid)
{
	uint64_t ips[IPS_MAX + 1];
	struct pt_perf_sample sample = {.pid = (uint32_t)pid,
					.tid = (uint32_t)tid,
					.misc = PERF_RECORD_MISC_USER,
					.ips = ips};
	size_t n = 0;
	int got = pt_space_unwind_thread(pt_stacks_space(p->stacks, pid), tid, ips + 1, IPS_MAX,
					 NULL);

	n = got > 0 ? (size_t)got : 0;
	if (n == 0)
		return PT_NO_NODE;
	ips[0] = (uint64_t)PERF_CONTEXT_USER;
	sample.n_ips = n + 1;
	sample.ip = ips[1];
	return pt_stacks_node(p->stacks, &sample);
}

static void list_tasks(struct poller *p)
{
	pt_tasks_release(&p->tasks);
	pt_tasks_below(p->pid, &p->tasks);
	for (size_t i = 0; i < p->tasks.n; i++)
		if (!pt_map_put_u64(&p->known, (uint64_t)p->tasks.pids[i], p))
			pt_stacks_running(p->stacks, p->tasks.pids[i]);
}

void pt_poller_let_go(struct poller *p)
{
	for (size_t i = 0; i < p->tasks.n && !p->states; i++)
		pt_unwind_let_go(pt_stacks_space(p->stacks, p->tasks.pids[i]));
}

size_t pt_poller_look(struct poller *p, void (*fn)(void *arg, uint32_t node), void *arg)
{
	size_t living = 0;

	if (p->looks++ % LOOKS_PER_LIST == 0)
		list_tasks(p);
	pt_poller_let_go(p);
	for (size_t i = 0; i < p->tasks.n; i++) {
		pid_t pid = p->tasks.pids[i], tid = p->tasks.tids[i];
		char state = pt_task_state(pid, tid);

		if (!state || strchr("ZXx", state))
			continue;
		living++;
		if ((state == 'R') != p->off_cpu)
			fn(arg, p->states ? pt_wait_node(p->stacks, p->tree, pid, tid)
					  : stopped_node(p, pid, tid));
	}
	if (living == 0 && p->looks % LOOKS_PER_LIST != 1) {
		p->looks = 0; /* children that are not listed yet? */
		return pt_poller_look(p, fn, arg);
	}
	return living;
}

void pt_poller_release(struct poller *p)
{
	pt_tasks_release(&p->tasks);
	pt_map_release(&p->known);
}
