/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_MODEL_METRIC_H
#define PT_MODEL_METRIC_H

#include "perftop/base/unit.h"

#include <stddef.h>
#include <stdint.h>

/*
 * A metric is what is measured ("disk_read_bytes_total"); a series is one instance of it
 * (disk="sda"). Names as Prometheus does them.
 */
enum pt_kind {
	PT_GAUGE,   /* a value that goes up and down; its series is that value */
	PT_COUNTER, /* a total since some start; its series is the rate each second */
};

enum {
	PT_METRIC_NO_HISTORY = 1, /* latest value only: detail of which there may be thousands */
};

struct pt_metric {
	const char *name;  /* "disk_read_bytes_total": [a-z][a-z0-9_]*; counters end in _total */
	const char *label; /* the label key that tells instances apart ("disk"), or NULL; two keys
			      are written "core,mode", sorted */
	enum pt_unit unit; /* of the stored number */
	enum pt_kind kind;
	unsigned flags;
	const char *help; /* one sentence without a full stop */
};

/*
 * Canonical label text of an instance: `core="0"`, keys sorted, values escaped as Prometheus
 * does (\\, \", \n). Keys come from metric->label; values in the same order. Unsafe bytes stay:
 * faces make text safe when they show it.
 *
 * out      size bytes, terminated, "" for no labels
 * Returns  length, or -PT_ERANGE when it does not fit
 */
int pt_labels_format(char *out, size_t size, const struct pt_metric *metric,
		     const char *const *values);

/* Value of one key in such text, unescaped. Length, or -PT_ENOENT, or -PT_ERANGE. */
int pt_labels_get(const char *labels, const char *key, char *out, size_t size);

enum { PT_LABELS_MAX = 192 };

/*
 * Turns readings of a counter into rates. The first reading and one after a reset (value went
 * down) or a clock that stood still give no rate.
 *
 * Returns  1 with *ret_rate each second, 0 when there is none yet
 */
struct pt_rate {
	uint64_t value;
	int64_t at_ns;
	int valid;
};

int pt_rate_update(struct pt_rate *rate, uint64_t value, int64_t now_ns, double *ret_rate);

#endif
