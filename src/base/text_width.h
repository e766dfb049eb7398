/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_TEXT_WIDTH_H
#define PT_BASE_TEXT_WIDTH_H

#include <stdint.h>

/* What a terminal does with a code point. tools/gen-width knows the same numbers. */
enum pt_text_class {
	PT_TEXT_NARROW,	   /* one column */
	PT_TEXT_WIDE,	   /* two columns */
	PT_TEXT_COMBINING, /* joins the character before it */
	PT_TEXT_HIDDEN,	   /* control, format, zero-width, bidirectional, tag, separator */
	PT_TEXT_UNKNOWN,   /* private use, unassigned, surrogate, noncharacter */
};

enum pt_text_class pt_text_class(uint32_t cp);

#endif
