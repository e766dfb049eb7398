/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store against a diary of what went into it. */
#include "perftop/model/sink.h" /* before cmocka, which has a macro fail() */

#include "allocations.h"
#include "store_feed.h"

static struct pt_series_info info_of(const struct pt_store *store, int id)
{
	struct pt_series_info info;

	assert_true(pt_store_info(store, id, &info));
	return info;
}

static int core_series(struct pt_store *store, const struct pt_metric *metric, int core)
{
	char labels[64];

	snprintf(labels, sizeof labels, "%s=\"%d\"", metric->label, core);
	return pt_store_series(store, metric, labels);
}

static void test_identity(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	struct pt_metric again = gauge;
	char name[] = "load_ratio";
	int a, b;

	(void)state;
	again.name = name; /* another pointer, the same metric */
	a = pt_store_series(store, &gauge, "core=\"0\"");
	b = pt_store_series(store, &gauge, NULL);
	assert_true(a >= 0 && b >= 0 && a != b);
	assert_int_equal(pt_store_series(store, &again, "core=\"0\""), a);
	assert_int_equal(pt_store_series(store, &again, ""), b);
	assert_int_equal(pt_store_find(store, "load_ratio", "core=\"0\""), a);
	assert_int_equal(pt_store_find(store, "load_ratio", NULL), b);
	assert_int_equal(pt_store_find(store, "load_ratio", "core=\"1\""), -PT_ENOENT);
	assert_int_equal(pt_store_find(store, "nothing", ""), -PT_ENOENT);
	assert_int_equal(pt_store_n(store), 2);
	assert_string_equal(info_of(store, a).labels, "core=\"0\"");
	assert_ptr_equal(info_of(store, a).metric, &again);
	pt_store_free(store);
	pt_store_free(NULL);
}

static void test_empty(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	struct pt_series_info info;
	struct pt_cursor cursor;
	int64_t at, jump;
	int ids[2];

	(void)state;
	assert_int_equal(pt_store_n(store), 0);
	assert_true(pt_store_first(store) == INT64_MIN && pt_store_last(store) == INT64_MIN);
	assert_true(pt_store_real_at(store, 5) == INT64_MIN);
	assert_int_equal(pt_store_jump(store, 0, &at, &jump), 0);
	assert_int_equal(pt_store_instances(store, "x", ids, 2), 0);
	assert_null(pt_store_reason(store, "x"));
	for (int id = -3; id < 3; id++) {
		assert_false(pt_store_info(store, id, &info));
		assert_true(isnan(info.last));
		assert_int_equal(pt_store_cursor(store, id, 0, &cursor), -PT_ENOENT);
		pt_store_gauge(store, id, 1);
		pt_store_counter(store, id, 1);
		pt_store_drop(store, id);
	}
	pt_store_begin(store, 5, 6);
	pt_store_end(store);
	assert_int_equal(pt_store_last(store), 5);
	pt_store_free(store);
}

static void test_gauge_latest(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &gauge, "");

	(void)state;
	assert_true(isnan(info_of(store, id).last));
	assert_true(info_of(store, id).last_mono_ns == INT64_MIN);
	begin_at(store, PT_S);
	pt_store_gauge(store, id, 0.5);
	assert_true(isnan(info_of(store, id).last)); /* nobody sees half a tick */
	assert_int_equal(pt_store_generation(store), 0);
	pt_store_end(store);
	assert_int_equal(pt_store_generation(store), 1);
	assert_true(info_of(store, id).last == 0.5 && isnan(info_of(store, id).total));
	assert_int_equal(info_of(store, id).last_mono_ns, PT_S);
	begin_at(store, 2 * PT_S); /* nothing comes: none now */
	pt_store_end(store);
	assert_true(isnan(info_of(store, id).last));
	assert_int_equal(info_of(store, id).last_mono_ns, PT_S);
	pt_store_gauge(store, id, 0.25); /* from a slow source between two ticks */
	assert_true(isnan(info_of(store, id).last));
	begin_at(store, 3 * PT_S);
	pt_store_end(store);
	assert_true(info_of(store, id).last == 0.25);
	tick_gauge(store, 4 * PT_S, id, INFINITY);
	assert_true(isnan(info_of(store, id).last));
	pt_store_free(store);
}

static void test_hold_latest(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &gauge, "");

	(void)state;
	pt_store_set_hold(store, &gauge, 4 * PT_S);
	tick_gauge(store, 0, id, 7);
	for (int i = 1; i < 9; i++) {
		begin_at(store, i * PT_S);
		pt_store_end(store);
		assert_int_equal(isnan(info_of(store, id).last), i > 6);
	}
	tick_gauge(store, 9 * PT_S, id, 8);
	tick_gauge(store, 10 * PT_S, id, NAN); /* a gap is not held over */
	assert_true(isnan(info_of(store, id).last));
	pt_store_free(store);
}

static void tick_counter(struct pt_store *store, int64_t mono_ns, int id, uint64_t total)
{
	begin_at(store, mono_ns);
	pt_store_counter(store, id, total);
	pt_store_end(store);
}

static void test_counter(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &counter, "disk=\"sda\"");

	(void)state;
	tick_counter(store, PT_S, id, 1000);
	assert_true(isnan(info_of(store, id).last)); /* never a rate since boot */
	assert_true(info_of(store, id).total == 1000);
	tick_counter(store, PT_S + 250 * PT_MS, id, 1500);
	assert_true(info_of(store, id).last == 2000);
	tick_counter(store, PT_S * 9 / 4, id, 10); /* reset: a gap, never a huge rate */
	assert_true(isnan(info_of(store, id).last));
	assert_true(info_of(store, id).total == 10);
	tick_counter(store, PT_S * 13 / 4, id, 20);
	assert_true(info_of(store, id).last == 10);
	begin_at(store, PT_S * 17 / 4); /* missed once: the mean over both intervals follows */
	pt_store_end(store);
	tick_counter(store, PT_S * 21 / 4, id, 60);
	assert_true(info_of(store, id).last == 20);
	pt_store_free(store);
}

static void test_reasons(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int a = pt_store_series(store, &gauge, "core=\"0\""), b = core_series(store, &gauge, 1);
	char reason[] = "no such sensor";

	(void)state;
	pt_store_fail(store, &gauge, a, reason);
	memset(reason, 'x', 3); /* it was copied */
	assert_string_equal(info_of(store, a).reason, "no such sensor");
	assert_null(info_of(store, b).reason);
	tick_gauge(store, PT_S, a, NAN);
	assert_non_null(info_of(store, a).reason);
	tick_gauge(store, 2 * PT_S, a, 1);
	assert_null(info_of(store, a).reason);

	pt_store_fail(store, &gauge, -1, "no right");
	assert_string_equal(pt_store_reason(store, "load_ratio"), "no right");
	assert_string_equal(info_of(store, b).reason, "no right");
	tick_gauge(store, 3 * PT_S, b, 1);
	assert_null(pt_store_reason(store, "load_ratio"));
	pt_store_fail(store, &counter, -1, "no disks"); /* of a metric without a series */
	assert_string_equal(pt_store_reason(store, counter.name), "no disks");
	pt_store_fail(store, &counter, -1, NULL);
	assert_null(pt_store_reason(store, counter.name));

	/* A failure is a gap even where the value would be held. */
	pt_store_set_hold(store, &gauge, 60 * PT_S);
	tick_gauge(store, 4 * PT_S, a, 1);
	begin_at(store, 5 * PT_S);
	pt_store_fail(store, &gauge, a, "gone");
	pt_store_end(store);
	assert_true(isnan(info_of(store, a).last));
	pt_store_free(store);
}

static void test_instances_in_order(void **state)
{
	static const char *const labels[] = {
		"core=\"10\"",
		"core=\"2\"",
		"core=\"0\"",
		"core=\"02\"",
		"",
		"core=\"nvme10n1\"",
		"core=\"nvme2n10\"",
		"core=\"nvme2n9\"",
		"core=\"100000000000000000000000000\"",
	};
	static const char *const sorted[] = {
		"",
		"core=\"0\"",
		"core=\"02\"",
		"core=\"2\"",
		"core=\"10\"",
		"core=\"100000000000000000000000000\"",
		"core=\"nvme2n9\"",
		"core=\"nvme2n10\"",
		"core=\"nvme10n1\"",
	};
	struct pt_store *store = pt_store_new(NULL);
	int ids[PT_LEN(labels)];

	(void)state;
	for (size_t i = 0; i < PT_LEN(labels); i++)
		pt_store_series(store, &gauge, labels[i]);
	pt_store_series(store, &counter, "disk=\"a\"");
	assert_int_equal(pt_store_instances(store, gauge.name, ids, 2), PT_LEN(labels));
	assert_int_equal(pt_store_instances(store, gauge.name, ids, PT_LEN(ids)), PT_LEN(labels));
	for (size_t i = 0; i < PT_LEN(sorted); i++)
		assert_string_equal(info_of(store, ids[i]).labels, sorted[i]);
	for (size_t i = 0; i < PT_LEN(labels); i++)
		assert_string_equal(
			info_of(store, pt_store_find(store, gauge.name, labels[i])).labels,
			labels[i]);
	pt_store_free(store);
}

static void test_drop_and_revive(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int a = core_series(store, &gauge, 0), b = core_series(store, &gauge, 1), ids[4];
	int c = core_series(store, &detail, 0);
	struct pt_cursor cursor;
	struct pt_point p;

	(void)state;
	tick_gauge(store, PT_S, a, 1);
	tick_gauge(store, 2 * PT_S, a, 2);
	pt_store_drop(store, a);
	pt_store_drop(store, b); /* never had a value: gone at once */
	pt_store_drop(store, c); /* keeps none: gone at once */
	assert_int_equal(pt_store_instances(store, gauge.name, ids, 4), 1);
	assert_int_equal(pt_store_instances(store, detail.name, ids, 4), 0);
	tick_gauge(store, 3 * PT_S, a, 3); /* against the contract, without effect */
	assert_true(info_of(store, a).dropped && info_of(store, a).has_history);
	assert_true(isnan(info_of(store, a).last));
	assert_int_equal(pt_store_cursor(store, a, 0, &cursor), 0);
	assert_true(pt_cursor_next(&cursor, &p) && p.mean == 1);

	assert_int_equal(core_series(store, &gauge, 0), a); /* it came back, past and all */
	assert_false(info_of(store, a).dropped);
	tick_gauge(store, 4 * PT_S, a, 4);
	assert_true(info_of(store, a).last == 4);
	pt_cursor_seek(&cursor, PT_S);
	for (int i = 1; i <= 4; i++) {
		assert_true(pt_cursor_next(&cursor, &p));
		assert_int_equal(p.n, i != 3);
	}
	pt_store_free(store);
}

/* A rate across a drop would count what nobody saw. */
static void test_drop_forgets_rate(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int id = core_series(store, &counter, 0);

	(void)state;
	tick_counter(store, PT_S, id, 5);
	tick_counter(store, 2 * PT_S, id, 6);
	pt_store_drop(store, id);
	assert_int_equal(core_series(store, &counter, 0), id);
	tick_counter(store, 3 * PT_S, id, 60000);
	assert_true(isnan(info_of(store, id).last));
	pt_store_free(store);
}

static void test_id_free_after_window(void **state)
{
	struct pt_store_limits limits = {.max_bytes = 3 * 12000};
	struct pt_store *store = pt_store_new(&limits);
	struct pt_series_info info;
	int64_t t = 0;
	int a, b, n = 0;

	(void)state;
	pt_store_series(store, &gauge, ""); /* takes what is left for whole histories */
	a = core_series(store, &gauge, 0);
	b = core_series(store, &gauge, 1);
	tick_gauge(store, t += PT_S, a, 1);
	pt_store_drop(store, a);
	while (pt_store_info(store, a, &info) && n++ < 2000)
		tick_gauge(store, t += PT_S, b, 1);
	/* Raw ticks alone were kept: 600, and what is left of a chunk. */
	assert_in_range(n, 600, 720);
	assert_int_equal(pt_store_find(store, gauge.name, "core=\"0\""), -PT_ENOENT);
	assert_int_equal(core_series(store, &gauge, 2), a);
	pt_store_free(store);
}

static void test_churn_is_bounded(void **state)
{
	struct pt_store_limits limits = {.max_bytes = 300000};
	struct pt_store *store = pt_store_new(&limits);
	int fixed = pt_store_series(store, &gauge, ""), old = -1;
	size_t most = 0;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		begin_at(store, i * PT_S);
		pt_store_gauge(store, fixed, i);
		if (i % 3 == 0) {
			pt_store_drop(store, old);
			old = core_series(store, &counter, i);
			assert_true(info_of(store, old).has_history);
		}
		pt_store_counter(store, old, (uint64_t)i);
		pt_store_end(store);
		if (i == 2500)
			most = pt_store_n(store);
	}
	assert_true(pt_store_n(store) <= most + 2);
	assert_true(pt_store_bytes(store) <= 300000 + 40000);
	assert_true(info_of(store, fixed).last == 4999);
	pt_store_free(store);
}

static void test_budget(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	static struct pt_metric of_cores[20], of_machine[100];
	static char names[120][24];
	size_t kept = 0, late = 0;

	(void)state;
	for (int i = 0; i < 120; i++) {
		snprintf(names[i], sizeof names[i], "m_%d", i);
		*(i < 20 ? &of_cores[i] : &of_machine[i - 20]) = (struct pt_metric){
			.name = names[i], .label = i < 20 ? "core" : NULL, .kind = PT_GAUGE};
	}
	for (int core = 0; core < 100; core++)
		for (int m = 0; m < 20; m++)
			kept += info_of(store, core_series(store, &of_cores[m], core)).has_history;
	for (int m = 0; m < 100; m++)
		late += info_of(store, pt_store_series(store, &of_machine[m], "")).has_history;
	assert_in_range(kept, 800, 1200);
	assert_int_equal(late, 100); /* the machine's own come late and have theirs */
	assert_true(info_of(store, 0).has_history);
	for (int i = 0; i < 620; i++) {
		begin_at(store, i * PT_S);
		for (size_t id = 0; id < pt_store_n(store); id++)
			pt_store_gauge(store, (int)id, i);
		pt_store_end(store);
	}
	assert_true(pt_store_bytes(store) < (6u << 20) + 40000);
	assert_true(info_of(store, 1900).last == 619); /* beyond it: the latest value */
	pt_store_free(store);
}

static void test_limit_of_series(void **state)
{
	struct pt_store_limits limits = {.max_series = 3};
	struct pt_store *store = pt_store_new(&limits);
	int first = core_series(store, &gauge, 0);

	(void)state;
	tick_gauge(store, PT_S, first, 1);
	assert_true(core_series(store, &gauge, 1) >= 0 && core_series(store, &gauge, 2) >= 0);
	assert_int_equal(core_series(store, &gauge, 3), -PT_ELIMIT);
	assert_int_equal(core_series(store, &gauge, 1), 1);
	pt_store_gauge(store, -PT_ELIMIT, 1);
	pt_store_drop(store, first);
	assert_int_equal(core_series(store, &gauge, 3), first); /* what was dropped gives way */
	pt_store_free(store);
}

static void test_ten_minutes_of_200(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	size_t early;

	(void)state;
	for (int i = 0; i < 200; i++)
		core_series(store, &gauge, i);
	early = pt_store_bytes(store);
	for (int i = 0; i < 600; i++) {
		begin_at(store, i * PT_S);
		for (int id = 0; id < 200; id++)
			pt_store_gauge(store, id, i * id);
		pt_store_end(store);
	}
	assert_true(early < 100 * 1024); /* grows with history, never at once */
	assert_true(pt_store_bytes(store) < 570 * 1024);
	pt_store_free(store);
}

/* What never had a value holds none: not even its gaps. */
static void test_failing_costs_nothing(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	int id = pt_store_series(store, &gauge, "");
	size_t empty = pt_store_bytes(store);

	(void)state;
	for (int i = 0; i < 5000; i++) {
		begin_at(store, i * PT_S);
		pt_store_fail(store, &gauge, id, "no such sensor");
		pt_store_end(store);
	}
	assert_int_equal(pt_store_bytes(store), empty);
	pt_store_free(store);
}

static void feed_all(struct pt_store *store, int64_t t_ns, int n)
{
	begin_at(store, t_ns);
	for (int id = 0; id < n; id += 2) {
		pt_store_gauge(store, id, (double)t_ns);
		pt_store_counter(store, id + 1, (uint64_t)t_ns);
	}
	pt_store_fail(store, &detail, -1, "always the same");
	pt_store_end(store);
}

static void test_full_rings_allocate_nothing(void **state)
{
	enum { SERIES = 4, FULL = 600 + 3600 + 120 * 360 + 240 };
	struct pt_store *store = pt_store_new(NULL);
	struct pt_cursor cursor;
	struct pt_point p;
	int64_t t = 0;
	size_t before, bytes, points = 0;

	(void)state;
	for (int i = 0; i < SERIES; i += 2) {
		core_series(store, &gauge, i);
		core_series(store, &counter, i);
	}
	for (int i = 0; i < FULL; i++)
		feed_all(store, t += PT_S, SERIES);
	before = allocations;
	bytes = pt_store_bytes(store);
	for (int i = 0; i < 5000; i++)
		feed_all(store, t += PT_S, SERIES);
	assert_int_equal(pt_store_cursor(store, 0, 0, &cursor), 0);
	while (pt_cursor_next(&cursor, &p))
		points++;
	assert_in_range(points, 360 + 349 + 591, 360 + 360 + 600);
	assert_true(pt_store_find(store, gauge.name, "core=\"2\"") >= 0);
	assert_int_equal(allocations, before);
	assert_int_equal(pt_store_bytes(store), bytes);
	pt_store_free(store);
}

static void test_as_sink(void **state)
{
	struct pt_store *store = pt_store_new(NULL);
	struct pt_sink sink = pt_store_sink(store);
	int a = pt_sink_series(&sink, &gauge, ""),
	    b = pt_sink_series(&sink, &counter, "disk=\"x\"");

	(void)state;
	begin_at(store, PT_S);
	pt_sink_gauge(&sink, a, 3);
	pt_sink_counter(&sink, b, 4);
	pt_sink_fail(&sink, &detail, -1, "why");
	pt_store_end(store);
	assert_true(info_of(store, a).last == 3 && info_of(store, b).total == 4);
	assert_string_equal(pt_store_reason(store, "detail"), "why");
	pt_sink_drop(&sink, a);
	assert_true(info_of(store, a).dropped);
	pt_store_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_gauge_latest),
		cmocka_unit_test(test_hold_latest),
		cmocka_unit_test(test_counter),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_instances_in_order),
		cmocka_unit_test(test_drop_and_revive),
		cmocka_unit_test(test_drop_forgets_rate),
		cmocka_unit_test(test_id_free_after_window),
		cmocka_unit_test(test_churn_is_bounded),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_limit_of_series),
		cmocka_unit_test(test_ten_minutes_of_200),
		cmocka_unit_test(test_failing_costs_nothing),
		cmocka_unit_test(test_full_rings_allocate_nothing),
		cmocka_unit_test(test_as_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
