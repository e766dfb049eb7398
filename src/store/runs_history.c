/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Histories: batches are gathered by commit and set in order of commit time (two commits of the same
 * second in the order they were measured), then each benchmark gets a point a commit from the
 * medians of its runs. No samples are read.
 */
#include "perftop/base/map.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "runs_priv.h"
#include "sql.h"

#include <math.h>
#include <string.h>

/* Batches of one commit, contiguous in the list after sorting. */
struct place {
	const struct pt_batch_info *batch;
	int64_t commit_ns, first_ns; /* of the commit: its time, when it was first measured */
};

/* Medians of a benchmark at the commit at hand. */
struct gathering {
	struct pt_history h;
	double *medians;
	size_t n, cap;
	bool noisy;
};

struct reading {
	struct pt_db *db;
	struct pt_map by_id; /* bench id -> struct gathering */
	struct gathering **list;
	size_t n, cap;
	int64_t only; /* its id, when there is one alone */
};

static int by_commit(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order;

	if (x->commit_ns != y->commit_ns)
		return x->commit_ns < y->commit_ns ? -1 : 1;
	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	order = strcmp(x->batch->commit.id, y->batch->commit.id);
	return order ? order
		     : (x->batch->started_ns > y->batch->started_ns) -
			       (x->batch->started_ns < y->batch->started_ns);
}

/* list comes latest first; outside of a repository every batch is a commit of its own. */
static struct place *in_order(const struct pt_batch_info *list, size_t n)
{
	struct place *places = pt_calloc(n + 1, sizeof *places);
	struct pt_map first = {0};

	for (size_t i = n; i-- > 0;) {
		const struct pt_batch_info *b = &list[i];
		const struct pt_batch_info *f = pt_map_get(&first, b->commit.id);
		if (!f || !b->commit.id[0])
			f = b;
		if (f == b)
			pt_map_put(&first, b->commit.id, (void *)b);
		places[i] = (struct place){b, f->commit.at_ns ? f->commit.at_ns : f->started_ns,
					   f->started_ns};
	}
	pt_map_release(&first);
	qsort(places, n, sizeof *places, by_commit);
	return places;
}

static bool same_commit(const struct place *a, const struct place *b)
{
	return a->batch->commit.id[0] && strcmp(a->batch->commit.id, b->batch->commit.id) == 0;
}

/* The first of the places that belong to the newest max commits. */
static size_t newest(const struct place *places, size_t n, size_t max)
{
	size_t i = n, commits = 0;

	while (i > 0) {
		if ((i == n || !same_commit(&places[i - 1], &places[i])) && ++commits > max)
			break;
		i--;
	}
	return i;
}

/* The benchmarks that may have points, so that rows of results need no more than a number. */
static int find_benches(struct reading *rd, const struct pt_runs_query *q, const char *name,
			const char *metric, struct pt_err *err)
{
	sqlite3_stmt *s;
	double factor;
	int r = pt_db_prepare(rd->db, &s, err,
			      "SELECT id, suite, name, metric, unit, better, exact FROM bench "
			      "WHERE (?1 IS NULL OR name=?1) AND (?2 IS NULL OR metric=?2) "
			      "AND (?3 IS NULL OR suite=?3) AND (?4 IS NULL OR repository="
			      "(SELECT id FROM repository WHERE key=?4))",
			      "tttt", name, metric, q->suite, q->repository);

	if (r < 0)
		return r;
	while ((r = pt_db_step(rd->db, s, err)) > 0) {
		struct gathering *g = pt_calloc(1, sizeof *g);
		g->h.suite = pt_strdup((const char *)sqlite3_column_text(s, 1));
		g->h.name = pt_strdup((const char *)sqlite3_column_text(s, 2));
		g->h.metric = pt_strdup((const char *)sqlite3_column_text(s, 3));
		(void)pt_unit_parse((const char *)sqlite3_column_text(s, 4), &g->h.unit, &factor);
		g->h.better = sqlite3_column_int(s, 5) ? PT_BETTER_HIGHER : PT_BETTER_LOWER;
		g->h.exact = sqlite3_column_int(s, 6) != 0;
		rd->only = sqlite3_column_int64(s, 0);
		pt_map_put_u64(&rd->by_id, (uint64_t)rd->only, g);
		*PT_PUSH(rd->list, rd->n, rd->cap) = g;
	}
	sqlite3_finalize(s);
	return r;
}

/* Standard deviation of the logarithms; NaN when there is none. */
static double spread_of(const double *v, size_t n)
{
	double mean = 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		if (v[i] <= 0)
			return NAN;
		mean += log(v[i]) / (double)n;
	}
	for (size_t i = 0; i < n; i++)
		sum += (log(v[i]) - mean) * (log(v[i]) - mean);
	return n > 1 ? sqrt(sum / (double)(n - 1)) : NAN;
}

/* What has been gathered becomes the point of the commit of last, its last batch. */
static void close_point(struct gathering *g, const struct place *last)
{
	struct pt_history_point *p;
	struct pt_run run = {g->medians, g->n, g->cap};

	if (g->n == 0)
		return;
	p = PT_PUSH(g->h.points, g->h.n, g->h.cap);
	*p = (struct pt_history_point){
		.commit_ns = last->commit_ns,
		.measured_ns = last->batch->started_ns,
		.median = pt_run_median(&run),
		.lo = INFINITY,
		.hi = -INFINITY,
		.spread = spread_of(g->medians, g->n),
		.runs = g->n,
		.noisy = g->noisy,
	};
	memcpy(p->commit, last->batch->commit.id, sizeof p->commit);
	memcpy(p->subject, last->batch->commit.subject, sizeof p->subject);
	for (size_t i = 0; i < g->n; i++) {
		p->lo = fmin(p->lo, g->medians[i]);
		p->hi = fmax(p->hi, g->medians[i]);
		*PT_PUSH(g->h.medians, g->h.n_medians, g->h.cap_medians) = g->medians[i];
	}
	g->n = 0;
	g->noisy = false;
}

static int read_batch(struct reading *rd, sqlite3_stmt *s, const struct place *place,
		      struct pt_err *err)
{
	int r = pt_db_bind(rd->db, s, err, "ii", place->batch->id, rd->only);

	while (r == 0 && (r = pt_db_step(rd->db, s, err)) > 0) {
		struct gathering *g =
			pt_map_get_u64(&rd->by_id, (uint64_t)sqlite3_column_int64(s, 0));
		r = 0;
		if (!g)
			continue;
		*PT_PUSH(g->medians, g->n, g->cap) = sqlite3_column_double(s, 1);
		g->noisy |= sqlite3_column_int(s, 2) != 0;
	}
	return r;
}

static int read_all(struct reading *rd, const struct place *places, size_t from, size_t n,
		    struct pt_err *err)
{
	struct pt_str sql = PT_STR_INIT;
	sqlite3_stmt *stmt = NULL;
	int r;

	/* CROSS JOIN fixes the order: launches of the batch, then their results by key. */
	pt_str_addf(&sql,
		    "SELECT r.bench, r.median, l.noisy<>'' FROM launch l CROSS JOIN result r "
		    "ON r.launch=l.id%s WHERE l.batch=?1 AND l.status=%d AND ?2<>0 ORDER BY l.id",
		    rd->n == 1 ? " AND r.bench=?2" : "", PT_LAUNCH_OK);
	r = pt_db_prepare(rd->db, &stmt, err, sql.s, "");
	for (size_t i = from; r == 0 && i < n; i++) {
		r = read_batch(rd, stmt, &places[i], err);
		if (i + 1 == n || !same_commit(&places[i], &places[i + 1]))
			for (size_t k = 0; k < rd->n; k++)
				close_point(rd->list[k], &places[i]);
	}
	sqlite3_finalize(stmt);
	pt_str_release(&sql);
	return r;
}

static void history_release(struct pt_history *h)
{
	free(h->suite);
	free(h->name);
	free(h->metric);
	free(h->points);
	free(h->medians);
}

/* Hands over the histories that have points, or drops all. */
static void finish(struct reading *rd, struct pt_history **ret, size_t *ret_n)
{
	struct pt_history *list = pt_calloc(rd->n + 1, sizeof *list);
	size_t n = 0;

	for (size_t i = 0; i < rd->n; i++) {
		if (ret && rd->list[i]->h.n)
			list[n++] = rd->list[i]->h;
		else
			history_release(&rd->list[i]->h);
		free(rd->list[i]->medians);
		free(rd->list[i]);
	}
	free(rd->list);
	pt_map_release(&rd->by_id);
	if (!ret) {
		free(list);
		return;
	}
	*ret = list;
	*ret_n = n;
}

int pt_runs_history(struct pt_db *db, const struct pt_runs_query *query, const char *name,
		    const char *metric, size_t max_points, struct pt_history **ret, size_t *ret_n,
		    struct pt_err *err)
{
	struct pt_runs_query clean = *query;
	struct reading rd = {.db = db};
	struct pt_batch_info *list;
	struct place *places;
	size_t n;
	int r;

	clean.dirty = 0;
	clean.reruns = false;
	r = pt_runs_batches(db, &clean, 0, &list, &n, err);
	if (r < 0)
		return r;
	places = in_order(list, n);
	r = find_benches(&rd, query, name, metric, err);
	if (r == 0)
		r = read_all(&rd, places, newest(places, n, max_points), n, err);
	finish(&rd, r < 0 ? NULL : ret, ret_n);
	free(places);
	pt_batch_infos_free(list, n);
	return r;
}

void pt_histories_free(struct pt_history *h, size_t n)
{
	for (size_t i = 0; i < n; i++)
		history_release(&h[i]);
	free(h);
}
