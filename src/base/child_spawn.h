/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_CHILD_SPAWN_H
#define PT_BASE_CHILD_SPAWN_H

#include "perftop/base/child.h"

#include <sys/types.h>

/* A started process: leader of its own group, waiting to be reaped by the caller. */
struct pt_spawned {
	pid_t pid;
	int out, err; /* non-blocking read ends, or -1 where nothing is kept */
};

/* Forks and executes; returns once the program runs or cannot. Errors as pt_child_spawn. */
int pt_child_start(const struct pt_child_spec *spec, struct pt_spawned *ret, struct pt_err *err);

#endif
