/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cgroups for launches. Nothing that is there is changed: no controller is switched on for others,
 * no process of others is moved. So it works where a group of ours, or one above it, is handed over
 * to us with the memory controller on: as root, and below a user's systemd.
 */
#include "cgroup.h"

#include "perftop/base/clock.h"
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20, REMOVE_TRIES = 2000 };

/* A small file as text, or NULL. */
static char *read_file(const char *folder, const char *name)
{
	struct pt_str path = PT_STR_INIT;
	char *text = NULL;
	size_t len;

	pt_str_addf(&path, "%s/%s", folder, name);
	if (pt_fs_read(path.s, FILE_MAX, &text, &len, NULL) < 0)
		text = NULL;
	pt_str_release(&path);
	return text;
}

static int write_file(const char *folder, const char *name, const char *text)
{
	struct pt_str path = PT_STR_INIT;
	int fd, code = 0;

	pt_str_addf(&path, "%s/%s", folder, name);
	fd = open(path.s, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		code = -errno;
	if (fd >= 0)
		close(fd);
	pt_str_release(&path);
	return code;
}

/* "cgroup2 /sys/fs/cgroup cgroup2 rw,… 0 0" */
static bool find_mount(const char *root, char *out, size_t size)
{
	char *text = read_file(root, "proc/self/mounts"), *save = NULL;
	bool found = false;

	for (char *line = text; line && *line && !found; line = save) {
		char point[400], type[40];

		save = line + strcspn(line, "\n");
		save += *save == '\n';
		if (sscanf(line, "%*s %399s %39s", point, type) == 2 &&
		    strcmp(type, "cgroup2") == 0) {
			pt_snprintf(out, size, "%s%s", strcmp(root, "/") == 0 ? "" : root, point);
			found = true;
		}
	}
	free(text);
	return found;
}

/* "0::/user.slice/…": our own group, as a path below the mount. */
static bool find_own(const char *root, char *out, size_t size)
{
	char *text = read_file(root, "proc/self/cgroup");
	const char *line = text;
	bool found;

	while (line && *line && strncmp(line, "0::/", 4) != 0) {
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	found = line && *line;
	if (found)
		pt_snprintf(out, size, "%.*s", (int)strcspn(line + 3, "\n"), line + 3);
	free(text);
	return found;
}

static bool hands_memory_on(const char *folder)
{
	char *text = read_file(folder, "cgroup.subtree_control");
	bool does = text && strstr(text, "memory");

	free(text);
	return does;
}

/* True when out names a new group in folder with that limit. */
static bool make_below(const char *folder, uint64_t memory_bytes, char *out, size_t size)
{
	static unsigned made;
	char limit[32];

	if (!hands_memory_on(folder))
		return false;
	pt_snprintf(out, size, "%s/perftop-%ld-%u", folder, (long)getpid(), made++);
	if (mkdir(out, 0755) < 0)
		return false;
	pt_snprintf(limit, sizeof limit, "%llu", (unsigned long long)memory_bytes);
	if (write_file(out, "memory.max", limit) == 0) {
		write_file(out, "memory.swap.max", "0"); /* not where there is no swap */
		return true;
	}
	rmdir(out);
	return false;
}

int cgroup_make(const char *root, uint64_t memory_bytes, char *out, size_t size, struct pt_err *err)
{
	char folder[900], own[450], *slash;
	size_t top;

	if (!find_mount(root, folder, sizeof folder))
		return pt_err_set(err, PT_ENOTSUP, "no cgroup v2 is mounted here");
	if (!find_own(root, own, sizeof own))
		return pt_err_set(err, PT_ENOTSUP, "this process is in no cgroup v2");
	top = strlen(folder);
	if (own[1])
		pt_strlcpy(folder + top, own, sizeof folder - top);
	while (!make_below(folder, memory_bytes, out, size)) {
		slash = strrchr(folder, '/');
		if (strlen(folder) <= top || !slash)
			return pt_err_set(
				err, PT_ENOTSUP,
				"no cgroup above %s may be written to and hands the "
				"memory controller on; `systemd-run --user --scope` gives "
				"one",
				own);
		*slash = '\0';
	}
	return 0;
}

bool cgroup_was_full(const char *path)
{
	char *text = read_file(path, "memory.events");
	const char *line = text ? strstr(text, "oom_kill ") : NULL;
	bool full = line && strtoull(line + 9, NULL, 10) > 0;

	free(text);
	return full;
}

/* A killed process leaves its group a moment later. */
void cgroup_remove(const char *path)
{
	const struct timespec ms = {.tv_nsec = PT_MS};

	write_file(path, "cgroup.kill", "1");
	for (int i = 0; i < REMOVE_TRIES && rmdir(path) < 0 && errno == EBUSY; i++)
		nanosleep(&ms, NULL);
}
