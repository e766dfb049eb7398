/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_LOCK_H
#define PT_BENCH_LOCK_H

#include "perftop/base/err.h"

#include <stddef.h>

/*
 * One benchmark at a time on a machine. path NULL: /run/lock/perftop-bench.lock, or below /tmp where
 * /run/lock is not for everybody. Returns a descriptor that holds the lock until it is closed.
 * -PT_EEXIST: somebody has it, holder gets who in words. -PT_EACCES, -PT_EIO: no such file can be.
 */
int lock_take(const char *path, char *holder, size_t size, struct pt_err *err);
/* Writes down what runs, for those who wait. */
void lock_tell(int fd, const char *suite);
void lock_release(int fd);

#endif
