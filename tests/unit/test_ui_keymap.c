/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys to actions: the defaults can all be read and have one meaning each, the user's own come over
 * them, two may be swapped, and what cannot be is told with its place and changes nothing.
 */
#include "perftop/ui/keymap.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/ui/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct ui_keymap map;
static struct pt_config config;

static int begin(void **state)
{
	(void)state;
	memset(&config, 0, sizeof config);
	pt_strlcpy(config.paths.config_file, "config.json", sizeof config.paths.config_file);
	ui_keymap_init(&map);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pt_config_release(&config);
	return 0;
}

static void bind(const char *action, const char *keys)
{
	int line = (int)config.n_bindings + 10;

	*PT_PUSH(config.bindings, config.n_bindings, config.cap_bindings) = (struct pt_binding){
		.action = pt_strdup(action), .keys = pt_strdup(keys), .line = line, .col = 5};
}

static int find(const char *key, unsigned context)
{
	uint32_t k;

	assert_int_equal(ui_key_parse(key, &k), 0);
	return ui_keymap_find(&map, k, context);
}

static const char *text(enum pt_action action)
{
	static char out[64];

	return ui_keymap_text(&map, action, out, sizeof out);
}

static void assert_no_conflict(void)
{
	enum pt_action a, b;

	if (ui_keymap_conflict(&map, &a, &b))
		fail_msg("%s and %s share a key", pt_actions[a].name, pt_actions[b].name);
}

/* Every name of actions.def is a key, and comes back as it was written. */
static void test_defaults(void **state)
{
	(void)state;
	assert_no_conflict();
	for (int a = 0; a < PT_ACT_N; a++) {
		assert_string_equal(text((enum pt_action)a), pt_actions[a].keys);
		for (int i = 0; i < UI_KEYS_PER_ACTION && map.keys[a][i]; i++)
			for (unsigned ctx = PT_CTX_OVERVIEW; ctx <= PT_CTX_DETAILS; ctx *= 2)
				if (pt_actions[a].contexts & ctx)
					assert_int_equal(ui_keymap_find(&map, map.keys[a][i], ctx),
							 a);
	}
	assert_int_equal(find("K", PT_CTX_PROCESSES), PT_ACT_SIGNAL);
	assert_int_equal(find("K", PT_CTX_OVERVIEW), -1);
	assert_int_equal(find("C-p", PT_CTX_ZOOM), PT_ACT_PALETTE);
	assert_int_equal(ui_keymap_find(&map, 0, PT_CTX_OVERVIEW), -1);
	ui_keymap_apply(&map, &config);
	assert_int_equal(config.n_errors, 0);
}

static void test_rebinding(void **state)
{
	(void)state;
	bind("freeze", "F5 C-f  Z");
	bind("mark", "");
	ui_keymap_apply(&map, &config);
	assert_int_equal(config.n_errors, 0);
	assert_string_equal(text(PT_ACT_FREEZE), "F5 C-f Z");
	assert_int_equal(find("Z", PT_CTX_OVERVIEW), PT_ACT_FREEZE);
	assert_int_equal(find("Space", PT_CTX_OVERVIEW), -1);
	assert_string_equal(text(PT_ACT_MARK), ""); /* none at all is a choice */
	assert_int_equal(find("m", PT_CTX_OVERVIEW), -1);
	assert_no_conflict();
}

static void test_swap(void **state)
{
	(void)state;
	bind("tag", "t");
	bind("tree", "x");
	ui_keymap_apply(&map, &config);
	assert_int_equal(config.n_errors, 0);
	assert_int_equal(find("t", PT_CTX_PROCESSES), PT_ACT_TAG);
	assert_int_equal(find("x", PT_CTX_PROCESSES), PT_ACT_TREE);
	assert_no_conflict();
}

/* The same key may mean two things where they never meet. */
static void test_other_contexts(void **state)
{
	(void)state;
	bind("crosshair", "x");
	ui_keymap_apply(&map, &config);
	assert_int_equal(config.n_errors, 0);
	assert_int_equal(find("x", PT_CTX_OVERVIEW), PT_ACT_CROSSHAIR);
	assert_int_equal(find("x", PT_CTX_PROCESSES), PT_ACT_TAG);
}

static void test_refused(void **state)
{
	static const struct {
		const char *action, *keys, *word;
	} rows[] = {
		{"dance", "x", "no action is called 'dance'"},
		{"freeze", "Spcae", "'Spcae'"},
		{"freeze", "z F13", "'F13'"},
		{"freeze", "a b d e r", "'r'"}, /* five are one too many */
		{"freeze", "x", "already means 'hide'"},
		{"signal", "Enter", "already means 'enter'"},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		end(NULL);
		begin(NULL);
		struct ui_keymap before = map;
		bind("next-match", "M-n"); /* a good one beside it is taken */
		bind(rows[i].action, rows[i].keys);
		ui_keymap_apply(&map, &config);
		assert_int_equal(config.n_errors, 1);
		assert_int_equal(config.errors[0].line, 11);
		assert_int_equal(config.errors[0].col, 5);
		assert_string_equal(config.errors[0].file, "config.json");
		if (!strstr(config.errors[0].msg, rows[i].word))
			fail_msg("no \"%s\" in: %s", rows[i].word, config.errors[0].msg);
		assert_string_equal(text(PT_ACT_NEXT_MATCH), "M-n");
		memcpy(map.keys[PT_ACT_NEXT_MATCH], before.keys[PT_ACT_NEXT_MATCH],
		       sizeof map.keys[0]);
		assert_memory_equal(&map, &before, sizeof map);
	}
}

/* One that is refused takes its default again, which another was given: that one goes too. */
static void test_chain(void **state)
{
	(void)state;
	bind("back", "?");
	bind("help", "x"); /* means tag among processes */
	ui_keymap_apply(&map, &config);
	assert_int_equal(config.n_errors, 2);
	assert_no_conflict();
	assert_string_equal(text(PT_ACT_BACK), "Esc");
	assert_string_equal(text(PT_ACT_HELP), "? F1");
}

/* Whatever is bound at random, in the end no key has two meanings. */
static void test_random_bindings(void **state)
{
	static const char *const keys[] = {"a", "x",  "t",   "?", "Esc",
					   "j", "F5", "C-p", "1", "Enter"};
	uint32_t seed = 42;

	(void)state;
	for (int round = 0; round < 300; round++) {
		end(NULL);
		begin(NULL);
		for (int i = 0; i < 8; i++) {
			seed = seed * 1103515245 + 12345;
			bind(pt_actions[(seed >> 16) % PT_ACT_N].name,
			     keys[(seed >> 8) % PT_LEN(keys)]);
		}
		ui_keymap_apply(&map, &config);
		assert_no_conflict();
		assert_true(config.n_errors <= 8);
	}
}

static void test_text_is_cut(void **state)
{
	char out[5];

	(void)state;
	bind("freeze", "F5 F6 F7 F8");
	ui_keymap_apply(&map, &config);
	assert_string_equal(ui_keymap_text(&map, PT_ACT_FREEZE, out, sizeof out), "F5 F");
}

#define test(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(test_defaults),	    test(test_rebinding),   test(test_swap),
		test(test_other_contexts),  test(test_refused),	    test(test_chain),
		test(test_random_bindings), test(test_text_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
