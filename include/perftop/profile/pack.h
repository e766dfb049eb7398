/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_PACK_H
#define PT_PROFILE_PACK_H

#include "perftop/profile/profile.h"

/* A profile as a few kilobytes, to be kept in a database or a picture: gzip of folded stacks, grouped.
 * Runs compare where which processes and threads they were is not kept (PT_GROUP_NONE). *ret is
 * yours. -PT_EIO; -PT_ELIMIT beyond PT_PACK_MAX bytes of text. */
int pt_profile_pack(const struct pt_profile *p, enum pt_group group, void **ret, size_t *ret_n,
		    struct pt_err *err);
enum { PT_PACK_MAX = 256 << 20 };
/* Back again, in frames; name is what errors call it. As pt_profile_read_data. */
int pt_profile_unpack(const char *name, const void *data, size_t n, struct pt_frames *frames,
		      struct pt_profile *ret, struct pt_err *err);

#endif
