/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Calls that are easy to get wrong become compile errors. Every source file gets this header by
 * -include (see Makefile.am), after the C library's own headers were read once, so their
 * declarations stay untouched.
 */
#ifndef PT_BASE_BANNED_H
#define PT_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Macros of a fortified glibc under clang. */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gets
#pragma GCC poison system popen localtime gmtime ctime asctime tmpnam tempnam mktemp

#endif
