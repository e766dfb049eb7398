/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TESTS_GOLDEN_H
#define PT_TESTS_GOLDEN_H

#include <stdbool.h>

/*
 * Compares text with tests/golden/<name>. A difference is shown (the lines that differ, then both
 * texts, all as TAP comments) and is false; with PT_GOLDEN_UPDATE=1 the lines are shown, the file is
 * written anew, and it is true.
 */
bool golden_check(const char *name, const char *got);

#endif
