/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_UI_TERM_H
#define PT_UI_TERM_H

#include "perftop/base/err.h"
#include "perftop/view/canvas.h"
#include "perftop/view/theme.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The terminal: the only home of curses. ncurses finds the smallest change and paints into a memory
 * file, never into the terminal; we write that to a reopened, non-blocking /dev/tty, a whole frame
 * between synchronized-update marks, and paint the next one only when the last has gone out: a
 * terminal that stops reading costs dropped frames, never a stuck program.
 */
struct ui_term;

struct ui_term_options {
	const char *term;      /* $TERM; NULL: from the environment */
	enum pt_colors colors; /* upper limit; PT_COLORS_NONE for NO_COLOR */
	bool mouse;
	long max_bytes_per_second; /* 0: none */
	bool utf8;
};

/* Opens the controlling terminal, enters the alternate screen, sets modes (SGR mouse, bracketed
 * paste, focus, title pushed) after resetting those that a dropped line may have left on. *note gets
 * a sentence to show (unknown TERM, fallback taken), or "". -PT_ENOENT no terminal, -PT_ENOTSUP
 * TERM=dumb or one that cannot address the cursor. */
int ui_term_open(const struct ui_term_options *options, struct ui_term **ret, char *note,
		 size_t note_size, struct pt_err *err);

/* Restores everything; also safe after the terminal vanished. */
void ui_term_close(struct ui_term *term);

/* Restores the terminal from a signal handler: write() of a prebuilt string and tcsetattr only. */
void ui_term_emergency(void);
/* Installs handlers for SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS on their own
 * stack: restore, then re-raise. */
void ui_term_catch_crashes(void);

int ui_term_fd(const struct ui_term *term); /* to read keys from, and to wait for writability */
void ui_term_size(const struct ui_term *term, int *ret_w, int *ret_h); /* asks the kernel */
enum pt_colors ui_term_colors(const struct ui_term *term);

void ui_term_set_theme(struct ui_term *term, const struct pt_theme *theme);
void ui_term_set_mouse(struct ui_term *term, bool on);
void ui_term_set_title(struct ui_term *term, const char *title); /* made safe */

/*
 * Shows a canvas. Returns 1 when bytes were queued, 0 when nothing changed, and -PT_ECANCELED when
 * the last frame has not gone out yet (or the byte budget is spent): the frame is dropped; call
 * again when ui_term_ready.
 */
int ui_term_show(struct ui_term *term, const struct pt_canvas *cv);

/* Writes what is queued as far as the terminal takes it. True while more is left: wait for
 * writability then. -PT_EIO through *gone when the terminal has vanished. */
bool ui_term_flush(struct ui_term *term, bool *gone);
bool ui_term_ready(const struct ui_term *term);
/* When a byte budget delays frames: ns until the next may go, else 0. */
int64_t ui_term_wait_ns(const struct ui_term *term);

void ui_term_redraw(struct ui_term *term);  /* forget what is on it: everything is sent next time */
void ui_term_suspend(struct ui_term *term); /* SIGTSTP, $EDITOR: as close, but keeps state */
void ui_term_resume(struct ui_term *term);

/* Copies through OSC 52 (wrapped for tmux and screen); at most 74,994 bytes. -PT_ELIMIT. */
int ui_term_copy(struct ui_term *term, const char *text, size_t n);

struct ui_term_stats {
	uint64_t bytes, frames, dropped;
};
struct ui_term_stats ui_term_stats(const struct ui_term *term);

#endif
