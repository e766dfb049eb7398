/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_EXPORT_SVG_H
#define PT_PROFILE_EXPORT_SVG_H

#include "perftop/base/str.h"
#include "perftop/profile/export.h"

extern const char flame_js[]; /* flame.js */

/* What the stacks in a picture begin with: the values of struct pt_profile are its attributes, the
 * content is base64 of pack.h's. */
#define SVG_STACKS "<metadata id=\"perftop-stacks\""

/* The picture itself, for a file of its own or inside of a page. */
void svg_write(const struct pt_profile *p, const struct pt_export_spec *spec, struct pt_str *out);
/* Text for XML: what markup, control characters and bad UTF-8 would do to it is taken out. */
void svg_text(struct pt_str *out, const char *s);
void svg_title(struct pt_str *out, const struct pt_profile *p, const struct pt_export_spec *spec);
/* "12,345 samples", "1.23 s", "4.5 MiB". */
void export_weight(const struct pt_profile *p, int64_t weight, char *out, size_t size);
/* "NEW against BASE" of a difference: hostile. */
void export_title(const struct pt_profile *p, const struct pt_export_spec *spec,
		  struct pt_str *out);
/* Points that a share has changed by, where p is a difference. */
double export_change(const struct pt_profile *p, int64_t total, int64_t base_total);

#endif
