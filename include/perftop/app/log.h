/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_LOG_H
#define PT_APP_LOG_H

#include "perftop/base/err.h"

#include <stdbool.h>

/*
 * `--debug FILE`: what faces and app say of their own doings, one line each with a time stamp. Text
 * is made safe first. Without a file every call returns at once.
 */
int pt_log_open(const char *path, struct pt_err *err); /* appends; mode 0600 */
void pt_log_close(void);
bool pt_log_is_open(void); /* whether to look for what takes a while to find */
void pt_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
