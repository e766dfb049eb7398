/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_COLLECT_CGROUP_PLACE_H
#define PT_COLLECT_CGROUP_PLACE_H

#include "perftop/collect/root.h"

/*
 * Where a cgroup's files are. Each controller has its own hierarchy in version 1, all share one in
 * version 2, and a hybrid machine has some here and some there: so version, mount and path are
 * kept for each controller.
 */
enum cg_controller { CG_CPU, CG_CPUACCT, CG_MEMORY, CG_IO, CG_PIDS, CG_N };

struct cg_place {
	int version;	 /* 1, 2, or 0: this controller is not mounted */
	char mount[128]; /* below the root: "sys/fs/cgroup/memory" */
	char path[384];	 /* below the mount: "/system.slice/cron.service", "" for its top */
};

/*
 * Finds a cgroup.
 *
 * wanted  NULL: our own. With a slash: a path below the mount. Else a name: that of a unit, slice
 *         or container as its folder has it, with or without ".service" and the like; the first 12
 *         digits or more of a container's id; or the end of a name after one of - . @ _
 * err     says what is missing, for a person
 * Returns 0, -PT_ENOTSUP: no cgroup file system, -PT_ENOENT: no such cgroup
 */
int cg_find(struct pt_root *root, const char *wanted, struct cg_place places[CG_N],
	    struct pt_err *err);

/* Is this folder entry a file of the kernel's (memory.max, tasks) and no child group? */
bool cg_is_file(const char *name);

#endif
