/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_THEME_H
#define PT_VIEW_THEME_H

#include "perftop/base/err.h"
#include "perftop/view/canvas.h"

/*
 * A theme is data: one line a role, `role  foreground  background  [bold dim underline reverse]`.
 * A colour is `default`, `#rrggbb`, or `#rrggbb/N` with N the colour 0..15 to use where there are
 * only 8 or 16 (else the nearest). `background #rrggbb` (first line, with `name`) states the terminal
 * background that the theme is made for: contrast is checked against it. Meaning is never by colour
 * alone.
 */
enum pt_colors {
	PT_COLORS_NONE, /* NO_COLOR or a terminal without: bold, dim?, underline, reverse only */
	PT_COLORS_8,
	PT_COLORS_16,
	PT_COLORS_256,
	PT_COLORS_DIRECT,
};

enum { PT_ATTR_BOLD = 1, PT_ATTR_DIM = 2, PT_ATTR_UNDERLINE = 4, PT_ATTR_REVERSE = 8 };

struct pt_color {
	bool set; /* false: the terminal's default */
	uint8_t r, g, b;
	int8_t ansi; /* 0..15, or -1: nearest */
};

struct pt_look {
	struct pt_color fg, bg;
	unsigned attrs;
};

struct pt_theme {
	char name[32];
	char help[96];
	struct pt_color background;
	struct pt_look looks[PT_ROLE_N];
};

/* Built-in themes (themes/<name>.theme, embedded at build time), dark first. */
size_t pt_theme_n(void);
const char *pt_theme_name(size_t i);

/* By name: built in, or <folder>/<name>.theme (folder may be NULL). -PT_ENOENT; -PT_ESYNTAX with the
 * place: unknown role, bad colour. A user's theme need not set every role: the others are those of
 * dark or light, whichever is nearer to its background. */
int pt_theme_load(const char *name, const char *folder, struct pt_theme *ret, struct pt_err *err);
int pt_theme_parse(const char *file, const char *text, size_t n, struct pt_theme *ret,
		   struct pt_err *err);

/* The look of a cell: role, selection, crosshair and colour depth taken together. With
 * PT_COLORS_NONE colours are unset and selection is reverse. */
struct pt_look pt_theme_look(const struct pt_theme *theme, struct pt_cell8 cell,
			     enum pt_colors colors);

/* Index of a colour for terminals of 8, 16 or 256 colours. */
int pt_color_index(struct pt_color color, enum pt_colors colors);

/* WCAG contrast ratio, 1..21. */
double pt_color_contrast(struct pt_color a, struct pt_color b);

#endif
