/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * History behind the commands about benchmarks: the database at its first use, where the runner
 * keeps launches, and what earlier runs tell about noise.
 */
#include "perftop/app/benches.h"

#include "perftop/analyse/compare.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <stdint.h>
#include <string.h>

enum {
	HISTORY_MAX_BYTES = 100 << 20, /* older samples go, then older runs */
	NOISE_COMMITS = 10,	       /* every check reads these; baselines remember more */
	LINEAGE_MAX = 20000,
};

int pt_benches_db(struct pt_benches *b, bool write, struct pt_err *err)
{
	int r;

	if (b->db && (!write || b->db_writes))
		return 0;
	if (b->db_err.code && !write) {
		if (err)
			*err = b->db_err;
		return -b->db_err.code;
	}
	pt_db_close(b->db);
	b->db = NULL;
	r = pt_db_open(b->history, !write, &b->db, &b->db_err);
	b->db_writes = r == 0 && write;
	if (r == 0)
		b->db_err = (struct pt_err){0};
	else if (err)
		*err = b->db_err;
	return r;
}

/* -- keeping ------------------------------------------------------------------------------------- */

static int store_begin(void *ctx, const struct pt_batch *batch, int64_t *ret, struct pt_err *err)
{
	struct pt_benches *b = ctx;
	int r = pt_benches_db(b, true, err);

	return r < 0 ? r : pt_runs_begin(b->db, batch, ret, err);
}

static int store_add(void *ctx, int64_t batch, const struct pt_launch *launch, struct pt_err *err)
{
	struct pt_benches *b = ctx;
	size_t dropped;
	int r = pt_benches_db(b, true, err);

	if (r == 0)
		r = pt_runs_add(b->db, batch, launch, err);
	/* The launch is kept: a file that stays too large for now is no reason to say otherwise. */
	if (r == 0)
		(void)pt_runs_prune(b->db, HISTORY_MAX_BYTES, &dropped, NULL);
	return r;
}

struct pt_run_store pt_benches_store(struct pt_benches *b)
{
	return (struct pt_run_store){.ctx = b, .begin = store_begin, .add = store_add};
}

/* -- looking back -------------------------------------------------------------------------------- */

int pt_benches_history(struct pt_benches *b, const char *suite, const char *branch,
		       const char *name, size_t max_points, struct pt_history **ret, size_t *ret_n,
		       struct pt_err *err)
{
	struct pt_runs_query query = {
		.repository = b->repository,
		.suite = suite,
		.branch = branch,
		.machine_class = b->environment.machine_class,
	};
	int r = pt_benches_db(b, false, err);

	return r < 0 ? r : pt_runs_history(b->db, &query, name, NULL, max_points, ret, ret_n, err);
}

/* A point on the line: the how-manieth commit it is of, where it stood, where its medians begin. */
struct stand {
	size_t place, index, first;
};

static int by_place(const void *a, const void *b)
{
	size_t x = ((const struct stand *)a)->place, y = ((const struct stand *)b)->place;

	return (x > y) - (x < y);
}

/* The points of h that have a place, in order of it; their runs' medians move along. */
static void reorder(struct pt_history *h, const struct pt_map *places)
{
	struct stand *stands = pt_calloc(h->n + 1, sizeof *stands);
	struct pt_history old = *h;
	size_t n = 0, first = 0;

	h->points = NULL;
	h->medians = NULL;
	h->n = h->cap = h->n_medians = h->cap_medians = 0;
	for (size_t i = 0; i < old.n; first += old.points[i++].runs) {
		uintptr_t place = (uintptr_t)pt_map_get(places, old.points[i].commit);
		if (place)
			stands[n++] = (struct stand){place, i, first};
	}
	qsort(stands, n, sizeof *stands, by_place);
	for (size_t k = 0; k < n; k++) {
		const struct pt_history_point *p = &old.points[stands[k].index];
		*PT_PUSH(h->points, h->n, h->cap) = *p;
		for (size_t i = 0; i < p->runs; i++)
			*PT_PUSH(h->medians, h->n_medians, h->cap_medians) =
				old.medians[stands[k].first + i];
	}
	free(old.points);
	free(old.medians);
	free(stands);
}

int pt_benches_lineage(struct pt_benches *b, const char *revision, struct pt_history *list,
		       size_t n, struct pt_err *err)
{
	struct pt_map places = {0};
	struct pt_commit *line;
	size_t n_line;
	int r = pt_git_log(&b->git, revision, LINEAGE_MAX, &line, &n_line, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n_line; i++)
		pt_map_put(&places, line[i].id, (void *)(uintptr_t)(i + 1));
	for (size_t i = 0; i < n; i++)
		reorder(&list[i], &places);
	pt_map_release(&places);
	free(line);
	return 0;
}

/* -- noise --------------------------------------------------------------------------------------- */

struct known {
	double spread;
	size_t n;
};

static void noise_key(struct pt_str *key, const char *suite, const char *name, const char *metric)
{
	pt_str_addf(key, "%zu %zu %s%s%s", strlen(suite), strlen(name), suite, name, metric);
}

static void learn(struct pt_benches *b, const struct pt_history *h)
{
	size_t *sizes = pt_calloc(h->n + 1, sizeof *sizes);
	struct known *known = pt_calloc(1, sizeof *known);
	struct pt_str key = PT_STR_INIT;

	for (size_t i = 0; i < h->n; i++)
		sizes[i] = h->points[i].runs;
	known->spread = pt_launch_spread(h->medians, sizes, h->n, &known->n);
	noise_key(&key, h->suite, h->name, h->metric);
	free(pt_map_put(&b->noise, key.s, known));
	pt_str_release(&key);
	free(sizes);
}

/* Each suite's history is read once: what is known of it stands in b->noise under its own name too. */
static void learn_suite(struct pt_benches *b, const char *suite)
{
	struct pt_history *list;
	size_t n;

	if (pt_map_get(&b->noise, suite))
		return;
	pt_map_put(&b->noise, suite, pt_calloc(1, sizeof(struct known)));
	if (pt_benches_history(b, suite, NULL, NULL, NOISE_COMMITS, &list, &n, NULL) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		learn(b, &list[i]);
	pt_histories_free(list, n);
}

bool pt_benches_noise(void *ctx, const char *suite, const char *name, const char *metric,
		      double *ret_spread, size_t *ret_n)
{
	struct pt_benches *b = ctx;
	struct pt_str key = PT_STR_INIT;
	const struct known *known;

	learn_suite(b, suite);
	noise_key(&key, suite, name, metric);
	known = pt_map_get(&b->noise, key.s);
	pt_str_release(&key);
	if (!known || !(known->spread >= 0))
		return false;
	*ret_spread = known->spread;
	*ret_n = known->n;
	return true;
}

void pt_benches_forget(struct pt_benches *b)
{
	size_t pos = 0;
	void *value;

	while (pt_map_next(&b->noise, &pos, NULL, NULL, &value))
		free(value);
	pt_map_release(&b->noise);
	pt_db_close(b->db);
	b->db = NULL;
	b->db_writes = false;
	b->db_err = (struct pt_err){0};
}
