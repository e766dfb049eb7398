/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_ANOMALY_H
#define PT_ANALYSE_ANOMALY_H

#include <stdint.h>

/*
 * How unusual is the newest value of a metric? Streaming: a score depends on the past only. Memory is
 * the same whatever the length, 75 KB; nothing is allocated while scoring.
 */
struct pt_anomaly;

struct pt_anomaly *pt_anomaly_new(void);
void pt_anomaly_free(struct pt_anomaly *a);

/*
 * at_ns   since 1970 in UTC: the hour and the weekday are taken from it; -1 when times are not known,
 *         then rows are taken to be five minutes apart
 * value   NaN: missing, scores 0
 * Returns 0..1: what is customary for this series is near 0, from 0.5 on it is worth telling, and that
 *         means the same in every series. An episode is told once: for 120 rows only what is ten times
 *         rarer than its peak.
 */
double pt_anomaly_score(struct pt_anomaly *a, int64_t at_ns, double value);

#endif
