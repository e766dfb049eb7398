/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PERF_DATA_H
#define PT_PERF_DATA_H

#include "perftop/profile/reader.h"

/* Names its frames as `perf script | stackcollapse-perf.pl` would: a tree in place of p's. -PT_ELIMIT. */
int pt_perf_data_collapse(struct pt_profile *p, const struct pt_profile_input *in,
			  const struct pt_read_options *options, struct pt_err *err);

/* Reads it through `perf script -i`, which knows more formats: why is told in a note. */
int pt_perf_data_by_script(const struct pt_profile_input *in, const struct pt_read_options *options,
			   struct pt_profile *p, const char *why, struct pt_err *err);

#endif
