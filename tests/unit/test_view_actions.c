/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of actions: names that can be typed, one meaning a key in each context, nothing that
 * destroys on a bare lower-case letter, and the keys that no view may take for itself.
 */
#include "perftop/view/actions.h"

#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const unsigned contexts[] = {PT_CTX_OVERVIEW, PT_CTX_ZOOM,  PT_CTX_PROCESSES,
				    PT_CTX_DETAILS,  PT_CTX_BENCH, PT_CTX_BENCH_PAGE,
				    PT_CTX_FLAME,    PT_CTX_HEAT};

/* Is key one of an action's keys? */
static bool has_key(const struct pt_action_desc *a, const char *key, size_t n)
{
	for (const char *p = a->keys + strspn(a->keys, " "); *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");
		if (len == n && memcmp(p, key, n) == 0)
			return true;
		p += len;
	}
	return false;
}

static void test_rows(void **state)
{
	(void)state;
	for (int i = 0; i < PT_ACT_N; i++) {
		const struct pt_action_desc *a = &pt_actions[i];
		assert_true(a->name[0] && !a->name[strspn(a->name, "abcdefghijklmnopqrstuvwxyz-")]);
		assert_true(a->keys[0]);
		assert_true(a->contexts & PT_CTX_ALL);
		assert_true(strlen(a->label) <= 12);
		assert_true(strlen(a->help) >= 4 && strlen(a->help) < 80);
		assert_true(a->help[strlen(a->help) - 1] != '.');
		assert_int_equal(pt_action_find(a->name), i);
	}
	assert_int_equal(pt_action_find("nothing"), -PT_ENOENT);
	assert_int_equal(pt_action_find(""), -PT_ENOENT);
}

static void test_one_meaning(void **state)
{
	(void)state;
	for (int a = 0; a < PT_ACT_N; a++)
		for (int b = a + 1; b < PT_ACT_N; b++) {
			if (!(pt_actions[a].contexts & pt_actions[b].contexts & PT_CTX_ALL))
				continue;
			for (const char *p = pt_actions[a].keys; *p; p += strspn(p, " ")) {
				size_t n = strcspn(p, " ");
				if (has_key(&pt_actions[b], p, n))
					fail_msg("%.*s means %s and %s", (int)n, p,
						 pt_actions[a].name, pt_actions[b].name);
				p += n;
			}
		}
}

/* What changes something is not done by brushing against a key. A benchmark that was started so can
 * be canceled and takes nothing away. */
static void test_nothing_destructive_is_easy(void **state)
{
	int n = 0;

	(void)state;
	for (int a = 0; a < PT_ACT_N; a++) {
		if (!(pt_actions[a].contexts & PT_CTX_WRITE) || a == PT_ACT_RUN)
			continue;
		n++;
		for (const char *p = pt_actions[a].keys; *p; p += strspn(p, " ")) {
			size_t len = strcspn(p, " ");
			assert_false(len == 1 && p[0] >= 'a' && p[0] <= 'z');
			assert_false(len == 5 && memcmp(p, "Enter", 5) == 0);
			p += len;
		}
	}
	assert_true(n >= 2);
	assert_true(pt_actions[PT_ACT_SIGNAL].contexts & PT_CTX_WRITE);
	assert_true(pt_actions[PT_ACT_PRIORITY].contexts & PT_CTX_WRITE);
}

/* Keys that mean the same in every view, and those of time in every view that has a time axis. */
static void test_global_keys(void **state)
{
	static const struct {
		const char *key;
		enum pt_action action;
		unsigned where;
	} rows[] = {
		{"1", PT_ACT_VIEW_OVERVIEW, PT_CTX_ALL},
		{"2", PT_ACT_VIEW_PROCESSES, PT_CTX_ALL},
		{"3", PT_ACT_VIEW_BENCHMARKS, PT_CTX_ALL},
		{"4", PT_ACT_VIEW_FLAME, PT_CTX_ALL},
		{"?", PT_ACT_HELP, PT_CTX_ALL},
		{":", PT_ACT_PALETTE, PT_CTX_ALL},
		{"C-p", PT_ACT_PALETTE, PT_CTX_ALL},
		{"/", PT_ACT_FILTER, PT_CTX_ALL},
		{"n", PT_ACT_NEXT_MATCH, PT_CTX_ALL},
		{"N", PT_ACT_PREV_MATCH, PT_CTX_ALL},
		{"h", PT_ACT_LEFT, PT_CTX_ALL},
		{"j", PT_ACT_DOWN, PT_CTX_ALL},
		{"k", PT_ACT_UP, PT_CTX_ALL},
		{"l", PT_ACT_RIGHT, PT_CTX_ALL},
		{"g", PT_ACT_TOP, PT_CTX_ALL},
		{"G", PT_ACT_BOTTOM, PT_CTX_ALL},
		{"Tab", PT_ACT_NEXT_PANE, PT_CTX_ALL},
		{"Enter", PT_ACT_ENTER, PT_CTX_ALL},
		{"Esc", PT_ACT_BACK, PT_CTX_ALL},
		{"q", PT_ACT_QUIT, PT_CTX_ALL},
		{"Space", PT_ACT_FREEZE, PT_CTX_ALL},
		{"y", PT_ACT_COPY, PT_CTX_ALL},
		{"F2", PT_ACT_MOUSE, PT_CTX_ALL},
		{"c", PT_ACT_CROSSHAIR, PT_CTX_TIME},
		{"m", PT_ACT_MARK, PT_CTX_TIME | PT_CTX_HEAT},
		{"f", PT_ACT_FOLLOW, PT_CTX_TIME},
		{"Y", PT_ACT_SCALE, PT_CTX_TIME},
		{"+", PT_ACT_ZOOM_IN, PT_CTX_TIME | PT_CTX_FLAMES},
		{"-", PT_ACT_ZOOM_OUT, PT_CTX_TIME | PT_CTX_FLAMES},
		{"0", PT_ACT_ZOOM_RESET, PT_CTX_TIME | PT_CTX_FLAMES},
		{"H", PT_ACT_PAN_LEFT, PT_CTX_TIME},
		{"L", PT_ACT_PAN_RIGHT, PT_CTX_TIME},
		{"T", PT_ACT_GOTO, PT_CTX_TIME},
		{"[", PT_ACT_PREV_EVENT, PT_CTX_TIME},
		{"]", PT_ACT_NEXT_EVENT, PT_CTX_TIME},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		const struct pt_action_desc *a = &pt_actions[rows[i].action];
		assert_int_equal(a->contexts & PT_CTX_ALL, rows[i].where);
		assert_true(has_key(a, rows[i].key, strlen(rows[i].key)));
		/* Elsewhere it means nothing, rather than something else. */
		for (int b = 0; b < PT_ACT_N; b++)
			assert_true(b == (int)rows[i].action ||
				    !has_key(&pt_actions[b], rows[i].key, strlen(rows[i].key)));
	}
}

static void test_footer_has_enough(void **state)
{
	(void)state;
	for (size_t i = 0; i < PT_LEN(contexts); i++) {
		int labels = 0;
		for (int a = 0; a < PT_ACT_N; a++)
			labels += pt_actions[a].label[0] && (pt_actions[a].contexts & contexts[i]);
		assert_in_range(labels, 5, 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_one_meaning),
		cmocka_unit_test(test_nothing_destructive_is_easy),
		cmocka_unit_test(test_global_keys),
		cmocka_unit_test(test_footer_has_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
