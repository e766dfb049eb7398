/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles of runs, one row a batch. */
#include "perftop/store/flames.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "runs_priv.h"
#include "sql.h"

#include <string.h>

/* All together they take a third of what the history may: what was measured needs the rest, and cannot
 * be had again. */
enum { KEPT = 400, DATA_MAX = 8 << 20, KEPT_BYTES = 32 << 20 };

int pt_flames_put(struct pt_db *db, const struct pt_kept_flame *flame, struct pt_err *err)
{
	int r;

	if (flame->n > DATA_MAX)
		return pt_err_set(err, PT_ELIMIT, "a profile of %zu bytes is not kept, at most %d",
				  flame->n, DATA_MAX);
	r = pt_db_begin(db, err);
	if (r < 0)
		return r;
	r = pt_db_run(db, err,
		      "INSERT OR REPLACE INTO flame(batch, mode, samples, data)"
		      " VALUES(?1, ?2, ?3, ?4)",
		      "itib", flame->batch, flame->mode, flame->samples, flame->data, flame->n);
	if (r == 0)
		r = pt_db_run(db, err,
			      "DELETE FROM flame WHERE batch NOT IN (SELECT batch FROM"
			      " (SELECT batch, sum(length(data)) OVER (ORDER BY batch DESC) AS upto"
			      " FROM flame ORDER BY batch DESC LIMIT ?1) WHERE upto <= ?2)",
			      "ii", (int64_t)KEPT, (int64_t)KEPT_BYTES);
	return pt_db_end(db, r, err);
}

static int read_flame(struct pt_db *db, const struct pt_batch_info *batch,
		      struct pt_kept_flame *ret, struct pt_err *err)
{
	sqlite3_stmt *stmt = NULL;
	int r = pt_db_prepare(db, &stmt, err,
			      "SELECT mode, samples, data FROM flame WHERE batch=?1", "i",
			      batch->id);

	if (r == 0)
		r = pt_db_step(db, stmt, err);
	if (r > 0) {
		const char *mode = (const char *)sqlite3_column_text(stmt, 0);
		*ret = (struct pt_kept_flame){.batch = batch->id,
					      .commit = batch->commit,
					      .samples = sqlite3_column_int64(stmt, 1)};
		pt_strlcpy(ret->mode, mode ? mode : "", sizeof ret->mode);
		ret->n = (size_t)sqlite3_column_bytes(stmt, 2);
		ret->data = pt_malloc(ret->n + 1);
		if (ret->n)
			memcpy(ret->data, sqlite3_column_blob(stmt, 2), ret->n);
	}
	sqlite3_finalize(stmt);
	return r;
}

int pt_flames_get(struct pt_db *db, const struct pt_runs_query *query, int64_t before,
		  const char *other_than, struct pt_kept_flame *ret, struct pt_err *err)
{
	struct pt_batch_info *list;
	size_t n;
	int r = pt_runs_matching(db, query, 0, &list, &n, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n && r == 0; i++)
		if ((before == 0 || list[i].id < before) &&
		    (!other_than || strcmp(list[i].commit.id, other_than) != 0))
			r = read_flame(db, &list[i], ret, err);
	pt_batch_infos_free(list, n);
	if (r == 0)
		return pt_err_set(
			err, PT_ENODATA,
			"no profile of these runs; `perftop bench run --flame` keeps one");
	return r < 0 ? r : 0;
}

void pt_kept_flame_release(struct pt_kept_flame *flame)
{
	free(flame->data);
	*flame = (struct pt_kept_flame){0};
}
