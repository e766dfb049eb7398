/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_MEM_H
#define PT_BASE_MEM_H

#include <stddef.h>
#include <stdlib.h>

/*
 * Allocation that aborts, with a word on stderr, on exhaustion. A size that comes from input is
 * bounded by its reader before it gets here. Released with free().
 */
void *pt_malloc(size_t size);
void *pt_calloc(size_t n, size_t size); /* zeroed; aborts on overflow too */
void *pt_realloc(void *p, size_t size);
void *pt_reallocarray(void *p, size_t n, size_t size);
char *pt_strdup(const char *s);
char *pt_strndup(const char *s, size_t max);
/* Gives what has been freed back to the system, where it keeps it for us. Takes a millisecond or so. */
void pt_mem_trim(void);

/*
 * Makes room for one more element: doubles *cap of an array of `size`-byte elements when n has
 * reached it. Returns the array, moved or not.
 */
void *pt_grow(void *array, size_t n, size_t *cap, size_t size);

#define PT_PUSH(array, n, cap) \
	((array) = pt_grow((array), (n), &(cap), sizeof *(array)), &(array)[(n)++])

#define PT_LEN(a) (sizeof(a) / sizeof *(a))
#define PT_MIN(a, b) ((a) < (b) ? (a) : (b))
#define PT_MAX(a, b) ((a) > (b) ? (a) : (b))

#endif
