/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The event loop: libuv behind five small nouns. Each noun is a struct whose first member is the
 * libuv handle; libuv keeps a closing handle until the next round, so the struct is freed by the
 * close callback and never by pt_*_free itself. That also makes it safe to free a thing in its own
 * callback.
 *
 * Timers: libuv counts milliseconds. A deadline is kept in nanoseconds and rounded up to the
 * millisecond at which libuv's clock has passed it, so nothing fires early; a repeating timer adds
 * its period to the deadline, not to now, so it does not drift, and skips what it has missed.
 *
 * An idle loop makes one system call a wake-up. Nothing here stays active that has no work.
 */
#include "perftop/base/loop.h"

#include "loop_guard.h"
#include "perftop/base/clock.h"
#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <uv.h>

struct slice {
	bool (*fn)(void *arg);
	void *arg;
};

struct pt_loop {
	uv_loop_t uv;
	uv_timer_t bound; /* ends a round of pt_loop_step */
	uv_idle_t idle;	  /* active while there are slices: keeps the poll from sleeping */
	struct slice *slices;
	size_t n_slices, cap_slices, turn;
	struct pt_loop_guard *guards;
	bool stopped, closing;
	size_t n_work; /* given to workers and not done yet */
};

struct pt_timer {
	uv_timer_t uv;
	void (*fn)(void *arg);
	void *arg;
	int64_t due_ns, repeat_ns; /* due: on uv_hrtime's clock */
};

struct pt_watch {
	uv_poll_t uv;
	void (*fn)(void *arg, int events, int error);
	void *arg;
	int events; /* asked for; 0 while off */
};

struct pt_signal {
	uv_signal_t uv;
	void (*fn)(void *arg, int signo);
	void *arg;
};

struct work {
	uv_work_t uv;
	struct pt_loop *loop;
	void (*work)(void *arg), (*done)(void *arg);
	void *arg;
};

/* For libuv calls that fail only when an argument is wrong, and for start-up without which there
 * is no program. */
static void must(int result)
{
	if (result < 0) {
		fprintf(stderr, "perftop: event loop: %s\n", uv_strerror(result));
		abort();
	}
}

static void free_handle(uv_handle_t *handle)
{
	free(handle->data);
}

static void on_bound(uv_timer_t *timer)
{
	(void)timer; /* that the round ends is all */
}

static uint64_t whole_ms(int64_t ns)
{
	return ns <= 0 ? 0 : (uint64_t)((ns - 1) / PT_MS + 1);
}

/* One slice a round, in turn. A slice may ask for others, so the array may move meanwhile; only
 * this function takes entries out. */
static void on_idle(uv_idle_t *handle)
{
	struct pt_loop *loop = handle->data;
	struct slice slice;
	size_t at;

	if (loop->turn >= loop->n_slices)
		loop->turn = 0;
	at = loop->turn++;
	slice = loop->slices[at];
	if (slice.fn(slice.arg))
		return;
	loop->n_slices--;
	loop->turn = at;
	for (size_t i = at; i < loop->n_slices; i++)
		loop->slices[i] = loop->slices[i + 1];
	if (loop->n_slices)
		return;
	uv_idle_stop(handle);
	/* libuv 1.34 would now wait in the same round: a step that did work does not. */
	if (uv_is_active((uv_handle_t *)&loop->bound))
		uv_timer_start(&loop->bound, on_bound, 0, 0);
}

struct pt_loop *pt_loop_new(void)
{
	struct pt_loop *loop = pt_calloc(1, sizeof *loop);

	must(uv_loop_init(&loop->uv));
	must(uv_timer_init(&loop->uv, &loop->bound));
	must(uv_idle_init(&loop->uv, &loop->idle));
	loop->idle.data = loop;
	return loop;
}

static void close_handle(uv_handle_t *handle, void *arg)
{
	struct pt_loop *loop = arg;
	bool own = handle == (uv_handle_t *)&loop->bound || handle == (uv_handle_t *)&loop->idle;

	if (!uv_is_closing(handle))
		uv_close(handle, own ? NULL : free_handle);
}

void pt_loop_free(struct pt_loop *loop)
{
	if (!loop)
		return;
	loop->closing = true;
	while (loop->guards) {
		struct pt_loop_guard *guard = loop->guards;

		pt_loop_guard_del(guard);
		guard->fn(guard->arg);
	}
	/* Work that runs is waited for; its done() may still open or close something. */
	do {
		uv_walk(&loop->uv, close_handle, loop);
		uv_run(&loop->uv, UV_RUN_DEFAULT);
	} while (uv_loop_close(&loop->uv) == UV_EBUSY);
	free(loop->slices);
	free(loop);
}

void pt_loop_run(struct pt_loop *loop)
{
	if (!loop->stopped)
		uv_run(&loop->uv, UV_RUN_DEFAULT);
	loop->stopped = false;
}

bool pt_loop_step(struct pt_loop *loop, int64_t max_wait_ns)
{
	if (loop->stopped)
		return false;
	if (max_wait_ns > 0) {
		uv_update_time(&loop->uv);
		must(uv_timer_start(&loop->bound, on_bound, whole_ms(max_wait_ns), 0));
	}
	uv_run(&loop->uv, max_wait_ns > 0 ? UV_RUN_ONCE : UV_RUN_NOWAIT);
	uv_timer_stop(&loop->bound);
	return !loop->stopped;
}

void pt_loop_stop(struct pt_loop *loop)
{
	loop->stopped = true;
	uv_stop(&loop->uv);
}

void pt_loop_idle(struct pt_loop *loop, bool (*fn)(void *arg), void *arg)
{
	for (size_t i = 0; i < loop->n_slices; i++)
		if (loop->slices[i].fn == fn && loop->slices[i].arg == arg)
			return;
	if (loop->closing)
		return;
	*PT_PUSH(loop->slices, loop->n_slices, loop->cap_slices) = (struct slice){fn, arg};
	must(uv_idle_start(&loop->idle, on_idle));
}

void pt_loop_guard_add(struct pt_loop *loop, struct pt_loop_guard *guard)
{
	guard->next = loop->guards;
	guard->link = &loop->guards;
	if (guard->next)
		guard->next->link = &guard->next;
	loop->guards = guard;
}

void pt_loop_guard_del(struct pt_loop_guard *guard)
{
	if (!guard->link)
		return;
	*guard->link = guard->next;
	if (guard->next)
		guard->next->link = guard->link;
	guard->link = NULL;
}

static void on_timer(uv_timer_t *handle);

/* libuv's clock stands at a whole millisecond that the round began in or after: a handle is due
 * once that clock reaches the deadline rounded up. */
static void timer_arm(struct pt_timer *timer)
{
	uint64_t due = whole_ms(timer->due_ns), now = uv_now(timer->uv.loop);

	must(uv_timer_start(&timer->uv, on_timer, due > now ? due - now : 0, 0));
}

static void on_timer(uv_timer_t *handle)
{
	struct pt_timer *timer = handle->data;

	if (timer->repeat_ns) {
		int64_t late_ns = PT_MAX((int64_t)uv_hrtime() - timer->due_ns, 0);

		timer->due_ns += (late_ns / timer->repeat_ns + 1) * timer->repeat_ns;
		timer_arm(timer);
	}
	timer->fn(timer->arg);
}

struct pt_timer *pt_timer_new(struct pt_loop *loop, void (*fn)(void *arg), void *arg)
{
	struct pt_timer *timer = pt_calloc(1, sizeof *timer);

	must(uv_timer_init(&loop->uv, &timer->uv));
	timer->uv.data = timer;
	timer->fn = fn;
	timer->arg = arg;
	return timer;
}

void pt_timer_start(struct pt_timer *timer, int64_t first_ns, int64_t repeat_ns)
{
	timer->due_ns = (int64_t)uv_hrtime() + PT_MIN(PT_MAX(first_ns, 0), INT64_MAX / 2);
	timer->repeat_ns = PT_MAX(repeat_ns, 0);
	timer_arm(timer);
}

void pt_timer_stop(struct pt_timer *timer)
{
	uv_timer_stop(&timer->uv);
}

void pt_timer_free(struct pt_timer *timer)
{
	if (timer)
		uv_close((uv_handle_t *)&timer->uv, free_handle);
}

static void on_poll(uv_poll_t *handle, int status, int events)
{
	struct pt_watch *watch = handle->data;

	if (status < 0) {
		/* libuv has stopped the handle and says EBADF for every POLLERR. */
		watch->events = 0;
		watch->fn(watch->arg, PT_READABLE, status == UV_EBADF ? EPIPE : -status);
	} else {
		watch->fn(watch->arg, events, 0);
	}
}

struct pt_watch *pt_watch_new(struct pt_loop *loop, int fd,
			      void (*fn)(void *arg, int events, int error), void *arg)
{
	struct pt_watch *watch = pt_calloc(1, sizeof *watch);
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || uv_poll_init(&loop->uv, &watch->uv, fd) < 0) {
		free(watch);
		return NULL;
	}
	/* libuv makes it non-blocking; but a terminal is shared with the shell that started us. */
	if (!(flags & O_NONBLOCK))
		(void)fcntl(fd, F_SETFL, flags);
	watch->uv.data = watch;
	watch->fn = fn;
	watch->arg = arg;
	return watch;
}

void pt_watch_set(struct pt_watch *watch, int events)
{
	_Static_assert((int)UV_READABLE == PT_READABLE, "ours are libuv's");
	_Static_assert((int)UV_WRITABLE == PT_WRITABLE, "ours are libuv's");

	if (events == watch->events)
		return; /* libuv would tell the kernel twice */
	watch->events = events;
	must(events ? uv_poll_start(&watch->uv, events, on_poll) : uv_poll_stop(&watch->uv));
}

void pt_watch_free(struct pt_watch *watch)
{
	if (watch)
		uv_close((uv_handle_t *)&watch->uv, free_handle);
}

static void on_signal(uv_signal_t *handle, int signo)
{
	struct pt_signal *sig = handle->data;

	sig->fn(sig->arg, signo);
}

struct pt_signal *pt_signal_new(struct pt_loop *loop, int signo, void (*fn)(void *arg, int signo),
				void *arg)
{
	struct pt_signal *sig = pt_calloc(1, sizeof *sig);

	must(uv_signal_init(&loop->uv, &sig->uv));
	sig->uv.data = sig;
	sig->fn = fn;
	sig->arg = arg;
	if (uv_signal_start(&sig->uv, on_signal, signo) < 0) {
		pt_signal_free(sig);
		return NULL;
	}
	return sig;
}

void pt_signal_free(struct pt_signal *sig)
{
	if (sig)
		uv_close((uv_handle_t *)&sig->uv, free_handle);
}

static void on_work(uv_work_t *request)
{
	struct work *work = request->data;

	work->work(work->arg);
}

static void on_work_done(uv_work_t *request, int status)
{
	struct work *work = request->data;

	(void)status; /* nothing here cancels */
	work->loop->n_work--;
	work->done(work->arg);
	free(work);
}

int pt_loop_work(struct pt_loop *loop, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
	struct work *request;

	if (loop->closing)
		return -PT_ECANCELED;
	request = pt_malloc(sizeof *request);
	*request = (struct work){.loop = loop, .work = work, .done = done, .arg = arg};
	request->uv.data = request;
	loop->n_work++;
	must(uv_queue_work(&loop->uv, &request->uv, on_work, on_work_done));
	return 0;
}

bool pt_loop_working(const struct pt_loop *loop)
{
	return loop->n_work > 0;
}
