/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_SYMBOLS_H
#define PT_PROFILE_SYMBOLS_H

#include "perftop/base/err.h"
#include "perftop/profile/frames.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * From addresses to frames. Objects (files with code) are opened once, whoever maps them; each
 * process has an address space of what is mapped where. The one home of libdw and libelf. May
 * block (symbol tables of files on a network): never called on the loop thread. One thread at a
 * time uses a pt_symbols and what was made of it.
 */
struct pt_symbols;
struct pt_space; /* the address space of one process */

struct pt_symbols_options {
	const char *symfs; /* folder before the paths of objects; NULL: "" */
	bool inlined;	   /* resolve inlined frames and source lines at once */
	bool debuginfod;   /* ask debuginfod-find for what is not here (a child process) */
	bool this_machine; /* kallsyms and /proc/PID of running processes mean this recording */
	const char *proc;  /* NULL: "/proc" */
	/* Of symbol tables, objects, mappings, maps of JITs; 0: 256 MiB. What is beyond stays [module],
	 * or [unknown] when its mapping had no room. */
	size_t max_memory;
};

struct pt_symbols *pt_symbols_new(struct pt_frames *frames,
				  const struct pt_symbols_options *options);
void pt_symbols_free(struct pt_symbols *symbols); /* and every space of it */
/* The first thing that a reader of the frames should know: "libx.so is another file than the one that
 * ran: without symbols"; "" for nothing. Borrowed. */
const char *pt_symbols_note(const struct pt_symbols *symbols);

/* Symbols of the kernel, loaded when the first kernel address is asked for. With kptr_restrict, or
 * without this_machine and a matching build id, kernel frames are "[kernel]". */
uint32_t pt_symbols_kernel(struct pt_symbols *symbols, uint64_t ip);
/* From the recording's own header, before the first look-up: text of kallsyms, or kernel mappings. */
void pt_symbols_kernel_map(struct pt_symbols *symbols, uint64_t start, uint64_t len, uint64_t pgoff,
			   const char *name);
/* What a recording says an object's build id is (perf.data's table): tells whether the file of that
 * path is still the one that ran, and finds it in the caches of build ids. */
void pt_symbols_build_id(struct pt_symbols *symbols, const char *path, const uint8_t *id, size_t n);

struct pt_space *pt_space_new(struct pt_symbols *symbols, pid_t pid);
struct pt_space *pt_space_fork(const struct pt_space *parent, pid_t pid);
void pt_space_free(struct pt_space *space);
void pt_space_clear(struct pt_space *space); /* after exec */

/* A mapping as PERF_RECORD_MMAP2 tells it; replaces what it overlaps. build_id may be NULL. */
struct pt_mapping {
	uint64_t start, len, pgoff;
	uint64_t inode;
	uint32_t major, minor;
	const char *path; /* "/usr/lib/x.so", "//anon", "[vdso]" */
	const uint8_t *build_id;
	size_t n_build_id;
	bool image; /* of the object's own addresses from the lowest on; else of its file */
};
void pt_space_map(struct pt_space *space, const struct pt_mapping *mapping);
/* A line of /proc/PID/maps, "7f..-7f.. r-xp 00001000 08:01 1234    /path"; what is not executable, or
 * no such line, is passed over. */
void pt_space_map_line(struct pt_space *space, const char *line);
/* All executable mappings of a running process (/proc/PID/maps). -PT_ENOENT, -PT_EACCES. */
int pt_space_read(struct pt_space *space, struct pt_err *err);

/*
 * The frames of an address, the outermost first: with inlined, the function and what is inlined in
 * it there; else one. return_address: it is one, so what stands before it is looked up (ip - 1).
 * At least one frame, "[module]" or "[unknown]" when there is no symbol. Returns how many (<= max).
 * Order: /tmp/perf-PID.map for JITs, then the object's symtab, dynsym, .gnu_debugdata, PLT.
 */
size_t pt_space_frames(struct pt_space *space, uint64_t ip, bool return_address, uint32_t *ret,
		       size_t max);
/* The module and offset of an address, for names without symbols; NULL: mapped nowhere. */
const char *pt_space_module(struct pt_space *space, uint64_t ip, uint64_t *ret_offset);

/* What unwinding starts from: registers and a copy of the stack's top, as perf samples them. */
struct pt_unwind_state {
	uint64_t abi;	      /* PERF_SAMPLE_REGS_ABI_64 alone is unwound */
	uint64_t regs_mask;   /* which registers, perf's numbering */
	const uint64_t *regs; /* one for each bit */
	const uint8_t *stack;
	size_t n_stack;
	pid_t tid;
};
/* Addresses from the innermost out; callers are return addresses. Returns how many; 0: nothing. */
size_t pt_space_unwind(struct pt_space *space, const struct pt_unwind_state *state, uint64_t *ips,
		       size_t max);
/* Did the last one come to the outermost frame? Else the copy of the stack was too short, or code on
 * the way has neither unwind tables nor frame pointers. */
bool pt_space_unwound_whole(const struct pt_space *space);
/* The same of a thread that runs, stopped for it by ptrace: how many, or -PT_EACCES, -PT_ENOENT,
 * -PT_ETIMEDOUT (it does not stop), -PT_ENOTSUP (of 32 bits). */
int pt_space_unwind_thread(struct pt_space *space, pid_t tid, uint64_t *ips, size_t max,
			   struct pt_err *err);

/* C++, Rust (legacy and v0, without hash), as libiberty does it; a copy of name when it is none.
 * Yours. Bounded: a name of more than PT_FRAME_NAME_MAX bytes is not looked into. */
char *pt_demangle(const char *name);

#endif
