/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The database as a file: made, refused, damaged, of another time; and what of it survives when its
 * writers are killed, when two write at once, when the disk is full.
 */
#include "../../src/store/sql.h"
#include "perftop/base/fs.h"
#include "perftop/base/str.h"
#include "perftop/store/db.h"
#include "store_runs.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

static const struct pt_runs_query any = {.dirty = -1};

static struct pt_db *open_db(const char *path)
{
	struct pt_db *db = NULL;
	struct pt_err err = {0};

	if (pt_db_open(path, false, &db, &err) < 0)
		print_error("%s: %s\n", err.file, err.msg);
	return db;
}

static int64_t begin(struct pt_db *db, int i)
{
	struct fake_batch f;
	int64_t id = 0;

	fake_batch_init(&f, i, "main");
	if (pt_runs_begin(db, &f.batch, &id, NULL) < 0)
		id = 0;
	fake_batch_release(&f);
	return id;
}

static int add(struct pt_db *db, int64_t batch, int index, struct pt_err *err)
{
	uint64_t seed = (uint64_t)index + 1;
	struct pt_launch l;
	int r;

	fake_launch_init(&l, index, 6, 50, &seed);
	r = pt_runs_add(db, batch, &l, err);
	pt_launch_release(&l);
	return r;
}

static int64_t number(struct pt_db *db, const char *sql)
{
	int64_t n = -1;

	assert_int_equal(pt_db_int(db, &n, NULL, sql, ""), 0);
	return n;
}

static bool is_whole(struct pt_db *db)
{
	return number(db, "SELECT count(*) FROM pragma_integrity_check "
			  "WHERE integrity_check<>'ok'") == 0 &&
	       number(db, "SELECT count(*) FROM pragma_foreign_key_check") == 0;
}

static void test_made(void **state)
{
	char path[600], folder[700];
	struct pt_db *db;
	struct stat st;

	(void)state;
	fresh_db(path, sizeof path, "made");
	assert_int_equal(pt_db_open(path, true, &db, NULL), -PT_ENOENT);
	assert_int_equal(access(path, F_OK), -1);
	pt_snprintf(folder, sizeof folder, "%s.d", path);
	mkdir(folder, 0700);
	chmod(folder, 0770);
	pt_snprintf(path, sizeof path, "%s/new/history.db", folder);
	db = open_db(path);
	assert_non_null(db);
	assert_int_equal(number(db, "PRAGMA application_id"), 0x50544F50);
	assert_int_equal(number(db, "PRAGMA user_version"), 2);
	assert_int_equal(number(db, "PRAGMA foreign_keys"), 1);
	assert_int_equal(number(db, "PRAGMA synchronous"), 2);
	assert_int_equal(number(db, "PRAGMA auto_vacuum"), 2);
	pt_db_close(db);
	/* Beside colleagues their group may write. */
	unlink(path);
	pt_snprintf(path, sizeof path, "%s/history.db", folder);
	unlink(path);
	db = open_db(path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0664);
	pt_db_close(db);
	/* Open to read, it cannot be written. */
	assert_int_equal(pt_db_open(path, true, &db, NULL), 0);
	assert_int_equal(begin(db, 1), 0);
	pt_db_close(db);
}

static void test_newer(void **state)
{
	char path[600];
	struct pt_db *db;
	struct pt_err err = {0};
	struct pt_bench_set set;
	int64_t batch;

	(void)state;
	db = open_db(fresh_db(path, sizeof path, "newer"));
	batch = begin(db, 1);
	assert_int_equal(add(db, batch, 0, NULL), 0);
	assert_int_equal(pt_db_run(db, NULL, "PRAGMA user_version=7", ""), 0);
	pt_db_close(db);
	db = open_db(path);
	pt_bench_set_init(&set);
	assert_int_equal(pt_runs_load(db, &any, &set, NULL), 0);
	assert_int_equal(set.n, 6);
	pt_bench_set_release(&set);
	assert_int_equal(add(db, batch, 1, &err), -PT_ENOTSUP);
	assert_non_null(strstr(err.msg, "schema 7"));
	pt_db_close(db);
}

static void write_file(const char *path, const char *data, size_t len)
{
	assert_int_equal(pt_fs_write(path, data, len, 0600, NULL), 0);
}

static void test_not_ours(void **state)
{
	static const char garbage[] =
		"this is not a database, and it is not short either: it goes "
		"on for more than a hundred bytes, as a header would, so there";
	char path[600], *text;
	struct pt_db *db = NULL;
	struct pt_err err = {0};
	sqlite3 *sql;
	size_t len;

	(void)state;
	fresh_db(path, sizeof path, "notours");
	write_file(path, garbage, sizeof garbage - 1);
	assert_int_equal(pt_db_open(path, false, &db, &err), -PT_EIO);
	assert_non_null(strstr(err.msg, "move this file aside"));
	assert_string_equal(err.file, path);
	assert_int_equal(pt_fs_read(path, 4096, &text, &len, NULL), 0);
	assert_string_equal(text, garbage);
	free(text);
	/* Somebody else's database is left alone. */
	fresh_db(path, sizeof path, "notours");
	assert_int_equal(sqlite3_open(path, &sql), SQLITE_OK);
	sqlite3_exec(sql, "CREATE TABLE theirs(x)", NULL, NULL, NULL);
	sqlite3_close(sql);
	assert_int_equal(pt_db_open(path, false, &db, &err), -PT_EINVAL);
	assert_non_null(strstr(err.msg, "another program"));
	assert_int_equal(sqlite3_open(path, &sql), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sql, "SELECT x FROM theirs", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(sql);
	/* No folder can be made below a file. */
	pt_snprintf(path + strlen(path), sizeof path - strlen(path), "/history.db");
	assert_true(pt_db_open(path, false, &db, &err) < 0);
}

/* Bytes in the middle overwritten: an error with words, never a crash, whatever is hit. */
static void test_damaged(void **state)
{
	char path[600], *text;
	struct pt_db *db;
	uint64_t seed = 3;
	size_t len;
	int64_t batch;
	int told = 0;

	(void)state;
	db = open_db(fresh_db(path, sizeof path, "damaged"));
	batch = begin(db, 1);
	for (int i = 0; i < 5; i++)
		assert_int_equal(add(db, batch, i, NULL), 0);
	pt_db_close(db);
	assert_int_equal(pt_fs_read(path, 1 << 24, &text, &len, NULL), 0);
	for (int round = 0; round < 12; round++) {
		char *bad = pt_malloc(len);
		struct pt_bench_set set;
		struct pt_history *h = NULL;
		struct pt_err err = {0};
		size_t n = 0;
		memcpy(bad, text, len);
		for (int i = 0; i < 40; i++)
			bad[100 + (size_t)(fake_uniform(&seed) * (double)(len - 100))] =
				(char)(fake_uniform(&seed) * 256);
		write_file(path, bad, len);
		free(bad);
		pt_bench_set_init(&set);
		if (pt_db_open(path, false, &db, &err) == 0) {
			(void)pt_runs_load(db, &any, &set, &err);
			if (pt_runs_history(db, &any, NULL, NULL, 9, &h, &n, &err) == 0)
				pt_histories_free(h, n);
			(void)add(db, batch, 9, &err);
			pt_db_close(db);
		}
		if (err.code) {
			assert_true(err.msg[0] != '\0');
			told++;
		}
		pt_bench_set_release(&set);
	}
	free(text);
	assert_true(told > 0);
}

/* -- writers that die, writers that meet --------------------------------------------------------- */

/* Adds launches for ever, and says each index only after add has acknowledged it. */
static void write_on(const char *path, int first, int to)
{
	struct pt_db *db = open_db(path);
	int64_t batch = db ? begin(db, first) : 0;

	for (int i = first; batch; i++)
		if (add(db, batch, i, NULL) < 0 || write(to, &i, sizeof i) != sizeof i)
			break;
	_exit(1);
}

static int drain(int from, unsigned char *acked, int max)
{
	int i, n = 0;

	while (read(from, &i, sizeof i) == (ssize_t)sizeof i)
		if (i < max) {
			acked[i] = 1;
			n++;
		}
	return n;
}

enum { KILLS = 15, MOST = 100000 };

static void test_killed(void **state)
{
	unsigned char *acked = pt_calloc(MOST, 1);
	char path[600], sql[100];
	struct pt_db *db;
	uint64_t seed = 11;
	int total = 0;

	(void)state;
	fresh_db(path, sizeof path, "killed");
	for (int round = 0; round < KILLS; round++) {
		struct timespec wait = {0, (long)(fake_uniform(&seed) * 25e6)};
		int ends[2];
		pid_t pid;
		assert_int_equal(pipe(ends), 0);
		pid = fork();
		if (pid == 0) {
			close(ends[0]);
			write_on(path, round * (MOST / KILLS), ends[1]);
		}
		close(ends[1]);
		nanosleep(&wait, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		total += drain(ends[0], acked, MOST);
		close(ends[0]);
		/* Who only reads undoes what was half written, too. */
		if (round % 3 == 0 && pt_db_open(path, true, &db, NULL) == 0) {
			assert_true(is_whole(db));
			pt_db_close(db);
		}
	}
	db = open_db(path);
	assert_non_null(db);
	assert_true(is_whole(db));
	for (int i = 0; i < MOST; i++) {
		if (!acked[i])
			continue;
		pt_snprintf(sql, sizeof sql,
			    "SELECT count(*) FROM result r JOIN launch l ON l.id=r.launch "
			    "WHERE l.place=%d",
			    i);
		assert_int_equal(number(db, sql), 6);
	}
	assert_true(number(db, "SELECT count(*) FROM launch") >= total);
	/* No launch is there by half. */
	assert_int_equal(number(db, "SELECT count(*) FROM launch WHERE 6<>"
				    "(SELECT count(*) FROM result WHERE launch=launch.id)"),
			 0);
	pt_db_close(db);
	free(acked);
}

enum { WRITERS = 3, EACH = 6 };

static void test_together(void **state)
{
	char path[600];
	struct pt_db *db;
	pid_t pids[WRITERS];
	int status;

	(void)state;
	/* They even make it together. */
	fresh_db(path, sizeof path, "together");
	for (int w = 0; w < WRITERS; w++) {
		pids[w] = fork();
		if (pids[w] == 0) {
			struct pt_db *mine = open_db(path);
			int64_t batch = mine ? begin(mine, w) : 0;
			int bad = batch ? 0 : 1;
			for (int i = 0; !bad && i < EACH; i++)
				bad = add(mine, batch, i, NULL) < 0;
			_exit(bad);
		}
	}
	for (int w = 0; w < WRITERS; w++) {
		waitpid(pids[w], &status, 0);
		assert_int_equal(status, 0);
	}
	db = open_db(path);
	assert_int_equal(number(db, "SELECT count(*) FROM launch"), WRITERS * EACH);
	assert_int_equal(number(db, "SELECT count(*) FROM repository"), 1);
	assert_int_equal(number(db, "SELECT count(*) FROM environment"), 1);
	assert_int_equal(number(db, "SELECT count(*) FROM bench"), 6);
	assert_true(is_whole(db));
	pt_db_close(db);
}

/* A limit on the file stands for a full disk. */
static void test_full(void **state)
{
	char path[600];
	struct pt_db *db;
	int status, before;
	struct stat st;
	int64_t batch;
	pid_t pid;

	(void)state;
	db = open_db(fresh_db(path, sizeof path, "full"));
	batch = begin(db, 1);
	assert_int_equal(add(db, batch, 0, NULL), 0);
	pt_db_close(db);
	assert_int_equal(stat(path, &st), 0);
	pid = fork();
	if (pid == 0) {
		struct rlimit limit = {(rlim_t)st.st_size + 16384, (rlim_t)st.st_size + 16384};
		struct pt_err err = {0};
		int r = 0, i;
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		db = open_db(path);
		for (i = 1; i < 1000 && (r = add(db, batch, i, &err)) == 0; i++)
			;
		_exit(r == -PT_EIO && strcmp(err.file, path) == 0 && i < 100 ? i : 0);
	}
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) > 0);
	before = WEXITSTATUS(status);
	db = open_db(path);
	assert_true(is_whole(db));
	assert_int_equal(number(db, "SELECT count(*) FROM launch"), before);
	assert_int_equal(add(db, batch, before, NULL), 0);
	pt_db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made),	 cmocka_unit_test(test_newer),
		cmocka_unit_test(test_not_ours), cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_killed),	 cmocka_unit_test(test_together),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
