/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_BUILD_ID_H
#define PT_PROFILE_BUILD_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The identity that the linker writes into an object, and the folders where files are kept by it. */
enum { PT_BUILD_ID_MAX = 32 };

struct pt_build_id {
	uint8_t bytes[PT_BUILD_ID_MAX];
	size_t n; /* 0: none */
};

/* One of more than PT_BUILD_ID_MAX bytes, or none, becomes none. */
void pt_build_id_set(struct pt_build_id *id, const uint8_t *bytes, size_t n);
/* perf pads them to 20 bytes with zeros. */
bool pt_build_id_equal(const struct pt_build_id *a, const struct pt_build_id *b);
bool pt_build_id_of_fd(int fd, struct pt_build_id *ret);

/* A regular file, never waiting for it: the descriptor, or -1. */
int pt_open_file(const char *path);

/* What the caches and folders have of it: the object itself, or what was split off (also below
 * root, "": none). The descriptor of a file that has this very id, or -1; *ret_path is yours then. */
int pt_build_id_find_object(const struct pt_build_id *id, char **ret_path);
int pt_build_id_find_debug(const struct pt_build_id *id, const char *root, char **ret_path);
/* kallsyms that perf kept; not checked. */
int pt_build_id_find_kallsyms(const struct pt_build_id *id, char **ret_path);
/* Asks debuginfod-find for "debuginfo" or "executable"; may take a minute. */
int pt_build_id_download(const struct pt_build_id *id, const char *what, char **ret_path);

#endif
