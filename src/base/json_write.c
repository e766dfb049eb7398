/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing JSON. Strings leave as valid UTF-8 in which everything that a terminal must not see is
 * escaped: the text stays the same for every reader, and harmless where it is shown as it is.
 */
#include "perftop/base/json.h"
#include "perftop/base/text.h"
#include "text_width.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void write_newline(struct pt_jw *w)
{
	pt_str_addc(w->out, '\n');
	for (int i = 0; i < w->depth; i++)
		pt_str_add(w->out, "  ");
}

/* What comes before a value or a key. */
static void write_lead(struct pt_jw *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->comma)
		pt_str_addc(w->out, ',');
	if (w->indent && w->depth)
		write_newline(w);
	w->comma = w->depth > 0;
}

static void write_open(struct pt_jw *w, char bracket)
{
	write_lead(w);
	pt_str_addc(w->out, bracket);
	w->depth++;
	w->comma = false;
}

static void write_escaped(struct pt_str *out, uint32_t cp)
{
	static const char names[] = "bfnrt\"\\", values[] = "\b\f\n\r\t\"\\";
	const char *known = cp < 0x80 ? memchr(values, (int)cp, sizeof values - 1) : NULL;

	if (known)
		pt_str_addf(out, "\\%c", names[known - values]);
	else if (cp < 0x10000)
		pt_str_addf(out, "\\u%04x", (unsigned)cp);
	else
		pt_str_addf(out, "\\u%04x\\u%04x", 0xD800 + (unsigned)((cp - 0x10000) >> 10),
			    0xDC00 + (unsigned)((cp - 0x10000) & 0x3FF));
}

void pt_jw_init(struct pt_jw *w, struct pt_str *out, bool indent)
{
	*w = (struct pt_jw){.out = out, .indent = indent};
}

void pt_jw_object(struct pt_jw *w)
{
	write_open(w, '{');
}

void pt_jw_array(struct pt_jw *w)
{
	write_open(w, '[');
}

void pt_jw_end(struct pt_jw *w, char bracket)
{
	w->depth--;
	if (w->indent && w->comma)
		write_newline(w);
	pt_str_addc(w->out, bracket);
	w->comma = w->depth > 0;
	if (w->indent && !w->depth)
		pt_str_addc(w->out, '\n');
}

void pt_jw_key(struct pt_jw *w, const char *key)
{
	pt_jw_str(w, key);
	pt_str_add(w->out, w->indent ? ": " : ":");
	w->after_key = true;
}

void pt_jw_str(struct pt_jw *w, const char *s)
{
	write_lead(w);
	if (!s) {
		pt_str_add(w->out, "null");
		return;
	}
	pt_str_addc(w->out, '"');
	for (;;) {
		const char *from = s;
		uint32_t cp = pt_utf8_next(&s);
		enum pt_text_class class = pt_text_class(cp);

		if (!cp)
			break;
		if (cp >= 0xDC80 && cp <= 0xDCFF)
			pt_str_add(w->out, "\xEF\xBF\xBD");
		else if (cp == '"' || cp == '\\' || class == PT_TEXT_HIDDEN ||
			 class == PT_TEXT_UNKNOWN)
			write_escaped(w->out, cp);
		else
			pt_str_addn(w->out, from, (size_t)(s - from));
	}
	pt_str_addc(w->out, '"');
}

void pt_jw_num(struct pt_jw *w, double v)
{
	char buf[40];

	write_lead(w);
	if (!isfinite(v)) {
		pt_str_add(w->out, "null");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		pt_snprintf(buf, sizeof buf, "%.*g", digits, v);
		if (strtod(buf, NULL) == v)
			break;
	}
	pt_str_add(w->out, buf);
	/* As an integer our own reader would refuse it: it may stand for a neighbour. */
	if (fabs(v) > 0x1p53 && !strpbrk(buf, ".e"))
		pt_str_add(w->out, ".0");
}

void pt_jw_int(struct pt_jw *w, int64_t v)
{
	write_lead(w);
	pt_str_addf(w->out, "%" PRId64, v);
}

void pt_jw_bool(struct pt_jw *w, bool v)
{
	write_lead(w);
	pt_str_add(w->out, v ? "true" : "false");
}

void pt_jw_key_str(struct pt_jw *w, const char *key, const char *s)
{
	pt_jw_key(w, key);
	pt_jw_str(w, s);
}

void pt_jw_key_num(struct pt_jw *w, const char *key, double v)
{
	pt_jw_key(w, key);
	pt_jw_num(w, v);
}

void pt_jw_key_bool(struct pt_jw *w, const char *key, bool v)
{
	pt_jw_key(w, key);
	pt_jw_bool(w, v);
}
