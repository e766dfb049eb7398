/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_PIECES_H
#define PT_PROFILE_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pt_object;

/* A piece of an address space. */
struct pt_piece {
	uint64_t start, end, pgoff;
	uint64_t inode;
	bool deleted;		     /* the file has no path any more */
	bool image;		     /* pgoff counts from the object's lowest address */
	uint64_t map_start, map_end; /* of the whole mapping, as /proc names it */
	struct pt_object *object;
};

/*
 * The pieces of one space, ascending and apart, in blocks that spaces share until one of them changes
 * its own: a recording can have a process of 65,000 mappings, told in any order, and a child of it in
 * every 48 bytes. Zero-initialise.
 */
struct pt_pieces {
	struct pt_piece_run {
		uint64_t end; /* of its last piece */
		struct pt_piece_block *block;
	} * runs;
	size_t n_runs, cap_runs;
	size_t n;	       /* pieces */
	size_t *bytes;	       /* of what all spaces hold; set before anything is put in */
	size_t last, last_run; /* where the last address was */
};

/* No change takes more memory than this at once. */
size_t pt_pieces_more(const struct pt_pieces *pieces);
void pt_pieces_release(struct pt_pieces *pieces);
/* What from has, into an empty one. */
void pt_pieces_share(struct pt_pieces *pieces, const struct pt_pieces *from);
/* Takes the place of whatever is there. */
void pt_pieces_put(struct pt_pieces *pieces, const struct pt_piece *piece);
/* Whatever is there, even in part, goes whole. */
void pt_pieces_drop(struct pt_pieces *pieces, uint64_t start, uint64_t end);
/* The one that holds addr, until the next change, or NULL. */
const struct pt_piece *pt_pieces_find(struct pt_pieces *pieces, uint64_t addr);

#endif
