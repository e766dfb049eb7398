/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filters as k9s has them: regex, inverse, fuzzy. */
#include "perftop/view/filter.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"

#include <string.h>

enum { MAX_TIMES = 1000 };

/* The pattern behind the marks; *f gets the marks. */
static const char *pattern_of(const char *text, bool *inverse, bool *fuzzy)
{
	*inverse = text[0] == '!';
	text += *inverse;
	*fuzzy = strncmp(text, "-f ", 3) == 0;
	return *fuzzy ? text + 3 : text;
}

static bool is_plain(const char *pattern)
{
	for (; *pattern; pattern++)
		if ((unsigned char)*pattern >= 0x80 || strchr(".[]()*+?{}|^$\\", *pattern))
			return false;
	return true;
}

/* It is typed in passing and then tried on every process: what takes glibc minutes or gigabytes is
 * refused. */
static bool is_bounded(const char *pattern)
{
	unsigned long times = 1;

	for (const char *c = pattern; *c && times <= MAX_TIMES; c++) {
		char *end;
		if (*c == '\\' && c[1]) {
			if (*++c >= '1' && *c <= '9')
				return false;
		} else if (*c == '{') {
			unsigned long least = strtoul(c + 1, &end, 10);
			unsigned long most = *end == ',' ? strtoul(end + 1, NULL, 10) : 0;
			times *= PT_MIN(PT_MAX(PT_MAX(least, most), 1), MAX_TIMES + 1);
		}
	}
	return times <= MAX_TIMES;
}

static int compile(struct pt_filter *f, const char *pattern, struct pt_err *err)
{
	char why[100];
	int r;

	if (!is_bounded(pattern))
		return pt_err_set(err, PT_ELIMIT,
				  "filter '%s': no back-references, and at most %d repetitions",
				  pattern, MAX_TIMES);
	r = regcomp(&f->regex, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	if (r != 0) {
		regerror(r, &f->regex, why, sizeof why);
		return pt_err_set(err, PT_ESYNTAX, "filter '%s': %s", pattern, why);
	}
	f->compiled = true;
	return 0;
}

int pt_filter_set(struct pt_filter *f, const char *text, struct pt_err *err)
{
	struct pt_filter next = {0};
	const char *pattern;
	int r = 0;

	pt_strlcpy(next.text, text ? text : "", sizeof next.text);
	pattern = pattern_of(next.text, &next.inverse, &next.fuzzy);
	next.plain = !next.fuzzy && is_plain(pattern);
	if (!next.fuzzy && !next.plain)
		r = compile(&next, pattern, err);
	if (r < 0)
		return r;
	pt_filter_release(f);
	*f = next;
	return 0;
}

void pt_filter_release(struct pt_filter *f)
{
	if (f->compiled)
		regfree(&f->regex);
	memset(f, 0, sizeof *f);
}

bool pt_filter_on(const struct pt_filter *f)
{
	bool inverse, fuzzy;

	return pattern_of(f->text, &inverse, &fuzzy)[0] != '\0';
}

bool pt_filter_match(const struct pt_filter *f, const char *text)
{
	bool inverse, fuzzy, hit;
	const char *pattern = pattern_of(f->text, &inverse, &fuzzy);

	if (!pattern[0])
		return true;
	if (fuzzy)
		hit = pt_text_fuzzy_match(pattern, text);
	else if (f->plain)
		hit = strcasestr(text, pattern) != NULL;
	else
		hit = regexec(&f->regex, text, 0, NULL, 0) == 0;
	return hit != inverse;
}
