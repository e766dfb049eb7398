/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors with a place. Messages are formatted in a growing string first, so that what is being
 * told may quote the very error that it replaces, and so that a long one is cut between
 * characters.
 */
#include "perftop/base/err.h"

#include "perftop/base/str.h"

#include <errno.h>

static void err_fill(struct pt_err *err, enum pt_error code, const char *file, int line, int col,
		     const char *fmt, va_list ap)
{
	struct pt_str msg = PT_STR_INIT;
	struct pt_str name = PT_STR_INIT;

	pt_str_addv(&msg, fmt, ap);
	pt_str_add(&name, file ? file : "");
	err->code = (int)code;
	err->line = line;
	err->col = col;
	pt_strlcpy(err->file, pt_str_text(&name), sizeof err->file);
	pt_strlcpy(err->msg, pt_str_text(&msg), sizeof err->msg);
	pt_str_release(&name);
	pt_str_release(&msg);
}

int pt_err_set(struct pt_err *err, enum pt_error code, const char *fmt, ...)
{
	va_list ap;

	if (err) {
		va_start(ap, fmt);
		err_fill(err, code, NULL, 0, 0, fmt, ap);
		va_end(ap);
	}
	return -(int)code;
}

int pt_err_at(struct pt_err *err, enum pt_error code, const char *file, int line, int col,
	      const char *fmt, ...)
{
	va_list ap;

	if (err) {
		va_start(ap, fmt);
		err_fill(err, code, file, line, col, fmt, ap);
		va_end(ap);
	}
	return -(int)code;
}

int pt_err_errno(int errnum)
{
	static const struct {
		int errnum;
		enum pt_error code;
	} table[] = {
		{EINVAL, PT_EINVAL},	    {ENAMETOOLONG, PT_EINVAL}, {EISDIR, PT_EINVAL},
		{ENOENT, PT_ENOENT},	    {ENOTDIR, PT_ENOENT},      {ESRCH, PT_ENOENT},
		{EACCES, PT_EACCES},	    {EPERM, PT_EACCES},	       {EROFS, PT_EACCES},
		{EFBIG, PT_ELIMIT},	    {E2BIG, PT_ELIMIT},	       {ERANGE, PT_ERANGE},
		{EOVERFLOW, PT_ERANGE},	    {ENOSYS, PT_ENOTSUP},      {EOPNOTSUPP, PT_ENOTSUP},
		{EAFNOSUPPORT, PT_ENOTSUP}, {ETIMEDOUT, PT_ETIMEDOUT}, {ECANCELED, PT_ECANCELED},
		{EEXIST, PT_EEXIST},
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].errnum == errnum)
			return -(int)table[i].code;
	return errnum ? -PT_EIO : 0;
}

const char *pt_err_text(const struct pt_err *err, char *buf, unsigned size)
{
	size_t n = 0;

	if (!size)
		return buf;
	buf[0] = '\0';
	if (err->file[0])
		n += pt_snprintf(buf + n, size - n, "%s:", err->file);
	if (err->line)
		n += pt_snprintf(buf + n, size - n, "%d:", err->line);
	if (err->line && err->col)
		n += pt_snprintf(buf + n, size - n, "%d:", err->col);
	if (n)
		n += pt_strlcpy(buf + n, " ", size - n);
	pt_strlcpy(buf + n, err->msg, size - n);
	return buf;
}
