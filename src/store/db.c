/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The database: opened, checked, brought to our schema. Always a rollback journal that is truncated,
 * with synchronous FULL: what a commit has acknowledged was still there after each power cut and
 * on NFS, where WAL lost rows, and WAL before SQLite 3.51.3 can damage the file; a journal that is deleted
 * lost its last commit. One mode for all means that no two perftops disagree about it.
 */
#include "perftop/store/db.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "sql.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	APPLICATION_ID = 0x50544F50, /* "PTOP" */
	WAIT_WRITE_MS = 30000,	     /* writers may starve each other for seconds */
	WAIT_READ_MS = 5000,
};

/*
 * The ladder: step i brings schema i to i + 1. Steps are never changed once released. CHECKs stand
 * for STRICT, which SQLite 3.31 lacks. Names of environments' facts are JSON.
 */
static const char *const ladder[] = {
	"CREATE TABLE repository(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);"
	"CREATE TABLE environment(id INTEGER PRIMARY KEY, machine_class TEXT NOT NULL,"
	" facts TEXT NOT NULL, UNIQUE(machine_class, facts));"
	"CREATE TABLE batch(id INTEGER PRIMARY KEY,"
	" repository INTEGER NOT NULL REFERENCES repository(id),"
	" environment INTEGER NOT NULL REFERENCES environment(id),"
	" suite TEXT NOT NULL, kind INTEGER NOT NULL CHECK(typeof(kind)='integer'),"
	" started_ns INTEGER NOT NULL CHECK(typeof(started_ns)='integer'),"
	" commit_id TEXT NOT NULL, branch TEXT NOT NULL, subject TEXT NOT NULL,"
	" commit_ns INTEGER NOT NULL CHECK(typeof(commit_ns)='integer'),"
	" dirty INTEGER NOT NULL CHECK(dirty IN (0,1)));"
	"CREATE INDEX batch_of ON batch(repository, suite, started_ns);"
	"CREATE TABLE launch(id INTEGER PRIMARY KEY,"
	" batch INTEGER NOT NULL REFERENCES batch(id) ON DELETE CASCADE,"
	" place INTEGER NOT NULL, started_ns INTEGER NOT NULL, wall_ns INTEGER NOT NULL,"
	" status INTEGER NOT NULL CHECK(typeof(status)='integer'),"
	" exit_status INTEGER NOT NULL, signo INTEGER NOT NULL, error TEXT,"
	" busy REAL, steal REAL, pressure REAL, io_pressure REAL, memory_pressure REAL,"
	" frequency REAL, frequency_min REAL, throttled REAL, noisy TEXT NOT NULL);"
	"CREATE INDEX launch_of ON launch(batch);"
	"CREATE TABLE bench(id INTEGER PRIMARY KEY,"
	" repository INTEGER NOT NULL REFERENCES repository(id),"
	" suite TEXT NOT NULL, name TEXT NOT NULL, metric TEXT NOT NULL,"
	" unit TEXT NOT NULL, better INTEGER NOT NULL CHECK(better IN (0,1)),"
	" exact INTEGER NOT NULL CHECK(exact IN (0,1)),"
	" estimate INTEGER NOT NULL CHECK(estimate IN (0,1)),"
	" UNIQUE(repository, suite, name, metric));"
	"CREATE TABLE result(launch INTEGER NOT NULL REFERENCES launch(id) ON DELETE CASCADE,"
	" bench INTEGER NOT NULL REFERENCES bench(id), run INTEGER NOT NULL,"
	" samples INTEGER NOT NULL CHECK(samples > 0),"
	" median REAL NOT NULL CHECK(typeof(median)='real'), lo REAL, hi REAL,"
	" PRIMARY KEY(launch, bench, run)) WITHOUT ROWID;"
	/* Apart, so that a history reads medians alone, and they can go before the medians do. */
	"CREATE TABLE sample(launch INTEGER NOT NULL REFERENCES launch(id) ON DELETE CASCADE,"
	" bench INTEGER NOT NULL, run INTEGER NOT NULL,"
	" data BLOB NOT NULL CHECK(typeof(data)='blob'),"
	" PRIMARY KEY(launch, bench, run)) WITHOUT ROWID;",
	"CREATE TABLE flame(batch INTEGER PRIMARY KEY REFERENCES batch(id) ON DELETE CASCADE,"
	" mode TEXT NOT NULL, samples INTEGER NOT NULL CHECK(typeof(samples)='integer'),"
	" data BLOB NOT NULL CHECK(typeof(data)='blob'));",
};

enum { SCHEMA = PT_LEN(ladder) };

/* -- errors -------------------------------------------------------------------------------------- */

static int damaged(const struct pt_db *db, const char *how, struct pt_err *err)
{
	return pt_err_at(err, PT_EIO, db->path, 0, 0,
			 "the history is damaged (%s); move this file aside and a new one is made: "
			 "baselines do not need it, and `sqlite3 FILE .recover` reads what is left",
			 how);
}

int pt_db_fail(struct pt_db *db, struct pt_err *err)
{
	int code = sqlite3_errcode(db->sql) & 0xFF, number = sqlite3_system_errno(db->sql);
	const char *text = sqlite3_errmsg(db->sql);

	switch (code) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return pt_err_at(err, PT_ETIMEDOUT, db->path, 0, 0,
				 "another perftop has been writing for too long; try again");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return damaged(db, text, err);
	case SQLITE_FULL:
		return pt_err_at(err, PT_EIO, db->path, 0, 0, "the disk is full; nothing was kept");
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH: return pt_err_at(err, PT_EACCES, db->path, 0, 0, "cannot be written");
	case SQLITE_CANTOPEN:
		return pt_err_at(err, (enum pt_error)(-pt_err_errno(number ? number : EIO)),
				 db->path, 0, 0, "cannot open the history: %s",
				 number ? strerror(number) : text);
	default: break;
	}
	return pt_err_at(err, PT_EIO, db->path, 0, 0, "history: %s%s%s", text, number ? ": " : "",
			 number ? strerror(number) : "");
}

/* -- statements ---------------------------------------------------------------------------------- */

static int bind_one(sqlite3_stmt *stmt, int i, char kind, va_list *ap)
{
	const void *data;
	double v;

	switch (kind) {
	case 'i': return sqlite3_bind_int64(stmt, i, va_arg(*ap, int64_t));
	case 'd':
		v = va_arg(*ap, double);
		return isnan(v) ? sqlite3_bind_null(stmt, i) : sqlite3_bind_double(stmt, i, v);
	case 't': return sqlite3_bind_text(stmt, i, va_arg(*ap, const char *), -1, SQLITE_STATIC);
	default:
		data = va_arg(*ap, const void *);
		return sqlite3_bind_blob64(stmt, i, data, va_arg(*ap, size_t), SQLITE_STATIC);
	}
}

static int bind_all(struct pt_db *db, sqlite3_stmt *stmt, struct pt_err *err, const char *kinds,
		    va_list *ap)
{
	for (int i = 0; kinds[i]; i++)
		if (bind_one(stmt, i + 1, kinds[i], ap) != SQLITE_OK)
			return pt_db_fail(db, err);
	return 0;
}

int pt_db_bind(struct pt_db *db, sqlite3_stmt *stmt, struct pt_err *err, const char *kinds, ...)
{
	va_list ap;
	int r;

	sqlite3_reset(stmt);
	va_start(ap, kinds);
	r = bind_all(db, stmt, err, kinds, &ap);
	va_end(ap);
	return r;
}

static int prepare(struct pt_db *db, sqlite3_stmt **ret, struct pt_err *err, const char *sql,
		   const char *kinds, va_list *ap)
{
	sqlite3_stmt *stmt = NULL;
	int r;

	if (sqlite3_prepare_v2(db->sql, sql, -1, &stmt, NULL) != SQLITE_OK)
		return pt_db_fail(db, err);
	r = bind_all(db, stmt, err, kinds, ap);
	if (r < 0)
		sqlite3_finalize(stmt);
	else
		*ret = stmt;
	return r;
}

int pt_db_prepare(struct pt_db *db, sqlite3_stmt **ret, struct pt_err *err, const char *sql,
		  const char *kinds, ...)
{
	va_list ap;
	int r;

	va_start(ap, kinds);
	r = prepare(db, ret, err, sql, kinds, &ap);
	va_end(ap);
	return r;
}

int pt_db_step(struct pt_db *db, sqlite3_stmt *stmt, struct pt_err *err)
{
	int r = sqlite3_step(stmt);

	return r == SQLITE_ROW ? 1 : r == SQLITE_DONE ? 0 : pt_db_fail(db, err);
}

int pt_db_run(struct pt_db *db, struct pt_err *err, const char *sql, const char *kinds, ...)
{
	sqlite3_stmt *stmt = NULL;
	va_list ap;
	int r;

	va_start(ap, kinds);
	r = prepare(db, &stmt, err, sql, kinds, &ap);
	va_end(ap);
	while (r == 0 && (r = pt_db_step(db, stmt, err)) > 0)
		r = 0;
	sqlite3_finalize(stmt);
	return r;
}

int pt_db_int(struct pt_db *db, int64_t *ret, struct pt_err *err, const char *sql,
	      const char *kinds, ...)
{
	sqlite3_stmt *stmt = NULL;
	va_list ap;
	int r;

	va_start(ap, kinds);
	r = prepare(db, &stmt, err, sql, kinds, &ap);
	va_end(ap);
	if (r == 0)
		r = pt_db_step(db, stmt, err);
	if (r >= 0)
		*ret = r > 0 ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	return PT_MIN(r, 0);
}

/* A script of several statements without values. */
static int script(struct pt_db *db, const char *sql, struct pt_err *err)
{
	return sqlite3_exec(db->sql, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : pt_db_fail(db, err);
}

int pt_db_begin(struct pt_db *db, struct pt_err *err)
{
	if (db->newer)
		return pt_err_at(err, PT_ENOTSUP, db->path, 0, 0,
				 "a newer perftop made this history (schema %d, this one knows "
				 "%d): it can be read, not written; update perftop",
				 db->newer, (int)SCHEMA);
	if (db->read_only)
		return pt_err_at(err, PT_EACCES, db->path, 0, 0, "is open for reading only");
	return script(db, "BEGIN IMMEDIATE", err);
}

int pt_db_end(struct pt_db *db, int r, struct pt_err *err)
{
	if (r == 0)
		r = script(db, "COMMIT", err);
	if (r < 0)
		(void)sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

/* -- opening ------------------------------------------------------------------------------------- */

static int64_t schema_of(struct pt_db *db, int *r, struct pt_err *err)
{
	int64_t schema = 0;

	if (*r == 0)
		*r = pt_db_int(db, &schema, err, "PRAGMA user_version", "");
	return schema;
}

/* Is it ours at all? A file without tables is: it has just been made. */
static int check_owner(struct pt_db *db, struct pt_err *err)
{
	int64_t id = 0, tables = 0;
	int r = pt_db_int(db, &id, err, "PRAGMA application_id", "");

	if (r < 0 || id == APPLICATION_ID)
		return r;
	r = pt_db_int(db, &tables, err, "SELECT count(*) FROM sqlite_master", "");
	if (r == 0 && (tables > 0 || id != 0))
		r = pt_err_at(err, PT_EINVAL, db->path, 0, 0,
			      "is a database of another program, not perftop's history; "
			      "nothing was changed");
	return r;
}

static int climb(struct pt_db *db, struct pt_err *err)
{
	char sql[96];
	int64_t schema;
	int r = script(db, "BEGIN IMMEDIATE", err);

	if (r < 0)
		return r;
	schema = schema_of(db, &r, err); /* another process may have been faster */
	for (int64_t i = schema; r == 0 && i < SCHEMA; i++)
		r = script(db, ladder[i], err);
	pt_snprintf(sql, sizeof sql, "PRAGMA user_version=%d;PRAGMA application_id=%d", SCHEMA,
		    APPLICATION_ID);
	if (r == 0 && schema < SCHEMA)
		r = script(db, sql, err);
	return pt_db_end(db, r, err);
}

/* What holds for a connection. Nothing in the file may make SQLite run functions or change itself. */
static int configure(struct pt_db *db, struct pt_err *err)
{
	sqlite3_extended_result_codes(db->sql, 1);
	sqlite3_busy_timeout(db->sql, db->read_only ? WAIT_READ_MS : WAIT_WRITE_MS);
	sqlite3_db_config(db->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_limit(db->sql, SQLITE_LIMIT_LENGTH, 64 << 20);
	return script(db,
		      "PRAGMA trusted_schema=OFF;PRAGMA foreign_keys=ON;"
		      "PRAGMA cell_size_check=ON;PRAGMA synchronous=FULL",
		      err);
}

static int set_up(struct pt_db *db, struct pt_err *err)
{
	int r = configure(db, err);
	int64_t schema;

	if (r == 0)
		r = check_owner(db, err);
	schema = schema_of(db, &r, err);
	if (r < 0)
		return r;
	if (schema == 0 && db->read_only)
		return pt_err_at(err, PT_ENOENT, db->path, 0, 0, "there is no history yet");
	if (schema > SCHEMA)
		db->newer = (int)schema;
	/* The first holds only before there are tables. */
	if (schema == 0)
		r = script(db, "PRAGMA auto_vacuum=INCREMENTAL", err);
	if (r == 0 && !db->newer && sqlite3_db_readonly(db->sql, "main") == 0)
		r = script(db, "PRAGMA journal_mode=TRUNCATE", err);
	if (r == 0 && schema < SCHEMA)
		r = climb(db, err);
	if (r == 0 && (db->read_only || db->newer))
		r = script(db, "PRAGMA query_only=ON", err);
	return r;
}

static bool folder_of(const char *path, char *out, size_t size)
{
	char *slash;

	pt_strlcpy(out, path, size);
	slash = strrchr(out, '/');
	if (!slash || slash == out)
		return false;
	*slash = '\0';
	return true;
}

/* In a folder that a group shares, the group writes the file too. */
static void share(const char *path)
{
	char folder[4096];
	struct stat st;

	if (folder_of(path, folder, sizeof folder) && stat(folder, &st) == 0 &&
	    (st.st_mode & S_IWGRP))
		(void)chmod(path, 0664);
}

int pt_db_open(const char *path, bool read_only, struct pt_db **ret, struct pt_err *err)
{
	/* Who only reads must still be able to undo what a killed writer left half done. */
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	bool is_new = access(path, F_OK) < 0 && errno == ENOENT;
	char folder[4096];
	struct pt_db *db;
	int r = 0;

	if (is_new && read_only)
		return pt_err_at(err, PT_ENOENT, path, 0, 0, "there is no history yet");
	if (is_new && folder_of(path, folder, sizeof folder))
		r = pt_fs_mkdirs(folder, err);
	if (r < 0)
		return r;
	db = pt_calloc(1, sizeof *db);
	db->path = pt_strdup(path);
	db->read_only = read_only;
	if (!read_only)
		flags |= SQLITE_OPEN_CREATE;
	if (sqlite3_open_v2(path, &db->sql, flags, NULL) != SQLITE_OK)
		r = pt_db_fail(db, err);
	if (r == 0)
		r = set_up(db, err);
	if (r < 0) {
		pt_db_close(db);
		return r;
	}
	if (is_new)
		share(path);
	*ret = db;
	return 0;
}

void pt_db_close(struct pt_db *db)
{
	if (!db)
		return;
	sqlite3_close_v2(db->sql);
	free(db->path);
	free(db);
}
