/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_THEME_BUILTIN_H
#define PT_VIEW_THEME_BUILTIN_H

#include <stddef.h>

/* themes/<name>.theme as text; tools/embed-themes writes the table. */
struct pt_theme_text {
	const char *name, *text;
};

extern const struct pt_theme_text pt_themes_builtin[];
extern const size_t pt_n_themes_builtin;

#endif
