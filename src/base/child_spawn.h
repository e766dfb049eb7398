/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_CHILD_SPAWN_H
#define PT_BASE_CHILD_SPAWN_H

#include "perftop/base/child.h"

#include <sys/types.h>

/* A started process: leader of its own group, waiting to be reaped by the caller. */
struct pt_spawned {
	pid_t pid;
	int out, err; /* non-blocking read ends, or -1 where nothing is kept */
	int refused[PT_CHILD_WISH_N];
};

/* Forks and executes; returns once the program runs or cannot. arg is for spec->held. Errors as
 * pt_child_spawn. */
int pt_child_start(const struct pt_child_spec *spec, void *arg, struct pt_spawned *ret,
		   struct pt_err *err);

/* What is wished for, ready for the child: async-signal-safe to grant. */
struct pt_place {
	const struct pt_child_spec *spec;
	int cgroup; /* cgroup.procs, open for writing; -1: none, or refused */
	unsigned long cpus[1024 / (8 * sizeof(long))];
	size_t cpus_size; /* bytes; 0: not wished for */
};

/* refused as in pt_child_result; what cannot even be prepared is told there. */
void pt_place_init(struct pt_place *place, const struct pt_child_spec *spec, int *refused);
void pt_place_release(struct pt_place *place);
/* In the child: 0 or an errno for one wish. */
int pt_place_grant(const struct pt_place *place, enum pt_child_wish wish);

/*
 * The children that are ours to wait for, so that orphans that we inherit can be told from them. A
 * fork and its add, and a sweep, exclude each other.
 */
void pt_children_lock(void);
void pt_children_add(pid_t pid); /* with the lock held */
void pt_children_unlock(void);
void pt_children_del(pid_t pid);     /* once reaped */
void pt_children_reap_orphans(void); /* from now on orphans below us become our children */
/* Kills and reaps all orphans, and what becomes one by that; how many there were. */
int pt_children_sweep(void);

#endif
