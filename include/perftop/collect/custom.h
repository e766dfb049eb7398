/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_COLLECT_CUSTOM_H
#define PT_COLLECT_CUSTOM_H

#include "perftop/base/err.h"
#include "perftop/model/metric.h"

#include <stdbool.h>

/*
 * Custom sources of `.performance/config.json`: a command (argv, never a shell), a file or a Unix
 * socket whose text is a number, JSON (with a path) or Prometheus text. Parsing of the text is
 * apart from fetching it, so that it can be tested and fuzzed.
 */
enum pt_custom_from { PT_CUSTOM_COMMAND, PT_CUSTOM_FILE, PT_CUSTOM_SOCKET };
enum pt_custom_format { PT_CUSTOM_NUMBER, PT_CUSTOM_JSON, PT_CUSTOM_PROMETHEUS };

struct pt_custom_source {
	const char *name; /* metric name, or for Prometheus text a prefix filter */
	enum pt_custom_from from;
	enum pt_custom_format format;
	const char *const *argv; /* PT_CUSTOM_COMMAND */
	const char *path;	 /* file or socket */
	const char *send;	 /* written to a socket before reading, or NULL */
	const char *json_path;	 /* PT_CUSTOM_JSON */
	const char *help;
	const char *folder; /* of the project: commands run there, paths are relative to it */
	enum pt_kind kind;
	enum pt_unit unit;
	double factor; /* multiplies what was read (unit "ms" -> ns) */
	int64_t interval_ns, timeout_ns;
	size_t max_output; /* bytes */
	bool trusted;	   /* commands run, and sockets are written to, only then; else the metric's
			    * reason says so */
};

/* One value of a text. The strings are borrowed during the call. */
struct pt_custom_value {
	const char *name;   /* the source's; Prometheus text has its own */
	const char *labels; /* "" or canonical */
	const char *help;   /* of Prometheus text, else "" */
	enum pt_kind kind;  /* as the text declares it, else the source's */
	double value;	    /* times the source's factor; NaN and infinities as they come */
};

enum { PT_CUSTOM_SERIES_MAX = 200 };

/*
 * Values in a text.
 *
 * text, n   need not be terminated; bounded by the source's max_output
 * each      called for each value
 * Returns   how many, or -PT_ESYNTAX with err (line and column of the text), -PT_ENOENT when the
 *           JSON path leads nowhere, -PT_ELIMIT beyond PT_CUSTOM_SERIES_MAX Prometheus series or
 *           for labels beyond PT_LABELS_MAX (what fits was told to each)
 *
 * A number may bear a unit ("3.5 ms"), which then replaces the source's factor and must be of the
 * source's unit. A JSON value may be a number, a string of such a number, true or false.
 * Prometheus text: format 0.0.4, and what OpenMetrics adds to it (units, exemplars, # EOF) is
 * passed over.
 */
int pt_custom_parse(const struct pt_custom_source *source, const char *text, size_t n,
		    void (*each)(void *arg, const struct pt_custom_value *value), void *arg,
		    struct pt_err *err);

#endif
