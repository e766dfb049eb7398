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
	const char *folder; /* the project's folder: where commands run, what paths are relative to */
	enum pt_kind kind;
	enum pt_unit unit;
	double factor; /* multiplies what was read (unit "ms" -> ns) */
	int64_t interval_ns, timeout_ns;
	size_t max_output; /* bytes */
	bool trusted;	   /* commands run only then; else the metric's reason says so */
};

/*
 * Values in a text.
 *
 * text, n   need not be terminated; bounded by the source's max_output
 * each      called for each value: labels "" or canonical; value already times factor
 * Returns   how many, or -PT_ESYNTAX with err (line and column of the text), -PT_ENOENT when the
 *           JSON path leads nowhere, -PT_ELIMIT beyond 200 Prometheus series
 */
int pt_custom_parse(const struct pt_custom_source *source, const char *text, size_t n,
		    void (*each)(void *arg, const char *name, const char *labels, double value),
		    void *arg, struct pt_err *err);

#endif
