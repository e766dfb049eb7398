/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cells: clip and origin, wide characters that are never torn, combining marks, hints for the
 * terminal, and what a canvas prints as.
 */
#include "perftop/view/canvas.h"

#include "perftop/base/str.h"
#include "perftop/view/theme.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct pt_canvas cv;

static int begin(void **state)
{
	(void)state;
	pt_canvas_init(&cv);
	pt_canvas_resize(&cv, 10, 3);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pt_canvas_release(&cv);
	return 0;
}

static void assert_row(int y, const char *expected)
{
	char text[256];

	assert_int_equal(pt_canvas_row_text(&cv, y, text, sizeof text), strlen(expected));
	assert_string_equal(text, expected);
}

static const struct pt_cell8 *cell(int x, int y)
{
	return &cv.cells[y * cv.w + x];
}

/* No head without a tail behind it, no tail without a head before it. */
static void assert_whole(void)
{
	for (int y = 0; y < cv.h; y++) {
		for (int x = 0; x < cv.w; x++) {
			if (cell(x, y)->bits & PT_CELL_WIDE)
				assert_true(x + 1 < cv.w && cell(x + 1, y)->bits & PT_CELL_TAIL);
			if (cell(x, y)->bits & PT_CELL_TAIL)
				assert_true(x > 0 && cell(x - 1, y)->bits & PT_CELL_WIDE);
		}
	}
}

static void test_text(void **state)
{
	(void)state;
	assert_int_equal(pt_canvas_text(&cv, 1, 0, "cpu 63.2 %", -1, PT_ROLE_VALUE), 10);
	assert_row(0, " cpu 63.2");
	assert_int_equal(cell(1, 0)->role, PT_ROLE_VALUE);
	assert_int_equal(cell(0, 0)->role, PT_ROLE_TEXT);
	assert_int_equal(pt_canvas_text(&cv, 0, 1, "memory", 3, PT_ROLE_TEXT), 3);
	assert_row(1, "mem");
	assert_int_equal(pt_canvas_right(&cv, 10, 2, "1.2 µs", PT_ROLE_TEXT), 6);
	assert_row(2, "    1.2 µs");
	assert_int_equal(pt_canvas_textf(&cv, 0, 1, PT_ROLE_TEXT, "%3d|%s", 42, "x"), 5);
	assert_row(1, " 42|x");
	assert_int_equal(pt_canvas_text(&cv, 5, -7, "away", -1, PT_ROLE_TEXT), 4);
	assert_int_equal(pt_canvas_text(&cv, -2, 2, "clipped", -1, PT_ROLE_TEXT), 7);
	assert_row(2, "ipped.2 µs");
}

static void test_hostile(void **state)
{
	(void)state;
	pt_canvas_safe(&cv, 0, 0, "a\033[2J\xFF", -1, PT_ROLE_TEXT, false);
	assert_row(0, "a^[[2J<FF>");
	pt_canvas_safe(&cv, 0, 1, "caf\xC3\xA9", -1, PT_ROLE_TEXT, true);
	assert_row(1, "caf?");
	/* A caller that forgot: still no control character in a cell. */
	pt_canvas_text(&cv, 0, 2, "x\033\b\xC2\x9B\xFF\x7F", -1, PT_ROLE_TEXT);
	pt_canvas_put(&cv, 8, 2, '\n', PT_ROLE_TEXT);
	pt_canvas_fill(&cv, (struct pt_rect){9, 2, 1, 1}, 0x1B, PT_ROLE_TEXT);
	assert_row(2, "x?????  ??");
}

static void test_wide(void **state)
{
	(void)state;
	assert_int_equal(pt_canvas_text(&cv, 0, 0, "中文 ok", -1, PT_ROLE_TEXT), 7);
	assert_row(0, "中文 ok");
	assert_int_equal(pt_canvas_text(&cv, 0, 1, "中文", 3, PT_ROLE_TEXT), 2);
	assert_row(1, "中");
	pt_canvas_put(&cv, 1, 0, 'x', PT_ROLE_TEXT); /* on a tail */
	assert_row(0, " x文 ok");
	pt_canvas_put(&cv, 2, 0, 'y', PT_ROLE_TEXT); /* on a head */
	assert_row(0, " xy  ok");
	pt_canvas_put(&cv, 9, 2, 0x4E2D, PT_ROLE_DIM); /* cut by the edge */
	assert_int_equal(cell(9, 2)->cp, ' ');
	pt_canvas_put(&cv, -1, 2, 0x4E2D, PT_ROLE_DIM);
	assert_int_equal(cell(0, 2)->cp, ' ');
	for (int x = -2; x < 11; x++) { /* every overlap */
		pt_canvas_put(&cv, x, 1, 0x4E2D, PT_ROLE_TEXT);
		assert_whole();
		pt_canvas_put(&cv, (x * 7) % 10, 1, 0x6587, PT_ROLE_TEXT);
		assert_whole();
	}
	pt_canvas_text(&cv, 0, 0, "中文中文中", -1, PT_ROLE_TEXT);
	pt_canvas_fill(&cv, (struct pt_rect){3, 0, 4, 1}, '.', PT_ROLE_TEXT);
	assert_row(0, "中 .... 中");
	assert_whole();
}

static void test_marks(void **state)
{
	(void)state;
	pt_canvas_text(&cv, 0, 0, "e\xCC\x81x", -1, PT_ROLE_TEXT);
	assert_row(0, "e\xCC\x81x");
	assert_int_equal(cell(0, 0)->mark, 0x301);
	pt_canvas_text(&cv, 0, 1,
		       "\xCC\x81"
		       "e\xCC\x81\xCC\x82",
		       -1, PT_ROLE_TEXT);
	assert_row(1, "e\xCC\x81"); /* one stays; one without a base has nowhere to go */
	pt_canvas_put(&cv, 0, 1, 'o', PT_ROLE_TEXT);
	assert_row(1, "o");
}

static void test_clip(void **state)
{
	struct pt_clip_save outer, inner;

	(void)state;
	outer = pt_canvas_push(&cv, (struct pt_rect){2, 1, 5, 5});
	pt_canvas_text(&cv, -1, 0, "abcdefghij", -1, PT_ROLE_TEXT);
	pt_canvas_put(&cv, 0, -1, '!', PT_ROLE_TEXT);
	inner = pt_canvas_push(&cv, (struct pt_rect){3, 1, 100, 100});
	pt_canvas_text(&cv, -2, 0, "123456", -1, PT_ROLE_TEXT);
	pt_canvas_pop(&cv, inner);
	pt_canvas_put(&cv, 0, 1, 'z', PT_ROLE_TEXT);
	pt_canvas_pop(&cv, outer);
	pt_canvas_put(&cv, 0, 0, 'o', PT_ROLE_TEXT);
	assert_row(0, "o");
	assert_row(1, "  bcdef");
	assert_row(2, "  z  34");
	outer = pt_canvas_push(&cv, (struct pt_rect){INT_MAX, INT_MIN, INT_MAX, INT_MAX});
	pt_canvas_fill(&cv, (struct pt_rect){0, 0, 1, 1}, '#', PT_ROLE_TEXT);
	pt_canvas_pop(&cv, outer);
	outer = pt_canvas_push(&cv, (struct pt_rect){0, 0, -3, -3});
	pt_canvas_fill(&cv, (struct pt_rect){0, 0, 9, 9}, '#', PT_ROLE_TEXT);
	pt_canvas_pop(&cv, outer);
	assert_row(0, "o");
}

static void test_mark_bits(void **state)
{
	(void)state;
	pt_canvas_text(&cv, 0, 0, "a中b", -1, PT_ROLE_TEXT);
	pt_canvas_mark(&cv, (struct pt_rect){2, 0, 1, 1}, PT_CELL_CROSS | PT_CELL_WIDE);
	assert_int_equal(cell(1, 0)->bits, PT_CELL_WIDE | PT_CELL_CROSS);
	assert_int_equal(cell(2, 0)->bits, PT_CELL_TAIL | PT_CELL_CROSS);
	pt_canvas_mark(&cv, (struct pt_rect){-5, 1, 50, 50}, PT_CELL_SELECTED);
	assert_int_equal(cell(9, 2)->bits, PT_CELL_SELECTED);
	assert_int_equal(cell(0, 0)->bits, 0);
	pt_canvas_put(&cv, 9, 2, 'x', PT_ROLE_TEXT); /* painting starts a cell afresh */
	assert_int_equal(cell(9, 2)->bits, 0);
}

static void test_scroll(void **state)
{
	struct pt_clip_save save;

	(void)state;
	pt_canvas_scroll_left(&cv, (struct pt_rect){-2, 1, 50, 1}, 2);
	assert_int_equal(cv.n_scrolls, 1);
	assert_memory_equal(&cv.scrolls[0].rect, (&(struct pt_rect){0, 1, 10, 1}),
			    sizeof(struct pt_rect));
	assert_int_equal(cv.scrolls[0].n, 2);
	save = pt_canvas_push(&cv, (struct pt_rect){8, 0, 2, 3});
	pt_canvas_scroll_left(&cv, (struct pt_rect){0, 0, 20, 1}, 1);
	assert_memory_equal(&cv.scrolls[1].rect, (&(struct pt_rect){8, 0, 2, 1}),
			    sizeof(struct pt_rect));
	pt_canvas_scroll_left(&cv, (struct pt_rect){0, 0, 20, 1}, 2); /* nothing of it remains */
	pt_canvas_scroll_left(&cv, (struct pt_rect){0, 0, 20, 1}, 0);
	pt_canvas_scroll_left(&cv, (struct pt_rect){0, 9, 20, 1}, 1);
	assert_int_equal(cv.n_scrolls, 2);
	pt_canvas_pop(&cv, save);
	for (int i = 0; i < 2 * PT_CANVAS_SCROLLS; i++)
		pt_canvas_scroll_left(&cv, (struct pt_rect){0, 0, 10, 1}, 1);
	assert_int_equal(cv.n_scrolls, PT_CANVAS_SCROLLS);
	pt_canvas_clear(&cv);
	assert_int_equal(cv.n_scrolls, 0);
}

static void test_resize(void **state)
{
	struct pt_cell8 *cells = cv.cells;

	(void)state;
	pt_canvas_put(&cv, 0, 0, 'x', PT_ROLE_TEXT);
	cv.cursor_x = 3;
	pt_canvas_resize(&cv, 4, 2);
	assert_ptr_equal(cv.cells, cells);
	assert_row(0, "");
	assert_int_equal(cv.cursor_x, -1);
	pt_canvas_resize(&cv, 0, -1);
	pt_canvas_fill(&cv, (struct pt_rect){0, 0, 9, 9}, '#', PT_ROLE_TEXT);
	assert_int_equal(cv.w * cv.h, 0);
	pt_canvas_resize(&cv, INT_MAX, 1);
	assert_int_equal(cv.w, 4096);
	pt_canvas_put(&cv, 4095, 0, 'x', PT_ROLE_TEXT);
	assert_int_equal(cell(4095, 0)->cp, 'x');
}

static void test_row_text(void **state)
{
	char text[5];

	(void)state;
	pt_canvas_text(&cv, 0, 0, "a中中", -1, PT_ROLE_TEXT);
	assert_int_equal(pt_canvas_row_text(&cv, 0, text, sizeof text), 4); /* never half of one */
	assert_string_equal(text, "a中");
	assert_int_equal(pt_canvas_row_text(&cv, 3, text, sizeof text), 0);
	assert_int_equal(pt_canvas_row_text(&cv, -1, text, sizeof text), 0);
	assert_int_equal(pt_canvas_row_text(&cv, 0, text, 0), 0);
	pt_canvas_text(&cv, 0, 1, "       中", -1, PT_ROLE_TEXT); /* ends in a tail */
	assert_row(1, "       中");
}

static void test_dump(void **state)
{
	struct pt_str out = PT_STR_INIT;

	(void)state;
	pt_canvas_text(&cv, 0, 0, "cpu", -1, PT_ROLE_TITLE);
	pt_canvas_mark(&cv, (struct pt_rect){1, 0, 1, 1}, PT_CELL_CROSS | PT_CELL_BOLD);
	pt_canvas_mark(&cv, (struct pt_rect){0, 2, 10, 1}, PT_CELL_SELECTED);
	pt_canvas_dump(&cv, &out, true);
	assert_string_equal(out.s, "cpu\n"
				   "  ~ title*1 title+bold+cross*1 title*1 text*7\n"
				   "\n"
				   "  ~\n"
				   "\n"
				   "  ~ text+selected*10\n");
	pt_str_clear(&out);
	pt_canvas_dump(&cv, &out, false);
	assert_string_equal(out.s, "cpu\n\n\n");
	pt_str_clear(&out);
	pt_canvas_print(&cv, &out, NULL, PT_COLORS_256);
	assert_string_equal(out.s, "cpu\n\n\n");
	pt_str_release(&out);
}

static void assert_print(const struct pt_theme *theme, int colors, const char *expected)
{
	struct pt_str out = PT_STR_INIT;

	pt_canvas_print(&cv, &out, theme, colors);
	assert_string_equal(out.s, expected);
	pt_str_release(&out);
}

static void test_print(void **state)
{
	struct pt_theme theme;

	(void)state;
	memset(&theme, 0, sizeof theme);
	theme.looks[PT_ROLE_WARN].fg = (struct pt_color){true, 0xFF, 0xD7, 0x5F, 11};
	theme.looks[PT_ROLE_WARN].attrs = PT_ATTR_BOLD | PT_ATTR_DIM;
	theme.looks[PT_ROLE_SELECTED].bg = (struct pt_color){true, 0, 0, 0x5F, 4};
	pt_canvas_resize(&cv, 6, 2);
	pt_canvas_text(&cv, 1, 0, "! x", -1, PT_ROLE_WARN);
	pt_canvas_put(&cv, 5, 0, 'y', PT_ROLE_TEXT);
	pt_canvas_mark(&cv, (struct pt_rect){4, 1, 2, 1}, PT_CELL_SELECTED);
	/* Blanks without a background cost nothing, and only those are left out at the end. */
	assert_print(&theme, PT_COLORS_256,
		     " \033[0;1;2;38;5;221m! x \033[0my\n    \033[0;48;5;17m  \033[0m\n");
	assert_print(&theme, PT_COLORS_DIRECT,
		     " \033[0;1;2;38;2;255;215;95m! x \033[0my\n"
		     "    \033[0;48;2;0;0;95m  \033[0m\n");
	assert_print(&theme, PT_COLORS_16,
		     " \033[0;1;2;93m! x \033[0my\n    \033[0;44m  \033[0m\n");
	assert_print(&theme, PT_COLORS_NONE, " \033[0;1m! x \033[0my\n    \033[0;7m  \033[0m\n");
}

static void test_roles(void **state)
{
	(void)state;
	for (int i = 0; i < PT_ROLE_N; i++)
		assert_int_equal(pt_role_find(pt_role_name((enum pt_role)i)), i);
	assert_true(pt_role_find("frame.") < 0);
	assert_true(pt_role_find("") < 0);
	assert_string_equal(pt_role_name(PT_ROLE_N), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_text, begin, end),
		cmocka_unit_test_setup_teardown(test_hostile, begin, end),
		cmocka_unit_test_setup_teardown(test_wide, begin, end),
		cmocka_unit_test_setup_teardown(test_marks, begin, end),
		cmocka_unit_test_setup_teardown(test_clip, begin, end),
		cmocka_unit_test_setup_teardown(test_mark_bits, begin, end),
		cmocka_unit_test_setup_teardown(test_scroll, begin, end),
		cmocka_unit_test_setup_teardown(test_resize, begin, end),
		cmocka_unit_test_setup_teardown(test_row_text, begin, end),
		cmocka_unit_test_setup_teardown(test_dump, begin, end),
		cmocka_unit_test_setup_teardown(test_print, begin, end),
		cmocka_unit_test(test_roles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
