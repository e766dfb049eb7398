/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The set of collectors: when each is sampled, that failed ones are tried again, that a steady tick
 * allocates nothing, and that the table of metrics is sound.
 */
#include "allocations.h"
#include "collect_tree.h"

#include "../fixture.h"

#include <ctype.h>

static struct tree tree;
static struct keeper keeper;
static struct pt_collect_env env;
static struct pt_collect *set;

static int setup(void **state)
{
	(void)state;
	tree_init(&tree);
	keeper = (struct keeper){0};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pt_collect_free(set);
	set = NULL;
	pt_root_free(env.root);
	env.root = NULL;
	keeper_release(&keeper);
	tree_release(&tree);
	return 0;
}

static void open_set(const char *dir)
{
	env = (struct pt_collect_env){.sink = keeper_sink(&keeper)};
	assert_int_equal(pt_root_open(dir, &env.root, NULL), 0);
	env.clock = pt_root_clock(env.root);
	set = pt_collect_new(&env);
}

/* Was the metric set in a tick at that time? */
static bool sampled(int64_t now_ns, const char *metric)
{
	bool found = false;

	for (size_t i = 0; i < keeper.n; i++)
		keeper.series[i].set = false;
	keeper.now_ns = now_ns;
	pt_collect_tick(set, now_ns);
	for (size_t i = 0; i < keeper.n; i++) {
		if (strcmp(keeper.series[i].metric->name, metric) == 0 && keeper.series[i].set)
			found = true;
	}
	return found;
}

static void every_tick_unless_slowed(void **state)
{
	int64_t t = 5 * PT_S;

	(void)state;
	tree_put(&tree, "proc/meminfo", "MemTotal: 10 kB\n");
	open_set(tree.dir);
	for (int i = 0; i < 4; i++)
		assert_true(sampled(t += PT_S, "memory_total_bytes"));
	pt_collect_slow(set, 3);
	assert_false(sampled(t += PT_S, "memory_total_bytes"));
	assert_false(sampled(t += PT_S, "memory_total_bytes"));
	assert_true(sampled(t += PT_S, "memory_total_bytes"));
	assert_false(sampled(t += PT_S, "memory_total_bytes"));
	pt_collect_slow(set, 0);
	assert_true(sampled(t += PT_S, "memory_total_bytes"));
}

static int64_t memory_hold_ns, tcp_hold_ns;

static void note_hold(void *ctx, const struct pt_metric *metric, int64_t ns)
{
	(void)ctx;
	if (strcmp(metric->name, "memory_total_bytes") == 0)
		memory_hold_ns = ns;
	if (strcmp(metric->name, "tcp_connections") == 0)
		tcp_hold_ns = ns;
}

static void values_stand_until_the_next_sample(void **state)
{
	(void)state;
	tree_put(&tree, "proc/meminfo", "MemTotal: 10 kB\n");
	tree_put(&tree, "proc/net/snmp", "");
	env = (struct pt_collect_env){.sink = keeper_sink(&keeper)};
	env.sink.hold = note_hold;
	assert_int_equal(pt_root_open(tree.dir, &env.root, NULL), 0);
	env.clock = pt_root_clock(env.root);
	set = pt_collect_new(&env);
	for (int i = 1; i < 4; i++)
		sampled(i * PT_S, "");
	assert_int_equal(memory_hold_ns, 0);
	assert_int_equal(tcp_hold_ns, 7500 * PT_MS);
	pt_collect_slow(set, 4);
	assert_int_equal(memory_hold_ns, 6 * PT_S);
	assert_int_equal(tcp_hold_ns, 30 * PT_S);
	pt_collect_slow(set, 1);
	assert_int_equal(memory_hold_ns, 0);
}

static void failed_ones_are_tried_again(void **state)
{
	int64_t t = PT_S;

	(void)state;
	tree_put(&tree, "proc/x", "");
	open_set(tree.dir);
	assert_false(sampled(t, "memory_total_bytes"));
	tree_put(&tree, "proc/meminfo", "MemTotal: 10 kB\n");
	assert_false(sampled(t + 59 * PT_S, "memory_total_bytes"));
	assert_true(sampled(t + 60 * PT_S, "memory_total_bytes"));
	assert_true(sampled(t + 61 * PT_S, "memory_total_bytes"));
}

/* The sink refuses what cannot be: infinite numbers, shares beyond 1, series after their end. */
static void every_root(void **state)
{
	static const char *const roots[] = {
		"captured-hybrid", "container", "hostile", "hybrid", "old-kernel",
		"sensors",	   "cores256",	"busy",	   "idle",
	};
	char path[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < PT_LEN(roots); i++) {
		if (!fixture_root(roots[i], path, sizeof(path)))
			continue;
		open_set(path);
		do
			sampled(pt_clock_mono(env.clock), "");
		while (pt_root_advance(env.root));
		assert_true(keeper.n > 20);
		pt_collect_free(set);
		pt_root_free(env.root);
		keeper_release(&keeper);
		keeper = (struct keeper){0};
		set = NULL;
		env.root = NULL;
	}
}

static void names_are_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < pt_n_collectors; i++) {
		const struct pt_collector *c = pt_collectors[i];

		assert_non_null(c->name);
		assert_non_null(c->help);
		for (size_t k = 0; k < c->n_metrics; k++) {
			const struct pt_metric *m = &c->metrics[k];
			const struct pt_collector *owner;
			size_t n = strlen(m->name);
			bool total = n > 6 && strcmp(m->name + n - 6, "_total") == 0;
			const char *suffix = pt_unit_openmetrics(m->unit, &(double){0});

			for (const char *p = m->name; *p; p++)
				assert_true(islower(*p) || isdigit(*p) || *p == '_');
			assert_int_equal(total, m->kind == PT_COUNTER);
			if (!strstr(m->name, suffix))
				fail_msg("%s lacks its unit %s", m->name, suffix);
			if (islower(m->help[0]) || m->help[strlen(m->help) - 1] == '.')
				fail_msg("%s: its help is no sentence without a full stop",
					 m->name);
			/* One metric of a name. */
			assert_ptr_equal(pt_metric_find(m->name, &owner), m);
			assert_ptr_equal(owner, c);
		}
	}
	assert_null(pt_metric_find("no_such_metric", NULL));
}

static void nothing_is_allocated_in_a_steady_tick(void **state)
{
	int64_t t = PT_S;

	(void)state;
	open_set(NULL);
	sampled(t, "");
	assert_true(allocations > 0);
	for (int i = 0; i < 11; i++)
		sampled(t += PT_S, "");
	allocations = 0;
	for (int i = 0; i < 40; i++)
		sampled(t += PT_S, "");
	assert_int_equal(allocations, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_tick_unless_slowed),
		TEST(values_stand_until_the_next_sample),
		TEST(failed_ones_are_tried_again),
		TEST(every_root),
		TEST(names_are_sound),
		TEST(nothing_is_allocated_in_a_steady_tick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
