/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Allocation that never returns NULL. A program that cannot get a few kilobytes has no better
 * answer than to stop at once: readers bound every size that comes from input before they ask.
 */
#include "perftop/base/mem.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void mem_exhausted(void)
{
	static const char word[] = "perftop: out of memory\n";

	/* No stdio: it may want memory itself. */
	if (write(STDERR_FILENO, word, sizeof word - 1) < 0)
		_exit(3);
	abort();
}

void *pt_malloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		mem_exhausted();
	return p;
}

void *pt_calloc(size_t n, size_t size)
{
	void *p = n && size ? calloc(n, size) : calloc(1, 1);

	if (!p)
		mem_exhausted();
	return p;
}

void *pt_realloc(void *p, size_t size)
{
	p = realloc(p, size ? size : 1);
	if (!p)
		mem_exhausted();
	return p;
}

void *pt_reallocarray(void *p, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		mem_exhausted();
	return pt_realloc(p, n * size);
}

char *pt_strdup(const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(pt_malloc(size), s, size);
}

char *pt_strndup(const char *s, size_t max)
{
	size_t n = strnlen(s, max);
	char *copy = pt_malloc(n + 1);

	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

void *pt_grow(void *array, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	if (n > SIZE_MAX / 2)
		mem_exhausted();
	*cap = PT_MAX(n * 2, 8);
	return pt_reallocarray(array, *cap, size);
}

void pt_mem_trim(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}
