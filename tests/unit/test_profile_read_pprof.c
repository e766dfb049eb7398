/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pprof's profiles, made here byte by byte: what real ones do not have, and what is broken in them. */
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* -- a writer of protobuf --------------------------------------------------------------------------- */

static void varint(struct pt_str *out, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		pt_str_addc(out, (char)(v | 0x80));
	pt_str_addc(out, (char)v);
}

static void number(struct pt_str *out, unsigned field, uint64_t v)
{
	varint(out, field << 3);
	varint(out, v);
}

static void bytes(struct pt_str *out, unsigned field, const char *s, size_t n)
{
	varint(out, field << 3 | 2);
	varint(out, n);
	pt_str_addn(out, s, n);
}

static void message(struct pt_str *out, unsigned field, struct pt_str *m)
{
	bytes(out, field, pt_str_text(m), m->len);
	pt_str_release(m);
}

/* n pairs of field and number. */
static void numbers(struct pt_str *out, unsigned field, size_t n, ...)
{
	struct pt_str m = PT_STR_INIT;
	va_list ap;

	va_start(ap, n);
	while (n--) {
		unsigned f = va_arg(ap, unsigned);

		number(&m, f, va_arg(ap, uint64_t));
	}
	va_end(ap);
	message(out, field, &m);
}

#define U(n) ((uint64_t)(n))

enum { T_SAMPLES = 1, T_COUNT, T_WALL, T_MS, T_KERNEL, T_LIB, T_MAIN, T_HOT, T_FILE, T_THREAD };

/* Samples/count and wall/milliseconds; functions main (1) and hot (2); locations 1 (hot inlined in
 * main), 2 (an address of the kernel), 3 (one of a library), 4 (one of nothing). */
static void begin(struct pt_str *out)
{
	static const char *const texts[] = {"",
					    "samples",
					    "count",
					    "wall",
					    "milliseconds",
					    "[kernel.kallsyms]",
					    "/usr/lib/libx.so.1",
					    "main",
					    "hot",
					    "main.c",
					    "thread",
					    "tid",
					    "worker",
					    "pid"};
	struct pt_str m = PT_STR_INIT;

	for (size_t i = 0; i < PT_LEN(texts); i++)
		bytes(out, 6, texts[i], strlen(texts[i]));
	numbers(out, 1, 2, 1u, U(T_SAMPLES), 2u, U(T_COUNT));
	numbers(out, 1, 2, 1u, U(T_WALL), 2u, U(T_MS));
	numbers(out, 3, 2, 1u, U(1), 5u, U(T_KERNEL));
	numbers(out, 3, 2, 1u, U(2), 5u, U(T_LIB));
	numbers(out, 5, 4, 1u, U(1), 2u, U(T_MAIN), 4u, U(T_FILE), 5u, U(7));
	numbers(out, 5, 2, 1u, U(2), 3u, U(T_HOT)); /* system_name alone */
	number(&m, 1, 1);
	numbers(&m, 4, 1, 1u, U(2));
	numbers(&m, 4, 2, 1u, U(1), 2u, U(9));
	message(out, 4, &m);
	numbers(out, 4, 3, 1u, U(2), 2u, U(1), 3u, U(0xffffffff81000000));
	numbers(out, 4, 2, 1u, U(3), 2u, U(2));
	numbers(out, 4, 1, 1u, U(4));
}

static void sample(struct pt_str *out, uint64_t leaf, uint64_t root, int64_t count, int64_t wall)
{
	numbers(out, 2, 4, 1u, leaf, 1u, root, 2u, U(count), 2u, U(wall));
}

/* -- reading ---------------------------------------------------------------------------------------- */

static struct pt_err err;
static char told[600];

static int read_it(const struct pt_str *data, struct pt_read_options options, struct pt_profile *p)
{
	/* Of exactly that size, so that a sanitizer sees what is read beyond it. */
	char *copy = pt_malloc(data->len + !data->len);
	struct pt_profile_input in = {.name = "p", .data = copy, .len = data->len};
	int code;

	memcpy(copy, pt_str_text(data), data->len);
	options.reader = pt_profile_reader_find("pprof");
	err = (struct pt_err){0};
	code = pt_profile_read_data(&in, &options, p, &err);
	pt_err_text(code ? &err : &p->fault, told, sizeof told);
	free(copy);
	return code;
}

/* "main;hot 5\n", a line for each node with weight. */
static char *stacks(const struct pt_profile *p)
{
	struct pt_str out = PT_STR_INIT;
	const struct pt_tree *t = p->tree;

	for (uint32_t i = 1; i < t->n; i++) {
		uint32_t path[16];
		size_t n = 0;

		if (!t->self[i])
			continue;
		for (uint32_t k = i; k != PT_TREE_ROOT && n < PT_LEN(path); k = t->parent[k])
			path[n++] = k;
		while (n-- > 0) {
			const struct pt_frame *f = pt_frames_get(t->frames, t->frame[path[n]]);

			pt_str_addf(&out, "%s/%d%s", f->name, (int)f->kind, n ? ";" : "");
		}
		pt_str_addf(&out, " %lld\n", (long long)t->self[i]);
	}
	return pt_str_detach(&out);
}

static void expect_stacks(const struct pt_profile *p, const char *want)
{
	char *got = stacks(p);

	assert_string_equal(got, want);
	free(got);
}

static void test_kinds(void **state)
{
	struct pt_str data = PT_STR_INIT;
	struct pt_profile p;
	const struct pt_frame *f;

	(void)state;
	begin(&data);
	sample(&data, 2, 1, 3, 4);
	sample(&data, 4, 3, 1, -2);
	assert_int_equal(read_it(&data, (struct pt_read_options){0}, &p), 0);
	expect_stacks(&p, "main/0;hot/2;[kernel.kallsyms]/1 4000000\n[libx.so.1]/0;[unknown]/0 "
			  "-2000000\n");
	assert_string_equal(p.values[p.value].name, "wall");
	assert_int_equal(p.values[p.value].unit, PT_UNIT_NS);
	assert_int_equal(p.samples, 4);
	f = pt_frames_get(p.tree->frames, p.tree->frame[1]);
	assert_string_equal(f->file, "main.c");
	assert_int_equal(f->line, 7);
	pt_profile_release(&p);
	assert_int_equal(read_it(&data, (struct pt_read_options){.value = "samples"}, &p), 0);
	expect_stacks(&p, "main/0;hot/2;[kernel.kallsyms]/1 3\n[libx.so.1]/0;[unknown]/0 1\n");
	pt_profile_release(&p);
	assert_int_equal(read_it(&data, (struct pt_read_options){.value = "cpu"}, &p), -PT_ENOENT);
	assert_non_null(strstr(told, "samples, wall"));
	number(&data, 14, T_SAMPLES); /* the file's own default */
	assert_int_equal(read_it(&data, (struct pt_read_options){0}, &p), 0);
	assert_int_equal(p.value, 0);
	pt_profile_release(&p);
	pt_str_release(&data);
}

/* One function where the kernel, a library and nobody has it, inlined and not. */
static void test_modules(void **state)
{
	struct pt_str data = PT_STR_INIT, m = PT_STR_INIT;
	struct pt_profile p;

	(void)state;
	begin(&data);
	for (uint64_t mapping = 0; mapping < 3; mapping++) {
		number(&m, 1, 10 + mapping);
		number(&m, 2, mapping);
		numbers(&m, 4, 1, 1u, U(2));
		numbers(&m, 4, 1, 1u, U(2));
		message(&data, 4, &m);
		sample(&data, 10 + mapping, 10 + mapping, 1, 1);
	}
	assert_int_equal(read_it(&data, (struct pt_read_options){.value = "samples"}, &p), 0);
	expect_stacks(&p, "hot/0;hot/2;hot/0;hot/2 1\nhot/1;hot/2;hot/1;hot/2 1\n"
			  "hot/0;hot/2;hot/0;hot/2 1\n");
	assert_int_equal(pt_frames_count(p.tree->frames), 5 + 5);
	pt_profile_release(&p);
	pt_str_release(&data);
}

static void test_threads(void **state)
{
	struct pt_str data = PT_STR_INIT, m = PT_STR_INIT;
	struct pt_profile p;
	const struct pt_frame *f;

	(void)state;
	begin(&data);
	number(&m, 1, 1);
	number(&m, 2, 1);
	number(&m, 2, 5);
	numbers(&m, 3, 2, 1u, U(T_THREAD), 2u, U(12));
	numbers(&m, 3, 2, 1u, U(11), 3u, U(78));
	numbers(&m, 3, 2, 1u, U(13), 3u, U(77));
	numbers(&m, 3, 2, 1u, U(T_FILE), 2u, U(T_LIB));
	message(&data, 2, &m);
	assert_int_equal(read_it(&data, (struct pt_read_options){.threads = true}, &p), 0);
	expect_stacks(&p, "worker/4;main/0;hot/2 5000000\n");
	f = pt_frames_get(p.tree->frames, p.tree->frame[1]);
	assert_int_equal(f->tid, 78);
	assert_int_equal(f->pid, 77);
	assert_int_equal(p.n_notes, 1);
	assert_non_null(strstr(p.notes[0], "labels: main.c"));
	pt_profile_release(&p);
	pt_str_release(&data);
}

static void test_weights(void **state)
{
	struct pt_str data = PT_STR_INIT;
	struct pt_profile p;

	(void)state;
	begin(&data);
	sample(&data, 1, 3, INT64_MAX, INT64_MAX);
	sample(&data, 1, 3, INT64_MAX, INT64_MAX);
	sample(&data, 3, 3, INT64_MIN, INT64_MIN);
	assert_int_equal(read_it(&data, (struct pt_read_options){0}, &p), 0);
	assert_int_equal(p.tree->self[3], INT64_MAX);
	assert_int_equal(p.tree->self[4], INT64_MIN);
	assert_false(p.partial);
	pt_profile_release(&p);
	pt_str_release(&data);
}

/* What is broken, after one good sample: which stays, with the fault and its place. */
static void test_faults(void **state)
{
	static const struct {
		const char *data, *want;
		size_t n;
	} rows[] = {
#define ROW(text, want) {text, want, sizeof text - 1}
		ROW("\x12\x7f", "longer than what is left"),
		ROW("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "broken length"),
		ROW("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", "broken length"),
		ROW("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "longer than what is left"),
		ROW("\x60\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "broken varint"),
		ROW("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "broken number of a field"),
		ROW("\x02\x00", "broken number of a field"),
		ROW("\x13", "unknown kind of field"),
		ROW("\x10\x01", "sample is a field of kind 0, expected 2"),
		ROW("\x12\x02\x08\xff", "broken Sample"),
		ROW("\x12\x04\x08\x09\x10\x01", "a sample with 1 values, expected 2"),
		ROW("\x12\x06\x08\x09\x10\x01\x10\x01", "location 9, expected one"),
		ROW("\x12\x06\x10\x01\x10\x01\x1a\x04", "broken Sample"),
		ROW("\x12\x0a\x10\x01\x10\x01\x1a\x04\x08\x63\x10\x01", "text 99, expected one of"),
		ROW("\x22\x02\x08\x01", "second location with the id 1"),
		ROW("\x22\x02\x18\x01", "location with the id 0"),
		ROW("\x22\x04\x08\x0a\x10\x09", "mapping 9, expected one"),
		ROW("\x22\x06\x08\x0a\x22\x02\x08\x09", "function 9, expected one"),
		ROW("\x2a\x04\x08\x09\x10\x63", "text 99, expected one of"),
		ROW("\x0a\x03\x08\xff\x01", "text 255, expected one of"),
		ROW("\x6a\x01\xff", "broken comment"),
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct pt_str data = PT_STR_INIT;
		struct pt_profile p;
		char place[32];
		int code;

		begin(&data);
		sample(&data, 1, 3, 1, 1);
		pt_snprintf(place, sizeof place, "p@%zu: ", data.len);
		pt_str_addn(&data, rows[i].data, rows[i].n);
		code = read_it(&data, (struct pt_read_options){0}, &p);
		if (!code) {
			assert_true(p.partial);
			pt_profile_release(&p);
		}
		if (!strstr(told, rows[i].want) || !strstr(told, place))
			fail_msg("row %zu: \"%s\", expected \"%s%s\"", i, told, place,
				 rows[i].want);
		pt_str_release(&data);
	}
}

/* What is there of a file that was cut: the fault beside the stacks. */
static void test_cut(void **state)
{
	struct pt_str data = PT_STR_INIT;
	struct pt_profile p;

	(void)state;
	begin(&data);
	sample(&data, 1, 3, 1, 1);
	sample(&data, 2, 3, 1, 1);
	data.len -= 3;
	assert_int_equal(read_it(&data, (struct pt_read_options){0}, &p), 0);
	expect_stacks(&p, "[libx.so.1]/0;main/0;hot/2 1000000\n");
	assert_true(p.partial);
	assert_non_null(strstr(told, "longer than what is left"));
	pt_profile_release(&p);
	pt_str_clear(&data);
	assert_int_equal(read_it(&data, (struct pt_read_options){0}, &p), -PT_ENODATA);
	assert_string_equal(told, "p@0: no type of sample in it");
	pt_str_release(&data);
}

/* A stack of a million frames is cut at its limit, a name of 10 MB is shortened. */
static void test_large(void **state)
{
	struct pt_str data = PT_STR_INIT, m = PT_STR_INIT, ids = PT_STR_INIT;
	char *name = pt_malloc(10 << 20);
	struct pt_profile p;
	uint32_t hot;

	(void)state;
	begin(&data);
	memset(name, 'x', 10 << 20);
	bytes(&data, 6, name, 10 << 20);
	numbers(&data, 5, 2, 1u, U(3), 2u, U(14));
	number(&m, 1, 5);
	numbers(&m, 4, 1, 1u, U(3));
	message(&data, 4, &m);
	varint(&ids, 5);
	for (size_t i = 0; i < 1000000; i++)
		varint(&ids, 3);
	bytes(&m, 1, ids.s, ids.len);
	bytes(&m, 2, "\x01\x01", 2);
	message(&data, 2, &m);
	assert_int_equal(read_it(&data, (struct pt_read_options){0}, &p), 0);
	assert_int_equal(p.tree->n, PT_STACK_MAX + 1);
	assert_int_equal(p.tree->total[PT_TREE_ROOT], 1000000);
	hot = pt_frames_count(p.tree->frames) - 1;
	assert_true(strlen(pt_frames_get(p.tree->frames, hot)->name) <= PT_FRAME_NAME_MAX);
	pt_profile_release(&p);

	/* A message that would take more than there is to unpack is refused before. */
	assert_int_equal(read_it(&data, (struct pt_read_options){.max_memory = 32 << 20}, &p),
			 -PT_ELIMIT);
	assert_non_null(strstr(told, "a Sample of 10000"));
	free(name);
	pt_str_release(&ids);
	pt_str_release(&data);
}

/* Tables count towards the limit as the tree does. */
static void test_memory(void **state)
{
	struct pt_str data = PT_STR_INIT;
	struct pt_profile p;

	(void)state;
	begin(&data);
	sample(&data, 1, 3, 1, 1);
	for (size_t i = 0; i < 200000; i++)
		bytes(&data, 6, "", 0);
	assert_int_equal(read_it(&data, (struct pt_read_options){.max_memory = 4 << 20}, &p),
			 -PT_ELIMIT);
	assert_non_null(strstr(told, "memory"));
	pt_str_release(&data);
}

static void test_sniff(void **state)
{
	static const char text[] = "\n\nmain;hot 5\nmain 4\n";
	const struct pt_profile_reader *reader = pt_profile_reader_find("pprof");
	struct pt_str data = PT_STR_INIT;
	struct pt_profile_input in = {.name = "p"};

	(void)state;
	begin(&data);
	in.data = data.s;
	in.len = data.len;
	assert_true(reader->sniff(&in) > 50);
	in.data = text;
	in.len = strlen(text);
	assert_int_equal(reader->sniff(&in), 0);
	in.len = 0;
	assert_int_equal(reader->sniff(&in), 0);
	pt_str_release(&data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),	cmocka_unit_test(test_modules),
		cmocka_unit_test(test_threads), cmocka_unit_test(test_weights),
		cmocka_unit_test(test_faults),	cmocka_unit_test(test_cut),
		cmocka_unit_test(test_large),	cmocka_unit_test(test_memory),
		cmocka_unit_test(test_sniff),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
