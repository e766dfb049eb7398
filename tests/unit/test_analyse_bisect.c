/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Noisy bisection: exact numbers, noise, states that cannot be measured, wild launches, no
 * difference. */
#include "perftop/analyse/bisect.h"

#include "perftop/base/err.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static uint64_t state;

static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (double)(state >> 11) * 0x1p-53;
}

/* Sum of uniforms: near enough to normal. */
static double noise(double sd)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += uniform();
	return sum * sd;
}

struct world {
	size_t n, guilty;
	double effect, sd;
	bool broken[64]; /* cannot be measured */
	size_t wild;	 /* this measurement is three times as slow */
};

static struct pt_bisection_result search(const struct world *w)
{
	struct pt_bisection_options options;
	struct pt_bisection_result result;
	struct pt_bisection *b;
	size_t runs = 0;
	long at;

	pt_bisection_options_init(&options);
	b = pt_bisection_new(w->n, &options);
	while ((at = pt_bisection_next(b, NULL)) >= 0) {
		double y = 2e6 * ((size_t)at >= w->guilty ? w->effect : 1) * exp(noise(w->sd));
		if (w->broken[at]) {
			pt_bisection_skip(b, (size_t)at);
			continue;
		}
		if (++runs == w->wild)
			y *= 3;
		assert_int_equal(pt_bisection_add(b, (size_t)at, y), 0);
		assert_true(runs < 1000);
	}
	pt_bisection_result(b, &result);
	pt_bisection_free(b);
	return result;
}

static void test_every_place(void **arg)
{
	(void)arg;
	state = 42;
	for (size_t n = 2; n <= 40; n += n < 6 ? 1 : 17)
		for (size_t guilty = 1; guilty < n; guilty++) {
			struct world w = {.n = n, .guilty = guilty, .effect = 1.05, .sd = 0};
			struct pt_bisection_result r = search(&w);
			assert_int_equal(r.state, PT_BISECTION_FOUND);
			assert_int_equal(r.first, guilty);
			assert_int_equal(r.last, guilty);
			assert_true(fabs(r.ratio - 1.05) < 1e-3);
			assert_true(r.runs <= 30);
		}
}

static void test_noise(void **arg)
{
	int exact = 0;

	(void)arg;
	state = 7;
	for (int i = 0; i < 100; i++) {
		struct world w = {.n = 60,
				  .guilty = 1 + (size_t)(uniform() * 59),
				  .effect = i % 2 ? 1.05 : .94, /* better counts too */
				  .sd = .015};
		struct pt_bisection_result r = search(&w);
		exact += r.state == PT_BISECTION_FOUND && r.first == w.guilty && r.last == w.guilty;
	}
	assert_true(exact >= 95);
}

static void test_wild(void **arg)
{
	(void)arg;
	state = 9;
	for (size_t wild = 1; wild <= 8; wild++) {
		struct world w = {.n = 30, .guilty = 11, .effect = 1.08, .sd = .01, .wild = wild};
		struct pt_bisection_result r = search(&w);
		assert_int_equal(r.state, PT_BISECTION_FOUND);
		assert_int_equal(r.first, 11);
		assert_int_equal(r.outliers, 1);
		assert_true(r.lo > 1.05 && r.hi < 1.11 && r.lo < r.hi);
	}
}

/* What does not build is passed over; when it hides the guilty one, all that it could be are
 * named. */
static void test_skips(void **arg)
{
	struct world w = {.n = 20, .guilty = 8, .effect = 1.1, .sd = .005};
	struct pt_bisection_result r;

	(void)arg;
	state = 3;
	w.broken[10] = w.broken[9] = w.broken[3] = true;
	r = search(&w);
	assert_int_equal(r.first, 8);
	assert_int_equal(r.last, 8);
	w.broken[8] = true;
	r = search(&w);
	assert_int_equal(r.state, PT_BISECTION_FOUND);
	assert_int_equal(r.first, 8);
	assert_int_equal(r.last, 11);
	memset(w.broken + 1, true, 18);
	r = search(&w);
	assert_int_equal(r.state, PT_BISECTION_FOUND);
	assert_int_equal(r.first, 1);
	assert_int_equal(r.last, 19);
}

static void test_none(void **arg)
{
	struct world w = {.n = 20, .guilty = 8, .effect = 1, .sd = .01};
	struct pt_bisection_result r;
	int none = 0;

	(void)arg;
	state = 11;
	for (int i = 0; i < 40; i++) {
		r = search(&w);
		none += r.state != PT_BISECTION_FOUND;
	}
	assert_true(none >= 34); /* looking several times, 2 % add up */
	/* An end that cannot be measured is no difference that could be told. */
	w.effect = 1.1;
	w.broken[0] = true;
	assert_int_equal(search(&w).state, PT_BISECTION_GOES_ON);
}

static void test_wrong(void **arg)
{
	struct pt_bisection_options options;
	struct pt_bisection *b;
	bool cheap[9] = {[3] = true};

	(void)arg;
	pt_bisection_options_init(&options);
	options.max_runs = 6;
	b = pt_bisection_new(9, &options);
	assert_int_equal(pt_bisection_add(b, 0, 0), -PT_ERANGE);
	assert_int_equal(pt_bisection_add(b, 0, NAN), -PT_ERANGE);
	assert_int_equal(pt_bisection_add(b, 0, -1), -PT_ERANGE);
	assert_int_equal(pt_bisection_add(b, 9, 1), -PT_ERANGE);
	assert_true(pt_bisection_bad(b, 0) == 0);
	assert_true(pt_bisection_bad(b, 8) > .999);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pt_bisection_next(b, cheap), 0);
		pt_bisection_add(b, 0, 100);
		assert_int_equal(pt_bisection_next(b, cheap), 8);
		pt_bisection_add(b, 8, 120);
	}
	assert_int_equal(pt_bisection_next(b, cheap), -1); /* out of runs */
	pt_bisection_free(b);
	options.max_runs = 60;
	b = pt_bisection_new(9, &options);
	for (int i = 0; i < 3; i++) {
		pt_bisection_add(b, 0, 100);
		pt_bisection_add(b, 8, 120);
	}
	assert_int_equal(pt_bisection_next(b, NULL), 4);
	assert_int_equal(pt_bisection_next(b, cheap), 3); /* built already, nearly as telling */
	pt_bisection_free(b);
	pt_bisection_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_place), cmocka_unit_test(test_noise),
		cmocka_unit_test(test_wild),	    cmocka_unit_test(test_skips),
		cmocka_unit_test(test_none),	    cmocka_unit_test(test_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
