/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_SCAN_H
#define PT_PROFILE_SCAN_H

#include "perftop/profile/reader.h"

struct pt_json_pull;

/*
 * What readers of text have in common: a line at a time, taken apart in place, nothing copied;
 * errors at their line and column; memory that counts towards the limit of the profile's tree.
 */
struct pt_scan {
	const struct pt_profile_input *in;
	const struct pt_read_options *options;
	struct pt_profile *profile;
	struct pt_err *err;
	const char *next;     /* the line after this one */
	const char *start;    /* this line's begin, */
	const char *at, *end; /* what of it is not yet taken, without its line end */
	int line;	      /* its number, from 1 */
	int stopped;  /* the fault, told, of a loop over lines that was asked to end; else 0 */
	size_t aside; /* bytes, see pt_scan_set_aside */
	/* For readers that go over their data more than once: this pass of so many. */
	unsigned pass, passes;
};

/* Is that text among the first PT_SNIFF_BYTES? */
bool pt_scan_holds(const struct pt_profile_input *in, const char *text);

/* All borrowed. A byte-order mark is passed over. */
void pt_scan_init(struct pt_scan *s, const struct pt_profile_input *in,
		  const struct pt_read_options *options, struct pt_profile *profile,
		  struct pt_err *err);
/* The next line; false at the end, and soon after somebody asks for that (see pt_read_step). */
bool pt_scan_next(struct pt_scan *s);
/* The same for what is not read by lines: it is at that byte. 0, or the fault, told, to end with. */
int pt_scan_step(const struct pt_scan *s, size_t at);
/* Error at s->at. Returns -code. */
int pt_scan_fail(const struct pt_scan *s, enum pt_error code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Each takes what it says from s->at on, or nothing and is false. */
bool pt_scan_skip(struct pt_scan *s, const char *text); /* that text */
void pt_scan_blanks(struct pt_scan *s);
bool pt_scan_number(struct pt_scan *s, uint64_t *ret); /* decimal; saturates */
bool pt_scan_hex(struct pt_scan *s, uint64_t *ret);    /* without 0x; saturates */
/* Up to a blank or the end; false when there is nothing. */
bool pt_scan_token(struct pt_scan *s, const char **ret, size_t *ret_len);
static inline size_t pt_scan_left(const struct pt_scan *s)
{
	return (size_t)(s->end - s->at);
}

/*
 * Counts bytes that the reader is about to keep in tables of its own: what they take the tree
 * cannot have any more. -PT_ELIMIT when the limit is reached, told in err.
 */
int pt_scan_take(struct pt_scan *s, size_t bytes);
/* The same for JSON, where the fault is the pull's. True: go on. */
bool pt_scan_take_json(struct pt_scan *s, struct pt_json_pull *j, size_t bytes);
/* Would it fit? Nothing is counted or told. */
bool pt_scan_fits(const struct pt_scan *s, size_t bytes);
/* What was counted and is no longer kept. */
void pt_scan_give(struct pt_scan *s, size_t bytes);
/*
 * For readers that make stacks only when all is read: half of what is allowed is kept back until the
 * tables are at an end, so that those which the limit cut short become stacks, too.
 */
void pt_scan_set_aside(struct pt_scan *s);
void pt_scan_use_aside(struct pt_scan *s);
/* The error of a tree that is full, at the line that is read: "more than 512 MiB of memory are needed,
 * the limit". */
int pt_scan_full(const struct pt_scan *s);

/*
 * Chooses the value that options->value names, or else the one at otherwise; values are all added by
 * then. -PT_ENOENT with a list of them.
 */
int pt_scan_choose(const struct pt_scan *s, size_t otherwise);

/* Counts whose sum is more than this cannot be samples: they are time, bytes or events. */
enum { PT_SAMPLES_MAX = 100 * 1000000 };

/* A frame without a name, of a module's path ("" unknown): "[libc.so.6]". */
uint32_t pt_frame_unnamed(struct pt_frames *frames, const char *module);
/* The same frame, inlined. */
uint32_t pt_frame_inlined(struct pt_frames *frames, uint32_t id);

/* For sniffing: is there a line among the first 64 KiB that begins so? */
bool pt_scan_has_line(const struct pt_profile_input *in, const char *begin);
/* Does the data begin so? */
bool pt_scan_begins(const struct pt_profile_input *in, const char *begin);

#endif
