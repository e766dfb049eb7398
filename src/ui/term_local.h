/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_UI_TERM_LOCAL_H
#define PT_UI_TERM_LOCAL_H

#include "perftop/base/str.h"
#include "perftop/view/canvas.h"
#include "perftop/view/theme.h"

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/* What the files of the terminal share. */

/* ---- term_modes.c: the line itself, and what is switched on while we have it ---- */

/* Bytes ready to send. Made once, so that a signal handler can send them too. */
struct ui_modes {
	bool modern; /* knows xterm's private modes: mouse, paste, title, synchronized update */
	struct pt_str enter, leave;
};

/* Our own description of the terminal, non-blocking: /dev/tty, else what stdout or stdin is.
 * -PT_ENOENT. */
int ui_tty_open(void);
/* Keys as they come, bytes as they are; *ret_saved is what to go back to. */
int ui_tty_raw(int fd, struct termios *ret_saved);
/*
 * Sends bytes and sets saved, in a tenth of a second at most: from a signal handler too. What the
 * terminal has not read by then is thrown away. Nothing is touched unless we are in the foreground.
 */
void ui_tty_leave(int fd, const char *bytes, size_t n, const struct termios *saved);
void ui_tty_size(int fd, int *ret_w, int *ret_h);

/* 0 if terminfo knows a terminal of that name that can place its cursor, -PT_ENOTSUP if that one
 * cannot, -PT_ENOENT. Asked first, because a newterm() that fails leaks. */
int ui_terminfo_check(const char *term, int fd);
/* After newterm(): asks terminfo. */
void ui_modes_init(struct ui_modes *modes, const char *term);
void ui_modes_release(struct ui_modes *modes);

/* A capability with its numbers filled in; padding (vt100's "$<5>") is left out. */
void ui_cap_add(struct pt_str *out, const char *cap, int a, int b);
/* By terminfo name; NULL where the terminal has none. Borrowed. */
const char *ui_cap(const char *name);

/* ---- term.c: the byte budget ---- */

/* What is left of the budget after bytes: below 0 a debt, at most a second's worth. */
double ui_bucket_spend(double level, double rate, size_t bytes);

/* ---- term_crash.c ---- */

/* What ui_term_emergency does, until ui_crash_disarm. Everything is copied. */
void ui_crash_arm(int fd, const struct pt_str *leave, const struct termios *saved);
void ui_crash_disarm(void);

/* ---- term_copy.c ---- */

enum ui_mux { UI_MUX_NONE, UI_MUX_TMUX, UI_MUX_SCREEN };
enum { UI_COPY_MAX = 74994 };

enum ui_mux ui_mux_of(const char *term, const char *env_tmux, const char *env_sty);
/* The bytes that put text on the clipboard. */
void ui_copy_add(struct pt_str *out, const char *text, size_t n, enum ui_mux mux);

/* ---- term_paint.c: curses ---- */

struct ui_paint;

/* term has passed ui_terminfo_check. -PT_EIO without a file to paint into. */
int ui_paint_new(const char *term, enum pt_colors colors, bool utf8, struct ui_paint **ret);
void ui_paint_free(struct ui_paint *paint);
enum pt_colors ui_paint_colors(const struct ui_paint *paint);
void ui_paint_set_theme(struct ui_paint *paint, const struct pt_theme *theme);
void ui_paint_all(struct ui_paint *paint); /* nothing is known of the screen any more */
/* A frame was not shown: scroll hints since then add up. */
void ui_paint_missed(struct ui_paint *paint);
/* Adds the bytes that turn what is shown into cv. True if there are any. */
bool ui_paint_add(struct ui_paint *paint, const struct pt_canvas *cv, struct pt_str *out);

/* ---- term_shift.c: cost of a row, for the choice between sending cells and moving them ---- */

/* Bytes, roughly, to turn cells x0..x1-1 of a row from old into new, after old's cells have moved
 * left by n. */
int ui_shift_cost(const struct pt_cell8 *old, const struct pt_cell8 *new, int x0, int x1, int n);
/* Whether cells x0..x1-1 of a row (of w) can move left by n without cutting a wide character. */
bool ui_shift_whole(const struct pt_cell8 *row, int w, int x0, int x1, int n);
/* The n by which a row has best moved, 0 if moving does not pay. most: n may be a multiple. */
int ui_shift_best(const struct pt_cell8 *old, const struct pt_cell8 *new, int w,
		  const struct pt_scroll *hint, int most, int overhead);

#endif
