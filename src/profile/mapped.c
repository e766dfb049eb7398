/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A read beyond a mapped file's end is a SIGBUS of the thread that reads. Its handler looks for the
 * address in a table of such mappings and puts zeroes where the file has ended; any other goes to
 * who handled it before (the console's, which gives the terminal back). The handler only compares
 * and maps.
 */
#include "mapped.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAPS_MAX = 32 };

static struct {
	atomic_uintptr_t start; /* 0: free */
	atomic_size_t len;
	atomic_bool shrank;
} maps[MAPS_MAX];

static struct sigaction before;
static uintptr_t page;

/* Zeroes from the page of addr to the end of its mapping; false when it is none of ours. */
static bool put_zeroes(uintptr_t addr)
{
	for (int i = 0; i < MAPS_MAX; i++) {
		uintptr_t start = atomic_load(&maps[i].start), from = addr & ~(page - 1);
		size_t len = atomic_load(&maps[i].len);

		if (!start || addr < start || addr - start >= len)
			continue;
		atomic_store(&maps[i].shrank, true);
		return mmap((void *)from, start + len - from, PROT_READ,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
	}
	return false;
}

static void on_bus(int sig, siginfo_t *info, void *context)
{
	int kept = errno;

	(void)context;
	/* Of another cause: it happens again by itself, unless somebody sent it. */
	if (info->si_code != BUS_ADRERR || !put_zeroes((uintptr_t)info->si_addr)) {
		sigaction(sig, &before, NULL);
		if (info->si_code <= 0)
			raise(sig);
	}
	errno = kept;
}

static void watch(void)
{
	struct sigaction act = {.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO | SA_ONSTACK};

	page = (uintptr_t)sysconf(_SC_PAGESIZE);
	sigemptyset(&act.sa_mask);
	sigaction(SIGBUS, &act, &before);
}

void *pt_mapped_new(int fd, size_t len)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	static const uintptr_t taken = UINTPTR_MAX;
	uintptr_t none = 0;
	void *map;
	int i = 0;

	pthread_once(&once, watch);
	while (i < MAPS_MAX && !atomic_compare_exchange_strong(&maps[i].start, &none, taken)) {
		none = 0;
		i++;
	}
	if (i == MAPS_MAX) {
		errno = EMFILE;
		return NULL;
	}
	map = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	atomic_store(&maps[i].shrank, false);
	atomic_store(&maps[i].len, len);
	atomic_store(&maps[i].start, map == MAP_FAILED ? 0 : (uintptr_t)map);
	return map == MAP_FAILED ? NULL : map;
}

static int find(const void *map)
{
	int i = 0;

	while (i < MAPS_MAX && atomic_load(&maps[i].start) != (uintptr_t)map)
		i++;
	return i;
}

bool pt_mapped_shrank(const void *map)
{
	int i = map ? find(map) : MAPS_MAX;

	return i < MAPS_MAX && atomic_load(&maps[i].shrank);
}

void pt_mapped_free(void *map)
{
	int i = map ? find(map) : MAPS_MAX;

	if (i == MAPS_MAX)
		return;
	munmap(map, atomic_load(&maps[i].len));
	atomic_store(&maps[i].start, 0);
}
