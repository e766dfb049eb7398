/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dialogs: what keys and pastes do to them, which line is best, where the cursor may rest, and that
 * they can be drawn and clicked at any size.
 */
#include "../../src/ui/dialog.h"
#include "machine.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct ui_dialog d;
static struct pt_canvas cv;

static int begin(void **state)
{
	(void)state;
	memset(&d, 0, sizeof d);
	pt_canvas_init(&cv);
	return 0;
}

static int end(void **state)
{
	(void)state;
	ui_dialog_release(&d);
	pt_canvas_release(&cv);
	return 0;
}

static enum ui_answer type(const char *text)
{
	enum ui_answer a = UI_ANSWER_NONE;

	while (*text)
		a = ui_dialog_key(&d, pt_utf8_next(&text));
	return a;
}

static void open_list(bool typing)
{
	ui_dialog_open(&d, UI_DIALOG_LIST, 7, "list");
	d.typing = typing;
}

static const char *chosen(void)
{
	const struct ui_item *it = ui_dialog_item(&d);

	return it ? it->text : "";
}

/* -- a line to type ------------------------------------------------------------------------------ */

static void test_typing(void **state)
{
	(void)state;
	ui_dialog_open(&d, UI_DIALOG_PROMPT, 1, "/");
	assert_int_equal(type("größe €😀"), UI_ANSWER_CHANGED);
	assert_string_equal(d.input, "größe €😀");
	assert_int_equal(ui_dialog_key(&d, UI_KEY_BACKSPACE), UI_ANSWER_CHANGED);
	assert_string_equal(d.input, "größe €");
	assert_int_equal(ui_dialog_key(&d, UI_CTRL('h')), UI_ANSWER_CHANGED);
	assert_string_equal(d.input, "größe ");
	type("two  ");
	ui_dialog_key(&d, UI_CTRL('w'));
	assert_string_equal(d.input, "größe ");
	ui_dialog_key(&d, UI_CTRL('w'));
	assert_string_equal(d.input, "");
	type("x");
	ui_dialog_key(&d, UI_CTRL('u'));
	assert_string_equal(d.input, "");
	/* What is no text leaves none. */
	assert_int_equal(ui_dialog_key(&d, UI_KEY_F1), UI_ANSWER_NONE);
	assert_int_equal(ui_dialog_key(&d, UI_KEY_ALT | 'x'), UI_ANSWER_NONE);
	assert_int_equal(ui_dialog_key(&d, UI_CTRL('a')), UI_ANSWER_NONE);
	assert_int_equal(ui_dialog_key(&d, UI_KEY_TAB), UI_ANSWER_NONE);
	assert_string_equal(d.input, "");
	type("q?jk/");
	assert_string_equal(d.input, "q?jk/");
	assert_int_equal(ui_dialog_key(&d, UI_KEY_ENTER), UI_ANSWER_OK);
	assert_int_equal(ui_dialog_key(&d, UI_KEY_ESC), UI_ANSWER_CANCEL);
	assert_int_equal(ui_dialog_key(&d, UI_CTRL('c')), UI_ANSWER_CANCEL);
	ui_dialog_close(&d);
	assert_int_equal(d.type, UI_DIALOG_NONE);
}

static void test_backspace_leaves(void **state)
{
	(void)state;
	ui_dialog_open(&d, UI_DIALOG_PROMPT, 1, "/");
	ui_dialog_set_input(&d, "a");
	assert_int_equal(ui_dialog_key(&d, UI_KEY_BACKSPACE), UI_ANSWER_CHANGED);
	assert_int_equal(ui_dialog_key(&d, UI_KEY_BACKSPACE), UI_ANSWER_CANCEL);
}

/* A full line takes no half of a character. */
static void test_full_line(void **state)
{
	(void)state;
	ui_dialog_open(&d, UI_DIALOG_PROMPT, 1, "/");
	for (int i = 0; i < 200; i++)
		type("€");
	assert_int_equal(strlen(d.input), (UI_INPUT - 1) / 3 * 3);
	type("ab");
	assert_true(strlen(d.input) < UI_INPUT);
	for (const char *p = d.input; *p;) {
		uint32_t cp = pt_utf8_next(&p);
		assert_true(cp == 0x20AC || cp == 'a' || cp == 'b');
	}
}

/* Pasted text is text: no Enter in it, no control, one line; and bounded by its length. */
static void test_paste(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *want;
	} rows[] = {
		{"gcc -c", 6, "gcc -c"},     {"gccXXX", 3, "gcc"},
		{"a\nrm -rf\n", 9, "a"},     {"a\rb", 3, "a"},
		{"\033[31mq", 6, "^[[31mq"}, {"\xe2\x80\xae", 3, "<202E>"},
		{"\xff", 1, "<FF>"},	     {"", 0, ""},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		/* An exact copy: reading beyond it is an error that ASan sees. */
		char *copy = pt_malloc(rows[i].n + 1);
		char *exact = pt_realloc(copy, rows[i].n ? rows[i].n : 1);
		memcpy(exact, rows[i].text, rows[i].n);
		ui_dialog_open(&d, UI_DIALOG_PROMPT, 1, "/");
		assert_int_equal(ui_dialog_paste(&d, exact, rows[i].n), UI_ANSWER_CHANGED);
		assert_string_equal(d.input, rows[i].want);
		free(exact);
	}
	type("x");
	ui_dialog_paste(&d, "yz", 2);
	assert_string_equal(d.input, "xyz");
	char *big = pt_malloc(100000);
	memset(big, 'a', 100000);
	ui_dialog_paste(&d, big, 100000);
	free(big);
	assert_int_equal(strlen(d.input), UI_INPUT - 1);
}

/* -- a question ---------------------------------------------------------------------------------- */

static void test_confirm(void **state)
{
	static const struct {
		uint32_t keys[3];
		enum ui_answer answer;
	} rows[] = {
		{{UI_KEY_ENTER}, UI_ANSWER_CANCEL}, /* the default is No */
		{{'y'}, UI_ANSWER_OK},
		{{'Y'}, UI_ANSWER_OK},
		{{'n'}, UI_ANSWER_CANCEL},
		{{'N'}, UI_ANSWER_CANCEL},
		{{'q'}, UI_ANSWER_CANCEL},
		{{UI_KEY_ESC}, UI_ANSWER_CANCEL},
		{{UI_KEY_TAB, UI_KEY_ENTER}, UI_ANSWER_OK},
		{{UI_KEY_LEFT, 'l', UI_KEY_ENTER}, UI_ANSWER_CANCEL},
		{{' '}, UI_ANSWER_NONE},
		{{'K'}, UI_ANSWER_NONE},
		{{UI_KEY_DOWN, UI_KEY_ENTER}, UI_ANSWER_CANCEL},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		enum ui_answer a = UI_ANSWER_NONE;
		ui_dialog_open(&d, UI_DIALOG_CONFIRM, 1, "Send SIGKILL to 1 init?");
		for (size_t k = 0; k < PT_LEN(rows[i].keys) && rows[i].keys[k]; k++)
			a = ui_dialog_key(&d, rows[i].keys[k]);
		assert_int_equal(a, rows[i].answer);
	}
	/* A paste answers nothing. */
	ui_dialog_open(&d, UI_DIALOG_CONFIRM, 1, "?");
	assert_int_equal(ui_dialog_paste(&d, "y\n", 2), UI_ANSWER_NONE);
	assert_false(d.yes);
	/* Nor is the last answer remembered. */
	ui_dialog_key(&d, UI_KEY_TAB);
	ui_dialog_open(&d, UI_DIALOG_CONFIRM, 1, "?");
	assert_false(d.yes);
}

/* A long question is told whole: what is hit must be read before the answer. */
static void test_long_question(void **state)
{
	static const char question[] =
		"Send SIGTERM to 8 processes: 12345 make, 12401 cc1, 12402 cc1plus, 12403 as, "
		"12404 collect2 and 3 more?";
	static const int widths[] = {200, 80, 50, 40};

	(void)state;
	for (size_t i = 0; i < PT_LEN(widths); i++) {
		struct pt_str all = PT_STR_INIT;
		char row[512], word[32];

		ui_dialog_open(&d, UI_DIALOG_CONFIRM, 1, question);
		pt_canvas_resize(&cv, widths[i], 24);
		ui_dialog_paint(&d, &cv, PT_GLYPHS_ASCII);
		for (int y = 0; y < 24; y++) {
			pt_canvas_row_text(&cv, y, row, sizeof row);
			pt_str_add(&all, row);
		}
		for (const char *p = question; *p; p += strspn(p, " ")) {
			size_t n = strcspn(p, " ");
			pt_snprintf(word, sizeof word, "%.*s", (int)n, p);
			assert_non_null(strstr(all.s, word));
			p += n;
		}
		assert_non_null(strstr(all.s, "[ No ]"));
		pt_str_release(&all);
	}
}

/* -- lists --------------------------------------------------------------------------------------- */

static void add_some(void)
{
	ui_dialog_add(&d, -1, "Heading", "", "");
	ui_dialog_add(&d, 1, "freeze", "Space", "Stand still");
	ui_dialog_add(&d, 2, "follow", "f", "Go on");
	ui_dialog_add(&d, -1, "Another", "", "");
	ui_dialog_add(&d, -1, "And another", "", "");
	ui_dialog_add(&d, 3, "filter", "/", "Find the frozen");
	ui_dialog_add(&d, 4, "theme light", "", "Colours");
	ui_dialog_match(&d);
}

static void test_headings_are_passed_over(void **state)
{
	(void)state;
	open_list(false);
	add_some();
	assert_string_equal(chosen(), "freeze");
	ui_dialog_key(&d, UI_KEY_UP);
	assert_string_equal(chosen(), "freeze");
	ui_dialog_key(&d, 'j');
	assert_string_equal(chosen(), "follow");
	ui_dialog_key(&d, UI_KEY_DOWN);
	assert_string_equal(chosen(), "filter");
	ui_dialog_key(&d, 'k');
	assert_string_equal(chosen(), "follow");
	ui_dialog_key(&d, UI_KEY_END);
	assert_string_equal(chosen(), "theme light");
	ui_dialog_key(&d, UI_KEY_DOWN);
	assert_string_equal(chosen(), "theme light");
	ui_dialog_key(&d, UI_KEY_HOME);
	assert_string_equal(chosen(), "freeze");
	ui_dialog_key(&d, UI_KEY_PGDN);
	assert_string_equal(chosen(), "theme light");
	ui_dialog_key(&d, UI_KEY_PGUP);
	assert_string_equal(chosen(), "freeze");
	ui_dialog_select(&d, 3);
	assert_string_equal(chosen(), "filter");
	ui_dialog_select(&d, 99);
	assert_string_equal(chosen(), "filter");
}

/* A list that ends with a heading, is nothing but headings, or empty. */
static void test_nothing_to_choose(void **state)
{
	static const uint32_t keys[] = {UI_KEY_UP,  UI_KEY_DOWN, UI_KEY_HOME,
					UI_KEY_END, UI_KEY_PGUP, UI_KEY_PGDN};

	(void)state;
	open_list(false);
	ui_dialog_add(&d, 1, "one", "", "");
	ui_dialog_add(&d, -1, "Heading", "", "");
	ui_dialog_match(&d);
	for (size_t i = 0; i < PT_LEN(keys); i++) {
		ui_dialog_key(&d, keys[i]);
		assert_string_equal(chosen(), "one");
	}
	open_list(false);
	ui_dialog_add(&d, -1, "Heading", "", "");
	ui_dialog_add(&d, -1, "Heading", "", "");
	ui_dialog_match(&d);
	for (size_t i = 0; i < PT_LEN(keys); i++) {
		ui_dialog_key(&d, keys[i]);
		assert_null(ui_dialog_item(&d));
	}
	open_list(true);
	ui_dialog_match(&d);
	for (size_t i = 0; i < PT_LEN(keys); i++)
		ui_dialog_key(&d, keys[i]);
	assert_null(ui_dialog_item(&d));
	assert_int_equal(ui_dialog_key(&d, UI_KEY_ENTER), UI_ANSWER_OK);
}

static void test_fuzzy_order(void **state)
{
	(void)state;
	open_list(true);
	add_some();
	assert_int_equal(d.n_shown, 7);
	type("fr");
	assert_string_equal(chosen(), "freeze"); /* begins with it */
	assert_int_equal(d.n_shown, 2);		 /* filter has f, r in order */
	ui_dialog_key(&d, UI_KEY_DOWN);
	assert_string_equal(chosen(), "filter");
	ui_dialog_key(&d, UI_CTRL('u'));
	assert_int_equal(d.n_shown, 7);
	/* A word of the help finds a line too, after those that bear it in their name. */
	type("fro");
	assert_string_equal(chosen(), "filter");
	assert_int_equal(d.n_shown, 1);
	ui_dialog_key(&d, UI_CTRL('u'));
	type("thl");
	assert_string_equal(chosen(), "theme light");
	type("xyz");
	assert_int_equal(d.n_shown, 0);
	assert_string_equal(chosen(), "");
	/* No heading is a match. */
	ui_dialog_key(&d, UI_CTRL('u'));
	type("heading");
	assert_int_equal(d.n_shown, 0);
}

static void test_typing_in_lists(void **state)
{
	(void)state;
	open_list(false);
	add_some();
	assert_int_equal(type("x"), UI_ANSWER_NONE);
	assert_int_equal(ui_dialog_paste(&d, "fr", 2), UI_ANSWER_NONE);
	assert_string_equal(d.input, "");
	type("/");
	assert_true(d.typing);
	type("jq");
	assert_string_equal(d.input, "jq");
	ui_dialog_key(&d, UI_CTRL('u'));
	assert_int_equal(ui_dialog_paste(&d, "fol", 3), UI_ANSWER_CHANGED);
	assert_string_equal(chosen(), "follow");
	open_list(false);
	add_some();
	assert_int_equal(type("q"), UI_ANSWER_CANCEL);
	assert_int_equal(type("?"), UI_ANSWER_CANCEL);
	assert_int_equal(ui_dialog_key(&d, UI_KEY_ESC), UI_ANSWER_CANCEL);
}

static void test_as_many_as_fit(void **state)
{
	char name[20];

	(void)state;
	open_list(true);
	for (int i = 0; i < UI_ITEMS; i++) {
		snprintf(name, sizeof name, "item %d", i);
		assert_non_null(ui_dialog_add(&d, i, name, "", ""));
	}
	assert_null(ui_dialog_add(&d, 1, "one more", "", ""));
	ui_dialog_match(&d);
	assert_int_equal(d.n_shown, UI_ITEMS);
	ui_dialog_key(&d, UI_KEY_END);
	assert_string_equal(chosen(), "item 255");
	/* What comes from outside is made safe. */
	open_list(true);
	assert_string_equal(ui_dialog_add(&d, 1, "a\033b", "", "")->text, "a^[b");
}

/* -- looks --------------------------------------------------------------------------------------- */

static void fill(enum ui_dialog_type what, int n)
{
	ui_dialog_open(&d, what, 1, "Send SIGTERM to 12345 a_rather_long_name_of_a_process?");
	for (int i = 0; i < n; i++) {
		char name[20];
		snprintf(name, sizeof name, "item %d", i);
		ui_dialog_add(&d, i % 7 ? i : -1, name, "C-x",
			      "does something to 数据 that is long to tell");
	}
	ui_dialog_match(&d);
}

static void test_every_size(void **state)
{
	static const enum ui_dialog_type types[] = {UI_DIALOG_LIST, UI_DIALOG_PROMPT,
						    UI_DIALOG_CONFIRM, UI_DIALOG_NONE};

	(void)state;
	for (size_t t = 0; t < PT_LEN(types); t++)
		for (int w = 1; w < 200; w += w < 30 ? 1 : 17)
			for (int h = 1; h < 60; h += h < 12 ? 1 : 9) {
				fill(types[t], 30);
				d.typing = (w + h) % 2;
				type("it e");
				pt_strlcpy(d.error, "what is wrong with it", sizeof d.error);
				d.cursor = PT_MIN(29, PT_MAX(d.n_shown - 1, 0));
				pt_canvas_resize(&cv, w, h);
				ui_dialog_paint(&d, &cv, (enum pt_glyphs)(w % 3));
				assert_true(canvas_valid(&cv));
			}
}

static void test_no_size(void **state)
{
	(void)state;
	fill(UI_DIALOG_LIST, 30);
	pt_canvas_resize(&cv, 0, 0);
	ui_dialog_paint(&d, &cv, PT_GLYPHS_ASCII);
	ui_dialog_click(&d, &cv, 0, 0);
}

/* The chosen line is on the screen, wherever the cursor goes; a click on it chooses the same. */
static void test_cursor_is_seen(void **state)
{
	(void)state;
	for (int h = 8; h < 50; h += 7) {
		fill(UI_DIALOG_LIST, 60);
		pt_canvas_resize(&cv, 80, h);
		for (int i = 0; i < 80; i++) {
			char row[512];
			int y = 0;
			ui_dialog_key(&d, i < 60 ? UI_KEY_DOWN : UI_KEY_PGUP);
			pt_canvas_clear(&cv);
			ui_dialog_paint(&d, &cv, PT_GLYPHS_BLOCK);
			while (y < h && !(cv.cells[y * 80 + 40].bits & PT_CELL_SELECTED))
				y++;
			assert_true(y < h);
			pt_canvas_row_text(&cv, y, row, sizeof row);
			assert_non_null(strstr(row, chosen()));
			int cursor = d.cursor;
			assert_int_equal(ui_dialog_click(&d, &cv, 40, y), UI_ANSWER_OK);
			assert_int_equal(d.cursor, cursor);
		}
	}
}

/* Every place of a list: what a click chooses is what stands there; frames and headings are not. */
static void test_clicks(void **state)
{
	(void)state;
	fill(UI_DIALOG_LIST, 60);
	pt_canvas_resize(&cv, 100, 30);
	ui_dialog_paint(&d, &cv, PT_GLYPHS_BLOCK);
	int chose = 0;
	for (int y = 0; y < 30; y++) {
		char row[512];
		enum ui_answer a = ui_dialog_click(&d, &cv, 50, y);
		pt_canvas_row_text(&cv, y, row, sizeof row);
		if (a == UI_ANSWER_OK) {
			assert_non_null(strstr(row, chosen()));
			chose++;
		}
	}
	assert_in_range(chose, 10, 26);
	assert_int_equal(ui_dialog_click(&d, &cv, 0, 0), UI_ANSWER_CANCEL);
	fill(UI_DIALOG_CONFIRM, 0);
	assert_int_equal(ui_dialog_click(&d, &cv, 50, 15), UI_ANSWER_NONE);
}

#define test(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(test_typing),
		test(test_backspace_leaves),
		test(test_full_line),
		test(test_paste),
		test(test_confirm),
		test(test_long_question),
		test(test_headings_are_passed_over),
		test(test_nothing_to_choose),
		test(test_fuzzy_order),
		test(test_typing_in_lists),
		test(test_as_many_as_fit),
		test(test_every_size),
		test(test_no_size),
		test(test_cursor_is_seen),
		test(test_clicks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
