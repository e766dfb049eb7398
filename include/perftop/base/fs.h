/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_FS_H
#define PT_BASE_FS_H

#include "perftop/base/err.h"

#include <stddef.h>

/* Whole file, at most max bytes, terminated (not counted). *ret is yours. -PT_ENOENT, -PT_EACCES,
 * -PT_ELIMIT, -PT_EIO; -PT_EINVAL for what is no regular file, pipe or device. */
int pt_fs_read(const char *path, size_t max, char **ret, size_t *ret_len, struct pt_err *err);

/* Whole or absent: a temporary file in the same folder, fsync, rename. mode as for open(). */
int pt_fs_write(const char *path, const char *data, size_t len, unsigned mode, struct pt_err *err);

/* mkdir -p with mode 0700 for what it makes. */
int pt_fs_mkdirs(const char *path, struct pt_err *err);

/* n files more can be open, as far as that is allowed: at first a shell's limit is low. */
void pt_fs_allow_open(size_t n);

#endif
