/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_MAP_H
#define PT_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

/* Hash map from a string (copied) or a 64-bit integer to a borrowed pointer. One map uses one
 * kind of key. Open addressing; iteration order is unspecified. Zero-initialise. */
struct pt_map {
	struct pt_map_slot *slots;
	size_t n;      /* live entries */
	size_t used;   /* live + deleted */
	size_t cap;    /* power of two or 0 */
	uint64_t seed; /* 0 until keys crowd as if somebody had chosen them */
};

/* What no file can know, the same as long as the program runs: where a hash begins, so that nobody
 * can write down keys that all fall on one place. */
uint64_t pt_hash_seed(void);

void pt_map_release(struct pt_map *map);
void *pt_map_get(const struct pt_map *map, const char *key);	    /* NULL if absent */
void *pt_map_put(struct pt_map *map, const char *key, void *value); /* returns the old value */
void *pt_map_del(struct pt_map *map, const char *key);		    /* returns the old value */

void *pt_map_get_u64(const struct pt_map *map, uint64_t key);
void *pt_map_put_u64(struct pt_map *map, uint64_t key, void *value);
void *pt_map_del_u64(struct pt_map *map, uint64_t key);

/* Iterates: start with *pos = 0; returns 0 at the end. No put or del meanwhile. */
int pt_map_next(const struct pt_map *map, size_t *pos, const char **ret_key, uint64_t *ret_u64,
		void **ret_value);

#endif
