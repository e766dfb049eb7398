/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_COLLECT_ROOT_H
#define PT_COLLECT_ROOT_H

#include "perftop/base/clock.h"
#include "perftop/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Where /proc and /sys are. The machine's own root reads "/"; a fixture is a folder of frames
 * 000, 001 … (tests/fixtures/README) that stands for successive moments: a file missing in a
 * frame is taken from the newest earlier one, unless a line of that frame's own file `.gone` names
 * it or a folder above it ("proc/123"). DIR/clock tells each frame's times, one line a frame:
 * `mono_ns real_ns`, mono_ns growing; frames without a line follow 1 s after the one before, the
 * first stands at mono 1000 s. A folder opened by itself is that of the newest frame that has it;
 * pt_root_list shows all frames' files.
 */
struct pt_root;

/* path NULL or "/": this machine. Else a fixture folder (with frames, or itself a single tree).
 * -PT_ENOENT, -PT_ESYNTAX (its clock file). */
int pt_root_open(const char *path, struct pt_root **ret, struct pt_err *err);
void pt_root_free(struct pt_root *root);
bool pt_root_is_fixture(const struct pt_root *root);

/* Fixtures: goes to the next frame (stays on the last; returns false there) and moves the fixture's
 * clock with it. */
bool pt_root_advance(struct pt_root *root);
int pt_root_frames(const struct pt_root *root);
/* The clock to use with this root: the system's, or the fixture's own. */
const struct pt_clock *pt_root_clock(const struct pt_root *root);

/* openat() below the root, O_CLOEXEC; path without a leading slash ("proc/stat"). fd or -1 with
 * errno. Folders too (flags O_DIRECTORY). */
int pt_root_openfd(const struct pt_root *root, const char *path, int flags);

/*
 * A file that stays open and is read again with pread. The text lies in a buffer shared by all
 * files of the root, valid until the next read of any of them; it is terminated.
 *
 * path     borrowed for the file's life
 * Returns  length, or -1 with errno (ENOENT, EACCES, …); a vanished file is closed and tried anew
 *          at the next read
 */
struct pt_pfile {
	const char *path;
	int fd;
	unsigned gen;	   /* of the root when fd was opened */
	bool long_records; /* a record may exceed 1 KiB (cpuinfo): read until the kernel says end */
};

#define PT_PFILE(p)                   \
	{                             \
		.path = (p), .fd = -1 \
	}

/* Opens it ahead of the first read: 0, or -1 with errno. */
int pt_pfile_open(struct pt_pfile *file, struct pt_root *root);
ssize_t pt_pfile_read(struct pt_pfile *file, struct pt_root *root, char **ret_text);
void pt_pfile_close(struct pt_pfile *file);

/* A small file read once: its first number, e.g. of sysfs. 0, or -1 with errno. */
int pt_root_read_u64(struct pt_root *root, const char *path, uint64_t *ret);
/* A small file read once: its text without the line end, cut at size. Length or -1 with errno. */
ssize_t pt_root_read_text(struct pt_root *root, const char *path, char *out, size_t size);

/* Calls fn for each name in a folder (without . and ..), unordered. 0, or -1 with errno. */
int pt_root_list(struct pt_root *root, const char *path, void (*fn)(void *arg, const char *name),
		 void *arg);

/* "not available: no such file /proc/pressure/cpu (kernel without PSI?)": words for errno. */
const char *pt_root_reason(int errnum, const char *path, char *buf, size_t size);

#endif
