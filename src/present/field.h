/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PRESENT_FIELD_H
#define PT_PRESENT_FIELD_H

#include "perftop/base/str.h"

/* What tables and exporters append alike. */

/* Text from anywhere, whole, safe for a terminal. */
void pt_field_safe(struct pt_str *out, const char *s);
/* The same as a CSV field: quoted where RFC 4180 wants it. */
void pt_field_csv(struct pt_str *out, const char *s);
/* Shortest text that reads back as v, which is finite. */
void pt_field_num(struct pt_str *out, double v);

#endif
