/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_COLLECT_CUSTOM_FETCH_H
#define PT_COLLECT_CUSTOM_FETCH_H

#include "perftop/base/loop.h"
#include "perftop/collect/custom.h"

/*
 * The text of a custom source, once: from a command, a file or a socket, without ever holding up
 * the loop. Whatever happens, it is over after the source's timeout.
 */
struct pt_fetch;

struct pt_fetch_result {
	const char *text; /* n bytes, terminated; borrowed. NULL when there is a reason */
	size_t n;
	const char *reason; /* "exit status 3: no such queue" */
	bool busy;	    /* told late, but a worker still hangs: done comes once more */
};

/*
 * Starts. What it needs of the source is copied. done comes from the loop, never from within this
 * call.
 *
 * Returns  the fetch, which is gone once done was told without .busy; or NULL with the reason
 */
struct pt_fetch *pt_fetch_start(struct pt_loop *loop, const struct pt_custom_source *source,
				void (*done)(void *arg, const struct pt_fetch_result *result),
				void *arg, struct pt_err *err);

/* done comes no more. The fetch frees itself when it is really over. */
void pt_fetch_cancel(struct pt_fetch *fetch);

#endif
