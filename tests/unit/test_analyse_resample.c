/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Columns against a reference that asks, for each column, every point. The cursor is a plain array,
 * so that nothing but the header's words is under test.
 */
#include "perftop/analyse/resample.h"
#include "perftop/base/clock.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX = 700, COLS = 160 };

struct list {
	struct pt_point p[MAX];
	size_t n;
};

static void list_seek(struct pt_cursor *c, int64_t t_ns)
{
	const struct list *list = c->src;

	c->pos = 0;
	while (c->pos < list->n && list->p[c->pos].t_ns + list->p[c->pos].span_ns <= t_ns)
		c->pos++;
}

static int list_next(struct pt_cursor *c, struct pt_point *ret)
{
	const struct list *list = c->src;

	if (c->pos >= list->n)
		return 0;
	*ret = list->p[c->pos++];
	return 1;
}

static struct pt_cursor list_cursor(const struct list *list)
{
	return (struct pt_cursor){.seek = list_seek, .next = list_next, .src = list};
}

static void list_add(struct list *list, int64_t t_ns, int64_t span_ns, float min, float max,
		     float mean, unsigned n)
{
	list->p[list->n++] = (struct pt_point){t_ns, span_ns, min, max, mean, n};
}

static void list_value(struct list *list, double t_s, double span_s, float v)
{
	list_add(list, (int64_t)(t_s * 1e9), (int64_t)(span_s * 1e9), v, v, v, 1);
}

/* Points without overlap: ticks, groups, gaps between, times below zero. */
static void list_random(struct list *list, unsigned seed)
{
	int64_t t;

	srand(seed);
	t = (rand() % 2000 - 1000) * PT_S / 7;
	list->n = 0;
	while (list->n < MAX - (size_t)(seed % 600)) {
		int64_t span = (rand() % 40 ? 900 + rand() % 200 : rand() % 30000) * PT_MS;
		unsigned n = rand() % 9 == 0 ? 0 : rand() % 5 == 0 ? 2 + (unsigned)rand() % 9 : 1;
		float v = (float)(rand() % 10000) / 100, w = n > 1 ? (float)(rand() % 100) : 0;

		if (n)
			list_add(list, t, span, v - w, v + 2 * w, v, n);
		else
			list_add(list, t, span, NAN, NAN, NAN, 0);
		t += span + (rand() % 11 ? 0 : rand() % 9000 * PT_MS);
	}
}

static int64_t floor_to(int64_t t, int64_t col)
{
	int64_t down = t / col * col;

	return down > t ? down - col : down;
}

/* A column by the rule: what begins in it, else what covers it from end to end. */
static struct pt_bin reference(const struct list *list, int64_t start, int64_t col)
{
	struct pt_bin bin = {NAN, NAN, NAN, NAN, 0}, cover = bin;
	double sum = 0;
	unsigned weight = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct pt_point *p = &list->p[i];

		if (!p->n)
			continue;
		if (p->t_ns <= start && p->t_ns + p->span_ns >= start + col)
			cover = (struct pt_bin){p->min, p->max, p->mean, p->mean, 1};
		if (floor_to(p->t_ns, col) != start)
			continue;
		bin.min = fminf(bin.min, p->min);
		bin.max = fmaxf(bin.max, p->max);
		bin.last = p->mean;
		bin.n++;
		sum += (double)p->mean * p->n;
		weight += p->n;
	}
	bin.mean = (float)(sum / weight);
	return bin.n ? bin : cover;
}

static void check_bin(const struct pt_bin *got, const struct pt_bin *want)
{
	assert_int_equal(got->n, want->n);
	if (!want->n) {
		assert_true(isnan(got->min) && isnan(got->max) && isnan(got->mean) &&
			    isnan(got->last));
		return;
	}
	assert_true(got->min == want->min && got->max == want->max && got->last == want->last);
	assert_true(fabsf(got->mean - want->mean) < 1e-3f);
}

static void test_against_reference(void **state)
{
	static const int64_t widths[] = {PT_S, PT_S, 250 * PT_MS, 2 * PT_S, 7 * PT_S, 60 * PT_S};
	static struct list list;
	struct pt_bin bins[COLS];

	(void)state;
	for (unsigned seed = 1; seed <= 60; seed++) {
		int64_t col = widths[seed % 6], from;
		struct pt_cursor cursor = list_cursor(&list);

		list_random(&list, seed);
		from = floor_to(list.p[(unsigned)rand() % list.n].t_ns, col) - (rand() % 50) * col;
		pt_resample(&cursor, from, col, bins, COLS);
		for (int i = 0; i < COLS; i++) {
			struct pt_bin want = reference(&list, from + i * col, col);

			check_bin(&bins[i], &want);
		}
	}
}

/* A column is the same wherever the picture begins: it scrolls and does not shimmer. */
static void test_scrolls(void **state)
{
	static struct list list;
	struct pt_bin one[COLS], two[COLS];
	struct pt_cursor cursor = list_cursor(&list);

	(void)state;
	for (unsigned seed = 100; seed < 130; seed++) {
		int64_t col = (1 + seed % 5) * PT_S, from;

		list_random(&list, seed);
		from = floor_to(list.p[list.n / 2].t_ns, col);
		pt_resample(&cursor, from, col, one, COLS);
		pt_resample(&cursor, from + 13 * col, col, two, COLS);
		for (int i = 13; i < COLS; i++)
			check_bin(&two[i - 13], &one[i]);
	}
}

static void test_spike_survives(void **state)
{
	struct list list = {.n = 0};
	struct pt_cursor cursor = list_cursor(&list);
	struct pt_bin bins[4];

	(void)state;
	for (int i = 0; i < 600; i++)
		list_value(&list, i, 1, i == 377 ? 99 : i == 378 ? -3 : 1);
	pt_resample(&cursor, 0, 150 * PT_S, bins, 4);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(bins[i].n, 150);
		assert_true(bins[i].max == (i == 2 ? 99 : 1));
		assert_true(bins[i].min == (i == 2 ? -3 : 1));
	}
	assert_true(fabsf(bins[2].mean - (148 + 96) / 150.0f) < 1e-4f);
	assert_true(bins[2].last == 1);
}

/* Ticks that drift about the columns' edges: one column each, no comb and no smear. */
static void test_jitter(void **state)
{
	static const double at[] = {10.3, 11.3, 12.99, 14.01, 14.99, 16.2};
	static const float want[] = {1, 2, 3, 3, 4, NAN, 6};
	struct list list = {.n = 0};
	struct pt_cursor cursor = list_cursor(&list);
	struct pt_bin bins[7];

	(void)state;
	for (int i = 0; i < 6; i++)
		list_value(&list, at[i], i < 5 ? at[i + 1] - at[i] : 1, (float)(i + 1));
	pt_resample(&cursor, 10 * PT_S, PT_S, bins, 7);
	for (int i = 0; i < 4; i++)
		assert_true(bins[i].max == want[i]);
	assert_true(bins[4].n == 2 && bins[4].min == 4 && bins[4].max == 5);
	assert_true(bins[5].max == 5); /* covered whole by 14.99..16.2 */
	assert_true(bins[6].max == 6);
}

static void test_steps_and_gaps(void **state)
{
	struct list list = {.n = 0};
	struct pt_cursor cursor = list_cursor(&list);
	struct pt_bin bins[12];

	(void)state;
	list_value(&list, -3.5, 5, 1); /* began before the picture */
	list_value(&list, 5.5, 4.5, 2);
	pt_resample(&cursor, 0, PT_S, bins, 12);
	for (int i = 0; i < 12; i++) {
		float want = i < 1 ? 1 : i >= 5 && i < 10 ? 2 : NAN;

		assert_int_equal(bins[i].n, !isnan(want));
		if (bins[i].n)
			assert_true(bins[i].min == want && bins[i].max == want);
	}
	pt_resample(&cursor, 0, PT_S, bins, 0);
	list.n = 0;
	pt_resample(&cursor, 0, PT_S, bins, 12);
	assert_int_equal(bins[0].n + bins[11].n, 0);
}

/* -- summaries ----------------------------------------------------------------------------------- */

static void test_summary(void **state)
{
	struct list list = {.n = 0};
	struct pt_cursor cursor = list_cursor(&list);
	struct pt_summary sum;
	float scratch[200];

	(void)state;
	for (int i = 0; i < 200; i++)
		list_value(&list, i, 1, (float)i);
	list_add(&list, 200 * PT_S, 10 * PT_S, NAN, NAN, NAN, 0);
	pt_summarise(&cursor, 50 * PT_S, 151 * PT_S, scratch, 200, &sum);
	assert_int_equal(sum.n, 101);
	assert_true(sum.min == 50 && sum.max == 150 && sum.last == 150 && sum.mean == 100);
	assert_true(fabs(sum.p95 - 145) < 1e-9);
	pt_summarise(&cursor, 201 * PT_S, 300 * PT_S, scratch, 200, &sum);
	assert_true(sum.n == 0 && isnan(sum.min) && isnan(sum.p95) && isnan(sum.mean));
	pt_summarise(&cursor, 0, 200 * PT_S, scratch, 0, &sum);
	assert_true(sum.n == 200 && isnan(sum.p95) && sum.max == 199);
}

/* An hour of groups counts six times ten minutes of ticks, not once. */
static void test_summary_weighs_groups(void **state)
{
	struct list list = {.n = 0};
	struct pt_cursor cursor = list_cursor(&list);
	struct pt_summary sum;
	float scratch[4096];

	(void)state;
	for (int i = 0; i < 300; i++) /* 9 of 10 ticks at 1, one at 0, mean 0.9 */
		list_add(&list, i * 10 * PT_S, 10 * PT_S, 0, 1, 0.9f, 10);
	for (int i = 0; i < 300; i++)
		list_value(&list, 3000 + i, 1, 5);
	pt_summarise(&cursor, 0, 4000 * PT_S, scratch, 4096, &sum);
	assert_true(fabs(sum.mean - (2700 + 1500) / 3300.0) < 1e-6);
	assert_true(sum.p95 == 5); /* 9 % of the time */
	assert_true(sum.min == 0 && sum.max == 5 && sum.n == 600);
}

/* Thinning keeps proportions, whatever the groups' size has to do with the stride. */
static void test_summary_thins(void **state)
{
	static struct list list;
	struct pt_cursor cursor = list_cursor(&list);
	struct pt_summary sum;
	float scratch[128];
	size_t lows = 0, highs = 0;

	(void)state;
	list.n = 0;
	for (int i = 0; i < 640; i++) /* each: a minimum of 0, a maximum of 100, eight of 50 */
		list_add(&list, i * 10 * PT_S, 10 * PT_S, 0, 100, 50, 10);
	for (size_t max = 20; max <= 128; max++) {
		size_t low = 0, high = 0;

		memset(scratch, 0xff, sizeof scratch); /* NaN: neither */
		pt_summarise(&cursor, 0, INT64_MAX, scratch, max, &sum);
		assert_true(sum.min == 0 && sum.max == 100 && sum.mean == 50);
		for (size_t i = 0; i < max; i++) {
			low += scratch[i] == 0;
			high += scratch[i] == 100;
		}
		assert_true(low < max / 3 && high < max / 3);
		lows += low;
		highs += high;
	}
	/* 8,066 places in all, a tenth each. */
	assert_in_range(lows, 600, 1000);
	assert_in_range(highs, 600, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_reference),     cmocka_unit_test(test_scrolls),
		cmocka_unit_test(test_spike_survives),	      cmocka_unit_test(test_jitter),
		cmocka_unit_test(test_steps_and_gaps),	      cmocka_unit_test(test_summary),
		cmocka_unit_test(test_summary_weighs_groups), cmocka_unit_test(test_summary_thins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
