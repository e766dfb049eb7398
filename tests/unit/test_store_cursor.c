/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rings against a diary: every tick is written down too, and what the cursor tells is computed
 * again from that, tier by tier.
 */
#include "store_feed.h"

enum { DIARY = 56789, RAW = 600, MID = 10, COARSE = 120, GROUPS = 360 };

struct diary {
	int64_t t_ns[DIARY];
	float v[DIARY]; /* NaN: nothing came */
	size_t n;
};

/* Ticks of about a second; random gaps; a wave with spikes. */
static void keep_diary(struct diary *d, struct pt_store *store, int id, size_t n, uint32_t seed)
{
	int64_t t = d->n ? d->t_ns[d->n - 1] : 0;
	size_t missing = 0;

	for (size_t i = 0; i < n; i++) {
		float v = (float)(rnd(&seed) % 1000) * (rnd(&seed) % 97 ? 0.001f : 1.0f);

		t += PT_S + (int64_t)(rnd(&seed) % 200 * (uint32_t)PT_MS) - 100 * PT_MS;
		if (rnd(&seed) % 500 == 0)
			missing = rnd(&seed) % 300;
		begin_at(store, t);
		if (!missing)
			pt_store_gauge(store, id, (double)v);
		pt_store_end(store);
		d->t_ns[d->n] = t;
		d->v[d->n++] = missing ? NAN : v;
		missing -= missing > 0;
	}
}

static struct pt_point expected_row(const struct diary *d, size_t first, size_t step)
{
	struct pt_point p = {.t_ns = d->t_ns[first], .min = NAN, .max = NAN};
	double sum = 0;

	for (size_t i = first; i < first + step; i++) {
		if (isnan(d->v[i]))
			continue;
		p.min = fminf(p.min, d->v[i]);
		p.max = fmaxf(p.max, d->v[i]);
		sum += (double)d->v[i];
		p.n++;
	}
	p.mean = (float)(sum / p.n);
	if (first + step < d->n)
		p.span_ns = d->t_ns[first + step] - p.t_ns;
	return p;
}

static void check_point(const struct pt_point *got, const struct pt_point *want)
{
	assert_int_equal(got->t_ns, want->t_ns);
	assert_int_equal(got->n, want->n);
	if (want->span_ns)
		assert_int_equal(got->span_ns, want->span_ns);
	if (!want->n) {
		assert_true(isnan(got->mean));
		return;
	}
	assert_true(got->min == want->min && got->max == want->max);
	assert_true(fabsf(got->mean - want->mean) <= 1e-5f * want->max);
	assert_true(got->min <= got->mean && got->mean <= got->max);
}

/* Where each tier begins after n ticks, from the words of the header alone. */
static size_t tier_begin(size_t n, size_t keep, size_t fold)
{
	return n <= keep ? 0 : (n - keep + fold - 1) / fold * fold;
}

static void check_diary(const struct diary *d, const struct pt_store *store, int id)
{
	size_t raw = tier_begin(d->n, RAW, MID);
	size_t mid = tier_begin(raw, GROUPS * MID, COARSE);
	size_t coarse = tier_begin(mid, GROUPS * COARSE, COARSE), i = coarse;
	struct pt_cursor cursor;
	struct pt_point got, want;

	assert_int_equal(pt_store_first(store), d->t_ns[coarse]);
	assert_int_equal(pt_store_last(store), d->t_ns[d->n - 1]);
	assert_int_equal(pt_store_cursor(store, id, INT64_MIN, &cursor), 0);
	while (i < d->n) {
		size_t step = i < mid ? COARSE : i < raw ? MID : 1;

		want = expected_row(d, i, step);
		assert_int_equal(pt_cursor_next(&cursor, &got), 1);
		check_point(&got, &want);
		i += step;
	}
	assert_int_equal(pt_cursor_next(&cursor, &got), 0);
	assert_int_equal(pt_cursor_next(&cursor, &got), 0);
}

static void test_tiers_against_diary(void **state)
{
	static struct diary d;
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &gauge, "");

	(void)state;
	keep_diary(&d, store, id, 1, 11);
	check_diary(&d, store, id);
	keep_diary(&d, store, id, 598, 12);
	for (int i = 0; i < 25; i++) { /* across the first fold, tick by tick */
		keep_diary(&d, store, id, 1, 100 + (uint32_t)i);
		check_diary(&d, store, id);
	}
	for (int i = 0; d.n + 4001 < DIARY; i++) {
		keep_diary(&d, store, id, 1 + 137 * ((size_t)i % 29), 1000 + (uint32_t)i);
		check_diary(&d, store, id);
	}
	pt_store_free(store);
}

/* The rule of seek, over all points as one walk tells them. */
static void check_seeks(const struct pt_store *store, int id, uint32_t seed)
{
	static struct pt_point all[3000];
	int64_t first = pt_store_first(store), last = pt_store_last(store);
	struct pt_cursor cursor;
	struct pt_point p;
	size_t n = 0;

	assert_int_equal(pt_store_cursor(store, id, first, &cursor), 0);
	while (pt_cursor_next(&cursor, &all[n]))
		n++;
	for (size_t i = 1; i < n; i++)
		assert_true(all[i - 1].t_ns + all[i - 1].span_ns <= all[i].t_ns);
	for (int i = 0; i < 3000; i++) {
		int64_t t = first - 5 * PT_S +
			    (int64_t)(rnd(&seed) % 100000) * ((last - first + 9 * PT_S) / 100000);
		size_t want = 0;

		if (i % 3 == 0) /* on an edge, too */
			t = all[rnd(&seed) % n].t_ns;
		while (want < n && all[want].t_ns + all[want].span_ns <= t)
			want++;
		pt_cursor_seek(&cursor, t);
		assert_int_equal(pt_cursor_next(&cursor, &p), want < n);
		if (want < n)
			assert_int_equal(p.t_ns, all[want].t_ns);
	}
}

static void test_seek(void **state)
{
	static struct diary d;
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &gauge, "");

	(void)state;
	keep_diary(&d, store, id, 300, 5);
	check_seeks(store, id, 7);
	keep_diary(&d, store, id, 6000, 6);
	check_seeks(store, id, 8);
	pt_store_set_hold(store, &gauge, 40 * PT_S); /* the same series, with gaps held over */
	check_seeks(store, id, 9);
	pt_store_free(store);
}

/* A value set every fifth tick: one point five ticks long, never five. */
static void test_hold(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &gauge, "");
	struct pt_cursor cursor;
	struct pt_point p;

	(void)state;
	pt_store_set_hold(store, &gauge, 5 * PT_S);
	for (int i = 0; i < 23; i++) {
		begin_at(store, i * PT_S);
		if (i % 5 == 0 && i != 10)
			pt_store_gauge(store, id, i);
		pt_store_end(store);
	}
	pt_store_cursor(store, id, 0, &cursor);
	assert_true(pt_cursor_next(&cursor, &p) && p.t_ns == 0 && p.span_ns == 5 * PT_S);
	assert_true(p.n == 1 && p.mean == 0);
	/* It did not come at 10: held half as long again, for lateness, then a gap. */
	assert_true(pt_cursor_next(&cursor, &p) && p.t_ns == 5 * PT_S &&
		    p.span_ns == PT_S * 15 / 2);
	for (int i = 13; i < 15; i++)
		assert_true(pt_cursor_next(&cursor, &p) && p.t_ns == i * PT_S && p.n == 0);
	assert_true(pt_cursor_next(&cursor, &p) && p.t_ns == 15 * PT_S && p.span_ns == 5 * PT_S);
	assert_true(pt_cursor_next(&cursor, &p) && p.t_ns == 20 * PT_S && p.mean == 20);
	assert_false(pt_cursor_next(&cursor, &p));
	pt_cursor_seek(&cursor, 9 * PT_S);
	assert_true(pt_cursor_next(&cursor, &p) && p.t_ns == 5 * PT_S);
	pt_cursor_seek(&cursor, 13 * PT_S);
	assert_true(pt_cursor_next(&cursor, &p) && p.t_ns == 13 * PT_S && p.n == 0);
	pt_store_free(store);
}

static void test_hold_ends_at_a_gap(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &gauge, "");
	struct pt_cursor cursor;
	struct pt_point p;

	(void)state;
	pt_store_set_hold(store, &gauge, 60 * PT_S);
	tick_gauge(store, 0, id, 1);
	for (int i = 1; i < 9; i++) {
		begin_at(store, i * PT_S);
		if (i == 4)
			pt_store_fail(store, &gauge, id, "unplugged");
		pt_store_end(store);
	}
	pt_store_cursor(store, id, 0, &cursor);
	assert_true(pt_cursor_next(&cursor, &p) && p.n == 1 && p.span_ns == 4 * PT_S);
	for (int i = 4; i < 9; i++)
		assert_true(pt_cursor_next(&cursor, &p) && p.n == 0 && p.t_ns == i * PT_S);
	assert_false(pt_cursor_next(&cursor, &p));
	pt_store_free(store);
}

/* The same when both have become groups. */
static void test_gap_is_folded(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &gauge, "");
	struct pt_cursor cursor;
	struct pt_point p;

	(void)state;
	pt_store_set_hold(store, &gauge, 60 * PT_S);
	tick_gauge(store, 0, id, 1);
	for (int i = 1; i < 700; i++) {
		begin_at(store, i * PT_S);
		if (i == 12)
			pt_store_fail(store, &gauge, id, "unplugged");
		pt_store_end(store);
	}
	pt_store_cursor(store, id, 0, &cursor);
	assert_true(pt_cursor_next(&cursor, &p) && p.n == 1 && p.span_ns == 10 * PT_S);
	assert_true(pt_cursor_next(&cursor, &p) && p.n == 0 && p.t_ns == 10 * PT_S);
	pt_store_free(store);
}

/* Two silences with one tick between them: the first is no measure for the second. */
static void test_two_silences(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &gauge, "");
	struct pt_cursor cursor;
	struct pt_point p;
	int64_t t = 0;

	(void)state;
	for (int i = 0; i < 20; i++)
		tick_gauge(store, t += PT_S, id, 1);
	tick_gauge(store, t += 600 * PT_S, id, 1);
	tick_gauge(store, t += 600 * PT_S, id, 1);
	pt_store_cursor(store, id, 0, &cursor);
	for (int i = 0; i < 22; i++) {
		do
			assert_true(pt_cursor_next(&cursor, &p));
		while (!p.n);
		assert_int_equal(p.span_ns, PT_S);
	}
	pt_store_free(store);
}

/* A process that was stopped for minutes measured nothing meanwhile, in any tier. */
static void test_silence_is_a_gap(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &gauge, "");
	int64_t t = 0, silence, covered = 0;
	struct pt_cursor cursor;
	struct pt_point p;

	(void)state;
	tick_gauge(store, t, id, 1);
	t += 250 * PT_MS;
	for (int i = 0; i < 37; i++, t += PT_S)
		tick_gauge(store, t, id, 1);
	silence = t;
	t += 600 * PT_S;
	for (int i = 0; i < 1300; i++) {
		tick_gauge(store, t, id, 2);
		if (i == 3) { /* in the raw ring */
			pt_store_cursor(store, id, silence, &cursor);
			assert_true(pt_cursor_next(&cursor, &p));
			assert_true(p.n == 1 && p.mean == 2 && p.t_ns == silence + 600 * PT_S);
		}
		t += PT_S;
	}
	pt_store_cursor(store, id, 0, &cursor);
	while (pt_cursor_next(&cursor, &p)) {
		assert_true(p.t_ns + p.span_ns <= silence || p.t_ns >= silence + 600 * PT_S ||
			    !p.n);
		covered += p.n ? p.span_ns : 0;
	}
	assert_in_range(covered / PT_S, 1336, 1339);
	pt_store_free(store);
}

/* A tick that comes late is late, not a gap; and one at a changed interval soon is none either. */
static void test_late_ticks(void **state)
{
	static const int64_t at_ms[] = {0, 250, 1250, 2250, 4900, 5250, 6250};
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &gauge, "");
	struct pt_cursor cursor;
	struct pt_point p;

	(void)state;
	for (size_t i = 0; i < PT_LEN(at_ms); i++)
		tick_gauge(store, at_ms[i] * PT_MS, id, 1);
	pt_store_cursor(store, id, 0, &cursor);
	for (size_t i = 0; i + 1 < PT_LEN(at_ms); i++) {
		assert_true(pt_cursor_next(&cursor, &p));
		assert_int_equal(p.span_ns, (at_ms[i + 1] - at_ms[i]) * PT_MS);
	}
	pt_store_free(store);

	store = pt_store_new(NULL);
	id = pt_store_series(store, &gauge, "");
	for (int i = 0; i < 12; i++)
		tick_gauge(store, i * 10 * PT_S, id, 1);
	pt_store_cursor(store, id, 40 * PT_S, &cursor);
	while (pt_cursor_next(&cursor, &p))
		assert_int_equal(p.span_ns, 10 * PT_S);
	pt_store_free(store);
}

static void test_clock_that_stands(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &gauge, ""), n = 0;
	struct pt_cursor cursor;
	struct pt_point p;

	(void)state;
	for (int i = 0; i < 2000; i++)
		tick_gauge(store, i == 1000 ? 0 : 5 * PT_S, id, i); /* or goes back */
	pt_store_cursor(store, id, INT64_MIN, &cursor);
	while (pt_cursor_next(&cursor, &p))
		n += (int)p.n;
	assert_int_equal(n, 2000);
	assert_int_equal(pt_store_last(store), 5 * PT_S);
	pt_store_free(store);
}

static void test_cursor_outlives_ticks(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &gauge, "");
	struct pt_cursor cursor;
	struct pt_point p;
	int64_t t = 0, end = 0;
	unsigned n = 0;

	(void)state;
	for (int i = 0; i < 550; i++)
		tick_gauge(store, t += PT_S, id, i);
	pt_store_cursor(store, id, 0, &cursor);
	for (int i = 0; i < 13; i++)
		assert_true(pt_cursor_next(&cursor, &p));
	for (int i = 550; i < 650; i++)
		tick_gauge(store, t += PT_S, id, i);
	end = p.t_ns + p.span_ns;
	while (pt_cursor_next(&cursor, &p)) {
		assert_true(p.t_ns >= end);
		end = p.t_ns + p.span_ns;
		n += p.n;
	}
	assert_int_equal(n, 650 - 20); /* the group that was begun is not told twice */
	pt_store_drop(store, id);
	pt_cursor_seek(&cursor, 0);
	pt_store_free(store);
}

static void test_no_history(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &detail, "id=\"1\"");
	struct pt_cursor cursor;

	(void)state;
	tick_gauge(store, PT_S, id, 1);
	assert_int_equal(pt_store_cursor(store, id, 0, &cursor), -PT_ENODATA);
	pt_store_free(store);
}

static void test_real_time_and_jumps(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int64_t t = 0, at, jump, ahead = 1000 * PT_S;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		if (i == 20)
			ahead += 3600 * PT_S; /* set by hand */
		if (i == 44)
			ahead -= 7 * PT_S;
		if (i > 50)
			ahead += 100 * PT_US; /* slewed: no jump */
		pt_store_begin(store, t, t + ahead);
		pt_store_end(store);
		if (i == 60) {
			assert_int_equal(pt_store_real_at(store, -5 * PT_S), 995 * PT_S);
			assert_int_equal(pt_store_real_at(store, 5 * PT_S / 2), PT_S * 2005 / 2);
			assert_int_equal(pt_store_real_at(store, 20 * PT_S - 1), 1020 * PT_S - 1);
			assert_int_equal(pt_store_real_at(store, 20 * PT_S), 4620 * PT_S);
			assert_int_equal(pt_store_real_at(store, 99 * PT_S), 99 * PT_S + ahead);
		}
		t += PT_S;
	}
	assert_int_equal(pt_store_jump(store, 0, &at, &jump), 1);
	assert_true(at == 20 * PT_S && jump == 3600 * PT_S);
	assert_int_equal(pt_store_jump(store, 20 * PT_S, &at, &jump), 1);
	assert_int_equal(at, 20 * PT_S);
	assert_int_equal(pt_store_jump(store, at + 1, &at, &jump), 1);
	assert_true(at == 44 * PT_S && jump == -7 * PT_S);
	assert_int_equal(pt_store_jump(store, at + 1, &at, &jump), 0);
	/* Now inside one group of 120, and still right on both sides. */
	assert_int_equal(pt_store_real_at(store, 19 * PT_S), 1019 * PT_S);
	assert_int_equal(pt_store_real_at(store, 20 * PT_S), 4620 * PT_S);
	assert_int_equal(pt_store_real_at(store, 25 * PT_S), 4625 * PT_S);
	assert_int_equal(pt_store_real_at(store, 45 * PT_S), 4638 * PT_S);
	pt_store_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tiers_against_diary),
		cmocka_unit_test(test_seek),
		cmocka_unit_test(test_hold),
		cmocka_unit_test(test_hold_ends_at_a_gap),
		cmocka_unit_test(test_gap_is_folded),
		cmocka_unit_test(test_silence_is_a_gap),
		cmocka_unit_test(test_two_silences),
		cmocka_unit_test(test_late_ticks),
		cmocka_unit_test(test_clock_that_stands),
		cmocka_unit_test(test_cursor_outlives_ticks),
		cmocka_unit_test(test_no_history),
		cmocka_unit_test(test_real_time_and_jumps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
