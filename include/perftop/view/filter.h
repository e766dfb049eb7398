/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_FILTER_H
#define PT_VIEW_FILTER_H

#include "perftop/base/err.h"

#include <regex.h>
#include <stdbool.h>

/*
 * What `/` takes: an extended regular expression without regard to case, `!` before it for the
 * inverse, `-f ` before it for a fuzzy match of its letters in order.
 */
struct pt_filter {
	char text[128]; /* as typed; "" = none */
	bool inverse, fuzzy;
	bool plain; /* a regex without special characters: found as it is, which is much faster */
	bool compiled; /* any other */
	regex_t regex;
};

/* Takes a new text; "" or NULL clears. The old one stays after -PT_ESYNTAX, with the regex's own
 * words, and -PT_ELIMIT: back-references, or more than 1000 repetitions. */
int pt_filter_set(struct pt_filter *f, const char *text, struct pt_err *err);
void pt_filter_release(struct pt_filter *f);
bool pt_filter_on(const struct pt_filter *f);
bool pt_filter_match(const struct pt_filter *f, const char *text); /* true where none is set */

#endif
