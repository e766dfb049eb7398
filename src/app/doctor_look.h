/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_DOCTOR_LOOK_H
#define PT_APP_DOCTOR_LOOK_H

#include "perftop/app/doctor.h"

/* What checks look with. */

/* A gauge, or a counter's rate; NaN when there is none. labels "" for a metric without. */
double look_value(const struct pt_session *session, const char *metric, const char *labels);
/* Sum of a counter's instances: totals, or with rate set rates; NaN when there is none. */
double look_sum(const struct pt_session *session, const char *metric, bool rate);
/* Why a metric has no value, or NULL. */
const char *look_reason(const struct pt_session *session, const char *metric);

/* A small file's text, "" when it cannot be read; false then. */
bool look_text(const struct pt_session *session, const char *path, char *out, size_t size);
bool look_number(const struct pt_session *session, const char *path, uint64_t *ret);
bool look_exists(const struct pt_session *session, const char *path);

/* A capability of this process (linux/capability.h). */
bool look_may(const struct pt_session *session, int capability);

#endif
