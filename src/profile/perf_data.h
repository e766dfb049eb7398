/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PERF_DATA_H
#define PT_PERF_DATA_H

#include "perftop/profile/reader.h"

/* Names its frames as `perf script | stackcollapse-perf.pl` would: another tree in place of p's.
 * -PT_ELIMIT: it does not fit; p is as it was. */
int pt_perf_data_collapse(struct pt_profile *p, const struct pt_collapse *how);

/*
 * Reads it through a child, `perf script -i`, which knows what is not known here; why is told in a
 * note. in has a path, or is a folder. Blocks. Its errors are -PT_ENOTSUP where there is no perf,
 * -PT_EIO where it fails, and those of the text's reader.
 */
int pt_perf_data_by_script(const struct pt_profile_input *in, const struct pt_read_options *options,
			   struct pt_profile *p, const char *why, struct pt_err *err);

#endif
