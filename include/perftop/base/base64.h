/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_BASE64_H
#define PT_BASE_BASE64_H

#include "perftop/base/str.h"

/* Any bytes as letters (RFC 4648, with padding), appended. */
void pt_base64_add(struct pt_str *out, const void *data, size_t n);
/* Back again, appended: the letters at s up to the first one that is none, or to the padding. */
void pt_base64_read(struct pt_str *out, const char *s, size_t n);

#endif
