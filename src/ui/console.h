/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_UI_CONSOLE_H
#define PT_UI_CONSOLE_H

#include "perftop/app/bench_job.h"
#include "perftop/app/flame.h"
#include "perftop/app/session.h"
#include "perftop/face/command.h"
#include "perftop/face/face.h"
#include "perftop/ui/input.h"
#include "perftop/ui/keymap.h"
#include "perftop/ui/term.h"
#include "perftop/view/screen.h"

#include "dialog.h"

/* What the console's files share: console.c (loop and frames), console_keys.c (events to actions and
 * dialogs), console_commands.c (the palette), console_bench.c (benchmarks), console_flame.c
 * (flame graphs). */
enum console_purpose {
	FOR_NOTHING,
	FOR_PALETTE,
	FOR_HELP,
	FOR_FILTER,
	FOR_GOTO,
	FOR_SIGNAL,
	FOR_SIGNAL_SURE,
	FOR_NICE,
	FOR_NICE_SURE,
	FOR_GLYPHS,
	FOR_RUN_TAGGED,
	FOR_CANCEL_RUN,
	FOR_COMPARE,
	FOR_BASELINE,
	FOR_BISECT_GOOD,
	FOR_BISECT_BAD,
	FOR_BISECT_SURE,
	FOR_QUIT,
	FOR_FLAME_WHAT,
	FOR_FLAME_EVENT,
	FOR_FLAME_OPEN,
	FOR_FLAME_BASE,
	FOR_FLAME_EXPORT,
};

enum { CONSOLE_SIGNALS = 15 };

/* Benchmarks: the board that is shown, and what runs. */
struct console_bench {
	struct pt_board *board;
	unsigned generation;
	uint64_t stamp;
	char base[UI_INPUT]; /* that the board compares with; "": the baseline */
	bool shown, loading, again, closing;
	struct pt_live live;
	struct pt_bench_job *job; /* NULL: nothing runs */
	struct pt_timer *poll, *paint;
	bool painting, quit;
	/* What a dialog is about: copied when it opens. */
	char suite[96], name[300], metric[96], good[UI_INPUT], bad[UI_INPUT];
};

/* Flame graphs: the profiles behind the view. */
struct console_flame {
	struct pt_flames *flames;
	struct pt_read_options read; /* how files are read */
	bool shown, frozen;
	/* What a dialog is about. */
	int pid;
	bool all;
	char cgroup[512], title[200];
};

struct console {
	struct pt_cli *cli;
	struct pt_loop *loop;
	struct pt_session *session;
	struct pt_screen *screen;
	struct ui_term *term;
	struct ui_input input;
	struct ui_keymap keys;
	struct ui_dialog dialog;
	struct pt_canvas canvas;
	struct pt_theme theme;
	struct pt_timer *tick_timer, *esc_timer, *size_timer, *paint_timer;
	struct pt_watch *tty;
	struct pt_signal *signals[CONSOLE_SIGNALS];

	char status[400];
	bool status_bad;
	int64_t status_until_ns;
	size_t config_told; /* errors of the configuration already shown */

	/* What a dialog is about: copied when it opens. */
	struct pt_target *targets;
	size_t n_targets;
	int signo, nice;
	char old_filter[UI_INPUT];
	struct console_bench bench;
	struct console_flame flame;

	bool focused, mouse;
	bool fresh;	 /* the model was read since the last frame */
	bool want_paint; /* a frame was dropped: paint when the terminal is ready */
	bool scanning;
	bool batch;   /* events are being dispatched: paint once after them */
	bool resized; /* a size that is not painted yet */
	bool reading_writable;
	int64_t painted_ns;
	int w, h;
	int exit_status;
};

void console_status(struct console *c, bool bad, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void console_paint(struct console *c);
void console_stop(struct console *c);
void console_suspend(struct console *c);
struct pt_view_env console_env(const struct console *c);
void console_read_details(struct console *c);
void console_scan(struct console *c); /* processes, if the screen wants them */

/* console_bench.c */
void console_bench_open(struct console *c);
void console_bench_close(struct console *c);
void console_bench_sync(struct console *c); /* after anything that may have changed the view */
void console_bench_tick(struct console *c);
void console_bench_request(struct console *c, const struct pt_request *r);
/* Answers of its dialogs. False: the purpose is none of them. */
bool console_bench_answer(struct console *c);
void console_bench_run(struct console *c, const char *text); /* "parser fast" */
void console_bench_compare(struct console *c, const char *base);
void console_bench_init(struct console *c); /* `perftop bench init` */
void console_quit(struct console *c);	    /* asks when a benchmark runs */

/* console_flame.c */
struct pt_console_start;
void console_flame_open(struct console *c, const struct pt_console_start *start);
void console_flame_close(struct console *c);
void console_flame_sync(struct console *c); /* as console_bench_sync */
void console_flame_tick(struct console *c);
void console_flame_request(struct console *c, const struct pt_request *r);
bool console_flame_answer(struct console *c);
/* A profile to open, to compare with, to write what is shown to; "~/" is the home. */
void console_flame_file(struct console *c, const char *path);
void console_flame_base(struct console *c, const char *path);
void console_flame_write(struct console *c, const char *path);

void console_event(void *arg, const struct ui_event *event);
void console_act(struct console *c, enum pt_action action);

/* The palette: actions of this context, then commands with arguments. */
void console_open_palette(struct console *c);
void console_open_help(struct console *c);
void console_run_item(struct console *c, const struct ui_item *item, const char *typed);
/* Runs "theme light". False when its first word is no command. */
bool console_run_command(struct console *c, const char *text);

#endif
