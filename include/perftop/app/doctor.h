/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_DOCTOR_H
#define PT_APP_DOCTOR_H

#include "perftop/app/session.h"

/*
 * Checks: what a machine allows, and what would make benchmarks noisy on it. A check is a row; it
 * looks at a session that has read every source twice, and at files below the session's root, so a
 * recorded machine can be looked at as well.
 */
enum pt_health {
	PT_HEALTH_OK,
	PT_HEALTH_WARN,	   /* something is missing, or makes benchmarks noisy */
	PT_HEALTH_BAD,	   /* it does so now: figures of this moment are worth little */
	PT_HEALTH_UNKNOWN, /* the machine does not tell */
};

struct pt_finding {
	enum pt_health health;
	char found[240];
	char fix[240]; /* a command line, or what to change; "" for none */
};

struct pt_check {
	const char *name;
	const char *why; /* what it does to perftop or to benchmarks, a sentence */
	void (*look)(const struct pt_session *session, struct pt_finding *ret);
};

extern const struct pt_check pt_checks_machine[], pt_checks_noise[];
extern const size_t pt_n_checks_machine, pt_n_checks_noise;

const char *pt_health_name(enum pt_health health); /* "ok", "warn", "bad", "unknown" */

/* Fills a finding. fix NULL: none. */
void pt_finding_set(struct pt_finding *ret, enum pt_health health, const char *fix, const char *fmt,
		    ...) __attribute__((format(printf, 4, 5)));

#endif
