/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Base64: bytes where only text may stand, in a terminal's sequences and in pictures. */
#include "perftop/base/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void pt_base64_add(struct pt_str *out, const void *data, size_t n)
{
	const unsigned char *p = data;

	for (; n > 0; p += 3, n -= n < 3 ? n : 3) {
		unsigned v = (unsigned)p[0] << 16 | (n > 1 ? p[1] << 8 : 0) | (n > 2 ? p[2] : 0);

		pt_str_addc(out, digits[v >> 18]);
		pt_str_addc(out, digits[v >> 12 & 63]);
		pt_str_addc(out, n > 1 ? digits[v >> 6 & 63] : '=');
		pt_str_addc(out, n > 2 ? digits[v & 63] : '=');
	}
}

void pt_base64_read(struct pt_str *out, const char *s, size_t n)
{
	unsigned v = 0, bits = 0;

	for (size_t i = 0; i < n; i++) {
		const char *digit = s[i] ? strchr(digits, s[i]) : NULL;

		if (!digit)
			return;
		v = v << 6 | (unsigned)(digit - digits);
		bits += 6;
		if (bits >= 8)
			pt_str_addc(out, (char)(v >> (bits -= 8)));
	}
}
