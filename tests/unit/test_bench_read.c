/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parsers read. Each file or folder tests/fixtures/bench/FORMAT/CASE is read, sniffed and
 * by name, and its results, or the error, are those of tests/golden/bench/FORMAT-CASE.json: a new
 * case is a fixture and a golden.
 */
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/bench/parser.h"

#include "../golden.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What is read of it, or why not: the text of a golden. */
static char *told(const char *path, const struct pt_bench_parser *parser, const char *saved)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_bench_set set;
	struct pt_err err = {0};
	char text[600];
	int code;

	pt_bench_set_init(&set);
	code = pt_bench_read(path, parser, saved, &set, &err);
	if (!code) {
		pt_bench_set_json(&set, &out, true);
	} else {
		assert_int_equal(set.n + set.n_notes, 0);
		assert_int_equal(err.code, -code);
		pt_str_addf(&out, "%s\n", pt_err_text(&err, text, sizeof text));
	}
	pt_bench_set_release(&set);
	return pt_str_detach(&out);
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int list_of(const char *path, struct dirent ***ret)
{
	int n = scandir(path, ret, visible, alphasort);

	if (n <= 0)
		fail_msg("no fixtures in %s", path);
	return n;
}

static bool check_case(const char *format, const char *name)
{
	const struct pt_bench_parser *parser = pt_bench_parser_find(format);
	char path[600], golden[600], *sniffed, *named;
	bool same;

	snprintf(path, sizeof path, "%s/%s", format, name);
	snprintf(golden, sizeof golden, "bench/%s-%s", format, name);
	if (strrchr(golden, '.'))
		*strrchr(golden, '.') = '\0';
	strncat(golden, ".json", sizeof golden - strlen(golden) - 1);
	sniffed = told(path, NULL, NULL);
	same = golden_check(golden, sniffed);
	/* What is not right may be sniffed as something else, or as nothing. */
	if (parser && strncmp(name, "bad", 3) != 0) {
		named = told(path, parser, NULL);
		if (strcmp(sniffed, named) != 0) {
			printf("# %s: sniffed as something else than by name:\n# %s\n", path,
			       named);
			same = false;
		}
		free(named);
	}
	free(sniffed);
	return same;
}

static void test_goldens(void **state)
{
	struct dirent **formats, **cases;
	int n_formats = list_of(".", &formats), bad = 0;

	(void)state;
	for (int f = 0; f < n_formats; f++) {
		int n = list_of(formats[f]->d_name, &cases);

		for (int i = 0; i < n; i++) {
			bad += !check_case(formats[f]->d_name, cases[i]->d_name);
			free(cases[i]);
		}
		free(cases);
		free(formats[f]);
	}
	free(formats);
	assert_int_equal(bad, 0);
}

/* Name, metric and median of the newest, one a line. */
static char *newest(const struct pt_bench_set *set)
{
	struct pt_str out = PT_STR_INIT;

	for (size_t i = 0; i < set->n; i++)
		if (!set->benches[i]->saved)
			pt_str_addf(&out, "%s %s %.6g x%zu\n", set->benches[i]->name,
				    set->benches[i]->metric, pt_bench_median(set->benches[i]),
				    set->benches[i]->n_runs);
	pt_str_add(&out, "");
	return pt_str_detach(&out);
}

static void check_saved(const char *path, const char *saved, const char *wanted)
{
	struct pt_bench_set set;
	struct pt_err err = {0};
	char *got;
	int code;

	pt_bench_set_init(&set);
	code = pt_bench_read(path, NULL, saved, &set, &err);
	got = code ? pt_strdup(err.msg) : newest(&set);
	assert_string_equal(got, wanted);
	free(got);
	pt_bench_set_release(&set);
}

static void test_saved(void **state)
{
	(void)state;
	check_saved("github_action/data.js", "1111111111111111111111111111111111111111",
		    "Go/BenchmarkFib20-8 time 36000 x1\n");
	check_saved("github_action/data.js", "3333333", "Go/BenchmarkFib20-8 time 36500 x1\n");
	check_saved("github_action/data.js", "333", /* too short for a commit */
		    "nothing is saved as 333, expected 3333333333333333333333333333333333333333, "
		    "1111111111111111111111111111111111111111");
	check_saved("criterion/old", "base", "kv/get/100 time 110.5 x1\n");
	check_saved("criterion/broken", "main", "only estimates time 49 x1\n");
	check_saved("hyperfine/memory.json", "base",
		    "nothing is saved as base, expected no name: only the newest is there");
}

static void write_text(const char *folder, const char *name, const char *text)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(pt_fs_write(path, text, strlen(text), 0600, NULL), 0);
}

#define HYPERFINE(times) "{\"results\": [{\"command\": \"ls\", \"times\": [" times "]}]}"

/* The files of a folder are launches; what is no result is left out and named. */
static void test_folder(void **state)
{
	const char *top = getenv("PT_TMP");
	char folder[4096], path[4200];
	struct pt_bench_set set;
	struct pt_err err = {0};
	char *got;

	(void)state;
	snprintf(folder, sizeof folder, "%s/results-XXXXXX", top ? top : "/tmp");
	assert_non_null(mkdtemp(folder));
	pt_bench_set_init(&set);
	assert_int_equal(pt_bench_read(folder, NULL, NULL, &set, &err), -PT_ENOTSUP);
	write_text(folder, "2.json", HYPERFINE("0.3"));
	write_text(folder, "1.json", HYPERFINE("0.1, 0.2"));
	write_text(folder, "notes", "remember the milk");
	write_text(folder, "package.json", "{\"name\": \"x\"}");
	write_text(folder, ".hidden", HYPERFINE("9"));
	assert_int_equal(pt_bench_read(folder, NULL, NULL, &set, &err), 0);
	got = newest(&set);
	assert_string_equal(got, "ls time 2e+08 x3\n");
	assert_true(set.benches[0]->runs[2].samples[0] == 0.3 * 1e9);
	assert_int_equal(set.n_notes, 1);
	assert_string_equal(set.notes[0], "left out, of no known format: notes, package.json");
	free(got);
	/* A second time: more launches. A broken file among them: nothing is added. */
	assert_int_equal(pt_bench_read(folder, NULL, NULL, &set, &err), 0);
	assert_int_equal(set.benches[0]->n_runs, 6);
	write_text(folder, "3.json", HYPERFINE("-1"));
	assert_int_equal(pt_bench_read(folder, NULL, NULL, &set, &err), -PT_ERANGE);
	assert_non_null(strstr(err.file, "3.json"));
	assert_int_equal(set.benches[0]->n_runs, 6);
	pt_bench_set_release(&set);
	for (const char *const *name = (const char *const[]){"1.json", "2.json", "3.json", "notes",
							     "package.json", ".hidden", "", NULL};
	     *name; name++) {
		snprintf(path, sizeof path, "%s/%s", folder, *name);
		assert_int_equal(remove(path), 0);
	}
}

static int read_text(struct pt_bench_set *set, const char *text, struct pt_err *err)
{
	return pt_bench_read_text("stdout", text, strlen(text), NULL, set, err);
}

/* What cannot stand together with what is there already is refused whole. */
static void test_units(void **state)
{
	struct pt_bench_set set;
	struct pt_err err = {0};

	(void)state;
	pt_bench_set_init(&set);
	assert_int_equal(
		read_text(&set, "[{\"name\": \"a\", \"value\": 1, \"unit\": \"x\"}]", &err), 0);
	assert_int_equal(read_text(&set,
				   "[{\"name\": \"b\", \"value\": 1, \"unit\": \"ms\"},"
				   "{\"name\": \"a\", \"value\": 1, \"unit\": \"x\"}]",
				   &err),
			 0);
	assert_int_equal(set.n, 2);
	assert_string_equal(set.format, "github_action");
	assert_int_equal(read_text(&set, HYPERFINE("1"), &err), 0);
	assert_string_equal(set.format, "mixed");
	/* Throughput in operations here, in bytes there. */
	assert_int_equal(
		read_text(&set, "[{\"name\": \"a\", \"value\": 1, \"unit\": \"ops/s\"}]", &err), 0);
	assert_int_equal(read_text(&set,
				   "[{\"name\": \"new\", \"value\": 1, \"unit\": \"s\"},"
				   "{\"name\": \"a\", \"value\": 1, \"unit\": \"MB/s\"}]",
				   &err),
			 -PT_EINVAL);
	assert_null(pt_bench_set_find(&set, "new", "time", NULL));
	assert_string_equal(err.msg, "a: throughput in bytes/s, elsewhere in count/s");
	assert_int_equal(set.n, 4);
	pt_bench_set_release(&set);
}

static void check_refused(const char *text, int code, const char *msg, int line)
{
	struct pt_bench_set set;
	struct pt_err err = {0};

	pt_bench_set_init(&set);
	assert_int_equal(read_text(&set, text, &err), code);
	if (!strstr(err.msg, msg))
		fail_msg("%s: %s, expected %s", text, err.msg, msg);
	assert_int_equal(err.line, line);
	assert_string_equal(err.file, "stdout");
	assert_int_equal(set.n + set.n_notes, 0);
	pt_bench_set_release(&set);
}

static void test_refused(void **state)
{
	struct pt_bench_set set;
	struct pt_err err;

	(void)state;
	check_refused("", -PT_ENODATA, "is empty", 0);
	check_refused(" \n\n", -PT_ENODATA, "is empty", 0);
	check_refused("{\"results\": [", -PT_ESYNTAX, "the text ends", 1);
	check_refused("{\n\"name\": \"package\"}", -PT_ENOTSUP, "no known format", 0);
	check_refused(HYPERFINE("1, NaN, -1"), -PT_ERANGE, "negative", 1);
	check_refused(HYPERFINE("NaN"), -PT_ENODATA, "no numbers", 0);
	check_refused("[{\"name\": \"\", \"value\": 1, \"unit\": \"s\"}]", -PT_ESYNTAX,
		      "without a name", 1);
	pt_bench_set_init(&set);
	assert_int_equal(pt_bench_read("no such file", NULL, NULL, &set, &err), -PT_ENOENT);
	assert_int_equal(pt_bench_read("hyperfine/memory.json", pt_bench_parser_find("criterion"),
				       NULL, &set, &err),
			 -PT_EINVAL);
	assert_int_equal(pt_bench_read("hyperfine/memory.json", pt_bench_parser_find("jmh"), NULL,
				       &set, &err),
			 -PT_ESYNTAX);
	assert_int_equal(set.n, 0);
}

/* A reason for each of very many benchmarks: the first hundred will do. */
static void test_notes(void **state)
{
	struct pt_str text = PT_STR_INIT;
	struct pt_bench_set set;
	struct pt_err err;

	(void)state;
	pt_bench_set_init(&set);
	pt_str_add(&text, "{\"context\": {}, \"benchmarks\": [");
	for (int i = 0; i < 300; i++)
		pt_str_addf(&text,
			    "{\"name\": \"x\", \"error_occurred\": true,"
			    "\"error_message\": \"%d\"},",
			    i);
	pt_str_add(&text, "{\"name\": \"y\", \"real_time\": 1, \"cpu_time\": 1}]}");
	assert_int_equal(read_text(&set, text.s, &err), 0);
	assert_int_equal(set.n_notes, 101);
	assert_string_equal(set.notes[0], "x: not measured: 0");
	assert_string_equal(set.notes[100], "more notes left out");
	pt_bench_set_release(&set);
	pt_str_release(&text);
}

static void test_parsers(void **state)
{
	(void)state;
	for (size_t i = 0; i < pt_n_bench_parsers; i++) {
		const struct pt_bench_parser *p = pt_bench_parsers[i];

		assert_ptr_equal(pt_bench_parser_find(p->name), p);
		assert_true(p->title[0] && p->sniff && p->parse);
		assert_true(i == 0 || strcmp(pt_bench_parsers[i - 1]->name, p->name) < 0);
	}
	assert_null(pt_bench_parser_find("Hyperfine"));
}

static int go_to_fixtures(void **state)
{
	const char *top = getenv("PT_SRCDIR");
	char path[4096];

	(void)state;
	snprintf(path, sizeof path, "%s/tests/fixtures/bench", top ? top : ".");
	return chdir(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens), cmocka_unit_test(test_saved),
		cmocka_unit_test(test_folder),	cmocka_unit_test(test_units),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_parsers),
		cmocka_unit_test(test_notes),
	};

	return cmocka_run_group_tests(tests, go_to_fixtures, NULL);
}
