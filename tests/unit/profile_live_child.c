/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the live tests sample: a program that does known work when it is told to, and says itself what
 * share of it was whose. It is built by the test, with frame pointers and without.
 *
 *	profile_live_child spin|deep|threads|fork|sleep|touch|crowd|allocate
 *
 * It says "ready", waits for a byte on stdin, works until the next one (or so long as the work is),
 * prints a number, and waits for the end of stdin.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __clang__
#define APART __attribute__((noinline))
#else
#define APART __attribute__((noinline, noclone))
#endif
enum { PAGES = 3000, CALLS = 2000, PIECE = 20000, ROUNDS = 4096, CROWD = 40 };

volatile double sink;
static volatile int stop;

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Has the other end said something, or gone? */
static int told(void)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&fd, 1, 0) > 0;
}

APART void heavy(long n)
{
	for (long i = 0; i < n; i++)
		sink += (double)i * 0.5;
}

APART void light(long n)
{
	for (long i = 0; i < n; i++)
		sink += (double)i * 0.25;
}

/* Calls both, and more after them, so that neither is a tail call. */
APART void both(double *heavy_s, double *light_s)
{
	double t0 = seconds(CLOCK_THREAD_CPUTIME_ID), t1, t2;

	heavy(7 * PIECE);
	t1 = seconds(CLOCK_THREAD_CPUTIME_ID);
	light(3 * PIECE);
	t2 = seconds(CLOCK_THREAD_CPUTIME_ID);
	*heavy_s += t1 - t0;
	*light_s += t2 - t1;
}

struct round {
	double heavy_s, light_s;
};

static double whole(const struct round *round)
{
	return round->heavy_s + round->light_s;
}

static int by_length(const void *a, const void *b)
{
	double x = whole(a), y = whole(b);

	return (x > y) - (x < y);
}

/* Of all rounds but the long ones: what is taken from a virtual machine counts as a round's time. */
APART double spin(void)
{
	static struct round rounds[ROUNDS];
	double heavy_s = 0, all_s = 0;
	size_t n = 0;

	while (!told()) {
		struct round *round = &rounds[n++ % ROUNDS];

		*round = (struct round){0};
		both(&round->heavy_s, &round->light_s);
	}
	n = n < ROUNDS ? n : ROUNDS;
	qsort(rounds, n, sizeof *rounds, by_length);
	for (size_t i = 0; i < n && whole(&rounds[i]) <= 2 * whole(&rounds[n / 2]); i++) {
		heavy_s += rounds[i].heavy_s;
		all_s += whole(&rounds[i]);
	}
	return n ? heavy_s / all_s : 0;
}

/* The same beyond more stack than a sampler looks at without need. */
APART double deep(void)
{
	char room[3000];
	double share;

	__asm__ volatile("" : : "r"(room) : "memory"); /* all of it is needed */
	share = spin();
	__asm__ volatile("" : : "r"(room) : "memory");
	return share;
}

static double thread_s;

static void *other(void *arg)
{
	while (!stop)
		light(PIECE);
	thread_s = seconds(CLOCK_THREAD_CPUTIME_ID);
	return arg;
}

static double threads(void)
{
	double before = seconds(CLOCK_THREAD_CPUTIME_ID), own;
	pthread_t thread;

	pthread_create(&thread, NULL, other, NULL);
	while (!told())
		heavy(PIECE);
	own = seconds(CLOCK_THREAD_CPUTIME_ID) - before;
	stop = 1;
	pthread_join(thread, NULL);
	return own / (own + thread_s);
}

/* A child that works alone and ends alone. */
static double forked(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		while (!told())
			heavy(10 * PIECE);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	return 1;
}

APART void nap(void)
{
	struct timespec t = {.tv_nsec = 5000000};

	nanosleep(&t, NULL);
	sink += 1;
}

/* Seconds that it slept, by its own clock. */
static double sleeping(void)
{
	double slept = 0;

	while (!told()) {
		double t0 = seconds(CLOCK_MONOTONIC);

		nap();
		slept += seconds(CLOCK_MONOTONIC) - t0;
	}
	return slept;
}

APART void touch(char *memory, size_t page)
{
	for (size_t i = 0; i < PAGES; i++)
		memory[i * page] = 1;
	sink += memory[0];
}

static double touching(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);

	madvise(memory, PAGES * page, MADV_NOHUGEPAGE);
	touch(memory, page);
	munmap(memory, PAGES * page);
	return PAGES;
}

/* Touches pages, and once it is told to far more of them and processes of no use, the last of which
 * is called "late". When that is told, late touches pages and ends. */
static double crowding(void)
{
	cpu_set_t here; /* where rings are full, and nowhere else */
	char byte;
	int go[2];

	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	sched_setaffinity(0, sizeof here, &here);
	touching();
	if (pipe(go) < 0 || read(STDIN_FILENO, &byte, 1) != 1)
		return 0;
	for (int i = 0; i < CROWD; i++)
		touching();
	for (int i = 0; i <= CROWD; i++) {
		pid_t pid = fork();

		if (pid == 0 && i == CROWD) {
			prctl(PR_SET_NAME, "late");
			printf("1\n");
			if (read(go[0], &byte, 1) == 1)
				touching();
		}
		if (pid == 0)
			_exit(0);
		if (i < CROWD)
			waitpid(pid, NULL, 0);
	}
	if (read(STDIN_FILENO, &byte, 1) != 1 || write(go[1], &byte, 1) != 1)
		return 0;
	wait(NULL);
	return PAGES;
}

APART void allocate(void **all)
{
	for (size_t i = 0; i < CALLS; i++)
		all[i] = malloc(100 + i);
	sink += 1;
}

static double allocating(void)
{
	static void *all[CALLS];

	allocate(all);
	for (size_t i = 0; i < CALLS; i++)
		free(all[i]);
	return CALLS;
}

static const struct {
	const char *name;
	double (*work)(void);
} works[] = {{"spin", spin},	  {"deep", deep},	   {"threads", threads},
	     {"fork", forked},	  {"sleep", sleeping},	   {"touch", touching},
	     {"crowd", crowding}, {"allocate", allocating}};

int main(int argc, char **argv)
{
	char line[64];
	int n = 0;

	setvbuf(stdout, NULL, _IONBF, 0);
	printf("ready\n");
	if (read(STDIN_FILENO, line, 1) != 1)
		return 1;
	for (size_t i = 0; argc > 1 && i < sizeof works / sizeof *works; i++)
		if (strcmp(works[i].name, argv[1]) == 0)
			n = printf("%.9f\n", works[i].work());
	while (read(STDIN_FILENO, line, sizeof line) > 0)
		;
	return n > 0 ? 0 : 2;
}
