/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hash map with linear probing. A slot is empty, live or deleted; deleted ones keep the probe
 * sequences whole and vanish at the next rebuild, which comes when live and deleted ones together
 * fill three quarters. A string map keeps the hash beside the copied key, so a probe compares
 * text only when all 64 bits agree; an integer map keeps the key itself there.
 *
 * Anybody can work out keys that fall on one slot, and files name things by numbers of their own
 * choice. A key that has to go further than ever happens by chance makes the map hash anew, from a
 * seed that nobody knows. All others iterate in the same order in each run.
 */
#include "perftop/base/map.h"

#include "perftop/base/mem.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { STEPS_MAX = 1024 }; /* of ten million keys by chance the longest way has 500 */

enum slot_state { SLOT_EMPTY, SLOT_LIVE, SLOT_DELETED };

struct pt_map_slot {
	uint64_t id; /* the string's hash, or the integer key */
	char *key;   /* NULL in an integer map */
	void *value;
	enum slot_state state;
};

/* The last steps of MurmurHash3: every bit of the key reaches the low bits that choose a slot. */
static uint64_t mix(uint64_t h)
{
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	h ^= h >> 33;
	return h;
}

uint64_t pt_hash_seed(void)
{
	static _Atomic uint64_t seed;
	uint64_t none = 0, random = 0;

	if (!atomic_load(&seed)) {
		if (getentropy(&random, sizeof random) < 0)
			random = (uint64_t)getpid() ^ (uintptr_t)&random;
		atomic_compare_exchange_strong(&seed, &none, mix(random) | 1);
	}
	return atomic_load(&seed);
}

static uint64_t hash_string(const struct pt_map *map, const char *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ map->seed; /* FNV-1a */

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return h;
}

/* The live slot of a key, or NULL. */
static struct pt_map_slot *map_find(const struct pt_map *map, uint64_t id, const char *key)
{
	if (!map->cap)
		return NULL;
	for (size_t i = mix(id ^ map->seed);; i++) {
		struct pt_map_slot *slot = &map->slots[i & (map->cap - 1)];

		if (slot->state == SLOT_EMPTY)
			return NULL;
		if (slot->state == SLOT_LIVE && slot->id == id && (!key || !strcmp(slot->key, key)))
			return slot;
	}
}

/* First slot on the way that holds nothing live; *ret_steps: how far it is. */
static struct pt_map_slot *map_place(const struct pt_map *map, uint64_t id, size_t *ret_steps)
{
	size_t i = mix(id ^ map->seed), steps = 0;

	while (map->slots[(i + steps) & (map->cap - 1)].state == SLOT_LIVE)
		steps++;
	*ret_steps = steps;
	return &map->slots[(i + steps) & (map->cap - 1)];
}

static void map_rebuild(struct pt_map *map, uint64_t seed)
{
	struct pt_map old = *map;
	size_t steps;

	map->cap = 8;
	while (map->cap < (old.n + 1) * 2)
		map->cap *= 2;
	map->slots = pt_calloc(map->cap, sizeof *map->slots);
	map->used = old.n;
	map->seed = seed;
	for (size_t i = 0; i < old.cap; i++) {
		struct pt_map_slot slot = old.slots[i];

		if (slot.state != SLOT_LIVE)
			continue;
		if (slot.key && seed != old.seed)
			slot.id = hash_string(map, slot.key);
		*map_place(map, slot.id, &steps) = slot;
	}
	free(old.slots);
}

static void *map_put(struct pt_map *map, uint64_t id, const char *key, void *value)
{
	struct pt_map_slot *slot = map_find(map, id, key);
	size_t steps;

	if (slot) {
		void *old = slot->value;

		slot->value = value;
		return old;
	}
	if ((map->used + 1) * 4 > map->cap * 3)
		map_rebuild(map, map->seed);
	slot = map_place(map, id, &steps);
	if (steps > STEPS_MAX && !map->seed) {
		map_rebuild(map, pt_hash_seed());
		id = key ? hash_string(map, key) : id;
		slot = map_place(map, id, &steps);
	}
	map->used += slot->state == SLOT_EMPTY;
	map->n++;
	*slot = (struct pt_map_slot){id, key ? pt_strdup(key) : NULL, value, SLOT_LIVE};
	return NULL;
}

static void *map_del(struct pt_map *map, uint64_t id, const char *key)
{
	struct pt_map_slot *slot = map_find(map, id, key);
	void *old;

	if (!slot)
		return NULL;
	old = slot->value;
	free(slot->key);
	*slot = (struct pt_map_slot){.state = SLOT_DELETED};
	map->n--;
	return old;
}

void pt_map_release(struct pt_map *map)
{
	for (size_t i = 0; i < map->cap; i++)
		free(map->slots[i].key);
	free(map->slots);
	*map = (struct pt_map){0};
}

void *pt_map_get(const struct pt_map *map, const char *key)
{
	const struct pt_map_slot *slot = map_find(map, hash_string(map, key), key);

	return slot ? slot->value : NULL;
}

void *pt_map_put(struct pt_map *map, const char *key, void *value)
{
	return map_put(map, hash_string(map, key), key, value);
}

void *pt_map_del(struct pt_map *map, const char *key)
{
	return map_del(map, hash_string(map, key), key);
}

void *pt_map_get_u64(const struct pt_map *map, uint64_t key)
{
	const struct pt_map_slot *slot = map_find(map, key, NULL);

	return slot ? slot->value : NULL;
}

void *pt_map_put_u64(struct pt_map *map, uint64_t key, void *value)
{
	return map_put(map, key, NULL, value);
}

void *pt_map_del_u64(struct pt_map *map, uint64_t key)
{
	return map_del(map, key, NULL);
}

int pt_map_next(const struct pt_map *map, size_t *pos, const char **ret_key, uint64_t *ret_u64,
		void **ret_value)
{
	while (*pos < map->cap) {
		const struct pt_map_slot *slot = &map->slots[(*pos)++];

		if (slot->state != SLOT_LIVE)
			continue;
		if (ret_key)
			*ret_key = slot->key;
		if (ret_u64)
			*ret_u64 = slot->id;
		if (ret_value)
			*ret_value = slot->value;
		return 1;
	}
	return 0;
}
