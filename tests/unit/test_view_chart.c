/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Charts, each as a golden picture in the three sets of glyphs, and what must hold of every one:
 * spikes stay, gaps are empty, zero is no gap, and what is complete looks the same wherever it has
 * scrolled to.
 */
#include "perftop/view/chart.h"

#include "../golden.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { W = 36, N = 2 * W };

static struct pt_canvas cv;
static const struct pt_range ratio = {PT_SCALE_ZERO, 0, 1};

static int begin(void **state)
{
	(void)state;
	pt_canvas_init(&cv);
	pt_canvas_resize(&cv, W, 8);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pt_canvas_release(&cv);
	return 0;
}

static struct pt_bin bin(double min, double mean, double max)
{
	return (struct pt_bin){(float)min, (float)max, (float)mean, (float)mean, 1};
}

static const struct pt_bin gap = {NAN, NAN, NAN, NAN, 0};

/* A hill, a gap, zeroes with a spike among them, a slope, the top. i is a bin of n. */
static struct pt_bin scene(int i, int n)
{
	double at = (double)i / n;

	if (at < 0.35)
		return bin(0.1, 0.1 + 0.6 * sin(at / 0.35 * 3.14159), 0.15 + 0.6 * sin(at * 9));
	if (at < 0.45)
		return gap;
	if (at < 0.65)
		return i == n * 11 / 20 ? bin(0, 0.1, 0.9) : bin(0, 0, 0);
	if (at < 0.95)
		return bin(0, (at - 0.65) / 0.3, (at - 0.65) / 0.3);
	return bin(1, 1, 1.5);
}

static void fill_scene(struct pt_bin *bins, int n, double factor)
{
	for (int i = 0; i < n; i++) {
		struct pt_bin b = scene(i, n);

		bins[i] = b.n ? bin((double)b.min * factor, (double)b.mean * factor,
				    (double)b.max * factor)
			      : gap;
	}
}

static void check(const char *chart, enum pt_glyphs glyphs)
{
	struct pt_str out = PT_STR_INIT;
	char name[64];
	bool same;

	pt_snprintf(name, sizeof name, "view/%s-%s.txt", chart, pt_glyphs_name(glyphs));
	pt_canvas_dump(&cv, &out, true);
	same = golden_check(name, out.s);
	pt_str_release(&out);
	assert_true(same);
	if (glyphs != PT_GLYPHS_ASCII)
		return;
	for (int i = 0; i < cv.w * cv.h; i++)
		assert_in_range(cv.cells[i].cp, 0x20, 0x7E);
}

#define EACH_GLYPHS(g) for (enum pt_glyphs g = PT_GLYPHS_ASCII; g <= PT_GLYPHS_BRAILLE; g++)

static void test_area(void **state)
{
	struct pt_bin bins[N];

	(void)state;
	EACH_GLYPHS(g)
	{
		pt_canvas_clear(&cv);
		fill_scene(bins, W * pt_chart_bins_per_cell(g), 1);
		pt_chart_area(&cv, (struct pt_rect){0, 0, W, 8}, bins, &ratio, g, PT_ROLE_GRAPH_1);
		check("area", g);
	}
}

static void test_area_log(void **state)
{
	const struct pt_range range = {PT_SCALE_LOG, 0, 1e6};
	struct pt_bin bins[N];

	(void)state;
	EACH_GLYPHS(g)
	{
		int n = W * pt_chart_bins_per_cell(g);

		pt_canvas_clear(&cv);
		for (int i = 0; i < n; i++)
			bins[i] = bin(0, pow(10, 7.0 * i / n), pow(10, 7.0 * i / n));
		bins[0] = bin(0, 0, 0);
		pt_chart_area(&cv, (struct pt_rect){0, 0, W, 8}, bins, &range, g, PT_ROLE_GRAPH_1);
		check("log", g);
	}
}

static void test_stack(void **state)
{
	struct pt_bin user[N], system[N], wait[N];
	const struct pt_layer layers[] = {{user, PT_ROLE_GRAPH_1, 'u'},
					  {system, PT_ROLE_GRAPH_2, 's'},
					  {wait, PT_ROLE_GRAPH_3, 'w'}};

	(void)state;
	EACH_GLYPHS(g)
	{
		int n = W * pt_chart_bins_per_cell(g);

		pt_canvas_clear(&cv);
		fill_scene(user, n, 0.5);
		fill_scene(system, n, 0.3);
		for (int i = 0; i < n; i++) /* a layer of its own ups and downs, and gaps */
			wait[i] = i % 9 < 5 && user[i].n ? bin(0, 0.15, 0.15) : gap;
		pt_chart_stack(&cv, (struct pt_rect){0, 0, W, 8}, layers, 3, &ratio, g);
		check("stack", g);
	}
}

static void test_updown(void **state)
{
	struct pt_bin up[N], down[N];

	(void)state;
	EACH_GLYPHS(g)
	{
		int n = W * pt_chart_bins_per_cell(g);

		pt_canvas_clear(&cv);
		fill_scene(up, n, 1);
		fill_scene(down, n, 0.5);
		for (int i = 0; i < n / 8; i++)
			down[i] = gap;
		pt_chart_updown(&cv, (struct pt_rect){0, 0, W, 8}, up, down, &ratio, g,
				PT_ROLE_GRAPH_1, PT_ROLE_GRAPH_2);
		check("updown", g);
		pt_canvas_clear(&cv);
		pt_chart_updown(&cv, (struct pt_rect){0, 0, W, 7}, up, down, &ratio, g,
				PT_ROLE_GRAPH_1, PT_ROLE_GRAPH_2);
		check("updown-odd", g);
	}
}

static void test_rows(void **state)
{
	struct pt_bin bins[N];

	(void)state;
	fill_scene(bins, W, 1);
	EACH_GLYPHS(g)
	{
		pt_canvas_clear(&cv);
		pt_chart_spark(&cv, 0, 0, W, bins, &ratio, g, PT_ROLE_GRAPH_1);
		for (int i = 0; i < 5; i++)
			pt_chart_bar(&cv, 0, 1 + i, 10, i * 0.253, g, PT_ROLE_GRAPH_2);
		pt_chart_bar(&cv, 12, 1, 10, -1, g, PT_ROLE_GRAPH_2);
		pt_chart_bar(&cv, 12, 2, 10, 2, g, PT_ROLE_GRAPH_2);
		pt_chart_bar(&cv, 12, 3, 10, NAN, g, PT_ROLE_GRAPH_2);
		pt_chart_bar(&cv, 12, 4, 10, 0.999, g, PT_ROLE_GRAPH_2);
		pt_chart_bar(&cv, 12, 5, -3, 1, g, PT_ROLE_GRAPH_2);
		for (int i = 0; i < PT_SIGN_N; i++)
			pt_canvas_put(&cv, i, 7, pt_sign((enum pt_sign)i, g), PT_ROLE_NOTE);
		check("rows", g);
	}
}

static void test_frames(void **state)
{
	(void)state;
	EACH_GLYPHS(g)
	{
		pt_canvas_clear(&cv);
		pt_chart_frame(&cv, (struct pt_rect){0, 0, 24, 3}, "cpu", "63.2 %", g, false);
		pt_chart_frame(&cv, (struct pt_rect){24, 0, 12, 3}, "memory", "11.2 GiB", g, true);
		pt_chart_frame(&cv, (struct pt_rect){0, 3, 17, 2}, "pressure", "12.4 %", g, true);
		pt_chart_frame(&cv, (struct pt_rect){17, 3, 9, 2}, "network", NULL, g, false);
		pt_chart_frame(&cv, (struct pt_rect){26, 3, 10, 2}, NULL, "9 %", g, false);
		pt_chart_frame(&cv, (struct pt_rect){0, 5, 10, 1}, "disks", "", g, false);
		for (int i = 0; i < 7; i++)
			pt_chart_frame(&cv, (struct pt_rect){11 + i * (i + 1) / 2, 5, i, 3}, "io",
				       NULL, g, i % 2);
		check("frames", g);
	}
}

/* -- what holds of every picture ------------------------------------------------------------------ */

static const struct pt_cell8 *cell(int x, int y)
{
	return &cv.cells[y * cv.w + x];
}

static bool column_is_blank(int x)
{
	for (int y = 0; y < cv.h; y++)
		if (cell(x, y)->cp != ' ')
			return false;
	return true;
}

/* Rows of a column that something is drawn in. */
static int column_height(int x)
{
	int n = 0;

	for (int y = 0; y < cv.h; y++)
		n += cell(x, y)->cp != ' ';
	return n;
}

static void test_spikes(void **state)
{
	struct pt_bin bins[N];

	(void)state;
	EACH_GLYPHS(g)
	{
		int per = pt_chart_bins_per_cell(g);

		for (int i = 0; i < N; i++)
			bins[i] = bin(0.1, 0.1, 0.1);
		bins[10 * per] = bin(0.1, 0.101, 1); /* one point of very many */
		pt_canvas_clear(&cv);
		pt_chart_area(&cv, (struct pt_rect){0, 0, W, 8}, bins, &ratio, g, PT_ROLE_GRAPH_1);
		assert_int_equal(column_height(9), 1);
		assert_int_equal(column_height(10), 8);
		pt_canvas_clear(&cv);
		pt_chart_updown(&cv, (struct pt_rect){0, 0, W, 8}, bins, bins, &ratio, g,
				PT_ROLE_GRAPH_1, PT_ROLE_GRAPH_2);
		assert_int_equal(column_height(9), 2);
		assert_int_equal(column_height(10), 8);
		pt_canvas_clear(&cv); /* no room for a tip: the row itself is at the maximum */
		pt_chart_area(&cv, (struct pt_rect){0, 0, W, 1}, bins, &ratio, g, PT_ROLE_GRAPH_1);
		assert_int_not_equal(cell(9, 0)->cp, cell(10, 0)->cp);
		pt_canvas_clear(&cv);
		pt_chart_spark(&cv, 0, 0, W, bins, &ratio, g, PT_ROLE_GRAPH_1);
		assert_int_equal(cell(10 * per, 0)->cp, g == PT_GLYPHS_ASCII ? '@' : 0x2588);
	}
}

/* Two layers whose maxima may not have met do not show a sum that may never have been. */
static void test_stack_peak(void **state)
{
	struct pt_bin a[W], b[W];
	const struct pt_layer layers[] = {{a, PT_ROLE_GRAPH_1, 'a'}, {b, PT_ROLE_GRAPH_2, 'b'}};

	(void)state;
	for (int i = 0; i < W; i++) {
		a[i] = bin(0, 0.1, 0.5);
		b[i] = bin(0, 0.1, 0.5);
	}
	pt_chart_stack(&cv, (struct pt_rect){0, 0, W, 8}, layers, 2, &ratio, PT_GLYPHS_BLOCK);
	assert_int_equal(column_height(5), 4);
}

static void test_zero_and_gap(void **state)
{
	struct pt_bin bins[N];

	(void)state;
	EACH_GLYPHS(g)
	{
		for (int i = 0; i < N; i++)
			bins[i] = i < 2 * 8 ? bin(0, 0, 0) : gap;
		for (int chart = 0; chart < 4; chart++) {
			int w = chart == 3 ? 2 * 8 : 8 * 2 / pt_chart_bins_per_cell(g);
			const struct pt_layer layer = {bins, PT_ROLE_GRAPH_1, 'u'};
			struct pt_rect rect = {0, 0, W, 7 + chart % 2};

			pt_canvas_clear(&cv);
			if (chart < 2)
				pt_chart_updown(&cv, rect, bins, bins, &ratio, g, PT_ROLE_GRAPH_1,
						PT_ROLE_GRAPH_2);
			else if (chart == 2)
				pt_chart_stack(&cv, rect, &layer, 1, &ratio, g);
			else
				pt_chart_spark(&cv, 0, 0, W, bins, &ratio, g, PT_ROLE_GRAPH_1);
			for (int x = 0; x < W; x++)
				assert_int_equal(column_is_blank(x), x >= w);
		}
	}
}

/* The same bins one cell further to the left: the same cells one to the left, nothing else. */
static void test_no_shimmer(void **state)
{
	static struct pt_bin bins[N + 2];
	struct pt_cell8 before[W * 8];

	(void)state;
	fill_scene(bins, N + 2, 1);
	EACH_GLYPHS(g)
	{
		for (int chart = 0; chart < 2; chart++) {
			for (int shift = 0; shift < 2; shift++) {
				const struct pt_bin *from =
					bins + shift * pt_chart_bins_per_cell(g);
				const struct pt_layer layers[] = {{from, PT_ROLE_GRAPH_1, 'a'},
								  {from, PT_ROLE_GRAPH_2, 'b'}};
				struct pt_rect rect = {0, 0, W, 8};

				memcpy(before, cv.cells, sizeof before);
				pt_canvas_clear(&cv);
				if (chart)
					pt_chart_stack(&cv, rect, layers, 2, &ratio, g);
				else
					pt_chart_updown(&cv, rect, from, from, &ratio, g,
							PT_ROLE_GRAPH_1, PT_ROLE_GRAPH_2);
			}
			for (int y = 0; y < 8; y++)
				assert_memory_equal(&cv.cells[y * W], &before[y * W + 1],
						    (W - 1) * sizeof *before);
		}
	}
}

/* Nothing outside of the rectangle, whatever it is; small ones are a matter of course. */
static void test_any_size(void **state)
{
	static struct pt_bin bins[N];
	const struct pt_layer layer = {bins, PT_ROLE_GRAPH_1, 'u'};

	(void)state;
	fill_scene(bins, N, 1);
	EACH_GLYPHS(g)
	{
		for (int w = -1; w < 6; w++) {
			for (int h = -1; h < 6; h++) {
				struct pt_rect rect = {3, 2, w, h};

				pt_canvas_clear(&cv);
				pt_chart_area(&cv, rect, bins, &ratio, g, PT_ROLE_GRAPH_1);
				pt_chart_stack(&cv, rect, &layer, 0, &ratio, g);
				pt_chart_updown(&cv, rect, bins, bins, &ratio, g, PT_ROLE_GRAPH_1,
						PT_ROLE_GRAPH_2);
				pt_chart_frame(&cv, rect, "title", "right", g, true);
				for (int y = 0; y < cv.h; y++)
					for (int x = 0; x < cv.w; x++)
						if (x < 3 || y < 2 || x >= 3 + w || y >= 2 + h)
							assert_int_equal(cell(x, y)->cp, ' ');
			}
		}
	}
}

static double at(enum pt_scale scale, double lo, double hi, double v)
{
	return pt_range_at(&(struct pt_range){scale, lo, hi}, v);
}

static void assert_near(double a, double b)
{
	assert_true(fabs(a - b) < 1e-9);
}

static void test_ranges(void **state)
{
	(void)state;
	assert_near(at(PT_SCALE_ZERO, 0, 50, 25), 0.5);
	assert_near(at(PT_SCALE_ZERO, 0, 50, 51), 1);
	assert_near(at(PT_SCALE_ZERO, 0, 50, -1), 0);
	assert_near(at(PT_SCALE_ZERO, 0, 50, INFINITY), 1);
	assert_near(at(PT_SCALE_ZERO, 0, 50, NAN), 0);
	assert_near(at(PT_SCALE_LINEAR, 100, 200, 125), 0.25);
	assert_near(at(PT_SCALE_LINEAR, -10, 10, 0), 0.5);
	assert_near(at(PT_SCALE_LOG, 1, 1000, 10), 1 / 3.0);
	assert_near(at(PT_SCALE_LOG, 1, 1000, 1000), 1);
	assert_near(at(PT_SCALE_LOG, 0, 1e4, 1), 0);
	assert_near(at(PT_SCALE_LOG, 0, 1e4, 100), 0.5);
	assert_near(at(PT_SCALE_LOG, 0, 1e4, 0), 0);
	assert_near(at(PT_SCALE_LINEAR, 5, 5, 5), 0); /* no range at all divides nothing by zero */
	assert_near(at(PT_SCALE_LINEAR, 5, 5, 6), 1);
}

static void test_glyphs(void **state)
{
	(void)state;
	assert_int_equal(pt_glyphs_auto("xterm-256color", true), PT_GLYPHS_BRAILLE);
	assert_int_equal(pt_glyphs_auto("xterm-256color", false), PT_GLYPHS_ASCII);
	assert_int_equal(pt_glyphs_auto("linux", true), PT_GLYPHS_ASCII);
	assert_int_equal(pt_glyphs_auto("vt220", true), PT_GLYPHS_ASCII);
	assert_int_equal(pt_glyphs_auto("dumb", true), PT_GLYPHS_ASCII);
	assert_int_equal(pt_glyphs_auto("", true), PT_GLYPHS_ASCII);
	assert_int_equal(pt_glyphs_auto(NULL, true), PT_GLYPHS_ASCII);
	for (int i = PT_GLYPHS_ASCII; i <= PT_GLYPHS_AUTO; i++)
		assert_int_equal(pt_glyphs_find(pt_glyphs_name((enum pt_glyphs)i)), i);
	assert_true(pt_glyphs_find("sextants") < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_area, begin, end),
		cmocka_unit_test_setup_teardown(test_area_log, begin, end),
		cmocka_unit_test_setup_teardown(test_stack, begin, end),
		cmocka_unit_test_setup_teardown(test_updown, begin, end),
		cmocka_unit_test_setup_teardown(test_rows, begin, end),
		cmocka_unit_test_setup_teardown(test_frames, begin, end),
		cmocka_unit_test_setup_teardown(test_spikes, begin, end),
		cmocka_unit_test_setup_teardown(test_stack_peak, begin, end),
		cmocka_unit_test_setup_teardown(test_zero_and_gap, begin, end),
		cmocka_unit_test_setup_teardown(test_no_shimmer, begin, end),
		cmocka_unit_test_setup_teardown(test_any_size, begin, end),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_glyphs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
