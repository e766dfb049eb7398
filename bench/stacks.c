/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work with deep and varied stacks, for recordings: 48 functions that call one another, up to 40 deep
 * and by chance at every fourth step, with sorting, printing and page faults at the leaves, in two threads and in processes
 * that come and go.
 *
 *     stacks SECONDS
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { DEPTH = 40, FUNCTIONS = 48 };

typedef void step_fn(uint64_t *dice, int depth);
static step_fn *const steps[FUNCTIONS];
static volatile uint64_t sink;

static uint64_t roll(uint64_t *dice)
{
	*dice ^= *dice << 13;
	*dice ^= *dice >> 7;
	*dice ^= *dice << 17;
	return *dice;
}

static int by_value(const void *a, const void *b)
{
	return *(const int *)a < *(const int *)b ? -1 : 1;
}

static __attribute__((noinline)) void sort(uint64_t *dice)
{
	int v[512];

	for (size_t i = 0; i < 512; i++)
		v[i] = (int)roll(dice);
	qsort(v, 512, sizeof *v, by_value);
	sink += (uint64_t)v[0];
}

static __attribute__((noinline)) void print(uint64_t *dice)
{
	char text[64];

	for (int i = 0; i < 64; i++)
		sink += (uint64_t)snprintf(text, sizeof text, "%g %s", (double)roll(dice), "text");
}

static __attribute__((noinline)) void touch(uint64_t *dice)
{
	size_t size = (16 + roll(dice) % 48) * 4096;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return;
	for (size_t i = 0; i < size; i += 4096)
		p[i] = 1;
	munmap(p, size);
	sink++;
}

static __attribute__((noinline)) void go_on(uint64_t *dice, int depth)
{
	uint64_t way = roll(dice);

	if (depth < DEPTH && way % 64 < 60) {
		unsigned next = (unsigned)depth + (depth % 4 ? 0 : way / 64 % 4 * 12);

		steps[next % FUNCTIONS](dice, depth + 1);
	} else {
		switch (way / 64 % 3) {
		case 0: sort(dice); break;
		case 1: print(dice); break;
		default: touch(dice);
		}
	}
	sink++;
}

#define STEP(n)                                                                \
	static __attribute__((noinline)) void step_##n(uint64_t *d, int depth) \
	{                                                                      \
		go_on(d, depth);                                               \
		sink += n;                                                     \
	}
#define EIGHT(do, n) \
	do           \
	(n##0) do(n##1) do(n##2) do(n##3) do(n##4) do(n##5) do(n##6) do(n##7)
#define ALL(do) EIGHT(do, 1) EIGHT(do, 2) EIGHT(do, 3) EIGHT(do, 4) EIGHT(do, 5) EIGHT(do, 6)
ALL(STEP)
#define NAME(n) step_##n,
static step_fn *const steps[FUNCTIONS] = {ALL(NAME)};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double end;

static void *work(void *arg)
{
	uint64_t dice = 0x9e3779b97f4a7c15 ^ (uintptr_t)arg;

	while (seconds() < end)
		go_on(&dice, 0);
	return NULL;
}

static void processes(void)
{
	uint64_t dice = (uint64_t)getpid();
	pid_t child = fork();

	if (!child) {
		for (int i = 0; i < 2000; i++)
			go_on(&dice, 0);
		_exit(0);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
	pthread_t threads[2];

	end = seconds() + (argc > 1 ? strtod(argv[1], NULL) : 1);
	for (uintptr_t i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, work, (void *)(i + 1)))
			return 1;
	while (seconds() < end)
		processes();
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
