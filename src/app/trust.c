/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trust: a repository's `.performance/` names commands, so opening perftop in a clone must not run
 * a stranger's code. What a person has trusted is kept whole, in a folder of the user's state that
 * is named after the project's path, and compared byte by byte with what is there now.
 */
#include "perftop/app/project.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { TRUST_MAX = 4 << 20 };

/* The path's FNV-1a only spreads projects over names; the file says itself which project it is of. */
static void record_path(const struct pt_paths *paths, char *out, size_t size)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (const char *p = paths->project; *p; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	pt_snprintf(out, size, "%s/%016llx", paths->trust, (unsigned long long)h);
}

/* The trusted text, or NULL. A record is the project's path, a line end, and the text. */
static char *read_record(const struct pt_paths *paths, size_t *ret_len)
{
	char path[640], *data;
	size_t len, n = strlen(paths->project);

	record_path(paths, path, sizeof path);
	if (pt_fs_read(path, TRUST_MAX, &data, &len, NULL) < 0)
		return NULL;
	if (len <= n || memcmp(data, paths->project, n) != 0 || data[n] != '\n') {
		free(data);
		return NULL;
	}
	memmove(data, data + n + 1, len - n);
	*ret_len = len - n - 1;
	return data;
}

bool pt_trust_holds(const struct pt_paths *paths, const char *text, size_t len)
{
	size_t old_len = 0;
	char *old = read_record(paths, &old_len);
	bool same = old && old_len == len && memcmp(old, text, len) == 0;

	free(old);
	return same;
}

enum pt_trust pt_trust_state(const struct pt_paths *paths, char **ret_old, char **ret_now)
{
	char *now = NULL, *old = NULL;
	size_t len, old_len;
	enum pt_trust state;

	if (!paths->project[0] || pt_fs_read(paths->project_file, TRUST_MAX, &now, &len, NULL) < 0)
		return PT_TRUST_NOTHING;
	old = read_record(paths, &old_len);
	state = !old					       ? PT_TRUST_NEVER
		: old_len == len && memcmp(old, now, len) == 0 ? PT_TRUST_YES
							       : PT_TRUST_CHANGED;
	if (ret_old && state == PT_TRUST_CHANGED) {
		*ret_old = old;
		old = NULL;
	}
	if (ret_now) {
		*ret_now = now;
		now = NULL;
	}
	free(old);
	free(now);
	return state;
}

int pt_trust_grant(const struct pt_paths *paths, const char *text, struct pt_err *err)
{
	char path[640];
	struct pt_str record = PT_STR_INIT;
	int r = pt_fs_mkdirs(paths->trust, err);

	if (r < 0)
		return r;
	record_path(paths, path, sizeof path);
	pt_str_addf(&record, "%s\n%s", paths->project, text);
	r = pt_fs_write(path, record.s, record.len, 0600, err);
	pt_str_release(&record);
	return r;
}

int pt_trust_revoke(const struct pt_paths *paths, struct pt_err *err)
{
	char path[640];

	record_path(paths, path, sizeof path);
	if (unlink(path) < 0 && errno != ENOENT)
		return pt_err_set(err, PT_EIO, "%s: %s", path, strerror(errno));
	return 0;
}
