/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search for the guilty commit. The file is a list of lines that is only added to, each synced
 * before the next launch: what was measured is not measured again after an interruption.
 *
 *	perftop-bisect 1
 *	what <text>
 *	run <commit> <value>
 *	skip <commit> <why>
 *
 * Lines about commits that are not in the range are passed over, so a range may be narrowed between
 * two searches.
 */
#include "perftop/bench/bisect.h"

#include "perftop/base/fs.h"
#include "perftop/base/map.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 4 << 20, TRIES = 2 };

#define HEAD "perftop-bisect 1\nwhat "

struct search {
	const struct pt_bisect_spec *spec;
	struct pt_bisection *b;
	struct pt_map index; /* commit id -> index + 1 */
	int fd;		     /* of the file, or -1 */
	bool *cheap;
	unsigned char *failures;
};

static void tell(struct search *s, size_t at, double value, const char *why, bool remembered)
{
	struct pt_bisect_progress p = {
		.at = at, .value = value, .why = why, .remembered = remembered};

	if (!s->spec->progress)
		return;
	pt_bisection_result(s->b, &p.result);
	s->spec->progress(s->spec->arg, &p);
}

/* ---- the file ---- */

/* One line of an earlier search. Anything that is not one is passed over. */
static void remember(struct search *s, char *line)
{
	bool run = strncmp(line, "run ", 4) == 0, skip = strncmp(line, "skip ", 5) == 0;
	char *id = strchr(line, ' '), *rest = id ? strchr(id + 1, ' ') : NULL;
	size_t at;
	double value;

	if (!rest || (!run && !skip))
		return;
	*rest++ = '\0';
	at = (size_t)(uintptr_t)pt_map_get(&s->index, id + 1);
	if (at == 0)
		return;
	at--;
	if (skip) {
		pt_bisection_skip(s->b, at);
		tell(s, at, NAN, rest, true);
	} else if (pt_parse_double(rest, &value) == 0 && pt_bisection_add(s->b, at, value) == 0) {
		tell(s, at, value, NULL, true);
	}
}

/* Lines behind the head; false if the file is about something else. A line that was cut off at the
 * end has no line end. */
static bool read_file(struct search *s, char *text)
{
	size_t n = strlen(HEAD), len = strlen(s->spec->what);
	char *p = text + n;

	if (strncmp(text, HEAD, n) != 0 || strncmp(p, s->spec->what, len) != 0 || p[len] != '\n')
		return false;
	p += len + 1;
	for (char *end; (end = strchr(p, '\n')); p = end + 1) {
		*end = '\0';
		remember(s, p);
	}
	return true;
}

static int write_line(struct search *s, const char *line, struct pt_err *err)
{
	size_t len = strlen(line);

	if (s->fd < 0)
		return 0;
	while (len > 0) {
		ssize_t n = write(s->fd, line, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return pt_err_set(err, PT_EIO, "%s: %s", s->spec->file, strerror(errno));
		line += n;
		len -= (size_t)n;
	}
	if (fsync(s->fd) < 0)
		return pt_err_set(err, PT_EIO, "%s: %s", s->spec->file, strerror(errno));
	return 0;
}

static int open_file(struct search *s, struct pt_err *err)
{
	const struct pt_bisect_spec *spec = s->spec;
	struct pt_str head = PT_STR_INIT;
	char *text = NULL;
	size_t len;
	bool goes_on;
	int r;

	if (!spec->file)
		return 0;
	r = pt_fs_read(spec->file, FILE_MAX, &text, &len, err);
	goes_on = r == 0 && read_file(s, text);
	free(text);
	if (r < 0 && r != -PT_ENOENT)
		return r;
	s->fd = open(spec->file,
		     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW |
			     (goes_on ? 0 : O_TRUNC),
		     0600);
	if (s->fd < 0)
		return pt_err_set(err, PT_EIO, "%s: %s", spec->file, strerror(errno));
	/* After a line that was cut off the next one begins on its own. */
	pt_str_addf(&head, goes_on ? "\n" : HEAD "%s\n", spec->what);
	r = write_line(s, head.s, err);
	pt_str_release(&head);
	return r;
}

/* ---- the search ---- */

static int keep_run(struct search *s, size_t at, double value, struct pt_err *err)
{
	char line[160];

	pt_snprintf(line, sizeof line, "run %s %.17g\n", s->spec->commits[at].id, value);
	return write_line(s, line, err);
}

static int keep_skip(struct search *s, size_t at, const char *why, struct pt_err *err)
{
	char line[500];

	pt_snprintf(line, sizeof line, "skip %s ", s->spec->commits[at].id);
	for (size_t n = strlen(line); *why && n + 2 < sizeof line; why++, n++) {
		line[n] = *why == '\n' ? ' ' : *why;
		line[n + 1] = '\0';
	}
	pt_strlcpy(line + strlen(line), "\n", 2);
	return write_line(s, line, err);
}

/* The ends hold what is searched for: without one of them there is no search. */
static int give_up(struct search *s, size_t at, const char *why, struct pt_err *err)
{
	int r;

	if (at == 0 || at == s->spec->n - 1)
		return pt_err_set(err, PT_ENOTSUP, "the %s commit %.12s cannot be measured: %s",
				  at ? "bad" : "good", s->spec->commits[at].id, why);
	r = keep_skip(s, at, why, err);
	if (r < 0)
		return r;
	pt_bisection_skip(s->b, at);
	tell(s, at, NAN, why, false);
	return 0;
}

static int measure(struct search *s, size_t at, struct pt_err *err)
{
	struct pt_err why = {0};
	double value;
	int r = s->spec->measure(s->spec->arg, at, &value, &why);

	if (r == -PT_ECANCELED)
		return pt_err_set(err, PT_ECANCELED, "interrupted");
	if (r == 0 && !(value > 0 && isfinite(value)))
		r = pt_err_set(&why, PT_ERANGE, "measured %g, which is no positive number", value);
	if (r < 0) {
		if (r != -PT_ENOTSUP && ++s->failures[at] < TRIES)
			return 0;
		return give_up(s, at, why.msg[0] ? why.msg : "failed", err);
	}
	r = keep_run(s, at, value, err);
	if (r < 0)
		return r;
	pt_bisection_add(s->b, at, value);
	tell(s, at, value, NULL, false);
	return 0;
}

static const bool *built(struct search *s)
{
	if (!s->spec->built)
		return NULL;
	for (size_t i = 0; i < s->spec->n; i++)
		s->cheap[i] = s->cheap[i] || s->spec->built(s->spec->arg, i);
	return s->cheap;
}

int pt_bisect(const struct pt_bisect_spec *spec, struct pt_bisection_result *ret,
	      struct pt_err *err)
{
	struct search s = {.spec = spec, .fd = -1};
	long at;
	int r;

	s.b = pt_bisection_new(spec->n, &spec->options);
	s.cheap = pt_calloc(spec->n, sizeof *s.cheap);
	s.failures = pt_calloc(spec->n, sizeof *s.failures);
	for (size_t i = 0; i < spec->n; i++)
		/* The pointer is the index itself, from 1. */
		pt_map_put(&s.index, spec->commits[i].id, (void *)(uintptr_t)(i + 1));
	r = open_file(&s, err);
	while (r == 0 && (at = pt_bisection_next(s.b, built(&s))) >= 0)
		r = measure(&s, (size_t)at, err);
	if (r == 0) {
		pt_bisection_result(s.b, ret);
		if (spec->file)
			(void)unlink(spec->file);
	}
	if (s.fd >= 0)
		close(s.fd);
	pt_bisection_free(s.b);
	pt_map_release(&s.index);
	free(s.cheap);
	free(s.failures);
	return r;
}
