/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fetching for custom sources. A command is a child process with a timeout of its own; a socket is
 * watched by the loop; a file is read by a worker thread, since the disk under it may be a dead
 * server's. A worker cannot be stopped, so a file that is late is told once, and its source stays
 * busy until the worker is back.
 *
 * A command of a stranger's clone must not run, and a message to a socket may be a command as well
 * (a container daemon listens on one); both need `perftop trust`.
 */
#include "custom_fetch.h"

#include "perftop/base/child.h"
#include "perftop/base/clock.h"
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { STDERR_MAX = 4096, REASON_MAX = 240, CHUNK = 16384 };

struct pt_fetch {
	void (*done)(void *arg, const struct pt_fetch_result *result); /* NULL: canceled */
	void *arg;
	int64_t timeout_ns;
	size_t max;
	struct pt_timer *timer;
	struct pt_child *child;
	/* socket */
	int fd;
	struct pt_watch *watch;
	char *send;
	size_t n_sent;
	struct pt_str in;
	/* file; these belong to the worker until it is back */
	char *path, *text;
	size_t len;
	struct pt_err err;
	bool late;
};

static void fetch_free(struct pt_fetch *fetch)
{
	pt_timer_free(fetch->timer);
	pt_watch_free(fetch->watch);
	if (fetch->fd >= 0)
		close(fetch->fd);
	free(fetch->send);
	free(fetch->path);
	free(fetch->text);
	pt_str_release(&fetch->in);
	free(fetch);
}

static void tell(struct pt_fetch *fetch, const struct pt_fetch_result *result)
{
	if (fetch->done)
		fetch->done(fetch->arg, result);
}

static void end_with_text(struct pt_fetch *fetch, const char *text, size_t n)
{
	tell(fetch, &(struct pt_fetch_result){.text = text, .n = n});
	fetch_free(fetch);
}

static void end_with_reason(struct pt_fetch *fetch, const char *reason)
{
	tell(fetch, &(struct pt_fetch_result){.reason = reason});
	fetch_free(fetch);
}

static void timeout_words(const struct pt_fetch *fetch, char *out, size_t size)
{
	pt_snprintf(out, size, "timed out after %g s", (double)fetch->timeout_ns / (double)PT_S);
}

static void too_much_words(const struct pt_fetch *fetch, char *out, size_t size)
{
	pt_snprintf(out, size, "more than %zu bytes of output", fetch->max);
}

static char *absolute(const struct pt_custom_source *source)
{
	struct pt_str path = PT_STR_INIT;

	if (source->path[0] != '/' && source->folder)
		pt_str_addf(&path, "%s/", source->folder);
	pt_str_add(&path, source->path);
	return pt_str_detach(&path);
}

/* -- command -------------------------------------------------------------------------------- */

/* First line that says something, of what is left of stderr. */
static void first_line(const char *text, struct pt_str *out)
{
	text += strspn(text, "\r\n\t ");
	pt_str_addn(out, text, PT_MIN(strcspn(text, "\r\n"), (size_t)REASON_MAX));
}

static void on_child(void *arg, const struct pt_child_result *result)
{
	struct pt_fetch *fetch = arg;
	struct pt_str line = PT_STR_INIT;
	char reason[REASON_MAX];

	if (result->exit_status == 0 && !result->timed_out && !result->truncated) {
		end_with_text(fetch, result->out, result->out_len);
		return;
	}
	first_line(result->err, &line);
	if (result->timed_out)
		timeout_words(fetch, reason, sizeof(reason));
	else if (result->truncated)
		too_much_words(fetch, reason, sizeof(reason));
	else if (result->exit_status >= 0)
		pt_snprintf(reason, sizeof(reason), "exit status %d%s%s", result->exit_status,
			    line.len ? ": " : "", pt_str_text(&line));
	else
		pt_snprintf(reason, sizeof(reason), "ended by signal %d%s%s", result->signo,
			    line.len ? ": " : "", pt_str_text(&line));
	pt_str_release(&line);
	end_with_reason(fetch, reason);
}

static int start_command(struct pt_fetch *fetch, struct pt_loop *loop,
			 const struct pt_custom_source *source, struct pt_err *err)
{
	struct pt_child_spec spec = {
		.argv = source->argv,
		.cwd = source->folder,
		.timeout_ns = source->timeout_ns,
		.max_stdout = source->max_output,
		.max_stderr = STDERR_MAX,
	};

	return pt_child_spawn(loop, &spec, on_child, fetch, &fetch->child, err);
}

/* -- file ----------------------------------------------------------------------------------- */

/* In a worker: nothing here is shared with the loop. */
static void read_file(void *arg)
{
	struct pt_fetch *fetch = arg;
	struct stat st;

	/* Opening a pipe would wait for a writer. */
	if (stat(fetch->path, &st) < 0)
		pt_err_set(&fetch->err, (enum pt_error)(-pt_err_errno(errno)), "cannot read %s: %s",
			   fetch->path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		pt_err_set(&fetch->err, PT_EINVAL, "%s is no file", fetch->path);
	else
		pt_fs_read(fetch->path, fetch->max, &fetch->text, &fetch->len, &fetch->err);
}

static void file_read(void *arg)
{
	struct pt_fetch *fetch = arg;
	char reason[sizeof(fetch->err.file) + sizeof(fetch->err.msg) + 32];

	if (fetch->late)
		end_with_reason(fetch, "the answer came after the timeout");
	else if (fetch->err.code)
		end_with_reason(fetch, pt_err_text(&fetch->err, reason, sizeof(reason)));
	else
		end_with_text(fetch, fetch->text, fetch->len);
}

static void file_late(void *arg)
{
	struct pt_fetch *fetch = arg;
	char reason[REASON_MAX];

	timeout_words(fetch, reason, sizeof(reason));
	fetch->late = true;
	tell(fetch, &(struct pt_fetch_result){.reason = reason, .busy = true});
}

static int start_file(struct pt_fetch *fetch, struct pt_loop *loop,
		      const struct pt_custom_source *source, struct pt_err *err)
{
	int rc;

	fetch->path = absolute(source);
	rc = pt_loop_work(loop, read_file, file_read, fetch);
	if (rc < 0)
		return pt_err_set(err, (enum pt_error) - rc, "perftop is about to end");
	fetch->timer = pt_timer_new(loop, file_late, fetch);
	pt_timer_start(fetch->timer, fetch->timeout_ns, 0);
	return 0;
}

/* -- socket --------------------------------------------------------------------------------- */

static void socket_end(struct pt_fetch *fetch, const char *what, int errnum)
{
	char reason[REASON_MAX];

	pt_snprintf(reason, sizeof(reason), "%s: %s", what, strerror(errnum));
	end_with_reason(fetch, reason);
}

static void socket_late(void *arg)
{
	struct pt_fetch *fetch = arg;
	char reason[REASON_MAX];

	timeout_words(fetch, reason, sizeof(reason));
	end_with_reason(fetch, reason);
}

/* Once all is said, the other side is told so: many servers answer and hang up only then. */
static void socket_write(struct pt_fetch *fetch)
{
	size_t left = fetch->send ? strlen(fetch->send) - fetch->n_sent : 0;
	ssize_t n = 0;

	if (left)
		n = send(fetch->fd, fetch->send + fetch->n_sent, left, MSG_NOSIGNAL);
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			socket_end(fetch, "cannot write to the socket", errno);
		return;
	}
	fetch->n_sent += (size_t)n;
	if ((size_t)n == left) {
		shutdown(fetch->fd, SHUT_WR);
		pt_watch_set(fetch->watch, PT_READABLE);
	}
}

static void socket_read(struct pt_fetch *fetch)
{
	char buf[CHUNK];
	ssize_t n = read(fetch->fd, buf, sizeof(buf));

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			socket_end(fetch, "cannot read the socket", errno);
	} else if (n == 0) {
		end_with_text(fetch, pt_str_text(&fetch->in), fetch->in.len);
	} else if ((size_t)n > fetch->max - fetch->in.len) {
		too_much_words(fetch, buf, sizeof(buf));
		end_with_reason(fetch, buf);
	} else {
		pt_str_addn(&fetch->in, buf, (size_t)n);
	}
}

static void on_socket(void *arg, int events, int error)
{
	struct pt_fetch *fetch = arg;

	if (error)
		socket_end(fetch, "the socket failed", error);
	else if (events & PT_WRITABLE)
		socket_write(fetch);
	else if (events & PT_READABLE)
		socket_read(fetch);
}

static int start_socket(struct pt_fetch *fetch, struct pt_loop *loop,
			const struct pt_custom_source *source, struct pt_err *err)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};

	fetch->path = absolute(source);
	if (strlen(fetch->path) >= sizeof(addr.sun_path))
		return pt_err_set(err, PT_ELIMIT, "the socket's path is longer than %zu bytes",
				  sizeof(addr.sun_path) - 1);
	pt_strlcpy(addr.sun_path, fetch->path, sizeof(addr.sun_path));
	fetch->send = source->send ? pt_strdup(source->send) : NULL;
	fetch->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* A local connection is made at once or not at all. */
	if (fetch->fd < 0 || connect(fetch->fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0)
		return pt_err_set(err, (enum pt_error)(-pt_err_errno(errno)),
				  "cannot connect to %s: %s", fetch->path, strerror(errno));
	fetch->watch = pt_watch_new(loop, fetch->fd, on_socket, fetch);
	if (!fetch->watch)
		return pt_err_set(err, PT_EIO, "cannot watch the socket");
	pt_watch_set(fetch->watch, PT_READABLE | PT_WRITABLE);
	fetch->timer = pt_timer_new(loop, socket_late, fetch);
	pt_timer_start(fetch->timer, fetch->timeout_ns, 0);
	return 0;
}

/* -- the doors ------------------------------------------------------------------------------ */

struct pt_fetch *pt_fetch_start(struct pt_loop *loop, const struct pt_custom_source *source,
				void (*done)(void *arg, const struct pt_fetch_result *result),
				void *arg, struct pt_err *err)
{
	static int (*const start[])(struct pt_fetch *, struct pt_loop *,
				    const struct pt_custom_source *, struct pt_err *) = {
		[PT_CUSTOM_COMMAND] = start_command,
		[PT_CUSTOM_FILE] = start_file,
		[PT_CUSTOM_SOCKET] = start_socket,
	};
	struct pt_fetch *fetch;

	if (!source->trusted && source->from != PT_CUSTOM_FILE) {
		pt_err_set(err, PT_EACCES, "not trusted: run `perftop trust`");
		return NULL;
	}
	if (!loop) {
		pt_err_set(err, PT_ENOTSUP, "custom sources are read by a running perftop only");
		return NULL;
	}
	fetch = pt_calloc(1, sizeof(*fetch));
	fetch->done = done;
	fetch->arg = arg;
	fetch->fd = -1;
	fetch->timeout_ns = source->timeout_ns;
	fetch->max = source->max_output;
	if (start[source->from](fetch, loop, source, err) < 0) {
		fetch_free(fetch);
		return NULL;
	}
	return fetch;
}

void pt_fetch_cancel(struct pt_fetch *fetch)
{
	if (!fetch)
		return;
	fetch->done = NULL;
	/* A worker may outlive the loop's timers. */
	pt_timer_free(fetch->timer);
	fetch->timer = NULL;
	if (fetch->child)
		pt_child_cancel(fetch->child);
	else if (fetch->watch)
		fetch_free(fetch);
}
