/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is mapped where. A change moves the pieces of one block and the list of blocks, which is a
 * sixty-fourth of them; a block that another space has as well is copied first.
 */
#include "pieces.h"

#include "perftop/base/mem.h"

#include <string.h>

enum { BLOCK_MIN = 4, BLOCK_MAX = 64 };

struct pt_piece_block {
	uint32_t refs, n, cap;
	struct pt_piece v[];
};

struct place {
	size_t run, i;
};

static size_t block_bytes(size_t cap)
{
	return sizeof(struct pt_piece_block) + cap * sizeof(struct pt_piece);
}

static struct pt_piece_block *block_new(struct pt_pieces *p, uint32_t cap, const struct pt_piece *v,
					uint32_t n)
{
	struct pt_piece_block *block = pt_malloc(block_bytes(cap));

	block->refs = 1;
	block->n = n;
	block->cap = cap;
	if (n)
		memcpy(block->v, v, n * sizeof *v);
	*p->bytes += block_bytes(cap);
	return block;
}

static void block_unref(struct pt_pieces *p, struct pt_piece_block *block)
{
	if (--block->refs)
		return;
	*p->bytes -= block_bytes(block->cap);
	free(block);
}

/* A block of its own, with room for so many more. */
static struct pt_piece_block *own(struct pt_pieces *p, size_t run, uint32_t more)
{
	struct pt_piece_block *old = p->runs[run].block;
	uint32_t cap = old->cap;

	while (cap < old->n + more)
		cap *= 2;
	if (old->refs == 1 && cap == old->cap)
		return old;
	p->runs[run].block = block_new(p, cap, old->v, old->n);
	block_unref(p, old);
	return p->runs[run].block;
}

static void set_end(struct pt_pieces *p, size_t run)
{
	const struct pt_piece_block *block = p->runs[run].block;

	p->runs[run].end = block->v[block->n - 1].end;
}

static void add_run(struct pt_pieces *p, size_t run, struct pt_piece_block *block)
{
	size_t before = p->cap_runs;

	(void)PT_PUSH(p->runs, p->n_runs, p->cap_runs);
	*p->bytes += (p->cap_runs - before) * sizeof *p->runs;
	memmove(p->runs + run + 1, p->runs + run, (p->n_runs - 1 - run) * sizeof *p->runs);
	p->runs[run].block = block;
	if (block->n)
		set_end(p, run);
}

static void drop_runs(struct pt_pieces *p, size_t run, size_t n)
{
	if (!n)
		return;
	for (size_t i = run; i < run + n; i++) {
		p->n -= p->runs[i].block->n;
		block_unref(p, p->runs[i].block);
	}
	memmove(p->runs + run, p->runs + run + n, (p->n_runs - run - n) * sizeof *p->runs);
	p->n_runs -= n;
}

/* n pieces from there on, all in one block. */
static void drop_pieces(struct pt_pieces *p, struct place at, uint32_t n)
{
	struct pt_piece_block *block = p->runs[at.run].block;

	if (n == block->n) {
		drop_runs(p, at.run, 1);
		return;
	}
	if (!n)
		return;
	block = own(p, at.run, 0);
	memmove(block->v + at.i, block->v + at.i + n, (block->n - at.i - n) * sizeof *block->v);
	block->n -= n;
	p->n -= n;
	set_end(p, at.run);
}

/* The first piece that ends behind addr; run n_runs: none does. */
static struct place lower(const struct pt_pieces *p, uint64_t addr)
{
	size_t low = 0, high = p->n_runs, middle;
	struct place at;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (p->runs[middle].end <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	at = (struct place){low, 0};
	if (low == p->n_runs)
		return at;
	for (high = p->runs[at.run].block->n; at.i < high;) {
		middle = at.i + (high - at.i) / 2;
		if (p->runs[at.run].block->v[middle].end <= addr)
			at.i = middle + 1;
		else
			high = middle;
	}
	return at;
}

static const struct pt_piece *piece_at(const struct pt_pieces *p, struct place at)
{
	return at.run < p->n_runs ? &p->runs[at.run].block->v[at.i] : NULL;
}

/* How many pieces from there to the block's end are at their end by then. */
static uint32_t ended(const struct pt_pieces *p, struct place at, uint64_t end)
{
	const struct pt_piece_block *block = p->runs[at.run].block;
	uint32_t n = 0;

	while (at.i + n < block->n && block->v[at.i + n].end <= end)
		n++;
	return n;
}

/* Pieces from there on that end by then go; blocks that all of goes are not looked into. */
static void drop_ended(struct pt_pieces *p, struct place at, uint64_t end)
{
	size_t n = 0;

	if (at.i) {
		drop_pieces(p, at, ended(p, at, end));
		if (at.i < p->runs[at.run].block->n)
			return;
		at = (struct place){at.run + 1, 0};
	}
	while (at.run + n < p->n_runs && p->runs[at.run + n].end <= end)
		n++;
	drop_runs(p, at.run, n);
	if (at.run < p->n_runs)
		drop_pieces(p, at, ended(p, at, end));
}

/* A full block becomes two; in the order of addresses, or against it, full ones stay full. */
static struct place split(struct pt_pieces *p, struct place at)
{
	struct pt_piece_block *block;
	uint32_t half = BLOCK_MAX / 2;

	if (!at.i || at.i == BLOCK_MAX) {
		at.run += at.i > 0;
		add_run(p, at.run, block_new(p, BLOCK_MIN, NULL, 0));
		return (struct place){at.run, 0};
	}
	block = own(p, at.run, 0);
	add_run(p, at.run + 1, block_new(p, BLOCK_MAX, block->v + half, BLOCK_MAX - half));
	block->n = half;
	set_end(p, at.run);
	return at.i <= half ? at : (struct place){at.run + 1, at.i - half};
}

/* Before the first one that ends behind it. */
static void insert(struct pt_pieces *p, const struct pt_piece *piece)
{
	struct place at = lower(p, piece->start);
	struct pt_piece_block *block;

	if (!p->n_runs)
		add_run(p, 0, block_new(p, BLOCK_MIN, NULL, 0));
	else if (at.run == p->n_runs)
		at = (struct place){at.run - 1, p->runs[at.run - 1].block->n};
	if (p->runs[at.run].block->n == BLOCK_MAX)
		at = split(p, at);
	block = own(p, at.run, 1);
	memmove(block->v + at.i + 1, block->v + at.i, (block->n - at.i) * sizeof *block->v);
	block->v[at.i] = *piece;
	block->n++;
	p->n++;
	set_end(p, at.run);
}

static void cut_front(struct pt_piece *piece, uint64_t start)
{
	piece->pgoff += start - piece->start;
	piece->start = start;
}

void pt_pieces_put(struct pt_pieces *pieces, const struct pt_piece *piece)
{
	struct place at = lower(pieces, piece->start);
	const struct pt_piece *there = piece_at(pieces, at);
	struct pt_piece rest;

	if (there && there->start < piece->start) {
		rest = *there;
		own(pieces, at.run, 0)->v[at.i].end = piece->start;
		set_end(pieces, at.run);
		if (rest.end > piece->end) {
			cut_front(&rest, piece->end);
			insert(pieces, &rest);
		}
		at = lower(pieces, piece->start);
	}
	if (at.run < pieces->n_runs)
		drop_ended(pieces, at, piece->end);
	at = lower(pieces, piece->start);
	there = piece_at(pieces, at);
	if (there && there->start < piece->end)
		cut_front(&own(pieces, at.run, 0)->v[at.i], piece->end);
	insert(pieces, piece);
}

void pt_pieces_drop(struct pt_pieces *pieces, uint64_t start, uint64_t end)
{
	struct place at = lower(pieces, start);
	const struct pt_piece *there;

	if (at.run < pieces->n_runs)
		drop_ended(pieces, at, end);
	at = lower(pieces, start);
	there = piece_at(pieces, at);
	if (there && there->start < end)
		drop_pieces(pieces, at, 1);
}

const struct pt_piece *pt_pieces_find(struct pt_pieces *pieces, uint64_t addr)
{
	struct place at = {pieces->last_run, pieces->last};
	const struct pt_piece *piece = NULL;

	if (at.run < pieces->n_runs && at.i < pieces->runs[at.run].block->n)
		piece = piece_at(pieces, at);
	if (piece && addr >= piece->start && addr < piece->end)
		return piece;
	at = lower(pieces, addr);
	piece = piece_at(pieces, at);
	if (!piece || addr < piece->start)
		return NULL;
	pieces->last_run = at.run;
	pieces->last = at.i;
	return piece;
}

void pt_pieces_share(struct pt_pieces *pieces, const struct pt_pieces *from)
{
	if (!from->n_runs)
		return;
	pieces->runs = pt_reallocarray(NULL, from->n_runs, sizeof *pieces->runs);
	memcpy(pieces->runs, from->runs, from->n_runs * sizeof *pieces->runs);
	pieces->n_runs = pieces->cap_runs = from->n_runs;
	pieces->n = from->n;
	*pieces->bytes += pieces->cap_runs * sizeof *pieces->runs;
	for (size_t i = 0; i < pieces->n_runs; i++)
		pieces->runs[i].block->refs++;
}

/* A piece that is cut in two inserts its other end before it: two new blocks at most, copies of two
 * others, and a longer list. */
size_t pt_pieces_more(const struct pt_pieces *pieces)
{
	size_t bytes = pieces->n_runs + 2 > pieces->cap_runs
			       ? PT_MAX(pieces->cap_runs, (size_t)8) * sizeof *pieces->runs
			       : 0;

	return bytes + (pieces->n < BLOCK_MAX ? 2 * block_bytes(pieces->n + BLOCK_MIN)
					      : 4 * block_bytes(BLOCK_MAX));
}

void pt_pieces_release(struct pt_pieces *pieces)
{
	drop_runs(pieces, 0, pieces->n_runs);
	if (pieces->cap_runs)
		*pieces->bytes -= pieces->cap_runs * sizeof *pieces->runs;
	free(pieces->runs);
	*pieces = (struct pt_pieces){.bytes = pieces->bytes};
}
