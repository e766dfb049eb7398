/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A perf record as a child: its records come through a pipe, and through another one it is told to
 * empty its rings ("ping"), as it would else wait until one is half full. It runs as long as a tail
 * that waits for our end does: a program with rights of its own is not ended by the kernel when its
 * parent dies.
 */
#include "sampler_priv.h"

#include "perftop/base/child.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <unistd.h>

#define START_NS (5 * PT_S)
#define ANSWER_NS (500 * PT_MS)
#define ASK_NS (180 * PT_MS)

/* -- its rights ----------------------------------------------------------------------------------- */

static bool has_rights(const char *path)
{
	struct stat st;

	return access(path, X_OK) == 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       ((st.st_mode & S_ISUID) || getxattr(path, "security.capability", NULL, 0) > 0);
}

bool pt_perf_with_rights(const char *wanted, char *path, size_t size)
{
	struct utsname here;

	if (wanted) {
		pt_strlcpy(path, wanted, size);
		return has_rights(path);
	}
	for (const char *at = pt_child_path; *at; at += *at == ':') {
		size_t n = strcspn(at, ":");

		pt_snprintf(path, size, "%.*s/perf", (int)n, at);
		if (has_rights(path))
			return true;
		at += n;
	}
	/* The one in the path may be a script that finds the one of this kernel. */
	if (uname(&here) != 0)
		return false;
	pt_snprintf(path, size, "/usr/lib/linux-tools/%s/perf", here.release);
	return has_rights(path);
}

/* -- what comes from it --------------------------------------------------------------------------- */

static void on_line(void *arg, bool is_stderr, const char *line, size_t len)
{
	struct perf_child *perf = arg;

	(void)is_stderr;
	for (; len && (*line == '\0' || *line == ' '); len--) /* an answer ends with a NUL */
		line++;
	if (len == 3 && memcmp(line, "ack", 3) == 0)
		perf->answered++;
	else if (len && *line != '[' && !*perf->said &&
		 !(len == 6 && memcmp(line, "Error:", 6) == 0))
		pt_snprintf(perf->said, sizeof perf->said, "%.*s", (int)len, line);
}

static void on_data(void *arg, const char *data, size_t len)
{
	pt_str_addn(&((struct perf_child *)arg)->data, data, len);
}

static void on_done(void *arg, const struct pt_child_result *result)
{
	(void)result; /* a signal or an error of it, whatever has ended it */
	((struct perf_child *)arg)->ended = true;
}

static void on_kick(void *arg, int events, int error)
{
	(void)events, (void)error; /* has ended the wait; who waits reads it */
	pt_watch_set(((struct perf_child *)arg)->kicked, 0);
}

static void feed(struct perf_child *perf)
{
	struct pt_err err = {0};

	if (perf->data.len &&
	    pt_perf_pipe_feed(&perf->pipe, perf->data.s, perf->data.len, &err) < 0) {
		pt_strlcpy(perf->said, err.msg, sizeof perf->said);
		perf->ended = true;
	}
	pt_str_clear(&perf->data);
}

/* -- what it is told ------------------------------------------------------------------------------ */

static void ask(struct perf_child *perf)
{
	static const char text[] = "ping\n";

	if (write(perf->in, text, sizeof text - 1) == sizeof text - 1)
		perf->asked++;
	perf->asked_ns = pt_sampler_mono();
}

static void await_answer(struct perf_child *perf)
{
	int64_t until = pt_sampler_mono() + ANSWER_NS, now;

	ask(perf);
	while (!perf->ended && perf->answered < perf->asked && (now = pt_sampler_mono()) < until)
		pt_loop_step(perf->loop, until - now);
}

/* It answers first and empties its rings after: so when it answers the second time, they have been
 * emptied once. */
static void ask_all(struct perf_child *perf)
{
	ask(perf);
	await_answer(perf);
	for (size_t had = SIZE_MAX; had != perf->data.len;) { /* what is in the pipe */
		had = perf->data.len;
		pt_loop_step(perf->loop, 0);
	}
}

void pt_perf_child_ask(struct perf_child *perf, bool all)
{
	if (all && !perf->ended)
		ask_all(perf);
	else if (!perf->ended && pt_sampler_mono() - perf->asked_ns >= ASK_NS)
		ask(perf);
}

void pt_perf_child_take(struct perf_child *perf, bool all)
{
	feed(perf);
	if (all || perf->ended)
		pt_perf_pipe_settle(&perf->pipe);
}

void pt_perf_child_wait(struct perf_child *perf, int kick, int64_t ns)
{
	if (!perf->kicked)
		perf->kicked = pt_watch_new(perf->loop, kick, on_kick, perf);
	if (perf->kicked)
		pt_watch_set(perf->kicked, PT_READABLE);
	pt_loop_step(perf->loop, ns);
}

/* -- start and end -------------------------------------------------------------------------------- */

struct perf_child *pt_perf_child_start(const char *const *argv, struct pt_err *err)
{
	struct perf_child *perf = pt_calloc(1, sizeof *perf);
	struct pt_child_spec spec = {
		.argv = argv, .max_stderr = 1, .line = on_line, .data = on_data};
	int64_t until = pt_sampler_mono() + START_NS, now;
	int in[2] = {-1, -1}, code = -1;

	perf->in = -1;
	perf->loop = pt_loop_new();
	if (pipe2(in, O_CLOEXEC) < 0 || fcntl(in[1], F_SETFL, O_NONBLOCK) < 0) {
		pt_err_set(err, PT_EIO, "a pipe for perf: %s", strerror(errno));
		goto out;
	}
	perf->in = in[1];
	spec.in = in[0];
	code = pt_child_spawn(perf->loop, &spec, on_done, perf, NULL, err);
	if (code < 0)
		goto out;
	while (perf->data.len < PERF_BEGIN && !perf->ended && (now = pt_sampler_mono()) < until)
		pt_loop_step(perf->loop, until - now);
	if (perf->data.len < PERF_BEGIN)
		code = pt_err_set(err, PT_EACCES, "perf record: %s",
				  *perf->said ? perf->said : "it does not begin");
	else
		await_answer(perf); /* comes once it samples; it lists what runs before */
out:
	if (in[0] >= 0)
		close(in[0]);
	if (code < 0) {
		pt_perf_child_free(perf);
		return NULL;
	}
	return perf;
}

void pt_perf_child_free(struct perf_child *perf)
{
	if (!perf)
		return;
	pt_loop_free(perf->loop); /* kills its group */
	if (perf->in >= 0)
		close(perf->in);
	pt_perf_pipe_release(&perf->pipe);
	pt_str_release(&perf->data);
	free(perf);
}
