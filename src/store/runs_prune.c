/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeping the file small: first the samples of the oldest launches go, a tenth at a time, then whole
 * batches. It is brought well below the limit, so that the next runs need not prune again.
 */
#include "perftop/base/mem.h"
#include "runs_priv.h"
#include "sql.h"

static int used_bytes(struct pt_db *db, int64_t *ret, struct pt_err *err)
{
	int64_t pages, unused, size;
	int r = pt_db_int(db, &pages, err, "PRAGMA page_count", "");

	if (r == 0)
		r = pt_db_int(db, &unused, err, "PRAGMA freelist_count", "");
	if (r == 0)
		r = pt_db_int(db, &size, err, "PRAGMA page_size", "");
	if (r == 0)
		*ret = (pages - unused) * size;
	return r;
}

/* The oldest tenth of the launches that have samples. Returns how many launches lost them. */
static int drop_samples(struct pt_db *db, int64_t *ret, struct pt_err *err)
{
	int64_t n, last;
	int r = pt_db_int(db, &n, err, "SELECT count(DISTINCT launch) FROM sample", "");

	if (r == 0 && n > 0)
		r = pt_db_int(
			db, &last, err,
			"SELECT DISTINCT launch FROM sample ORDER BY launch LIMIT 1 OFFSET ?1", "i",
			(n + 9) / 10 - 1);
	if (r == 0 && n > 0)
		r = pt_db_run(db, err, "DELETE FROM sample WHERE launch<=?1", "i", last);
	*ret = (n + 9) / 10;
	return r;
}

/* The oldest tenth of the batches, never the last one. */
static int drop_batches(struct pt_db *db, int64_t *ret, struct pt_err *err)
{
	int64_t n, before = 0, after = 0;
	int r = pt_db_int(db, &n, err, "SELECT count(*) FROM batch", "");

	*ret = 0;
	if (r < 0 || n < 2)
		return r;
	r = pt_db_int(db, &before, err, "SELECT count(*) FROM launch", "");
	if (r == 0)
		r = pt_db_run(db, err,
			      "DELETE FROM batch WHERE id IN (SELECT id FROM batch "
			      "ORDER BY started_ns, id LIMIT ?1)",
			      "i", PT_MIN((n + 9) / 10, n - 1));
	if (r == 0)
		r = pt_db_int(db, &after, err, "SELECT count(*) FROM launch", "");
	/* What has no result any more is a benchmark that is gone. */
	if (r == 0)
		r = pt_db_run(db, err,
			      "DELETE FROM bench WHERE id NOT IN (SELECT bench FROM result)", "");
	*ret = PT_MAX(before - after, 1);
	return r;
}

int pt_runs_prune(struct pt_db *db, uint64_t max_bytes, size_t *ret_launches, struct pt_err *err)
{
	int64_t used, dropped = 1, all = 0;
	int r = used_bytes(db, &used, err);
	bool samples = true;

	*ret_launches = 0;
	if (r < 0 || (uint64_t)used <= max_bytes)
		return r;
	r = pt_db_begin(db, err);
	if (r < 0)
		return r;
	while (r == 0 && dropped > 0 && (uint64_t)used > max_bytes / 10 * 9) {
		r = samples ? drop_samples(db, &dropped, err) : drop_batches(db, &dropped, err);
		all += dropped;
		if (samples && dropped == 0) {
			samples = false;
			dropped = 1;
		}
		if (r == 0)
			r = used_bytes(db, &used, err);
	}
	r = pt_db_end(db, r, err);
	if (r == 0)
		r = pt_db_run(db, err, "PRAGMA incremental_vacuum", "");
	if (r == 0)
		*ret_launches = (size_t)all;
	return r;
}
