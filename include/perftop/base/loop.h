/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_LOOP_H
#define PT_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The one event loop (libuv; its only home). One thread owns session, store and screen and runs
 * every callback below; what can block goes to pt_loop_work or to a child process.
 */
struct pt_loop;
struct pt_timer;
struct pt_watch;
struct pt_signal;

enum { PT_READABLE = 1, PT_WRITABLE = 2 };

struct pt_loop *pt_loop_new(void);
void pt_loop_free(struct pt_loop *loop);		      /* closes what is left open on it */
void pt_loop_run(struct pt_loop *loop);			      /* until pt_loop_stop */
bool pt_loop_step(struct pt_loop *loop, int64_t max_wait_ns); /* one round; false once stopped */
void pt_loop_stop(struct pt_loop *loop);

/* Timers. Deadlines are relative; repeat_ns 0 fires once. Start again to move it. */
struct pt_timer *pt_timer_new(struct pt_loop *loop, void (*fn)(void *arg), void *arg);
void pt_timer_start(struct pt_timer *timer, int64_t first_ns, int64_t repeat_ns);
void pt_timer_stop(struct pt_timer *timer);
void pt_timer_free(struct pt_timer *timer);

/* Descriptors; fd stays the caller's, its flags too. events may be changed; 0 stops watching. NULL
 * for what cannot be watched (a regular file) or is watched already. error is an errno (the other
 * end is gone; events is then PT_READABLE and the watch off until it is set again), or 0. A hang-up
 * with something left to read is PT_READABLE alone: the read tells. */
struct pt_watch *pt_watch_new(struct pt_loop *loop, int fd,
			      void (*fn)(void *arg, int events, int error), void *arg);
void pt_watch_set(struct pt_watch *watch, int events);
void pt_watch_free(struct pt_watch *watch);

struct pt_signal *pt_signal_new(struct pt_loop *loop, int signo, void (*fn)(void *arg, int signo),
				void *arg);
void pt_signal_free(struct pt_signal *sig);

/* Work in slices: fn is called between polls, without sleeping, until it returns false. Input is
 * looked at between two calls, so a slice should stay under 1 ms. A second call with the same fn
 * and arg while one is under way changes nothing. */
void pt_loop_idle(struct pt_loop *loop, bool (*fn)(void *arg), void *arg);

/* Runs work(arg) on a worker thread, then done(arg) on the loop thread. arg belongs to the work
 * until done, which is called in every case. A loop that is freed meanwhile waits no longer than
 * the work takes. -PT_ECANCELED (and no done) if asked for while the loop is being freed. */
int pt_loop_work(struct pt_loop *loop, void (*work)(void *arg), void (*done)(void *arg), void *arg);
bool pt_loop_working(const struct pt_loop *loop); /* is some of it not done yet? */

#endif
