/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TESTS_CONSOLE_H
#define PT_TESTS_CONSOLE_H

#include "vtscreen.h"

#include <stdint.h>

/*
 * perftop's console on a screen of its own (vtscreen.h), reading a root that stands for a machine.
 *
 * The frames of a root go by at 20 a second, whatever time they tell; after the last one nothing
 * moves any more, so that screens can be compared to the cell. console_wait_end() waits for that.
 */
struct console_options {
	const char *root;	/* name of a fixture, or a path; NULL: this machine */
	int frames;		/* at most so many of them; 0 = all */
	int cols, rows;		/* 0 = 80x24 */
	const char *args[12];	/* more arguments, up to the first NULL */
	const char *const *env; /* as in struct vts_options */
	const char *term;
};

/* Esc as terminals of today can say it: nobody has to wait whether more follows, as for <Esc>. */
#define CONSOLE_ESC "\\e[27u"

/* Fails the test (or skips it, where the root could not be composed). Yours: vts_stop. */
struct vts *console_start(const struct console_options *options);

/* A root with the first frames of another, below the test's own folder. NULL if there is none. */
const char *console_cut(const char *root, int frames);

/* Path of the program, of a fixture (NULL if it is not there), of a file below the test's own
 * folder. Static: until the next call. */
const char *console_program(void);
const char *console_root(const char *name);
const char *console_tmp(const char *name);

/* Writes a file whole; the folders above it are made. Fails the test. */
void console_put(const char *path, const char *text);

bool console_wait_end(struct vts *s, const char *clock); /* until the header tells this time */

/* Types, then waits until the screen is another one than it was. */
bool console_changes(struct vts *s, const char *keys);

/* Leaves with q from wherever it is, checks the status and that the terminal is as it was. */
void console_quit(struct vts *s);
/* Has ended with this status, and left nothing on. */
void console_ended(struct vts *s, int status);

/* a comes to show what b shows, to the cell; b stands still. */
void console_same(struct vts *a, struct vts *b);

/* The whole screen as text, in memory of yours. */
char *console_dump(const struct vts *s);

int64_t console_now_ms(void);
long console_cpu_ms(pid_t pid);		      /* spent so far */
void console_sleep_ms(struct vts *s, int ms); /* reading what comes meanwhile */

/* Status of a program that a signal ended: a sanitizer reports a crash and exits with 1. */
#ifdef PT_SANITIZED
#define CONSOLE_CRASHED(sig) 1
#else
#define CONSOLE_CRASHED(sig) (-(sig))
#endif

#endif
