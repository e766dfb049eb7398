/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a program on a pseudo-terminal and keeps libvterm's idea of its screen. Everything comes
 * in through take(): it reads, logs the bytes, feeds the emulator and notes where synchronized
 * updates begin and end. Everything that is typed goes out through vts_write(), which keeps reading
 * while the program does not, so that neither side can block the other. Works with libvterm
 * 0.1 (a title comes whole) and 0.2 and later (it comes in fragments).
 */
#include "vtscreen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

extern char **environ;

enum { LIMIT_MS = 30000 };

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void *need(void *p)
{
	if (!p) {
		fputs("vtscreen: out of memory\n", stderr);
		abort();
	}
	return p;
}

/* ---- from the program ---- */

static void log_bytes(struct vts *s, const char *bytes, size_t len)
{
	if (s->raw_len + len + 1 > s->raw_cap) {
		s->raw_cap = 2 * (s->raw_len + len + 1);
		s->raw = need(realloc(s->raw, s->raw_cap));
	}
	memcpy(s->raw + s->raw_len, bytes, len);
	s->raw_len += len;
	s->raw[s->raw_len] = '\0';
}

/* The last of the marks that end at or after raw byte `from` decides. */
static void note_frames(struct vts *s, size_t from)
{
	static const char mark[] = "\033[?2026";
	const size_t n = sizeof mark - 1;

	for (size_t i = from > n ? from - n : 0; i + n < s->raw_len; i++) {
		char last = s->raw[i + n];

		if (s->raw[i] == '\033' && !memcmp(s->raw + i, mark, n) &&
		    (last == 'h' || last == 'l'))
			s->in_frame = last == 'h';
	}
}

static void reap(struct vts *s)
{
	int status;

	if (s->reaped || waitpid(s->pid, &status, WNOHANG) != s->pid)
		return;
	s->reaped = true;
	s->status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Hands the emulator what it has not had yet, up to the last whole character: libvterm 0.1 reads
 * one that is cut between two writes as two wrong ones. */
static void feed_emulator(struct vts *s)
{
	size_t end = s->raw_len;
	unsigned char c = 0;
	size_t back = 0;

	while (back < 3 && end - back > s->fed) {
		c = (unsigned char)s->raw[end - ++back];
		if (c < 0x80 || c >= 0xC0)
			break;
	}
	if (c >= 0xC0 && back < (c >= 0xF0 ? 4u : c >= 0xE0 ? 3u : 2u))
		end -= back;
	vterm_input_write(s->vt, s->raw + s->fed, end - s->fed);
	s->fed = end;
}

static bool take(struct vts *s, int ms)
{
	struct pollfd p = {.fd = s->eof || s->paused ? -1 : s->fd, .events = POLLIN};
	char buf[65536];
	ssize_t n;
	size_t before = s->raw_len;

	reap(s);
	if (poll(&p, 1, s->reaped ? 0 : ms) <= 0) { /* what an ended program wrote is there */
		s->gone = s->reaped && !s->paused;
		return false;
	}
	n = read(s->fd, buf, sizeof buf);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	if (n <= 0) { /* EIO: no process has the terminal open any more */
		s->eof = true;
		return false;
	}
	log_bytes(s, buf, (size_t)n);
	note_frames(s, before);
	feed_emulator(s);
	return true;
}

bool vts_read(struct vts *s, int ms)
{
	return take(s, ms);
}

/* ---- libvterm's callbacks ---- */

#if VTERM_VERSION_MAJOR > 0 || VTERM_VERSION_MINOR >= 2
static void set_title(struct vts *s, const VTermValue *v)
{
	size_t have = v->string.initial ? 0 : strlen(s->title);

	snprintf(s->title + have, sizeof s->title - have, "%.*s", (int)v->string.len,
		 v->string.str);
}
#else
static void set_title(struct vts *s, const VTermValue *v)
{
	snprintf(s->title, sizeof s->title, "%s", v->string);
}
#endif

static int on_prop(VTermProp prop, VTermValue *v, void *ctx)
{
	struct vts *s = ctx;

	if (prop == VTERM_PROP_CURSORVISIBLE)
		s->cur_shown = v->boolean;
	else if (prop == VTERM_PROP_ALTSCREEN)
		s->altscreen = v->boolean;
	else if (prop == VTERM_PROP_TITLE)
		set_title(s, v);
	return 1;
}

static int on_cursor(VTermPos pos, VTermPos old, int shown, void *ctx)
{
	struct vts *s = ctx;

	(void)old, (void)shown;
	s->cur_row = pos.row;
	s->cur_col = pos.col;
	return 1;
}

static int on_bell(void *ctx)
{
	((struct vts *)ctx)->bells++;
	return 1;
}

static const VTermScreenCallbacks callbacks = {
	.movecursor = on_cursor,
	.settermprop = on_prop,
	.bell = on_bell,
};

/* ---- to the program ---- */

void vts_write(struct vts *s, const char *bytes, size_t len)
{
	int64_t end = now_ms() + s->limit_ms;

	while (len && !s->eof && s->fd >= 0 && now_ms() < end) {
		ssize_t n = write(s->fd, bytes, len);

		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			take(s, 20);
		} else if (n < 0 && errno != EINTR) {
			return; /* it has ended: whoever waits next will see that */
		}
	}
}

/* Keys, mouse reports and answers to what the program asked the terminal. May run inside take(),
 * so it does not read on: what a program leaves no room for is lost, as on a real terminal. */
static void on_output(const char *bytes, size_t len, void *ctx)
{
	struct vts *s = ctx;

	if (s->fd >= 0 && write(s->fd, bytes, len) < 0)
		return;
}

void vts_resize(struct vts *s, int cols, int rows)
{
	struct winsize ws = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	s->cols = cols;
	s->rows = rows;
	vterm_set_size(s->vt, rows, cols);
	if (s->fd >= 0)
		ioctl(s->fd, TIOCSWINSZ, &ws); /* the kernel sends SIGWINCH */
}

void vts_pause(struct vts *s, bool paused)
{
	s->paused = paused;
}

void vts_hangup(struct vts *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->eof = true;
}

/* ---- waiting ---- */

static void complain(const struct vts *s, const char *what)
{
	fprintf(stderr, "vtscreen: %s, waiting for %s%s\n",
		s->gone ? "the program has ended" : "time ran out", what,
		s->in_frame ? " (inside a synchronized update)" : "");
	if (s->gone)
		fprintf(stderr, "vtscreen: its status is %d\n", s->status);
	vts_dump(s, stderr);
}

bool vts_becomes(struct vts *s, vts_fact *fact, const void *ctx)
{
	int64_t end = now_ms() + s->limit_ms;

	do {
		if ((!s->in_frame || s->gone) && fact(s, ctx))
			return true;
		if (s->gone)
			return false; /* nothing can change any more */
		take(s, 20);
	} while (now_ms() < end);
	return false;
}

bool vts_wait(struct vts *s, vts_fact *fact, const void *ctx, const char *what)
{
	if (vts_becomes(s, fact, ctx))
		return true;
	complain(s, what);
	return false;
}

void vts_settle(struct vts *s)
{
	int64_t end = now_ms() + s->limit_ms;

	while (vts_read(s, 200) && now_ms() < end)
		;
}

struct fact {
	const char *text;
	int row;
	size_t from;
};

static bool row_has(const struct vts *s, int row, const char *text)
{
	char line[8192];

	return strstr(vts_line(s, row, line, sizeof line), text) != NULL;
}

static bool is_shown(struct vts *s, const void *ctx)
{
	const struct fact *f = ctx;

	for (int row = 0; row < s->rows; row++)
		if (row_has(s, row, f->text))
			return true;
	return false;
}

static bool is_not_shown(struct vts *s, const void *ctx)
{
	return !is_shown(s, ctx);
}

static bool is_in_row(struct vts *s, const void *ctx)
{
	const struct fact *f = ctx;

	return row_has(s, f->row, f->text);
}

static bool is_written(struct vts *s, const void *ctx)
{
	const struct fact *f = ctx;

	return vts_count_raw(s, f->from, f->text) > 0;
}

static bool is_ended(struct vts *s, const void *ctx)
{
	(void)ctx;
	return s->paused ? s->reaped : s->gone;
}

static bool wait_fact(struct vts *s, vts_fact *fact, const struct fact *f, const char *what)
{
	char text[512];

	snprintf(text, sizeof text, what, f->text, f->row);
	return vts_wait(s, fact, f, text);
}

bool vts_wait_text(struct vts *s, const char *text)
{
	return wait_fact(s, is_shown, &(struct fact){.text = text}, "\"%s\"");
}

bool vts_wait_gone(struct vts *s, const char *text)
{
	return wait_fact(s, is_not_shown, &(struct fact){.text = text}, "\"%s\" to go");
}

bool vts_wait_row(struct vts *s, int row, const char *text)
{
	return wait_fact(s, is_in_row, &(struct fact){.text = text, .row = row},
			 "\"%s\" in row %d");
}

bool vts_wait_raw(struct vts *s, size_t from, const char *bytes)
{
	return wait_fact(s, is_written, &(struct fact){.text = bytes, .from = from},
			 "the bytes %s");
}

bool vts_wait_exit(struct vts *s)
{
	return vts_wait(s, is_ended, NULL, "its end");
}

/* ---- start and end ---- */

/* Only what a test decides, and what the program needs to run at all. */
static bool is_inherited(const char *entry)
{
	static const char *const prefixes[] = {
		"PATH=",
		"LD_LIBRARY_PATH=",
		"TERMINFO=",
		"TERMINFO_DIRS=",
		"PT_",
		"TMPDIR=",
		"ASAN_OPTIONS=",
		"LSAN_OPTIONS=",
		"UBSAN_OPTIONS=",
		"TSAN_OPTIONS=",
		"LLVM_PROFILE_FILE=",
	};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (!strncmp(entry, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}

static void put_entry(const char *entry)
{
	const char *eq = strchr(entry, '=');
	char *name = need(strndup(entry, eq ? (size_t)(eq - entry) : strlen(entry)));

	if (eq)
		setenv(name, eq + 1, 1);
	else
		unsetenv(name);
	free(name);
}

static void set_environment(const struct vts_options *opt)
{
	char *kept[64];
	size_t n = 0;

	for (char **e = environ; e && *e && n < sizeof kept / sizeof *kept; e++)
		if (is_inherited(*e))
			kept[n++] = need(strdup(*e));
	clearenv();
	while (n)
		put_entry(kept[--n]);
	put_entry("LANG=C.UTF-8");
	put_entry("TZ=UTC");
	put_entry("SHELL=/bin/sh");
	put_entry("HOME=/nonexistent");
	setenv("TERM", opt->term ? opt->term : "xterm-256color", 1);
	for (const char *const *e = opt->env; e && *e; e++)
		put_entry(*e);
}

static _Noreturn void become(const char *const argv[], const struct vts_options *opt, int tty)
{
	if (login_tty(tty) || (opt->dir && chdir(opt->dir)))
		_exit(127);
	set_environment(opt);
	execvp(argv[0], (char *const *)argv); /* which leaves them as they are */
	dprintf(2, "vtscreen: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static void start_emulator(struct vts *s)
{
	s->vt = need(vterm_new(s->rows, s->cols));
	vterm_set_utf8(s->vt, 1);
	vterm_output_set_callback(s->vt, on_output, s);
	s->screen = vterm_obtain_screen(s->vt);
	vterm_screen_set_callbacks(s->screen, &callbacks, s);
	vterm_screen_enable_altscreen(s->screen, 1);
	vterm_screen_reset(s->screen, 1);
}

struct vts *vts_start(const char *const argv[], const struct vts_options *opt)
{
	static const struct vts_options none;
	struct vts *s = need(calloc(1, sizeof *s));
	struct winsize ws;
	int tty;

	opt = opt ? opt : &none;
	s->cols = opt->cols ? opt->cols : 80;
	s->rows = opt->rows ? opt->rows : 24;
	s->limit_ms = opt->limit_ms ? opt->limit_ms : LIMIT_MS;
	s->cur_shown = true;
	log_bytes(s, "", 0);
	ws = (struct winsize){.ws_row = (unsigned short)s->rows, .ws_col = (unsigned short)s->cols};
	if (openpty(&s->fd, &tty, NULL, NULL, &ws) || tcgetattr(tty, &s->tio)) {
		perror("vtscreen: no pseudo-terminal");
		abort();
	}
	fcntl(s->fd, F_SETFD, FD_CLOEXEC);
	fcntl(s->fd, F_SETFL, O_NONBLOCK);
	start_emulator(s);
	s->pid = fork();
	if (s->pid == 0)
		become(argv, opt, tty);
	close(tty);
	if (s->pid < 0) {
		perror("vtscreen: fork");
		abort();
	}
	return s;
}

/* Reads on, so that a program that waits for its output to drain can end. */
static bool ends_within(struct vts *s, int ms)
{
	int64_t end = now_ms() + ms;

	while (!s->reaped && now_ms() < end)
		take(s, 10);
	return s->reaped;
}

int vts_stop(struct vts *s)
{
	int status;

	if (!s)
		return 0;
	s->paused = false;
	reap(s);
	if (!s->reaped) {
		kill(s->pid, SIGTERM);
		kill(s->pid, SIGCONT);
	}
	if (!ends_within(s, s->limit_ms)) {
		kill(s->pid, SIGKILL);
		ends_within(s, LIMIT_MS);
	}
	status = s->status;
	vterm_free(s->vt);
	if (s->fd >= 0)
		close(s->fd);
	free(s->raw);
	free(s);
	return status;
}
