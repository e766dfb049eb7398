/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fields for programs. Programs' output is often looked at in a terminal first, so text leaves
 * safe in every format.
 */
#include "field.h"

#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <string.h>

/* A mark such as <202E> or <FF> is at most this many times as long as what it stands for. */
enum { SAFE_GROWTH = 4 };

void pt_field_safe(struct pt_str *out, const char *s)
{
	size_t n = strlen(s), size = n * SAFE_GROWTH + 1;
	char *safe = pt_malloc(size);

	pt_str_addn(out, safe, pt_text_safe(safe, size, s, n, false));
	free(safe);
}

void pt_field_csv(struct pt_str *out, const char *s)
{
	size_t at = out->len;
	struct pt_str plain = PT_STR_INIT;

	pt_field_safe(out, s);
	if (!strpbrk(pt_str_text(out) + at, ",\"\r\n"))
		return;
	pt_str_add(&plain, out->s + at);
	out->len = at;
	pt_str_addc(out, '"');
	for (const char *c = plain.s; *c; c++) {
		if (*c == '"')
			pt_str_addc(out, '"');
		pt_str_addc(out, *c);
	}
	pt_str_addc(out, '"');
	pt_str_release(&plain);
}

void pt_field_num(struct pt_str *out, double v)
{
	struct pt_jw w;

	pt_jw_init(&w, out, false);
	pt_jw_num(&w, v);
}
