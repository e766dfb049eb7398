/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of lines that were seen before, by their text. */
#include "perf_script.h"

#include "perftop/base/mem.h"

enum {
	MAX_LINES = 1 << 18, /* in the cache; then it starts anew */
	MAX_IDS = 1 << 22,   /* of them all */
};

static uint64_t mix(uint64_t hash, const char *s)
{
	uint64_t word;

	memcpy(&word, s, sizeof word);
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

static uint32_t hash_line(const struct pt_script_line *line)
{
	uint64_t hash = (uint64_t)line->n << 8 | line->flags;
	char rest[8] = {0};
	size_t i = 0;

	for (; i + 8 <= line->n; i += 8)
		hash = mix(hash, line->s + i);
	if (i < line->n && line->n >= 8) {
		hash = mix(hash, line->s + line->n - 8);
	} else if (i < line->n) {
		memcpy(rest, line->s, line->n);
		hash = mix(hash, rest);
	}
	return (uint32_t)(hash ^ hash >> 29);
}

static struct pt_script_entry *find(const struct pt_script_cache *cache,
				    const struct pt_script_line *line, uint32_t hash)
{
	size_t mask = cache->cap - 1, at = hash & mask;

	for (; cache->entries[at].s; at = (at + 1) & mask) {
		const struct pt_script_entry *e = &cache->entries[at];

		if (e->hash == hash && e->n == line->n && e->flags == line->flags &&
		    memcmp(e->s, line->s, line->n) == 0)
			break;
	}
	return &cache->entries[at];
}

static void grow(struct pt_script_cache *cache)
{
	struct pt_script_cache old = *cache;

	if (cache->n * 2 < cache->cap)
		return;
	cache->cap = old.cap ? old.cap * 2 : 1024;
	cache->entries = pt_calloc(cache->cap, sizeof *cache->entries);
	for (size_t i = 0; i < old.cap; i++)
		if (old.entries[i].s) {
			size_t at = old.entries[i].hash & (cache->cap - 1);

			while (cache->entries[at].s)
				at = (at + 1) & (cache->cap - 1);
			cache->entries[at] = old.entries[i];
		}
	free(old.entries);
}

const struct pt_script_entry *pt_script_cache_find(struct pt_script_cache *cache,
						   struct pt_script_names *names,
						   const struct pt_script_line *line)
{
	struct pt_slice whole = {line->s - line->before, line->n + line->before};
	uint32_t hash = hash_line(line);
	struct pt_script_entry *e;

	grow(cache);
	e = find(cache, line, hash);
	if (e->s)
		return e;
	*e = (struct pt_script_entry){.s = line->s,
				      .n = line->n,
				      .hash = hash,
				      .first = (uint32_t)names->n_ids,
				      .flags = line->flags};
	e->bad = !pt_script_names_add(names, whole, line->flags & PT_SCRIPT_JAVA,
				      line->flags & PT_SCRIPT_KERNEL);
	e->count = (uint32_t)names->n_ids - e->first;
	cache->n++;
	return e;
}

void pt_script_cache_trim(struct pt_script_cache *cache, struct pt_script_names *names)
{
	if (cache->n > MAX_LINES || names->n_ids > MAX_IDS)
		pt_script_cache_forget(cache, names);
}

void pt_script_cache_forget(struct pt_script_cache *cache, struct pt_script_names *names)
{
	if (cache->cap)
		memset(cache->entries, 0, cache->cap * sizeof *cache->entries);
	cache->n = names->n_ids = 0;
}

void pt_script_cache_drop(struct pt_script_cache *cache, struct pt_script_names *names)
{
	free(cache->entries);
	free(names->ids);
	*cache = (struct pt_script_cache){.entries = NULL};
	names->ids = NULL;
	names->n_ids = names->cap_ids = 0;
}

size_t pt_script_cache_bytes(const struct pt_script_cache *cache,
			     const struct pt_script_names *names)
{
	return cache->cap * sizeof *cache->entries + names->cap_ids * sizeof *names->ids;
}
