/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_ANOMALY_H
#define PT_ANALYSE_ANOMALY_H

#include <stdint.h>

/*
 * How unusual is the newest value of a metric? Streaming: a score depends on the past only, memory
 * is bounded whatever the length.
 */
struct pt_anomaly;

struct pt_anomaly *pt_anomaly_new(void);
void pt_anomaly_free(struct pt_anomaly *a);

/* at_ns: of the value, ascending (steps are learnt from it); or -1 when times are not known. value
 * NaN: missing, scores 0. Returns 0..1, where 1 is as unusual as can be; what is customary for this
 * series is near 0, and the number means the same in every series. */
double pt_anomaly_score(struct pt_anomaly *a, int64_t at_ns, double value);

#endif
