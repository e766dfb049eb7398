/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How rare a size is: by rank where there are sizes to compare with, by the tail's fall beyond. */
#include "../../src/analyse/anomaly_tail.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define GROW 1.0002
#define INDEX 0.4

/* n sizes whose tail falls as a power law of that index; 0: as an exponential. */
static struct pt_tail *filled(int n, double index)
{
	struct pt_tail *tail = pt_calloc(1, sizeof *tail);
	uint64_t state = 5;

	for (int i = 0; i < n; i++) {
		double u;

		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		u = ((double)(state >> 40) + 0.5) / (double)(1 << 24);
		pt_tail_add(tail, index > 0 ? pow(u, -index) : -log(u), GROW);
	}
	return tail;
}

static void near(double got, double want, double by)
{
	assert_true(fabs(got - want) < by);
}

static void test_ranks(void **state)
{
	struct pt_tail *tail = filled(5000, 0.5);

	(void)state;
	near(pt_tail_rarity(tail, pow(0.5, -0.5), INDEX), -log10(0.5), 0.05);
	near(pt_tail_rarity(tail, pow(0.1, -0.5), INDEX), 1, 0.1);
	near(pt_tail_rarity(tail, pow(0.01, -0.5), INDEX), 2, 0.2);
	free(tail);
}

/* Far beyond all that was seen, wild tails make less of it than tame ones. */
static void test_beyond(void **state)
{
	struct pt_tail *wild = filled(5000, 0.8), *tame = filled(5000, 0);

	(void)state;
	near(pt_tail_rarity(wild, pow(1e-6, -0.8), INDEX), 6, 1);
	assert_true(pt_tail_rarity(tame, 100, INDEX) > pt_tail_rarity(wild, 100, INDEX) + 2);
	assert_true(pt_tail_rarity(tame, 1e300, INDEX) >= pt_tail_rarity(tame, 100, INDEX));
	free(wild);
	free(tame);
}

static void test_little_known(void **state)
{
	struct pt_tail *tail = filled(0, 0);

	(void)state;
	near(pt_tail_rarity(tail, 1, INDEX), 0, 1e-9);
	for (int i = 0; i < 1000; i++)
		pt_tail_add(tail, 0, GROW);
	near(pt_tail_rarity(tail, 0, INDEX), 0, 1e-9);
	/* The first size of all: one among so many, whatever it is. */
	near(pt_tail_rarity(tail, 1e-6, INDEX), pt_tail_rarity(tail, 1e6, INDEX), 1e-9);
	assert_true(pt_tail_rarity(tail, 1, INDEX) > 2 && pt_tail_rarity(tail, 1, INDEX) < 4);
	free(tail);
}

/* What was large long ago is forgotten, also when weights have grown so far that they are scaled. */
static void test_forgets(void **state)
{
	struct pt_tail *tail = filled(0, 0);

	(void)state;
	for (int i = 0; i < 1000; i++)
		pt_tail_add(tail, 1000, 1.002);
	assert_true(pt_tail_rarity(tail, 900, INDEX) < 0.5);
	for (int i = 0; i < 20000; i++)
		pt_tail_add(tail, 1 + i % 7, 1.002);
	assert_true(pt_tail_rarity(tail, 900, INDEX) > 2.5);
	assert_true(tail->weight < 1e7);
	free(tail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranks),
		cmocka_unit_test(test_beyond),
		cmocka_unit_test(test_little_known),
		cmocka_unit_test(test_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
