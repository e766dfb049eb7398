/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PERF_DATA_H
#define PT_PERF_DATA_H

#include "perftop/profile/reader.h"

/* Names frames of perf.data as `perf script | stackcollapse-perf.pl` would. */
struct pt_perf_names;
struct pt_perf_names *pt_perf_names_new(struct pt_frames *frames, const struct pt_collapse *how);
void pt_perf_names_free(struct pt_perf_names *names);
/* For pt_stacks_options: arg is a pt_perf_names. */
const uint32_t *pt_perf_names_get(void *arg, uint32_t frame, bool java, size_t *ret_n);

/*
 * Reads it through a child, `perf script -i`, which knows what is not known here; why is told in a
 * note. in has a path, or is a folder. Blocks. Its errors are -PT_ENOTSUP where there is no perf,
 * -PT_EIO where it fails, and those of the text's reader; whatever ended it, the samples that were
 * whole by then are in p.
 */
int pt_perf_data_by_script(const struct pt_profile_input *in, const struct pt_read_options *options,
			   struct pt_profile *p, const char *why, struct pt_err *err);
/* The same of any program that prints such text. */
int pt_perf_data_by_program(const struct pt_profile_input *in, const char *const *argv,
			    const struct pt_read_options *options, struct pt_profile *p,
			    struct pt_err *err);

#endif
