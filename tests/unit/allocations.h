/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TESTS_ALLOCATIONS_H
#define PT_TESTS_ALLOCATIONS_H

#include <stddef.h>

/*
 * Allocations of the whole program, counted at the linker's door, in any build. For one test program,
 * which is linked with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc.
 */
static size_t allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

void *__wrap_malloc(size_t size)
{
	allocations++;
	return __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	allocations++;
	return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	allocations++;
	return __real_realloc(p, size);
}

#endif
