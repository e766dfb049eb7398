/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every reader, by its fixtures: tests/fixtures/profile/<reader>-<what>.<ending> is sniffed as that
 * reader's and read; its stacks are compared with tests/golden/profile/<reader>-<what>.folded and
 * what else is known of it with <reader>-<what>.txt. A golden <reader>-<what>@<value>.folded holds
 * the stacks of another value (a + stands for a blank). Then it is cut short and damaged, always in the same places: what
 * comes of that is a profile within its limit of memory, or an error that says where.
 */
#include "perftop/profile/reader.h"

#include "../../src/profile/input.h"
#include "../golden.h"
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/export.h"

#include <dirent.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_FIXTURE = 4 << 20 };
enum { CUT_MEMORY = 8 << 20 };

static int is_fixture(const struct dirent *e)
{
	return e->d_name[0] != '.' && strchr(e->d_name, '-') && strchr(e->d_name, '.');
}

static const char *folder(const char *below)
{
	static char path[2][4096];
	static int turn;
	const char *top = getenv("PT_SRCDIR");

	turn = !turn;
	pt_snprintf(path[turn], sizeof path[0], "%s/tests/%s/profile", top ? top : ".", below);
	return path[turn];
}

/* "heaptrack-cpp.zst": reader "heaptrack", stem "heaptrack-cpp". */
static void split_name(const char *file, char reader[64], char stem[128])
{
	pt_snprintf(reader, 64, "%.*s", (int)strcspn(file, "-"), file);
	pt_snprintf(stem, 128, "%.*s", (int)strcspn(file, "."), file);
}

static int append(void *arg, const char *data, size_t n)
{
	pt_str_addn(arg, data, n);
	return 0;
}

static void fold(const struct pt_profile *p, struct pt_str *out)
{
	const struct pt_profile_export *format = pt_profile_export_find("folded");
	struct pt_export_sink sink = {append, out};

	assert_non_null(format);
	assert_int_equal(format->write(p, &(struct pt_export_spec){0}, &sink, NULL), 0);
}

static void add_error(struct pt_str *out, const char *what, const struct pt_err *err)
{
	const char *slash = strrchr(err->file, '/');
	struct pt_err shown = *err;
	char text[600];

	pt_strlcpy(shown.file, slash ? slash + 1 : err->file, sizeof shown.file);
	pt_str_addf(out, "%s: %s\n", what, pt_err_text(&shown, text, sizeof text));
}

/* What is known of a profile beside its stacks. */
static void describe(const struct pt_profile *p, struct pt_str *out)
{
	pt_str_addf(out, "format: %s\n", p->format);
	for (size_t i = 0; i < p->n_values; i++)
		pt_str_addf(out, "value: %s, %s in %s%s\n", p->values[i].name, p->values[i].what,
			    pt_unit_name(p->values[i].unit), i == p->value ? " (chosen)" : "");
	pt_str_addf(out, "total: %" PRId64 "\nsamples: %" PRId64 "\nlost: %" PRId64 "\n",
		    p->tree->total[0], p->samples, p->lost);
	pt_str_addf(out, "moments: %zu\n", p->n_moments);
	if (p->has_real)
		pt_str_addf(out, "time of day: %" PRId64 " ns later\n", p->real_ns);
	if (p->partial)
		add_error(out, "fault", &p->fault);
}

static void check_golden(const char *stem, const char *value, const char *ending, const char *text)
{
	char name[300];

	pt_snprintf(name, sizeof name, "profile/%s%s%s.%s", stem, value ? "@" : "",
		    value ? value : "", ending);
	assert_true(golden_check(name, text));
}

static void check_value(const char *path, const char *stem, const char *wanted)
{
	char value[64];
	struct pt_read_options options = {.value = value};
	struct pt_str text = PT_STR_INIT;
	struct pt_profile p;
	struct pt_err err;

	pt_strlcpy(value, wanted, sizeof value);
	for (char *plus = strchr(value, '+'); plus; plus = strchr(plus, '+'))
		*plus = ' ';
	assert_int_equal(pt_profile_read(path, &options, &p, &err), 0);
	assert_string_equal(p.values[p.value].name, value);
	fold(&p, &text);
	check_golden(stem, wanted, "folded", pt_str_text(&text));
	pt_profile_release(&p);
	pt_str_release(&text);
}

/* The other values that goldens ask for. */
static void check_values(const char *path, const char *stem)
{
	struct dirent **list;
	int n = scandir(folder("golden"), &list, NULL, alphasort);
	size_t len = strlen(stem);

	for (int i = 0; i < n; i++) {
		char *name = list[i]->d_name, *end = strstr(name, ".folded");

		if (!strncmp(name, stem, len) && name[len] == '@' && end) {
			*end = '\0';
			check_value(path, stem, name + len + 1);
		}
		free(list[i]);
	}
	free(list);
}

static void check_fixture(const char *path, const char *reader, const char *stem)
{
	struct pt_str facts = PT_STR_INIT, stacks = PT_STR_INIT;
	struct pt_profile p;
	struct pt_err err;

	if (pt_profile_read(path, &(struct pt_read_options){0}, &p, &err)) {
		add_error(&facts, "error", &err);
		check_golden(stem, NULL, "txt", facts.s);
	} else {
		assert_string_equal(p.format, reader);
		fold(&p, &stacks);
		describe(&p, &facts);
		check_golden(stem, NULL, "folded", pt_str_text(&stacks));
		check_golden(stem, NULL, "txt", facts.s);
		pt_profile_release(&p);
		check_values(path, stem);
	}
	pt_str_release(&facts);
	pt_str_release(&stacks);
}

/* Reads what may be anything by now. */
static void read_damaged(const struct pt_profile_reader *reader, const char *data, size_t len)
{
	struct pt_profile_input in = {.name = "damaged", .len = len};
	struct pt_read_options options = {.reader = reader, .max_memory = CUT_MEMORY};
	struct pt_profile p;
	struct pt_err err = {0};
	char *copy = pt_malloc(len ? len : 1); /* no more: a step beyond it is seen */
	int code;

	memcpy(copy, data, len);
	in.data = copy;
	code = pt_profile_read_data(&in, &options, &p, &err);
	if (code) {
		assert_true(code < 0 && err.code == -code);
		assert_true(err.msg[0]);
		assert_true(err.file[0] || code == -PT_ECANCELED || code == -PT_EIO);
	} else {
		assert_non_null(p.tree->total);
		assert_true(p.n_values > 0 && p.value < p.n_values);
		assert_true(pt_tree_bytes(p.tree) + pt_frames_bytes(p.tree->frames) <=
			    2 * (size_t)CUT_MEMORY);
		assert_true(!p.partial || p.fault.msg[0]);
		pt_profile_release(&p);
	}
	free(copy);
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Fewer times for a large file: the time of all is bounded. */
static void damage(const struct pt_profile_reader *reader, char *data, size_t len)
{
	size_t times = PT_MAX(4, PT_MIN(48, ((size_t)1 << 20) / (len + 1)));
	uint32_t random = 4711;

	for (size_t i = 0; i < times; i++)
		read_damaged(reader, data, len * i / times);
	for (size_t i = 0; i < times && len; i++) {
		size_t at[3];
		char kept[3];

		for (size_t k = 0; k < PT_LEN(at); k++) {
			at[k] = next_random(&random) % len;
			kept[k] = data[at[k]];
			data[at[k]] = (char)(k ? next_random(&random) : (uint32_t)kept[k] ^ 1u);
		}
		read_damaged(reader, data, len);
		for (size_t k = PT_LEN(at); k--;)
			data[at[k]] = kept[k];
	}
}

static void for_fixtures(void (*check)(const char *path, const char *reader, const char *stem))
{
	struct dirent **list;
	int n = scandir(folder("fixtures"), &list, is_fixture, alphasort);

	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		char path[5000], reader[64], stem[128];

		pt_snprintf(path, sizeof path, "%s/%s", folder("fixtures"), list[i]->d_name);
		split_name(list[i]->d_name, reader, stem);
		if (!pt_profile_reader_find(reader))
			fail_msg("%s: no reader %s", path, reader);
		check(path, reader, stem);
		free(list[i]);
	}
	free(list);
}

static void test_goldens(void **state)
{
	(void)state;
	for_fixtures(check_fixture);
}

/* Unpacked: damage to gzip and zstd is the business of another test. */
static void check_damaged(const char *path, const char *reader, const char *stem)
{
	struct pt_input input;
	char *data;

	(void)stem;
	assert_int_equal(pt_input_open(&input, path, NULL, NULL, NULL), 0);
	assert_true(input.in.len <= MAX_FIXTURE);
	data = pt_malloc(input.in.len + 1);
	memcpy(data, input.in.data, input.in.len);
	damage(pt_profile_reader_find(reader), data, input.in.len);
	free(data);
	pt_input_close(&input);
}

static void test_damaged(void **state)
{
	(void)state;
	for_fixtures(check_damaged);
}

/* Whoever waits sees how far it is, and can end it: with what there is, or for good. */
static void check_watched(const char *path, const char *reader, const char *stem)
{
	static const enum pt_read_ask asks[] = {PT_READ_ON, PT_READ_ENOUGH, PT_READ_CANCEL};

	(void)stem;
	for (size_t i = 0; i < PT_LEN(asks); i++) {
		struct pt_read_watch watch = {.ask = asks[i]};
		struct pt_read_options options = {.reader = pt_profile_reader_find(reader),
						  .watch = &watch};
		struct pt_profile p = {.format = ""};
		struct pt_err err = {0};
		struct pt_input input;
		int code, fault;

		assert_int_equal(pt_input_open(&input, path, NULL, NULL, NULL), 0);
		code = pt_profile_read_data(&input.in, &options, &p, &err);
		fault = code ? -code : p.fault.code;
		if (asks[i] == PT_READ_ON) {
			if (!watch.of || watch.done > watch.of)
				fail_msg("%s: %zu of %zu bytes", path, watch.done, watch.of);
		} else if (asks[i] == PT_READ_ENOUGH) {
			assert_int_equal(fault, PT_ETIMEDOUT);
			assert_int_equal(watch.ask, PT_READ_ON);
		} else {
			assert_int_equal(code, -PT_ECANCELED);
		}
		pt_profile_release(&p);
		pt_input_close(&input);
	}
}

static void test_watched(void **state)
{
	(void)state;
	for_fixtures(check_watched);
}

static void test_each_has_fixtures(void **state)
{
	(void)state;
	for (size_t i = 0; i < pt_n_profile_readers; i++) {
		const struct pt_profile_reader *reader = pt_profile_readers[i];
		struct dirent **list;
		int n = scandir(folder("fixtures"), &list, is_fixture, alphasort), found = 0;

		for (int k = 0; k < n; k++) {
			char name[64], stem[128];

			split_name(list[k]->d_name, name, stem);
			found += !strcmp(name, reader->name);
			free(list[k]);
		}
		free(list);
		if (!found)
			fail_msg("reader %s: no fixture", reader->name);
		assert_true(reader->title[0] && reader->sniff && reader->read);
	}
}

/* What `cargo bench -- --profile-time` leaves: each benchmark's profile, whatever wrote it, as one;
 * what Criterion writes itself is none. */
static void test_criterion(void **state)
{
	struct pt_str stacks = PT_STR_INIT;
	struct pt_profile p;
	struct pt_err err;
	char path[5000];

	(void)state;
	pt_snprintf(path, sizeof path, "%s/criterion", folder("fixtures"));
	assert_int_equal(pt_profile_read(path, NULL, &p, &err), 0);
	fold(&p, &stacks);
	check_golden("criterion", NULL, "folded", pt_str_text(&stacks));
	assert_int_equal(p.tree->total[PT_TREE_ROOT], 107 + 118);
	assert_int_equal(p.samples, 107 + 118);
	assert_false(p.partial);
	pt_profile_release(&p);
	pt_str_release(&stacks);
}

/* Functions that each call the next one, and slices that each hold another. */
static void add_callgrind(struct pt_str *text, int i)
{
	if (!i)
		pt_str_add(text, "# callgrind format\nevents: Ir\n");
	pt_str_addf(text, "fn=function_%d\n1 10\ncfn=function_%d\ncalls=1 1\n1 1000\n", i, i + 1);
}

static void add_slices(struct pt_str *text, int i)
{
	pt_str_addf(text,
		    "%s{\"ph\":\"B\",\"ts\":%d,\"pid\":1,\"tid\":%d,\"name\":\"outer\"},"
		    "{\"ph\":\"X\",\"ts\":%d,\"dur\":1,\"pid\":1,\"tid\":%d,\"name\":\"f%d\"}\n",
		    i ? "," : "[", 2 * i, i % 3, 2 * i + 1, i % 3, i);
}

static void add_script(struct pt_str *text, int i)
{
	pt_str_addf(
		text,
		"ab 1 2.500000: 7 cycles: \n\t 123456 function_%d (/x)\n\t 123457 main (/x)\n\n",
		i);
}

/* More than memory allows: what was read by then is shown, and that there was more. */
static void test_limit(void **state)
{
	static const struct {
		const char *reader;
		void (*add)(struct pt_str *text, int i);
	} rows[] = {
		{"callgrind", add_callgrind},
		{"chrome_trace", add_slices},
		{"perf_script", add_script},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct pt_read_options options = {.max_memory = 2 << 20, .moments = true};
		struct pt_str text = PT_STR_INIT;
		struct pt_profile_input in = {.name = "large"};
		struct pt_profile p;
		struct pt_err err;

		for (int k = 0; k < 40000; k++)
			rows[i].add(&text, k);
		in.data = text.s;
		in.len = text.len;
		if (pt_profile_read_data(&in, &options, &p, &err))
			fail_msg("%s: %s", rows[i].reader, err.msg);
		assert_string_equal(p.format, rows[i].reader);
		assert_true(p.partial);
		assert_int_equal(p.fault.code, PT_ELIMIT);
		assert_true(p.fault.msg[0] && p.tree->total[PT_TREE_ROOT] > 0);
		assert_true(p.tree->n > 1000);
		assert_true(pt_tree_bytes(p.tree) + pt_frames_bytes(p.tree->frames) <=
			    options.max_memory);
		pt_profile_release(&p);
		pt_str_release(&text);
	}
}

/* A single stack whose names are more than memory allows: they are not all kept before that is seen. */
static void test_limit_of_a_stack(void **state)
{
	static const struct {
		const char *reader, *begin, *frame, *end;
	} rows[] = {
		{"folded", "", "%04d%0*d;", "x 1\n"},
		{"perf_script", "ab 1 2.500000: 7 cycles: \n", "\t 12345 f%04d%0*d (/x)\n", "\n"},
		{"perf_script", "ab 1 2.5: 7 cycles: \n\t 12345 f", "->f%04d%0*d",
		 " (/tmp/perf-1.map)\n\n"},
		{"perf_script", "ab 1 2.5: 7 cycles: \n\t 12345 f", ";f%04d%0*d", " (/x)\n\n"},
		{"dtrace", "", "  unix`f%04d%0*d\n", "  7\n\n"},
		{"dtrace", "  unix`f", "->f%04d%0*d", "\n  7\n\n"},
		{"bpftrace", "@[\n", "    f%04d%0*d+1\n", "]: 7\n"},
	};
	enum { LEN = 2000, FRAMES = 4000 };

	(void)state;
	for (size_t i = 0; i < 2 * PT_LEN(rows); i++) {
		struct pt_read_options options = {.max_memory = 2 << 20, .collapse = i % 2};
		struct pt_str text = PT_STR_INIT;
		struct pt_profile_input in = {.name = "deep"};
		struct pt_profile p;
		struct pt_err err;
		int code;

		options.reader = pt_profile_reader_find(rows[i / 2].reader);
		options.frames = pt_frames_new();
		pt_str_add(&text, rows[i / 2].begin);
		for (int k = 0; k < FRAMES; k++) {
			char line[LEN + 64];

			pt_snprintf(line, sizeof line, rows[i / 2].frame, k, LEN, 0);
			pt_str_add(&text, line);
		}
		pt_str_add(&text, rows[i / 2].end);
		in.data = text.s;
		in.len = text.len;
		code = pt_profile_read_data(&in, &options, &p, &err);
		if (!code)
			pt_profile_release(&p);
		if (pt_frames_bytes(options.frames) > options.max_memory * 5 / 4)
			fail_msg("%s: %zu bytes of frames", rows[i / 2].reader,
				 pt_frames_bytes(options.frames));
		pt_frames_unref(options.frames);
		pt_str_release(&text);
	}
}

/* Each part of a callgrind file may name its events; no file has thousands. */
/* Stacks that are told by their callers: each is one deeper than the one before. */
static void test_deep_callers(void **state)
{
	struct pt_str text = PT_STR_INIT;
	struct pt_profile_input in = {.name = "deep"};
	struct pt_profile p;
	struct pt_err err = {0};
	uint32_t depth = 0;

	(void)state;
	pt_str_add(&text, "v 10400 3\nX x\ns 1 f\ns 1 g\ni 1 0 1\ni 2 0 2\nt 1 0\n");
	for (int i = 1; i < 2 * PT_STACK_MAX; i++)
		pt_str_addf(&text, "t %d %x\n", 1 + i % 2, i);
	pt_str_addf(&text, "a 10 %x\n+ 0\n", 2 * PT_STACK_MAX);
	in.data = text.s;
	in.len = text.len;
	assert_int_equal(pt_profile_read_data(&in, NULL, &p, &err), 0);
	assert_string_equal(p.format, "heaptrack");
	assert_int_equal(p.tree->total[PT_TREE_ROOT], 16);
	for (uint32_t node = p.tree->n - 1; node; node = p.tree->parent[node])
		depth++;
	assert_int_equal(depth, PT_STACK_MAX);
	pt_profile_release(&p);
	pt_str_release(&text);
}

static void test_events(void **state)
{
	struct pt_str text = PT_STR_INIT;
	struct pt_profile_input in = {.name = "events"};
	struct pt_profile p;
	struct pt_err err = {0};

	(void)state;
	pt_str_add(&text, "# callgrind format\nevents: Ir\nfn=main\n1 5\n");
	for (int i = 0; i < 1000; i++)
		pt_str_addf(&text, "events: a%d b%d\n", i, i);
	in.data = text.s;
	in.len = text.len;
	assert_int_equal(pt_profile_read_data(&in, NULL, &p, &err), 0);
	assert_true(p.partial);
	assert_int_equal(p.fault.code, PT_ELIMIT);
	assert_true(p.n_values < 100);
	assert_int_equal(p.tree->total[PT_TREE_ROOT], 5);
	pt_profile_release(&p);
	pt_str_release(&text);
}

/* Nothing, and what no one writes, belongs to no reader. */
static void test_unknown(void **state)
{
	static const char *const texts[] = {"", "\n", "hello, world\n", "\177ELF\2\1\1"};
	struct pt_profile p;
	struct pt_err err;

	(void)state;
	for (size_t i = 0; i < PT_LEN(texts); i++) {
		struct pt_profile_input in = {
			.name = "x", .data = texts[i], .len = strlen(texts[i])};

		assert_true(pt_profile_read_data(&in, &(struct pt_read_options){0}, &p, &err) < 0);
		assert_true(err.msg[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),	  cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_watched),	  cmocka_unit_test(test_each_has_fixtures),
		cmocka_unit_test(test_criterion), cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_limit),	  cmocka_unit_test(test_limit_of_a_stack),
		cmocka_unit_test(test_events),	  cmocka_unit_test(test_deep_callers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
