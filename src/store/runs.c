/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs going into the database: a batch, then launch after launch, each one transaction. What a
 * launch measured is written beside it in the order of its key, so that a launch dirties few pages.
 */
#include "perftop/store/runs.h"

#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "runs_priv.h"
#include "samples.h"
#include "sql.h"

#include <math.h>
#include <string.h>

static void facts_json(const struct pt_environment *env, struct pt_str *out)
{
	struct pt_jw w;

	pt_jw_init(&w, out, false);
	pt_jw_object(&w);
	for (size_t i = 0; i < env->n; i++) {
		pt_jw_key(&w, env->facts[i].name);
		pt_jw_str(&w, env->facts[i].value);
	}
	pt_jw_end(&w, '}');
}

static int repository_id(struct pt_db *db, const char *key, int64_t *ret, struct pt_err *err)
{
	int r = pt_db_run(db, err, "INSERT OR IGNORE INTO repository(key) VALUES(?1)", "t", key);

	return r < 0 ? r
		     : pt_db_int(db, ret, err, "SELECT id FROM repository WHERE key=?1", "t", key);
}

static int environment_id(struct pt_db *db, const struct pt_environment *env, int64_t *ret,
			  struct pt_err *err)
{
	const char *class = env->machine_class ? env->machine_class : "";
	struct pt_str facts = PT_STR_INIT;
	int r;

	facts_json(env, &facts);
	r = pt_db_run(db, err,
		      "INSERT OR IGNORE INTO environment(machine_class, facts) VALUES(?1, ?2)",
		      "tt", class, facts.s);
	if (r == 0)
		r = pt_db_int(db, ret, err,
			      "SELECT id FROM environment WHERE machine_class=?1 AND facts=?2",
			      "tt", class, facts.s);
	pt_str_release(&facts);
	return r;
}

static int insert_batch(struct pt_db *db, const struct pt_batch *batch, struct pt_err *err)
{
	const struct pt_commit *commit = batch->commit;
	int64_t repository, environment;
	int r = repository_id(db, batch->repository, &repository, err);

	if (r == 0)
		r = environment_id(db, batch->environment, &environment, err);
	if (r < 0)
		return r;
	return pt_db_run(db, err,
			 "INSERT INTO batch(repository, environment, suite, kind, started_ns, "
			 "commit_id, branch, subject, commit_ns, dirty) "
			 "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
			 "iitiitttii", repository, environment, batch->suite, (int64_t)batch->kind,
			 batch->started_ns, commit->id, commit->branch, commit->subject,
			 commit->at_ns, (int64_t)commit->dirty);
}

int pt_runs_begin(struct pt_db *db, const struct pt_batch *batch, int64_t *ret_batch,
		  struct pt_err *err)
{
	int64_t id = 0;
	int r = pt_db_begin(db, err);

	if (r < 0)
		return r;
	r = insert_batch(db, batch, err);
	id = sqlite3_last_insert_rowid(db->sql);
	r = pt_db_end(db, r, err);
	if (r == 0)
		*ret_batch = id;
	return r;
}

/* -- a launch ------------------------------------------------------------------------------------ */

static int insert_launch(struct pt_db *db, int64_t batch, const struct pt_launch *l,
			 struct pt_err *err)
{
	const struct pt_run_machine *m = &l->machine;

	return pt_db_run(
		db, err,
		"INSERT INTO launch(batch, place, started_ns, wall_ns, status, exit_status, signo,"
		" error, busy, steal, pressure, io_pressure, memory_pressure, frequency,"
		" frequency_min, throttled, noisy) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
		" ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
		"iiiiiiitddddddddt", batch, (int64_t)l->index, l->started_ns, l->wall_ns,
		(int64_t)l->status, (int64_t)l->exit_status, (int64_t)l->signo, l->error,
		m->busy_ratio, m->steal_ratio, m->pressure_ratio, m->io_pressure_ratio,
		m->memory_pressure_ratio, m->frequency_hz, m->frequency_min_hz, m->throttled,
		m->noisy);
}

/* The three statements of a benchmark's results, prepared once a launch. */
struct adding {
	struct pt_db *db;
	sqlite3_stmt *find, *result, *sample;
	int64_t batch, launch;
	struct pt_str packed;
};

/* *ret is 0 unless it is known, and known to be measured so. */
static int find_bench(struct adding *a, const struct pt_bench *b, int64_t *ret, struct pt_err *err)
{
	sqlite3_stmt *s = a->find;
	int r = pt_db_bind(a->db, s, err, "itt", a->batch, b->name, b->metric);

	*ret = 0;
	if (r == 0)
		r = pt_db_step(a->db, s, err);
	if (r > 0 && strcmp((const char *)sqlite3_column_text(s, 1), pt_unit_name(b->unit)) == 0 &&
	    sqlite3_column_int(s, 2) == (int)b->better &&
	    sqlite3_column_int(s, 3) == (int)b->exact &&
	    sqlite3_column_int(s, 4) == (int)b->estimate)
		*ret = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return PT_MIN(r, 0);
}

/* What a benchmark's numbers are may change with its tool: the newest word holds. */
static int bench_id(struct adding *a, const struct pt_bench *b, int64_t *ret, struct pt_err *err)
{
	int r = pt_db_run(
		a->db, err,
		"INSERT INTO bench(repository, suite, name, metric, unit, better, exact, estimate)"
		" SELECT repository, suite, ?2, ?3, ?4, ?5, ?6, ?7 FROM batch WHERE id=?1"
		" ON CONFLICT(repository, suite, name, metric) DO UPDATE SET unit=excluded.unit,"
		" better=excluded.better, exact=excluded.exact, estimate=excluded.estimate",
		"itttiii", a->batch, b->name, b->metric, pt_unit_name(b->unit), (int64_t)b->better,
		(int64_t)b->exact, (int64_t)b->estimate);

	return r < 0 ? r : find_bench(a, b, ret, err);
}

static int add_run(struct adding *a, const struct pt_bench *b, int64_t bench, size_t i,
		   struct pt_err *err)
{
	const struct pt_run *run = &b->runs[i];
	double median = pt_run_median(run);
	int r;

	if (run->n == 0)
		return 0;
	r = pt_db_bind(a->db, a->result, err, "iiiiddd", a->launch, bench, (int64_t)i,
		       (int64_t)run->n, median, b->lo, b->hi);
	if (r == 0)
		r = pt_db_step(a->db, a->result, err);
	if (r < 0 || run->n == 1) /* the median is the sample */
		return r;
	pt_str_clear(&a->packed);
	pt_samples_pack(run->samples, run->n, median, b->exact, &a->packed);
	r = pt_db_bind(a->db, a->sample, err, "iiib", a->launch, bench, (int64_t)i, a->packed.s,
		       a->packed.len);
	return r < 0 ? r : pt_db_step(a->db, a->sample, err);
}

static int add_bench(struct adding *a, const struct pt_bench *b, struct pt_err *err)
{
	int64_t id;
	int r;

	if (b->saved) /* an older result that the tool still remembers */
		return 0;
	r = find_bench(a, b, &id, err);
	if (r == 0 && !id)
		r = bench_id(a, b, &id, err);
	for (size_t i = 0; r == 0 && i < b->n_runs; i++)
		r = add_run(a, b, id, i, err);
	return r;
}

static int prepare(struct adding *a, struct pt_err *err)
{
	int r = pt_db_prepare(
		a->db, &a->find, err,
		"SELECT x.id, x.unit, x.better, x.exact, x.estimate FROM batch b JOIN bench x ON x.repository=b.repository "
		"AND x.suite=b.suite AND x.name=?2 AND x.metric=?3 WHERE b.id=?1",
		"");

	if (r == 0)
		r = pt_db_prepare(a->db, &a->result, err,
				  "INSERT INTO result(launch, bench, run, samples, median, lo, hi)"
				  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
				  "");
	if (r == 0)
		r = pt_db_prepare(a->db, &a->sample, err,
				  "INSERT INTO sample(launch, bench, run, data)"
				  " VALUES(?1, ?2, ?3, ?4)",
				  "");
	return r;
}

int pt_runs_add(struct pt_db *db, int64_t batch, const struct pt_launch *launch, struct pt_err *err)
{
	struct adding a = {.db = db, .batch = batch};
	int r = pt_db_begin(db, err);

	if (r < 0)
		return r;
	r = insert_launch(db, batch, launch, err);
	a.launch = sqlite3_last_insert_rowid(db->sql);
	if (r == 0)
		r = prepare(&a, err);
	for (size_t i = 0; r == 0 && i < launch->set.n; i++)
		r = add_bench(&a, launch->set.benches[i], err);
	sqlite3_finalize(a.find);
	sqlite3_finalize(a.result);
	sqlite3_finalize(a.sample);
	pt_str_release(&a.packed);
	return pt_db_end(db, r, err);
}
