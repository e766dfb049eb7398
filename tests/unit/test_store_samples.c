/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packed samples read back as exactly as promised, in few bytes; wrong bytes are refused. */
#include "../../src/store/samples.h"

#include "perftop/base/err.h"
#include "store_runs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MANY = 1000 };

/* The largest error, in the median. */
static double round_trip(const double *v, size_t n, bool exact, size_t *ret_len)
{
	double median = pt_run_median(&(struct pt_run){(double *)v, n, n}), back[MANY], worst = 0;
	struct pt_str s = PT_STR_INIT;

	pt_samples_pack(v, n, median, exact, &s);
	assert_int_equal(pt_samples_unpack(s.s, s.len, median, back, n), 0);
	for (size_t i = 0; i < n; i++)
		worst = fmax(worst, fabs(back[i] - v[i]));
	*ret_len = s.len;
	pt_str_release(&s);
	return median == 0 ? worst : worst / fabs(median);
}

static void test_times(void **state)
{
	double v[MANY];
	uint64_t seed = 1;
	size_t len;

	(void)state;
	for (double level = 1e-3; level < 1e15; level *= 10) {
		for (int i = 0; i < MANY; i++)
			v[i] = fake_value(&seed, level, 0.02);
		assert_true(round_trip(v, MANY, false, &len) <= 5.001e-6);
		assert_true(len <= MANY * 2 + 1 + MANY / 50);
	}
	/* Far outliers cost more bytes, not more error. */
	v[3] *= 1e6;
	v[4] = -v[4];
	assert_true(round_trip(v, MANY, false, &len) <= 5.001e-6);
}

static void test_whole(void **state)
{
	double v[] = {512, 513, 498, 40000, 0, -7}, few[] = {7}, zeros[] = {0, 0, 0, 0};
	double counts[] = {123456789012.0, 123456789012.0, 123456789019.0};
	size_t len;

	(void)state;
	assert_true(round_trip(v, PT_LEN(v), false, &len) == 0);
	assert_true(round_trip(few, 1, false, &len) == 0);
	assert_int_equal(len, 2);
	assert_true(round_trip(zeros, 4, false, &len) == 0);
	assert_int_equal(len, 5);
	/* What is counted stays exact, whatever it costs. */
	assert_true(round_trip(counts, 3, true, &len) == 0);
	assert_int_equal(len, 4);
}

static void test_strange(void **state)
{
	double half[] = {0.5, 0, 0}, wide[] = {1e-300, 1e300, 1e-300}, part[] = {1.5, 2.25, 3.125};
	size_t len;

	(void)state;
	assert_true(round_trip(half, 3, false, &len) == 0);
	assert_true(round_trip(wide, 3, false, &len) == 0);
	assert_true(round_trip(part, 3, true, &len) == 0);
	assert_int_equal(len, 25);
}

static void test_damaged(void **state)
{
	double v[4] = {1};
	static const struct {
		const char *data;
		size_t len, n;
	} bad[] = {
		{"", 0, 1},
		{"\7\0", 2, 1},
		{"\1", 1, 1},
		{"\1\x80", 2, 1},
		{"\1\0\0", 3, 1},
		{"\2\0\0", 3, 3},
		{"\0\0\0\0\0\0\0", 7, 1},
		{"\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\1", 12, 1},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(bad); i++)
		assert_int_equal(pt_samples_unpack(bad[i].data, bad[i].len, 5, v, bad[i].n),
				 -PT_ESYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_strange),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
