/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Functions that stacks begin with. What the C library starts a program or a thread with is there
 * in some stacks and missing in others of the same thread, for it keeps no frame pointers; of a
 * library without debug symbols most of it has no name.
 */
#include "stack_start.h"

#include "perftop/base/mem.h"

#include <string.h>

/* An end of * stands for anything. */
static const struct {
	const char *name;
	enum pt_start start;
} starts[] = {
	{"_start", PT_START_CODE},
	{"_start_c", PT_START_CODE}, /* musl */
	{"__libc_start_*", PT_START_CODE},
	{"_dl_start_user", PT_START_CODE},
	{"libc_start_main_stage2", PT_START_CODE}, /* musl */
	{"start_thread", PT_START_CODE},
	{"clone", PT_START_CLONE},
	{"clone3", PT_START_CLONE},
	{"__clone", PT_START_CLONE},
	{"__clone3", PT_START_CLONE},
	{"thread_start", PT_START_CLONE}, /* glibc for aarch64 */
	{"[libc.so*", PT_START_LIBC},
	{"[libc-*", PT_START_LIBC}, /* before glibc 2.34 */
	{"[libpthread*", PT_START_LIBC},
	{"[ld-musl-*", PT_START_LIBC},
	{"main", PT_START_MAIN},
	{"runtime.goexit*", PT_START_ROOT},
	{"runtime.mcall*", PT_START_ROOT},
	{"runtime.morestack*", PT_START_ROOT},
	{"runtime.mstart*", PT_START_ROOT},
	{"runtime.rt0*", PT_START_ROOT},
	{"runtime.systemstack*", PT_START_ROOT},
};

enum pt_start pt_start_of(const struct pt_frame *frame)
{
	if (frame->kind != PT_FRAME_USER)
		return PT_START_NONE;
	for (size_t i = 0; i < PT_LEN(starts); i++) {
		const char *name = starts[i].name;
		size_t n = strlen(name) - 1;

		if (name[n] == '*' ? strncmp(frame->name, name, n) == 0
				   : strcmp(frame->name, name) == 0)
			return starts[i].start;
	}
	return PT_START_NONE;
}
