/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console on a pseudo-terminal: started, driven, waited for. */
#include "console.h"

#include "../fixture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

enum { LIMIT_MS = 60000, PATH = 4096 };

int64_t console_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

long console_cpu_ms(pid_t pid)
{
	char path[64], text[1024];
	unsigned long user = 0, system = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fgets(text, sizeof text, f) && strrchr(text, ')'))
		sscanf(strrchr(text, ')') + 2,
		       "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
	fclose(f);
	return (long)(user + system) * 1000 / sysconf(_SC_CLK_TCK);
}

void console_sleep_ms(struct vts *s, int ms)
{
	int64_t end = console_now_ms() + ms, now;

	while ((now = console_now_ms()) < end)
		if (s->paused || s->gone)
			usleep(5000);
		else
			vts_read(s, (int)(end - now));
}

/* ---- places ---- */

const char *console_program(void)
{
	static char path[PATH];
	const char *build = getenv("PT_BUILDDIR");

	snprintf(path, sizeof path, "%s/perftop", build ? build : ".");
	return path;
}

const char *console_root(const char *name)
{
	static char path[PATH];

	if (strchr(name, '/'))
		return name;
	return fixture_root(name, path, sizeof path) ? path : NULL;
}

const char *console_tmp(const char *name)
{
	static char path[PATH];
	const char *tmp = getenv("PT_TMP");

	snprintf(path, sizeof path, "%s/%s", tmp ? tmp : ".", name);
	return path;
}

void console_put(const char *path, const char *text)
{
	char folder[PATH];
	FILE *f;

	snprintf(folder, sizeof folder, "%s", path);
	for (char *p = folder + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		if (mkdir(folder, 0700) && errno != EEXIST)
			fail_msg("cannot make %s: %s", folder, strerror(errno));
		*p = '/';
	}
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

const char *console_cut(const char *root, int frames)
{
	static char path[PATH];
	const char *from = console_root(root);
	char name[64], a[PATH + 16], b[PATH + 16];

	if (!from)
		return NULL;
	snprintf(name, sizeof name, "cut-%.40s-%d", root, frames);
	snprintf(path, sizeof path, "%s", console_tmp(name));
	if (mkdir(path, 0700))
		return path; /* by an earlier test */
	for (int i = 0; i < frames; i++) {
		snprintf(a, sizeof a, "%s/%03d", from, i);
		snprintf(b, sizeof b, "%s/%03d", path, i);
		assert_int_equal(symlink(a, b), 0);
	}
	snprintf(a, sizeof a, "%s/clock", from);
	snprintf(b, sizeof b, "%s/clock", path);
	assert_true(access(a, F_OK) || !symlink(a, b));
	return path;
}

/* ---- the program ---- */

struct vts *console_start(const struct console_options *o)
{
	const char *argv[24] = {console_program()}, *root = NULL;
	size_t n = 1;

	if (o->root) {
		root = o->frames ? console_cut(o->root, o->frames) : console_root(o->root);
		if (!root)
			skip();
		argv[n++] = "--root";
		argv[n++] = root;
		argv[n++] = "--interval=0.05";
	}
	for (size_t i = 0; i < sizeof o->args / sizeof *o->args && o->args[i]; i++)
		argv[n++] = o->args[i];
	return vts_start(argv, &(struct vts_options){.cols = o->cols,
						     .rows = o->rows,
						     .term = o->term,
						     .env = o->env,
						     .limit_ms = LIMIT_MS});
}

bool console_wait_end(struct vts *s, const char *clock)
{
	return vts_wait_row(s, 0, clock);
}

char *console_dump(const struct vts *s)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	vts_dump(s, f);
	fclose(f);
	return text;
}

static bool is_shown(struct vts *s, const void *dump)
{
	char *now = console_dump(s);
	bool same = strcmp(now, dump) == 0;

	free(now);
	return same;
}

static bool is_other(struct vts *s, const void *dump)
{
	return !is_shown(s, dump);
}

bool console_changes(struct vts *s, const char *keys)
{
	char *before = console_dump(s);
	bool ok = vts_keys(s, keys) && vts_wait(s, is_other, before, keys);

	free(before);
	return ok;
}

void console_same(struct vts *a, struct vts *b)
{
	char *got, *want = console_dump(b);

	(void)vts_becomes(a, is_shown, want);
	got = console_dump(a);
	assert_string_equal(got, want);
	free(got);
	free(want);
}

void console_ended(struct vts *s, int status)
{
	char left[200];

	assert_true(vts_wait_exit(s));
	assert_string_equal(vts_left_on(s, left, sizeof left), "");
	assert_int_equal(vts_stop(s), status);
}

void console_quit(struct vts *s)
{
	/* A dialog, a filter, a crosshair, a zoom, a view: no place is deeper than that. */
	vts_keys(s, CONSOLE_ESC CONSOLE_ESC CONSOLE_ESC CONSOLE_ESC CONSOLE_ESC CONSOLE_ESC "q");
	console_ended(s, 0);
}
