/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole files in, whole files out. Reading trusts no size that stat() tells: /proc says zero, and
 * a file may grow meanwhile. Writing goes through a temporary file beside the target; a target
 * that is a symbolic link keeps being one, and a pipe or device is written as it stands (a rename
 * over /dev/null would replace it).
 */
#include "perftop/base/fs.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_CHUNK ((size_t)16384)
#define TEMP_TRIES 100
#define FILES_SPARE 256 /* that are open anyway */

static int fs_fail(struct pt_err *err, const char *path, const char *what)
{
	int errnum = errno;

	return pt_err_at(err, (enum pt_error)(-pt_err_errno(errnum)), path, 0, 0, "%s: %s", what,
			 strerror(errnum));
}

static int fs_read_all(int fd, const char *path, size_t max, struct pt_str *buf, struct pt_err *err)
{
	char *chunk = pt_malloc(READ_CHUNK);
	ssize_t n;
	int ret = 0;

	while ((n = read(fd, chunk, READ_CHUNK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			ret = fs_fail(err, path, "cannot read");
			break;
		}
		if ((size_t)n > max - buf->len) {
			ret = pt_err_at(err, PT_ELIMIT, path, 0, 0,
					"larger than the %zu bytes allowed here", max);
			break;
		}
		pt_str_addn(buf, chunk, (size_t)n);
	}
	free(chunk);
	return ret;
}

int pt_fs_read(const char *path, size_t max, char **ret, size_t *ret_len, struct pt_err *err)
{
	struct pt_str buf = PT_STR_INIT;
	struct stat st;
	int code = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return fs_fail(err, path, "cannot open");
	if (fstat(fd, &st) < 0)
		code = fs_fail(err, path, "cannot read");
	else if (S_ISDIR(st.st_mode) || S_ISSOCK(st.st_mode))
		code = pt_err_at(err, PT_EINVAL, path, 0, 0, "is a %s, expected a file",
				 S_ISDIR(st.st_mode) ? "folder" : "socket");
	else
		code = fs_read_all(fd, path, max, &buf, err);
	close(fd);
	if (code) {
		pt_str_release(&buf);
		return code;
	}
	if (ret_len)
		*ret_len = buf.len;
	*ret = pt_str_detach(&buf);
	return 0;
}

/* 0 or -1 with errno. */
static int fs_write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int fs_write_through(const char *path, const char *data, size_t len, struct pt_err *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	int bad;

	if (fd < 0)
		return fs_fail(err, path, "cannot open for writing");
	bad = fs_write_all(fd, data, len);
	if (bad)
		bad = fs_fail(err, path, "cannot write");
	close(fd);
	return bad;
}

/* A new file beside path: its descriptor, or -1 with errno. temp receives the name. */
static int fs_temp(struct pt_str *temp, const char *path, unsigned mode)
{
	int fd = -1;

	for (unsigned i = 0; fd < 0 && i < TEMP_TRIES; i++) {
		pt_str_clear(temp);
		pt_str_addf(temp, "%s.%ld-%u.tmp", path, (long)getpid(), i);
		fd = open(pt_str_text(temp), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd;
}

/* A new file in path's folder that has no name: who is killed leaves nothing. -1: not on every file system. */
static int fs_unnamed(const char *path, unsigned mode)
{
	char *folder = pt_strdup(path);
	char *slash = strrchr(folder, '/');
	int fd;

	if (slash)
		slash[slash == folder] = '\0';
	fd = open(slash ? folder : ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, mode);
	free(folder);
	return fd;
}

/* Gives it one beside path, for the rename. */
static int fs_name(int fd, struct pt_str *temp, const char *path)
{
	char from[64];
	int r = -1;

	pt_snprintf(from, sizeof from, "/proc/self/fd/%d", fd);
	for (unsigned i = 0; r < 0 && i < TEMP_TRIES; i++) {
		pt_str_clear(temp);
		pt_str_addf(temp, "%s.%ld-%u.tmp", path, (long)getpid(), i);
		r = linkat(AT_FDCWD, from, AT_FDCWD, pt_str_text(temp), AT_SYMLINK_FOLLOW);
		if (r < 0 && errno != EEXIST)
			break;
	}
	return r;
}

/* After the rename, so that the name survives a power cut too. Not every file system can. */
static void fs_sync_folder(const char *path)
{
	char *folder = pt_strdup(path);
	char *slash = strrchr(folder, '/');
	int fd;

	if (slash)
		slash[slash == folder] = '\0';
	fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
	free(folder);
}

static int fs_replace(const char *path, const char *data, size_t len, unsigned mode, bool unnamed,
		      struct pt_err *err)
{
	struct pt_str temp = PT_STR_INIT;
	int ret = 0;
	int fd = unnamed ? fs_unnamed(path, mode) : fs_temp(&temp, path, mode);

	if (fd < 0 && unnamed)
		return fs_replace(path, data, len, mode, false, err);
	if (fd < 0) {
		ret = fs_fail(err, path, "cannot write");
		goto out;
	}
	if (fs_write_all(fd, data, len) < 0 || fsync(fd) < 0)
		ret = fs_fail(err, path, "cannot write");
	if (!ret && unnamed && fs_name(fd, &temp, path) < 0) {
		close(fd);
		pt_str_release(&temp);
		return fs_replace(path, data, len, mode, false, err);
	}
	if (close(fd) < 0 && !ret)
		ret = fs_fail(err, path, "cannot write");
	if (!ret && rename(pt_str_text(&temp), path) < 0)
		ret = fs_fail(err, path, "cannot replace");
	if (ret && temp.len)
		unlink(pt_str_text(&temp));
	else if (!ret)
		fs_sync_folder(path);
out:
	pt_str_release(&temp);
	return ret;
}

int pt_fs_write(const char *path, const char *data, size_t len, unsigned mode, struct pt_err *err)
{
	struct stat st;
	char *target = NULL;
	int ret;

	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return pt_err_at(err, PT_EINVAL, path, 0, 0,
					 "is a folder, expected a file");
		if (!S_ISREG(st.st_mode))
			return fs_write_through(path, data, len, err);
		target = realpath(path, NULL);
	}
	ret = fs_replace(target ? target : path, data, len, mode, true, err);
	free(target);
	return ret;
}

int pt_fs_mkdirs(const char *path, struct pt_err *err)
{
	char *copy = pt_strdup(path);
	struct stat st;
	int ret = 0;

	for (char *p = copy + (copy[0] == '/'); *p && !ret; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			ret = fs_fail(err, copy, "cannot make the folder");
		*p = '/';
	}
	if (!ret && mkdir(copy, 0700) < 0 && errno != EEXIST)
		ret = fs_fail(err, copy, "cannot make the folder");
	if (!ret && (stat(copy, &st) < 0 || !S_ISDIR(st.st_mode)))
		ret = pt_err_at(err, PT_EEXIST, copy, 0, 0, "exists and is no folder");
	free(copy);
	return ret;
}

void pt_fs_allow_open(size_t n)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= n + FILES_SPARE)
		return;
	limit.rlim_cur = PT_MIN(limit.rlim_max, (rlim_t)(n + FILES_SPARE));
	setrlimit(RLIMIT_NOFILE, &limit);
}
