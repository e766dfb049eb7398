/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_READER_H
#define PT_PROFILE_READER_H

#include "perftop/profile/profile.h"

#include <stdatomic.h>

/*
 * Readers of profiles that other tools write: one file read_<name>.c and one row of readers.def
 * each. Everything read is hostile: sizes are bounded, errors are `file:line: what, expected what`
 * of text and `file@offset: …` of binary formats. What was read before a fault stays.
 */
struct pt_profile_input {
	const char *name; /* what errors call it: the path, "stdin" */
	const char *path; /* of the file itself (for perf script), or NULL: there is only data */
	const char *dir;  /* path of a folder, else NULL */
	const char *data; /* mapped, gzip and zstd undone; not terminated; "" of a folder */
	size_t len;
};

/* How the customary collapser (stackcollapse-perf.pl) names frames; its options of these names. */
struct pt_collapse {
	bool pid, tid, kernel, jit, all, addrs, inlined, context, srcline;
	bool tidy_java, tidy_generic; /* both on by default, as there */
	const char *event_filter;     /* NULL: the first event */
};

/*
 * Between who reads and another thread, which asks it to end and sees how far it is. Zeroes are the
 * begin.
 */
enum pt_read_ask {
	PT_READ_ON,
	PT_READ_ENOUGH, /* what was read so far is shown, as before a fault */
	PT_READ_CANCEL, /* -PT_ECANCELED soon */
};
struct pt_read_watch {
	atomic_int ask;
	atomic_bool unpacking;	/* what was compressed; its text is read after that */
	atomic_size_t done, of; /* bytes; of 0: how many there are is not known */
	size_t before;		/* of a folder: in files that have been read; the reader's own */
	bool folder;
};

/* NULL members and zeroes are the defaults. */
struct pt_read_options {
	const struct pt_profile_reader *reader; /* NULL: found by sniffing */
	const char *name;			/* what errors call the file; NULL: its path */
	struct pt_frames *frames;		/* to share; NULL: a new table */
	const char *value;			/* which of several; NULL: the file's own default */
	size_t max_memory;			/* PT_READ_MAX_MEMORY */
	bool moments;				/* keep the moment of each sample */
	bool threads; /* roots are threads (PT_FRAME_THREAD) where the file knows them */
	/* Name frames as `fold` does instead of as the view does. Kinds are then all PT_FRAME_USER:
	 * marks like _[k], which folded text is given by kind, are part of such a name. */
	bool collapse;
	struct pt_collapse names;
	bool inlined;		     /* symbolise inlined frames too (debug info; slow) */
	bool debuginfod;	     /* ask debuginfod-find for what is not here */
	const char *symfs;	     /* folder before paths of objects; NULL: "" */
	struct pt_read_watch *watch; /* or NULL */
};
#define PT_READ_MAX_MEMORY ((size_t)512 << 20)

enum { PT_SNIFF_BYTES = 64 << 10 }; /* that sniffing looks at */

struct pt_profile_reader {
	const char *name;  /* "folded": in messages and for --format */
	const char *title; /* "folded stacks (stackcollapse-*.pl, inferno)" */
	/* 0: not this; the higher the surer, 100 at most. Looks at PT_SNIFF_BYTES at most. */
	int (*sniff)(const struct pt_profile_input *in);
	/* Fills p, initialised. 0, or an error with err filled; what p has by then is kept and marked
	 * partial if the tree has weight. -PT_ESYNTAX, -PT_ELIMIT (max_memory), -PT_ENODATA,
	 * -PT_ENOTSUP, -PT_ECANCELED. Need not call pt_profile_finish. */
	int (*read)(const struct pt_profile_input *in, const struct pt_read_options *options,
		    struct pt_profile *p, struct pt_err *err);
};

extern const struct pt_profile_reader *const pt_profile_readers[]; /* of readers.def */
extern const size_t pt_n_profile_readers;
const struct pt_profile_reader *pt_profile_reader_find(const char *name); /* or NULL */

/*
 * Reads a file, a folder (every profile in it, as Criterion's --profile-time leaves them, merged) or,
 * with path "-", stdin. May block: in the console a worker calls it. *ret is finished; release it.
 * Errors: those of the reader when nothing could be read; -PT_ENOTSUP when no reader knows it (the
 * message lists what was looked for), -PT_ENOENT, -PT_EACCES, -PT_EIO.
 */
int pt_profile_read(const char *path, const struct pt_read_options *options, struct pt_profile *ret,
		    struct pt_err *err);
/* The same of bytes at hand. */
int pt_profile_read_data(const struct pt_profile_input *in, const struct pt_read_options *options,
			 struct pt_profile *ret, struct pt_err *err);

#endif
