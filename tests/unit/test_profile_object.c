/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Objects compiled on the spot: where names come from (symbol tables, split files, .gnu_debugdata,
 * the procedure linkage table, debug info), that a file that is another one names nothing, and that
 * broken files do no harm.
 */
#include "profile_names.h"

#include <dlfcn.h>
#include <sys/stat.h>

static const char source[] =
	"#include <stdio.h>\n"
	"volatile int fixture_sink;\n"
	"static __attribute__((noinline)) int fixture_local(int x) { fixture_sink = x; return x * 7; }\n"
	"static inline __attribute__((always_inline)) int fixture_inlined(int x)\n"
	"{ fixture_sink += x; fixture_sink *= 3; fixture_sink ^= x; return fixture_sink; }\n"
	"int fixture_outer(int x) {\n"
	"	x = fixture_inlined(x);\n"
	"	return x; }\n"
	"int fixture_calls(const char *s) { puts(s); return fixture_local(1); }\n"
	"int __fixture_alias(int x) __attribute__((alias(\"fixture_outer\")));\n"
	"void *fixture_address_of_local(void) { return (void *)fixture_local; }\n"
	"__asm__(\".text\\nfixture_label:\\n.skip 16, 0x90\\n\"\n"
	"	\".Lhidden:\\n.skip 16, 0x90\\nret\\n\");\n"
	"extern char fixture_label[] __attribute__((visibility(\"hidden\")));\n"
	"void *fixture_address_of_label(void) { return fixture_label; }\n";

static bool compiled, debug_tools;

/* libelf itself loses a section's bytes when its header says two things of it. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libelf.so\n";
}

static int compile(void **state)
{
	const char *d = names_folder();

	(void)state;
	compiled = names_compile(source, "fixture.so",
				 "-g -O2 -fno-ipa-cp -Wl,--build-id=sha1 -Wl,-z,lazy");
	/* Without a build id, its debug info split off and found by a link; and one with only
	 * .gnu_debugdata. */
	debug_tools =
		compiled &&
		names_run(
			"cd %s && cp fixture.so linked.so && "
			"objcopy --remove-section .note.gnu.build-id linked.so && "
			"objcopy --only-keep-debug linked.so linked.so.debug && "
			"strip linked.so && objcopy --add-gnu-debuglink=linked.so.debug linked.so",
			d) &&
		names_run("cd %s && objcopy --only-keep-debug fixture.so mini && "
			  "strip --strip-debug -o mini mini && xz -kf mini && "
			  "strip -o packed.so fixture.so && "
			  "objcopy --add-section .gnu_debugdata=mini.xz packed.so",
			  d);
	return 0;
}

/* An object of the tests' folder, mapped whole at address 2^32 with nothing known of it. */
static const uint64_t base = UINT64_C(1) << 32;

static void map(struct names *n, const char *object)
{
	char path[600];
	struct pt_mapping m = {.start = base, .path = path};
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", names_folder(), object);
	m.len = stat(path, &st) == 0 ? (uint64_t)st.st_size : 1 << 16;
	pt_space_map(n->space, &m);
}

/* The offset in the file that a function has in memory; by the loader, not by what is tested. */
struct loaded {
	void *handle;
	uint64_t outer, calls, local, label;
};

static bool load(struct loaded *l, const char *object)
{
	char path[600];
	void *(*address)(void);

	snprintf(path, sizeof path, "%s/%s", names_folder(), object);
	l->handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	if (!l->handle)
		return false;
	l->outer = (uint64_t)dlsym(l->handle, "fixture_outer");
	l->calls = (uint64_t)dlsym(l->handle, "fixture_calls");
	address = (void *(*)(void))dlsym(l->handle, "fixture_address_of_local");
	l->local = (uint64_t)address();
	address = (void *(*)(void))dlsym(l->handle, "fixture_address_of_label");
	l->label = (uint64_t)address();
	return true;
}

static void check_names(const char *object, bool local)
{
	const struct pt_symbols_options options = {.this_machine = true};
	struct loaded l;
	struct names n;
	struct pt_err err;
	const char *module;
	uint64_t offset;

	assert_true(load(&l, object));
	names_init(&n, &options, getpid());
	assert_int_equal(pt_space_read(n.space, &err), 0);
	assert_string_equal(name_at(&n, l.outer), "fixture_outer");
	assert_string_equal(name_at(&n, l.outer + 1), "fixture_outer");
	assert_string_equal(name_at(&n, l.calls), "fixture_calls");
	assert_string_equal(name_at(&n, l.local), local ? "fixture_local" : "[fixture.so]");
	if (local)
		assert_string_equal(name_at(&n, l.label + 20), "fixture_label");
	module = pt_space_module(n.space, l.outer, &offset);
	assert_non_null(module);
	assert_non_null(strstr(module, object));
	assert_string_equal(names_frame(&n, l.outer, 0)->module, module);
	assert_string_equal(pt_symbols_note(n.symbols), "");
	names_release(&n);
	dlclose(l.handle);
}

static void test_tables(void **state)
{
	(void)state;
	if (!compiled)
		skip();
	check_names("fixture.so", true);
	if (!debug_tools)
		skip();
	check_names("linked.so", true);
	check_names("packed.so", true);
}

static void test_wrong_link(void **state)
{
	const struct pt_symbols_options options = {.this_machine = true};
	const char *d = names_folder();
	struct loaded l;
	struct names n;

	(void)state;
	if (!debug_tools)
		skip();
	/* Another file of that name: its checksum is not the one in the link. */
	assert_true(names_run("cd %s && mkdir -p other && cp linked.so other/linked.so && "
			      "cp mini other/linked.so.debug",
			      d));
	assert_true(load(&l, "other/linked.so"));
	names_init(&n, &options, getpid());
	pt_space_read(n.space, NULL);
	assert_string_equal(name_at(&n, l.outer), "fixture_outer");
	assert_string_equal(name_at(&n, l.local), "[linked.so]");
	names_release(&n);
	dlclose(l.handle);
}

#if defined __x86_64__
static void test_plt(void **state)
{
	const struct pt_symbols_options options = {.this_machine = true};
	const uint8_t *code;
	struct loaded l;
	struct names n;
	bool found = false;

	(void)state;
	if (!compiled)
		skip();
	assert_true(load(&l, "fixture.so"));
	names_init(&n, &options, getpid());
	pt_space_read(n.space, NULL);
	code = (const uint8_t *)l.calls;
	for (int i = 0; i < 32 && !found; i++) {
		int32_t to;

		if (code[i] != 0xe8)
			continue;
		memcpy(&to, code + i + 1, 4);
		found = strcmp(name_at(&n, l.calls + (uint64_t)i + 5 + (uint64_t)(int64_t)to),
			       "puts@plt") == 0;
	}
	assert_true(found);
	names_release(&n);
	dlclose(l.handle);
}
#endif

static void check_inlined(void)
{
	const struct pt_symbols_options options = {.this_machine = true, .inlined = true};
	const struct pt_frame *frame = NULL;
	struct loaded l;
	struct names n;
	uint32_t ids[8];
	size_t k = 0, at;

	assert_true(load(&l, "fixture.so"));
	names_init(&n, &options, getpid());
	pt_space_read(n.space, NULL);
	for (at = 0; at < 24 && k < 2; at++)
		k = pt_space_frames(n.space, l.outer + at, false, ids, 8);
	assert_int_equal(k, 2);
	frame = pt_frames_get(n.frames, ids[0]);
	assert_string_equal(frame->name, "fixture_outer");
	assert_int_equal(frame->kind, PT_FRAME_USER);
	assert_int_equal(frame->line, 6);
	frame = pt_frames_get(n.frames, ids[1]);
	assert_string_equal(frame->name, "fixture_inlined");
	assert_int_equal(frame->kind, PT_FRAME_INLINED);
	assert_int_equal(frame->line, 4);
	assert_non_null(strstr(frame->file, "/fixture.so.c"));
	/* Room for one frame: the function itself. */
	assert_int_equal(pt_space_frames(n.space, l.outer + at - 1, false, ids, 1), 1);
	assert_string_equal(pt_frames_get(n.frames, ids[0])->name, "fixture_outer");
	names_release(&n);
	dlclose(l.handle);
}

static void test_inlined(void **state)
{
	(void)state;
	if (!compiled)
		skip();
	check_inlined();
}

static void test_build_ids(void **state)
{
	const struct pt_symbols_options options = {.inlined = false};
	static const uint8_t id[20] = {1, 2, 3};
	const char *name;
	struct loaded l;
	struct names n;
	char path[600];
	uint64_t offset;

	(void)state;
	if (!compiled)
		skip();
	assert_true(load(&l, "fixture.so"));
	names_init(&n, &(struct pt_symbols_options){.this_machine = true}, getpid());
	pt_space_read(n.space, NULL);
	assert_non_null(pt_space_module(n.space, l.outer, &offset));
	names_release(&n);
	dlclose(l.handle);

	/* As a recording maps it, by offset; then one that says that it was another file. */
	names_init(&n, &options, 1);
	map(&n, "fixture.so");
	assert_string_equal(name_at(&n, base + offset), "fixture_outer");
	names_release(&n);
	names_init(&n, &options, 1);
	snprintf(path, sizeof path, "%s/fixture.so", names_folder());
	pt_symbols_build_id(n.symbols, path, id, sizeof id);
	map(&n, "fixture.so");
	name = name_at(&n, base + offset);
	assert_string_equal(name, "[fixture.so]");
	assert_non_null(strstr(pt_symbols_note(n.symbols), "another file"));
	names_release(&n);
}

/* Something that passes for a vmlinux, where perf keeps what it recorded; and its kallsyms. */
static void test_kept(void **state)
{
	const uint64_t was_at = UINT64_C(0xffffffff81001000);
	struct names n;
	struct loaded l;
	char folder[700], command_path[900];
	uint8_t id[20];
	FILE *f;

	(void)state;
	if (!compiled || !debug_tools)
		skip();
	snprintf(folder, sizeof folder, "%s/home", names_folder());
	setenv("HOME", folder, 1);
	assert_true(load(&l, "fixture.so"));
	assert_true(names_run("cd %s && objcopy -O binary --only-section=.note.gnu.build-id "
			      "fixture.so note",
			      names_folder()));
	snprintf(command_path, sizeof command_path, "%s/note", names_folder());
	f = fopen(command_path, "r");
	assert_non_null(f);
	assert_int_equal(fseek(f, 16, SEEK_SET), 0);
	assert_int_equal(fread(id, 1, sizeof id, f), sizeof id);
	fclose(f);
	snprintf(folder + strlen(folder), sizeof folder - strlen(folder), "/.debug/.build-id/%02x/",
		 id[0]);
	for (size_t i = 1; i < sizeof id; i++)
		snprintf(folder + strlen(folder), sizeof folder - strlen(folder), "%02x", id[i]);
	assert_true(names_run("mkdir -p %s && cp %s/fixture.so %s/debug", folder, names_folder(),
			      folder));

	names_init(&n, NULL, 1);
	pt_symbols_build_id(n.symbols, "[kernel.kallsyms]", id, sizeof id);
	pt_symbols_kernel_map(n.symbols, was_at - 0x1000, 0x10000, was_at,
			      "[kernel.kallsyms]fixture_outer");
	assert_string_equal(pt_frames_get(n.frames, pt_symbols_kernel(n.symbols, was_at + 4))->name,
			    "fixture_outer");
	assert_string_equal(
		pt_frames_get(n.frames, pt_symbols_kernel(n.symbols, was_at + l.local - l.outer))
			->name,
		"fixture_local");
	names_release(&n);

	snprintf(command_path, sizeof command_path, "%s/kallsyms", folder);
	names_write(command_path, "ffffffff81000000 T _text\nffffffff81000800 T kept_by_perf\n");
	names_init(&n, NULL, 1);
	pt_symbols_build_id(n.symbols, "[kernel.kallsyms]", id, sizeof id);
	assert_string_equal(
		pt_frames_get(n.frames, pt_symbols_kernel(n.symbols, 0xffffffff81000900))->name,
		"kept_by_perf");
	names_release(&n);
	dlclose(l.handle);
}

static void test_replaced(void **state)
{
	const struct pt_symbols_options options = {.this_machine = true};
	const char *d = names_folder(), *name;
	struct loaded l;
	struct names n;

	(void)state;
	if (!compiled)
		skip();
	assert_true(names_run("cd %s && cp fixture.so gone.so", d));
	assert_true(load(&l, "gone.so"));
	assert_true(names_compile("int unrelated(void) { return 1; }\n", "new.so", "") &&
		    names_run("cd %s && mv new.so gone.so", d));
	names_init(&n, &options, getpid());
	pt_space_read(n.space, NULL);
	name = name_at(&n, l.outer);
	/* With the right to read map_files, the deleted file; else nothing, and a word. */
	if (strcmp(name, "fixture_outer") != 0) {
		assert_string_equal(name, "[gone.so]");
		assert_string_not_equal(pt_symbols_note(n.symbols), "");
	}
	names_release(&n);
	dlclose(l.handle);
}

static void test_memory(void **state)
{
	struct pt_symbols_options options = {.max_memory = 256};
	struct names n;
	bool mapped = false;

	(void)state;
	if (!compiled)
		skip();
	/* The least that the object has room in, of a path as long as this one, has none for its table. */
	for (; !mapped && options.max_memory < 1 << 16; options.max_memory += 64) {
		names_init(&n, &options, 1);
		map(&n, "fixture.so");
		mapped = strcmp(name_at(&n, base + 0x1100), "[unknown]") != 0;
		if (mapped) {
			assert_string_equal(name_at(&n, base + 0x1100), "[fixture.so]");
			assert_non_null(strstr(pt_symbols_note(n.symbols), "memory"));
		}
		names_release(&n);
	}
	assert_true(mapped);
}

/* Room for one table: the other one goes when it is wanted, and comes back. */
static void test_room(void **state)
{
	struct pt_symbols_options options = {.max_memory = 1024};
	struct pt_mapping m = {.start = base * 2, .len = 1 << 16};
	uint64_t outer = 0;
	char path[600];
	struct loaded l;
	struct names n;
	bool fits = false;

	(void)state;
	if (!compiled)
		skip();
	assert_true(names_run("cd %s && cp fixture.so twin.so", names_folder()));
	snprintf(path, sizeof path, "%s/twin.so", names_folder());
	m.path = path;
	assert_true(load(&l, "fixture.so"));
	names_init(&n, &(struct pt_symbols_options){.this_machine = true}, getpid());
	pt_space_read(n.space, NULL);
	assert_non_null(pt_space_module(n.space, l.outer, &outer));
	names_release(&n);
	dlclose(l.handle);
	for (; !fits && options.max_memory < 1 << 20; options.max_memory += 256) {
		names_init(&n, &options, 1);
		map(&n, "fixture.so");
		pt_space_map(n.space, &m);
		fits = strcmp(name_at(&n, base + outer), "fixture_outer") == 0;
		if (fits) {
			assert_string_equal(name_at(&n, base * 2 + outer), "fixture_outer");
			assert_string_equal(name_at(&n, base + outer), "fixture_outer");
			assert_string_equal(pt_symbols_note(n.symbols), "");
		}
		names_release(&n);
	}
	assert_true(fits);
}

/* Looks at an object in every way there is. */
static void look_everywhere(size_t size)
{
	static const struct pt_symbols_options options = {.inlined = true};
	uint64_t regs[17] = {0}, ips[16], stack[64] = {0};
	struct pt_unwind_state unwind = {.abi = 2,
					 .regs_mask = 0xff01ff,
					 .regs = regs,
					 .stack = (const uint8_t *)stack,
					 .n_stack = sizeof stack};
	uint32_t ids[16];
	struct names n;

	names_init(&n, &options, 1);
	map(&n, "broken.so");
	for (size_t at = 0x1000; at < size && at < 0x1200; at += 61) {
		assert_true(pt_space_frames(n.space, base + at, at & 1, ids, 16) > 0);
		regs[7] = 1 << 20;
		regs[8] = base + at;
		pt_space_unwind(n.space, &unwind, ips, 16);
	}
	names_release(&n);
}

static void write_bytes(const char *path, const char *bytes, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void test_broken(void **state)
{
	char path[600], *bytes;
	struct pt_err err;
	uint32_t random = 7;
	size_t n;

	(void)state;
	if (!compiled)
		skip();
	snprintf(path, sizeof path, "%s/fixture.so", names_folder());
	assert_int_equal(pt_fs_read(path, 1 << 20, &bytes, &n, &err), 0);
	snprintf(path, sizeof path, "%s/broken.so", names_folder());
	for (size_t cut = 0; cut < n; cut += 97) {
		write_bytes(path, bytes, cut);
		look_everywhere(n);
	}
	for (int round = 0; round < 300; round++) {
		char *copy = malloc(n);

		memcpy(copy, bytes, n);
		for (int i = 0; i < 8; i++) {
			random = random * 1664525 + 1013904223;
			copy[(random >> 8) % (round & 1 ? n : 0x400)] = (char)random;
		}
		write_bytes(path, copy, n);
		look_everywhere(n);
		free(copy);
	}
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_wrong_link),
#if defined __x86_64__
		cmocka_unit_test(test_plt),
#endif
		cmocka_unit_test(test_inlined),
		cmocka_unit_test(test_build_ids),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, compile, NULL);
}
