/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events to actions: a dialog, if one is open, takes keys first; else the key map says what a key
 * means. What the screen asks for in return (a signal, a copy) is done here, through app.
 */
#include "console.h"

#include "perftop/app/log.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	int signo;
	const char *name, *help;
} signals[] = {{SIGTERM, "SIGTERM", "asks it to end"},
	       {SIGKILL, "SIGKILL", "ends it at once; nothing is saved"},
	       {SIGINT, "SIGINT", "as Ctrl-C"},
	       {SIGHUP, "SIGHUP", "reload, or its terminal is gone"},
	       {SIGQUIT, "SIGQUIT", "ends it with a core dump"},
	       {SIGSTOP, "SIGSTOP", "stops it until SIGCONT"},
	       {SIGCONT, "SIGCONT", "goes on after SIGSTOP"},
	       {SIGUSR1, "SIGUSR1", ""},
	       {SIGUSR2, "SIGUSR2", ""},
	       {SIGABRT, "SIGABRT", "aborts with a core dump"},
	       {SIGALRM, "SIGALRM", ""},
	       {SIGPIPE, "SIGPIPE", ""},
	       {SIGTRAP, "SIGTRAP", ""},
	       {SIGBUS, "SIGBUS", ""},
	       {SIGFPE, "SIGFPE", ""},
	       {SIGSEGV, "SIGSEGV", ""},
	       {SIGILL, "SIGILL", ""},
	       {SIGCHLD, "SIGCHLD", ""},
	       {SIGTSTP, "SIGTSTP", "as Ctrl-Z"},
	       {SIGTTIN, "SIGTTIN", ""},
	       {SIGTTOU, "SIGTTOU", ""},
	       {SIGURG, "SIGURG", ""},
	       {SIGXCPU, "SIGXCPU", ""},
	       {SIGXFSZ, "SIGXFSZ", ""},
	       {SIGVTALRM, "SIGVTALRM", ""},
	       {SIGPROF, "SIGPROF", ""},
	       {SIGWINCH, "SIGWINCH", ""},
	       {SIGIO, "SIGIO", ""},
	       {SIGSYS, "SIGSYS", ""}};

/* ---- what the screen asks for ---- */

static void keep_targets(struct console *c, const struct pt_request *r)
{
	free(c->targets);
	c->targets = pt_calloc(r->n_targets + 1, sizeof *c->targets);
	memcpy(c->targets, r->targets, r->n_targets * sizeof *c->targets);
	c->n_targets = r->n_targets;
}

/* "1234 make" or "3 processes". */
static const char *target_words(const struct console *c, char *out, size_t size)
{
	if (c->n_targets == 1)
		pt_snprintf(out, size, "%d %s", c->targets[0].pid, c->targets[0].name);
	else
		pt_snprintf(out, size, "%zu processes", c->n_targets);
	return out;
}

/* All that will be hit, also what the filter hides: "3 processes: 12 make, 14 cc1, 15 as". */
static const char *target_list(const struct console *c, char *out, size_t size)
{
	enum { NAMED = 5 };
	size_t n = 0;

	target_words(c, out, size);
	if (c->n_targets <= 1)
		return out;
	n = strlen(out);
	for (size_t i = 0; i < PT_MIN(c->n_targets, NAMED); i++)
		n += pt_snprintf(out + n, size - n, "%s %d %s", i ? "," : ":", c->targets[i].pid,
				 c->targets[i].name);
	if (c->n_targets > NAMED)
		pt_snprintf(out + n, size - n, " and %zu more", c->n_targets - NAMED);
	return out;
}

static void ask_signal(struct console *c, const struct pt_request *r)
{
	char title[128], who[80];

	keep_targets(c, r);
	pt_snprintf(title, sizeof title, "signal to %s", target_words(c, who, sizeof who));
	ui_dialog_open(&c->dialog, UI_DIALOG_LIST, FOR_SIGNAL, title);
	for (size_t i = 0; i < PT_LEN(signals); i++) {
		char number[12];
		pt_snprintf(number, sizeof number, "%d", signals[i].signo);
		ui_dialog_add(&c->dialog, (int)i, signals[i].name, number, signals[i].help);
	}
	/* Real-time signals by their number. */
	for (int s = SIGRTMIN; s <= SIGRTMAX; s++) {
		char number[12], name[24];
		pt_snprintf(number, sizeof number, "%d", s);
		pt_snprintf(name, sizeof name, "SIGRTMIN+%d", s - SIGRTMIN);
		ui_dialog_add(&c->dialog, 100 + s, name, number, "");
	}
	ui_dialog_match(&c->dialog);
}

static void ask_sure(struct console *c, enum console_purpose purpose, const char *what)
{
	char question[sizeof c->dialog.title], who[sizeof question - 64];

	pt_snprintf(question, sizeof question, "%s %s?", what, target_list(c, who, sizeof who));
	ui_dialog_open(&c->dialog, UI_DIALOG_CONFIRM, purpose, question);
}

static void ask_nice(struct console *c, const struct pt_request *r)
{
	char title[128], who[80];

	keep_targets(c, r);
	pt_snprintf(title, sizeof title,
		    "nice value of %s (-20 .. 19): ", target_words(c, who, sizeof who));
	ui_dialog_open(&c->dialog, UI_DIALOG_PROMPT, FOR_NICE, title);
}

/* The first refusal is told; the others are still tried. */
static void on_targets(struct console *c, const char *done,
		       int (*fn)(struct console *c, const struct pt_target *t, struct pt_err *err))
{
	struct pt_err first = {0};
	size_t good = 0;
	char text[400], who[80];

	for (size_t i = 0; i < c->n_targets; i++) {
		struct pt_err err = {0};
		if (fn(c, &c->targets[i], &err) == 0)
			good++;
		else if (!first.code)
			first = err;
	}
	if (first.code)
		console_status(c, true, "%s", pt_err_text(&first, text, sizeof text));
	else
		console_status(c, false, "%s %s", done, target_words(c, who, sizeof who));
	pt_log("%s: %zu of %zu done", done, good, c->n_targets);
}

static int send_signal(struct console *c, const struct pt_target *t, struct pt_err *err)
{
	return pt_procs_signal(c->session->procs, t->pid, t->start_ticks, c->signo, err);
}

static int set_nice(struct console *c, const struct pt_target *t, struct pt_err *err)
{
	return pt_procs_renice(c->session->procs, t->pid, t->start_ticks, c->nice, err);
}

static void copy(struct console *c, const char *text)
{
	if (!text || !text[0]) {
		console_status(c, true, "nothing to copy");
		return;
	}
	switch (ui_term_copy(c->term, text, strlen(text))) {
	case -PT_ELIMIT: console_status(c, true, "too long to copy"); break;
	case -PT_ENOTSUP:
		console_status(c, true, "this terminal has no clipboard to send to");
		break;
	case -PT_ECANCELED: console_status(c, true, "the last copy is still on its way"); break;
	default: console_status(c, false, "sent to the clipboard: %s", text);
	}
}

static void ask_filter(struct console *c)
{
	pt_strlcpy(c->old_filter, pt_screen_filter(c->screen), sizeof c->old_filter);
	ui_dialog_open(&c->dialog, UI_DIALOG_PROMPT, FOR_FILTER, "/");
	ui_dialog_set_input(&c->dialog, c->old_filter);
}

static void serve_request(struct console *c, const struct pt_request *r)
{
	switch (r->type) {
	case PT_REQUEST_NONE: break;
	case PT_REQUEST_SIGNAL: ask_signal(c, r); break;
	case PT_REQUEST_PRIORITY: ask_nice(c, r); break;
	case PT_REQUEST_COPY: copy(c, r->text); break;
	case PT_REQUEST_DETAILS: console_read_details(c); break;
	case PT_REQUEST_GOTO:
		ui_dialog_open(&c->dialog, UI_DIALOG_PROMPT, FOR_GOTO,
			       "go to (12:30, 12:30:44, -5m): ");
		break;
	case PT_REQUEST_FILTER: ask_filter(c); break;
	case PT_REQUEST_RUN:
	case PT_REQUEST_RUN_TAGGED:
	case PT_REQUEST_CANCEL_RUN:
	case PT_REQUEST_COMPARE:
	case PT_REQUEST_BASELINE:
	case PT_REQUEST_BISECT: console_bench_request(c, r); break;
	case PT_REQUEST_FLAME_SAMPLE:
	case PT_REQUEST_FLAME_STOP:
	case PT_REQUEST_FLAME_OPEN:
	case PT_REQUEST_FLAME_CANCEL:
	case PT_REQUEST_FLAME_BASE:
	case PT_REQUEST_FLAME_SWAP:
	case PT_REQUEST_FLAME_GROUP:
	case PT_REQUEST_FLAME_VALUE:
	case PT_REQUEST_FLAME_WINDOW:
	case PT_REQUEST_FLAME_EXPORT: console_flame_request(c, r); break;
	case PT_REQUEST_QUIT: console_quit(c); break;
	}
}

/* ---- actions ---- */

static void toggle_mouse(struct console *c)
{
	c->mouse = !c->mouse;
	ui_term_set_mouse(c->term, c->mouse);
	console_status(c, false,
		       c->mouse ? "mouse on; Shift-drag selects text"
				: "mouse off: the terminal selects text");
}

void console_act(struct console *c, enum pt_action action)
{
	struct pt_view_env env = console_env(c);
	struct pt_request request;
	char status[200];
	int before = pt_screen_wants_procs(c->screen);

	switch (action) {
	case PT_ACT_HELP: console_open_help(c); return;
	case PT_ACT_PALETTE: console_open_palette(c); return;
	case PT_ACT_MOUSE: toggle_mouse(c); return;
	case PT_ACT_REDRAW:
		ui_term_redraw(c->term);
		console_status(c, false, "drawn again");
		return;
	case PT_ACT_SUSPEND: console_suspend(c); return;
	default: break;
	}
	pt_screen_act(c->screen, &env, action, &request, status, sizeof status);
	console_status(c, false, "%s", status);
	serve_request(c, &request);
	/* A view that shows processes now, or other columns of them, does not wait for the tick. */
	if ((pt_screen_wants_procs(c->screen) | before) != before)
		console_scan(c);
	console_bench_sync(c);
	console_flame_sync(c);
}

/* ---- dialogs ---- */

static void answer_nice(struct console *c)
{
	long long v;

	if (pt_parse_i64(c->dialog.input, -20, 19, &v) < 0) {
		pt_strlcpy(c->dialog.error, "expected -20 .. 19", sizeof c->dialog.error);
		return;
	}
	char what[48];
	c->nice = (int)v;
	pt_snprintf(what, sizeof what, "Set nice value %d for", c->nice);
	ask_sure(c, FOR_NICE_SURE, what);
}

static void answer_goto(struct console *c)
{
	struct pt_view_env env = console_env(c);
	struct pt_err err = {0};

	if (pt_screen_goto(c->screen, &env, c->dialog.input, &err) < 0) {
		pt_strlcpy(c->dialog.error, err.msg, sizeof c->dialog.error);
		return;
	}
	ui_dialog_close(&c->dialog);
	console_status(c, false, "f follows live again");
}

static void answer_signal(struct console *c)
{
	const struct ui_item *item = ui_dialog_item(&c->dialog);
	char what[64];

	if (!item) {
		ui_dialog_close(&c->dialog);
		return;
	}
	c->signo = item->id >= 100 ? item->id - 100 : signals[item->id].signo;
	pt_snprintf(what, sizeof what, "Send %s to", item->text);
	ask_sure(c, FOR_SIGNAL_SURE, what);
}

static void answer_glyphs(struct console *c)
{
	const struct ui_item *item = ui_dialog_item(&c->dialog);
	char command[32];

	if (!item)
		return;
	pt_snprintf(command, sizeof command, "glyphs %s", pt_glyphs_name((enum pt_glyphs)item->id));
	ui_dialog_close(&c->dialog);
	console_run_command(c, command);
}

static void answer_help(struct console *c)
{
	const struct ui_item *item = ui_dialog_item(&c->dialog);
	int action = item ? item->id : -1;

	ui_dialog_close(&c->dialog);
	if (action >= 0)
		console_act(c, (enum pt_action)action);
}

static void answer_ok(struct console *c)
{
	char name[48];

	if (console_bench_answer(c) || console_flame_answer(c))
		return;
	switch ((enum console_purpose)c->dialog.purpose) {
	case FOR_PALETTE: console_run_item(c, ui_dialog_item(&c->dialog), c->dialog.input); break;
	case FOR_HELP: answer_help(c); break;
	case FOR_FILTER: ui_dialog_close(&c->dialog); break;
	case FOR_GOTO: answer_goto(c); break;
	case FOR_SIGNAL: answer_signal(c); break;
	case FOR_SIGNAL_SURE:
		ui_dialog_close(&c->dialog);
		pt_snprintf(name, sizeof name, "signal %d sent to", c->signo);
		on_targets(c, name, send_signal);
		break;
	case FOR_NICE: answer_nice(c); break;
	case FOR_NICE_SURE:
		ui_dialog_close(&c->dialog);
		pt_snprintf(name, sizeof name, "nice value %d for", c->nice);
		on_targets(c, name, set_nice);
		break;
	case FOR_GLYPHS: answer_glyphs(c); break;
	default: ui_dialog_close(&c->dialog); break;
	}
}

/* As you type: a regex that does not compile yet keeps the last one that did. */
static void answer_changed(struct console *c)
{
	struct pt_err err = {0};

	c->dialog.error[0] = '\0';
	if (c->dialog.purpose == FOR_FILTER &&
	    pt_screen_set_filter(c->screen, c->dialog.input, &err) < 0)
		pt_strlcpy(c->dialog.error, err.msg, sizeof c->dialog.error);
}

static void answer_cancel(struct console *c)
{
	int purpose = c->dialog.purpose;

	ui_dialog_close(&c->dialog);
	if (purpose == FOR_FILTER)
		pt_screen_set_filter(c->screen, c->old_filter, NULL);
	if (purpose == FOR_SIGNAL_SURE || purpose == FOR_NICE_SURE || purpose == FOR_BASELINE ||
	    purpose == FOR_BISECT_SURE || purpose == FOR_CANCEL_RUN || purpose == FOR_QUIT)
		console_status(c, false, "nothing was done");
}

static void answer(struct console *c, enum ui_answer a)
{
	switch (a) {
	case UI_ANSWER_NONE: break;
	case UI_ANSWER_CHANGED: answer_changed(c); break;
	case UI_ANSWER_OK: answer_ok(c); break;
	case UI_ANSWER_CANCEL: answer_cancel(c); break;
	}
}

/* ---- events ---- */

/* Esc and a key that a slow line delivers together look like Alt and that key. */
static bool is_two_keys(const struct console *c, uint32_t key)
{
	if (!(key & UI_KEY_ALT) || (key & ~(uint32_t)UI_KEY_ALT) >= UI_KEY_UP)
		return false;
	return c->dialog.type != UI_DIALOG_NONE ||
	       ui_keymap_find(&c->keys, key, pt_screen_context(c->screen)) < 0;
}

static void on_key(struct console *c, uint32_t key)
{
	int action;

	if (is_two_keys(c, key)) {
		on_key(c, UI_KEY_ESC);
		on_key(c, key & ~(uint32_t)UI_KEY_ALT);
		return;
	}
	if (c->dialog.type != UI_DIALOG_NONE) {
		answer(c, ui_dialog_key(&c->dialog, key));
		return;
	}
	c->status_until_ns = 0;
	if (key == UI_CTRL('c')) {
		console_quit(c);
		return;
	}
	action = ui_keymap_find(&c->keys, key, pt_screen_context(c->screen));
	if (action >= 0) {
		console_act(c, (enum pt_action)action);
	} else {
		char name[32];
		console_status(c, false, "%s has no meaning here; ? lists the keys",
			       ui_key_name(key, name, sizeof name));
	}
}

static void on_mouse(struct console *c, const struct ui_event *e)
{
	struct pt_view_env env = console_env(c);
	struct pt_request request;
	char status[200];

	if (!c->mouse)
		return;
	if (c->dialog.type != UI_DIALOG_NONE) {
		if (e->type == UI_EVENT_WHEEL)
			answer(c, ui_dialog_key(&c->dialog,
						(int)e->key < 0 ? UI_KEY_UP : UI_KEY_DOWN));
		else if (e->button == 0)
			answer(c, ui_dialog_click(&c->dialog, &c->canvas, e->x, e->y));
		return;
	}
	if (e->type == UI_EVENT_CLICK && e->button != 0)
		return;
	pt_screen_mouse(c->screen, &env, e->x, e->y, e->type == UI_EVENT_WHEEL ? (int)e->key : 0,
			&request, status, sizeof status);
	console_status(c, false, "%s", status);
	serve_request(c, &request);
	console_scan(c);
	console_bench_sync(c);
}

void console_event(void *arg, const struct ui_event *e)
{
	struct console *c = arg;

	switch (e->type) {
	case UI_EVENT_KEY: on_key(c, e->key); break;
	case UI_EVENT_PASTE:
		if (c->dialog.type != UI_DIALOG_NONE)
			answer(c, ui_dialog_paste(&c->dialog, e->text, e->text_len));
		else
			console_status(c, false,
				       "pasted text is never keys; paste it after / or :");
		break;
	case UI_EVENT_CLICK:
	case UI_EVENT_WHEEL: on_mouse(c, e); break;
	case UI_EVENT_FOCUS: c->focused = e->key == 1; break;
	}
}
