/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VTSCREEN_H
#define VTSCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <termios.h>

/*
 * A program on a screen of its own: started on a pseudo-terminal, its output fed to libvterm, the
 * cells read back. For tests of the console and for `vtrun`.
 *
 *	struct vts *s = vts_start((const char *[]){"perftop", NULL}, &(struct vts_options){.cols = 80});
 *	assert_true(vts_wait_text(s, "? help"));
 *	vts_keys(s, "2/sleep<Enter>");
 *	assert_true(vts_golden(s, "processes-80x24"));
 *	assert_int_equal(vts_stop(s), 0);
 *
 * Rules that keep screen tests from being flaky:
 * - wait for a fact (a text, a cell, an end), never for silence or for time to pass;
 * - facts are looked at between frames only: what comes inside a synchronized update
 *   (CSI ? 2026 h .. l) is not judged before the update ends;
 * - a wait that runs out says on stderr what it waited for and shows the screen, then returns
 *   false, for assert_true().
 *
 * The program gets a small, fixed environment: PATH, LD_LIBRARY_PATH, TERMINFO*, TMPDIR, PT_*
 * and the sanitizers' options of the test, TERM as asked for, LANG=C.UTF-8, TZ=UTC, SHELL=/bin/sh and
 * HOME=/nonexistent. It leads a session of its own with the terminal as its controlling one.
 * As its process group is orphaned, the kernel ignores its SIGTSTP: to test stopping, start it
 * from a shell with job control, {"sh", "-c", "set -m; perftop; echo stopped; fg"}.
 *
 * libvterm before 0.3.3 heeds only the first mode of CSI ? a ; b h: one sequence a mode is what
 * every terminal understands.
 */

/* VTerm is libvterm's; no test needs its header. */
struct VTerm;
struct VTermScreen;

struct vts_options {
	int cols, rows;		/* 0 = 80x24 */
	const char *term;	/* NULL = xterm-256color */
	const char *const *env; /* "NAME=VALUE" adds or replaces, "NAME" removes; ends with NULL */
	const char *dir;	/* working folder; NULL = the test's own */
	int limit_ms;		/* longest that a wait lasts; 0 = 30 s */
};

/* Fields are for reading. */
struct vts {
	int cols, rows;
	int cur_row, cur_col;
	bool cur_shown;
	bool altscreen;
	bool in_frame; /* between the marks of a synchronized update */
	bool gone;     /* the program has ended and everything it wrote was read */
	bool paused;   /* see vts_pause */
	int status;    /* once gone: exit status, or minus the signal */
	int bells;
	char title[256];
	char *raw; /* every byte that the program wrote; terminated, may hold NUL bytes */
	size_t raw_len;
	pid_t pid;

	/* for vtscreen.c */
	size_t raw_cap;
	size_t fed; /* bytes of raw that the emulator has had */
	int fd;	    /* -1 after vts_hangup */
	int limit_ms;
	bool eof, reaped;
	struct termios tio; /* as the program found it */
	struct VTerm *vt;
	struct VTermScreen *screen;
};

/* Starts argv, looked up in PATH; one that cannot be started has exit status 127. Yours: vts_stop. */
struct vts *vts_start(const char *const argv[], const struct vts_options *opt);

/* Ends it (SIGTERM, after the limit SIGKILL) unless it has ended. Status as in struct vts. NULL: 0 */
int vts_stop(struct vts *s);

/* ---- waiting: true as soon as it holds, false when the limit has run out ---- */

bool vts_wait_text(struct vts *s, const char *text);		  /* anywhere within a row */
bool vts_wait_gone(struct vts *s, const char *text);		  /* in no row */
bool vts_wait_row(struct vts *s, int row, const char *text);	  /* negative row: from the end */
bool vts_wait_raw(struct vts *s, size_t from, const char *bytes); /* written since raw_len `from` */
bool vts_wait_exit(struct vts *s);

/* Any other fact; what names it for the message. */
typedef bool vts_fact(struct vts *s, const void *ctx);
bool vts_wait(struct vts *s, vts_fact *fact, const void *ctx, const char *what);
bool vts_becomes(struct vts *s, vts_fact *fact, const void *ctx); /* without a message */

/* For tools, not for tests: takes in what comes within ms, false if nothing came; reads on until
 * nothing has come for 200 ms, or the limit. */
bool vts_read(struct vts *s, int ms);
void vts_settle(struct vts *s);

/* A terminal that is not read any more (a stalled connection), until un-paused. */
void vts_pause(struct vts *s, bool paused);

/* The terminal goes away, as when a connection drops: SIGHUP, then EIO. */
void vts_hangup(struct vts *s);

/* ---- typing ---- */

/*
 * Types: plain UTF-8; <Enter> <Esc> <Tab> <S-Tab> <Space> <BS> <Del> <Ins> <Up> <Down> <Left>
 * <Right> <Home> <End> <PgUp> <PgDn> <F1>..<F12> <lt>; with C- M- S- before a name or one
 * character, <C-p>; \e \r \n \t \\ \xNN. What the program asked for (application cursor keys) is
 * honoured, as a terminal does. False, with a word on stderr, for an unknown name.
 */
bool vts_keys(struct vts *s, const char *keys);
void vts_write(struct vts *s, const char *bytes, size_t len); /* as they are */

/* As a terminal does: sent only if the program asked for it, in the encoding it asked for. */
void vts_click(struct vts *s, int row, int col);
void vts_wheel(struct vts *s, int row, int col, int lines); /* negative = up */
void vts_paste(struct vts *s, const char *text); /* in brackets if the program asked for them */
void vts_resize(struct vts *s, int cols, int rows);

/* ---- looking ---- */

/* Row's text, right-trimmed, into buf. Negative row: from the end. Returns buf. */
char *vts_line(const struct vts *s, int row, char *buf, size_t size);

/*
 * One cell. style: colours then attributes, only what can be seen, "." if plain:
 *	f9      foreground, palette index 9;  b#1c1c1c  background, direct colour
 *	B bold  U underline  I italic  K blink  R reverse  S strike
 * (libvterm knows no dim: look for it in raw.) A blank cell shows no foreground.
 */
struct vts_cell {
	char text[32]; /* " " if blank, "" for the second half of a wide character */
	char style[40];
};

struct vts_cell vts_cell(const struct vts *s, int row, int col);

/* First place of text, in cells; false if it is nowhere. */
bool vts_find(const struct vts *s, const char *text, int *ret_row, int *ret_col);

/* Times that the bytes were written since raw_len `from`. */
int vts_count_raw(const struct vts *s, size_t from, const char *bytes);

/*
 * What a shell would inherit: names, separated by spaces, of the modes that the program switched
 * on and left on (alternate-screen hidden-cursor mouse mouse-sgr focus paste sync no-wrap
 * cursor-keys keypad title tty). "" if it left the terminal as it was. Into buf; returns buf.
 */
char *vts_left_on(const struct vts *s, char *buf, size_t size);

/* ---- whole screens ---- */

/*
 * A line of sizes and cursor, then each row: its number, '|' and its text; where a cell is not
 * plain, a second line: its number, '~' and style*count runs (the plain rest is left out).
 */
void vts_dump(const struct vts *s, FILE *out);

/*
 * Waits for the screen to be as tests/screen/golden/NAME.txt tells. If it never is: prints the
 * lines that differ, writes the screen to golden-new/NAME.txt in the build folder ($PT_BUILDDIR,
 * else the working folder) and returns false. With PT_GOLDEN_UPDATE=1 it lets the screen settle,
 * prints what differs, rewrites the golden and returns true. The source folder is $PT_SRCDIR,
 * else the working folder.
 */
bool vts_golden(struct vts *s, const char *name);

#endif
