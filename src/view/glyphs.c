/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which characters a terminal may be sent, and the signs that stand beside words. A font cannot be
 * asked what it has, so only what nearly all have is used: box drawing, eighths of a block, braille.
 */
#include "perftop/view/chart.h"

#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <string.h>

static const char *const glyphs_names[] = {
	[PT_GLYPHS_ASCII] = "ascii",
	[PT_GLYPHS_BLOCK] = "block",
	[PT_GLYPHS_BRAILLE] = "braille",
	[PT_GLYPHS_AUTO] = "auto",
};

static const struct {
	uint32_t utf8, ascii;
} sign_table[PT_SIGN_N] = {
	[PT_SIGN_WORSE] = {0x25B2, '^'}, [PT_SIGN_BETTER] = {0x25BC, 'v'},
	[PT_SIGN_NOTE] = {0x25C6, '*'},	 [PT_SIGN_SELECTED] = {0x25B8, '>'},
	[PT_SIGN_CROSS] = {0x250A, ':'}, [PT_SIGN_H] = {0x2500, '-'},
	[PT_SIGN_V] = {0x2502, '|'},	 [PT_SIGN_GAP] = {0x00B7, '.'},
	[PT_SIGN_DASH] = {0x2013, '-'},	 [PT_SIGN_MORE] = {0x2026, '~'},
	[PT_SIGN_OK] = {0x2713, '+'},	 [PT_SIGN_DEGREE] = {0x00B0, ' '},
	[PT_SIGN_TREE] = {0x251C, '|'},	 [PT_SIGN_TREE_END] = {0x2514, '`'},
};

enum pt_glyphs pt_glyphs_auto(const char *term, bool utf8)
{
	if (!utf8 || !term || !*term || !strcmp(term, "dumb"))
		return PT_GLYPHS_ASCII;
	/* The kernel's console holds 256 or 512 glyphs: seldom the eighths, never braille. */
	if (!strncmp(term, "linux", 5) || !strncmp(term, "vt", 2))
		return PT_GLYPHS_ASCII;
	return PT_GLYPHS_BRAILLE;
}

const char *pt_glyphs_name(enum pt_glyphs g)
{
	return (unsigned)g < PT_LEN(glyphs_names) ? glyphs_names[g] : "?";
}

int pt_glyphs_find(const char *name)
{
	for (size_t i = 0; i < PT_LEN(glyphs_names); i++)
		if (!strcmp(glyphs_names[i], name))
			return (int)i;
	return -PT_ENOENT;
}

uint32_t pt_sign(enum pt_sign sign, enum pt_glyphs glyphs)
{
	if ((unsigned)sign >= PT_SIGN_N)
		return '?';
	return glyphs == PT_GLYPHS_ASCII ? sign_table[sign].ascii : sign_table[sign].utf8;
}
