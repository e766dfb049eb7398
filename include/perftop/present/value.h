/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PRESENT_VALUE_H
#define PT_PRESENT_VALUE_H

#include "perftop/base/unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Numbers as people read them: the only home of scaling and unit text. IEC for memory (KiB), SI
 * for rates (kB/s), per cent for ratios, ns/µs/ms/s for times. Three to four significant digits,
 * so that a number's width is stable while it moves.
 */
enum {
	PT_VALUE_RATE = 1,    /* the number is its unit each second: "/s" is added, SI scaling; time
				   each second is a share: "35.0 %" */
	PT_VALUE_NO_UNIT = 2, /* the number with its scale letter only: "412M", "63.2" */
	PT_VALUE_ASCII = 4,   /* "us" and "C" instead of "µs" and "°C" */
	PT_VALUE_SIGN = 8,    /* "+" on positive numbers */
};

/* out gets e.g. "1.20 MB/s", "63.2 %", "–" ("-" with PT_VALUE_ASCII) for NaN. Returns columns. */
int pt_value_format(char *out, size_t size, double v, enum pt_unit unit, unsigned flags);

/* The parts apart: number text ("1.20") and unit text ("MB/s"), so that they can be aligned. */
void pt_value_split(char *num, size_t num_size, char *unit_text, size_t unit_size, double v,
		    enum pt_unit unit, unsigned flags);

/* Duration: "3 d 4 h", "12:31:07" with clock set. */
void pt_duration_format(char *out, size_t size, int64_t ns, bool clock);

/* Round axis maximum >= v ("nice" 1, 2, 2.5, 5 times a power of ten, or of 1024 for bytes). */
double pt_value_nice_max(double v, enum pt_unit unit, unsigned flags);

/* Local time of real_ns: "12:31:07", with_date "2026-11-23 12:31:07"; zone: "UTC", "CET". */
void pt_time_format(char *out, size_t size, int64_t real_ns, bool with_date);
void pt_time_zone(char *out, size_t size, int64_t real_ns);

#endif
