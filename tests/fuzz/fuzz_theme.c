/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Theme files: told what is wrong with a place inside the file, or whole and safe to show. */
#include "perftop/base/text.h"
#include "perftop/view/theme.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_safe(const char *s)
{
	char again[400];

	check(pt_text_safe(again, sizeof again, s, strlen(s), false) == strlen(s));
	check(!strcmp(s, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pt_theme theme;
	struct pt_err err = {0};
	int lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	if (pt_theme_parse("x.theme", (const char *)data, size, &theme, &err)) {
		check(err.msg[0] && err.line <= lines && err.col >= 0 && err.col <= (int)size + 1);
		check_safe(err.msg);
		return 0;
	}
	check_safe(theme.name);
	check_safe(theme.help);
	for (int role = 0; role < PT_ROLE_N; role++) {
		for (int colors = PT_COLORS_NONE; colors <= PT_COLORS_DIRECT; colors++) {
			struct pt_cell8 cell = {'x', 0, (uint8_t)role, PT_CELL_SELECTED};
			struct pt_look look = pt_theme_look(&theme, cell, (enum pt_colors)colors);
			int i = pt_color_index(look.fg, (enum pt_colors)colors);

			check(i >= 0 && i < (colors <= PT_COLORS_8    ? 8
					     : colors == PT_COLORS_16 ? 16
								      : 256));
		}
	}
	return 0;
}
