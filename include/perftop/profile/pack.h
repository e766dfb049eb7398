/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_PACK_H
#define PT_PROFILE_PACK_H

#include "perftop/profile/profile.h"

/* A profile as a few kilobytes to be kept in a database: gzip of folded stacks. Which processes and
 * threads they were is not kept, so that runs compare. *ret is yours. -PT_EIO. */
int pt_profile_pack(const struct pt_profile *p, void **ret, size_t *ret_n, struct pt_err *err);
/* Back again, in frames; name is what errors call it. As pt_profile_read_data. */
int pt_profile_unpack(const char *name, const void *data, size_t n, struct pt_frames *frames,
		      struct pt_profile *ret, struct pt_err *err);

#endif
