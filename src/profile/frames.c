/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Interned frames. They stand in chunks, each twice as large as the one before, which never move;
 * text stands in blocks. A hash of 32-bit fingerprints beside ids finds them: a look-up touches
 * text only where the fingerprint fits. Where a name stands there is told by nothing in the file that
 * it comes from, lest a file be made of names that all stand in one place.
 */
#include "perftop/profile/frames.h"

#include "perftop/base/map.h"
#include "perftop/base/mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

enum {
	FIRST_CHUNK_BITS = 8,
	CHUNKS = 32 - FIRST_CHUNK_BITS,
	FIRST_SLOTS = 512,
	TEXT_BLOCK = 32768,
	LONG = 256, /* a text */
};

struct entry {
	struct pt_frame frame;
	uint32_t len; /* of the name */
};

struct slot {
	uint32_t print; /* the upper half of the hash; the lower one says where it begins to look */
	uint32_t id;	/* PT_NO_FRAME: free */
};

struct text_block {
	struct text_block *next;
	char text[];
};

struct pt_frames {
	atomic_uint refs;
	pthread_mutex_t lock;
	uint64_t seed; /* of hashes */
	_Atomic uint32_t n;
	atomic_size_t bytes;
	struct entry *chunks[CHUNKS];
	struct slot *slots;
	uint32_t n_slots;
	struct text_block *blocks;
	char *room; /* what is left of the first block */
	size_t n_room;
	struct pt_map strings; /* modules and files, each once */
};

struct pt_frames *pt_frames_new(void)
{
	struct pt_frames *f = pt_calloc(1, sizeof *f);

	atomic_init(&f->refs, 1);
	pthread_mutex_init(&f->lock, NULL);
	f->seed = pt_hash_seed();
	f->n_slots = FIRST_SLOTS;
	f->slots = pt_malloc(FIRST_SLOTS * sizeof *f->slots);
	memset(f->slots, 0xff, FIRST_SLOTS * sizeof *f->slots);
	atomic_init(&f->bytes, sizeof *f + FIRST_SLOTS * sizeof *f->slots);
	return f;
}

struct pt_frames *pt_frames_ref(struct pt_frames *frames)
{
	atomic_fetch_add(&frames->refs, 1);
	return frames;
}

void pt_frames_unref(struct pt_frames *frames)
{
	struct text_block *next;

	if (!frames || atomic_fetch_sub(&frames->refs, 1) != 1)
		return;
	for (size_t i = 0; i < CHUNKS; i++)
		free(frames->chunks[i]);
	for (struct text_block *b = frames->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	pt_map_release(&frames->strings);
	free(frames->slots);
	pthread_mutex_destroy(&frames->lock);
	free(frames);
}

void pt_frames_lock(struct pt_frames *frames)
{
	pthread_mutex_lock(&frames->lock);
}

void pt_frames_unlock(struct pt_frames *frames)
{
	pthread_mutex_unlock(&frames->lock);
}

/* Chunk k begins at id (256 << k) - 256. */
static struct entry *entry_at(const struct pt_frames *f, uint32_t id)
{
	uint32_t x = id + (1u << FIRST_CHUNK_BITS);
	uint32_t bit = 31 - (uint32_t)__builtin_clz(x);

	return &f->chunks[bit - FIRST_CHUNK_BITS][x - (1u << bit)];
}

static void count_bytes(struct pt_frames *f, size_t n)
{
	atomic_fetch_add_explicit(&f->bytes, n, memory_order_relaxed);
}

static const char *keep_text(struct pt_frames *f, const char *s, size_t n)
{
	struct text_block *block;
	size_t size;
	char *copy;

	if (f->n_room < n + 1) {
		size = n + 1 > TEXT_BLOCK ? n + 1 : TEXT_BLOCK;
		block = pt_malloc(sizeof *block + size);
		block->next = f->blocks;
		f->blocks = block;
		f->room = block->text;
		f->n_room = size;
		count_bytes(f, sizeof *block + size);
	}
	copy = f->room;
	memcpy(copy, s, n);
	copy[n] = '\0';
	f->room += n + 1;
	f->n_room -= n + 1;
	return copy;
}

static const char *keep_string(struct pt_frames *f, const char *s)
{
	const char *kept;

	if (!s || !*s)
		return "";
	kept = pt_map_get(&f->strings, s);
	if (!kept) {
		kept = keep_text(f, s, strlen(s));
		pt_map_put(&f->strings, s, (void *)kept);
		count_bytes(f, strlen(s) + 64); /* and its place in the map */
	}
	return kept;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load(const char *s, size_t n)
{
	uint64_t v = 0;

	memcpy(&v, s, n);
	return v;
}

/* Of a long text, four steps at once: none waits for another. */
static uint64_t hash_long(const char *s, size_t n, uint64_t h)
{
	uint64_t a = h, b = h ^ 0xa0761d6478bd642fu, c = ~h, d = h ^ 0x9e3779b97f4a7c15u;

	for (size_t i = 0; i + 32 <= n; i += 32) {
		a = mix(a ^ load(s + i, 8), 0xd6e8feb86659fd93u);
		b = mix(b ^ load(s + i + 8, 8), 0xd6e8feb86659fd93u);
		c = mix(c ^ load(s + i + 16, 8), 0xd6e8feb86659fd93u);
		d = mix(d ^ load(s + i + 24, 8), 0xd6e8feb86659fd93u);
	}
	return mix(a ^ b, h ^ 0xd6e8feb86659fd93u) ^ mix(c ^ d, h ^ 0xa0761d6478bd642fu);
}

/* Eight bytes a step; the last step overlaps the one before. */
static uint64_t hash_bytes(const char *s, size_t n, uint64_t seed)
{
	uint64_t h = seed ^ (n * 0x9e3779b97f4a7c15u);
	size_t i = 0;

	if (n < 8) {
		uint64_t v = n >= 4 ? load(s, 4) | load(s + n - 4, 4) << 32
				    : load(s, n ? 1 : 0) | (n ? load(s + n / 2, 1) << 8 |
									    load(s + n - 1, 1) << 16
							      : 0);
		return mix(h ^ v, 0xd6e8feb86659fd93u);
	}
	if (n >= LONG) {
		h = hash_long(s, n, h);
		i = n / 32 * 32;
	}
	for (; i + 8 < n; i += 8)
		h = mix(h ^ load(s + i, 8), 0xd6e8feb86659fd93u);
	return mix(h ^ load(s + n - 8, 8), 0xa0761d6478bd642fu);
}

static uint64_t hash_frame(const struct pt_frames *f, const struct pt_frame *frame, size_t len)
{
	uint64_t h = hash_bytes(frame->name, len, f->seed + frame->kind);

	if (frame->module)
		h = *frame->module ? hash_bytes(frame->module, strlen(frame->module), h) : h;
	if (frame->file)
		h = *frame->file ? hash_bytes(frame->file, strlen(frame->file), ~h) : h;
	if (frame->line || frame->pid || frame->tid)
		h = mix(h ^ frame->line,
			((uint64_t)(uint32_t)frame->pid << 32 | (uint32_t)frame->tid) ^
				0xa0761d6478bd642fu);
	return h;
}

static bool same_text(const char *kept, const char *s)
{
	return s && *s ? strcmp(kept, s) == 0 : !*kept;
}

static bool same_frame(const struct entry *e, const struct pt_frame *frame, size_t len)
{
	const struct pt_frame *f = &e->frame;

	return e->len == len && memcmp(f->name, frame->name, len) == 0 && f->kind == frame->kind &&
	       f->line == frame->line && f->pid == frame->pid && f->tid == frame->tid &&
	       same_text(f->module, frame->module) && same_text(f->file, frame->file);
}

/* The frame's slot, or the free one where it belongs. */
static struct slot *find_slot(const struct pt_frames *f, const struct pt_frame *frame, size_t len,
			      uint64_t hash)
{
	uint32_t mask = f->n_slots - 1, print = (uint32_t)(hash >> 32);

	for (uint32_t i = (uint32_t)hash & mask;; i = (i + 1) & mask) {
		struct slot *slot = &f->slots[i];

		if (slot->id == PT_NO_FRAME ||
		    (slot->print == print && same_frame(entry_at(f, slot->id), frame, len)))
			return slot;
	}
}

static void grow_slots(struct pt_frames *f)
{
	uint32_t n = f->n_slots * 2;
	struct slot *slots = pt_malloc(n * sizeof *slots);

	memset(slots, 0xff, n * sizeof *slots);
	for (uint32_t i = 0; i < f->n_slots; i++) {
		const struct slot *old = &f->slots[i];
		const struct entry *e;
		uint32_t at;

		if (old->id == PT_NO_FRAME)
			continue;
		e = entry_at(f, old->id);
		at = (uint32_t)hash_frame(f, &e->frame, e->len) & (n - 1);
		while (slots[at].id != PT_NO_FRAME)
			at = (at + 1) & (n - 1);
		slots[at] = *old;
	}
	free(f->slots);
	f->slots = slots;
	f->n_slots = n;
}

static struct entry *new_entry(struct pt_frames *f, uint32_t id)
{
	uint32_t x = id + (1u << FIRST_CHUNK_BITS);
	uint32_t bit = 31 - (uint32_t)__builtin_clz(x);
	struct entry **chunk = &f->chunks[bit - FIRST_CHUNK_BITS];

	if (!*chunk)
		*chunk = pt_malloc(sizeof **chunk << bit);
	count_bytes(f, sizeof **chunk); /* the system gives no more than what is reached */
	return entry_at(f, id);
}

/* Names stand between the ";" of folded text and end with NUL: neither may be in them. */
static void clean_name(char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == ';')
			s[i] = ':';
		else if (s[i] == '\0')
			s[i] = '?';
	}
}

/* The text as it is kept: cut, cleaned. Returns a copy to free, or NULL when it may stay. */
static char *tidy_name(const char *s, size_t *n)
{
	static const char dots[] = "…";
	size_t len = *n;
	char *copy;

	if (len <= PT_FRAME_NAME_MAX && !memchr(s, ';', len) && !memchr(s, '\0', len))
		return NULL;
	if (len > PT_FRAME_NAME_MAX) {
		len = PT_FRAME_NAME_MAX - (sizeof dots - 1);
		while (len && ((unsigned char)s[len] & 0xc0) == 0x80)
			len--;
	}
	copy = pt_malloc(len + sizeof dots);
	memcpy(copy, s, len);
	clean_name(copy, len);
	if (*n > PT_FRAME_NAME_MAX) {
		memcpy(copy + len, dots, sizeof dots);
		len += sizeof dots - 1;
	}
	*n = len;
	return copy;
}

static uint32_t add_frame(struct pt_frames *f, const struct pt_frame *frame, size_t len,
			  uint64_t hash)
{
	uint32_t id = atomic_load_explicit(&f->n, memory_order_relaxed);
	struct slot *slot;
	struct entry *e;

	if (id >= f->n_slots / 2)
		grow_slots(f);
	slot = find_slot(f, frame, len, hash);
	if (slot->id != PT_NO_FRAME)
		return slot->id;
	e = new_entry(f, id);
	e->frame = *frame;
	e->frame.name = keep_text(f, frame->name, len);
	e->frame.module = keep_string(f, frame->module);
	e->frame.file = keep_string(f, frame->file);
	e->len = (uint32_t)len;
	*slot = (struct slot){.print = (uint32_t)(hash >> 32), .id = id};
	atomic_store_explicit(&f->n, id + 1, memory_order_release);
	/* The slots' next doubling counts a little ahead: who has a limit stops before it, not behind. */
	if (id + 1 == f->n_slots / 2 - f->n_slots / 64)
		count_bytes(f, f->n_slots * sizeof *f->slots);
	return id;
}

static uint32_t intern(struct pt_frames *f, const struct pt_frame *frame, size_t len)
{
	struct pt_frame tidy = *frame;
	uint64_t hash;
	struct slot *slot;
	uint32_t id;
	char *copy;

	if (len <= PT_FRAME_NAME_MAX) {
		hash = hash_frame(f, frame, len);
		slot = find_slot(f, frame, len, hash);
		if (slot->id != PT_NO_FRAME)
			return slot->id;
	}
	copy = tidy_name(frame->name, &len);
	if (copy)
		tidy.name = copy;
	id = add_frame(f, &tidy, len, hash_frame(f, &tidy, len));
	free(copy);
	return id;
}

uint32_t pt_frames_intern(struct pt_frames *frames, const struct pt_frame *frame)
{
	struct pt_frame named = *frame;

	named.name = frame->name ? frame->name : "";
	return intern(frames, &named, strlen(named.name));
}

uint32_t pt_frames_name(struct pt_frames *frames, const char *s, size_t n, enum pt_frame_kind kind)
{
	return intern(frames, &(struct pt_frame){.name = s, .kind = kind}, n);
}

const struct pt_frame *pt_frames_get(const struct pt_frames *frames, uint32_t id)
{
	return &entry_at(frames, id)->frame;
}

uint32_t pt_frames_count(const struct pt_frames *frames)
{
	return atomic_load_explicit(&frames->n, memory_order_acquire);
}

size_t pt_frames_bytes(const struct pt_frames *frames)
{
	return atomic_load_explicit(&frames->bytes, memory_order_relaxed);
}
