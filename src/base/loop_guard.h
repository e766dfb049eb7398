/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_LOOP_GUARD_H
#define PT_BASE_LOOP_GUARD_H

#include "perftop/base/loop.h"

/*
 * What must end with the loop although no handle of the loop owns it: fn(arg) is called by
 * pt_loop_free, which has taken the guard off already. The guard lies in the caller's struct.
 */
struct pt_loop_guard {
	struct pt_loop_guard *next, **link;
	void (*fn)(void *arg);
	void *arg;
};

void pt_loop_guard_add(struct pt_loop *loop, struct pt_loop_guard *guard);
void pt_loop_guard_del(struct pt_loop_guard *guard);

#endif
