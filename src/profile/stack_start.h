/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_STACK_START_H
#define PT_PROFILE_STACK_START_H

#include "perftop/profile/frames.h"

/* What a frame at the outer end of a stack is by its name. */
enum pt_start {
	PT_START_NONE,
	PT_START_CODE, /* starts a program or a thread: is there before main or the thread's function */
	PT_START_CLONE, /* the same where nothing calls it; programs call clone() too */
	PT_START_LIBC,	/* may be: of the C library, which has no names of what is its own */
	PT_START_MAIN,
	PT_START_ROOT, /* nothing calls it, and it is worth to be seen */
};

enum pt_start pt_start_of(const struct pt_frame *frame);

#endif
