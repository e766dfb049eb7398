/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The map against a plain array, and what its keys own.
 */
#include "perftop/base/map.h"
#include "perftop/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int values[4096];

static void test_strings(void **state)
{
	struct pt_map map = {0};
	char key[8] = "a";

	(void)state;
	assert_null(pt_map_get(&map, "a"));
	assert_null(pt_map_del(&map, "a"));
	assert_null(pt_map_put(&map, key, &values[0]));
	key[0] = 'b'; /* the key was copied */
	assert_ptr_equal(pt_map_get(&map, "a"), &values[0]);
	assert_null(pt_map_get(&map, "b"));
	assert_ptr_equal(pt_map_put(&map, "a", &values[1]), &values[0]);
	assert_int_equal(map.n, 1);
	assert_null(pt_map_put(&map, "", &values[2]));
	assert_ptr_equal(pt_map_get(&map, ""), &values[2]);
	assert_ptr_equal(pt_map_del(&map, "a"), &values[1]);
	assert_null(pt_map_get(&map, "a"));
	assert_int_equal(map.n, 1);
	pt_map_release(&map);
	assert_int_equal(map.cap, 0);
	assert_null(pt_map_get(&map, ""));
}

/* A long random history against a plain array that says what must be there. */
static void test_history(void **state)
{
	struct pt_map strings = {0}, numbers = {0};
	void *model[512] = {NULL};
	uint32_t random = 12345;
	size_t live = 0;

	(void)state;
	for (int i = 0; i < 40000; i++) {
		unsigned k, action;
		void *value = &values[i % 4096], *before;
		uint64_t number;
		char key[16];

		random = random * 1664525 + 1013904223;
		k = random >> 16 & 511;
		action = random >> 28;
		number = (uint64_t)k << 40; /* nothing but high bits differs */
		before = model[k];
		pt_snprintf(key, sizeof key, "key%u", k);
		if (action < 8) {
			assert_ptr_equal(pt_map_put(&strings, key, value), before);
			assert_ptr_equal(pt_map_put_u64(&numbers, number, value), before);
			model[k] = value;
		} else if (action < 14) {
			assert_ptr_equal(pt_map_del(&strings, key), before);
			assert_ptr_equal(pt_map_del_u64(&numbers, number), before);
			model[k] = NULL;
		} else {
			assert_ptr_equal(pt_map_get(&strings, key), before);
			assert_ptr_equal(pt_map_get_u64(&numbers, number), before);
		}
		live += (model[k] != NULL) - (before != NULL);
		assert_int_equal(strings.n, live);
		assert_int_equal(numbers.n, live);
	}
	assert_true(strings.cap <= 2048); /* deleted entries do not pile up */
	pt_map_release(&strings);
	pt_map_release(&numbers);
}

/* Ever new keys, one at a time: a map that counted only live ones would fill up and search on. */
static void test_churn(void **state)
{
	struct pt_map map = {0};

	(void)state;
	for (uint64_t i = 0; i < 10000; i++) {
		assert_null(pt_map_put_u64(&map, i, &values[0]));
		assert_ptr_equal(pt_map_del_u64(&map, i), &values[0]);
		assert_null(pt_map_get_u64(&map, i + 1));
	}
	assert_int_equal(map.cap, 8);
	pt_map_release(&map);
}

/* x ^ x >> 33, undone; and the factor that undoes another. */
static uint64_t unshift(uint64_t x)
{
	return x ^ x >> 33;
}

static uint64_t inverse(uint64_t odd)
{
	uint64_t x = odd;

	for (int i = 0; i < 6; i++)
		x *= 2 - odd * x;
	return x;
}

/* The number whose hash, as it is without a seed, is that. */
static uint64_t hashes_to(uint64_t hash)
{
	hash = unshift(hash) * inverse(UINT64_C(0xc4ceb9fe1a85ec53));
	return unshift(unshift(hash) * inverse(UINT64_C(0xff51afd7ed558ccd)));
}

/* Keys that somebody made to fall on one slot, whatever the size of the map: they are told apart by
 * another hash. Any others never are, for what is read must come in one order always. */
static void test_crowd(void **state)
{
	struct pt_map map = {0}, other = {0};
	char key[24];

	(void)state;
	for (uint64_t i = 1; i <= 20000; i++)
		assert_null(pt_map_put_u64(&map, hashes_to(i << 40 | 5), &values[i % 4096]));
	assert_true(map.seed != 0);
	assert_int_equal(map.n, 20000);
	for (uint64_t i = 1; i <= 20000; i++)
		assert_ptr_equal(pt_map_get_u64(&map, hashes_to(i << 40 | 5)), &values[i % 4096]);
	pt_map_release(&map);
	for (int i = 0; i < 200000; i++) {
		pt_map_put_u64(&map, (uint64_t)i * 16, &values[0]);
		pt_snprintf(key, sizeof key, "key %d", i);
		pt_map_put(&other, key, &values[i % 4096]);
	}
	assert_true(map.seed == 0 && other.seed == 0);
	assert_ptr_equal(pt_map_get(&other, "key 4097"), &values[1]);
	pt_map_release(&map);
	pt_map_release(&other);
}

static void test_iterate(void **state)
{
	struct pt_map map = {0};
	bool seen[100] = {false};
	const char *key;
	size_t pos = 0, n = 0;
	uint64_t number;
	void *value;

	(void)state;
	assert_int_equal(pt_map_next(&map, &pos, &key, &number, &value), 0);
	for (int i = 0; i < 100; i++)
		pt_map_put_u64(&map, (uint64_t)i, &values[i]);
	for (int i = 0; i < 100; i += 2)
		pt_map_del_u64(&map, (uint64_t)i);
	while (pt_map_next(&map, &pos, &key, &number, &value)) {
		assert_null(key);
		assert_true(number < 100 && number % 2 == 1);
		assert_false(seen[number]);
		assert_ptr_equal(value, &values[number]);
		seen[number] = true;
		n++;
	}
	assert_int_equal(n, 50);
	pt_map_release(&map);
	pt_map_put(&map, "only", &values[7]);
	pos = 0;
	assert_int_equal(pt_map_next(&map, &pos, &key, NULL, NULL), 1);
	assert_string_equal(key, "only");
	assert_int_equal(pt_map_next(&map, &pos, NULL, NULL, NULL), 0);
	pt_map_release(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings), cmocka_unit_test(test_history),
		cmocka_unit_test(test_churn),	cmocka_unit_test(test_iterate),
		cmocka_unit_test(test_crowd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
