/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A card of all charts, to be looked at:
 *
 *	chartcard [GLYPHS [THEME [COLORS [WIDTH HEIGHT]]]]      colors: none 8 16 256 direct
 *	chartcard bench                                         what a screen of charts costs
 */
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/store/store.h"
#include "perftop/view/chart.h"
#include "perftop/view/theme.h"
#include "perftop/view/timeview.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_BINS = 640 };

struct series {
	struct pt_bin bins[MAX_BINS];
};

static struct series user, system_, wait_, received, sent, idle;

/* Noise that is the same everywhere: the classic 32-bit linear congruential one. */
static double noise(unsigned *state)
{
	*state = *state * 1664525u + 1013904223u;
	return (double)(*state >> 8) / (1 << 24);
}

static struct pt_bin bin(double min, double mean, double max)
{
	return (struct pt_bin){(float)min, (float)max, (float)mean, (float)mean, 1};
}

static void make_series(void)
{
	unsigned state = 7;

	for (int i = 0; i < MAX_BINS; i++) {
		double t = i / 14.0;
		double u = 0.30 + 0.22 * sin(t * 0.7) + 0.10 * sin(t * 2.3) + 0.06 * noise(&state);
		double s = 0.10 + 0.05 * sin(t * 1.1 + 1) + 0.04 * noise(&state);
		double w = noise(&state) > 0.93 ? 0.20 * noise(&state) : 0.01;
		double d = pow(10, 3 + 3 * noise(&state) * fabs(sin(t * 0.35)));

		u = u < 0.02 ? 0.02 : u;
		user.bins[i] = bin(u * 0.8, u, i % 47 == 31 ? 0.95 : u);
		system_.bins[i] = bin(s, s, s);
		wait_.bins[i] = bin(w, w, w);
		received.bins[i] = bin(0, d, d * 1.3);
		sent.bins[i] = bin(0, d / 3, i % 61 == 40 ? 9e5 : d / 3);
		idle.bins[i] = bin(0, 0, i % 29 == 11 ? 0.4 : 0);
		if (i % 90 >= 60 && i % 90 < 66)
			user.bins[i].n = system_.bins[i].n = wait_.bins[i].n = received.bins[i].n =
				sent.bins[i].n = 0;
	}
}

static struct pt_rect inside(struct pt_rect r)
{
	return (struct pt_rect){r.x + 1, r.y + 1, r.w - 2, r.h - 2};
}

static void paint_cpu(struct pt_canvas *cv, struct pt_rect r, enum pt_glyphs g)
{
	const struct pt_range range = {PT_SCALE_ZERO, 0, 1};
	const struct pt_layer layers[] = {
		{user.bins, PT_ROLE_GRAPH_1, 'u'},
		{system_.bins, PT_ROLE_GRAPH_2, 's'},
		{wait_.bins, PT_ROLE_GRAPH_3, 'w'},
	};
	struct pt_rect in = inside(r);

	pt_chart_frame(cv, r, "cpu, stacked", "63.2 %", g, true);
	pt_chart_stack(cv, (struct pt_rect){in.x, in.y, in.w, in.h - 1}, layers, 3, &range, g);
	pt_canvas_text(cv, in.x, in.y + in.h - 1, "user 51.0", -1, PT_ROLE_GRAPH_1);
	pt_canvas_text(cv, in.x + 11, in.y + in.h - 1, "system 9.8", -1, PT_ROLE_GRAPH_2);
	pt_canvas_text(cv, in.x + 23, in.y + in.h - 1, "iowait 1.1", -1, PT_ROLE_GRAPH_3);
}

static void paint_area(struct pt_canvas *cv, struct pt_rect r, enum pt_glyphs g, const char *title,
		       const struct series *s, struct pt_range range, enum pt_role role)
{
	struct pt_rect in = inside(r);

	pt_chart_frame(cv, r, title, range.scale == PT_SCALE_LOG ? "log" : "82.1 %", g, false);
	pt_chart_area(cv, in, s->bins, &range, g, role);
	pt_canvas_mark(cv, (struct pt_rect){in.x + in.w * 2 / 3, in.y, 1, in.h}, PT_CELL_CROSS);
}

static void paint_net(struct pt_canvas *cv, struct pt_rect r, enum pt_glyphs g)
{
	const struct pt_range range = {PT_SCALE_ZERO, 0, 1e6};

	pt_chart_frame(cv, r, "network, up and down", "842 kB/s", g, false);
	pt_chart_updown(cv, inside(r), received.bins, sent.bins, &range, g, PT_ROLE_GRAPH_3,
			PT_ROLE_GRAPH_5);
}

static void paint_rows(struct pt_canvas *cv, struct pt_rect r, enum pt_glyphs g)
{
	const struct pt_range ratio = {PT_SCALE_ZERO, 0, 1}, log_ = {PT_SCALE_LOG, 1e3, 1e6};
	struct pt_rect in = inside(r);
	int w = in.w - 30;

	pt_chart_frame(cv, r, "rows", NULL, g, false);
	for (int i = 0; i < in.h && w > 0; i++) {
		int y = in.y + i;

		pt_canvas_textf(cv, in.x + 1, y, PT_ROLE_DIM, "%2d", i);
		pt_chart_spark(cv, in.x + 4, y, w,
			       i % 3 == 2 ? received.bins + i * 9
			       : i % 3	  ? idle.bins + i
					  : user.bins + i * 20,
			       i % 3 == 2 ? &log_ : &ratio, g,
			       (enum pt_role)(PT_ROLE_GRAPH_1 + i % 8));
		pt_canvas_textf(cv, in.x + 5 + w, y, PT_ROLE_VALUE, "%5.1f", 100.0 - i * 12.3);
		pt_canvas_text(cv, in.x + 11 + w, y, "%", -1, PT_ROLE_UNIT);
		pt_chart_bar(cv, in.x + 13 + w, y, 16, 1.0 - i * 0.123, g, PT_ROLE_GRAPH_1);
		if (i == 1)
			pt_canvas_mark(cv, (struct pt_rect){in.x, y, in.w, 1}, PT_CELL_SELECTED);
	}
}

static void paint_roles(struct pt_canvas *cv, int y, enum pt_glyphs g)
{
	int x = 1;

	for (int i = 0; i < PT_SIGN_N; i++, x += 2)
		pt_canvas_put(cv, x, y, pt_sign((enum pt_sign)i, g), PT_ROLE_NOTE);
	x += 2;
	for (int i = 0; i < PT_ROLE_GRAPH_1; i++) {
		const char *name = pt_role_name((enum pt_role)i);

		if (x + (int)strlen(name) >= cv->w) {
			x = 1;
			if (++y >= cv->h)
				return;
		}
		x += pt_canvas_text(cv, x, y, name, -1, (enum pt_role)i) + 2;
	}
}

/* Three minutes around a clock that was set forward, looked at through a crosshair. */
static struct pt_store *make_store(void)
{
	const int64_t real = INT64_C(1795437067) * PT_S;
	struct pt_store *store = pt_store_new(NULL);

	for (int64_t s = 1; s <= 180; s++) {
		pt_store_begin(store, s * PT_S, real + (s + (s > 150 ? 3600 : 0)) * PT_S);
		pt_store_end(store);
	}
	return store;
}

static void paint_axis(struct pt_canvas *cv, const struct pt_store *store, enum pt_glyphs g)
{
	struct pt_timeview tv;

	pt_timeview_init(&tv, PT_S);
	pt_timeview_update(&tv, pt_store_first(store), pt_store_last(store));
	tv.crosshair = tv.marked = true;
	tv.cross_ns = 120 * PT_S;
	tv.mark_ns = 100 * PT_S;
	pt_axis_paint(cv, 0, cv->h - 1, cv->w, &tv, store, g);
}

static void paint_card(struct pt_canvas *cv, const struct pt_store *store, enum pt_glyphs g)
{
	int h = (cv->h - 4) / 3, w = cv->w / 2, rest = cv->w - w, low = cv->h - 4 - 2 * h;

	paint_cpu(cv, (struct pt_rect){0, 0, w, h}, g);
	paint_area(cv, (struct pt_rect){w, 0, rest, h}, g, "user", &user,
		   (struct pt_range){PT_SCALE_ZERO, 0, 1}, PT_ROLE_GRAPH_1);
	paint_net(cv, (struct pt_rect){0, h, w, h}, g);
	paint_area(cv, (struct pt_rect){w, h, rest, h}, g, "bytes in", &received,
		   (struct pt_range){PT_SCALE_LOG, 1e3, 2e6}, PT_ROLE_GRAPH_6);
	paint_rows(cv, (struct pt_rect){0, 2 * h, w, low}, g);
	paint_area(cv, (struct pt_rect){w, 2 * h, rest, low}, g, "idle, but for spikes", &idle,
		   (struct pt_range){PT_SCALE_ZERO, 0, 0.5}, PT_ROLE_GRAPH_4);
	paint_roles(cv, cv->h - 4, g);
	paint_axis(cv, store, g);
}

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void bench(struct pt_canvas *cv, const struct pt_store *store)
{
	for (int g = PT_GLYPHS_ASCII; g <= PT_GLYPHS_BRAILLE; g++) {
		double best = 1e9;

		for (int round = 0; round < 50; round++) {
			double start = cpu_us();

			for (int i = 0; i < 20; i++) {
				pt_canvas_clear(cv);
				paint_card(cv, store, (enum pt_glyphs)g);
			}
			best = fmin(best, (cpu_us() - start) / 20);
		}
		printf("%-8s %dx%d %6.1f us a frame\n", pt_glyphs_name((enum pt_glyphs)g), cv->w,
		       cv->h, best);
	}
}

int main(int argc, char **argv)
{
	static const char *const depths[] = {"none", "8", "16", "256", "direct"};
	const char *depth = argc > 3 ? argv[3] : "256";
	struct pt_store *store = make_store();
	struct pt_canvas cv;
	struct pt_theme theme;
	struct pt_str out = PT_STR_INIT;
	struct pt_err err;
	char text[600];
	int colors = PT_COLORS_256;
	int glyphs = pt_glyphs_find(argc > 1 ? argv[1] : "braille");

	pt_canvas_init(&cv);
	pt_canvas_resize(&cv, argc > 4 ? atoi(argv[4]) : 160, argc > 5 ? atoi(argv[5]) : 50);
	make_series();
	if (argc > 1 && !strcmp(argv[1], "bench")) {
		bench(&cv, store);
		pt_store_free(store);
		pt_canvas_release(&cv);
		return 0;
	}
	for (int i = 0; i < (int)PT_LEN(depths); i++)
		if (!strcmp(depths[i], depth))
			colors = i;
	if (glyphs < 0 || pt_theme_load(argc > 2 ? argv[2] : "dark", ".", &theme, &err)) {
		fprintf(stderr, "chartcard: %s\n",
			glyphs < 0 ? "glyphs: ascii, block or braille"
				   : pt_err_text(&err, text, sizeof text));
		return 2;
	}
	paint_card(&cv, store, (enum pt_glyphs)glyphs);
	pt_canvas_print(&cv, &out, &theme, colors);
	fwrite(out.s, 1, out.len - 1, stdout); /* without the last line end: it would scroll */
	fflush(stdout);
	pt_str_release(&out);
	pt_canvas_release(&cv);
	pt_store_free(store);
	return 0;
}
