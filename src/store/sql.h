/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_STORE_SQL_H
#define PT_STORE_SQL_H

#include "perftop/store/db.h"

#include <sqlite3.h>
#include <stdint.h>

/* What the rest of store needs of the database: statements with their values, and errors in words. */
struct pt_db {
	sqlite3 *sql;
	char *path;
	bool read_only; /* as asked for, or because a newer perftop made it */
	int newer;	/* its schema, when that is newer than ours; else 0 */
};

/* The error of the last call, with the file and what to do. Returns the negative code. */
int pt_db_fail(struct pt_db *db, struct pt_err *err);

/*
 * Prepares a statement and binds ?1, ?2… by kinds: i int64_t, d double (NaN: NULL), t const char *
 * (borrowed until the next step; NULL: NULL), b const void * and size_t (likewise).
 */
int pt_db_prepare(struct pt_db *db, sqlite3_stmt **ret, struct pt_err *err, const char *sql,
		  const char *kinds, ...);
/* Another round of the same statement. */
int pt_db_bind(struct pt_db *db, sqlite3_stmt *stmt, struct pt_err *err, const char *kinds, ...);
/* 1: a row; 0: the end; else the error. */
int pt_db_step(struct pt_db *db, sqlite3_stmt *stmt, struct pt_err *err);
/* A statement without rows, all at once. */
int pt_db_run(struct pt_db *db, struct pt_err *err, const char *sql, const char *kinds, ...);
/* First column of the first row; 0 when there is none. */
int pt_db_int(struct pt_db *db, int64_t *ret, struct pt_err *err, const char *sql,
	      const char *kinds, ...);

/* A transaction that writes: waits for other writers. end commits when r is 0, else rolls back; returns
 * r, or why it could not commit. */
int pt_db_begin(struct pt_db *db, struct pt_err *err);
int pt_db_end(struct pt_db *db, int r, struct pt_err *err);

#endif
