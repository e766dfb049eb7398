/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the store and what is computed from it cost: a tick of 200 series, the columns and figures
 * of one screen, the look-ups of one frame. Prints; judges nothing. Each figure is the best of
 * several rounds of CPU time, so that neighbours on the machine matter little.
 */
#include "perftop/analyse/quantile.h"
#include "perftop/analyse/resample.h"
#include "perftop/base/clock.h"
#include "perftop/present/value.h"
#include "perftop/store/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SERIES = 200, GRAPHS = 8, COLUMNS = 150, ROUNDS = 7 };

struct world {
	struct pt_store *store;
	int ids[SERIES];
	char labels[SERIES][32];
	int64_t now_ns;
	uint64_t n;
	int64_t column_ns;
	double sink; /* keeps the compiler from leaving work out */
};

static const struct pt_metric gauge = {.name = "load_ratio",
				       .label = "core",
				       .unit = PT_UNIT_RATIO,
				       .kind = PT_GAUGE,
				       .help = "half of the series"};
static const struct pt_metric counter = {.name = "read_bytes_total",
					 .label = "disk",
					 .unit = PT_UNIT_BYTES,
					 .kind = PT_COUNTER,
					 .help = "the other half"};

static void world_init(struct world *w)
{
	w->store = pt_store_new(NULL);
	for (int i = 0; i < SERIES; i++) {
		const struct pt_metric *m = i % 2 ? &counter : &gauge;

		snprintf(w->labels[i], sizeof w->labels[i], "%s=\"%d\"", m->label, i);
		w->ids[i] = pt_store_series(w->store, m, w->labels[i]);
	}
}

static void tick(struct world *w)
{
	w->now_ns += PT_S;
	pt_store_begin(w->store, w->now_ns, w->now_ns);
	for (int i = 0; i < SERIES; i += 2) {
		pt_store_gauge(w->store, w->ids[i], sin((double)(w->n + (uint64_t)i)));
		pt_store_counter(w->store, w->ids[i + 1], w->n * w->n);
	}
	w->n++;
	pt_store_end(w->store);
}

static void screen(struct world *w)
{
	static struct pt_bin bins[COLUMNS];
	struct pt_cursor cursor;

	for (int i = 0; i < GRAPHS; i++) {
		int64_t to = w->now_ns / w->column_ns + 1, from = (to - COLUMNS) * w->column_ns;

		pt_store_cursor(w->store, w->ids[i], from, &cursor);
		pt_resample(&cursor, from, w->column_ns, bins, COLUMNS);
		w->sink += (double)bins[COLUMNS - 1].n;
	}
}

static void figures(struct world *w)
{
	static float scratch[2048];
	struct pt_cursor cursor;
	struct pt_summary sum;

	for (int i = 0; i < GRAPHS; i++) {
		int64_t from = w->now_ns - COLUMNS * w->column_ns;

		pt_store_cursor(w->store, w->ids[i], from, &cursor);
		pt_summarise(&cursor, from, INT64_MAX, scratch, 2048, &sum);
		w->sink += sum.p95;
	}
}

static void quantile(struct world *w)
{
	static float v[600];
	double p95;

	for (size_t i = 0; i < 600; i++)
		v[i] = (float)((i * 7919 + w->n) % 600);
	pt_quantile_select(v, 600, 0.95, &p95);
	w->sink += p95;
}

static void lookups(struct world *w)
{
	struct pt_series_info info;
	char text[32];

	for (int i = 0; i < SERIES; i++) {
		int id = pt_store_find(w->store, i % 2 ? counter.name : gauge.name, w->labels[i]);

		pt_store_info(w->store, id, &info);
		w->sink += pt_value_format(text, sizeof text, info.last, info.metric->unit, 0);
	}
}

static int64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * PT_S + ts.tv_nsec;
}

static void measure(struct world *w, const char *what, void (*fn)(struct world *), int times)
{
	int64_t best = INT64_MAX;

	for (int round = 0; round < ROUNDS; round++) {
		int64_t t = cpu_ns();

		for (int i = 0; i < times; i++)
			fn(w);
		t = (cpu_ns() - t) / times;
		best = t < best ? t : best;
	}
	printf("%-58s %9lld ns\n", what, (long long)best);
}

int main(void)
{
	static struct world w;

	world_init(&w);
	for (int i = 0; i < 600; i++)
		tick(&w);
	printf("200 series held for 10 minutes %37zu bytes\n", pt_store_bytes(w.store));
	w.column_ns = 4 * PT_S;
	measure(&w, "screen: 8 graphs, 150 columns, 600 points each", screen, 50);
	measure(&w, "min, mean, p95, max of the same", figures, 50);
	measure(&w, "quantile of 600 values", quantile, 500);
	measure(&w, "200 series found by name and told as text", lookups, 50);
	measure(&w, "tick of 200 series", tick, 200);
	while (w.n < 50000)
		tick(&w);
	printf("200 series held for 13 hours %39zu bytes\n", pt_store_bytes(w.store));
	measure(&w, "tick of 200 series, rings full", tick, 1200);
	w.column_ns = 288 * PT_S;
	measure(&w, "screen of 12 hours: 8 graphs, 150 columns", screen, 50);
	measure(&w, "min, mean, p95, max of the same", figures, 50);
	pt_store_free(w.store);
	return w.sink == 0.5;
}
