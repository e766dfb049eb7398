/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PRESENT_EXPORT_H
#define PT_PRESENT_EXPORT_H

#include "perftop/base/str.h"
#include "perftop/model/metric.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Values for programs. A format knows values and units, never particular metrics. One sample is
 * one moment: begin, values (all of a metric together), end.
 */
struct pt_export_value {
	int64_t real_ns; /* the moment's */
	const struct pt_metric *metric;
	const char *labels;
	double value;	    /* gauge, or rate a second; NaN: none */
	double total;	    /* counter's raw total; NaN for gauges */
	const char *reason; /* why there is none, or NULL */
};

struct pt_exporter {
	const char *name; /* "json", "csv", "prometheus" */
	void (*begin)(struct pt_str *out, int64_t real_ns, bool first); /* of all moments */
	/* first: of this moment. out still ends with what was put there before. */
	void (*value)(struct pt_str *out, const struct pt_export_value *v, bool first);
	void (*end)(struct pt_str *out);
};

/* What a unit is called outside, where numbers are in OpenMetrics base units: "seconds", "bytes"… */
const char *pt_export_unit(enum pt_unit unit);

/*
 * Values leave in base units, as their metrics' names promise; a counter's is its unit each second
 * ("seconds/s"), its total the unit alone. Times are seconds since 1970 in JSON (milliseconds as
 * decimals), ISO 8601 in UTC in CSV, absent in Prometheus text. Labels leave safe for a terminal.
 *
 * json        one object a moment and line: {"time":…,"values":[{"metric":…,"labels":{…},
 *             "value":…,"unit":…,"total":…} …]}; a missing value is null with "reason"
 * csv         head, then time,metric,labels,value,unit,total,reason
 * prometheus  text exposition format 0.0.4 (# HELP, # TYPE once a metric); counters as totals,
 *             missing values left out
 */
extern const struct pt_exporter pt_export_json, pt_export_csv, pt_export_prometheus;

#endif
