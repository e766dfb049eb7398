/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_SYMBOLS_PRIV_H
#define PT_PROFILE_SYMBOLS_PRIV_H

#include "build_id.h"
#include "pieces.h"
#include "symtab.h"

#include "perftop/base/map.h"
#include "perftop/profile/symbols.h"

#include <elfutils/libdwfl.h>

/* What the files of symbols share. */

/* A part of an object that is loaded: file offsets become addresses of the object here. */
struct pt_segment {
	uint64_t offset, vaddr, size;
	bool exec;
};

enum pt_object_kind {
	PT_OBJECT_FILE,
	PT_OBJECT_ANON, /* code made while it ran: asked of the JIT's map first */
	PT_OBJECT_VDSO,
	PT_OBJECT_NAME, /* "[vsyscall]": a name is all there is */
};

struct pt_cfi;	 /* unwind.c */
struct pt_debug; /* inlined.c */

/* A file with code, whoever maps it. */
struct pt_object {
	struct pt_symbols *symbols;
	enum pt_object_kind kind;
	char *path;		   /* as it was mapped: the module of frames */
	uint32_t unknown;	   /* the frame "[module]", when it was asked for */
	struct pt_build_id wanted; /* that the recording tells; n 0: does not */
	int tries;		   /* to open it that failed */
	bool other;		   /* what was found is not what ran */
	bool open;
	int fd;	     /* of the file; -1 of the vdso */
	char *image; /* of the vdso, copied */
	size_t n_image;
	char *found; /* the path that it was opened by */
	struct pt_build_id id;
	uint64_t low, high; /* its own addresses */
	struct pt_segment *segments;
	size_t n_segments;
	struct pt_symtab table;
	bool loaded;
	int loads;
	uint64_t used; /* when; of symbols->clock */
	Dwfl *dwfl;    /* of CFI and debug info, opened when they are asked for */
	Dwfl_Module *module;
	bool module_tried;
	bool asked; /* debuginfod, in vain */
	struct pt_cfi *cfi;
	struct pt_debug *debug;
};

struct pt_jit_map;

struct pt_space {
	struct pt_symbols *symbols;
	pid_t pid;
	struct pt_pieces pieces;
	struct pt_jit_map *jit;
	pid_t stuck;	 /* a thread that was asked to stop and has not yet */
	bool whole;	 /* the last unwinding came to the end of the stack */
	bool live;	 /* /proc was read for it: its pid is that process */
	int64_t read_ns; /* when */
	struct pt_space *prev, *next;
};

struct pt_kernel;

enum { PT_ENTRY_BYTES = 128 }; /* of a map's entry, and what the allocator keeps beside it */

struct pt_symbols {
	struct pt_frames *frames;
	struct pt_symbols_options options;
	char *symfs, *proc;
	struct pt_map objects; /* by what tells them apart */
	struct pt_map ids;     /* struct pt_build_id, by path */
	struct pt_kernel *kernel;
	struct pt_space *spaces;
	uint32_t unknown; /* the frame "[unknown]" */
	uint64_t clock;
	size_t bytes;	    /* of tables, maps of JITs, mappings, objects, build ids */
	size_t table_bytes; /* of them those of objects' tables, which can be dropped */
	char *note;
};

/* -- symbols.c */
uint32_t pt_symbols_frame(struct pt_symbols *symbols, const char *mangled, const char *module,
			  enum pt_frame_kind kind);
/* Room for so many more bytes? Drops tables that were not used for long. */
bool pt_symbols_room(struct pt_symbols *symbols, size_t bytes, const struct pt_object *keep);
void pt_symbols_add_note(struct pt_symbols *symbols, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* -- object.c */
bool pt_path_deleted(const char *path); /* as the kernel marks it */
struct pt_object *pt_object_new(struct pt_symbols *symbols, const char *path,
				enum pt_object_kind kind);
void pt_object_free(struct pt_object *object);
uint32_t pt_object_unknown(struct pt_object *object); /* the frame "[module]" */
/* Finds and opens the file, by the process that maps it too. */
bool pt_object_open(struct pt_object *object, const struct pt_space *space,
		    const struct pt_piece *piece);
/* The same of a file that is open already, which it takes. */
bool pt_object_adopt(struct pt_object *object, int fd, char *path);
/* The object's own address of an offset in its file; false: nothing is loaded from there. */
bool pt_object_address(const struct pt_object *object, uint64_t offset, uint64_t *ret);
/* A new handle of libelf; mapped: nothing is read before it is needed. */
Elf *pt_object_elf(struct pt_object *object, bool mapped);

/* -- object_module.c */
/* libdwfl's view of it, at its own addresses: yours to end; NULL: it cannot be read. */
Dwfl *pt_object_dwfl(struct pt_object *object, Dwfl_Module **ret);
/* The one that stays open; NULL: it cannot be read. */
Dwfl_Module *pt_object_module(struct pt_object *object);
void pt_object_close_module(struct pt_object *object);

/* -- object_symbols.c */
void pt_object_load(struct pt_object *object);
/* The address of a symbol by its name. */
bool pt_object_symbol(struct pt_object *object, const char *name, uint64_t *ret);
void pt_object_unload(struct pt_object *object);
/* The frame of the object's address; "[module]" without symbol. */
uint32_t pt_object_frame(struct pt_object *object, uint64_t addr);

/* -- object_plt.c: entries of the procedure linkage table, as "name@plt" */
void pt_object_plt(Elf *elf, struct pt_symtab *table);

/* -- kernel_symbols.c */
void pt_kernel_free(struct pt_kernel *kernel);

/* -- jit_map.c */
void pt_jit_map_free(struct pt_space *space);
/* PT_NO_FRAME when the JIT's map does not have it. */
uint32_t pt_jit_map_frame(struct pt_space *space, uint64_t addr);

/* -- unwind.c */
void pt_cfi_free(struct pt_cfi *cfi);

/* -- unwind_thread.c: is no thread left that was asked to stop? Lets go of one that has. */
bool pt_unwind_let_go(struct pt_space *space);

/* -- inlined.c */
void pt_debug_free(struct pt_debug *debug);
/* The function's frame with where it is defined, and what is inlined in it at addr, the outermost
 * first. Without debug info the frame alone. */
size_t pt_debug_frames(struct pt_object *object, uint64_t addr, uint32_t function, uint32_t *ret,
		       size_t max);

/* -- space.c */
const struct pt_piece *pt_space_find(struct pt_space *space, uint64_t addr);
/* The object and its own address; NULL when it is mapped nowhere or its file cannot be had. */
struct pt_object *pt_space_object(struct pt_space *space, uint64_t addr, uint64_t *ret_addr);

#endif
