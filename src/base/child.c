/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A child's life on the loop. Its end is seen through a pidfd (or, where the kernel has none, by
 * looking every 20 ms), and it stays a zombie until we are done with it: the zombie keeps the
 * number of its process group taken, so that killing the group can hit nobody else.
 *
 * Done comes when the leader has ended and both pipes are at their end, or 100 ms after the
 * leader's end if somebody else keeps a pipe open. A child that we end ourselves gets SIGTERM, then
 * SIGKILL; whoever is left of its group when done comes is killed as well, and with sweep (see
 * child_sweep.c) whoever has left it.
 */
#include "perftop/base/child.h"

#include "child_spawn.h"
#include "loop_guard.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#endif

#define POLL_NS (20 * PT_MS)
#define DRAIN_NS (100 * PT_MS)
#define GRACE_NS (200 * PT_MS)

enum { LINE_MAX_BYTES = 4096 };

struct stream {
	struct pt_child *child;
	struct pt_watch *watch;
	int fd;			  /* -1: at its end, or never kept */
	struct pt_str text, line; /* kept; the line that has not ended yet */
	size_t max;
};

struct pt_child {
	struct pt_loop *loop;
	struct pt_loop_guard guard;
	pid_t pid;
	int pidfd; /* -1: poll instead */
	struct pt_watch *exit_watch;
	struct pt_timer *exit_poll;
	struct pt_timer *timer; /* what comes next: the timeout, SIGKILL, or the end of draining */
	struct stream out, err;
	int64_t grace_ns, start_ns, wall_ns;
	bool exited;
	bool ending; /* by us */
	bool timed_out, truncated, canceled;
	bool sweep;
	int refused[PT_CHILD_WISH_N], strays;
	void (*line)(void *arg, bool is_stderr, const char *line, size_t len);
	void (*data)(void *arg, const char *data, size_t len);
	void (*done)(void *arg, const struct pt_child_result *result);
	void *arg;
};

static void tell_line(struct stream *stream)
{
	struct pt_child *child = stream->child;
	const char *line = pt_str_text(&stream->line);
	size_t len = stream->line.len;

	child->line(child->arg, stream == &child->err, line, len - (len && line[len - 1] == '\r'));
	pt_str_clear(&stream->line);
}

static void stream_lines(struct stream *stream, const char *buf, size_t n)
{
	while (n > 0) {
		const char *end = memchr(buf, '\n', n);
		size_t len =
			PT_MIN(end ? (size_t)(end - buf) : n, LINE_MAX_BYTES - stream->line.len);

		pt_str_addn(&stream->line, buf, len);
		buf += len;
		n -= len;
		if (n > 0 && *buf == '\n') {
			tell_line(stream);
			buf++;
			n--;
		} else if (stream->line.len == LINE_MAX_BYTES) {
			tell_line(stream);
		}
	}
}

static void stream_close(struct stream *stream)
{
	if (stream->fd < 0)
		return;
	pt_watch_free(stream->watch);
	close(stream->fd);
	stream->fd = -1;
	if (stream->line.len)
		tell_line(stream);
}

/* Asks the whole group to end, and sees to it. The zombie rule above makes -pid safe. */
static void child_end(struct pt_child *child)
{
	if (child->ending)
		return;
	child->ending = true;
	kill(-child->pid, SIGTERM);
	kill(-child->pid, SIGCONT); /* a stopped one hears nothing */
	if (!child->exited)
		pt_timer_start(child->timer, child->grace_ns, 0);
}

/* stderr: the last bytes count. Twice the room, so that they move seldom. */
static void keep_tail(struct pt_str *text, size_t limit, size_t max)
{
	if (text->len <= limit)
		return;
	memmove(text->s, text->s + text->len - max, max + 1);
	text->len = max;
}

static void stream_take(struct stream *stream, const char *buf, size_t n)
{
	struct pt_child *child = stream->child;
	size_t room = stream->max - stream->text.len;

	if (child->data && stream == &child->out) {
		child->data(child->arg, buf, n);
		return;
	}
	if (child->line)
		stream_lines(stream, buf, n);
	if (!stream->max)
		return;
	if (stream == &child->err) {
		pt_str_addn(&stream->text, buf, n);
		keep_tail(&stream->text, stream->max * 2, stream->max);
		return;
	}
	pt_str_addn(&stream->text, buf, PT_MIN(n, room));
	if (n > room) {
		child->truncated = true;
		stream_close(stream);
		child_end(child);
	}
}

/* One read; false when there is nothing to read now. */
static bool stream_read(struct stream *stream)
{
	char buf[16384];
	ssize_t n;

	if (stream->fd < 0)
		return false;
	n = read(stream->fd, buf, sizeof buf);
	if (n > 0)
		stream_take(stream, buf, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		stream_close(stream);
	return n > 0;
}

static void child_free(struct pt_child *child)
{
	pt_str_clear(&child->out.line); /* nobody hears it any more */
	pt_str_clear(&child->err.line);
	stream_close(&child->out);
	stream_close(&child->err);
	pt_watch_free(child->exit_watch);
	pt_timer_free(child->exit_poll);
	pt_timer_free(child->timer);
	if (child->pidfd >= 0)
		close(child->pidfd);
	pt_str_release(&child->out.text);
	pt_str_release(&child->err.text);
	pt_str_release(&child->out.line);
	pt_str_release(&child->err.line);
	free(child);
}

/* Reaps the leader, tells, frees. status: as waitpid gives it; -1 if somebody else took it. */
static void child_finish(struct pt_child *child, int status)
{
	struct pt_child_result result = {
		.exit_status = status != -1 && WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		.signo = status != -1 && WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		.timed_out = child->timed_out,
		.truncated = child->truncated,
		.canceled = child->canceled,
		.wall_ns = child->wall_ns,
		.strays = child->strays,
	};

	memcpy(result.refused, child->refused, sizeof result.refused);

	child->ending = true; /* its number is free now: done() must not signal it by cancelling */
	pt_loop_guard_del(&child->guard);
	keep_tail(&child->err.text, child->err.max, child->err.max);
	result.out = pt_str_text(&child->out.text);
	result.out_len = child->out.text.len;
	result.err = pt_str_text(&child->err.text);
	result.err_len = child->err.text.len;
	child->done(child->arg, &result);
	child_free(child);
}

/* Finishes if the leader has ended and nothing more is to be read. The child may be gone after. */
static void child_settle(struct pt_child *child)
{
	int status = -1;

	if (!child->exited || child->out.fd >= 0 || child->err.fd >= 0)
		return;
	if (child->ending)
		kill(-child->pid, SIGKILL);
	if (child->sweep)
		child->strays = pt_children_sweep();
	if (waitpid(child->pid, &status, 0) < 0)
		status = -1;
	pt_children_del(child->pid);
	child_finish(child, status);
}

static void on_stream(void *arg, int events, int error)
{
	struct stream *stream = arg;

	(void)events;
	(void)error; /* the read tells the same */
	stream_read(stream);
	child_settle(stream->child);
}

/* Looks whether the leader has ended, and leaves it a zombie. */
static void check_exit(void *arg)
{
	struct pt_child *child = arg;
	siginfo_t info = {0};

	if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    info.si_pid == 0)
		return;
	child->exited = true;
	child->wall_ns = pt_clock_mono(&pt_clock_system) - child->start_ns;
	pt_watch_free(child->exit_watch);
	pt_timer_free(child->exit_poll);
	child->exit_watch = NULL;
	child->exit_poll = NULL;
	pt_timer_start(child->timer, DRAIN_NS, 0);
	child_settle(child);
}

static void on_pidfd(void *arg, int events, int error)
{
	(void)events;
	(void)error;
	check_exit(arg);
}

static void drain(struct stream *stream)
{
	/* A pipe holds four reads; who writes faster than that is not waited for. */
	for (int i = 0; i < 8 && stream_read(stream); i++)
		;
	stream_close(stream);
}

static void on_timer(void *arg)
{
	struct pt_child *child = arg;

	if (child->exited) {
		drain(&child->out);
		drain(&child->err);
		child_settle(child);
	} else if (child->ending) {
		kill(-child->pid, SIGKILL);
	} else {
		child->timed_out = true;
		child_end(child);
	}
}

/* The loop goes away: no grace, and no waiting for one that even SIGKILL does not end at once. */
static void on_loop_free(void *arg)
{
	const struct timespec ms = {.tv_nsec = PT_MS};
	struct pt_child *child = arg;
	int status = -1;

	child->canceled = true;
	kill(-child->pid, SIGKILL);
	if (child->sweep)
		pt_children_sweep();
	for (int i = 0; i < 200; i++) {
		pid_t pid = waitpid(child->pid, &status, WNOHANG);

		if (pid)
			break;
		status = -1;
		nanosleep(&ms, NULL);
	}
	pt_children_del(child->pid);
	child_finish(child, status);
}

static int pidfd_open_child(pid_t pid)
{
#ifdef __linux__
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	(void)pid;
	return -1;
#endif
}

static void watch_exit(struct pt_child *child)
{
	child->pidfd = pidfd_open_child(child->pid);
	if (child->pidfd >= 0)
		child->exit_watch = pt_watch_new(child->loop, child->pidfd, on_pidfd, child);
	if (child->exit_watch) {
		pt_watch_set(child->exit_watch, PT_READABLE);
		return;
	}
	child->exit_poll = pt_timer_new(child->loop, check_exit, child);
	pt_timer_start(child->exit_poll, POLL_NS, POLL_NS);
}

static void stream_open(struct stream *stream, struct pt_child *child, int fd, size_t max)
{
	stream->child = child;
	stream->fd = fd;
	stream->max = max;
	if (fd < 0)
		return;
	stream->watch = pt_watch_new(child->loop, fd, on_stream, stream);
	pt_watch_set(stream->watch, PT_READABLE);
}

int pt_child_spawn(struct pt_loop *loop, const struct pt_child_spec *spec,
		   void (*done)(void *arg, const struct pt_child_result *result), void *arg,
		   struct pt_child **ret, struct pt_err *err)
{
	int64_t start_ns = pt_clock_mono(&pt_clock_system);
	struct pt_spawned spawned;
	struct pt_child *child;
	int code;

	if (spec->sweep)
		pt_children_reap_orphans();
	code = pt_child_start(spec, arg, &spawned, err);
	if (code)
		return code;
	child = pt_calloc(1, sizeof *child);
	child->loop = loop;
	child->pid = spawned.pid;
	child->start_ns = start_ns;
	child->grace_ns = spec->grace_ns ? spec->grace_ns : GRACE_NS;
	child->line = spec->line;
	child->data = spec->data;
	child->sweep = spec->sweep;
	memcpy(child->refused, spawned.refused, sizeof child->refused);
	child->done = done;
	child->arg = arg;
	child->guard.fn = on_loop_free;
	child->guard.arg = child;
	pt_loop_guard_add(loop, &child->guard);
	child->timer = pt_timer_new(loop, on_timer, child);
	if (spec->timeout_ns)
		pt_timer_start(child->timer, spec->timeout_ns, 0);
	stream_open(&child->out, child, spawned.out, spec->max_stdout);
	stream_open(&child->err, child, spawned.err, spec->max_stderr);
	watch_exit(child);
	if (ret)
		*ret = child;
	return 0;
}

void pt_child_cancel(struct pt_child *child)
{
	child->canceled = true;
	child_end(child);
}

int pt_child_pid(const struct pt_child *child)
{
	return (int)child->pid;
}
