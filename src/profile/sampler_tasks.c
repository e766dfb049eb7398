/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The threads of a process and of all below it, by /proc. What begins while the list is made may be
 * missing in it: who opens events for it lists again until there is nothing new.
 */
#include "sampler_priv.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH_MAX = 64 };

void pt_tasks_add(struct task_list *list, pid_t pid, pid_t tid)
{
	size_t n = list->n;

	*PT_PUSH(list->pids, n, list->cap_pids) = pid;
	*PT_PUSH(list->tids, list->n, list->cap) = tid;
}

void pt_tasks_of(pid_t pid, struct task_list *list)
{
	char path[64];
	struct dirent *entry;
	long long tid;
	DIR *dir;

	pt_snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (pt_parse_i64(entry->d_name, 1, INT32_MAX, &tid) == 0)
			pt_tasks_add(list, pid, (pid_t)tid);
	if (dir)
		closedir(dir);
}

/* Fields of /proc/PID/stat behind the name, which may hold anything. */
static const char *stat_fields(const char *path, char *text, size_t size)
{
	char *close = pt_small_file(path, text, size) ? strrchr(text, ')') : NULL;

	return close && close[1] ? close + 2 : NULL;
}

static pid_t parent_of(pid_t pid)
{
	char path[64], text[1024];
	const char *fields;

	pt_snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	fields = stat_fields(path, text, sizeof text);
	return fields ? (pid_t)strtol(fields + 1, NULL, 10) : 0;
}

struct kin {
	pid_t pid, parent;
	bool below;
};

static int by_pid(const void *a, const void *b)
{
	const struct kin *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static size_t list_processes(struct kin **ret)
{
	struct kin *all = NULL;
	size_t n = 0, cap = 0;
	struct dirent *entry;
	DIR *dir = opendir("/proc");
	long long pid;

	while (dir && (entry = readdir(dir)))
		if (pt_parse_i64(entry->d_name, 1, INT32_MAX, &pid) == 0)
			*PT_PUSH(all, n, cap) =
				(struct kin){.pid = (pid_t)pid, .parent = parent_of((pid_t)pid)};
	if (dir)
		closedir(dir);
	if (n)
		qsort(all, n, sizeof *all, by_pid);
	*ret = all;
	return n;
}

/* Is its parent one of those that are below already? */
static bool has_parent_below(const struct kin *all, size_t n, pid_t parent, pid_t top)
{
	const struct kin *found =
		bsearch(&(struct kin){.pid = parent}, all, n, sizeof *all, by_pid);

	return parent == top || (found && found->below);
}

void pt_tasks_below(pid_t pid, struct task_list *ret)
{
	struct kin *all = NULL;
	size_t n = list_processes(&all);
	bool more = true;

	pt_tasks_of(pid, ret);
	for (int depth = 0; more && n && depth < DEPTH_MAX; depth++) {
		more = false;
		for (size_t i = 0; i < n; i++) {
			if (all[i].below || all[i].parent <= 0 ||
			    !has_parent_below(all, n, all[i].parent, pid))
				continue;
			all[i].below = more = true;
			pt_tasks_of(all[i].pid, ret);
		}
	}
	free(all);
}

void pt_tasks_release(struct task_list *list)
{
	free(list->tids);
	free(list->pids);
	*list = (struct task_list){0};
}

char pt_task_state(pid_t pid, pid_t tid)
{
	char path[64], text[1024];
	const char *fields;

	pt_snprintf(path, sizeof path, "/proc/%d/task/%d/stat", (int)pid, (int)tid);
	fields = stat_fields(path, text, sizeof text);
	return fields ? *fields : '\0';
}

bool pt_may_ptrace(pid_t pid)
{
	char path[64];
	int fd;

	/* The kernel asks the same of who opens its memory. */
	pt_snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool pt_process_lives(pid_t pid)
{
	struct task_list list = {0};
	bool lives = false;

	pt_tasks_of(pid, &list);
	for (size_t i = 0; i < list.n && !lives; i++) {
		char state = pt_task_state(pid, list.tids[i]);

		lives = state && !strchr("ZXx", state);
	}
	pt_tasks_release(&list);
	return lives;
}

void pt_sampler_begin(struct pt_sampler *s)
{
	struct task_list tasks = {0};
	bool whole = s->options.pid <= 0;

	if (s->way > BY_PERF || (whole && s->way == BY_PERF)) /* which tells of all */
		return;
	if (s->options.on_exec) { /* records will tell all of it */
		pt_map_put_u64(&s->known, (uint64_t)s->options.pid, s);
		return;
	}
	pt_frames_lock(s->frames);
	pt_tasks_below(whole ? 1 : s->options.pid, &tasks);
	/* Names first: who has ended when it is first seen cannot be asked any more. */
	for (size_t i = 0; i < tasks.n; i++)
		if (tasks.pids[i] == tasks.tids[i])
			(void)pt_stacks_named(s->stacks, tasks.pids[i], tasks.tids[i], true);
	for (size_t i = 0; i < tasks.n && !whole; i++) {
		struct off_task *off;

		pt_sampler_know(s, tasks.pids[i]);
		if (s->options.event != PT_SAMPLE_OFFCPU ||
		    pt_task_state(tasks.pids[i], tasks.tids[i]) == 'R')
			continue;
		off = pt_off_task(&s->off, tasks.tids[i]);
		off->since_ns = s->start_ns;
		off->node = pt_wait_node(s->stacks, s->tree, tasks.pids[i], tasks.tids[i]);
	}
	pt_frames_unlock(s->frames);
	pt_tasks_release(&tasks);
}
