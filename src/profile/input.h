/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_SRC_PROFILE_INPUT_H
#define PT_SRC_PROFILE_INPUT_H

#include "perftop/profile/reader.h"

/*
 * A profile's bytes as readers want them: one mapped piece. Pipes, and what gzip and zstd hold, go
 * through a temporary file that has no name. What could be had before a fault is there all the
 * same, with the fault beside it.
 */
struct pt_input {
	struct pt_profile_input in;
	char *name; /* what in.name points to */
	void *map;
	struct pt_err fault; /* code 0: none */
};

/* Bytes that a pipe or packed data may have; and packed data not more than this many times its
 * size, beyond the first 64 MiB. */
#define PT_INPUT_MAX ((uint64_t)4 << 30)
#define PT_INPUT_RATIO 512

/*
 * Who reads name is at that byte of so many (0: not known). Told often, as that is also how it hears
 * that it is to end: 0 to go on, else the fault to end with, in err: -PT_ECANCELED or (what was read is
 * wanted) -PT_ETIMEDOUT, once each time that somebody asks. It never goes back. watch may be NULL.
 */
int pt_read_step(struct pt_read_watch *watch, const char *name, size_t done, size_t of,
		 struct pt_err *err);

/* "-" is stdin. path is borrowed until it is closed; name is what errors call it, NULL: its path. A
 * folder has in.dir and no data. -PT_ENOENT, -PT_EACCES, -PT_EIO, -PT_ECANCELED. */
int pt_input_open(struct pt_input *input, const char *path, const char *name,
		  struct pt_read_watch *watch, struct pt_err *err);
/* Bytes at hand that are packed, which may go when it is open; no other ones. */
int pt_input_open_packed(struct pt_input *input, const char *name, const void *data, size_t n,
			 struct pt_read_watch *watch, struct pt_err *err);
/* After reading: what was wrong with the bytes themselves; NULL: nothing. */
const struct pt_err *pt_input_fault(struct pt_input *input);
void pt_input_close(struct pt_input *input);

/* A temporary file without a name, in $TMPDIR or /tmp. A descriptor, or an error. */
int pt_input_temp(const char *name, struct pt_err *err);
int pt_input_write(int fd, const void *data, size_t n, const char *name, struct pt_err *err);

/* Is it packed? Then unpacked into fd, at most max bytes: 0, or what is broken (what came before is
 * in fd). */
bool pt_input_packed(const char *data, size_t n);
int pt_input_unpack(const struct pt_profile_input *in, int fd, uint64_t max,
		    struct pt_read_watch *watch, struct pt_err *err);

#endif
