/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Address spaces: what a mapping replaces, what a fork has, code of JITs, the kernel's names, and
 * the process of the test itself.
 */
#include "profile_names.h"

#include "perftop/base/mem.h"

#include <sys/auxv.h>

static __attribute__((noinline)) int own_function(int x)
{
	__asm__ volatile("");
	return x + 1;
}

static void map_at(struct pt_space *space, uint64_t start, uint64_t end, uint64_t pgoff,
		   const char *path)
{
	const struct pt_mapping m = {
		.start = start, .len = end - start, .pgoff = pgoff, .path = path};

	pt_space_map(space, &m);
}

static void check_module(struct pt_space *space, uint64_t at, const char *module, uint64_t offset)
{
	uint64_t found = 0;
	const char *name = pt_space_module(space, at, &found);

	if (!module) {
		assert_null(name);
		return;
	}
	assert_non_null(name);
	assert_string_equal(name, module);
	assert_int_equal(found, offset);
}

static void test_mappings(void **state)
{
	struct pt_space *child;
	struct names n;

	(void)state;
	names_init(&n, NULL, 1);
	check_module(n.space, 0, NULL, 0);
	map_at(n.space, 0x3000, 0x6000, 0x1000, "/a");
	map_at(n.space, 0x1000, 0x2000, 0, "/b");
	check_module(n.space, 0x2fff, NULL, 0);
	check_module(n.space, 0x3000, "/a", 0x1000);
	check_module(n.space, 0x5fff, "/a", 0x3fff);
	check_module(n.space, 0x6000, NULL, 0);
	check_module(n.space, 0x1fff, "/b", 0xfff);
	/* In the middle of one: both ends stay what they were. */
	map_at(n.space, 0x4000, 0x5000, 0, "/c");
	check_module(n.space, 0x3fff, "/a", 0x1fff);
	check_module(n.space, 0x4000, "/c", 0);
	check_module(n.space, 0x5000, "/a", 0x3000);
	child = pt_space_fork(n.space, 2);
	/* Over the ends of several. */
	map_at(n.space, 0x1800, 0x5800, 0, "/d");
	check_module(n.space, 0x17ff, "/b", 0x7ff);
	check_module(n.space, 0x1800, "/d", 0);
	check_module(n.space, 0x57ff, "/d", 0x3fff);
	check_module(n.space, 0x5800, "/a", 0x3800);
	check_module(child, 0x4000, "/c", 0);
	/* The same again, and nothing, and what cannot be. */
	map_at(n.space, 0x1800, 0x5800, 0x10, "/e");
	map_at(n.space, 0x1800, 0x1800, 0, "/f");
	map_at(n.space, UINT64_MAX - 0xfff, 0x1000, 0, "/f");
	check_module(n.space, 0x1800, "/e", 0x10);
	pt_space_clear(n.space);
	check_module(n.space, 0x1800, NULL, 0);
	check_module(child, 0x1000, "/b", 0);
	pt_space_free(child);
	names_release(&n);
}

/* A hostile recording: one process with many mappings, and children of it without end. */
static void test_many(void **state)
{
	const struct pt_symbols_options options = {.max_memory = 1 << 20};
	struct pt_space *child = NULL;
	uint64_t offset;
	struct names n;

	(void)state;
	names_init(&n, &options, 1);
	for (uint64_t i = 0; i < 70000; i++)
		map_at(n.space, i << 12, (i << 12) + 0x800, 0, "/a");
	assert_non_null(pt_space_module(n.space, 0x1000, &offset));
	assert_null(pt_space_module(n.space, UINT64_C(60000) << 12, &offset));
	for (int i = 0; i < 1000; i++)
		child = pt_space_fork(n.space, 2 + i);
	assert_null(pt_space_module(child, 0x1000, &offset));
	names_release(&n);
}

/* What is mapped where, and at which offset, as a plain array has it. */
struct model {
	uint8_t path[512];
	uint64_t pgoff[512];
};

static void check_model(struct pt_space *space, const struct model *m)
{
	for (uint64_t i = 0; i < 512; i++) {
		char path[4] = {'/', (char)m->path[i], '\0'};

		check_module(space, i << 12, m->path[i] ? path : NULL, m->pgoff[i]);
	}
}

static void map_random(struct pt_space *space, struct model *m, uint32_t *random)
{
	uint32_t start, n;
	char path[3] = "/a";

	*random = *random * 1664525u + 1013904223u;
	start = *random >> 8 & 511;
	n = *random >> 17 & (*random >> 25 ? 3 : 255);
	n = PT_MIN(n + 1, 512 - start);
	path[1] = (char)('a' + (*random >> 3) % 26);
	map_at(space, (uint64_t)start << 12, (uint64_t)(start + n) << 12, (uint64_t)start << 20,
	       path);
	for (uint32_t i = 0; i < n; i++) {
		m->path[start + i] = (uint8_t)path[1];
		m->pgoff[start + i] = ((uint64_t)start << 20) + ((uint64_t)i << 12);
	}
}

/* Parents and children map over one another without end; nobody sees what another one does. */
static void test_random(void **state)
{
	struct model models[3] = {0};
	struct pt_space *spaces[3];
	uint32_t random = 1;
	struct names n;

	(void)state;
	names_init(&n, NULL, 1);
	spaces[0] = n.space;
	for (int i = 1; i < 3; i++)
		spaces[i] = pt_space_fork(spaces[i - 1], 1 + i);
	for (int i = 0; i < 20000; i++) {
		int k = i % 3;

		map_random(spaces[k], &models[k], &random);
		if (i % 700 < 3) {
			pt_space_free(spaces[(k + 1) % 3]);
			spaces[(k + 1) % 3] = pt_space_fork(spaces[k], 1 + i);
			models[(k + 1) % 3] = models[k];
		}
		if (i % 331 == 0)
			check_model(spaces[k], &models[k]);
	}
	for (int i = 0; i < 3; i++)
		check_model(spaces[i], &models[i]);
	names_release(&n);
}

/* Told from the top down, and shared with a child for each: nothing is moved as a whole. */
static void test_descending(void **state)
{
	struct pt_space *child;
	struct names n;

	(void)state;
	names_init(&n, NULL, 1);
	for (uint64_t i = 60000; i > 0; i--)
		map_at(n.space, i << 13, (i << 13) + 0x1000, i << 12, "/a");
	for (uint64_t i = 1; i <= 20000; i++) {
		child = pt_space_fork(n.space, 2);
		map_at(child, i << 13, (i << 13) + 0x1000, 0, "/b");
		check_module(child, i << 13, "/b", 0);
		check_module(child, (i + 1) << 13, "/a", (i + 1) << 12);
		pt_space_free(child);
	}
	for (uint64_t i = 1; i <= 60000; i++)
		check_module(n.space, i << 13, "/a", i << 12);
	map_at(n.space, 0, UINT64_C(1) << 40, 0, "/c");
	check_module(n.space, 60000 << 13, "/c", 60000 << 13);
	names_release(&n);
}

/* Objects and build ids count as well; what has no room leaves no name of before behind. */
static void test_many_objects(void **state)
{
	const struct pt_symbols_options options = {.max_memory = 1 << 20};
	const uint8_t id[20] = {1};
	uint64_t offset;
	char path[32];
	struct names n;

	(void)state;
	names_init(&n, &options, 1);
	map_at(n.space, 0x1000, 0x3000, 0, "/first");
	check_module(n.space, 0x1000, "/first", 0);
	for (int i = 0; i < 20000; i++) {
		pt_snprintf(path, sizeof path, "/%d", i);
		map_at(n.space, 0x5000, 0x6000, 0, path);
	}
	check_module(n.space, 0x5000, NULL, 0);
	check_module(n.space, 0x1000, "/first", 0);
	map_at(n.space, 0x2000, 0x2800, 0, "/second");
	check_module(n.space, 0x1000, NULL, 0);
	map_at(n.space, 0x2000, 0x2800, 0x10, "/first"); /* which is known */
	check_module(n.space, 0x2000, "/first", 0x10);
	names_release(&n);
	names_init(&n, &options, 1);
	for (int i = 0; i < 20000; i++) {
		pt_snprintf(path, sizeof path, "/%d", i);
		pt_symbols_build_id(n.symbols, path, id, sizeof id);
	}
	map_at(n.space, 0x5000, 0x6000, 0, "/a");
	assert_null(pt_space_module(n.space, 0x5000, &offset));
	names_release(&n);
}

static void test_without_symbols(void **state)
{
	struct names n;

	(void)state;
	names_init(&n, NULL, 1);
	map_at(n.space, 0x1000, 0x2000, 0, "/no/such/lib.so.6 (deleted)");
	map_at(n.space, 0x2000, 0x3000, 0, "//anon");
	map_at(n.space, 0x3000, 0x4000, 0, "[heap]");
	map_at(n.space, 0x4000, 0x5000, 0, "/dev/null");
	map_at(n.space, 0x5000, 0x6000, 0, "[vdso]"); /* whose machine's is not known */
	map_at(n.space, 0x6000, 0x7000, 0, "");
	assert_string_equal(name_at(&n, 0x1000), "[lib.so.6]");
	assert_string_equal(names_frame(&n, 0x1000, 0)->module, "/no/such/lib.so.6");
	assert_string_equal(name_at(&n, 0x2000), "[anon]");
	assert_string_equal(name_at(&n, 0x3000), "[heap]");
	assert_string_equal(name_at(&n, 0x4000), "[null]");
	assert_string_equal(name_at(&n, 0x5000), "[vdso]");
	assert_string_equal(name_at(&n, 0x6000), "[anon]");
	assert_string_equal(name_at(&n, 0x9000), "[unknown]");
	assert_string_equal(name_at(&n, 0), "[unknown]");
	assert_string_equal(name_at(&n, UINT64_MAX), "[unknown]");
	names_release(&n);
}

static void test_itself(void **state)
{
	const struct pt_symbols_options options = {.this_machine = true};
	uint32_t id;
	struct names n;
	struct pt_err err;

	(void)state;
	names_init(&n, &options, getpid());
	assert_int_equal(pt_space_read(n.space, &err), 0);
	assert_string_equal(name_at(&n, (uint64_t)own_function), "own_function");
	assert_string_equal(name_at(&n, (uint64_t)test_itself + 8), "test_itself");
	/* A return address behind a function's last call belongs to that function. */
	assert_int_equal(pt_space_frames(n.space, (uint64_t)own_function, true, &id, 1), 1);
	assert_string_not_equal(pt_frames_get(n.frames, id)->name, "own_function");
	assert_int_equal(pt_space_frames(n.space, (uint64_t)own_function, true, &id, 0), 0);
	if (getauxval(AT_SYSINFO_EHDR))
		assert_string_equal(names_frame(&n, getauxval(AT_SYSINFO_EHDR) + 0x800, 0)->module,
				    "[vdso]");
	names_release(&n);
	names_init(&n, &options, 999999999);
	assert_int_equal(pt_space_read(n.space, &err), -PT_ENOENT);
	names_release(&n);
}

/* A /proc of the test's own; *ret is its path. */
static const char *make_proc(void)
{
	static char proc[600];
	static int count;

	snprintf(proc, sizeof proc, "%s/proc%d", names_folder(), count++);
	return proc;
}

static void write_in(const char *proc, const char *name, const char *text)
{
	char path[1200];

	snprintf(path, sizeof path, "%s/%s", proc, name);
	names_write(path, text);
}

/* What a process sees as /tmp, in its folder of proc. */
#define ROOT   \
	"root" \
	"/tmp"

static void test_jit(void **state)
{
	const char *proc = make_proc();
	const struct pt_symbols_options options = {.this_machine = true, .proc = proc};
	const struct pt_frame *frame;
	struct names n;

	(void)state;
	write_in(proc, "77/status", "Name:\tnode\nNSpid:\t77\t5\nThreads:\t1\n");
	write_in(proc, "77/maps", "");
	write_in(proc, "77/" ROOT "/perf-5.map",
		 "1000 100 LazyCompile:*parse /srv/app.js:12\n"
		 "1200 80 py::run:/srv/a b.py\n"
		 "nonsense\n"
		 "1300\n"
		 "1400 0 empty\n"
		 "zz 10 bad\n"
		 "1040 20 inner\n"
		 "1200 40 newer\n"
		 "2000 10 unfinished");
	names_init(&n, &options, 77);
	map_at(n.space, 0x1000, 0x2000, 0, "//anon");
	frame = names_frame(&n, 0x1000, 0);
	assert_string_equal(frame->name, "LazyCompile:*parse /srv/app.js:12");
	assert_int_equal(frame->kind, PT_FRAME_JIT);
	assert_string_equal(name_at(&n, 0x1045), "inner");
	assert_string_equal(name_at(&n, 0x1060), "LazyCompile:*parse /srv/app.js:12");
	assert_string_equal(name_at(&n, 0x1200), "newer");
	assert_string_equal(name_at(&n, 0x1240), "py::run:/srv/a b.py");
	assert_string_equal(name_at(&n, 0x1400), "[anon]");
	assert_string_equal(name_at(&n, 0x2000), "[unknown]");
	/* Code that nobody told of: JITs make memory executable after they have mapped it. */
	write_in(proc, "78/status", "Name:\tx\n");
	write_in(proc, "78/" ROOT "/perf-78.map", "9000 10 hidden\n");
	pt_space_free(n.space);
	n.space = pt_space_new(n.symbols, 78);
	assert_string_equal(name_at(&n, 0x9001), "hidden");
	assert_string_equal(name_at(&n, 0x9010), "[unknown]");
	names_release(&n);
}

static void test_jit_grows(void **state)
{
	const char *proc = make_proc();
	const struct pt_symbols_options options = {.this_machine = true, .proc = proc};
	struct names n;
	char path[1200];
	FILE *f;

	(void)state;
	write_in(proc, "5/" ROOT "/perf-5.map", "1000 100 first\n1100 10");
	names_init(&n, &options, 5);
	map_at(n.space, 0x1000, 0x2000, 0, "//anon");
	assert_string_equal(name_at(&n, 0x1000), "first");
	assert_string_equal(name_at(&n, 0x1100), "[anon]");
	snprintf(path, sizeof path, "%s/5/" ROOT "/perf-5.map", proc);
	f = fopen(path, "a");
	assert_non_null(f);
	fputs("0 second\n1000 20 again\n", f);
	fclose(f);
	/* It is looked at again in a while; how long is nobody's business here. */
	for (int i = 0; i < 200 && strcmp(name_at(&n, 0x11ff), "second") != 0; i++)
		usleep(10000);
	assert_string_equal(name_at(&n, 0x11ff), "second");
	assert_string_equal(name_at(&n, 0x1000), "again");
	assert_string_equal(name_at(&n, 0x1030), "first");
	names_release(&n);
}

/* Names of functions are the business of those who may change the process. */
static void test_jit_of_others(void **state)
{
	enum { OTHER = 54321, ITS = 54322 };
	const char *proc = make_proc();
	const struct pt_symbols_options options = {.this_machine = true, .proc = proc};
	static const struct {
		uid_t owner;
		const char *name;
	} maps[] = {{OTHER, "[anon]"}, {0, "f"}, {ITS, "f"}};
	struct names n;
	char path[1200];

	(void)state;
	if (geteuid() != 0) {
		print_message("# only root can give files to others\n");
		skip();
	}
	write_in(proc, "6/status", "Name:\tx\nUid:\t1\t54322\t1\t1\nNSpid:\t6\n");
	write_in(proc, "6/" ROOT "/perf-6.map", "1000 100 f\n");
	snprintf(path, sizeof path, "%s/6/" ROOT "/perf-6.map", proc);
	for (size_t i = 0; i < PT_LEN(maps); i++) {
		assert_int_equal(chown(path, maps[i].owner, 0), 0);
		names_init(&n, &options, 6);
		map_at(n.space, 0x1000, 0x2000, 0, "//anon");
		assert_string_equal(name_at(&n, 0x1000), maps[i].name);
		assert_int_equal(strstr(pt_symbols_note(n.symbols), "perf-6.map") != NULL, i == 0);
		names_release(&n);
	}
}

static void check_kernel(struct names *n, uint64_t ip, const char *name, const char *module)
{
	const struct pt_frame *frame = pt_frames_get(n->frames, pt_symbols_kernel(n->symbols, ip));

	assert_string_equal(frame->name, name);
	assert_string_equal(frame->module, module);
	assert_int_equal(frame->kind, PT_FRAME_KERNEL);
}

static const char kallsyms[] = "0000000000000000 A fixed_percpu_data\n"
			       "ffffffff81000000 T _text\n"
			       "ffffffff81000000 T _stext\n"
			       "ffffffff81001000 t do_work\n"
			       "ffffffff81002000 T schedule\n"
			       "ffffffff81002800 D some_data\n"
			       "ffffffffc0100000 t nf_hook\t[nf_tables]\n"
			       "garbage\n";

static void test_kernel(void **state)
{
	const char *proc = make_proc();
	const struct pt_symbols_options options = {.this_machine = true, .proc = proc};
	struct names n;

	(void)state;
	write_in(proc, "kallsyms", kallsyms);
	names_init(&n, &options, 1);
	check_kernel(&n, 0xffffffff81001234, "do_work", "[kernel]");
	check_kernel(&n, 0xffffffff81002fff, "schedule", "[kernel]");
	check_kernel(&n, 0xffffffffc0100010, "nf_hook", "[nf_tables]");
	check_kernel(&n, 0xffffffff80000000, "[kernel]", "[kernel]");
	assert_string_equal(pt_symbols_note(n.symbols), "");
	names_release(&n);
}

static void test_kernel_hidden(void **state)
{
	const char *proc = make_proc();
	const struct pt_symbols_options options = {.this_machine = true, .proc = proc};
	const struct pt_symbols_options elsewhere = {.proc = proc};
	struct names n;

	(void)state;
	/* As kptr_restrict shows it. */
	write_in(proc, "kallsyms",
		 "0000000000000000 T _text\n0000000000000000 T schedule\n"
		 "0000000000000000 t nf_hook\t[nf_tables]\n");
	names_init(&n, &options, 1);
	check_kernel(&n, 0xffffffff81001234, "[kernel]", "[kernel]");
	assert_non_null(strstr(pt_symbols_note(n.symbols), "kptr_restrict"));
	names_release(&n);
	/* Those of this machine say nothing about another. */
	write_in(proc, "kallsyms", kallsyms);
	names_init(&n, &elsewhere, 1);
	check_kernel(&n, 0xffffffff81001234, "[kernel]", "[kernel]");
	names_release(&n);
	names_init(&n, &options, 1);
	pt_symbols_build_id(n.symbols, "[kernel.kallsyms]", (const uint8_t *)"another kernel....",
			    18);
	check_kernel(&n, 0xffffffff81001234, "[kernel]", "[kernel]");
	names_release(&n);
}

static void test_kernel_moved(void **state)
{
	const char *proc = make_proc();
	const struct pt_symbols_options options = {.this_machine = true, .proc = proc};
	struct names n;

	(void)state;
	write_in(proc, "kallsyms", kallsyms);
	names_init(&n, &options, 1);
	/* Another boot: the kernel was 16 MB further up, modules somewhere. */
	pt_symbols_kernel_map(n.symbols, 0xffffffff82000000, 0x1000000, 0xffffffff82000000,
			      "[kernel.kallsyms]_text");
	check_kernel(&n, 0xffffffff82001234, "do_work", "[kernel]");
	check_kernel(&n, 0xffffffff81001234, "[kernel]", "[kernel]");
	check_kernel(&n, 0xffffffffc0100010, "[kernel]", "[kernel]");
	/* Modules are told by name alone. */
	pt_symbols_kernel_map(n.symbols, 0xffffffffc0200000, 0x10000, 0,
			      "/lib/modules/6.1/kernel/net/nf-tables.ko.xz");
	pt_symbols_kernel_map(n.symbols, 0xffffffffc0300000, 0x10000, 0, "[xfs]");
	check_kernel(&n, 0xffffffffc0200010, "[nf_tables]", "[nf_tables]");
	check_kernel(&n, 0xffffffffc030ffff, "[xfs]", "[xfs]");
	names_release(&n);
	names_init(&n, &options, 1);
	pt_symbols_kernel_map(n.symbols, 0xffffffff81000000, 0x1000000, 0xffffffff81000000,
			      "[kernel.kallsyms]_text");
	check_kernel(&n, 0xffffffffc0100010, "nf_hook", "[nf_tables]");
	names_release(&n);
	/* A reference that this kernel does not have. */
	names_init(&n, &options, 1);
	pt_symbols_kernel_map(n.symbols, 0xffffffff82000000, 0x1000000, 0xffffffff82000000,
			      "[kernel.kallsyms]_elsewhere");
	check_kernel(&n, 0xffffffff81001234, "[kernel]", "[kernel]");
	names_release(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mappings),     cmocka_unit_test(test_many),
		cmocka_unit_test(test_random),	     cmocka_unit_test(test_descending),
		cmocka_unit_test(test_many_objects), cmocka_unit_test(test_without_symbols),
		cmocka_unit_test(test_itself),	     cmocka_unit_test(test_jit),
		cmocka_unit_test(test_jit_grows),    cmocka_unit_test(test_jit_of_others),
		cmocka_unit_test(test_kernel),	     cmocka_unit_test(test_kernel_hidden),
		cmocka_unit_test(test_kernel_moved),
	};

	own_function(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
