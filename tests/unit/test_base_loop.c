/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The event loop. Times are only ever compared from below (a busy machine may be late, never early),
 * and where lateness itself is the question, the best of several tries counts.
 */
#include "perftop/base/clock.h"
#include "perftop/base/err.h"
#include "perftop/base/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static int64_t now(void)
{
	return pt_clock_mono(&pt_clock_system);
}

static void pause_ms(int ms)
{
	const struct timespec t = {.tv_nsec = ms * PT_MS};

	nanosleep(&t, NULL);
}

/* What a callback shall do, and what it saw. */
struct probe {
	struct pt_loop *loop;
	struct pt_timer *timer;
	struct pt_watch *watch;
	int calls, stop_after, busy_ms;
	int events, error, fd;
	int64_t start_ns, period_ns, last_ns;
	pthread_t thread;
	bool early, again;
};

static void on_timer(void *arg)
{
	struct probe *p = arg;

	p->last_ns = now();
	p->calls++;
	if (p->last_ns < p->start_ns + p->calls * p->period_ns)
		p->early = true;
	if (p->busy_ms)
		pause_ms(p->busy_ms);
	if (p->calls == p->stop_after)
		pt_loop_stop(p->loop);
}

static void test_timer_once(void **state)
{
	struct probe p = {.loop = pt_loop_new(), .period_ns = 2500000, .stop_after = 1};

	(void)state;
	p.timer = pt_timer_new(p.loop, on_timer, &p);
	for (int i = 0; i < 10; i++) {
		p.calls = 0;
		p.start_ns = now();
		pt_timer_start(p.timer, p.period_ns, 0);
		pt_loop_run(p.loop);
		assert_int_equal(p.calls, 1);
		assert_false(p.early);
	}
	/* It does not fire again. */
	assert_true(pt_loop_step(p.loop, 6 * PT_MS));
	assert_int_equal(p.calls, 1);
	pt_timer_free(p.timer);
	pt_loop_free(p.loop);
}

/* A callback that takes most of the period must not push the later ones away. */
static void test_timer_keeps_pace(void **state)
{
	int64_t best_ns = INT64_MAX;

	(void)state;
	for (int i = 0; i < 60 && best_ns > 260 * PT_MS; i++) { /* others run too */
		struct probe p = {.loop = pt_loop_new(), .period_ns = 20 * PT_MS, .stop_after = 10};

		p.busy_ms = 12;
		p.timer = pt_timer_new(p.loop, on_timer, &p);
		p.start_ns = now();
		pt_timer_start(p.timer, p.period_ns, p.period_ns);
		pt_loop_run(p.loop);
		assert_false(p.early);
		assert_int_equal(p.calls, 10);
		if (p.last_ns - p.start_ns < best_ns)
			best_ns = p.last_ns - p.start_ns;
		pt_loop_free(p.loop); /* with the timer on it */
	}
	assert_true(best_ns >= 200 * PT_MS);
	assert_true(best_ns <= 260 * PT_MS); /* a drifting one needs 20 + 9 * 32 */
}

/* What was missed is skipped, not made up for. */
static void test_timer_skips(void **state)
{
	struct probe p = {.loop = pt_loop_new(), .period_ns = 2 * PT_MS, .stop_after = 1};
	int64_t start_ns;

	(void)state;
	p.busy_ms = 21;
	p.timer = pt_timer_new(p.loop, on_timer, &p);
	p.start_ns = now();
	pt_timer_start(p.timer, p.period_ns, p.period_ns);
	pt_loop_run(p.loop);
	p.busy_ms = p.calls = p.stop_after = 0;
	start_ns = now();
	for (int i = 0; i < 6; i++)
		pt_loop_step(p.loop, 0);
	assert_true(p.calls <= 1 + (now() - start_ns) / p.period_ns);
	pt_loop_free(p.loop);
}

static void test_timer_moved(void **state)
{
	struct probe p = {.loop = pt_loop_new(), .stop_after = 1};
	int64_t start_ns = now();

	(void)state;
	p.timer = pt_timer_new(p.loop, on_timer, &p);
	pt_timer_start(p.timer, 60 * PT_S, 0);
	pt_timer_start(p.timer, PT_MS, 0);
	pt_loop_run(p.loop);
	assert_int_equal(p.calls, 1);
	assert_true(now() - start_ns < 60 * PT_S);
	pt_timer_start(p.timer, PT_MS, PT_MS);
	pt_timer_stop(p.timer);
	pt_loop_step(p.loop, 5 * PT_MS);
	assert_int_equal(p.calls, 1);
	p.stop_after = 2;
	pt_timer_start(p.timer, -5, 0); /* at once */
	pt_loop_run(p.loop);
	assert_int_equal(p.calls, 2);
	pt_timer_free(NULL);
	pt_loop_free(p.loop);
}

static void on_timer_free(void *arg)
{
	struct probe *p = arg;

	p->calls++;
	pt_timer_free(p->timer);
	pt_loop_stop(p->loop);
}

static void test_timer_freed_inside(void **state)
{
	struct probe p = {.loop = pt_loop_new()};

	(void)state;
	p.timer = pt_timer_new(p.loop, on_timer_free, &p);
	pt_timer_start(p.timer, 0, PT_MS);
	pt_loop_run(p.loop);
	assert_int_equal(p.calls, 1);
	pt_loop_free(p.loop);
}

static void test_step(void **state)
{
	struct pt_loop *loop = pt_loop_new();
	int64_t start_ns = now();

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_true(pt_loop_step(loop, 0));
	start_ns = now();
	assert_true(pt_loop_step(loop, 7 * PT_MS));
	assert_true(now() - start_ns >= 7 * PT_MS);
	pt_loop_stop(loop);
	assert_false(pt_loop_step(loop, 60 * PT_S));
	assert_false(pt_loop_step(loop, 0));
	pt_loop_run(loop); /* a stop that came before is not lost */
	assert_true(pt_loop_step(loop, 0));
	pt_loop_free(loop);
	pt_loop_free(NULL);
}

/* Nothing to do: no wake-ups. Counted by the kernel. */
static void test_quiet(void **state)
{
	struct pt_loop *loop = pt_loop_new();
	struct rusage before, after;
	struct probe p = {.loop = loop};

	(void)state;
	p.timer = pt_timer_new(loop, on_timer, &p);
	pt_timer_start(p.timer, 60 * PT_S, 0);
	getrusage(RUSAGE_SELF, &before);
	pt_loop_step(loop, 40 * PT_MS);
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_nvcsw - before.ru_nvcsw <= 2);
	pt_loop_free(loop);
}

static void on_watch(void *arg, int events, int error)
{
	struct probe *p = arg;
	char c;

	p->calls++;
	p->events = events;
	p->error = error;
	if (events & PT_READABLE && !error && read(p->fd, &c, 1) <= 0)
		pt_watch_set(p->watch, 0);
	pt_loop_stop(p->loop);
}

/* One round of which nothing is expected, or something. */
static int round_calls(struct probe *p, int64_t wait_ns)
{
	p->calls = p->events = p->error = 0;
	pt_loop_step(p->loop, wait_ns);
	pt_loop_run(p->loop); /* takes the stop back */
	return p->calls;
}

static void test_watch_read(void **state)
{
	struct probe p = {.loop = pt_loop_new()};
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	p.fd = fd[0];
	p.watch = pt_watch_new(p.loop, fd[0], on_watch, &p);
	assert_non_null(p.watch);
	assert_int_equal(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0); /* as we gave it */
	assert_int_equal(write(fd[1], "ab", 2), 2);
	pt_loop_step(p.loop, 2 * PT_MS);
	assert_int_equal(p.calls, 0); /* not asked for anything yet */
	pt_watch_set(p.watch, PT_READABLE);
	pt_loop_run(p.loop);
	assert_int_equal(p.calls, 1);
	assert_int_equal(p.events, PT_READABLE);
	pt_watch_set(p.watch, 0);
	pt_loop_step(p.loop, 2 * PT_MS);
	assert_int_equal(p.calls, 1);
	pt_watch_set(p.watch, PT_READABLE);
	pt_loop_run(p.loop);
	assert_int_equal(p.calls, 2);
	close(fd[1]); /* hang-up: readable, and the read says so */
	pt_loop_run(p.loop);
	assert_int_equal(p.calls, 3);
	assert_int_equal(p.events, PT_READABLE);
	pt_watch_free(p.watch);
	pt_watch_free(NULL);
	close(fd[0]);
	pt_loop_free(p.loop);
}

static void test_watch_write(void **state)
{
	struct probe p = {.loop = pt_loop_new()};
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	p.watch = pt_watch_new(p.loop, fd[1], on_watch, &p);
	pt_watch_set(p.watch, PT_WRITABLE);
	assert_int_equal(round_calls(&p, PT_S), 1);
	assert_int_equal(p.events, PT_WRITABLE);
	assert_int_equal(p.error, 0);
	close(fd[0]); /* nobody will ever read it */
	p.calls = 0;
	pt_loop_run(p.loop);
	assert_int_equal(p.calls, 1);
	assert_int_equal(p.events, PT_READABLE);
	assert_int_equal(p.error, EPIPE);
	pt_loop_step(p.loop, 2 * PT_MS); /* told once, then off */
	assert_int_equal(p.calls, 1);
	pt_loop_free(p.loop);
	close(fd[1]);
}

static void test_watch_refused(void **state)
{
	struct pt_loop *loop = pt_loop_new();
	char name[] = "/tmp/perftop-loop.XXXXXX";
	int fd = mkstemp(name);

	(void)state;
	unlink(name);
	assert_null(pt_watch_new(loop, fd, on_watch, NULL)); /* a regular file */
	close(fd);
	assert_null(pt_watch_new(loop, fd, on_watch, NULL)); /* closed */
	assert_null(pt_watch_new(loop, -1, on_watch, NULL));
	pt_loop_free(loop);
}

static void on_watch_free(void *arg, int events, int error)
{
	struct probe *p = arg;

	(void)events;
	(void)error;
	p->calls++;
	pt_watch_free(p->watch);
	pt_loop_stop(p->loop);
}

static void test_watch_freed_inside(void **state)
{
	struct probe p = {.loop = pt_loop_new()};
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	p.watch = pt_watch_new(p.loop, fd[1], on_watch_free, &p);
	pt_watch_set(p.watch, PT_WRITABLE);
	pt_loop_run(p.loop);
	/* The number may be watched anew at once. */
	p.watch = pt_watch_new(p.loop, fd[1], on_watch_free, &p);
	assert_non_null(p.watch);
	pt_watch_set(p.watch, PT_WRITABLE);
	pt_loop_run(p.loop);
	assert_int_equal(p.calls, 2);
	pt_loop_free(p.loop);
	close(fd[0]);
	close(fd[1]);
}

static void on_signal(void *arg, int signo)
{
	struct probe *p = arg;

	p->calls++;
	p->events = signo;
	pt_loop_stop(p->loop);
}

static void test_signal(void **state)
{
	struct probe p = {.loop = pt_loop_new()};
	struct pt_signal *sig = pt_signal_new(p.loop, SIGUSR1, on_signal, &p);
	struct sigaction after;

	(void)state;
	assert_non_null(sig);
	raise(SIGUSR1);
	pt_loop_run(p.loop);
	assert_int_equal(p.calls, 1);
	assert_int_equal(p.events, SIGUSR1);
	pt_signal_free(sig);
	pt_signal_free(NULL);
	assert_int_equal(sigaction(SIGUSR1, NULL, &after), 0);
	assert_ptr_equal(after.sa_handler, SIG_DFL);
	assert_null(pt_signal_new(p.loop, SIGKILL, on_signal, &p));
	pt_loop_free(p.loop);
}

static char trace[64];
static size_t traced;

static void note(char c)
{
	trace[traced++] = c;
	trace[traced] = '\0';
}

static bool slice_a(void *arg)
{
	struct probe *p = arg;

	note('a');
	pt_loop_idle(p->loop, slice_a, p); /* under way: changes nothing */
	if (++p->calls == 2)
		assert_int_equal(write(p->fd, "x", 1), 1);
	return p->calls < 4;
}

static bool slice_b(void *arg)
{
	struct probe *p = arg;

	note('b');
	return p->again;
}

static void on_input(void *arg, int events, int error)
{
	char c;
	struct probe *p = arg;

	(void)events;
	(void)error;
	note('!');
	assert_int_equal(read(p->events, &c, 1), 1);
}

/* Slices take turns, and input is looked at between two of them. */
static void test_idle(void **state)
{
	struct probe p = {.loop = pt_loop_new(), .again = true};
	struct pt_watch *watch;
	int64_t start_ns;
	int fd[2];

	(void)state;
	traced = 0;
	assert_int_equal(pipe(fd), 0);
	p.fd = fd[1];
	p.events = fd[0];
	watch = pt_watch_new(p.loop, fd[0], on_input, &p);
	pt_watch_set(watch, PT_READABLE);
	pt_loop_idle(p.loop, slice_a, &p);
	pt_loop_idle(p.loop, slice_b, &p);
	pt_loop_idle(p.loop, slice_a, &p);
	for (int i = 0; i < 8; i++)
		pt_loop_step(p.loop, 60 * PT_S); /* does not wait while there is work */
	assert_string_equal(trace, "aba!baba"
				   "b");
	p.again = false;
	pt_loop_step(p.loop, 60 * PT_S);
	assert_string_equal(trace, "aba!babab"
				   "b");
	start_ns = now();
	pt_loop_step(p.loop, 3 * PT_MS); /* and now it does */
	assert_true(now() - start_ns >= 3 * PT_MS);
	assert_int_equal(traced, 10);
	pt_loop_idle(p.loop, slice_b, &p); /* it may come again */
	pt_loop_step(p.loop, 60 * PT_S);
	assert_int_equal(traced, 11);
	pt_loop_free(p.loop);
	close(fd[0]);
	close(fd[1]);
}

static void work(void *arg)
{
	struct probe *p = arg;

	p->thread = pthread_self();
	pause_ms(p->busy_ms);
	p->calls = 10;
}

static void work_done(void *arg)
{
	struct probe *p = arg;

	p->calls++;
	p->again = pthread_equal(p->thread, pthread_self());
	if (p->error == 0)
		p->error = pt_loop_work(p->loop, work, work_done, p);
	pt_loop_stop(p->loop);
}

static void test_work(void **state)
{
	struct probe p = {.loop = pt_loop_new(), .error = 1};

	(void)state;
	assert_int_equal(pt_loop_work(p.loop, work, work_done, &p), 0);
	pt_loop_run(p.loop);
	assert_int_equal(p.calls, 11);
	assert_false(p.again); /* another thread did it */
	pt_loop_free(p.loop);
}

/* Freed while work is under way: waits for it, tells it done, takes no more. */
static void test_work_freed(void **state)
{
	struct probe p = {.loop = pt_loop_new(), .busy_ms = 5};

	(void)state;
	assert_int_equal(pt_loop_work(p.loop, work, work_done, &p), 0);
	pt_loop_free(p.loop);
	assert_int_equal(p.calls, 11);
	assert_int_equal(p.error, -PT_ECANCELED);
}

/* Everything left open: the sanitizer says whether it was closed. */
static void test_free_all(void **state)
{
	struct pt_loop *loop = pt_loop_new();
	struct probe p = {.loop = loop, .again = true};
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	pt_timer_start(pt_timer_new(loop, on_timer, &p), PT_S, PT_S);
	pt_timer_new(loop, on_timer, &p);
	pt_watch_set(pt_watch_new(loop, fd[0], on_watch, &p), PT_READABLE);
	pt_signal_new(loop, SIGUSR2, on_signal, &p);
	pt_loop_idle(loop, slice_b, &p);
	pt_loop_free(loop);
	close(fd[0]);
	close(fd[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timer_once),
		cmocka_unit_test(test_timer_keeps_pace),
		cmocka_unit_test(test_timer_skips),
		cmocka_unit_test(test_timer_moved),
		cmocka_unit_test(test_timer_freed_inside),
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_watch_read),
		cmocka_unit_test(test_watch_write),
		cmocka_unit_test(test_watch_refused),
		cmocka_unit_test(test_watch_freed_inside),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_work_freed),
		cmocka_unit_test(test_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
