/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TESTS_PROFILE_NAMES_H
#define PT_TESTS_PROFILE_NAMES_H

/* What tests of symbols share: names of addresses, files of their own, objects compiled on the spot. */
#include "perftop/base/fs.h"
#include "perftop/base/str.h"
#include "perftop/profile/symbols.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct names {
	struct pt_frames *frames;
	struct pt_symbols *symbols;
	struct pt_space *space;
};

static inline void names_init(struct names *n, const struct pt_symbols_options *options, pid_t pid)
{
	n->frames = pt_frames_new();
	n->symbols = pt_symbols_new(n->frames, options);
	n->space = pt_space_new(n->symbols, pid);
}

static inline void names_release(struct names *n)
{
	pt_symbols_free(n->symbols);
	pt_frames_unref(n->frames);
}

/* The innermost but `up` frames of those at the address. */
static inline const struct pt_frame *names_frame(struct names *n, uint64_t addr, size_t up)
{
	uint32_t ids[32];
	size_t k = pt_space_frames(n->space, addr, false, ids, 32);

	assert_true(k > up);
	return pt_frames_get(n->frames, ids[k - 1 - up]);
}

static inline const char *name_at(struct names *n, uint64_t addr)
{
	return names_frame(n, addr, 0)->name;
}

static inline const char *names_folder(void)
{
	const char *top = getenv("PT_TMP");

	return top ? top : "/tmp";
}

static inline void names_write(const char *path, const char *text)
{
	char folder[600];
	struct pt_err err;

	pt_strlcpy(folder, path, sizeof folder);
	*strrchr(folder, '/') = '\0';
	assert_int_equal(pt_fs_mkdirs(folder, &err), 0);
	assert_int_equal(pt_fs_write(path, text, strlen(text), 0644, &err), 0);
}

/* A shell command with one %s or several for the folder; false: it failed. */
static inline bool names_run(const char *fmt, ...)
{
	struct pt_str command = PT_STR_INIT;
	va_list ap;
	int status;

	va_start(ap, fmt);
	pt_str_addv(&command, fmt, ap);
	va_end(ap);
	pt_str_add(&command, " >/dev/null 2>&1");
	status = system(command.s);
	pt_str_release(&command);
	return status == 0;
}

/* Compiles source to a shared object in the folder of tests; false: there is no compiler. */
static inline bool names_compile(const char *source, const char *object, const char *flags)
{
	const char *cc = getenv("PT_CC"), *folder = names_folder();
	char path[600];

	snprintf(path, sizeof path, "%s/%s.c", folder, object);
	names_write(path, source);
	return names_run("cd %s && %s -w -shared -fPIC %s -o %s %s.c", folder, cc ? cc : "cc",
			 flags, object, object);
}

#endif
