/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The process list: order and tree over lists made here, at random too; and over scans of a fixture,
 * where processes end, pids are used again and rows must not be pulled from under the reader.
 */
#include "collect_tree.h"

#include "../../src/view/procs_view.h"

enum { MANY = 3000 };

static struct pt_root *root;
static struct pt_view_env env;

/* -- lists made here ----------------------------------------------------------------------------- */

static struct pt_proc *const *rows_of(struct pt_proc *procs, size_t n)
{
	static struct pt_proc *rows[MANY];

	for (size_t i = 0; i < n; i++)
		rows[i] = &procs[i];
	return rows;
}

/* procs ascend by pid, as the scanner gives them. */
static void show(struct pv_procs *v, struct pt_proc *procs, size_t n, bool quiet)
{
	pv_procs_order(v, rows_of(procs, n), n, quiet);
	pv_procs_rows(v, &env);
}

static void assert_pids(const struct pv_procs *v, const char *want)
{
	char got[512] = "";

	for (size_t i = 0; i < v->n; i++) {
		size_t at = strlen(got);
		snprintf(got + at, sizeof got - at, "%s%.*s%s%d%s", i ? " " : "", v->rows[i].depth,
			 ">>>>>>>>", v->rows[i].context ? "(" : "", v->rows[i].proc->pid,
			 v->rows[i].context ? ")" : "");
	}
	assert_string_equal(got, want);
}

static void test_sorted(void **state)
{
	struct pt_proc procs[] = {{.pid = 1, .cpu_ratio = 0.1, .rss_bytes = 7},
				  {.pid = 2, .cpu_ratio = NAN, .rss_bytes = 9},
				  {.pid = 3, .cpu_ratio = 0.9},
				  {.pid = 4, .cpu_ratio = 0.1, .rss_bytes = 7},
				  {.pid = 5, .cpu_ratio = 0.1, .rss_bytes = 8}};
	struct pv_procs v;

	(void)state;
	pv_procs_init(&v);
	/* Most CPU first; then most memory; then the lower pid; what is not known yet last. */
	show(&v, procs, 5, false);
	assert_pids(&v, "3 5 1 4 2");
	v.invert = true;
	show(&v, procs, 5, false);
	assert_pids(&v, "2 5 1 4 3");
	v.invert = false;
	v.sort = pv_proc_column_find("pid"); /* ascends by nature */
	show(&v, procs, 5, false);
	assert_pids(&v, "1 2 3 4 5");
	v.invert = true;
	show(&v, procs, 5, false);
	assert_pids(&v, "5 4 3 2 1");
	show(&v, procs, 0, false);
	assert_pids(&v, "");
	pv_procs_release(&v);
}

/* Rows keep their places while somebody reads; new ones come last, those among themselves sorted. */
static void test_places_kept(void **state)
{
	struct pt_proc first[] = {{.pid = 1, .cpu_ratio = 0.1},
				  {.pid = 2, .cpu_ratio = 0.2},
				  {.pid = 3, .cpu_ratio = 0.3},
				  {.pid = 4, .cpu_ratio = 0.4}};
	struct pt_proc then[] = {{.pid = 1, .cpu_ratio = 9},
				 {.pid = 2, .cpu_ratio = 0},
				 /* 3 has ended */
				 {.pid = 4, .cpu_ratio = 0, .start_ticks = 5}, /* another one */
				 {.pid = 7, .cpu_ratio = 1},
				 {.pid = 8, .cpu_ratio = 5}};
	struct pv_procs v;

	(void)state;
	pv_procs_init(&v);
	show(&v, first, 4, false);
	assert_pids(&v, "4 3 2 1");
	show(&v, then, 5, true);
	assert_pids(&v, "2 1 8 7 4");
	/* And so they stay, however often they are read. */
	then[0].cpu_ratio = 0;
	then[3].cpu_ratio = 99;
	show(&v, then, 5, true);
	assert_pids(&v, "2 1 8 7 4");
	show(&v, then, 5, false);
	assert_pids(&v, "7 8 1 2 4");
	pv_procs_release(&v);
}

static void test_filter_keeps_places(void **state)
{
	struct pt_proc procs[] = {{.pid = 1, .cpu_ratio = 0.1, .comm = "a"},
				  {.pid = 2, .cpu_ratio = 0.2, .comm = "b"},
				  {.pid = 3, .cpu_ratio = 0.3, .comm = "a"}};
	struct pv_procs v;

	(void)state;
	pv_procs_init(&v);
	show(&v, procs, 3, false);
	pt_filter_set(&v.filter, " a$", NULL);
	show(&v, procs, 3, true);
	assert_pids(&v, "3 1");
	pt_filter_set(&v.filter, "", NULL);
	procs[1].cpu_ratio = 9;
	show(&v, procs, 3, true);
	assert_pids(&v, "3 2 1"); /* back at its place, and not behind the others */
	pv_procs_release(&v);
}

static void test_tree(void **state)
{
	struct pt_proc procs[] = {
		{.pid = 1, .start_ticks = 1, .comm = "init"},
		{.pid = 2, .start_ticks = 1, .comm = "kthreadd"},
		{.pid = 5, .ppid = 2, .start_ticks = 2, .comm = "kworker"},
		{.pid = 6, .ppid = 1, .start_ticks = 3, .comm = "sshd", .cpu_ratio = 1},
		{.pid = 7, .ppid = 6, .start_ticks = 4, .comm = "bash"},
		{.pid = 8, .ppid = 7, .start_ticks = 5, .comm = "make", .cpu_ratio = 2},
		{.pid = 9, .ppid = 1, .start_ticks = 5, .comm = "cron", .cpu_ratio = 2},
		{.pid = 10, .ppid = 77, .start_ticks = 5, .comm = "orphan"}};
	struct pv_procs v;

	(void)state;
	pv_procs_init(&v);
	v.tree = true;
	show(&v, procs, PT_LEN(procs), false);
	assert_pids(&v, "1 >9 >6 >>7 >>>8 2 >5 10");
	assert_false(v.rows[1].last); /* 9 has 6 after it */
	assert_true(v.rows[2].last);
	assert_true(v.rows[7].last);
	/* A match is shown with what it descends from, nothing else. */
	pt_filter_set(&v.filter, "make", NULL);
	show(&v, procs, PT_LEN(procs), false);
	assert_pids(&v, "(1) >(6) >>(7) >>>8");
	assert_true(v.rows[1].last); /* 9 is not shown: 6 is the last that is */
	pt_filter_set(&v.filter, "sshd|orphan", NULL);
	show(&v, procs, PT_LEN(procs), false);
	assert_pids(&v, "(1) >6 10");
	pt_filter_set(&v.filter, "nothing", NULL);
	show(&v, procs, PT_LEN(procs), false);
	assert_pids(&v, "");
	pv_procs_release(&v);
}

/* A scan is no single moment: parents may be their own grandchildren, and nobody may be lost. */
static void test_tree_of_nonsense(void **state)
{
	struct pt_proc procs[] = {
		{.pid = 1, .ppid = 1},
		{.pid = 2, .ppid = 3, .start_ticks = 9},
		{.pid = 3, .ppid = 2, .start_ticks = 9},
		{.pid = 4, .ppid = 5, .start_ticks = 1}, /* 5 is younger: not it */
		{.pid = 5, .ppid = 4, .start_ticks = 2}};
	struct pv_procs v;

	(void)state;
	pv_procs_init(&v);
	v.tree = true;
	v.sort = pv_proc_column_find("pid");
	show(&v, procs, PT_LEN(procs), false);
	assert_pids(&v, "1 2 >3 4 >5");
	pv_procs_release(&v);
}

/* As long as the list, without recursion. */
static void test_tree_of_one_chain(void **state)
{
	static struct pt_proc procs[MANY];
	struct pv_procs v;

	(void)state;
	pv_procs_init(&v);
	v.tree = true;
	for (int i = 0; i < MANY; i++)
		procs[i] = (struct pt_proc){.pid = i + 1, .ppid = i, .start_ticks = (uint64_t)i};
	show(&v, procs, MANY, false);
	assert_int_equal(v.n, MANY);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(v.rows[i].depth, i);
		assert_int_equal(v.rows[i].proc->pid, i + 1);
	}
	pv_procs_release(&v);
}

static uint32_t rnd(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static size_t random_list(struct pt_proc *procs, uint32_t *seed)
{
	size_t n = rnd(seed) % 400;
	int pid = 0;

	for (size_t i = 0; i < n; i++) {
		pid += 1 + (int)(rnd(seed) % 3);
		procs[i] = (struct pt_proc){.pid = pid,
					    .ppid = (int)(rnd(seed) % 600),
					    .start_ticks = rnd(seed) % 4,
					    .cpu_ratio = rnd(seed) % 8 ? rnd(seed) % 5 / 4.0 : NAN,
					    .rss_bytes = rnd(seed) % 3};
		snprintf(procs[i].comm, sizeof procs[i].comm, "%c", 'a' + (int)(rnd(seed) % 4));
	}
	return n;
}

/* Whatever comes: each process that shall be shown is, once; sorted where it is; a child directly
 * below its parent's subtree. */
static void test_random_lists(void **state)
{
	struct pt_proc *procs = pt_calloc(MANY, sizeof *procs);
	uint32_t seed = 7;
	struct pv_procs v;

	(void)state;
	pv_procs_init(&v);
	for (int round = 0; round < 600; round++) {
		size_t n = random_list(procs, &seed), matches = 0;
		bool quiet = rnd(&seed) % 2;
		v.tree = rnd(&seed) % 2;
		v.invert = rnd(&seed) % 2;
		do
			v.sort = (int)(rnd(&seed) % (unsigned)pv_n_proc_columns);
		while (!pv_proc_columns[v.sort].compare);
		pt_filter_set(&v.filter, rnd(&seed) % 2 ? " a$" : "", NULL);
		show(&v, procs, n, quiet);
		assert_int_equal(v.total, n);
		for (size_t i = 0; i < n; i++)
			matches += !pt_filter_on(&v.filter) || procs[i].comm[0] == 'a';
		bool *seen = pt_calloc(n + 1, sizeof *seen);
		for (size_t i = 0; i < v.n; i++) {
			size_t at = (size_t)(v.rows[i].proc - procs);
			assert_true(at < n && !seen[at]);
			seen[at] = true;
			matches -= !v.rows[i].context;
			assert_true(v.rows[i].depth >= 0);
			assert_true(v.rows[i].depth <= (i ? v.rows[i - 1].depth + 1 : 0));
			if (i && v.rows[i].depth > v.rows[i - 1].depth)
				assert_int_equal(v.rows[i].proc->ppid, v.rows[i - 1].proc->pid);
			if (i && !v.tree && !quiet) {
				int r = pv_proc_columns[v.sort].compare(v.rows[i - 1].proc,
									v.rows[i].proc);
				bool ascends = pv_proc_columns[v.sort].ascending != v.invert;
				assert_true(r == 0 || (r < 0) == ascends);
			}
		}
		assert_int_equal(matches, 0);
		free(seen);
	}
	pv_procs_release(&v);
	free(procs);
}

/* -- scans of a fixture -------------------------------------------------------------------------- */

static struct tree tree;
static struct pt_procs *procs;

static void put_proc(const char *frame, int pid, const char *comm, int start, int cpu_ticks)
{
	char path[64], text[400];

	snprintf(path, sizeof path, "%s/proc/%d/stat", frame, pid);
	snprintf(
		text, sizeof text,
		"%d (%s) S 1 1 1 0 -1 0 0 0 0 0 %d 0 0 0 20 0 1 0 %d 4096 1 18446744073709551615 1 1 "
		"0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
		pid, comm, cpu_ticks, start);
	tree_put(&tree, path, text);
}

static void scan(unsigned want)
{
	pt_procs_begin(procs, want);
	while (pt_procs_step(procs, 0))
		;
}

static void next_frame(void)
{
	assert_true(pt_root_advance(root));
	scan(PT_PROC_WANT_CMDLINE);
}

/* Frame 0 and 1: 10 20 30; 1: 30 uses most CPU. 2: 20 has ended, 40 began and 10 used most. 3: 10 is
 * another process. 4: only 30. 5 and 6: nobody. */
static int begin(void **state)
{
	(void)state;
	tree_init(&tree);
	tree_put(&tree, "000/etc/passwd", "ci:x:1000:1000::/:\n");
	put_proc("000", 10, "ten", 100, 0);
	put_proc("000", 20, "twenty", 101, 0);
	put_proc("000", 30, "thirty", 102, 0);
	put_proc("001", 10, "ten", 100, 10);
	put_proc("001", 20, "twenty", 101, 20);
	put_proc("001", 30, "thirty", 102, 30);
	put_proc("002", 10, "ten", 100, 90);
	put_proc("002", 40, "forty", 300, 0);
	tree_put(&tree, "002/.gone", "proc/20\n");
	put_proc("003", 10, "other", 400, 0);
	tree_put(&tree, "004/.gone", "proc/10\nproc/40\n");
	tree_put(&tree, "005/.gone", "proc/30\n");
	tree_put(&tree, "006/proc/loadavg", "0 0 0 1/1 1\n");
	assert_int_equal(pt_root_open(tree.dir, &root, NULL), 0);
	procs = pt_procs_new(root, pt_root_clock(root));
	env = (struct pt_view_env){.procs = procs, .glyphs = PT_GLYPHS_BRAILLE};
	scan(0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pt_procs_free(procs);
	pt_root_free(root);
	tree_release(&tree);
	return 0;
}

static void test_selection_sticks(void **state)
{
	struct pv_procs v;

	(void)state;
	pv_procs_init(&v);
	pv_procs_recalc(&v, &env, 10, 0);
	assert_int_equal(v.cursor, 0);
	next_frame();
	pv_procs_recalc(&v, &env, 10, PT_S);
	assert_pids(&v, "30 20 10");
	/* Nobody has chosen: the cursor stays at the top, whoever is there. */
	assert_int_equal(pv_procs_selected(&v)->pid, 30);
	pv_procs_move(&v, 2, PT_S);
	assert_int_equal(pv_procs_selected(&v)->pid, 10);
	next_frame();
	/* Within five seconds of a key rows keep their places; 20 is gone, 40 is new. */
	pv_procs_recalc(&v, &env, 10, 5 * PT_S);
	assert_pids(&v, "30 10 40");
	assert_int_equal(v.cursor, 1);
	assert_int_equal(pv_procs_selected(&v)->pid, 10);
	/* After that they are sorted, and the selection goes with its process. */
	pv_procs_reorder(&v);
	pv_procs_recalc(&v, &env, 10, 7 * PT_S);
	assert_pids(&v, "10 30 40");
	assert_int_equal(v.cursor, 0);
	/* Another process with the same pid is not the one selected: the place stays. */
	next_frame();
	pv_procs_recalc(&v, &env, 10, 8 * PT_S);
	assert_false(v.bound);
	assert_int_equal(v.cursor, 0);
	next_frame();
	pv_procs_recalc(&v, &env, 10, 20 * PT_S);
	assert_pids(&v, "30");
	next_frame();
	pv_procs_recalc(&v, &env, 10, 21 * PT_S);
	assert_pids(&v, "");
	assert_null(pv_procs_selected(&v));
	pv_procs_move(&v, 1, 21 * PT_S);
	pv_procs_tag(&v);
	assert_int_equal(v.n_tagged, 0);
	pv_procs_release(&v);
}

static void test_tags(void **state)
{
	struct pv_procs v;
	size_t pos = 0;

	(void)state;
	pv_procs_init(&v);
	next_frame();
	pv_procs_recalc(&v, &env, 10, 0);
	pv_procs_tag(&v); /* 30 */
	pv_procs_move(&v, 2, 0);
	pv_procs_tag(&v); /* 10 */
	assert_int_equal(v.n_tagged, 2);
	/* Also those that the filter hides: what acts on tags acts on all of them. */
	pt_filter_set(&v.filter, "twenty", NULL);
	v.current = false;
	pv_procs_recalc(&v, &env, 10, 0);
	assert_pids(&v, "20");
	assert_int_equal(pv_procs_tagged(&v, &pos)->pid, 30);
	assert_int_equal(pv_procs_tagged(&v, &pos)->pid, 10);
	assert_null(pv_procs_tagged(&v, &pos));
	pt_filter_set(&v.filter, "", NULL);
	next_frame();
	next_frame(); /* 10 is another one now: it bears no tag */
	pv_procs_recalc(&v, &env, 10, 0);
	assert_int_equal(v.n_tagged, 1);
	pos = 0;
	assert_int_equal(pv_procs_tagged(&v, &pos)->pid, 30);
	pv_procs_to(&v, 0, 0);
	pv_procs_untag(&v);
	assert_int_equal(v.n_tagged, 0);
	pv_procs_tag(&v);
	pv_procs_tag(&v);
	assert_int_equal(v.n_tagged, 0);
	pv_procs_release(&v);
}

/* What the scanner frees is not looked at again, frozen or not. */
static void test_rows_outlive_scans(void **state)
{
	struct pv_procs v;
	char name[16];

	(void)state;
	pv_procs_init(&v);
	pv_procs_recalc(&v, &env, 10, 0);
	pv_procs_freeze(&v, &env, true);
	for (int i = 0; i < 6; i++)
		next_frame();
	pv_procs_recalc(&v, &env, 10, 0);
	assert_int_equal(v.n, 3);
	assert_int_equal(v.count.total, 3);
	for (size_t i = 0; i < v.n; i++)
		memcpy(name, v.rows[i].proc->comm, sizeof name);
	pv_procs_freeze(&v, &env, false);
	pv_procs_recalc(&v, &env, 10, 0);
	assert_int_equal(v.n, 0);
	assert_int_equal(v.count.total, 0);
	pv_procs_release(&v);
}

/* Between two scans a recalc is a look: not even a changed value moves a row. */
static void test_nothing_is_sorted_twice(void **state)
{
	struct pv_procs v;
	size_t n;

	(void)state;
	pv_procs_init(&v);
	next_frame();
	pv_procs_recalc(&v, &env, 10, 0);
	assert_pids(&v, "30 20 10");
	pt_procs_rows(procs, &n)[0]->cpu_ratio = 99; /* as a scan under way does */
	pv_procs_recalc(&v, &env, 10, PT_S);
	assert_pids(&v, "30 20 10");
	pv_procs_reorder(&v);
	pv_procs_recalc(&v, &env, 10, PT_S);
	assert_pids(&v, "10 30 20");
	pv_procs_release(&v);
}

static void test_scrolling(void **state)
{
	struct pt_proc *many = pt_calloc(MANY, sizeof *many);
	struct pv_procs v;

	(void)state;
	pv_procs_init(&v);
	v.sort = pv_proc_column_find("pid");
	for (int i = 0; i < 100; i++)
		many[i].pid = i + 1;
	show(&v, many, 100, false);
	v.current = true;
	v.count.generation = pt_procs_count(procs).generation;
	pv_procs_recalc(&v, &env, 11, 0); /* a head and ten rows */
	assert_int_equal(v.page, 10);
	pv_procs_move(&v, 9, 0);
	assert_int_equal(v.scroll, 0);
	pv_procs_move(&v, 1, 0);
	assert_int_equal(v.scroll, 1);
	pv_procs_to(&v, 1000000, 0);
	assert_int_equal(v.cursor, 99);
	assert_int_equal(v.scroll, 90);
	pv_procs_move(&v, -99999, 0);
	assert_int_equal(v.cursor, 0);
	assert_int_equal(v.scroll, 0);
	pv_procs_move(&v, 50, 0);
	/* No room at all: one row is thought to be there. */
	pv_procs_recalc(&v, &env, 0, 0);
	assert_int_equal(v.page, 1);
	assert_int_equal(v.scroll, 50);
	/* All fit: nothing is scrolled away. */
	pv_procs_recalc(&v, &env, 200, 0);
	assert_int_equal(v.scroll, 0);
	pv_procs_release(&v);
	free(many);
}

static void test_sort_step(void **state)
{
	struct pv_procs v;
	int first;

	(void)state;
	pv_procs_init(&v);
	first = v.sort;
	for (int w = 20; w < 200; w += 30) {
		int n = 0;
		v.invert = true;
		do {
			pv_procs_sort_step(&v, w, 1);
			assert_true(pv_procs_column_shown(&v, v.sort, w));
			assert_false(v.invert);
			n++;
		} while (v.sort != first && n < 50);
		assert_in_range(n, 3, pv_n_proc_columns);
		while (n--)
			pv_procs_sort_step(&v, w, -1);
		assert_int_equal(v.sort, first);
	}
	/* The head: marks stand left of the first column. */
	assert_false(pv_procs_click_head(&v, 100, 0));
	assert_true(pv_procs_click_head(&v, 100, 5));
	assert_string_equal(pv_proc_columns[v.sort].name, "pid");
	assert_true(pv_procs_click_head(&v, 100, 5));
	assert_true(v.invert);
	assert_true(pv_procs_click_head(&v, 100, 99));
	assert_string_equal(pv_proc_columns[v.sort].name, "command");
	assert_false(v.invert);
	pv_procs_release(&v);
}

#define test(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(test_sorted),
		test(test_places_kept),
		test(test_filter_keeps_places),
		test(test_tree),
		test(test_tree_of_nonsense),
		test(test_tree_of_one_chain),
		test(test_random_lists),
		test(test_selection_sticks),
		test(test_tags),
		test(test_rows_outlive_scans),
		test(test_nothing_is_sorted_twice),
		test(test_scrolling),
		test(test_sort_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
