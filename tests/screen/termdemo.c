/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shows the pictures of termscene.c through ui/term and ui/input, for test_term and for people:
 *
 *	termdemo [colors=none|8|16|256|direct] [rate=BYTES] [hints=0] [tick=MS]
 *
 *	1-5  a scene		n p  its next, previous step	N  a hundred steps
 *	t    a title		y    copy			m  mouse off, on
 *	z    suspend, resume	r    redraw			e  what came last, as text
 *	S    SIGSEGV		A    abort()			O  overflow the stack
 *	s    statistics on the screen				q  quit
 */
#include "termscene.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/ui/input.h"
#include "perftop/ui/term.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct demo {
	struct ui_term *term;
	struct pt_canvas cv;
	struct ui_input input;
	enum scene scene;
	int step;
	bool utf8, hints, mouse, quit, events, stats;
	char note[160];
	char last[256]; /* the last event */
	long tick_ms;
} demo;

static volatile sig_atomic_t resized, ended;
static sigset_t calm; /* signals come only while we wait, so none is missed */

static void on_signal(int sig)
{
	if (sig == SIGWINCH)
		resized = 1;
	else
		ended = 1;
}

static int overflow(volatile int depth)
{
	volatile char frame[4096];

	frame[0] = (char)depth;
	return depth < 0 ? 0 : overflow(depth + 1) + frame[0];
}

static void paint(void)
{
	struct pt_canvas *cv = &demo.cv;

	scene_paint(cv, demo.scene, demo.step, demo.hints, demo.utf8);
	if (demo.note[0])
		pt_canvas_text(cv, 0, cv->h - 1, demo.note, -1, PT_ROLE_NOTE);
	if (demo.events)
		pt_canvas_safe(cv, 0, cv->h - 1, demo.last, -1, PT_ROLE_TEXT, true);
	if (demo.stats) {
		struct ui_term_stats s = ui_term_stats(demo.term);

		pt_canvas_textf(cv, 0, cv->h - 1, PT_ROLE_TEXT,
				"bytes %llu frames %llu dropped %llu", (unsigned long long)s.bytes,
				(unsigned long long)s.frames, (unsigned long long)s.dropped);
	}
}

static void describe(const struct ui_event *e)
{
	char name[32], *out = demo.last;
	size_t size = sizeof demo.last;

	switch (e->type) {
	case UI_EVENT_KEY:
		pt_snprintf(out, size, "key %s", ui_key_name(e->key, name, sizeof name));
		break;
	case UI_EVENT_PASTE: pt_snprintf(out, size, "paste %.*s", (int)e->text_len, e->text); break;
	case UI_EVENT_CLICK:
		pt_snprintf(out, size, "click %d %d button %d", e->x, e->y, e->button);
		break;
	case UI_EVENT_WHEEL:
		pt_snprintf(out, size, "wheel %d at %d %d", (int)e->key, e->x, e->y);
		break;
	case UI_EVENT_FOCUS: pt_snprintf(out, size, "focus %s", e->key ? "in" : "out"); break;
	}
}

static void act(uint32_t key)
{
	static const char copied[] = "copied from termdemo";

	switch (key) {
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
		demo.scene = (enum scene)(key - '1');
		demo.step = 0;
		break;
	case 'n': demo.step++; break;
	case 'p': demo.step -= demo.step > 0; break;
	case 'N': demo.step += 100; break;
	case 't': ui_term_set_title(demo.term, "a title \033]0;evil\a"); break;
	case 'y': ui_term_copy(demo.term, copied, sizeof copied - 1); break;
	case 'm': ui_term_set_mouse(demo.term, demo.mouse = !demo.mouse); break;
	case 'r': ui_term_redraw(demo.term); break;
	case 'e': demo.events = !demo.events; break;
	case 's': demo.stats = !demo.stats; break;
	case 'S': raise(SIGSEGV); break;
	case 'A': abort();
	case 'O': demo.step = overflow(0); break;
	case 'q': demo.quit = true; break;
	case 'z':
		ui_term_suspend(demo.term);
		dprintf(1, "suspended\r\n");
		ui_term_resume(demo.term);
		break;
	}
}

static void on_event(void *arg, const struct ui_event *e)
{
	(void)arg;
	describe(e);
	if (e->type == UI_EVENT_KEY)
		act(e->key);
}

static int wait_for(struct pollfd *pfd, int64_t ns)
{
	struct timespec t = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};

	return ppoll(pfd, 1, ns < 0 ? NULL : &t, &calm);
}

/* What the console's loop does, with poll() and one timer. False when the terminal is gone. */
static bool turn(void)
{
	struct pollfd pfd = {.fd = ui_term_fd(demo.term), .events = POLLIN};
	unsigned char bytes[512];
	bool gone = false, more, esc = false;
	int64_t wait;
	int n;

	more = ui_term_flush(demo.term, &gone); /* first, for show drops what comes too early */
	paint();
	ui_term_show(demo.term, &demo.cv);
	if (!more)
		more = ui_term_flush(demo.term, &gone);
	if (gone)
		return false;
	pfd.events = (short)(POLLIN | (more ? POLLOUT : 0));
	wait = ui_term_wait_ns(demo.term);
	wait = wait ? wait : demo.tick_ms * 1000000;
	while ((n = wait_for(&pfd, esc ? 25000000 : wait)) > 0 && (pfd.revents & POLLIN)) {
		ssize_t k = read(pfd.fd, bytes, sizeof bytes);

		if (k == 0 || (k < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		esc = k > 0 && ui_input_feed(&demo.input, bytes, (size_t)k, on_event, NULL);
		if (!esc)
			break;
	}
	if (n == 0 && esc)
		ui_input_timeout(&demo.input, on_event, NULL);
	else if (n == 0 && demo.tick_ms > 0 && !ui_term_wait_ns(demo.term))
		demo.step++;
	return n <= 0 || !(pfd.revents & (POLLHUP | POLLERR));
}

static void resize(void)
{
	int w, h;

	resized = 0;
	ui_term_size(demo.term, &w, &h);
	pt_canvas_resize(&demo.cv, w, h);
}

static const char *option(char **argv, const char *name, const char *otherwise)
{
	size_t n = strlen(name);

	for (; *argv; argv++)
		if (!strncmp(*argv, name, n) && (*argv)[n] == '=')
			return *argv + n + 1;
	return otherwise;
}

static enum pt_colors colors_of(const char *name)
{
	static const char *const all[] = {"none", "8", "16", "256", "direct"};

	for (size_t i = 0; i < PT_LEN(all); i++)
		if (!strcmp(name, all[i]))
			return (enum pt_colors)i;
	return PT_COLORS_DIRECT;
}

static void catch_signals(void)
{
	static const int signals[] = {SIGWINCH, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < PT_LEN(signals); i++) {
		struct sigaction before;

		sigaction(signals[i], NULL, &before);
		if (before.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
		sigaddset(&blocked, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, &calm);
}

int main(int argc, char **argv)
{
	struct ui_term_options options = {.mouse = true};
	struct pt_theme theme;
	struct pt_err err;
	bool here = true;

	(void)argc;
	setlocale(LC_ALL, "");
	demo.utf8 = options.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	options.colors = colors_of(option(argv, "colors", "direct"));
	options.max_bytes_per_second = atol(option(argv, "rate", "0"));
	demo.hints = atoi(option(argv, "hints", "1"));
	demo.scene = (enum scene)(atoi(option(argv, "scene", "1")) - 1);
	demo.tick_ms = atol(option(argv, "tick", "-1"));
	demo.mouse = true;
	catch_signals();
	ui_term_catch_crashes();
	if (ui_term_open(&options, &demo.term, demo.note, sizeof demo.note, &err)) {
		fprintf(stderr, "termdemo: %s\n", err.msg);
		return 3;
	}
	scene_theme(&theme);
	ui_term_set_theme(demo.term, &theme);
	ui_input_init(&demo.input);
	pt_canvas_init(&demo.cv);
	resize();
	while (here && !demo.quit && !ended) {
		here = turn();
		if (resized)
			resize();
	}
	ui_term_close(demo.term);
	pt_canvas_release(&demo.cv);
	return here ? 0 : 4;
}
