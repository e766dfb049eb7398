/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text made safe: valid UTF-8 without one control or hidden code point, the same when it is made
 * safe again, cut where asked, and as wide as it is made of.
 */
#include "perftop/base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_shown(const char *s, bool ascii)
{
	uint32_t cp;
	int columns = 0;
	size_t fit;

	for (const char *p = s; (cp = pt_utf8_next(&p));) {
		check(cp >= 0x20 && (cp < 0x7F || cp >= 0xA0) && (cp < 0xD800 || cp > 0xDFFF));
		check(cp < 0xE000 || cp > 0xF8FF);
		check(cp < 0x200B || cp > 0x200F);
		check(cp < 0x2028 || cp > 0x202E);
		check(cp < 0xE0000);
		check(!ascii || cp < 0x7F);
		columns += pt_text_cp_width(cp);
	}
	check(pt_text_width(s) == columns);
	check(pt_text_fit(s, columns) == strlen(s));
	fit = pt_text_fit(s, columns / 2);
	check(fit <= strlen(s) && ((unsigned char)s[fit] & 0xC0) != 0x80);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *in = (const char *)data;
	char once[4096], twice[4096];
	int pos[8];

	for (int ascii = 0; ascii < 2; ascii++) {
		size_t room = size % 7 ? sizeof once : 1 + size % sizeof once;
		size_t n = pt_text_safe(once, room, in, size, ascii);

		check(n < room && strlen(once) == n);
		check_shown(once, ascii);
		check(pt_text_safe(twice, sizeof twice, once, n, ascii) == n);
		check(!memcmp(once, twice, n + 1));
		if (n > 2 && n < 64)
			check(pt_text_fuzzy(once, once, pos, 8) > 0 && pos[0] == 0);
	}
	return 0;
}
