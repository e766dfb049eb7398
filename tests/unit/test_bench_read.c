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
		cmocka_unit_test(test_goldens),
	};

	return cmocka_run_group_tests(tests, go_to_fixtures, NULL);
}
