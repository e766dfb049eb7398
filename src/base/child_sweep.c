/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Descendants that have left their group (setsid, double fork). As the reaper of orphans we inherit
 * whoever loses its parent, so it is enough to kill those of our children that we did not start, and
 * again those that become ours by that. Only direct children are killed: their numbers cannot be
 * given to anybody else before we have reaped them.
 */
#include "child_spawn.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { ROUNDS = 300 }; /* of a millisecond each, for whom even SIGKILL does not end at once */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pid_t *ours;
static size_t n_ours, cap_ours;

void pt_children_lock(void)
{
	pthread_mutex_lock(&lock);
}

void pt_children_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

void pt_children_add(pid_t pid)
{
	*PT_PUSH(ours, n_ours, cap_ours) = pid;
}

void pt_children_del(pid_t pid)
{
	pt_children_lock();
	for (size_t i = 0; i < n_ours; i++)
		if (ours[i] == pid) {
			ours[i] = ours[--n_ours];
			break;
		}
	if (n_ours == 0) {
		free(ours);
		ours = NULL;
		cap_ours = 0;
	}
	pt_children_unlock();
}

static bool is_ours(pid_t pid)
{
	for (size_t i = 0; i < n_ours; i++)
		if (ours[i] == pid)
			return true;
	return false;
}

/* Parent of a process, or -1. Its name, which may hold anything, stands in brackets before. */
static pid_t parent_of(int proc, const char *pid)
{
	char path[32], text[512], *end;
	ssize_t n;
	int fd;

	pt_snprintf(path, sizeof path, "%s/stat", pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	text[PT_MAX(n, 0)] = '\0';
	end = strrchr(text, ')');
	return end && strlen(end) > 4 ? (pid_t)strtol(end + 4, NULL, 10) : -1;
}

/* Children that this process had before it was a reaper (a shell may have started some and then
 * become perftop by exec) are left alone. */
static void adopt_present(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	pid_t self = getpid();

	if (!dir)
		return;
	pt_children_lock();
	while ((entry = readdir(dir))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && !is_ours(pid) && parent_of(dirfd(dir), entry->d_name) == self)
			pt_children_add(pid);
	}
	pt_children_unlock();
	closedir(dir);
}

void pt_children_reap_orphans(void)
{
#ifdef __linux__
	adopt_present();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
}

/* One look at all processes: kills and reaps orphans. *killed counts those that were alive. */
static int sweep_once(DIR *dir, int *killed, bool first)
{
	struct dirent *entry;
	pid_t self = getpid();
	int n = 0;

	rewinddir(dir);
	while ((entry = readdir(dir))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid <= 0 || parent_of(dirfd(dir), entry->d_name) != self || is_ours(pid))
			continue;
		/* Whoever has ended may have had children, which are ours by now: another look. */
		n++;
		/* One that had ended by itself before we came was no stray. */
		if (waitpid(pid, NULL, WNOHANG) == pid)
			continue;
		kill(pid, SIGKILL);
		*killed += first;
	}
	return n;
}

int pt_children_sweep(void)
{
	const struct timespec ms = {.tv_nsec = PT_MS};
	DIR *dir = opendir("/proc");
	int killed = 0;

	if (!dir)
		return 0;
	pt_children_lock();
	for (int i = 0; i < ROUNDS && sweep_once(dir, &killed, i == 0) > 0; i++)
		nanosleep(&ms, NULL);
	pt_children_unlock();
	closedir(dir);
	return killed;
}
