/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_COLLECT_CGROUP_H
#define PT_COLLECT_CGROUP_H

#include "perftop/base/err.h"

#include <stddef.h>

/*
 * The folder of a cgroup of version 2, in which perf events can be opened for all that is in it.
 * wanted is such a folder itself, or a name as the setting cgroup takes it: a path below the mount, a
 * unit, the head of a container's id. -PT_ENOENT, -PT_ENOTSUP (only version 1 here), -PT_ELIMIT.
 */
int pt_cgroup_folder(const char *wanted, char *ret, size_t size, struct pt_err *err);

#endif
