/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_CGROUP_H
#define PT_BENCH_CGROUP_H

#include "perftop/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A cgroup v2 of its own for one launch, with a limit of memory. Made below our own cgroup or the
 * nearest one above it that we may write to and that hands the memory controller on.
 *
 * root     where proc and the mount of cgroup2 are: "/"
 * Errors   -PT_ENOTSUP, with what is missing and how it could be had
 */
int cgroup_make(const char *root, uint64_t memory_bytes, char *out, size_t size,
		struct pt_err *err);
/* Was somebody in it killed for going beyond the limit? */
bool cgroup_was_full(const char *path);
/* Ends whoever is in it. */
void cgroup_remove(const char *path);

#endif
