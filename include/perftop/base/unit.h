/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_UNIT_H
#define PT_BASE_UNIT_H

/*
 * What a stored number counts. Inside, times are nanoseconds, sizes bytes, shares ratios (0..1);
 * a counter's series reads as its unit each second. Only present/ turns them into text.
 */
enum pt_unit {
	PT_UNIT_COUNT,	 /* events, processes, pages: no unit shown */
	PT_UNIT_NS,	 /* nanoseconds */
	PT_UNIT_BYTES,	 /* bytes */
	PT_UNIT_RATIO,	 /* 0..1, shown as per cent */
	PT_UNIT_HERTZ,	 /* cycles a second */
	PT_UNIT_CELSIUS, /* degrees */
	PT_UNIT_WATT,
	PT_UNIT_PER_SECOND, /* a gauge that already is a count each second */
	PT_UNIT_BYTES_PER_SECOND,
	PT_UNIT_N
};

/* Name in JSON and in config files: "ns", "bytes", "count", "ratio", "hertz", "celsius", "watt",
 * "count/s", "bytes/s". */
const char *pt_unit_name(enum pt_unit unit);

/* Suffix of OpenMetrics names, "_seconds", "_bytes", "_ratio", …, "" for counts, and the factor
 * that turns a stored number into that base unit (1e-9 for ns). */
const char *pt_unit_openmetrics(enum pt_unit unit, double *ret_factor);

/* By name, also "s" "ms" "us" "B" "KiB" "MB" "%" and the like; *ret_factor turns a number in that
 * unit into the stored one. 0 or -PT_ENOENT. */
int pt_unit_parse(const char *name, enum pt_unit *ret_unit, double *ret_factor);

#endif
