/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text from outside, made safe and measured. A byte that is no UTF-8 becomes the code point
 * 0xDC00 + byte, a lone surrogate that no valid text can contain, and stays one byte long; so every
 * walk over hostile bytes ends, loses nothing, and can tell.
 */
#include "perftop/base/text.h"

#include "perftop/base/str.h"
#include "text_width.h"

#include <string.h>

#define MAX_MARKS 2 /* combining code points that stay on a base */

/* Bytes of the code point at s, of which n > 0 are there. Stops at the first byte that does not
 * continue, so terminated text needs no length. */
static size_t utf8_decode(const unsigned char *s, size_t n, uint32_t *ret)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t cp = s[0];
	size_t len = cp < 0x80	 ? 1
		     : cp < 0xC2 ? 0
		     : cp < 0xE0 ? 2
		     : cp < 0xF0 ? 3
		     : cp < 0xF5 ? 4
				 : 0;

	*ret = 0xDC00 + cp;
	if (len == 1)
		*ret = cp;
	if (len < 2 || len > n)
		return 1;
	cp &= 0x7Fu >> len;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 1;
		cp = cp << 6 | (s[i] & 0x3F);
	}
	if (cp < least[len] || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		return 1;
	*ret = cp;
	return len;
}

static bool is_broken(uint32_t cp)
{
	return cp >= 0xDC80 && cp <= 0xDCFF;
}

/* How one code point is told when it may not be shown itself. */
static size_t safe_mark(char *buf, size_t size, uint32_t cp)
{
	if (cp < 0x20 || cp == 0x7F)
		return pt_snprintf(buf, size, "^%c", (int)(cp ^ 0x40));
	if (is_broken(cp))
		return pt_snprintf(buf, size, "<%02X>", (unsigned)(cp - 0xDC00));
	return pt_snprintf(buf, size, cp < 0x100 ? "<%02X>" : "<%04X>", (unsigned)cp);
}

/* Signs that our own words have, so that "2 µs" is not read as "2 ?s". */
static char ascii_sign(uint32_t cp)
{
	switch (cp) {
	case 0xB5: return 'u';	 /* micro */
	case 0x2013: return '-'; /* en dash */
	case 0x2212: return '-'; /* minus */
	case 0x2026: return '~'; /* ellipsis */
	default: return '?';
	}
}

/*
 * What the code point at raw (len bytes) becomes, in buf; 0 bytes drop it. *marks counts the
 * combining ones since the last base; a text that begins with one has no base to put it on, so
 * there it starts beyond the limit as -1.
 */
static size_t safe_one(char buf[16], const char *raw, size_t len, uint32_t cp, bool ascii,
		       int *marks)
{
	enum pt_text_class class = pt_text_class(cp);

	if (ascii && cp > 0x7E) {
		buf[0] = ascii_sign(cp);
		return 1;
	}
	if (class == PT_TEXT_COMBINING && *marks >= 0) {
		if (++*marks > MAX_MARKS)
			return 0;
	} else {
		bool based = *marks >= 0;

		*marks = 0;
		if (class == PT_TEXT_HIDDEN || class == PT_TEXT_UNKNOWN ||
		    (class == PT_TEXT_COMBINING && !based))
			return safe_mark(buf, 16, cp);
	}
	memcpy(buf, raw, len);
	return len;
}

size_t pt_text_safe(char *out, size_t size, const char *in, size_t n, bool ascii)
{
	size_t written = 0;
	int marks = -1;

	if (!size)
		return 0;
	while (n) {
		char buf[16];
		uint32_t cp;
		size_t len = utf8_decode((const unsigned char *)in, n, &cp);
		size_t got = safe_one(buf, in, len, cp, ascii, &marks);

		if (got > size - 1 - written)
			break;
		memcpy(out + written, buf, got);
		written += got;
		in += len;
		n -= len;
	}
	out[written] = '\0';
	return written;
}

uint32_t pt_utf8_next(const char **s)
{
	uint32_t cp;

	if (!**s)
		return 0;
	*s += utf8_decode((const unsigned char *)*s, 4, &cp);
	return cp;
}

size_t pt_utf8_put(char out[4], uint32_t cp)
{
	size_t len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

	if (len == 1) {
		out[0] = (char)cp;
		return 1;
	}
	for (size_t i = len - 1; i; i--, cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3F));
	out[0] = (char)((0xF00u >> len) | cp);
	return len;
}

int pt_text_cp_width(uint32_t cp)
{
	switch (pt_text_class(cp)) {
	case PT_TEXT_WIDE: return 2;
	case PT_TEXT_COMBINING:
	case PT_TEXT_HIDDEN: return 0;
	default: return 1;
	}
}

int pt_text_width(const char *s)
{
	int width = 0;
	uint32_t cp;

	while ((cp = pt_utf8_next(&s)))
		width += pt_text_cp_width(cp);
	return width;
}

size_t pt_text_fit(const char *s, int cols)
{
	const char *p = s;

	for (;;) {
		const char *next = p;
		uint32_t cp = pt_utf8_next(&next);

		if (!cp)
			break;
		cols -= pt_text_cp_width(cp);
		if (cols < 0)
			break;
		p = next;
	}
	return (size_t)(p - s);
}

const char *pt_text_last_line(const char *text, size_t len, size_t *ret_len)
{
	size_t start;

	while (len > 0 && strchr(" \t\r\n", text[len - 1]))
		len--;
	start = len;
	while (start > 0 && text[start - 1] != '\n')
		start--;
	*ret_len = len - start;
	return text + start;
}
