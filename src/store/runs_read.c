/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs coming out of the database: which batches match, then what their launches measured. A query's
 * conditions are put together from fixed pieces; values are always bound.
 */
#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "runs_priv.h"
#include "samples.h"
#include "sql.h"

#include <math.h>
#include <string.h>

/* Samples of one run that are read back at most: what a damaged row says is not believed. */
enum { SAMPLES_MAX = 10000000 };

static const char *text(sqlite3_stmt *stmt, int column)
{
	const char *s = (const char *)sqlite3_column_text(stmt, column);

	return s ? s : "";
}

static void add_conditions(struct pt_str *sql, const struct pt_runs_query *q)
{
	if (q->repository)
		pt_str_add(sql, " AND b.repository=(SELECT id FROM repository WHERE key=?1)");
	if (q->suite)
		pt_str_add(sql, " AND b.suite=?2");
	if (q->commit)
		pt_str_add(sql, " AND b.commit_id=?3");
	if (q->branch)
		pt_str_add(sql, " AND b.branch=?4");
	if (q->machine_class)
		pt_str_add(sql, " AND e.machine_class=?5");
	if (q->batch)
		pt_str_add(sql, " AND b.id=?6");
	if (q->dirty >= 0)
		pt_str_add(sql, " AND b.dirty=?7");
	if (!q->reruns)
		pt_str_addf(sql, " AND b.kind=%d", PT_LAUNCH_RUN);
}

static void read_info(sqlite3_stmt *s, struct pt_batch_info *b)
{
	*b = (struct pt_batch_info){
		.id = sqlite3_column_int64(s, 0),
		.started_ns = sqlite3_column_int64(s, 1),
		.suite = pt_strdup(text(s, 2)),
		.machine_class = pt_strdup(text(s, 3)),
		.launches = sqlite3_column_int(s, 9),
		.failed = sqlite3_column_int(s, 10),
	};
	pt_strlcpy(b->commit.id, text(s, 4), sizeof b->commit.id);
	pt_strlcpy(b->commit.branch, text(s, 5), sizeof b->commit.branch);
	pt_strlcpy(b->commit.subject, text(s, 6), sizeof b->commit.subject);
	b->commit.at_ns = sqlite3_column_int64(s, 7);
	b->commit.dirty = sqlite3_column_int(s, 8) != 0;
	pt_strlcpy(b->noisy, text(s, 11), sizeof b->noisy);
}

int pt_runs_matching(struct pt_db *db, const struct pt_runs_query *q, size_t max,
		     struct pt_batch_info **ret, size_t *ret_n, struct pt_err *err)
{
	struct pt_str sql = PT_STR_INIT;
	struct pt_batch_info *list = NULL;
	sqlite3_stmt *stmt = NULL;
	size_t n = 0, cap = 0;
	int r;

	pt_str_addf(&sql,
		    "SELECT b.id, b.started_ns, b.suite, e.machine_class, b.commit_id, b.branch,"
		    " b.subject, b.commit_ns, b.dirty,"
		    " (SELECT count(*) FROM launch WHERE batch=b.id),"
		    " (SELECT count(*) FROM launch WHERE batch=b.id AND status<>%d),"
		    " (SELECT noisy FROM launch WHERE batch=b.id AND noisy<>'' LIMIT 1)"
		    " FROM batch b JOIN environment e ON e.id=b.environment WHERE TRUE",
		    PT_LAUNCH_OK);
	if (!q->failed)
		pt_str_addf(&sql,
			    " AND EXISTS (SELECT 1 FROM launch l JOIN result r ON r.launch=l.id"
			    " WHERE l.batch=b.id AND l.status=%d)",
			    PT_LAUNCH_OK);
	add_conditions(&sql, q);
	pt_str_add(&sql, " ORDER BY b.started_ns DESC, b.id DESC LIMIT ?8");
	r = pt_db_prepare(db, &stmt, err, sql.s, "tttttiii", q->repository, q->suite, q->commit,
			  q->branch, q->machine_class, q->batch, (int64_t)q->dirty,
			  max ? (int64_t)max : INT64_C(-1));
	while (r == 0 && (r = pt_db_step(db, stmt, err)) > 0) {
		read_info(stmt, PT_PUSH(list, n, cap));
		r = 0;
	}
	sqlite3_finalize(stmt);
	pt_str_release(&sql);
	if (r < 0) {
		pt_batch_infos_free(list, n);
		return r;
	}
	*ret = list;
	*ret_n = n;
	return 0;
}

/* How many batches to look at for a query and a caller's own limit. */
static size_t limit(const struct pt_runs_query *query, size_t max)
{
	size_t latest = query->latest_batches > 0 ? (size_t)query->latest_batches : 0;

	return latest && (!max || latest < max) ? latest : max;
}

int pt_runs_batches(struct pt_db *db, const struct pt_runs_query *query, size_t max,
		    struct pt_batch_info **ret, size_t *ret_n, struct pt_err *err)
{
	return pt_runs_matching(db, query, limit(query, max), ret, ret_n, err);
}

void pt_batch_infos_free(struct pt_batch_info *infos, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(infos[i].suite);
		free(infos[i].machine_class);
	}
	free(infos);
}

/* -- samples ------------------------------------------------------------------------------------- */

/* The row's benchmark in the set; its kind is the newest batch's, which is read last. */
static struct pt_bench *bench_of(sqlite3_stmt *s, struct pt_bench_set *set)
{
	struct pt_bench *b = pt_bench_set_get(set, text(s, 0), text(s, 1), NULL);
	double factor;

	(void)pt_unit_parse(text(s, 2), &b->unit, &factor);
	b->better = sqlite3_column_int(s, 3) ? PT_BETTER_HIGHER : PT_BETTER_LOWER;
	b->exact = sqlite3_column_int(s, 4) != 0;
	b->estimate = sqlite3_column_int(s, 5) != 0;
	b->lo = sqlite3_column_type(s, 8) == SQLITE_NULL ? NAN : sqlite3_column_double(s, 8);
	b->hi = sqlite3_column_type(s, 9) == SQLITE_NULL ? NAN : sqlite3_column_double(s, 9);
	return b;
}

/* One run: its samples, or its median alone where they have been taken away. */
static int read_run(struct pt_db *db, sqlite3_stmt *s, struct pt_bench_set *set, struct pt_err *err)
{
	struct pt_bench *b = bench_of(s, set);
	size_t run = pt_bench_add_run(b);
	int64_t n = sqlite3_column_int64(s, 6);
	double median = sqlite3_column_double(s, 7), *v;
	int r;

	if (sqlite3_column_type(s, 10) == SQLITE_NULL) {
		pt_bench_add_sample(b, run, median);
		return 0;
	}
	v = pt_malloc((size_t)(n < 1 || n > SAMPLES_MAX ? 1 : n) * sizeof *v);
	r = n < 1 || n > SAMPLES_MAX
		    ? -PT_ESYNTAX
		    : pt_samples_unpack(sqlite3_column_blob(s, 10),
					(size_t)sqlite3_column_bytes(s, 10), median, v, (size_t)n);
	for (int64_t i = 0; r == 0 && i < n; i++)
		pt_bench_add_sample(b, run, v[i]);
	free(v);
	return r < 0 ? pt_err_at(err, PT_EIO, db->path, 0, 0,
				 "the history is damaged: samples of %s cannot be read", b->name)
		     : 0;
}

static const char load_sql[] =
	"SELECT x.name, x.metric, x.unit, x.better, x.exact, x.estimate, r.samples, r.median,"
	" r.lo, r.hi, s.data FROM launch l JOIN result r ON r.launch=l.id"
	" JOIN bench x ON x.id=r.bench"
	" LEFT JOIN sample s ON s.launch=r.launch AND s.bench=r.bench AND s.run=r.run"
	" WHERE l.batch=?1 AND l.status=?2 ORDER BY l.id, r.bench, r.run";

int pt_runs_load(struct pt_db *db, const struct pt_runs_query *query, struct pt_bench_set *set,
		 struct pt_err *err)
{
	struct pt_batch_info *list;
	sqlite3_stmt *stmt = NULL;
	size_t n;
	int r = pt_runs_matching(db, query, limit(query, 0), &list, &n, err);

	if (r < 0)
		return r;
	r = pt_db_prepare(db, &stmt, err, load_sql, "");
	for (size_t i = n; r == 0 && i-- > 0;) {
		r = pt_db_bind(db, stmt, err, "ii", list[i].id, (int64_t)PT_LAUNCH_OK);
		while (r == 0 && (r = pt_db_step(db, stmt, err)) > 0)
			r = read_run(db, stmt, set, err);
	}
	sqlite3_finalize(stmt);
	pt_batch_infos_free(list, n);
	return r;
}

/* -- environment --------------------------------------------------------------------------------- */

static int read_facts(struct pt_db *db, const char *class, const char *facts,
		      struct pt_environment *ret, struct pt_err *err)
{
	struct pt_environment env = {.machine_class = pt_strdup(class)};
	struct pt_json *doc = NULL;
	int r = pt_json_parse(db->path, facts, strlen(facts), NULL, &doc, err);

	if (r == 0 && pt_json_type(pt_json_root(doc)) != PT_JOBJECT)
		r = pt_json_fail(doc, pt_json_root(doc), err, PT_EIO,
				 "the history is damaged: an environment is no object");
	if (r == 0) {
		for (const pt_jval *v = pt_json_first(pt_json_root(doc)); v; v = pt_json_next(v))
			pt_environment_set(&env, pt_json_key(v), pt_json_str(v, ""));
		pt_environment_copy(ret, &env);
	}
	pt_json_free(doc);
	pt_environment_release(&env);
	return r;
}

int pt_runs_environment(struct pt_db *db, int64_t batch, struct pt_environment *ret,
			struct pt_err *err)
{
	sqlite3_stmt *stmt = NULL;
	int r = pt_db_prepare(db, &stmt, err,
			      "SELECT e.machine_class, e.facts FROM batch b JOIN environment e "
			      "ON e.id=b.environment WHERE b.id=?1",
			      "i", batch);

	if (r == 0)
		r = pt_db_step(db, stmt, err);
	if (r > 0)
		r = read_facts(db, text(stmt, 0), text(stmt, 1), ret, err);
	else if (r == 0)
		r = pt_err_at(err, PT_ENOENT, db->path, 0, 0, "there is no such batch of runs");
	sqlite3_finalize(stmt);
	return r;
}
