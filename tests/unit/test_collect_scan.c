/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers, words and keys of system files.
 */
#include "collect_tree.h"

#include "perftop/collect/scan.h"

static void numbers(void **state)
{
	const char *p = "  12\t0 18446744073709551615\n7";
	uint64_t v[4] = {9, 9, 9, 9};

	(void)state;
	assert_int_equal(pt_scan_u64s(&p, v, 4), 3);
	assert_int_equal(v[0], 12);
	assert_int_equal(v[1], 0);
	assert_true(v[2] == UINT64_MAX);
	assert_int_equal(v[3], 9);
	assert_int_equal(*p, '\n');
}

static void numbers_that_are_none(void **state)
{
	static const char *const none[] = {
		"", "x", "-5", "18446744073709551616", "\n5", "- 5", "99999999999999999999999999"};
	uint64_t v = 9;

	(void)state;
	for (size_t i = 0; i < PT_LEN(none); i++) {
		const char *p = none[i];

		assert_false(pt_scan_u64(&p, &v));
		assert_int_equal(v, 9);
	}
}

static void passes_what_it_refuses(void **state)
{
	const char *p = "-1 99999999999999999999 3";
	uint64_t v = 0;

	(void)state;
	assert_false(pt_scan_u64(&p, &v));
	assert_false(pt_scan_u64(&p, &v));
	assert_true(pt_scan_u64(&p, &v));
	assert_int_equal(v, 3);
}

static void fractions(void **state)
{
	const char *p = "1.48 -2.5 3 4. x";
	double v = 0;

	(void)state;
	assert_true(pt_scan_double(&p, &v));
	assert_near(v, 1.48);
	assert_true(pt_scan_double(&p, &v));
	assert_near(v, -2.5);
	assert_true(pt_scan_double(&p, &v));
	assert_near(v, 3);
	assert_true(pt_scan_double(&p, &v));
	assert_near(v, 4);
	assert_false(pt_scan_double(&p, &v));
}

static void words_and_lines(void **state)
{
	const char *p = " sda  1\nb", *word;

	(void)state;
	assert_int_equal(pt_scan_word(&p, &word), 3);
	assert_memory_equal(word, "sda", 3);
	assert_true(pt_scan_is(&p, "1"));
	assert_int_equal(pt_scan_word(&p, &word), 0);
	assert_true(pt_scan_line(&p));
	assert_false(pt_scan_is(&p, "bc"));
	assert_true(pt_scan_is(&p, "b"));
	assert_false(pt_scan_line(&p));
	assert_false(pt_scan_line(&p));
}

static void keys_in_any_order(void **state)
{
	static const char *const keys[] = {"a", "ab", "c", "d", "e"};
	uint64_t v[5] = {9, 9, 9, 9, 9};

	(void)state;
	assert_int_equal(pt_scan_keys("c 3\nab: 2 kB\na\t1\nabc 7\nd -1\ne", keys, 5, v), 7);
	assert_int_equal(v[0], 1);
	assert_int_equal(v[1], 2);
	assert_int_equal(v[2], 3);
	assert_int_equal(v[3], 9);
	assert_int_equal(pt_scan_keys("", keys, 5, v), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(numbers_that_are_none),
		cmocka_unit_test(passes_what_it_refuses),
		cmocka_unit_test(fractions),
		cmocka_unit_test(words_and_lines),
		cmocka_unit_test(keys_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
