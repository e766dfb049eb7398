/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Units by name. Two tables: what each stored unit is called, and every spelling that a person or
 * a benchmark tool may use for it, with the factor that leads to the stored unit.
 */
#include "perftop/base/unit.h"

#include "perftop/base/err.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *name, *suffix;
	double factor; /* stored -> OpenMetrics base unit */
} unit_table[PT_UNIT_N] = {
	[PT_UNIT_COUNT] = {"count", "", 1},
	[PT_UNIT_NS] = {"ns", "_seconds", 1e-9},
	[PT_UNIT_BYTES] = {"bytes", "_bytes", 1},
	[PT_UNIT_RATIO] = {"ratio", "_ratio", 1},
	[PT_UNIT_HERTZ] = {"hertz", "_hertz", 1},
	[PT_UNIT_CELSIUS] = {"celsius", "_celsius", 1},
	[PT_UNIT_WATT] = {"watt", "_watts", 1},
	[PT_UNIT_PER_SECOND] = {"count/s", "_per_second", 1},
	[PT_UNIT_BYTES_PER_SECOND] = {"bytes/s", "_bytes_per_second", 1},
};

#define KI 1024.0

static const struct {
	const char *name;
	enum pt_unit unit;
	double factor; /* that unit -> stored */
} alias_table[] = {
	{"%", PT_UNIT_RATIO, 0.01},
	{"percent", PT_UNIT_RATIO, 0.01},
	{"ps", PT_UNIT_NS, 1e-3},
	{"nanoseconds", PT_UNIT_NS, 1},
	{"nsec", PT_UNIT_NS, 1},
	{"us", PT_UNIT_NS, 1e3},
	{"µs", PT_UNIT_NS, 1e3}, /* U+00B5 micro sign */
	{"μs", PT_UNIT_NS, 1e3}, /* U+03BC Greek mu */
	{"microseconds", PT_UNIT_NS, 1e3},
	{"usec", PT_UNIT_NS, 1e3},
	{"ms", PT_UNIT_NS, 1e6},
	{"msec", PT_UNIT_NS, 1e6},
	{"milliseconds", PT_UNIT_NS, 1e6},
	{"s", PT_UNIT_NS, 1e9},
	{"sec", PT_UNIT_NS, 1e9},
	{"second", PT_UNIT_NS, 1e9},
	{"seconds", PT_UNIT_NS, 1e9},
	{"m", PT_UNIT_NS, 60e9},
	{"min", PT_UNIT_NS, 60e9},
	{"minutes", PT_UNIT_NS, 60e9},
	{"h", PT_UNIT_NS, 3600e9},
	{"hours", PT_UNIT_NS, 3600e9},
	{"d", PT_UNIT_NS, 86400e9},
	{"days", PT_UNIT_NS, 86400e9},
	{"B", PT_UNIT_BYTES, 1},
	{"byte", PT_UNIT_BYTES, 1},
	{"kB", PT_UNIT_BYTES, 1e3},
	{"KB", PT_UNIT_BYTES, 1e3},
	{"MB", PT_UNIT_BYTES, 1e6},
	{"GB", PT_UNIT_BYTES, 1e9},
	{"TB", PT_UNIT_BYTES, 1e12},
	{"KiB", PT_UNIT_BYTES, KI},
	{"MiB", PT_UNIT_BYTES, KI *KI},
	{"GiB", PT_UNIT_BYTES, KI *KI *KI},
	{"TiB", PT_UNIT_BYTES, KI *KI *KI *KI},
	{"Hz", PT_UNIT_HERTZ, 1},
	{"kHz", PT_UNIT_HERTZ, 1e3},
	{"MHz", PT_UNIT_HERTZ, 1e6},
	{"GHz", PT_UNIT_HERTZ, 1e9},
	{"°C", PT_UNIT_CELSIUS, 1},
	{"W", PT_UNIT_WATT, 1},
	{"mW", PT_UNIT_WATT, 1e-3},
	{"kW", PT_UNIT_WATT, 1e3},
	{"watts", PT_UNIT_WATT, 1},
	{"/s", PT_UNIT_PER_SECOND, 1},
	{"ops/s", PT_UNIT_PER_SECOND, 1},
	{"B/s", PT_UNIT_BYTES_PER_SECOND, 1},
	{"kB/s", PT_UNIT_BYTES_PER_SECOND, 1e3},
	{"MB/s", PT_UNIT_BYTES_PER_SECOND, 1e6},
	{"GB/s", PT_UNIT_BYTES_PER_SECOND, 1e9},
	{"KiB/s", PT_UNIT_BYTES_PER_SECOND, KI},
	{"MiB/s", PT_UNIT_BYTES_PER_SECOND, KI *KI},
	{"GiB/s", PT_UNIT_BYTES_PER_SECOND, KI *KI *KI},
	{"bit/s", PT_UNIT_BYTES_PER_SECOND, 1 / 8.0},
	{"kbit/s", PT_UNIT_BYTES_PER_SECOND, 1e3 / 8},
	{"Mbit/s", PT_UNIT_BYTES_PER_SECOND, 1e6 / 8},
	{"Gbit/s", PT_UNIT_BYTES_PER_SECOND, 1e9 / 8},
};

const char *pt_unit_name(enum pt_unit unit)
{
	return unit_table[unit].name;
}

const char *pt_unit_openmetrics(enum pt_unit unit, double *ret_factor)
{
	*ret_factor = unit_table[unit].factor;
	return unit_table[unit].suffix;
}

int pt_unit_parse(const char *name, enum pt_unit *ret_unit, double *ret_factor)
{
	for (int i = 0; i < PT_UNIT_N; i++) {
		if (!strcmp(unit_table[i].name, name)) {
			*ret_unit = (enum pt_unit)i;
			*ret_factor = 1;
			return 0;
		}
	}
	for (size_t i = 0; i < sizeof alias_table / sizeof *alias_table; i++) {
		if (!strcmp(alias_table[i].name, name)) {
			*ret_unit = alias_table[i].unit;
			*ret_factor = alias_table[i].factor;
			return 0;
		}
	}
	return -PT_ENOENT;
}
