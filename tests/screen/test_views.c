/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every view and dialog to the cell, on a machine that is always the same: in ASCII without colour at
 * 80x24, in UTF-8 with 256 colours at 160x50, and at 300x80. One console each walks through them all.
 */
#include "console.h"

#include "perftop/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ESC CONSOLE_ESC

/* Keys typed one after the other, and the golden that the screen must be then; NULL: only on the
 * way to the next. */
static const struct {
	const char *keys, *golden;
} walk[] = {
	{"", "overview"},
	{":layout system<Enter>", "system"},
	{":layout overview<Enter>", NULL},
	{"<Enter>", "zoom-cpu"},
	{ESC, NULL},
	{"j", NULL},
	{"<Enter>", "zoom-cores"},
	{ESC, NULL},
	{"/disks", "filter-panes"},
	{"<Enter><Enter>" ESC, "zoom-disks"},
	{ESC ":layout system<Enter>", NULL},
	{"<Tab><Enter>", "zoom-memory"},
	{ESC "<Tab><Tab><Enter>", "zoom-pressure"},
	{ESC "<Tab><Tab><Enter>", "zoom-network"},
	{ESC ":layout overview<Enter>", NULL},
	{"c", NULL},
	{"hhmh", "crosshair"},
	{ESC "m", NULL},
	{"Y", "scale"},
	{"YY ", "frozen"},
	{" ", NULL},
	{"2", "processes"},
	{"t", "processes-tree"},
	{"t/post<Enter>", "processes-filter"},
	{"/(", "filter-error"},
	{ESC, NULL},
	{ESC "jjx", "processes-tagged"},
	{"o", "processes-io"},
	{"ooo", NULL},
	{"K", "signals"},
	{"<Enter>", "confirm"},
	{"n", NULL},
	{"P99<Enter>", "priority-error"},
	{ESC "g<Enter>", "details-environment"},
	{"<Tab>", "details-limits"},
	{"<Tab>", "details-files"},
	{"<Tab>", "details-cgroup"},
	{"<Tab>", "details-memory"},
	{ESC "?", "help"},
	{ESC ":the", "palette"},
	{ESC "1:glyphs<Enter>", "glyphs"},
};

static void walk_all(const char *name, const struct console_options *options)
{
	struct vts *s = console_start(options);
	bool same = true;

	assert_true(console_wait_end(s, "12:00:05"));
	for (size_t i = 0; i < PT_LEN(walk); i++) {
		char golden[96];
		if (walk[i].keys[0])
			assert_true(console_changes(s, walk[i].keys));
		if (!walk[i].golden)
			continue;
		snprintf(golden, sizeof golden, "%s-%s", walk[i].golden, name);
		same &= vts_golden(s, golden);
	}
	console_quit(s);
	assert_true(same);
}

static void test_ascii_mono(void **state)
{
	static const char *const env[] = {"LC_ALL=C", "NO_COLOR=1", NULL};

	(void)state;
	walk_all("80x24-ascii",
		 &(struct console_options){
			 .root = "busy", .frames = 6, .cols = 80, .rows = 24, .env = env});
}

static void test_colour(void **state)
{
	(void)state;
	walk_all("160x50",
		 &(struct console_options){.root = "busy", .frames = 6, .cols = 160, .rows = 50});
}

static void test_wide(void **state)
{
	(void)state;
	walk_all("300x80",
		 &(struct console_options){.root = "busy", .frames = 6, .cols = 300, .rows = 80});
}

/* Windows that others find too small. They are made so at the end, as there is no clock to wait for. */
static void test_small(void **state)
{
	static const struct {
		int cols, rows;
		const char *keys, *golden;
	} steps[] = {
		{40, 12, "", "overview"},
		{40, 12, "<Tab>", "overview-next"},
		{40, 12, "c", "crosshair"},
		{40, 12, ESC ":", "palette"},
		{40, 12, ESC "2", "processes"},
		{40, 12, "K<Enter>", "confirm"},
		{40, 12, ESC "<Enter>", "details"},
		{30, 8, ESC, "processes"},
		{30, 8, "1", "overview"},
		{30, 8, "?", "help"},
		{20, 3, "", "help"},
		{20, 3, ESC, "overview"},
		{20, 3, "2", "processes"},
		{20, 3, "<Enter>", "details"},
		{15, 2, ESC, "processes"},
		{15, 2, "1", "overview"},
		{15, 2, ":", "palette"},
		{1, 1, ESC, "overview"},
		{80, 5, "", "overview"},
		{10, 60, "", "overview"},
	};
	struct vts *s = console_start(&(struct console_options){.root = "busy", .frames = 6});
	bool same = true;

	(void)state;
	assert_true(console_wait_end(s, "12:00:05"));
	for (size_t i = 0; i < PT_LEN(steps); i++) {
		char golden[96];

		if (steps[i].cols != s->cols || steps[i].rows != s->rows)
			vts_resize(s, steps[i].cols, steps[i].rows);
		vts_keys(s, steps[i].keys);
		snprintf(golden, sizeof golden, "%s-%dx%d", steps[i].golden, steps[i].cols,
			 steps[i].rows);
		same &= vts_golden(s, golden);
	}
	console_quit(s);
	assert_true(same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ascii_mono),
		cmocka_unit_test(test_colour),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
