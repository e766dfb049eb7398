/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_FRAMES_H
#define PT_PROFILE_FRAMES_H

#include <stddef.h>
#include <stdint.h>

/*
 * Interned frames: what stands in one place of a stack. One table serves every tree that is to be
 * compared (both sides of a difference, windows of a live profile), so that equal frames have equal
 * ids there. It only grows (a sampler that runs for days leaves it for another one); a frame never
 * moves, so a thread that was handed an id may read it while another interns (which one thread at a
 * time does).
 */
enum pt_frame_kind {
	PT_FRAME_USER,
	PT_FRAME_KERNEL,
	PT_FRAME_INLINED, /* of what its caller's code holds */
	PT_FRAME_JIT,
	PT_FRAME_THREAD, /* the root of a thread's stacks: name is the command, with pid and tid */
	PT_FRAME_KINDS
};

struct pt_frame {
	const char *name;   /* hostile text, without folded's ";"; never NULL */
	const char *module; /* path or name of the object; "" unknown */
	const char *file;   /* source; "" unknown */
	uint32_t line;	    /* 0 unknown */
	int32_t pid, tid;   /* of PT_FRAME_THREAD; else 0 */
	enum pt_frame_kind kind;
};

struct pt_frames;

/* Bytes; what is longer is cut and ends in "…". Templates of C++ do come to tens of KiB. */
enum { PT_FRAME_NAME_MAX = 65536 };
#define PT_NO_FRAME UINT32_MAX

struct pt_frames *pt_frames_new(void);
struct pt_frames *pt_frames_ref(struct pt_frames *frames); /* any thread */
void pt_frames_unref(struct pt_frames *frames);		   /* any thread; the last one frees */

/* Where several threads intern into one table (a sampler beside who groups its trees), each holds
 * this while it does. Reading frames needs no lock. */
void pt_frames_lock(struct pt_frames *frames);
void pt_frames_unlock(struct pt_frames *frames);

/* The frame's id; members that are NULL count as "". */
uint32_t pt_frames_intern(struct pt_frames *frames, const struct pt_frame *frame);
/* The same of a name alone: n bytes at s, not terminated. The quick way. */
uint32_t pt_frames_name(struct pt_frames *frames, const char *s, size_t n, enum pt_frame_kind kind);

const struct pt_frame *pt_frames_get(const struct pt_frames *frames, uint32_t id);
uint32_t pt_frames_count(const struct pt_frames *frames);
size_t pt_frames_bytes(const struct pt_frames *frames); /* of memory that it holds */

#endif
