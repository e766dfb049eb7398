/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mounts from /proc/self/mountinfo, our own cgroup from /proc/self/cgroup, others by a walk through
 * the folders. A container without its own cgroup namespace sees only its part of the hierarchy:
 * the mount's root is then the head of the path in /proc/self/cgroup, and is cut off.
 */
#include "cgroup_place.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/collect/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH_MAX = 16, FOLDERS_MAX = 5000, ID_MIN = 12 };

/* Names of the controllers in version 1. */
static const char *const controllers[CG_N] = {"cpu", "cpuacct", "memory", "blkio", "pids"};

/* Where the hierarchy of each controller is mounted. */
struct mounts {
	struct cg_place *places;
	char roots[CG_N][384]; /* which part of the hierarchy the mount shows */
};

/* Is word one of a list "rw,cpu,cpuacct"? */
static bool lists(const char *list, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list, *end = list + len; p < end;) {
		size_t part = PT_MIN(strcspn(p, ", \n"), (size_t)(end - p));

		if (part == n && strncmp(p, word, n) == 0)
			return true;
		p += part + 1;
	}
	return false;
}

/* Copies a path of len bytes without its end slash; false when it is too long. */
static bool copy_path(char *out, size_t size, const char *path, size_t len)
{
	while (len > 0 && path[len - 1] == '/')
		len--;
	if (len >= size)
		return false;
	memcpy(out, path, len);
	out[len] = '\0';
	return true;
}

static void set_mount(struct mounts *mounts, size_t i, int version, const char *const *words,
		      const size_t *lens)
{
	struct cg_place *place = &mounts->places[i];

	/* Without the leading slash: below our root. */
	if (lens[4] > 1 &&
	    copy_path(place->mount, sizeof(place->mount), words[4] + 1, lens[4] - 1) &&
	    copy_path(mounts->roots[i], sizeof(mounts->roots[i]), words[3], lens[3]))
		place->version = version;
}

/* "31 23 0:27 /root /point rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate" */
static void scan_mount(struct mounts *mounts, const char *p)
{
	const char *words[5], *type, *options;
	size_t lens[5], type_len, options_len;

	for (size_t i = 0; i < 5; i++)
		lens[i] = pt_scan_word(&p, &words[i]);
	do
		type_len = pt_scan_word(&p, &type);
	while (type_len > 0 && !(type_len == 1 && *type == '-'));
	type_len = pt_scan_word(&p, &type);
	pt_scan_word(&p, &options); /* the source's name */
	options_len = pt_scan_word(&p, &options);
	for (size_t i = 0; i < CG_N; i++) {
		int known = mounts->places[i].version;

		if (type_len == 7 && strncmp(type, "cgroup2", 7) == 0 && !known)
			set_mount(mounts, i, 2, words, lens);
		else if (type_len == 6 && strncmp(type, "cgroup", 6) == 0 && known != 1 &&
			 lists(options, options_len, controllers[i]))
			set_mount(mounts, i, 1, words, lens);
	}
}

static int find_mounts(struct pt_root *root, struct mounts *mounts)
{
	struct pt_pfile file = PT_PFILE("proc/self/mountinfo");
	char *text;
	const char *p;
	int found = 0;

	if (pt_pfile_read(&file, root, &text) < 0)
		return -PT_ENOTSUP;
	p = text;
	do
		scan_mount(mounts, p);
	while (pt_scan_line(&p));
	pt_pfile_close(&file);
	for (size_t i = 0; i < CG_N; i++)
		found += mounts->places[i].version > 0;
	return found ? 0 : -PT_ENOTSUP;
}

/* "4:memory:/user.slice", "0::/user.slice": the path of each controller it is about. */
static void scan_own(struct mounts *mounts, const char *p)
{
	const char *list = strchr(p, ':'), *path = list ? strchr(list + 1, ':') : NULL;
	size_t line = strcspn(p, "\n"), path_len;

	if (!path || path > p + line)
		return;
	list++;
	path++;
	path_len = (size_t)(p + line - path);
	for (size_t i = 0; i < CG_N; i++) {
		struct cg_place *place = &mounts->places[i];
		size_t skip = strlen(mounts->roots[i]);
		bool ours = place->version == 2
				    ? *list == ':'
				    : lists(list, (size_t)(path - 1 - list), controllers[i]);

		if (!ours || path_len < skip || strncmp(path, mounts->roots[i], skip) != 0 ||
		    strncmp(path, "/..", 3) == 0)
			continue;
		if (path_len == skip || path[skip] == '/')
			copy_path(place->path, sizeof(place->path), path + skip, path_len - skip);
	}
}

static void find_own(struct pt_root *root, struct mounts *mounts)
{
	struct pt_pfile file = PT_PFILE("proc/self/cgroup");
	char *text;
	const char *p;

	if (pt_pfile_read(&file, root, &text) < 0)
		return;
	p = text;
	do
		scan_own(mounts, p);
	while (pt_scan_line(&p));
	pt_pfile_close(&file);
}

bool cg_is_file(const char *name)
{
	static const char *const prefixes[] = {
		"blkio.",      "cgroup.",  "cpu.",	"cpuacct.",
		"cpuset.",     "devices.", "dmem.",	"freezer.",
		"hugetlb.",    "io.",	   "irq.",	"memory.",
		"misc.",       "net_cls.", "net_prio.", "notify_on_release",
		"perf_event.", "pids.",	   "rdma.",	"release_agent",
		"tasks",
	};

	for (size_t i = 0; i < PT_LEN(prefixes); i++) {
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	}
	return false;
}

/* -- a name, searched for ------------------------------------------------------------------- */

struct search {
	struct pt_root *root;
	const char *wanted;
	char path[512]; /* of the folder being listed */
	size_t mount_len, n_folders;
	unsigned depth;
	int best;
	char best_path[384];
};

static bool ends_with(const char *s, size_t n, const char *end, size_t end_len)
{
	return n >= end_len && memcmp(s + n - end_len, end, end_len) == 0;
}

/* Length of a unit's name without its kind. */
static size_t stem_len(const char *name)
{
	static const char *const kinds[] = {".service", ".scope", ".slice", ".socket", ".mount"};
	size_t n = strlen(name);

	for (size_t i = 0; i < PT_LEN(kinds); i++) {
		if (ends_with(name, n, kinds[i], strlen(kinds[i])))
			return n - strlen(kinds[i]);
	}
	return n;
}

/* How well a folder's name answers what was asked for: 0 not at all, 3 exactly. */
static int match(const char *name, const char *wanted)
{
	size_t n = strlen(wanted), stem = stem_len(name);
	size_t id = stem;

	if (strcmp(name, wanted) == 0 || (stem == n && memcmp(name, wanted, n) == 0))
		return 3;
	while (id > 0 && name[id - 1] != '-')
		id--;
	if (n >= ID_MIN && wanted[strspn(wanted, "0123456789abcdef")] == '\0' && stem - id >= n &&
	    memcmp(name + id, wanted, n) == 0)
		return 2;
	return stem > n && ends_with(name, stem, wanted, n) && strchr("-.@_", name[stem - n - 1]);
}

static void visit(void *arg, const char *name)
{
	struct search *search = arg;
	size_t len = strlen(search->path);
	int score;

	if (cg_is_file(name) || search->n_folders >= FOLDERS_MAX ||
	    len + 1 + strlen(name) >= sizeof(search->path))
		return;
	search->n_folders++;
	pt_snprintf(search->path + len, sizeof(search->path) - len, "/%s", name);
	score = match(name, search->wanted);
	if (score > search->best &&
	    copy_path(search->best_path, sizeof(search->best_path),
		      search->path + search->mount_len, strlen(search->path) - search->mount_len))
		search->best = score;
	if (search->best < 3 && search->depth < DEPTH_MAX) {
		search->depth++;
		pt_root_list(search->root, search->path, visit, search);
		search->depth--;
	}
	search->path[len] = '\0';
}

static bool is_folder(struct pt_root *root, const struct cg_place *place, const char *path)
{
	char full[sizeof(place->mount) + sizeof(place->path)];
	int fd;

	pt_snprintf(full, sizeof(full), "%s%s", place->mount, path);
	fd = pt_root_openfd(root, full, O_PATH | O_DIRECTORY);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool find_by_path(struct pt_root *root, struct cg_place *place, const char *wanted)
{
	char path[sizeof(place->path)];

	if (strlen(wanted) + 2 >= sizeof(path) || strstr(wanted, ".."))
		return false;
	pt_snprintf(path, sizeof(path), "%s%s", *wanted == '/' ? "" : "/", wanted);
	return is_folder(root, place, path) &&
	       copy_path(place->path, sizeof(place->path), path, strlen(path));
}

static bool find_by_name(struct pt_root *root, struct cg_place *place, const char *wanted)
{
	struct search search = {.root = root, .wanted = wanted};

	search.mount_len = pt_strlcpy(search.path, place->mount, sizeof(search.path));
	pt_root_list(root, search.path, visit, &search);
	return search.best > 0 && copy_path(place->path, sizeof(place->path), search.best_path,
					    strlen(search.best_path));
}

static int find_wanted(struct pt_root *root, const char *wanted, struct cg_place *places,
		       struct pt_err *err)
{
	int found = 0;

	for (size_t i = 0; i < CG_N; i++) {
		struct cg_place *place = &places[i];
		size_t k = 0;

		while (k < i && strcmp(places[k].mount, place->mount) != 0)
			k++;
		if (k < i)
			*place = places[k];
		else if (place->version > 0 &&
			 !(strchr(wanted, '/') ? find_by_path(root, place, wanted)
					       : find_by_name(root, place, wanted)))
			place->version = 0;
		found += place->version > 0;
	}
	if (found)
		return 0;
	return pt_err_set(err, PT_ENOENT,
			  "no cgroup \"%.100s\" (a path below the mount, a unit, or 12 digits of a "
			  "container's id)",
			  wanted);
}

int cg_find(struct pt_root *root, const char *wanted, struct cg_place places[CG_N],
	    struct pt_err *err)
{
	struct mounts mounts = {.places = places};

	memset(places, 0, CG_N * sizeof(places[0]));
	if (find_mounts(root, &mounts) < 0)
		return pt_err_set(err, PT_ENOTSUP, "no cgroup file system is mounted here");
	if (wanted)
		return find_wanted(root, wanted, places, err);
	find_own(root, &mounts);
	return 0;
}
