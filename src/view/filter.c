/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filters as k9s has them: regex, inverse, fuzzy. */
#include "perftop/view/filter.h"

#include "perftop/base/str.h"
#include "perftop/base/text.h"

#include <string.h>

/* The pattern behind the marks; *f gets the marks. */
static const char *pattern_of(const char *text, bool *inverse, bool *fuzzy)
{
	*inverse = text[0] == '!';
	text += *inverse;
	*fuzzy = strncmp(text, "-f ", 3) == 0;
	return *fuzzy ? text + 3 : text;
}

int pt_filter_set(struct pt_filter *f, const char *text, struct pt_err *err)
{
	struct pt_filter next = {0};
	const char *pattern;

	pt_strlcpy(next.text, text ? text : "", sizeof next.text);
	pattern = pattern_of(next.text, &next.inverse, &next.fuzzy);
	if (pattern[0] && !next.fuzzy) {
		char why[100];
		int r = regcomp(&next.regex, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB);
		if (r != 0) {
			regerror(r, &next.regex, why, sizeof why);
			return pt_err_set(err, PT_ESYNTAX, "filter '%s': %s", pattern, why);
		}
		next.compiled = true;
	}
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
	hit = fuzzy ? pt_text_fuzzy(pattern, text, NULL, 0) > 0
		    : regexec(&f->regex, text, 0, NULL, 0) == 0;
	return hit != inverse;
}
