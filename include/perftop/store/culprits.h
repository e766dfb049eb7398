/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_STORE_CULPRITS_H
#define PT_STORE_CULPRITS_H

#include "perftop/model/proc.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Who cost most of a resource at a moment: the top five processes of each resource, kept for the
 * last 600 scans while processes are being scanned. A moment without a scan is "not recorded then".
 */
enum pt_resource { PT_RESOURCE_CPU, PT_RESOURCE_MEMORY, PT_RESOURCE_IO, PT_RESOURCE_N };

enum { PT_CULPRITS_TOP = 5, PT_CULPRITS_KEEP = 600 };

struct pt_culprit {
	int pid;
	float value; /* cores, bytes, bytes a second */
	uint64_t start_ticks;
	char comm[16];
};

struct pt_culprits;

struct pt_culprits *pt_culprits_new(void);
void pt_culprits_free(struct pt_culprits *c);

/* Keeps the top of a whole scan; io values may be NaN (not read): then io stays unrecorded. */
void pt_culprits_add(struct pt_culprits *c, int64_t mono_ns, struct pt_proc *const *rows, size_t n);

/* The scan in force at a moment: the newest not after it and at most slack_ns older. Fills
 * top[PT_CULPRITS_TOP], most first; returns how many, 0 for "not recorded then". */
size_t pt_culprits_at(const struct pt_culprits *c, int64_t mono_ns, int64_t slack_ns,
		      enum pt_resource resource, struct pt_culprit *top);

#endif
