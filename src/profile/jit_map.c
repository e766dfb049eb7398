/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a JIT says of the code it made: lines of "START SIZE NAME" in /tmp/perf-PID.map, inside the
 * root of the process and with the number it has there. The file grows while it runs, so it is
 * looked at again when time has passed; a later line replaces what it covers, for code moves and
 * memory is used again. Anybody may write there: size and names are bounded, and it is the user's
 * of that process, ours or root's.
 */
#include "symbols_priv.h"

#include "perftop/base/clock.h"
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MAP_MAX = 100 << 20, /* bytes of the file that are read */
	BLOCK = 1 << 16,
	COVER_MAX = 64, /* how many entries that begin before an address are looked at */
};

static const int64_t look_again_ns = 20 * PT_MS;
/* Reading may take one part in so many of the time. */
static const int64_t look_share = 20;

struct jit_code {
	uint64_t start;
	uint32_t size;
	uint32_t order; /* of lines */
	size_t name;
	uint32_t frame;
};

struct pt_jit_map {
	struct jit_code *v;
	size_t n, cap, sorted;
	char *names;
	size_t n_names, cap_names;
	off_t done; /* bytes of the file that were read, whole lines */
	ino_t inode;
	int64_t look_ns; /* when it is looked at next */
	size_t bytes;	 /* counted in symbols->bytes */
};

static void clear(struct pt_jit_map *map)
{
	map->n = map->sorted = map->n_names = 0;
	map->done = 0;
}

void pt_jit_map_free(struct pt_space *space)
{
	struct pt_jit_map *map = space->jit;

	if (!map)
		return;
	space->symbols->bytes -= map->bytes;
	space->jit = NULL;
	free(map->v);
	free(map->names);
	free(map);
}

/* ---- the file ---- */

/*
 * The number that the process has in its own namespace, the last one of NSpid, and whose it is: the
 * second of Uid, the effective one, which files that it makes belong to.
 */
static pid_t inner_pid(const struct pt_space *space, uid_t *uid)
{
	struct pt_str path = PT_STR_INIT;
	long long pid = space->pid;
	char *text, *line, *end;
	size_t n;

	pt_str_addf(&path, "%s/%d/status", space->symbols->proc, (int)space->pid);
	if (pt_fs_read(path.s, 65536, &text, &n, NULL) == 0) {
		line = strstr(text, "\nUid:");
		if (line) {
			strtoul(line + 5, &end, 10);
			*uid = (uid_t)strtoul(end, NULL, 10);
		}
		line = strstr(text, "\nNSpid:");
		if (line) {
			line += 7;
			line[strcspn(line, "\n")] = '\0';
			for (; *line; line = end) {
				long long value = strtoll(line, &end, 10);

				if (end == line)
					break;
				pid = value;
			}
		}
		free(text);
	}
	pt_str_release(&path);
	return (pid_t)pid;
}

static void add_map_name(struct pt_str *path, pid_t pid)
{
	pt_str_addf(path, "/tmp/perf-%d.map", (int)pid);
}

/* Anybody may make a file of that name: -1, and told, unless its owner could change the process
 * anyway. */
static int open_trusted(const struct pt_space *space, const char *path, uid_t uid)
{
	int fd = pt_open_file(path);
	struct stat st;

	if (fd < 0 ||
	    (fstat(fd, &st) == 0 && (st.st_uid == 0 || st.st_uid == uid || st.st_uid == geteuid())))
		return fd;
	close(fd);
	pt_symbols_add_note(space->symbols,
			    "%s is passed over: it is neither ours nor of the process's user",
			    path);
	return -1;
}

static int open_map(const struct pt_space *space)
{
	const struct pt_symbols *symbols = space->symbols;
	struct pt_str path = PT_STR_INIT;
	uid_t uid = geteuid();
	int fd = -1;

	if (symbols->options.this_machine) {
		pt_str_addf(&path, "%s/%d/root", symbols->proc, (int)space->pid);
		add_map_name(&path, inner_pid(space, &uid));
		fd = open_trusted(space, path.s, uid);
	}
	/* Of a process that has ended, or from elsewhere with all its files. */
	if (fd < 0 && (symbols->options.this_machine || symbols->symfs[0])) {
		pt_str_clear(&path);
		pt_str_add(&path, symbols->symfs);
		add_map_name(&path, space->pid);
		fd = open_trusted(space, path.s, uid);
	}
	pt_str_release(&path);
	return fd;
}

static void add_line(struct pt_jit_map *map, const char *line, size_t n)
{
	struct jit_code *code;
	char head[48], *rest;
	uint64_t start, size;
	size_t used, len;

	/* Numbers first: a copy of them is terminated. */
	memcpy(head, line, PT_MIN(n, sizeof head - 1));
	head[PT_MIN(n, sizeof head - 1)] = '\0';
	start = strtoull(head, &rest, 16);
	if (*rest != ' ')
		return;
	size = strtoull(rest, &rest, 16);
	if (*rest != ' ' || size == 0)
		return;
	used = (size_t)(rest - head) + 1;
	len = PT_MIN(n - used, (size_t)PT_FRAME_NAME_MAX);
	if (len == 0)
		return;
	if (map->n_names + len + 1 > map->cap_names) {
		map->cap_names = PT_MAX(map->cap_names * 2, map->n_names + len + 4096);
		map->names = pt_realloc(map->names, map->cap_names);
	}
	code = PT_PUSH(map->v, map->n, map->cap);
	*code = (struct jit_code){
		.start = start,
		.size = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size,
		.order = (uint32_t)(map->n - 1),
		.name = map->n_names,
		.frame = PT_NO_FRAME,
	};
	memcpy(map->names + map->n_names, line + used, len);
	map->n_names += len;
	map->names[map->n_names++] = '\0';
}

/* Lines in what was read; returns how much they are. */
static size_t add_lines(struct pt_jit_map *map, const char *text, size_t n)
{
	size_t at = 0;
	const char *end;

	while ((end = memchr(text + at, '\n', n - at))) {
		add_line(map, text + at, (size_t)(end - text) - at);
		at = (size_t)(end - text) + 1;
	}
	return at;
}

static int by_start(const void *a, const void *b)
{
	const struct jit_code *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* New lines among those that are sorted already: they are few, most of the time. */
static void merge(struct pt_jit_map *map)
{
	size_t old = map->sorted, new = map->n - map->sorted, at = map->n;
	struct jit_code *more;

	if (new == 0)
		return;
	qsort(map->v + old, new, sizeof *map->v, by_start);
	more = pt_reallocarray(NULL, new, sizeof *more);
	memcpy(more, map->v + old, new * sizeof *more);
	while (new > 0)
		if (old > 0 && by_start(&map->v[old - 1], &more[new - 1]) > 0)
			map->v[--at] = map->v[--old];
		else
			map->v[--at] = more[--new];
	free(more);
	map->sorted = map->n;
}

static void read_on(struct pt_space *space, int fd)
{
	struct pt_jit_map *map = space->jit;
	char *text = pt_malloc(BLOCK + PT_FRAME_NAME_MAX);
	size_t left = 0, bytes;
	ssize_t got;

	while (map->done + (off_t)left < MAP_MAX && pt_symbols_room(space->symbols, 0, NULL) &&
	       (got = pread(fd, text + left, BLOCK, map->done + (off_t)left)) > 0) {
		size_t n = left + (size_t)got, used = add_lines(map, text, n);

		if (used == 0 && n > PT_FRAME_NAME_MAX)
			used = n; /* no line is that long */
		map->done += (off_t)used;
		left = n - used;
		memmove(text, text + used, left);
		bytes = map->cap * sizeof *map->v + map->cap_names;
		space->symbols->bytes += bytes - map->bytes;
		map->bytes = bytes;
	}
	free(text);
	merge(map);
}

static void look(struct pt_space *space)
{
	struct pt_jit_map *map = space->jit;
	int64_t now = pt_clock_mono(&pt_clock_system);
	struct stat st;
	int fd;

	if (now < map->look_ns)
		return;
	map->look_ns = now + look_again_ns;
	fd = open_map(space);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0) {
		if (st.st_ino != map->inode || st.st_size < map->done)
			clear(map);
		map->inode = st.st_ino;
		if (st.st_size > map->done)
			read_on(space, fd);
		now = pt_clock_mono(&pt_clock_system) - now;
		map->look_ns += look_share * now;
	}
	close(fd);
}

uint32_t pt_jit_map_frame(struct pt_space *space, uint64_t addr)
{
	struct pt_jit_map *map;
	struct jit_code *found = NULL;
	struct pt_frame frame;
	size_t low = 0, high;

	if (!space->jit)
		space->jit = pt_calloc(1, sizeof *space->jit);
	map = space->jit;
	look(space);
	high = map->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map->v[middle].start <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i > 0 && low - i < COVER_MAX; i--) {
		struct jit_code *code = &map->v[i - 1];

		if (addr - code->start < code->size && (!found || code->order > found->order))
			found = code;
	}
	if (!found)
		return PT_NO_FRAME;
	if (found->frame == PT_NO_FRAME) {
		frame = (struct pt_frame){
			.name = map->names + found->name, .module = "[jit]", .kind = PT_FRAME_JIT};
		found->frame = pt_frames_intern(space->symbols->frames, &frame);
	}
	return found->frame;
}
