/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The process scanner over fixtures, whose numbers are exact, and over this machine with children
 * of the test itself.
 */
#include "collect_tree.h"

#include "perftop/collect/procs.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

struct stat_text {
	int pid, ppid;
	const char *comm;
	char state;
	unsigned flags;
	unsigned minflt, majflt, utime, stime;
	int nice, threads;
	unsigned long long start;
	unsigned long vsize, rss;
};

static void put_stat(struct tree *tree, const char *frame, const struct stat_text *st)
{
	char path[128], text[512];

	snprintf(path, sizeof(path), "%sproc/%d/stat", frame, st->pid);
	snprintf(text, sizeof(text),
		 "%d (%s) %c %d 1 1 0 -1 %u %u 7 %u 8 %u %u 9 9 %d %d %d 0 %llu %lu %lu 18446744"
		 "073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
		 st->pid, st->comm, st->state, st->ppid, st->flags, st->minflt, st->majflt,
		 st->utime, st->stime, 20 + st->nice, st->nice, st->threads ? st->threads : 1,
		 st->start, st->vsize, st->rss);
	tree_put(tree, path, text);
}

static void put(struct tree *tree, const char *frame, int pid, const char *leaf, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%sproc/%d/%s", frame, pid, leaf);
	tree_put(tree, path, text);
}

/* Text with NUL bytes. */
static void put_bytes(struct tree *tree, int pid, const char *leaf, const char *bytes, size_t n)
{
	char path[PATH_MAX + 256];
	FILE *file;

	put(tree, "000/", pid, leaf, "");
	snprintf(path, sizeof(path), "%s/000/proc/%d/%s", tree->dir, pid, leaf);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	fclose(file);
}

struct scanner {
	struct tree tree;
	struct pt_root *root;
	struct pt_procs *procs;
};

static void scanner_open(struct scanner *s)
{
	assert_int_equal(pt_root_open(s->tree.dir, &s->root, NULL), 0);
	s->procs = pt_procs_new(s->root, pt_root_clock(s->root));
}

static void scanner_close(struct scanner *s)
{
	pt_procs_free(s->procs);
	pt_root_free(s->root);
	tree_release(&s->tree);
}

static void scan(struct pt_procs *procs, unsigned want)
{
	pt_procs_begin(procs, want);
	assert_int_equal(pt_procs_step(procs, 0), 0);
}

static const struct pt_proc *row_of(struct pt_procs *procs, int pid)
{
	size_t n;
	struct pt_proc *const *rows = pt_procs_rows(procs, &n);

	for (size_t i = 0; i < n; i++)
		if (rows[i]->pid == pid)
			return rows[i];
	return NULL;
}

/* -- numbers ---------------------------------------------------------------------------------- */

static void test_two_frames(void **state)
{
	struct scanner s;
	const struct pt_proc *p;
	struct pt_procs_count count;

	(void)state;
	tree_init(&s.tree);
	tree_put(&s.tree, "clock", "1000000000 0\n3000000000 2000000000\n");
	put_stat(&s.tree, "000/",
		 &(struct stat_text){.pid = 7,
				     .ppid = 1,
				     .comm = "work",
				     .state = 'S',
				     .minflt = 100,
				     .majflt = 10,
				     .utime = 50,
				     .stime = 25,
				     .nice = -5,
				     .threads = 3,
				     .start = 4242,
				     .vsize = 1 << 20,
				     .rss = 16});
	put_stat(&s.tree, "001/",
		 &(struct stat_text){.pid = 7,
				     .ppid = 1,
				     .comm = "work",
				     .state = 'R',
				     .minflt = 300,
				     .majflt = 11,
				     .utime = 150,
				     .stime = 175,
				     .nice = -5,
				     .threads = 4,
				     .start = 4242,
				     .vsize = 1 << 20,
				     .rss = 32});
	put_stat(
		&s.tree, "000/",
		&(struct stat_text){
			.pid = 2, .comm = "kthreadd", .state = 'S', .flags = 0x208040, .start = 1});
	put(&s.tree, "000/", 7, "io",
	    "rchar: 9\nread_bytes: 4096\nwrite_bytes: 0\n"
	    "cancelled_write_bytes: 77\n");
	put(&s.tree, "001/", 7, "io",
	    "rchar: 9\nread_bytes: 12288\nwrite_bytes: 8192\n"
	    "cancelled_write_bytes: 99\n");
	put(&s.tree, "000/", 7, "status", "Name:\twork\nUid:\t10\t1000\t10\t10\n");
	put(&s.tree, "000/", 7, "cgroup", "12:memory:/old\n1:name=systemd:/x\n0::/user.slice/a\n");
	put(&s.tree, "000/", 2, "cgroup", "12:memory:/old\n1:name=systemd:/x\n");
	put(&s.tree, "000/", 7, "cmdline", "work hard");
	/* three threads, then four; the switches of all are added up */
	put(&s.tree, "000/", 7, "task/7/status",
	    "voluntary_ctxt_switches:\t10\nnonvoluntary_ctxt_switches:\t1\n");
	put(&s.tree, "000/", 7, "task/8/status",
	    "voluntary_ctxt_switches:\t20\nnonvoluntary_ctxt_switches:\t2\n");
	put(&s.tree, "001/", 7, "task/8/status",
	    "voluntary_ctxt_switches:\t60\nnonvoluntary_ctxt_switches:\t22\n");
	scanner_open(&s);

	scan(s.procs,
	     PT_PROC_WANT_IO | PT_PROC_WANT_CGROUP | PT_PROC_WANT_CMDLINE | PT_PROC_WANT_SWITCHES);
	p = row_of(s.procs, 7);
	assert_non_null(p);
	assert_true(p->fresh);
	assert_int_equal(p->ppid, 1);
	assert_int_equal(p->start_ticks, 4242);
	assert_int_equal(p->uid, 1000);
	assert_int_equal(p->state, 'S');
	assert_int_equal(p->nice, -5);
	assert_int_equal(p->priority, 15);
	assert_int_equal(p->threads, 3);
	assert_int_equal(p->cpu_ns, 750 * PT_MS);
	assert_int_equal(p->rss_bytes, 16 * 4096);
	assert_int_equal(p->virt_bytes, 1 << 20);
	assert_string_equal(p->comm, "work");
	assert_string_equal(p->cmdline, "work hard");
	assert_string_equal(p->cgroup, "/user.slice/a");
	assert_false(p->kernel);
	assert_gap(p->cpu_ratio);
	assert_gap(p->minflt_rate);
	assert_gap(p->read_rate);
	assert_gap(p->switches_rate);
	p = row_of(s.procs, 2);
	assert_true(p->kernel);
	assert_null(p->cmdline);
	assert_string_equal(p->cgroup, "/old");
	count = pt_procs_count(s.procs);
	assert_int_equal(count.total, 2);
	assert_int_equal(count.kernel, 1);
	assert_int_equal(count.threads, 4);
	assert_int_equal(count.running, 0);
	assert_int_equal(count.generation, 1);

	assert_true(pt_root_advance(s.root));
	scan(s.procs, PT_PROC_WANT_IO | PT_PROC_WANT_SWITCHES);
	p = row_of(s.procs, 7);
	assert_false(p->fresh);
	assert_near(p->cpu_ratio, 1.25); /* 250 ticks in 2 s */
	assert_near(p->minflt_rate, 100);
	assert_near(p->majflt_rate, 0.5);
	assert_near(p->read_rate, 4096);
	assert_near(p->write_rate, 4096);
	assert_near(p->switches_rate, 30);
	assert_int_equal(p->rss_bytes, 32 * 4096);
	assert_string_equal(p->cmdline, "work hard"); /* kept though nobody wants it now */
	assert_int_equal(pt_procs_count(s.procs).running, 1);
	assert_near(row_of(s.procs, 2)->cpu_ratio, 0);
	assert_gap(row_of(s.procs, 2)->read_rate); /* it has no io file */

	/* At once again, for another column: nothing to compare over, so rates stand. */
	scan(s.procs, PT_PROC_WANT_IO | PT_PROC_WANT_SWITCHES | PT_PROC_WANT_CGROUP);
	assert_near(row_of(s.procs, 7)->cpu_ratio, 1.25);
	assert_near(row_of(s.procs, 7)->minflt_rate, 100);
	assert_near(row_of(s.procs, 7)->read_rate, 4096);
	assert_near(row_of(s.procs, 7)->switches_rate, 30);

	/* Unwanted for a scan: what is read later is not compared with what was read before. */
	scan(s.procs, 0);
	assert_gap(row_of(s.procs, 7)->read_rate);
	scan(s.procs, PT_PROC_WANT_IO);
	assert_gap(row_of(s.procs, 7)->read_rate);
	scanner_close(&s);
}

static void test_hostile_names(void **state)
{
	static const char *const names[] = {
		") R 1 (",   "a) S 99 9 9 9 9 9 9 9 9 9 9 9 9",
		"((",	     "))",
		"\n\033[2J", " ",
		"",	     "\xe2\x80\xae\xff\xfe",
	};
	struct scanner s;

	(void)state;
	tree_init(&s.tree);
	for (size_t i = 0; i < PT_LEN(names); i++)
		put_stat(&s.tree, "000/",
			 &(struct stat_text){.pid = 10 + (int)i,
					     .ppid = 3,
					     .comm = names[i],
					     .state = 'D',
					     .start = 5,
					     .rss = 2});
	scanner_open(&s);
	scan(s.procs, 0);
	for (size_t i = 0; i < PT_LEN(names); i++) {
		const struct pt_proc *p = row_of(s.procs, 10 + (int)i);
		char expected[16];

		snprintf(expected, sizeof(expected), "%s", names[i]);
		assert_non_null(p);
		assert_string_equal(p->comm, expected);
		assert_int_equal(p->state, 'D');
		assert_int_equal(p->ppid, 3);
		assert_int_equal(p->rss_bytes, 8192);
	}
	scanner_close(&s);
}

static void test_broken_files(void **state)
{
	static const char *const broken[] = {
		"",
		"\n",
		"5",
		"5 (x",
		"5 (x)",
		"5 (x) ",
		"5 (x) S",
		"5 (x) S 1 2 3",
		"x (y) S 1",
		"5 (x) S 1 1 1 0 -1 0 1 1 1 1 1 1 1 1 20 0 1 0 5 1",
		"5 (x) S 1 1 1 0 -1 0 1 1 1 1 1 1 1 1 20 0 -1 0 5 1 1 1",
		"0 (x) S 1 1 1 0 -1 0 1 1 1 1 1 1 1 1 20 0 1 0 5 1 1 1",
		"5 (x) S 1 1 1 0 -1 zero 1 1 1 1 1 1 1 1 20 0 1 0 5 1 1 1",
	};
	struct scanner s;

	(void)state;
	tree_init(&s.tree);
	for (size_t i = 0; i < PT_LEN(broken); i++)
		put(&s.tree, "000/", 5 + (int)i, "stat", broken[i]);
	put(&s.tree, "000/", 99, "comm", "has no stat\n");
	tree_put(&s.tree, "000/proc/self/stat", "1 (x) S");
	tree_put(&s.tree, "000/proc/12x/stat", "1 (x) S");
	put_stat(&s.tree, "000/", &(struct stat_text){.pid = 50, .comm = "good", .state = 'S'});
	put(&s.tree, "000/", 50, "io", "read_bytes: many\n");
	put(&s.tree, "000/", 50, "cgroup", "no colons\n:\n");
	scanner_open(&s);
	scan(s.procs, ~0u);
	assert_int_equal(pt_procs_count(s.procs).total, 1);
	assert_null(row_of(s.procs, 50)->cgroup);
	assert_gap(row_of(s.procs, 50)->read_rate);
	scanner_close(&s);
}

/* No /proc at all: no rows, and no harm. */
static void test_empty_root(void **state)
{
	struct scanner s;

	(void)state;
	tree_init(&s.tree);
	tree_put(&s.tree, "000/etc/hostname", "x\n");
	scanner_open(&s);
	scan(s.procs, ~0u);
	assert_int_equal(pt_procs_count(s.procs).total, 0);
	assert_int_equal(pt_procs_count(s.procs).generation, 1);
	scanner_close(&s);
}

/* -- coming and going ------------------------------------------------------------------------- */

static void test_vanish_and_reuse(void **state)
{
	struct scanner s;
	const struct pt_proc *gone, *old, *child;

	(void)state;
	tree_init(&s.tree);
	put_stat(&s.tree, "000/",
		 &(struct stat_text){
			 .pid = 20, .ppid = 1, .comm = "gone", .state = 'S', .start = 100});
	put_stat(&s.tree, "000/",
		 &(struct stat_text){
			 .pid = 21, .ppid = 20, .comm = "child", .state = 'S', .start = 101});
	put_stat(&s.tree, "000/",
		 &(struct stat_text){.pid = 22,
				     .ppid = 1,
				     .comm = "old",
				     .state = 'S',
				     .start = 102,
				     .utime = 500});
	tree_put(&s.tree, "001/.gone", "proc/20\n");
	put_stat(&s.tree, "001/",
		 &(struct stat_text){
			 .pid = 21, .ppid = 1, .comm = "child", .state = 'S', .start = 101});
	put_stat(&s.tree, "001/",
		 &(struct stat_text){.pid = 22,
				     .ppid = 1,
				     .comm = "new",
				     .state = 'R',
				     .start = 900,
				     .utime = 1});
	put_stat(&s.tree, "001/",
		 &(struct stat_text){
			 .pid = 3, .ppid = 1, .comm = "low", .state = 'S', .start = 950});
	put_stat(&s.tree, "002/",
		 &(struct stat_text){.pid = 22,
				     .ppid = 1,
				     .comm = "new",
				     .state = 'R',
				     .start = 900,
				     .utime = 51});
	scanner_open(&s);
	scan(s.procs, 0);
	gone = row_of(s.procs, 20);
	old = row_of(s.procs, 22);
	child = row_of(s.procs, 21);

	assert_true(pt_root_advance(s.root));
	scan(s.procs, 0);
	assert_int_equal(pt_procs_count(s.procs).total, 3);
	assert_true(gone->gone); /* still there to be looked at */
	assert_string_equal(gone->comm, "gone");
	assert_true(old->gone);
	assert_ptr_equal(row_of(s.procs, 21), child);
	assert_int_equal(child->ppid, 1);
	assert_null(pt_procs_find(s.procs, 20, 100));
	assert_null(pt_procs_find(s.procs, 22, 102));
	assert_non_null(pt_procs_find(s.procs, 22, 900));
	assert_true(pt_procs_find(s.procs, 22, 0)->fresh);
	assert_gap(pt_procs_find(s.procs, 22, 900)->cpu_ratio);
	assert_int_equal(pt_procs_rows(s.procs, &(size_t){0})[0]->pid, 3); /* by pid */

	assert_true(pt_root_advance(s.root));
	scan(s.procs, 0);
	assert_near(pt_procs_find(s.procs, 22, 900)->cpu_ratio, 0.5);
	scanner_close(&s);
}

/* A scan in steps: nothing appears or vanishes before its end, and it may be left in the middle. */
static void test_steps(void **state)
{
	struct scanner s;
	int steps = 0;
	size_t n;

	(void)state;
	tree_init(&s.tree);
	for (int i = 0; i < 300; i++)
		put_stat(
			&s.tree, "000/",
			&(struct stat_text){.pid = 100 + i, .comm = "p", .state = 'S', .start = 7});
	tree_put(&s.tree, "001/.gone", "proc/100\nproc/399\n");
	put_stat(&s.tree, "001/", &(struct stat_text){.pid = 9, .comm = "n", .state = 'S'});
	scanner_open(&s);
	pt_procs_begin(s.procs, 0);
	while (pt_procs_step(s.procs, 1)) {
		steps++;
		pt_procs_rows(s.procs, &n);
		assert_int_equal(n, 0);
	}
	assert_true(steps > 20);
	pt_procs_rows(s.procs, &n);
	assert_int_equal(n, 300);

	pt_root_advance(s.root);
	pt_procs_begin(s.procs, 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(pt_procs_step(s.procs, 1), 1);
	pt_procs_begin(s.procs, 0); /* goes on with the same scan */
	pt_procs_rows(s.procs, &n);
	assert_int_equal(n, 300);
	assert_non_null(row_of(s.procs, 100));
	while (pt_procs_step(s.procs, 1))
		steps++;
	pt_procs_rows(s.procs, &n);
	assert_int_equal(n, 299);
	assert_null(row_of(s.procs, 100));
	assert_non_null(row_of(s.procs, 9));
	assert_int_equal(pt_procs_step(s.procs, 1), 0);
	assert_int_equal(pt_procs_count(s.procs).generation, 2);

	for (int i = 0; i < 10; i++) { /* freed in any phase */
		pt_procs_begin(s.procs, 0);
		for (int k = 0; k < i * 4; k++)
			pt_procs_step(s.procs, 1);
		if (i % 2)
			continue;
		pt_procs_free(s.procs);
		s.procs = pt_procs_new(s.root, pt_root_clock(s.root));
		scan(s.procs, 0);
	}
	scanner_close(&s);
}

/* -- strings ---------------------------------------------------------------------------------- */

static void test_cmdline(void **state)
{
	struct scanner s;
	char longer[5000];
	const char *before;

	(void)state;
	tree_init(&s.tree);
	memset(longer, 'x', sizeof(longer));
	put_stat(&s.tree, "000/", &(struct stat_text){.pid = 5, .comm = "sh", .state = 'S'});
	put_stat(&s.tree, "000/", &(struct stat_text){.pid = 6, .comm = "java", .state = 'S'});
	put_stat(&s.tree, "000/", &(struct stat_text){.pid = 7, .comm = "none", .state = 'Z'});
	put_stat(&s.tree, "001/", &(struct stat_text){.pid = 5, .comm = "sh", .state = 'S'});
	put_stat(&s.tree, "002/", &(struct stat_text){.pid = 5, .comm = "cat", .state = 'S'});
	put_bytes(&s.tree, 5, "cmdline", "sh\0-c\0a b\0\0", 11);
	put_bytes(&s.tree, 6, "cmdline", longer, sizeof(longer));
	put_bytes(&s.tree, 7, "cmdline", "", 0);
	put(&s.tree, "002/", 5, "cmdline", "cat");
	scanner_open(&s);
	scan(s.procs, 0);
	assert_null(row_of(s.procs, 5)->cmdline); /* not wanted */
	scan(s.procs, PT_PROC_WANT_CMDLINE);
	before = row_of(s.procs, 5)->cmdline;
	assert_string_equal(before, "sh -c a b");
	assert_int_equal(strlen(row_of(s.procs, 6)->cmdline), 1024);
	assert_null(row_of(s.procs, 7)->cmdline);
	pt_root_advance(s.root);
	scan(s.procs, PT_PROC_WANT_CMDLINE);
	assert_ptr_equal(row_of(s.procs, 5)->cmdline, before); /* the same is not copied anew */

	pt_root_advance(s.root);
	pt_procs_begin(s.procs, PT_PROC_WANT_CMDLINE);
	while (pt_procs_step(s.procs, 1))
		assert_string_equal(before, "sh -c a b"); /* until the last step */
	assert_string_equal(row_of(s.procs, 5)->cmdline, "cat");
	scanner_close(&s);
}

static void test_users(void **state)
{
	struct scanner s;
	struct pt_str passwd = PT_STR_INIT;
	const char *root;

	(void)state;
	tree_init(&s.tree);
	pt_str_add(&passwd, "root:x:0:0:root:/root:/bin/sh\n:x:5:5::/:\nbad\n+::::::\nhalf:x:7\n"
			    "neg:x:-1:\nhuge:x:99999999999999999999:\n\n");
	for (int i = 0; i < 2000; i++) /* more than one buffer */
		pt_str_addf(&passwd, "user%d:x:%d:100:Some One:/home/u:/bin/sh\n", i, 1000 + i);
	pt_str_add(&passwd, "last:x:42:"); /* without a line end */
	tree_put(&s.tree, "000/etc/passwd", pt_str_text(&passwd));
	pt_str_release(&passwd);
	scanner_open(&s);
	root = pt_procs_user(s.procs, 0);
	assert_string_equal(root, "root");
	assert_ptr_equal(pt_procs_user(s.procs, 0), root);
	assert_string_equal(pt_procs_user(s.procs, 1000), "user0");
	assert_string_equal(pt_procs_user(s.procs, 2999), "user1999");
	assert_string_equal(pt_procs_user(s.procs, 42), "last");
	assert_string_equal(pt_procs_user(s.procs, 5), "5");
	assert_string_equal(pt_procs_user(s.procs, 7), "7");
	assert_string_equal(pt_procs_user(s.procs, UINT32_MAX), "4294967295");
	scanner_close(&s);
}

/* -- details ---------------------------------------------------------------------------------- */

static void assert_detail(struct scanner *s, char what, const char *expected)
{
	struct pt_str text = PT_STR_INIT;

	assert_int_equal(pt_procs_detail(s->procs, 5, 77, what, &text, NULL), 0);
	assert_string_equal(pt_str_text(&text), expected);
	pt_str_release(&text);
}

static void test_details(void **state)
{
	static const char environ[] = "HOME=/root\0EMPTY=\0odd\0A=b=c\0LINES=one\ntwo";
	struct pt_str text = PT_STR_INIT;
	char path[PATH_MAX + 64];
	struct pt_err err = {0};
	struct scanner s;

	(void)state;
	tree_init(&s.tree);
	put_stat(&s.tree, "000/",
		 &(struct stat_text){.pid = 5, .comm = "p", .state = 'S', .start = 77});
	put_bytes(&s.tree, 5, "environ", environ, sizeof(environ) - 1);
	put_bytes(&s.tree, 5, "cmdline", "prog\0-v\0\0a b\0", 13);
	put(&s.tree, "000/", 5, "limits",
	    "Limit                     Soft Limit           Hard Limit           Units     \n"
	    "Max cpu time              unlimited            unlimited            seconds   \n"
	    "Max open files            1024                 524288               files     \n"
	    "Max realtime priority     0                    0                    \n"
	    "nonsense\n");
	put(&s.tree, "000/", 5, "cgroup", "4:cpu,cpuacct:/docker/a:b\n0::/x\nbad\n");
	put(&s.tree, "000/", 5, "smaps_rollup",
	    "55d0-7ffe ---p 00000000 00:00 0                          [rollup]\n"
	    "Rss:                2048 kB\nPss:                 512 kB\nPss_Dirty: 4 kB\n");
	put(&s.tree, "000/", 5, "fd/.keep", "");
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = {"10", "2", "0"};
		static const char *const targets[] = {"socket:[99]", "/tmp/a\nb", "/dev/null"};

		snprintf(path, sizeof(path), "%s/000/proc/5/fd/%s", s.tree.dir, names[i]);
		assert_int_equal(symlink(targets[i], path), 0);
	}
	scanner_open(&s);
	scan(s.procs, 0);
	assert_detail(&s, 'e', "HOME: /root\nEMPTY: \nodd\nA: b=c\nLINES: one\\ntwo\n");
	assert_detail(&s, 'a', "0: prog\n1: -v\n2: \n3: a b\n");
	assert_detail(&s, 'l',
		      "cpu time: unlimited\nopen files: 1024 files (hard: 524288)\n"
		      "realtime priority: 0\n");
	assert_detail(&s, 'c', "cpu,cpuacct: /docker/a:b\nv2: /x\n");
	assert_detail(&s, 'f', "0: /dev/null\n2: /tmp/a\\nb\n10: socket:[99]\n");
	assert_int_equal(row_of(s.procs, 5)->pss_bytes, 0);
	assert_detail(&s, 'm', "Rss: 2048 kB\nPss: 512 kB\nPss_Dirty: 4 kB\n");
	assert_int_equal(row_of(s.procs, 5)->pss_bytes, 512 << 10);

	assert_int_equal(pt_procs_detail(s.procs, 5, 78, 'e', &text, &err), -PT_ENOENT);
	assert_non_null(strstr(err.msg, "another one"));
	assert_int_equal(pt_procs_detail(s.procs, 6, 77, 'e', &text, &err), -PT_ENOENT);
	assert_int_equal(pt_procs_detail(s.procs, -6, 77, 'e', &text, &err), -PT_ENOENT);
	assert_int_equal(pt_procs_detail(s.procs, 5, 77, 'x', &text, &err), -PT_EINVAL);
	assert_int_equal(text.len, 0);

	/* Nothing is done to what is only recorded. */
	assert_int_equal(pt_procs_signal(s.procs, 5, 77, SIGTERM, &err), -PT_ENOTSUP);
	assert_int_equal(pt_procs_renice(s.procs, 5, 77, 5, &err), -PT_ENOTSUP);
	scanner_close(&s);
}

/* -- this machine ----------------------------------------------------------------------------- */

static void live_open(struct scanner *s)
{
	assert_int_equal(pt_root_open(NULL, &s->root, NULL), 0);
	s->procs = pt_procs_new(s->root, pt_root_clock(s->root));
}

static void live_close(struct scanner *s)
{
	pt_procs_free(s->procs);
	pt_root_free(s->root);
}

/* A child that sleeps; when this returns it is on its way to pause() at least. */
static pid_t start_child(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		for (;;)
			pause();
	}
	return pid;
}

static int64_t cpu_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * PT_S + t.tv_nsec;
}

static void burn(int64_t ns)
{
	int64_t end = cpu_time() + ns;

	while (cpu_time() < end)
		;
}

static void test_live_rows(void **state)
{
	pid_t pid = start_child(), self = getpid();
	const struct pt_proc *p;
	struct scanner s;
	uint64_t start;

	(void)state;
	live_open(&s);
	scan(s.procs, ~0u);
	p = row_of(s.procs, pid);
	assert_non_null(p);
	assert_int_equal(p->ppid, self);
	assert_int_equal(p->uid, geteuid());
	assert_false(p->kernel);
	assert_non_null(p->cmdline);
	assert_non_null(strstr(p->cmdline, "test_collect_procs"));
	start = p->start_ticks;
	p = row_of(s.procs, self);
	assert_non_null(p);
	assert_true(p->cpu_ns > 0);
	assert_true(p->cpu_ns <= (uint64_t)cpu_time());

	/* Long enough for a rate (scans that follow each other closely have none), and to be booked:
	 * the kernel does that with its tick, of 10 ms at most. */
	burn(60 * PT_MS);
	scan(s.procs, ~0u);
	assert_true(row_of(s.procs, self)->cpu_ratio > 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	scan(s.procs, ~0u);
	assert_null(pt_procs_find(s.procs, pid, start));
	live_close(&s);
}

/* Sleepers are not read, but in their turn they are. */
static void test_live_turn(void **state)
{
	pid_t pid = start_child();
	const struct pt_proc *p;
	struct scanner s;
	int scans = 0;

	(void)state;
	live_open(&s);
	scan(s.procs, 0);
	usleep(20000); /* let it come to rest */
	scan(s.procs, 0);
	p = row_of(s.procs, pid);
	assert_int_equal(p->nice, getpriority(PRIO_PROCESS, 0));
	assert_int_equal(setpriority(PRIO_PROCESS, (id_t)pid, 19), 0);
	while (p->nice != 19 && scans++ < 40)
		scan(s.procs, 0);
	assert_int_equal(p->nice, 19);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	live_close(&s);
}

static void test_live_act(void **state)
{
	pid_t pid = start_child();
	const struct pt_proc *p;
	struct pt_err err = {0};
	struct scanner s;
	int status = 0;
	uint64_t start;

	(void)state;
	live_open(&s);
	scan(s.procs, 0);
	p = row_of(s.procs, pid);
	assert_non_null(p);
	start = p->start_ticks;

	assert_int_equal(pt_procs_renice(s.procs, pid, start + 1, 19, &err), -PT_ENOENT);
	assert_int_equal(getpriority(PRIO_PROCESS, (id_t)pid), getpriority(PRIO_PROCESS, 0));
	assert_int_equal(pt_procs_renice(s.procs, pid, start, 99, &err), -PT_ERANGE);
	assert_int_equal(pt_procs_renice(s.procs, pid, start, 19, &err), 0);
	assert_int_equal(getpriority(PRIO_PROCESS, (id_t)pid), 19);
	assert_int_equal(p->nice, 19);

	assert_int_equal(pt_procs_signal(s.procs, pid, start + 1, SIGKILL, &err), -PT_ENOENT);
	assert_non_null(strstr(err.msg, "another one"));
	assert_int_equal(pt_procs_signal(s.procs, pid, start, 0, &err), -PT_EINVAL);
	assert_int_equal(pt_procs_signal(s.procs, pid, start, 1000, &err), -PT_EINVAL);
	assert_int_equal(pt_procs_signal(s.procs, -1, start, SIGKILL, &err), -PT_ENOENT);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0); /* alive after all that */
	assert_int_equal(pt_procs_signal(s.procs, pid, start, SIGUSR1, &err), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGUSR1);
	assert_int_equal(pt_procs_signal(s.procs, pid, start, SIGKILL, &err), -PT_ENOENT);
	live_close(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_frames),	 cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_broken_files),	 cmocka_unit_test(test_empty_root),
		cmocka_unit_test(test_vanish_and_reuse), cmocka_unit_test(test_steps),
		cmocka_unit_test(test_cmdline),		 cmocka_unit_test(test_users),
		cmocka_unit_test(test_details),		 cmocka_unit_test(test_live_rows),
		cmocka_unit_test(test_live_turn),	 cmocka_unit_test(test_live_act),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
