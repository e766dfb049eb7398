/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_STORE_DB_H
#define PT_STORE_DB_H

#include "perftop/base/err.h"

#include <stdbool.h>

/*
 * `history.db`: the local database, and the only home of SQLite. One migration ladder for all of
 * its tables. A connection is used by one thread at a time (which may be another one the next
 * time); several connections and processes may be open.
 */
struct pt_db;

/* Opens, makes and migrates it. read_only: -PT_ENOENT when there is none. A database of a newer
 * perftop opens for reading only, and says so in err when written. -PT_EIO, -PT_EACCES. */
int pt_db_open(const char *path, bool read_only, struct pt_db **ret, struct pt_err *err);
void pt_db_close(struct pt_db *db);

#endif
