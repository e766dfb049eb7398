/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Durations and moments as text. Moments are shown in local time; the zone has a name of its own
 * beside them, because a time without one cannot be told to a colleague.
 */
#include "perftop/present/value.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <time.h>

static const struct {
	uint64_t ns;
	const char *name;
} duration_units[] = {
	{(uint64_t)PT_S * 86400, "d"},
	{(uint64_t)PT_S * 3600, "h"},
	{(uint64_t)PT_S * 60, "min"},
	{(uint64_t)PT_S, "s"},
	{(uint64_t)PT_MS, "ms"},
	{(uint64_t)PT_US, "µs"},
	{1, "ns"},
};

enum { UNIT_S = 3 }; /* from here on down one unit is enough */

static void duration_words(char *out, size_t size, const char *sign, uint64_t ns)
{
	size_t i = 0;
	uint64_t n, rest;

	while (i < PT_LEN(duration_units) - 1 && ns < duration_units[i].ns)
		i++;
	if (!ns)
		i = UNIT_S;
	n = ns / duration_units[i].ns;
	rest = i < UNIT_S ? ns % duration_units[i].ns / duration_units[i + 1].ns : 0;
	if (rest)
		pt_snprintf(out, size, "%s%llu %s %llu %s", sign, (unsigned long long)n,
			    duration_units[i].name, (unsigned long long)rest,
			    duration_units[i + 1].name);
	else
		pt_snprintf(out, size, "%s%llu %s", sign, (unsigned long long)n,
			    duration_units[i].name);
}

void pt_duration_format(char *out, size_t size, int64_t ns, bool clock)
{
	const char *sign = ns < 0 ? "-" : "";
	uint64_t magnitude = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	unsigned long long s = magnitude / (uint64_t)PT_S;
	char days[32] = "";

	if (!clock) {
		duration_words(out, size, sign, magnitude);
		return;
	}
	if (s >= 86400)
		pt_snprintf(days, sizeof days, "%llu d ", s / 86400);
	pt_snprintf(out, size, "%s%s%02llu:%02llu:%02llu", sign, days, s / 3600 % 24, s / 60 % 60,
		    s % 60);
}

/* Local time of a moment; "" in out if there is none. */
static void moment_format(char *out, size_t size, int64_t real_ns, const char *format)
{
	time_t t = (time_t)(real_ns / PT_S - (real_ns % PT_S < 0));
	struct tm tm;

	if (size && (!localtime_r(&t, &tm) || !strftime(out, size, format, &tm)))
		out[0] = '\0';
}

void pt_time_format(char *out, size_t size, int64_t real_ns, bool with_date)
{
	moment_format(out, size, real_ns, with_date ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S");
}

void pt_time_zone(char *out, size_t size, int64_t real_ns)
{
	moment_format(out, size, real_ns, "%Z");
}
