/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which threads have left their processor, when, and with what stack. */
#include "sampler_priv.h"

#include "perftop/base/mem.h"

#include <stdlib.h>

struct off_task *pt_off_task(struct off_cpu *off, pid_t tid)
{
	struct off_task *task = pt_map_get_u64(&off->tasks, (uint64_t)tid);

	if (!task) {
		task = pt_calloc(1, sizeof *task);
		*task = (struct off_task){.tid = tid, .node = PT_NO_NODE};
		pt_map_put_u64(&off->tasks, (uint64_t)tid, task);
	}
	return task;
}

void pt_off_drop(struct off_cpu *off, pid_t tid)
{
	free(pt_map_del_u64(&off->tasks, (uint64_t)tid));
}

void pt_off_release(struct off_cpu *off)
{
	size_t pos = 0;
	void *task;

	while (pt_map_next(&off->tasks, &pos, NULL, NULL, &task))
		free(task);
	pt_map_release(&off->tasks);
}
