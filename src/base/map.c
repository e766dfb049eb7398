/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hash map with linear probing. A slot is empty, live or deleted; deleted ones keep the probe
 * sequences whole and vanish at the next rebuild, which comes when live and deleted ones together
 * fill three quarters. A string map keeps the hash beside the copied key, so a probe compares
 * text only when all 64 bits agree; an integer map keeps the key itself there.
 */
#include "perftop/base/map.h"

#include "perftop/base/mem.h"

#include <string.h>

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

static uint64_t hash_string(const char *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return h;
}

/* The live slot of a key, or NULL. */
static struct pt_map_slot *map_find(const struct pt_map *map, uint64_t id, const char *key)
{
	if (!map->cap)
		return NULL;
	for (size_t i = mix(id);; i++) {
		struct pt_map_slot *slot = &map->slots[i & (map->cap - 1)];

		if (slot->state == SLOT_EMPTY)
			return NULL;
		if (slot->state == SLOT_LIVE && slot->id == id && (!key || !strcmp(slot->key, key)))
			return slot;
	}
}

/* First slot on the way that holds nothing live. */
static struct pt_map_slot *map_place(const struct pt_map *map, uint64_t id)
{
	size_t i = mix(id);

	while (map->slots[i & (map->cap - 1)].state == SLOT_LIVE)
		i++;
	return &map->slots[i & (map->cap - 1)];
}

static void map_rebuild(struct pt_map *map)
{
	struct pt_map old = *map;

	map->cap = 8;
	while (map->cap < (old.n + 1) * 2)
		map->cap *= 2;
	map->slots = pt_calloc(map->cap, sizeof *map->slots);
	map->used = old.n;
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].state == SLOT_LIVE)
			*map_place(map, old.slots[i].id) = old.slots[i];
	free(old.slots);
}

static void *map_put(struct pt_map *map, uint64_t id, const char *key, void *value)
{
	struct pt_map_slot *slot = map_find(map, id, key);

	if (slot) {
		void *old = slot->value;

		slot->value = value;
		return old;
	}
	if ((map->used + 1) * 4 > map->cap * 3)
		map_rebuild(map);
	slot = map_place(map, id);
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
	const struct pt_map_slot *slot = map_find(map, hash_string(key), key);

	return slot ? slot->value : NULL;
}

void *pt_map_put(struct pt_map *map, const char *key, void *value)
{
	return map_put(map, hash_string(key), key, value);
}

void *pt_map_del(struct pt_map *map, const char *key)
{
	return map_del(map, hash_string(key), key);
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
