/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of keys: both ways, and what no terminal can send is refused.
 */
#include "perftop/base/err.h"
#include "perftop/base/mem.h"
#include "perftop/ui/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_both_ways(void **state)
{
	static const struct {
		const char *name;
		uint32_t key;
	} rows[] = {
		{"g", 'g'},
		{"G", 'G'},
		{"-", '-'},
		{"C", 'C'},
		{"/", '/'},
		{"1", '1'},
		{"F", 'F'},
		{"\xC3\xA9", 0xE9},
		{"Space", ' '},
		{"Enter", UI_KEY_ENTER},
		{"Tab", UI_KEY_TAB},
		{"S-Tab", UI_KEY_BACKTAB},
		{"Esc", UI_KEY_ESC},
		{"Backspace", UI_KEY_BACKSPACE},
		{"Up", UI_KEY_UP},
		{"PgDn", UI_KEY_PGDN},
		{"Del", UI_KEY_DEL},
		{"F1", UI_KEY_F1},
		{"F2", UI_KEY_F1 + 1},
		{"F12", UI_KEY_F12},
		{"C-p", UI_CTRL('p')},
		{"C-a", 1},
		{"C-z", 26},
		{"C-\\", 0x1C},
		{"C-_", 0x1F},
		{"M-x", 'x' | UI_KEY_ALT},
		{"M--", '-' | UI_KEY_ALT},
		{"M-Enter", UI_KEY_ENTER | UI_KEY_ALT},
		{"M-C-p", UI_CTRL('p') | UI_KEY_ALT},
		{"C-Left", UI_KEY_LEFT | UI_KEY_CTRL},
		{"C-M-S-F5", (UI_KEY_F1 + 4) | UI_KEY_CTRL | UI_KEY_ALT | UI_KEY_SHIFT},
		{"M-Space", ' ' | UI_KEY_ALT},
	};
	char name[32];
	uint32_t key;

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		assert_int_equal(ui_key_parse(rows[i].name, &key), 0);
		assert_int_equal(key, rows[i].key);
		assert_string_equal(ui_key_name(key, name, sizeof name), rows[i].name);
	}
}

static void test_other_names(void **state)
{
	static const struct {
		const char *name;
		uint32_t key;
	} rows[] = {
		{"enter", UI_KEY_ENTER},
		{"Return", UI_KEY_ENTER},
		{"escape", UI_KEY_ESC},
		{"bs", UI_KEY_BACKSPACE},
		{"PageDown", UI_KEY_PGDN},
		{"C-P", UI_CTRL('p')},
		{"C-i", UI_KEY_TAB},
		{"C-m", UI_KEY_ENTER},
		{"C-[", UI_KEY_ESC},
		{"C-h", UI_KEY_BACKSPACE},
		{"C-?", UI_KEY_BACKSPACE},
		{"f3", UI_KEY_F1 + 2},
		{"M-S-Tab", UI_KEY_BACKTAB | UI_KEY_ALT},
		{"S-M-Up", UI_KEY_UP | UI_KEY_SHIFT | UI_KEY_ALT},
	};
	uint32_t key;

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		assert_int_equal(ui_key_parse(rows[i].name, &key), 0);
		assert_int_equal(key, rows[i].key);
	}
}

static void test_refused(void **state)
{
	static const char *const names[] = {
		"",    "ab",  " ",	 "C-",	 "M-C-",      "C-C-a", "X-a",
		"S-a", "C-1", "C-Space", "C-@",	 "C-`",	      "F0",    "F13",
		"F1x", "F01", "Entr",	 "\xFF", "\xC3\xA9x", "\x7F",  "\033",
	};
	uint32_t key = 4711;

	(void)state;
	for (size_t i = 0; i < PT_LEN(names); i++) {
		assert_int_equal(ui_key_parse(names[i], &key), -PT_ESYNTAX);
		assert_int_equal(key, 4711);
	}
}

static void test_short_buffer(void **state)
{
	char name[4];

	(void)state;
	assert_string_equal(ui_key_name(UI_KEY_PGDN | UI_KEY_CTRL, name, sizeof name), "C-P");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_other_names),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_short_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
