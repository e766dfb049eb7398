/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_COLLECT_ROSTER_H
#define PT_COLLECT_ROSTER_H

#include "perftop/collect/collect.h"

/*
 * Named instances that come and go: disks, interfaces. Each sample is a round: begin, find for each
 * line of the file, end, which drops the series of those that were not found. Memory is taken when
 * an instance is new.
 */
enum { PT_MEMBER_NAME = 64, PT_MEMBER_IDS = 8, PT_MEMBER_FIELDS = 16 };

struct pt_member {
	char name[PT_MEMBER_NAME];
	int ids[PT_MEMBER_IDS]; /* series, one a metric of the roster; valid once shown */
	uint64_t before[PT_MEMBER_FIELDS];
	int64_t before_ns;
	unsigned round; /* that found it last */
	bool fresh;	/* this round is its first */
	bool ignored;	/* the collector's: it does not want this one */
	bool shown;	/* has series */
};

struct pt_roster {
	const struct pt_metric *metrics; /* one label each: the member's name */
	size_t n_metrics;		 /* at most PT_MEMBER_IDS */
	struct pt_member *members;
	size_t n, cap, next;
	unsigned round;
};

void pt_roster_begin(struct pt_roster *roster);

/* The instance of that name, made when it is new. NULL for a name that is empty, too long or was
 * found in this round already, and beyond 4096 instances. Valid until the next find. */
struct pt_member *pt_roster_find(struct pt_roster *roster, const char *name, size_t len);

/* Gives it its series, unless it has them. */
void pt_roster_show(struct pt_roster *roster, struct pt_collect_env *env, struct pt_member *member);

/* Returns how many are shown. */
size_t pt_roster_end(struct pt_roster *roster, struct pt_collect_env *env);

void pt_roster_release(struct pt_roster *roster);

#endif
