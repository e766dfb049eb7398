/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files: whole or absent, in a folder of the test's own.
 */
#include "perftop/base/fs.h"
#include "perftop/base/str.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/perftop-fs.XXXXXX";

static const char *path(const char *name)
{
	static char buf[4][256];
	static unsigned turn;
	char *p = buf[turn++ % 4];

	snprintf(p, sizeof buf[0], "%s/%s", folder, name);
	return p;
}

static int remove_one(const char *name, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(name);
}

static int setup(void **state)
{
	(void)state;
	umask(022);
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int entries(void)
{
	DIR *dir = opendir(folder);
	int n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static void test_round_trip(void **state)
{
	char *text;
	struct stat st;
	size_t len;

	(void)state;
	assert_int_equal(pt_fs_write(path("a"), "x\0y\n", 4, 0640, NULL), 0);
	assert_int_equal(stat(path("a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(pt_fs_read(path("a"), 4, &text, &len, NULL), 0);
	assert_int_equal(len, 4);
	assert_memory_equal(text, "x\0y\n", 5); /* terminated */
	free(text);
	assert_int_equal(pt_fs_write(path("a"), "", 0, 0666, NULL), 0);
	assert_int_equal(pt_fs_read(path("a"), 0, &text, NULL, NULL), 0);
	assert_string_equal(text, "");
	free(text);
	assert_int_equal(stat(path("a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644); /* umask, as for open() */
	assert_int_equal(entries(), 1);		   /* no temporary file is left */
}

static void test_limit(void **state)
{
	struct pt_err err;
	char *text = NULL;
	size_t len = 77;

	(void)state;
	pt_fs_write(path("limit"), "12345", 5, 0600, NULL);
	assert_int_equal(pt_fs_read(path("limit"), 4, &text, &len, &err), -PT_ELIMIT);
	assert_null(text);
	assert_int_equal(len, 77);
	assert_string_equal(err.file, path("limit"));
	assert_string_equal(err.msg, "larger than the 4 bytes allowed here");
	/* Without end: bounded all the same. */
	assert_int_equal(pt_fs_read("/dev/zero", 100000, &text, &len, &err), -PT_ELIMIT);
}

static void test_read_errors(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct pt_err err;
	char *text = NULL;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(pt_fs_read(path("none"), 9, &text, NULL, &err), -PT_ENOENT);
	assert_string_equal(err.msg, "cannot open: No such file or directory");
	assert_string_equal(err.file, path("none"));
	assert_int_equal(pt_fs_read(folder, 9, &text, NULL, &err), -PT_EINVAL);
	assert_string_equal(err.msg, "is a folder, expected a file");
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path("socket"));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_true(pt_fs_read(path("socket"), 9, &text, NULL, &err) < 0);
	close(fd);
	unlink(path("socket"));
	if (geteuid() != 0) { /* root may read everything */
		pt_fs_write(path("closed"), "x", 1, 0, NULL);
		assert_int_equal(pt_fs_read(path("closed"), 9, &text, NULL, &err), -PT_EACCES);
	}
	assert_null(text);
}

static void test_pipe_and_proc(void **state)
{
	char *text, name[32];
	size_t len;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], "piped", 5), 5);
	close(fd[1]);
	snprintf(name, sizeof name, "/dev/fd/%d", fd[0]);
	assert_int_equal(pt_fs_read(name, 100, &text, &len, NULL), 0);
	assert_string_equal(text, "piped");
	free(text);
	close(fd[0]);
#ifdef __linux__
	assert_int_equal(pt_fs_read("/proc/self/stat", 4096, &text, &len, NULL), 0);
	assert_true(len > 20); /* although stat() says 0 */
	free(text);
#endif
}

static void test_write_errors(void **state)
{
	struct pt_err err;
	char *text;
	int before = entries();

	(void)state;
	assert_int_equal(pt_fs_write(path("no/such"), "x", 1, 0600, &err), -PT_ENOENT);
	assert_string_equal(err.msg, "cannot write: No such file or directory");
	assert_int_equal(pt_fs_write(folder, "x", 1, 0600, &err), -PT_EINVAL);
	assert_int_equal(entries(), before);
	pt_fs_write(path("kept"), "old", 3, 0600, NULL);
#ifdef __linux__
	/* A full device: an error, and nothing is replaced. */
	assert_int_equal(pt_fs_write("/dev/full", "x", 1, 0600, &err), -PT_EIO);
#endif
	assert_int_equal(pt_fs_read(path("kept"), 9, &text, NULL, NULL), 0);
	assert_string_equal(text, "old");
	free(text);
}

static void test_link_and_device_stay(void **state)
{
	struct stat st;
	char *text;

	(void)state;
	pt_fs_write(path("target"), "old", 3, 0600, NULL);
	assert_int_equal(symlink("target", path("link")), 0);
	assert_int_equal(pt_fs_write(path("link"), "new", 3, 0600, NULL), 0);
	assert_int_equal(lstat(path("link"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(pt_fs_read(path("target"), 9, &text, NULL, NULL), 0);
	assert_string_equal(text, "new");
	free(text);
	assert_int_equal(pt_fs_write("/dev/null", "x", 1, 0600, NULL), 0);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
}

static void test_mkdirs(void **state)
{
	struct pt_err err;
	struct stat st;

	(void)state;
	assert_int_equal(pt_fs_mkdirs(path("p/q/r"), NULL), 0);
	assert_int_equal(stat(path("p/q"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(pt_fs_mkdirs(path("p/q/r"), NULL), 0); /* there already */
	assert_int_equal(pt_fs_mkdirs(path("p//q/s/"), NULL), 0);
	assert_int_equal(stat(path("p/q/s"), &st), 0);
	pt_fs_write(path("file"), "", 0, 0600, NULL);
	assert_int_equal(pt_fs_mkdirs(path("file"), &err), -PT_EEXIST);
	assert_string_equal(err.msg, "exists and is no folder");
	assert_true(pt_fs_mkdirs(path("file/x"), &err) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),   cmocka_unit_test(test_limit),
		cmocka_unit_test(test_read_errors),  cmocka_unit_test(test_pipe_and_proc),
		cmocka_unit_test(test_write_errors), cmocka_unit_test(test_link_and_device_stay),
		cmocka_unit_test(test_mkdirs),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
