/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The console: one loop in which ticks read the machine, keys change the screen, and frames go out
 * when the terminal takes them. A frame is drawn once after a tick (when the processes have been
 * scanned, if they are shown) and once after a batch of keys; never because time passes.
 */
#include "console.h"

#include "perftop/app/log.h"
#include "perftop/base/clock.h"
#include "perftop/base/loop.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/face/console.h"
#include "plain.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SCAN_SLICE_US = 700, FIRST_SLICE_MS = 6, ESC_MS = 25, SIZE_MS = 50, STATUS_S = 5 };

static int64_t now_ns(void)
{
	return pt_clock_mono(&pt_clock_system);
}

struct pt_view_env console_env(const struct console *c)
{
	struct pt_view_env env = pt_face_env(c->session);

	env.board = c->bench.board;
	env.board_generation = c->bench.generation;
	env.live = &c->bench.live;
	env.flame = pt_flames_shown(c->flame.flames);
	env.mono = ui_term_colors(c->term) == PT_COLORS_NONE || strcmp(c->theme.name, "mono") == 0;
	return env;
}

void console_stop(struct console *c)
{
	pt_loop_stop(c->loop);
}

void console_status(struct console *c, bool bad, const char *fmt, ...)
{
	struct pt_str text = PT_STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&text, fmt, ap);
	va_end(ap);
	pt_text_safe(c->status, sizeof c->status, pt_str_text(&text), text.len, !pt_cli_utf8());
	pt_str_release(&text);
	c->status_bad = bad;
	c->status_until_ns = c->status[0] ? now_ns() + (bad ? 2 : 1) * STATUS_S * PT_S : 0;
	if (bad)
		pt_log("status: %s", c->status);
}

/* ---- frames ---- */

/* What an action is called in the footer of a context, or NULL where it has no place there. */
static const char *footer_label(const struct console *c, enum pt_action a, unsigned context)
{
	const struct pt_action_desc *d = &pt_actions[a];
	const char *label;

	if (a == PT_ACT_NEXT_PANE && (context == PT_CTX_DETAILS || context == PT_CTX_BENCH_PAGE))
		return "section";
	/* While something runs there is one key more, and it comes first. */
	if (a == PT_ACT_CANCEL_RUN && !c->bench.job)
		return NULL;
	if (!d->label[0] || !(d->contexts & context))
		return NULL;
	if ((d->contexts & PT_CTX_WRITE) && pt_opt_bool(c->session->options, PT_OPT_READONLY))
		return NULL;
	label = pt_screen_label(c->screen, a);
	if (label)
		return label[0] ? label : NULL;
	switch (a) {
	case PT_ACT_ENTER:
		return context == PT_CTX_PROCESSES		    ? "details"
		       : context == PT_CTX_BENCH		    ? "distribution"
		       : context == PT_CTX_HEAT			    ? "mark"
		       : context & (PT_CTX_OVERVIEW | PT_CTX_FLAME) ? d->label
								    : NULL;
	case PT_ACT_ZOOM_OUT: return context & PT_CTX_FLAMES ? NULL : d->label;
	case PT_ACT_BACK: return context == PT_CTX_OVERVIEW ? NULL : d->label;
	case PT_ACT_VIEW_PROCESSES: return context == PT_CTX_OVERVIEW ? d->label : NULL;
	default: return d->label;
	}
}

struct footer {
	struct console *c;
	unsigned context;
	int x, end; /* columns left: [x, end) */
	int n;
};

static void footer_put(struct footer *f, enum pt_action a)
{
	struct pt_canvas *cv = &f->c->canvas;
	const char *label = footer_label(f->c, a, f->context);
	char key[16];
	int key_w, w;

	if (!label || !f->c->keys.keys[a][0])
		return;
	ui_key_name(f->c->keys.keys[a][0], key, sizeof key);
	key_w = pt_text_width(key);
	w = key_w + 1 + (int)strlen(label);
	if (f->x + w > f->end)
		return;
	pt_canvas_text(cv, f->x, cv->h - 1, key, -1, PT_ROLE_KEY);
	pt_canvas_text(cv, f->x + key_w + 1, cv->h - 1, label, -1, PT_ROLE_KEY_LABEL);
	f->x += w + 3;
	f->n++;
}

/* What F would show is of the selected process or benchmark: worth a place of its own where there is
 * room. */
static bool is_last(enum pt_action a, unsigned context)
{
	return a == PT_ACT_PALETTE || a == PT_ACT_HELP ||
	       (a == PT_ACT_FLAME && context & (PT_CTX_PROCESSES | PT_CTX_BENCHES));
}

/* "Enter zoom   c crosshair …   : command   ? help": five to seven keys that work here, those of
 * this view before those of every view. */
static void paint_footer(struct console *c, unsigned context)
{
	enum { MOST = 7, LAST_W = 22 };
	struct footer f = {.c = c, .context = context, .x = 1, .end = c->canvas.w - LAST_W};

	footer_put(&f, PT_ACT_ENTER);
	footer_put(&f, PT_ACT_BACK);
	for (int general = 0; general < 2; general++)
		for (int i = 0; i < PT_ACT_N && f.n < MOST - 2; i++) {
			enum pt_action a = (enum pt_action)i;
			bool everywhere = (pt_actions[a].contexts & PT_CTX_ALL) == PT_CTX_ALL;
			if (everywhere == general && !is_last(a, context) && a != PT_ACT_ENTER &&
			    a != PT_ACT_BACK)
				footer_put(&f, a);
		}
	if (is_last(PT_ACT_FLAME, context))
		footer_put(&f, PT_ACT_FLAME);
	f.end = c->canvas.w;
	footer_put(&f, PT_ACT_PALETTE);
	footer_put(&f, PT_ACT_HELP);
}

/* Where "/a/long/way/config.json:3:7: what" goes on after folders that there is no room for. */
static const char *shorten_path(const char *text, int room)
{
	const char *path_end = text + strcspn(text, " "), *slash;

	while (pt_text_width(text) > room && (slash = strchr(text, '/')) && slash < path_end)
		text = slash + 1;
	return text;
}

/* The answer to the last action, over the line above the keys. */
static void paint_status(struct console *c)
{
	struct pt_canvas *cv = &c->canvas;
	int x = 1, y = cv->h - 2;
	enum pt_role role = c->status_bad ? PT_ROLE_STATUS_ERROR : PT_ROLE_STATUS_OK;

	if (c->status_until_ns <= now_ns())
		return;
	pt_canvas_fill(cv, (struct pt_rect){0, y, cv->w, 1}, ' ', role);
	if (c->status_bad)
		x += pt_canvas_text(cv, x, y, "error: ", -1, role);
	const char *text = shorten_path(c->status, cv->w - x - 1);
	pt_canvas_text(cv, x, y, text, cv->w - x - 1, role);
	if (pt_text_width(text) > cv->w - x - 1)
		pt_canvas_put(cv, cv->w - 2, y, pt_sign(PT_SIGN_MORE, console_env(c).glyphs), role);
}

static void draw(struct console *c)
{
	struct pt_view_env env = console_env(c);

	pt_canvas_resize(&c->canvas, c->w, c->h);
	pt_screen_recalc(c->screen, &env, c->w, c->h);
	pt_screen_paint(c->screen, &env, &c->canvas, true);
	if (c->h >= 3 && c->w >= 20) {
		paint_footer(c, pt_screen_context(c->screen));
		paint_status(c);
	}
	ui_dialog_paint(&c->dialog, &c->canvas, env.glyphs);
}

/* Sends what is queued; the terminal is watched for room while something is left. */
static void flush(struct console *c)
{
	bool gone = false, more = ui_term_flush(c->term, &gone);

	if (gone) {
		pt_log("the terminal is gone");
		console_stop(c);
		return;
	}
	pt_watch_set(c->tty, PT_READABLE | (more ? PT_WRITABLE : 0));
}

void console_paint(struct console *c)
{
	int64_t wait;

	if (c->batch) {
		c->want_paint = true;
		return;
	}
	c->want_paint = false;
	/* What is left of the last frame may go out now, and make room for this one. */
	flush(c);
	draw(c);
	if (ui_term_show(c->term, &c->canvas) == -PT_ECANCELED) {
		c->want_paint = true;
		wait = ui_term_wait_ns(c->term);
		if (wait > 0)
			pt_timer_start(c->paint_timer, wait, 0);
	}
	c->painted_ns = now_ns();
	flush(c);
	struct ui_term_stats stats = ui_term_stats(c->term);
	c->session->self.terminal_bytes = stats.bytes;
	c->session->self.frames = stats.frames;
	c->session->self.frames_dropped = stats.dropped;
}

static void paint_again(void *arg)
{
	struct console *c = arg;

	if (c->want_paint)
		console_paint(c);
}

/* ---- ticks ---- */

void console_read_details(struct console *c)
{
	struct pt_target target;
	struct pt_str text = PT_STR_INIT;
	struct pt_err err = {0};
	char what;

	if (!pt_screen_wants_details(c->screen, &target, &what))
		return;
	if (pt_procs_detail(c->session->procs, target.pid, target.start_ticks, what, &text, &err) <
	    0)
		pt_str_addf(&text, "%s", err.msg);
	pt_screen_set_details(c->screen, what, pt_str_text(&text));
	pt_str_release(&text);
}

/* An unfocused window is drawn once a second at most. */
static void tick_paint(struct console *c)
{
	if (c->focused || now_ns() - c->painted_ns > 900 * PT_MS)
		console_paint(c);
}

static bool scan_slice(void *arg)
{
	struct console *c = arg;

	if (pt_session_scan_step(c->session, SCAN_SLICE_US * PT_US))
		return true;
	c->scanning = false;
	if (!pt_screen_frozen(c->screen))
		console_read_details(c);
	tick_paint(c);
	return false;
}

/* Begins a scan; most end within the first slice, the rest goes on between key presses. */
void console_scan(struct console *c)
{
	int want = pt_screen_wants_procs(c->screen);

	if (want < 0 || c->scanning)
		return;
	pt_session_scan(c->session, (unsigned)want);
	c->scanning =
		pt_session_scan_step(c->session, c->session->ticks <= 1 ? FIRST_SLICE_MS * PT_MS
									: SCAN_SLICE_US * PT_US);
	if (c->scanning)
		pt_loop_idle(c->loop, scan_slice, c);
}

static void tick(void *arg)
{
	struct console *c = arg;
	const char *no_cgroup;

	pt_session_want(c->session, "perf", pt_screen_wants_collector(c->screen, "perf"));
	pt_session_tick(c->session);
	console_bench_tick(c);
	console_flame_tick(c);
	if (c->session->self.tick_late_ns > 100 * PT_MS)
		pt_log("tick %u was %lld ms late", c->session->ticks,
		       (long long)(c->session->self.tick_late_ns / PT_MS));
	if ((no_cgroup = pt_face_no_cgroup(c->session)))
		console_status(c, true, "cgroup: %s", no_cgroup);
	pt_timer_start(c->tick_timer, pt_session_wait_ns(c->session), 0);
	console_scan(c);
	/* With many processes the first frame does not wait for all of them. */
	if (c->scanning && c->session->ticks > 1)
		return;
	if (!c->scanning && !pt_screen_frozen(c->screen))
		console_read_details(c);
	tick_paint(c);
}

/* ---- the terminal ---- */

static void read_keys(struct console *c)
{
	unsigned char buf[4096];
	ssize_t n = read(ui_term_fd(c->term), buf, sizeof buf);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		pt_log("the terminal is gone: read %zd, errno %d", n, n < 0 ? errno : 0);
		console_stop(c);
		return;
	}
	if (n < 0)
		return;
	c->batch = true;
	bool unfinished = ui_input_feed(&c->input, buf, (size_t)n, console_event, c);
	c->batch = false;
	if (unfinished)
		pt_timer_start(c->esc_timer, ESC_MS * PT_MS, 0);
	else
		pt_timer_stop(c->esc_timer);
	console_paint(c);
}

static void esc_ended(void *arg)
{
	struct console *c = arg;

	c->batch = true;
	ui_input_timeout(&c->input, console_event, c);
	c->batch = false;
	console_paint(c);
}

static void on_tty(void *arg, int events, int error)
{
	struct console *c = arg;

	if (error || (events & PT_READABLE))
		read_keys(c);
	if (events & PT_WRITABLE) {
		flush(c);
		if (c->want_paint && ui_term_ready(c->term))
			console_paint(c);
	}
}

/* Whatever size it is by now, in between it may have been one that cut off what was on it. */
static void size_settled(void *arg)
{
	struct console *c = arg;

	ui_term_size(c->term, &c->w, &c->h);
	ui_term_redraw(c->term);
	console_paint(c);
}

/* At most 20 sizes a second are drawn; the last one always is. */
static void size_changed(struct console *c)
{
	if (now_ns() - c->painted_ns < SIZE_MS * PT_MS)
		pt_timer_start(c->size_timer, SIZE_MS * PT_MS, 0);
	else
		size_settled(c);
}

void console_suspend(struct console *c)
{
	ui_term_suspend(c->term);
	kill(0, SIGSTOP);
	/* Here again: fg has sent SIGCONT, or nobody was there to stop us. */
	ui_term_resume(c->term);
	size_settled(c);
}

static void on_signal(void *arg, int signo)
{
	struct console *c = arg;

	pt_log("signal %d", signo);
	switch (signo) {
	case SIGWINCH: size_changed(c); break;
	case SIGTSTP: console_suspend(c); break;
	case SIGCONT:
		ui_term_resume(c->term);
		ui_term_redraw(c->term);
		size_settled(c);
		break;
	default: c->exit_status = signo == SIGINT ? PT_EXIT_OK : 128 + signo; console_stop(c);
	}
}

/* ---- from start to end ---- */

/* Sources that only wait for a person's word. */
static void tell_trust(struct console *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->cli->config.n_sources; i++)
		n += !c->cli->config.sources[i].trusted &&
		     c->cli->config.sources[i].from != PT_CUSTOM_FILE;
	if (n > 0)
		console_status(c, false, "%zu source%s of this project wait%s for `perftop trust`",
			       n, n == 1 ? "" : "s", n == 1 ? "s" : "");
}

static void tell_config(struct console *c)
{
	char text[700];

	for (size_t i = 0; i < c->cli->config.n_errors; i++)
		pt_log("%s", pt_err_text(&c->cli->config.errors[i], text, sizeof text));
	if (c->cli->config.n_errors == 0) {
		tell_trust(c);
		return;
	}
	pt_err_text(&c->cli->config.errors[0], text, sizeof text);
	if (c->cli->config.n_errors > 1)
		console_status(c, true, "%s (and %zu more: perftop info)", text,
			       c->cli->config.n_errors - 1);
	else
		console_status(c, true, "%s", text);
}

static int open_screen(struct console *c)
{
	struct pt_err err = {0};
	struct pt_options *o = &c->cli->options;

	c->screen = pt_screen_new();
	if (pt_face_apply(c->screen, &c->theme, o, &c->cli->config, &err) < 0)
		return pt_cli_err(c->cli, PT_EXIT_USAGE, &err);
	return pt_session_open(o, &c->cli->config, c->loop, &c->session, &err) < 0
		       ? pt_cli_err(c->cli, PT_EXIT_NO_ANSWER, &err)
		       : -1;
}

static int open_terminal(struct console *c, char *note, size_t size)
{
	struct pt_err err = {0};
	struct ui_term_options o = {
		.colors = pt_face_colors(&c->cli->options, true),
		.mouse = pt_opt_bool(&c->cli->options, PT_OPT_MOUSE),
		.max_bytes_per_second = (long)pt_opt_num(&c->cli->options, PT_OPT_MAX_BYTES),
		.utf8 = pt_cli_utf8(),
	};

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return pt_cli_error(
			c->cli, PT_EXIT_NO_ANSWER,
			"the console needs a terminal; `perftop snapshot` prints a frame");
	if (ui_term_open(&o, &c->term, note, size, &err) < 0)
		return pt_cli_err(c->cli, PT_EXIT_NO_ANSWER, &err);
	c->mouse = o.mouse;
	ui_term_catch_crashes();
	ui_term_set_theme(c->term, &c->theme);
	ui_term_size(c->term, &c->w, &c->h);
	return -1;
}

/* Before the terminal is opened: no signal may end us between its modes and our loop. */
static void open_signals(struct console *c)
{
	static const int caught[] = {SIGWINCH, SIGTSTP, SIGCONT,
				     /* These end it, but not before the terminal is restored. */
				     SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM,
				     SIGVTALRM, SIGPROF, SIGXCPU, SIGIO,
#ifdef SIGPWR
				     SIGPWR
#endif
	};

	_Static_assert(PT_LEN(caught) <= CONSOLE_SIGNALS, "a place for each");
	for (size_t i = 0; i < PT_LEN(caught); i++)
		c->signals[i] = pt_signal_new(c->loop, caught[i], on_signal, c);
}

static void open_events(struct console *c)
{
	ui_input_init(&c->input);
	c->tick_timer = pt_timer_new(c->loop, tick, c);
	c->esc_timer = pt_timer_new(c->loop, esc_ended, c);
	c->size_timer = pt_timer_new(c->loop, size_settled, c);
	c->paint_timer = pt_timer_new(c->loop, paint_again, c);
	c->tty = pt_watch_new(c->loop, ui_term_fd(c->term), on_tty, c);
	pt_watch_set(c->tty, PT_READABLE);
	console_bench_open(c);
}

static void close_all(struct console *c)
{
	ui_term_close(c->term);
	console_bench_close(c);
	console_flame_close(c);
	for (size_t i = 0; i < PT_LEN(c->signals); i++)
		pt_signal_free(c->signals[i]);
	pt_timer_free(c->tick_timer);
	pt_timer_free(c->esc_timer);
	pt_timer_free(c->size_timer);
	pt_timer_free(c->paint_timer);
	pt_watch_free(c->tty);
	pt_face_leave(c->loop, c->exit_status);
	pt_screen_free(c->screen);
	pt_session_close(c->session);
	pt_loop_free(c->loop);
	pt_canvas_release(&c->canvas);
	ui_dialog_release(&c->dialog);
	free(c->targets);
	pt_log_close();
}

int pt_console_run(struct pt_cli *cli, const struct pt_console_start *start)
{
	struct console c = {.cli = cli, .focused = true, .exit_status = PT_EXIT_OK};
	char note[200] = "", title[128];
	int r;

	pt_canvas_init(&c.canvas);
	ui_keymap_init(&c.keys);
	ui_keymap_apply(&c.keys, &cli->config);
	c.loop = pt_loop_new();
	open_signals(&c);
	r = open_screen(&c);
	if (r < 0)
		r = open_terminal(&c, note, sizeof note);
	if (r < 0) {
		open_events(&c);
		pt_snprintf(title, sizeof title, "perftop %s", c.session->host);
		ui_term_set_title(c.term, title);
		if (note[0])
			console_status(&c, false, "%s", note);
		tell_config(&c);
		if (start->view)
			pt_screen_set_view(c.screen, (enum pt_view_id)pt_view_find(start->view));
		console_flame_open(&c, start);
		tick(&c);
		pt_loop_run(c.loop);
		r = c.exit_status;
	}
	close_all(&c);
	return r;
}

static const struct pt_flag flags[] = {
	{"trust", 0, NULL, "Run the project's commands without `perftop trust` (for CI)"},
	{NULL, 0, NULL, NULL}};

static int run(struct pt_cli *cli)
{
	static const struct pt_console_start as_set;
	int r = pt_cli_load(cli, pt_cli_flag(cli, "trust") != NULL);

	if (r >= 0)
		return r;
	return pt_opt_bool(&cli->options, PT_OPT_PLAIN) ? ui_plain_run(cli)
							: pt_console_run(cli, &as_set);
}

static void check_keys(struct pt_config *config)
{
	struct ui_keymap map;

	ui_keymap_init(&map);
	ui_keymap_apply(&map, config);
}

const struct pt_command pt_command_console = {
	.name = "",
	.summary = "Performance of this machine, live, in a terminal",
	.arguments = "[OPTION...] | COMMAND [ARGUMENT...]",
	.help = "Without a command perftop opens its console. ? there lists every key, : finds every "
		"command.",
	.exits =
		"  0  left with q or Ctrl-C\n  2  wrong usage\n  3  no terminal, or nothing to read\n"
		"  128 + N  ended by signal N",
	.flags = flags,
	.check = check_keys,
	.draws = true,
	.run = run,
};
