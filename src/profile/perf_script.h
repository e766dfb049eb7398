/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PERF_SCRIPT_H
#define PT_PERF_SCRIPT_H

#include "perftop/base/str.h"
#include "perftop/profile/reader.h"

#include <stdint.h>
#include <string.h>

/*
 * Text of perf script: what a line is (perf_script_line.c), how its frames are named
 * (perf_script_names.c), and what addr2line says of it (perf_script_inline.c). read_perf_script.c
 * makes stacks of it. Each has two manners: that of the customary collapser, stackcollapse-perf.pl,
 * to the letter; and that of the view, which understands more of what perf can print.
 */
static inline bool pt_slice_same(struct pt_slice a, struct pt_slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

static inline bool pt_slice_ends(struct pt_slice a, const char *s)
{
	size_t n = strlen(s);

	return a.n >= n && memcmp(a.s + a.n - n, s, n) == 0;
}

/* The offset of s in a, from `from` on; a.n: it is not there. */
size_t pt_slice_find(struct pt_slice a, const char *s, size_t from);
struct pt_slice pt_slice_base(struct pt_slice path); /* behind the last slash */

/* Blanks, digits and letters as they are in ASCII, whatever the locale. */
enum { PT_SCRIPT_BLANK = 1, PT_SCRIPT_DIGIT = 2, PT_SCRIPT_WORD = 4, PT_SCRIPT_HEX = 8 };
extern const uint8_t pt_script_class[256];
#define PT_SCRIPT_IS(c, class) (pt_script_class[(uint8_t)(c)] & (class))

/* The line that begins a sample: "java 24636/25607 [000] 94564.109216: 100 cycles:". */
struct pt_script_head {
	struct pt_slice comm;
	struct pt_slice pid, tid; /* digits; pid is empty when there is only one number */
	struct pt_slice period, event;
	struct pt_slice rest; /* behind the event; of the view alone */
	int64_t at_ns;	      /* -1: no time; of the view alone */
};
bool pt_script_head_collapse(struct pt_slice line, struct pt_script_head *ret);
/* whole: only a head that has a process, as it must where a frame may stand as well. */
bool pt_script_head_view(struct pt_slice line, bool whole, struct pt_script_head *ret);

/* A line of a stack: "    7fcee8ef2ad7 main+0x17 (/usr/bin/true)". */
struct pt_script_frame {
	struct pt_slice address, symbol, module; /* symbol with its offset */
};
bool pt_script_frame_collapse(struct pt_slice line, struct pt_script_frame *ret);
bool pt_script_frame_view(struct pt_slice line, struct pt_script_frame *ret);
struct pt_slice pt_script_without_offset(struct pt_slice symbol); /* "+0x1f" at its end */

/* What addr2line says of the addresses of a whole text: asked once for each object. */
struct pt_script_inline;
/* What could not be asked is noted in p. -PT_ECANCELED. */
int pt_script_inline_new(const struct pt_profile_input *in, const struct pt_read_options *options,
			 struct pt_profile *p, struct pt_script_inline **ret, struct pt_err *err);
void pt_script_inline_free(struct pt_script_inline *inlined);
/* Functions from the outermost in, joined by ";"; NULL: it does not know them. */
const char *pt_script_inline_find(struct pt_script_inline *inlined,
				  const struct pt_script_frame *frame);

/* Names of frames. */
struct pt_script_names {
	struct pt_frames *frames;
	const struct pt_collapse *collapse; /* NULL: the view's names */
	struct pt_script_inline *inlined;   /* or NULL */
	struct pt_str text[3];		    /* scratch */
	uint32_t *ids;			    /* of frames, for who keeps them */
	size_t n_ids, cap_ids;
	size_t first;	  /* of this line's */
	size_t max_bytes; /* of frames; 0: no limit */
};
void pt_script_names_release(struct pt_script_names *names);
/* How many lines behind it belong to this one: the source lines that --srcline expects. */
size_t pt_script_names_lines(const struct pt_script_names *names, struct pt_slice line);
/* Appends the frames of a line (and of those that belong to it) to ids, the outermost first. False:
 * it is no frame. java: names of Java are made shorter; kernel: its address is one of the kernel. */
bool pt_script_names_add(struct pt_script_names *names, struct pt_slice lines, bool java,
			 bool kernel);
/* Appends one frame for each part of text between ";". */
void pt_script_names_split(struct pt_script_names *names, const char *text, size_t n);

enum pt_script_line_flags {
	PT_SCRIPT_JAVA = 1,  /* of a process of Java */
	PT_SCRIPT_KERNEL = 2 /* its address is one of the kernel */
};

/* A line of a stack. */
struct pt_script_line {
	const char *s; /* what tells it from others */
	uint32_t n;
	uint32_t number;
	uint16_t before; /* bytes between its address and s */
	uint8_t flags;
	uint32_t node; /* where it led */
};

/* Its frames: names.ids[first] and so on. */
struct pt_script_entry {
	const char *s; /* NULL: empty */
	uint32_t n, hash;
	uint32_t first, count;
	uint8_t flags;
	bool bad; /* no frame */
};

/* Lines by their text, which has to stay where it is. Zero-initialise. */
struct pt_script_cache {
	struct pt_script_entry *entries;
	size_t n, cap;
};

const struct pt_script_entry *pt_script_cache_find(struct pt_script_cache *cache,
						   struct pt_script_names *names,
						   const struct pt_script_line *line);
/* Between samples: forgets all, ids too, when there is too much of it. */
void pt_script_cache_trim(struct pt_script_cache *cache, struct pt_script_names *names);
void pt_script_cache_forget(struct pt_script_cache *cache, struct pt_script_names *names);
/* Will it grow for that many lines more? */
static inline bool pt_script_cache_grows(const struct pt_script_cache *cache, size_t lines)
{
	return (cache->n + lines) * 2 >= cache->cap;
}
/* Between samples: forgets all and holds no memory, nor do ids. */
void pt_script_cache_drop(struct pt_script_cache *cache, struct pt_script_names *names);
/* Of memory, with ids. */
size_t pt_script_cache_bytes(const struct pt_script_cache *cache,
			     const struct pt_script_names *names);

#endif
