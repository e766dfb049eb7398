/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Layouts: at every size panes lie within the screen and beside each other, the most important
 * stay, and a file of one's own is read with the place of every mistake.
 */
#include "perftop/view/layout.h"

#include "perftop/base/clock.h"
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct pt_layout load(const char *name)
{
	struct pt_layout l;

	assert_int_equal(pt_layout_load(name, NULL, &l, NULL), 0);
	return l;
}

static uint32_t rnd(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* -- placing ------------------------------------------------------------------------------------- */

static bool overlap(struct pt_rect a, struct pt_rect b)
{
	return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

static void check(const struct pt_layout *l, const struct pt_pane_size *sizes, int w, int h)
{
	struct pt_place out[PT_LAYOUT_MAX];
	int n = pt_layout_place(l, sizes, w, h, out), worst_shown = -1, best_hidden = 1000;
	bool shown[PT_LAYOUT_MAX] = {false};

	assert_in_range(n, 0, l->n);
	for (int i = 0; i < n; i++) {
		struct pt_rect r = out[i].rect;
		int chrome = out[i].box ? 2 : 1;
		assert_in_range(out[i].pane, 0, l->n - 1);
		assert_false(shown[out[i].pane]);
		shown[out[i].pane] = true;
		assert_true(r.x >= 0 && r.y >= 0 && r.w > 0 && r.h > 0);
		assert_true(r.x + r.w <= w && r.y + r.h <= h);
		assert_true(sizes[out[i].pane].want > 0);
		assert_true(r.h - chrome >= sizes[out[i].pane].min);
		for (int k = 0; k < i; k++)
			assert_false(overlap(r, out[k].rect));
		/* In reading order. */
		assert_true(i == 0 || r.y > out[i - 1].rect.y ||
			    (r.y == out[i - 1].rect.y && r.x > out[i - 1].rect.x));
	}
	for (int i = 0; i < l->n; i++) {
		int p = l->panes[i]->priority;
		if (shown[i])
			worst_shown = PT_MAX(worst_shown, p);
		else if (sizes[i].want > 0)
			best_hidden = PT_MIN(best_hidden, p);
	}
	/* Nothing is left out for something less important. */
	assert_true(n == 0 || worst_shown <= best_hidden);
}

static void test_every_size(void **state)
{
	struct pt_layout l = load("overview");
	struct pt_pane_size sizes[PT_LAYOUT_MAX];

	(void)state;
	for (int i = 0; i < l.n; i++)
		sizes[i] =
			(struct pt_pane_size){.min = 1 + i % 4, .want = 3 + i % 8, .weight = i % 3};
	for (int h = 1; h <= 90; h++)
		for (int w = 1; w <= 300; w++)
			check(&l, sizes, w, h);
	check(&l, sizes, 4096, 2048);
}

static void test_random_panes(void **state)
{
	uint32_t seed = 2026;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct pt_layout l = {.n = (int)(rnd(&seed) % (PT_LAYOUT_MAX + 1))};
		struct pt_pane_size sizes[PT_LAYOUT_MAX];
		for (int i = 0; i < l.n; i++) {
			int want = (int)(rnd(&seed) % 30);
			l.panes[i] = pt_panes[rnd(&seed) % pt_n_panes];
			sizes[i] = (struct pt_pane_size){
				.min = want ? 1 + (int)(rnd(&seed) % (unsigned)want) : 0,
				.want = want,
				.weight = (int)(rnd(&seed) % 5)};
		}
		check(&l, sizes, 1 + (int)(rnd(&seed) % 400), (int)(rnd(&seed) % 120));
	}
}

static void test_columns(void **state)
{
	(void)state;
	assert_int_equal(pt_layout_columns(1), 1);
	assert_int_equal(pt_layout_columns(75), 1);
	assert_int_equal(pt_layout_columns(76), 2);
	assert_int_equal(pt_layout_columns(239), 2);
	assert_int_equal(pt_layout_columns(240), 3);
	assert_int_equal(pt_layout_columns(300), 4);
}

/* What is left over goes to panes with weight; the others stay at what they want. */
static void test_rest_by_weight(void **state)
{
	struct pt_layout l = load("system");
	struct pt_pane_size sizes[PT_LAYOUT_MAX] = {{0}};
	struct pt_place out[PT_LAYOUT_MAX];

	(void)state;
	sizes[0] = (struct pt_pane_size){.min = 2, .want = 4, .weight = 3};
	sizes[1] = (struct pt_pane_size){.min = 2, .want = 4, .weight = 1};
	sizes[2] = (struct pt_pane_size){.min = 2, .want = 4, .weight = 0};
	assert_int_equal(pt_layout_place(&l, sizes, 60, 31, out), 3);
	assert_int_equal(out[0].rect.h, 1 + 4 + 12);
	assert_int_equal(out[1].rect.h, 1 + 4 + 4);
	assert_int_equal(out[2].rect.h, 1 + 4);
	assert_false(out[0].box);
	/* A row shares the width, whatever the number of columns. */
	assert_int_equal(pt_layout_place(&l, sizes, 100, 40, out), 3);
	assert_true(out[0].box);
	assert_int_equal(out[0].rect.w, 50);
	assert_int_equal(out[2].rect.w, 100);
	/* No pane has anything to show. */
	assert_int_equal(
		pt_layout_place(&l, (struct pt_pane_size[PT_LAYOUT_MAX]){{0}}, 100, 40, out), 0);
}

/* -- files --------------------------------------------------------------------------------------- */

static char dir[] = "/tmp/perftop-layout-XXXXXX";

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char path[200];

	(void)state;
	snprintf(path, sizeof path, "%s/mine.json", dir);
	unlink(path);
	return rmdir(dir);
}

static int load_text(const char *text, struct pt_layout *l, struct pt_err *err)
{
	char path[200];

	snprintf(path, sizeof path, "%s/mine.json", dir);
	assert_int_equal(pt_fs_write(path, text, strlen(text), 0600, NULL), 0);
	return pt_layout_load("mine", dir, l, err);
}

static void test_builtin(void **state)
{
	(void)state;
	assert_int_equal(pt_layout_n(), 2);
	assert_string_equal(pt_layout_name(0), "overview");
	assert_string_equal(pt_layout_name(1), "system");
	for (size_t i = 0; i < pt_layout_n(); i++) {
		struct pt_layout l = load(pt_layout_name(i));
		assert_string_equal(l.name, pt_layout_name(i));
		assert_true(l.n >= 10);
		for (int k = 0; k < l.n; k++) {
			assert_non_null(l.panes[k]);
			for (int j = 0; j < k; j++)
				assert_ptr_not_equal(l.panes[k], l.panes[j]);
		}
	}
}

static void test_there_and_back(void **state)
{
	struct pt_layout l = load("system"), back;
	struct pt_str text = PT_STR_INIT;

	(void)state;
	l.cell_ns = 5 * PT_S;
	l.scale = PT_SCALE_LOG;
	pt_layout_json(&l, &text);
	assert_int_equal(load_text(text.s, &back, NULL), 0);
	assert_string_equal(back.name, "mine");
	assert_int_equal(back.n, l.n);
	assert_memory_equal(back.panes, l.panes, (size_t)l.n * sizeof l.panes[0]);
	assert_int_equal(back.cell_ns, l.cell_ns);
	assert_int_equal(back.scale, l.scale);
	pt_str_release(&text);
	assert_int_equal(load_text("{\"panes\": []}", &back, NULL), 0);
	assert_int_equal(back.n, 0);
	assert_int_equal(back.scale, -1);
	assert_int_equal(back.cell_ns, 0);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text;
		int code, line, col;
		const char *word;
	} rows[] = {
		{"", PT_ESYNTAX, 1, 1, ""},
		{"{}", PT_EINVAL, 1, 1, "panes"},
		{"{\n  \"panes\": 3\n}", PT_EINVAL, 2, 12, "array"},
		{"{\n \"panes\": [\n  \"cpu\",\n  \"cup\"\n ]\n}", PT_EINVAL, 4, 3, "cup"},
		{"{\"panes\": [7]}", PT_EINVAL, 1, 12, ""},
		{"{\"panes\": [\"cpu\", \"cpu\"]}", PT_EEXIST, 1, 19, "cpu"},
		{"{\"panes\": [], \"scale\": \"cubic\"}", PT_EINVAL, 1, 24, "zero, linear, log"},
		{"{\"panes\": [], \"scale\": 1}", PT_EINVAL, 1, 24, ""},
		{"{\"panes\": [], \"cell_seconds\": 0}", PT_ERANGE, 1, 31, "0.05"},
		{"{\"panes\": [], \"cell_seconds\": \"x\"}", PT_ERANGE, 1, 31, ""},
		{"{\"panes\": [], \"cell_seconds\": 1e9}", PT_ERANGE, 1, 31, ""},
	};
	struct pt_layout l = load("system");

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct pt_err err = {0};
		int r = load_text(rows[i].text, &l, &err);
		if (r != -rows[i].code || err.line != rows[i].line ||
		    !strstr(err.msg, rows[i].word) || (rows[i].text[0] && err.col != rows[i].col))
			fail_msg("%s: %d, %d:%d: %s", rows[i].text, r, err.line, err.col, err.msg);
		assert_string_equal(l.name, "system"); /* untouched */
	}
}

static void test_names(void **state)
{
	static const char *const none[] = {"", "nothing", "../mine", "a/b", ".hidden", ".."};
	struct pt_layout l;
	struct pt_err err;

	(void)state;
	assert_int_equal(load_text("{\"panes\": [\"cpu\"]}", &l, NULL), 0);
	for (size_t i = 0; i < PT_LEN(none); i++) {
		assert_int_equal(pt_layout_load(none[i], dir, &l, &err), -PT_ENOENT);
		assert_non_null(strstr(err.msg, "no layout"));
	}
	assert_int_equal(pt_layout_load("mine", NULL, &l, &err), -PT_ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_size), cmocka_unit_test(test_random_panes),
		cmocka_unit_test(test_columns),	   cmocka_unit_test(test_rest_by_weight),
		cmocka_unit_test(test_builtin),	   cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_mistakes),   cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
