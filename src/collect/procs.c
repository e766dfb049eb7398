/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The walk over all processes. A scan lists /proc, merges that list (ascending, as the kernel
 * gives it) with the rows known so far, looks at each process, and publishes. All is done in
 * chunks of some ten microseconds, so a caller with a budget gets its thread back in time. A steady
 * scan allocates nothing.
 *
 * Rows are updated in place. New and vanished processes show at the end of a scan only, and what
 * readers may still point at (rows that have gone, strings that were replaced) is freed then.
 */
#include "perftop/collect/procs.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "procs_row.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	CHUNK = 64,	      /* cheap looks between two glances at the clock */
	LIST_PIECE = 4096,    /* bytes of names asked for at once: 0.2 ms */
	PASSWD_MAX = 4 << 20, /* bytes of /etc/passwd looked at */
	FIXTURE_HZ = 100,     /* fixtures were taken where these hold */
	FIXTURE_PAGE = 4096,
};

void pt_procs_rows_push(struct pt_procs_rows *rows, struct pt_proc *p)
{
	*PT_PUSH(rows->v, rows->n, rows->cap) = p;
}

int pt_procs_by_number(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static void rows_free(struct pt_procs *procs, struct pt_procs_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		pt_procs_row_free(procs, rows->v[i]);
	rows->n = 0;
}

/* By pid, in a list that ascends by it; or NULL. */
static struct pt_proc *rows_find(const struct pt_procs_rows *rows, int pid)
{
	size_t lo = 0, hi = rows->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (rows->v[mid]->pid < pid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < rows->n && rows->v[lo]->pid == pid ? rows->v[lo] : NULL;
}

/* -- listing -------------------------------------------------------------------------------- */

static void add_pid(void *arg, const char *name)
{
	struct pt_procs *procs = arg;
	long pid = 0;

	for (const char *s = name; *s; s++) {
		if (*s < '0' || *s > '9' || pid > 1 << 24)
			return;
		pid = pid * 10 + (*s - '0');
	}
	if (pid > 0)
		*PT_PUSH(procs->pids, procs->n_pids, procs->cap_pids) = (int)pid;
}

static void list_end(struct pt_procs *procs)
{
	bool sorted = true;

	for (size_t i = 1; i < procs->n_pids && sorted; i++)
		sorted = procs->pids[i - 1] < procs->pids[i];
	if (!sorted)
		qsort(procs->pids, procs->n_pids, sizeof(*procs->pids), pt_procs_by_number);
	procs->phase = PT_PROCS_READ;
}

/* A piece of the folder: about 150 names. */
static void list_chunk(struct pt_procs *procs)
{
	ssize_t n;

	if (procs->proc_fd < 0) {
		pt_root_list(procs->root, "proc", add_pid, procs);
		list_end(procs);
		return;
	}
	n = getdents64(procs->proc_fd, procs->buf, LIST_PIECE);
	for (ssize_t at = 0; at < n;) {
		const struct dirent64 *entry = (const struct dirent64 *)(procs->buf + at);

		at += entry->d_reclen;
		add_pid(procs, entry->d_name);
	}
	if (n <= 0)
		list_end(procs);
}

/* -- merging -------------------------------------------------------------------------------- */

static void read_one(struct pt_procs *procs)
{
	struct pt_procs_rows *rows = &procs->rows;
	struct pt_proc *p = NULL;
	int pid = procs->pids[procs->at_pid++];

	if (procs->at_pid > 1 && procs->pids[procs->at_pid - 2] == pid)
		return;
	while (procs->at_row < rows->n && rows->v[procs->at_row]->pid < pid)
		pt_procs_rows_push(&procs->lost, rows->v[procs->at_row++]);
	if (procs->at_row < rows->n && rows->v[procs->at_row]->pid == pid)
		p = rows->v[procs->at_row++];
	p = pt_procs_visit(procs, pid, p);
	if (p)
		pt_procs_rows_push(&procs->next, p);
}

static void read_chunk(struct pt_procs *procs)
{
	while (procs->at_pid < procs->n_pids && procs->cost < CHUNK)
		read_one(procs);
	if (procs->at_pid < procs->n_pids)
		return;
	while (procs->at_row < procs->rows.n)
		pt_procs_rows_push(&procs->lost, procs->rows.v[procs->at_row++]);
	procs->at_row = 0;
	procs->phase = PT_PROCS_ORPHANS;
}

static void publish(struct pt_procs *procs)
{
	struct pt_procs_rows old = procs->rows;
	struct pt_procs_count *count = &procs->count;

	rows_free(procs, &procs->gone);
	while (procs->n_trash)
		free(procs->trash[--procs->n_trash]);
	for (size_t i = 0; i < procs->lost.n; i++)
		procs->lost.v[i]->gone = true;
	old.n = 0;
	procs->rows = procs->next;
	procs->next = old;
	old = procs->gone;
	procs->gone = procs->lost;
	procs->lost = old;

	*count = (struct pt_procs_count){
		.total = procs->rows.n,
		.generation = count->generation + 1,
	};
	for (size_t i = 0; i < procs->rows.n; i++) {
		const struct pt_proc *p = procs->rows.v[i];

		count->running += p->state == 'R';
		count->threads += (size_t)p->threads;
		count->kernel += p->kernel;
	}
	procs->phase = PT_PROCS_DONE;
}

/* A child whose parent ended gets another without running itself. */
static void orphans_chunk(struct pt_procs *procs)
{
	while (procs->lost.n && procs->at_row < procs->next.n && procs->cost < CHUNK) {
		struct pt_proc *p = procs->next.v[procs->at_row++];

		procs->cost++;
		if (rows_find(&procs->lost, p->ppid))
			pt_procs_reparent(procs, p);
	}
	if (!procs->lost.n || procs->at_row == procs->next.n)
		publish(procs);
}

/* -- users ---------------------------------------------------------------------------------- */

/* Name of uid in a line "name:x:uid:…", or NULL. */
static char *passwd_line(const char *line, size_t n, unsigned uid)
{
	const char *end = line + n;
	const char *colon = memchr(line, ':', n);
	const char *field = colon ? memchr(colon + 1, ':', (size_t)(end - colon - 1)) : NULL;
	unsigned long long value = 0;

	if (!field || colon == line || ++field == end)
		return NULL;
	for (; field < end && *field != ':'; field++) {
		if (*field < '0' || *field > '9' || value > UINT32_MAX)
			return NULL;
		value = value * 10 + (unsigned)(*field - '0');
	}
	return field < end && value == uid ? pt_strndup(line, (size_t)(colon - line)) : NULL;
}

/* Reads passwd line by line through the scanner's buffer; lines longer than it are passed over. */
static char *passwd_find(struct pt_procs *procs, int fd, unsigned uid)
{
	size_t have = 0, total = 0;
	char *name = NULL;
	ssize_t n;

	while (!name && total < PASSWD_MAX &&
	       (n = read(fd, procs->buf + have, sizeof(procs->buf) - have)) > 0) {
		char *line = procs->buf, *end;

		have += (size_t)n;
		total += (size_t)n;
		while (!name && (end = memchr(line, '\n', (size_t)(procs->buf + have - line)))) {
			name = passwd_line(line, (size_t)(end - line), uid);
			line = end + 1;
		}
		have = (size_t)(procs->buf + have - line);
		if (have == sizeof(procs->buf))
			have = 0;
		memmove(procs->buf, line, have);
	}
	return name ? name : passwd_line(procs->buf, have, uid);
}

const char *pt_procs_user(struct pt_procs *procs, unsigned uid)
{
	char *name = pt_map_get_u64(&procs->users, uid);
	int fd;

	if (name)
		return name;
	fd = pt_root_openfd(procs->root, "etc/passwd", O_RDONLY);
	if (fd >= 0) {
		name = passwd_find(procs, fd, uid);
		close(fd);
	}
	if (!name) {
		char number[16];

		pt_snprintf(number, sizeof(number), "%u", uid);
		name = pt_strdup(number);
	}
	pt_map_put_u64(&procs->users, uid, name);
	return name;
}

/* -- the scanner ---------------------------------------------------------------------------- */

/* A container may show another one's or its host's /proc: then numbers mean somebody else. */
static bool numbers_are_ours(int proc_fd)
{
	char self[32], pid[16];
	ssize_t n = readlinkat(proc_fd, "self", self, sizeof(self));

	pt_snprintf(pid, sizeof(pid), "%d", (int)getpid());
	return n == (ssize_t)strlen(pid) && memcmp(self, pid, (size_t)n) == 0;
}

struct pt_procs *pt_procs_new(struct pt_root *root, const struct pt_clock *clock)
{
	struct pt_procs *procs = pt_calloc(1, sizeof(*procs));

	procs->root = root;
	procs->clock = clock;
	procs->proc_fd = -1;
	if (pt_root_is_fixture(root)) {
		procs->user_hz = FIXTURE_HZ;
		procs->page_size = FIXTURE_PAGE;
	} else {
		procs->user_hz = sysconf(_SC_CLK_TCK);
		procs->page_size = sysconf(_SC_PAGESIZE);
		procs->proc_fd = pt_root_openfd(root, "proc", O_RDONLY | O_DIRECTORY);
		procs->own_pids = procs->proc_fd >= 0 && numbers_are_ours(procs->proc_fd);
	}
	return procs;
}

void pt_procs_free(struct pt_procs *procs)
{
	size_t pos = 0;
	void *name;

	if (!procs)
		return;
	/* Rows below at_row are in next or lost already, if a scan is under way. */
	if (procs->phase == PT_PROCS_LIST || procs->phase == PT_PROCS_READ)
		while (procs->at_row < procs->rows.n)
			pt_procs_rows_push(&procs->lost, procs->rows.v[procs->at_row++]);
	if (procs->phase == PT_PROCS_DONE)
		rows_free(procs, &procs->rows);
	rows_free(procs, &procs->next);
	rows_free(procs, &procs->lost);
	rows_free(procs, &procs->gone);
	while (procs->n_trash)
		free(procs->trash[--procs->n_trash]);
	while (pt_map_next(&procs->users, &pos, NULL, NULL, &name))
		free(name);
	pt_map_release(&procs->users);
	if (procs->proc_fd >= 0)
		close(procs->proc_fd);
	free(procs->rows.v);
	free(procs->next.v);
	free(procs->lost.v);
	free(procs->gone.v);
	free(procs->trash);
	free(procs->pids);
	free(procs);
}

void pt_procs_begin(struct pt_procs *procs, unsigned want)
{
	procs->want = want;
	if (procs->phase != PT_PROCS_DONE)
		return;
	procs->phase = PT_PROCS_LIST;
	procs->n_pids = procs->at_pid = procs->at_row = 0;
	if (procs->proc_fd >= 0)
		lseek(procs->proc_fd, 0, SEEK_SET);
}

int pt_procs_step(struct pt_procs *procs, int64_t budget_ns)
{
	static void (*const chunk[])(struct pt_procs *) = {
		[PT_PROCS_LIST] = list_chunk,
		[PT_PROCS_READ] = read_chunk,
		[PT_PROCS_ORPHANS] = orphans_chunk,
	};
	/* The budget is for the one who waits: real time, whatever clock the samples bear. */
	int64_t end = pt_clock_mono(&pt_clock_system) + budget_ns;

	while (procs->phase != PT_PROCS_DONE) {
		procs->now_ns = pt_clock_mono(procs->clock);
		procs->cost = 0;
		chunk[procs->phase](procs);
		if (budget_ns && pt_clock_mono(&pt_clock_system) >= end)
			break;
	}
	return procs->phase != PT_PROCS_DONE;
}

struct pt_proc *const *pt_procs_rows(const struct pt_procs *procs, size_t *ret_n)
{
	*ret_n = procs->rows.n;
	return procs->rows.v;
}

const struct pt_proc *pt_procs_find(const struct pt_procs *procs, int pid, uint64_t start_ticks)
{
	const struct pt_proc *p = rows_find(&procs->rows, pid);

	return p && (!start_ticks || p->start_ticks == start_ticks) ? p : NULL;
}

struct pt_procs_count pt_procs_count(const struct pt_procs *procs)
{
	return procs->count;
}
