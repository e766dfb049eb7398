/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_SRC_PROFILE_MAPPED_H
#define PT_SRC_PROFILE_MAPPED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Files of others, mapped. Such a file may get shorter meanwhile, and then who reads what is gone is
 * killed; here it reads zeroes, and is told at the end.
 */

/* The first len bytes of a file, to be read; NULL with errno. A few at once: EMFILE beyond that. */
void *pt_mapped_new(int fd, size_t len);
/* Has some of it been missed? */
bool pt_mapped_shrank(const void *map);
void pt_mapped_free(void *map);

#endif
