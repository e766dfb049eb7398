/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Series and ticks. What collectors set is kept aside until the tick ends: only then counters
 * become rates, values go into columns, and readers see any of it. So a value that a slow source
 * delivers between two ticks belongs to the next one.
 *
 * Memory is a budget that is given away when a series is first seen, by what its rings will hold
 * in the end: history that began is never cut short later. Series of the whole machine (without
 * labels) may use all of it; instances keep all three tiers up to a half and the raw ticks alone
 * up to three quarters, so that many cores cannot crowd out what comes after them. Series that
 * were dropped leave first.
 */
#include "perftop/store/store.h"

#include "store_priv.h"

#include "perftop/base/err.h"
#include "perftop/base/mem.h"
#include "perftop/model/sink.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <string.h>

struct pt_store *pt_store_new(const struct pt_store_limits *limits)
{
	struct pt_store *store = pt_calloc(1, sizeof *store);

	pt_axis_init(&store->axis);
	store->max_series = limits && limits->max_series ? limits->max_series : 20000;
	store->max_bytes = limits && limits->max_bytes ? limits->max_bytes : (size_t)6 << 20;
	return store;
}

/* -- metrics ------------------------------------------------------------------------------------- */

static struct store_metric *metric_get(const struct pt_store *store, const char *name)
{
	return pt_map_get(&store->metrics, name);
}

static struct store_metric *metric_add(struct pt_store *store, const struct pt_metric *metric)
{
	struct store_metric *m = metric_get(store, metric->name);

	if (!m) {
		m = pt_calloc(1, sizeof *m);
		pt_map_put(&store->metrics, metric->name, m);
	}
	m->metric = metric;
	return m;
}

static void reason_set(char **reason, const char *text)
{
	if (*reason && text && !strcmp(*reason, text))
		return;
	free(*reason);
	*reason = text ? pt_strdup(text) : NULL;
}

/* Order of labels as people expect it: core="2" before core="10". */
static int labels_compare(const char *a, const char *b)
{
	const char *x = a, *y = b;

	while (*x && *y) {
		size_t nx, ny;
		int order;

		if (!isdigit((unsigned char)*x) || !isdigit((unsigned char)*y)) {
			if (*x != *y)
				return (unsigned char)*x - (unsigned char)*y;
			x++, y++;
			continue;
		}
		x += strspn(x, "0");
		y += strspn(y, "0");
		nx = strspn(x, "0123456789");
		ny = strspn(y, "0123456789");
		order = nx != ny ? (nx < ny ? -1 : 1) : memcmp(x, y, nx);
		if (order)
			return order;
		x += nx;
		y += ny;
	}
	if (*x || *y)
		return *x ? 1 : -1;
	return strcmp(a, b); /* "01" and "1" are not the same */
}

/* Place of labels among a metric's series: where they are, or would be. */
static size_t metric_place(const struct pt_store *store, const struct store_metric *m,
			   const char *labels, bool *ret_found)
{
	size_t lo = 0, hi = m->n;

	*ret_found = false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = labels_compare(store->series[m->ids[mid]].labels, labels);

		if (!order) {
			*ret_found = true;
			return mid;
		}
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* -- series -------------------------------------------------------------------------------------- */

static void history_release(struct pt_store *store, struct store_series *s)
{
	if (s->col)
		pt_column_release(s->col, false);
	free(s->col);
	s->col = NULL;
	store->reserved -= s->reserved;
	s->reserved = 0;
}

static void series_free(struct pt_store *store, int id)
{
	struct store_series *s = &store->series[id];
	struct store_metric *m = s->metric;
	bool found;
	size_t place = metric_place(store, m, s->labels, &found);

	memmove(&m->ids[place], &m->ids[place + 1], (--m->n - place) * sizeof *m->ids);
	history_release(store, s);
	store->n_dropped -= s->dropped;
	store->n_free++;
	free(s->labels);
	free(s->reason);
	*s = (struct store_series){0};
}

/* Forgets the series that was dropped first. */
static bool evict_dropped(struct pt_store *store)
{
	int oldest = -1;

	for (size_t i = 0; i < store->n && store->n_dropped; i++) {
		const struct store_series *s = &store->series[i];

		if (s->dropped && (oldest < 0 || s->dropped_at < store->series[oldest].dropped_at))
			oldest = (int)i;
	}
	if (oldest >= 0)
		series_free(store, oldest);
	return oldest >= 0;
}

static bool reserve(struct pt_store *store, struct store_series *s, size_t bytes, size_t limit)
{
	if (store->reserved + bytes > limit)
		return false;
	s->reserved = bytes;
	store->reserved += bytes;
	return true;
}

/* Gives a series as much history as the budget has for it. It holds no reservation yet, but may
 * still have a column from before it was dropped. */
static void history_grant(struct pt_store *store, struct store_series *s)
{
	size_t max = store->max_bytes;
	size_t full = pt_column_full_bytes(false), raw = pt_column_full_bytes(true);
	bool whole = !s->labels[0];

	if (s->metric->metric->flags & PT_METRIC_NO_HISTORY)
		return;
	if (!reserve(store, s, full, whole ? max : max / 2) &&
	    !reserve(store, s, raw, whole ? max : max / 4 * 3)) {
		history_release(store, s);
		return;
	}
	if (!s->col)
		s->col = pt_calloc(1, sizeof *s->col);
	s->col->raw_only = s->reserved == raw;
	if (s->col->raw_only)
		pt_column_release(s->col, true);
}

static int series_slot(struct pt_store *store)
{
	if (!store->n_free && store->n >= store->max_series && !evict_dropped(store))
		return -PT_ELIMIT;
	for (size_t i = 0; i < store->n && store->n_free; i++) {
		if (!store->series[i].metric) {
			store->n_free--;
			return (int)i;
		}
	}
	(void)PT_PUSH(store->series, store->n, store->cap);
	return (int)store->n - 1;
}

/* Makes room for a whole history out of what was dropped. Not s itself: it is not dropped now. */
static void history_make_room(struct pt_store *store, const char *labels)
{
	size_t limit = labels[0] ? store->max_bytes / 2 : store->max_bytes;

	while (store->reserved + pt_column_full_bytes(false) > limit && evict_dropped(store))
		;
}

static void series_revive(struct pt_store *store, struct store_series *s)
{
	s->dropped = false;
	store->n_dropped--;
	store->reserved -= s->reserved;
	s->reserved = 0;
	history_make_room(store, s->labels);
	history_grant(store, s);
}

static int series_new(struct pt_store *store, struct store_metric *m, const char *labels)
{
	int id = series_slot(store);
	struct store_series *s;
	bool found;
	size_t place;

	if (id < 0)
		return id;
	s = &store->series[id];
	*s = (struct store_series){.metric = m, .last = NAN, .last_ns = INT64_MIN, .gap = true};
	s->labels = pt_strdup(labels);
	if (!(m->metric->flags & PT_METRIC_NO_HISTORY))
		history_make_room(store, labels);
	history_grant(store, s);
	m->ids = pt_grow(m->ids, m->n, &m->cap, sizeof *m->ids);
	place = metric_place(store, m, labels, &found);
	memmove(&m->ids[place + 1], &m->ids[place], (m->n++ - place) * sizeof *m->ids);
	m->ids[place] = id;
	return id;
}

int pt_store_series(struct pt_store *store, const struct pt_metric *metric, const char *labels)
{
	struct store_metric *m = metric_add(store, metric);
	bool found;
	size_t place;
	int id;

	if (!labels)
		labels = "";
	place = metric_place(store, m, labels, &found);
	if (!found)
		return series_new(store, m, labels);
	id = m->ids[place];
	if (store->series[id].dropped)
		series_revive(store, &store->series[id]);
	return id;
}

void pt_store_free(struct pt_store *store)
{
	size_t pos = 0;
	void *m;

	if (!store)
		return;
	for (size_t i = 0; i < store->n; i++)
		if (store->series[i].metric)
			series_free(store, (int)i);
	while (pt_map_next(&store->metrics, &pos, NULL, NULL, &m)) {
		free(((struct store_metric *)m)->reason);
		free(((struct store_metric *)m)->ids);
		free(m);
	}
	pt_map_release(&store->metrics);
	free(store->series);
	free(store);
}

/* -- values -------------------------------------------------------------------------------------- */

/* The series that a value goes to; none when the id is free, or was dropped. */
static struct store_series *series_open(struct pt_store *store, int id)
{
	struct store_series *s = store_series_at(store, id);

	return s && !s->dropped ? s : NULL;
}

static void series_pend(struct store_series *s, enum store_pending pending)
{
	s->pending = pending;
	if (pending == PENDING_GAP)
		return;
	reason_set(&s->reason, NULL);
	reason_set(&s->metric->reason, NULL);
}

void pt_store_gauge(struct pt_store *store, int id, double value)
{
	struct store_series *s = series_open(store, id);

	if (!s)
		return;
	s->value = value;
	series_pend(s, isfinite(value) ? PENDING_GAUGE : PENDING_GAP);
}

void pt_store_counter(struct pt_store *store, int id, uint64_t total)
{
	struct store_series *s = series_open(store, id);

	if (!s)
		return;
	s->total = total;
	s->counted = true;
	series_pend(s, PENDING_COUNTER);
}

void pt_store_fail(struct pt_store *store, const struct pt_metric *metric, int id,
		   const char *reason)
{
	struct store_series *s = series_open(store, id);

	if (id < 0) {
		reason_set(&metric_add(store, metric)->reason, reason);
	} else if (s) {
		reason_set(&s->reason, reason);
		if (reason)
			series_pend(s, PENDING_GAP);
	}
}

void pt_store_drop(struct pt_store *store, int id)
{
	struct store_series *s = store_series_at(store, id);

	if (!s || s->dropped)
		return;
	s->dropped = true;
	s->dropped_at = store->drops++;
	s->rate = (struct pt_rate){0};
	s->pending = PENDING_GAP;
	store->n_dropped++;
	if (!s->col || !s->col->chunks) {
		series_free(store, id);
		return;
	}
	store->reserved -= s->reserved;
	s->reserved = pt_column_bytes(s->col);
	store->reserved += s->reserved;
}

void pt_store_set_hold(struct pt_store *store, const struct pt_metric *metric, int64_t ns)
{
	metric_add(store, metric)->hold_ns = PT_MAX(ns, 0);
}

/* -- ticks --------------------------------------------------------------------------------------- */

void pt_store_begin(struct pt_store *store, int64_t mono_ns, int64_t real_ns)
{
	store->mono_ns = mono_ns;
	store->real_ns = real_ns;
}

/* What the tick that ends leaves in a series' column. */
static float series_settle(struct store_series *s, int64_t mono_ns, int64_t t_ns)
{
	double v = s->value;
	enum store_pending pending = s->pending;

	s->pending = PENDING_NONE;
	if (pending == PENDING_NONE)
		return PT_COLUMN_UNSET;
	if (pending != PENDING_GAP)
		s->last_ns = t_ns;
	if (pending == PENDING_COUNTER && !pt_rate_update(&s->rate, s->total, mono_ns, &v))
		pending = PENDING_GAP;
	if (pending != PENDING_GAP) {
		s->gap = false;
		s->last = v;
		return (float)PT_MAX(PT_MIN(v, (double)FLT_MAX), -(double)FLT_MAX);
	}
	s->last = NAN;
	if (s->gap)
		return PT_COLUMN_UNSET;
	s->gap = true;
	return PT_COLUMN_GAP;
}

static void column_settle(struct pt_store *store, int id, float v)
{
	struct store_series *s = &store->series[id];

	pt_column_push(s->col, store->axis.n, v);
	if (!s->dropped)
		return;
	pt_column_trim(s->col, store->axis.n);
	if (!s->col->chunks)
		series_free(store, id);
}

/* A tick of the axis in which nothing came. */
static void tick_pad(struct pt_store *store)
{
	for (size_t i = 0; i < store->n; i++)
		if (store->series[i].col)
			column_settle(store, (int)i, PT_COLUMN_UNSET);
	pt_axis_push_pad(&store->axis);
}

static void note_jump(struct pt_store *store, int64_t t_ns)
{
	struct pt_row last;
	int64_t jump;

	if (!pt_axis_row(&store->axis, NULL, store->axis.n - 1, &last))
		return;
	jump = store->real_ns - last.at->real_ns - (t_ns - last.at->t_ns);
	if (jump > store->axis.period_ns || jump < -store->axis.period_ns)
		store->jumps[store->n_jumps++ % STORE_JUMPS] = (struct store_jump){t_ns, jump};
}

void pt_store_end(struct pt_store *store)
{
	int64_t t_ns = PT_MAX(store->mono_ns, pt_store_last(store));

	note_jump(store, t_ns);
	for (unsigned pads = pt_axis_pads(&store->axis, t_ns); pads; pads--)
		tick_pad(store);
	for (size_t i = 0; i < store->n; i++) {
		struct store_series *s = &store->series[i];
		float v;

		if (!s->metric)
			continue;
		v = series_settle(s, store->mono_ns, t_ns);
		if (s->col)
			column_settle(store, (int)i, v);
	}
	pt_axis_push(&store->axis, t_ns, store->real_ns);
	store->generation++;
}

unsigned pt_store_generation(const struct pt_store *store)
{
	return store->generation;
}

/* -- reading ------------------------------------------------------------------------------------- */

int pt_store_find(const struct pt_store *store, const char *metric, const char *labels)
{
	const struct store_metric *m = metric_get(store, metric);
	bool found = false;
	size_t place = m ? metric_place(store, m, labels ? labels : "", &found) : 0;

	return found ? m->ids[place] : -PT_ENOENT;
}

size_t pt_store_n(const struct pt_store *store)
{
	return store->n;
}

bool pt_store_info(const struct pt_store *store, int id, struct pt_series_info *ret)
{
	const struct store_series *s = store_series_at(store, id);

	*ret = (struct pt_series_info){.last = NAN, .total = NAN, .last_mono_ns = INT64_MIN};
	if (!s)
		return false;
	ret->metric = s->metric->metric;
	ret->labels = s->labels;
	ret->last_mono_ns = s->last_ns;
	if (s->last_ns != INT64_MIN && pt_store_last(store) - s->last_ns <= store_hold(s))
		ret->last = s->last;
	if (s->counted)
		ret->total = (double)s->total;
	ret->reason = s->reason ? s->reason : s->metric->reason;
	ret->dropped = s->dropped;
	ret->has_history = s->col != NULL;
	return true;
}

size_t pt_store_instances(const struct pt_store *store, const char *metric, int *ids, size_t max)
{
	const struct store_metric *m = metric_get(store, metric);

	if (!m)
		return 0;
	for (size_t i = 0; i < PT_MIN(m->n, max); i++)
		ids[i] = m->ids[i];
	return m->n;
}

const char *pt_store_reason(const struct pt_store *store, const char *metric)
{
	const struct store_metric *m = metric_get(store, metric);

	return m ? m->reason : NULL;
}

const struct pt_metric *pt_store_missing(const struct pt_store *store, size_t *pos)
{
	void *value;

	while (pt_map_next(&store->metrics, pos, NULL, NULL, &value)) {
		const struct store_metric *m = value;

		if (m->reason && m->n == 0)
			return m->metric;
	}
	return NULL;
}

size_t pt_store_bytes(const struct pt_store *store)
{
	size_t bytes = sizeof store->axis;

	for (size_t i = 0; i < store->n; i++)
		if (store->series[i].col)
			bytes += pt_column_bytes(store->series[i].col);
	return bytes;
}

/* -- as a sink ----------------------------------------------------------------------------------- */

static int sink_series(void *ctx, const struct pt_metric *metric, const char *labels)
{
	return pt_store_series(ctx, metric, labels);
}

static void sink_gauge(void *ctx, int id, double value)
{
	pt_store_gauge(ctx, id, value);
}

static void sink_counter(void *ctx, int id, uint64_t total)
{
	pt_store_counter(ctx, id, total);
}

static void sink_fail(void *ctx, const struct pt_metric *metric, int id, const char *reason)
{
	pt_store_fail(ctx, metric, id, reason);
}

static void sink_drop(void *ctx, int id)
{
	pt_store_drop(ctx, id);
}

static void sink_hold(void *ctx, const struct pt_metric *metric, int64_t ns)
{
	pt_store_set_hold(ctx, metric, ns);
}

struct pt_sink pt_store_sink(struct pt_store *store)
{
	return (struct pt_sink){
		.series = sink_series,
		.gauge = sink_gauge,
		.counter = sink_counter,
		.fail = sink_fail,
		.drop = sink_drop,
		.hold = sink_hold,
		.ctx = store,
	};
}
