/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_ERR_H
#define PT_BASE_ERR_H

/*
 * Errors: functions return 0 (or a count) or one of these, negated. Whatever reads text that
 * people write also fills a struct pt_err, so that the face can say where and why.
 */
enum pt_error {
	PT_EINVAL = 1, /* an argument or a value that cannot be */
	PT_ESYNTAX,    /* text that does not parse */
	PT_ENODATA,    /* nothing to compute from */
	PT_ERANGE,     /* a number outside of its bounds */
	PT_ELIMIT,     /* input larger or deeper than allowed */
	PT_ENOENT,     /* no such file, key, metric */
	PT_EACCES,     /* no right */
	PT_EIO,	       /* the system refused */
	PT_ENOTSUP,    /* this machine or build cannot */
	PT_ETIMEDOUT,  /* took too long */
	PT_ECANCELED,  /* stopped on request */
	PT_EEXIST,     /* there already */
};

/* Where and why. All fields are filled by pt_err_set or pt_err_at; zero line means no place. */
struct pt_err {
	int code; /* an enum pt_error, positive; 0 = no error */
	int line; /* 1-based */
	int col;  /* 1-based, in characters */
	char file[200];
	char msg[312];
};

/* Fills err (which may be NULL) without a place. Returns -code, for `return pt_err_set(…)`. */
int pt_err_set(struct pt_err *err, enum pt_error code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, with a place. A zero line or col is left out when the error is told. */
int pt_err_at(struct pt_err *err, enum pt_error code, const char *file, int line, int col,
	      const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* "-PT_EIO" for errno ENOENT etc.: the nearest of ours, negated. */
int pt_err_errno(int errnum);

/* `file:line:col: message`, or the message alone; always terminated. Returns buf. */
const char *pt_err_text(const struct pt_err *err, char *buf, unsigned size);

#endif
