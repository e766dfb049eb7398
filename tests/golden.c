/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goldens: a text against the file that holds what it should be. */
#include "golden.h"

#include "perftop/base/fs.h"
#include "perftop/base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_GOLDEN = 1 << 22 };

static size_t line_length(const char *s)
{
	return strcspn(s, "\n");
}

static const char *line_next(const char *s)
{
	s += line_length(s);
	return *s ? s + 1 : s;
}

static void show_differences(const char *want, const char *got)
{
	for (int line = 1; *want || *got; line++) {
		size_t w = line_length(want), g = line_length(got);

		if (w != g || memcmp(want, got, w) || !*want != !*got) {
			printf("#  %4d - %.*s\n", line, (int)w, want);
			printf("#       + %.*s\n", (int)g, got);
		}
		want = line_next(want);
		got = line_next(got);
	}
}

static void show_whole(const char *title, const char *s)
{
	printf("# %s\n", title);
	for (; *s; s = line_next(s))
		printf("# |%.*s\n", (int)line_length(s), s);
}

static bool update(const char *path, const char *got)
{
	struct pt_str folder = PT_STR_INIT;
	struct pt_err err;
	char text[600];
	bool ok;

	pt_str_addn(&folder, path, (size_t)(strrchr(path, '/') - path));
	ok = !pt_fs_mkdirs(folder.s, &err) && !pt_fs_write(path, got, strlen(got), 0644, &err);
	printf("# %s %s\n", path, ok ? "written anew" : pt_err_text(&err, text, sizeof text));
	pt_str_release(&folder);
	return ok;
}

bool golden_check(const char *name, const char *got)
{
	const char *top = getenv("PT_SRCDIR"), *wanted = getenv("PT_GOLDEN_UPDATE");
	struct pt_str path = PT_STR_INIT;
	char *want = NULL;
	bool same;

	pt_str_addf(&path, "%s/tests/golden/%s", top ? top : ".", name);
	same = !pt_fs_read(path.s, MAX_GOLDEN, &want, NULL, NULL) && !strcmp(want, got);
	if (!same) {
		printf("# golden %s differs:\n", name);
		show_differences(want ? want : "", got);
		if (wanted && !strcmp(wanted, "1")) {
			same = update(path.s, got);
		} else {
			show_whole("expected", want ? want : "(no such file)");
			show_whole("got", got);
		}
	}
	free(want);
	pt_str_release(&path);
	return same;
}
