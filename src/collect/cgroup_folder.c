/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a cgroup's name to its folder, of this machine and of version 2 alone. */
#include "perftop/collect/cgroup.h"

#include "cgroup_place.h"
#include "perftop/base/str.h"

#include <string.h>
#include <unistd.h>

static bool is_cgroup(const char *folder)
{
	char path[1100];

	pt_snprintf(path, sizeof path, "%s/cgroup.procs", folder);
	return folder[0] == '/' && access(path, F_OK) == 0;
}

static int copy(const char *folder, char *ret, size_t size, struct pt_err *err)
{
	if (pt_strlcpy(ret, folder, size) < strlen(folder))
		return pt_err_set(err, PT_ELIMIT, "%s: too long", folder);
	return 0;
}

int pt_cgroup_folder(const char *wanted, char *ret, size_t size, struct pt_err *err)
{
	struct cg_place places[CG_N];
	struct pt_root *root;
	char folder[600] = "";
	int code;

	if (is_cgroup(wanted))
		return copy(wanted, ret, size, err);
	code = pt_root_open(NULL, &root, err);
	if (code < 0)
		return code;
	code = cg_find(root, wanted, places, err);
	for (size_t i = 0; code == 0 && i < CG_N && !*folder; i++)
		if (places[i].version == 2)
			pt_snprintf(folder, sizeof folder, "/%s%s", places[i].mount,
				    places[i].path);
	pt_root_free(root);
	if (code < 0)
		return code;
	if (!*folder)
		return pt_err_set(
			err, PT_ENOTSUP,
			"%s is a cgroup of version 1, expected one of version 2: name its "
			"folder, as /sys/fs/cgroup/unified/…",
			wanted);
	return copy(folder, ret, size, err);
}
