/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trust: a repository's `.performance/` names commands (custom sources, benchmarks), so opening
 * perftop in a clone must not run a stranger's code. What a person has trusted is kept whole, in a folder of the user's state that
 * is named after the project's path, and compared byte by byte with what is there now.
 */
#include "perftop/app/project.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { TRUST_MAX = 4 << 20 }; /* of a file; a record holds two of them */

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
	if (pt_fs_read(path, 3 * TRUST_MAX, &data, &len, NULL) < 0)
		return NULL;
	if (len <= n || memcmp(data, paths->project, n) != 0 || data[n] != '\n') {
		free(data);
		return NULL;
	}
	memmove(data, data + n + 1, len - n);
	*ret_len = len - n - 1;
	return data;
}

/* ---- what the files say ---- */

struct texts {
	char *v[2]; /* of project_file and suites_file; NULL: not there */
	size_t len[2];
};

static const char *file_of(const struct pt_paths *paths, int i)
{
	return i == 0 ? paths->project_file : paths->suites_file;
}

/* Both files; path (or NULL) stands for a text at hand. */
static void read_texts(const struct pt_paths *paths, const char *path, const char *text, size_t len,
		       struct texts *ret)
{
	*ret = (struct texts){{NULL}, {0}};
	for (int i = 0; i < 2; i++) {
		const char *file = file_of(paths, i);

		if (path && strcmp(path, file) == 0) {
			ret->v[i] = pt_malloc(len + 1);
			memcpy(ret->v[i], text, len);
			ret->v[i][len] = '\0';
			ret->len[i] = len;
		} else if (file[0]) {
			pt_fs_read(file, TRUST_MAX, &ret->v[i], &ret->len[i], NULL);
		}
	}
}

static void release_texts(struct texts *texts)
{
	free(texts->v[0]);
	free(texts->v[1]);
}

/* The one text that is trusted or not. The headings make it no JSON, and their sizes say where a file
 * ends, so that the same bytes cannot be put into the files in another way. */
static void join(const struct texts *texts, struct pt_str *out)
{
	static const char *const names[] = {".performance/config.json",
					    ".performance/benchmarks.json"};

	if (texts->v[0] && !texts->v[1]) {
		pt_str_addn(out, texts->v[0], texts->len[0]);
		return;
	}
	for (int i = 0; i < 2; i++) {
		if (!texts->v[i])
			continue;
		pt_str_addf(out, "== %s, %zu bytes\n", names[i], texts->len[i]);
		pt_str_addn(out, texts->v[i], texts->len[i]);
		if (texts->len[i] && texts->v[i][texts->len[i] - 1] != '\n')
			pt_str_addc(out, '\n');
	}
}

static bool is_trusted(const struct pt_paths *paths, const struct texts *texts)
{
	struct pt_str now = PT_STR_INIT;
	size_t len = 0;
	char *old = read_record(paths, &len);
	bool same;

	join(texts, &now);
	same = old && len == now.len && memcmp(old, pt_str_text(&now), len) == 0;
	pt_str_release(&now);
	free(old);
	return same;
}

bool pt_trust_holds(const struct pt_paths *paths, const char *path, const char *text, size_t len)
{
	struct texts texts;
	bool holds;

	read_texts(paths, path, text, len, &texts);
	holds = is_trusted(paths, &texts);
	release_texts(&texts);
	return holds;
}

enum pt_trust pt_trust_state(const struct pt_paths *paths, char **ret_old, char **ret_now)
{
	struct pt_str now = PT_STR_INIT;
	struct texts texts;
	enum pt_trust state = PT_TRUST_NOTHING;
	char *old = NULL;
	size_t len;

	if (!paths->project[0])
		return PT_TRUST_NOTHING;
	read_texts(paths, NULL, NULL, 0, &texts);
	if (!texts.v[0] && !texts.v[1])
		goto out;
	old = read_record(paths, &len);
	state = !old ? PT_TRUST_NEVER : is_trusted(paths, &texts) ? PT_TRUST_YES : PT_TRUST_CHANGED;
	if (ret_old && state == PT_TRUST_CHANGED) {
		*ret_old = old;
		old = NULL;
	}
	if (ret_now) {
		join(&texts, &now);
		pt_str_add(&now, "");
		*ret_now = pt_str_detach(&now);
	}
out:
	free(old);
	release_texts(&texts);
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

int pt_trust_write(const struct pt_paths *paths, const char *path, const char *text, size_t len,
		   bool *ret_trusted, struct pt_err *err)
{
	struct texts before, after;
	struct pt_str now = PT_STR_INIT;
	bool clean;
	int code;

	read_texts(paths, NULL, NULL, 0, &before);
	clean = is_trusted(paths, &before) || (!before.v[0] && !before.v[1]);
	release_texts(&before);
	code = pt_fs_write(path, text, len, 0644, err);
	if (code)
		return code;
	*ret_trusted = false;
	if (!clean)
		return 0;
	read_texts(paths, path, text, len, &after);
	join(&after, &now);
	release_texts(&after);
	code = pt_trust_grant(paths, pt_str_text(&now), err);
	*ret_trusted = code == 0;
	pt_str_release(&now);
	return code;
}

int pt_trust_revoke(const struct pt_paths *paths, struct pt_err *err)
{
	char path[640];

	record_path(paths, path, sizeof path);
	if (unlink(path) < 0 && errno != ENOENT)
		return pt_err_set(err, PT_EIO, "%s: %s", path, strerror(errno));
	return 0;
}
