/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_GROWN_H
#define PT_PROFILE_GROWN_H

#include "perftop/profile/profile.h"

/*
 * Which functions grew and which shrank between two profiles: shares of each one's whole, so that
 * recordings of different length compare. Shares are 0..1.
 */
struct pt_grown {
	uint32_t frame;
	double self, base_self, total, base_total;
	double sigma;	  /* of the change that they are ordered by; see pt_share_sigma */
	bool significant; /* beyond what chance gives to so many functions at once (5 %, Bonferroni) */
};

enum pt_grown_by { PT_GROWN_SELF, PT_GROWN_TOTAL };

/* The most changed first (significant ones before others); at most max, *ret is yours. Both profiles
 * share frames. *ret is NULL when they do not fit into their memory together. */
size_t pt_profile_grown(const struct pt_profile *base, const struct pt_profile *p,
			enum pt_grown_by by, size_t max, struct pt_grown **ret);

#endif
