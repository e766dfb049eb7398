/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formats that profiles are written in, and files of them. */
#include "perftop/profile/export.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define PT_EXPORT(name) extern const struct pt_profile_export pt_profile_export_##name;
#include "perftop/profile/exports.def"
#undef PT_EXPORT

const struct pt_profile_export *const pt_profile_exports[] = {
#define PT_EXPORT(name) &pt_profile_export_##name,
#include "perftop/profile/exports.def"
#undef PT_EXPORT
};
const size_t pt_n_profile_exports = PT_LEN(pt_profile_exports);

const struct pt_profile_export *pt_profile_export_find(const char *name)
{
	for (size_t i = 0; i < pt_n_profile_exports; i++)
		if (strcmp(pt_profile_exports[i]->name, name) == 0)
			return pt_profile_exports[i];
	return NULL;
}

/* Is the path's end one of the endings, which stand between spaces? The longest that fits counts. */
static size_t fits(const char *path, const char *endings)
{
	size_t best = 0, len = strlen(path);

	for (const char *at = endings; *(at += strspn(at, " "));) {
		size_t n = strcspn(at, " ");

		if (n < len && n > best && strncasecmp(path + len - n, at, n) == 0)
			best = n;
		at += n;
	}
	return best;
}

const struct pt_profile_export *pt_profile_export_for(const char *path)
{
	const struct pt_profile_export *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < pt_n_profile_exports; i++) {
		size_t n = fits(path, pt_profile_exports[i]->endings);

		if (n > most) {
			most = n;
			best = pt_profile_exports[i];
		}
	}
	return best;
}

/* -- files ---------------------------------------------------------------------------------------- */

struct out_file {
	FILE *file;
	const char *path; /* what errors call it */
	struct pt_err *err;
};

static int fail(struct pt_err *err, const char *path, int errnum)
{
	return pt_err_at(err, (enum pt_error)(-pt_err_errno(errnum)), path, 0, 0,
			 "cannot write: %s",
			 errnum == ENOENT ? "there is no such folder" : strerror(errnum));
}

static int write_file(void *arg, const char *data, size_t n)
{
	struct out_file *out = arg;

	return fwrite(data, 1, n, out->file) == n ? 0 : fail(out->err, out->path, errno);
}

/* Ends the file well or not at all. */
static int close_file(struct out_file *out, int code)
{
	if (!code && (fflush(out->file) || (fsync(fileno(out->file)) && errno != EINVAL)))
		code = fail(out->err, out->path, errno);
	if (fclose(out->file) && !code)
		code = fail(out->err, out->path, errno);
	return code;
}

static int export_to(struct out_file *out, int fd, const struct pt_profile *p,
		     const struct pt_profile_export *format, const struct pt_export_spec *spec)
{
	const struct pt_export_sink sink = {.write = write_file, .arg = out};

	out->file = fdopen(fd, "w");
	if (!out->file) {
		close(fd);
		return fail(out->err, out->path, errno);
	}
	return close_file(out, format->write(p, spec, &sink, out->err));
}

/* Pipes and devices are written as they stand. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* A new file beside target, with the rights that a new file has here: asking for the umask would take
 * it from other threads for a moment, so mkstemp is of no use. */
static int open_beside(const char *target, struct pt_str *ret_name)
{
	enum { TRIES = 100 };
	static atomic_uint count;
	int fd = -1;

	for (int i = 0; i < TRIES && fd < 0 && (i == 0 || errno == EEXIST); i++) {
		pt_str_clear(ret_name);
		pt_str_addf(ret_name, "%s.%ld-%u", target, (long)getpid(),
			    atomic_fetch_add(&count, 1));
		fd = open(ret_name->s, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	}
	return fd;
}

int pt_profile_export_check(const char *path, struct pt_err *err)
{
	struct pt_str temp = PT_STR_INIT;
	char *real = realpath(path, NULL);
	struct stat st;
	int fd, code = 0;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		code = fail(err, path, EISDIR);
	} else if (is_special(path)) { /* opened, a pipe would end for who reads it */
		code = access(path, W_OK) < 0 ? fail(err, path, errno) : 0;
	} else {
		fd = open_beside(real ? real : path, &temp);
		if (fd < 0) {
			code = fail(err, path, errno);
		} else {
			close(fd);
			unlink(temp.s);
		}
	}
	pt_str_release(&temp);
	free(real);
	return code;
}

int pt_profile_export_file(const struct pt_profile *p, const struct pt_profile_export *format,
			   const struct pt_export_spec *spec, const char *path, struct pt_err *err)
{
	struct out_file out = {.path = path, .err = err};
	char *real = realpath(path, NULL); /* a link keeps being one */
	const char *target = real ? real : path;
	struct pt_str temp = PT_STR_INIT;
	int fd, code;

	if (is_special(path)) {
		fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		code = fd < 0 ? fail(err, path, errno) : export_to(&out, fd, p, format, spec);
		goto out;
	}
	fd = open_beside(target, &temp);
	if (fd < 0) {
		code = fail(err, path, errno);
		goto out;
	}
	code = export_to(&out, fd, p, format, spec);
	if (!code && rename(temp.s, target) < 0)
		code = fail(err, path, errno);
	if (code)
		unlink(temp.s);
out:
	pt_str_release(&temp);
	free(real);
	return code;
}
