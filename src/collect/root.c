/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The place where /proc and /sys are: this machine's, or a fixture's frames. Files of interest stay
 * open and are read again with pread at 0, which makes the kernel write them anew; opening them
 * each time would double the cost of a tick.
 *
 * How long a file is, is only known by reading on, and that costs a system call a file. The kernel
 * hands out whole records, a page at a time for lists (vmstat, diskstats, net/dev) and all at once
 * for single records (stat, meminfo, netstat). So a piece ends early only where the next record did
 * not fit: a piece shorter than a page by more than the longest record (1 KiB) is the last one.
 */
#include "perftop/collect/root.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FRAMES_MAX = 1000,
	LAST_PIECE = 3072, /* a piece below this is the last: a page less the longest record */
	TEXT_MIN = 16 << 10,
	TEXT_MAX = 8 << 20, /* cpuinfo of 4,096 processors */
	SMALL_FILE_MAX = 1 << 20,
};

struct frame {
	int fd;
	char *gone; /* lines of paths that this frame takes away, or NULL */
	int64_t mono_ns, real_ns;
};

struct pt_root {
	bool fixture;
	struct frame *frames; /* one of this machine: "/" */
	size_t n_frames, at;
	unsigned gen; /* of the frame: files opened before it are stale */
	struct pt_clock_fake clock;
	char *text; /* of the file read last */
	size_t text_cap;
};

/* -- fixtures ------------------------------------------------------------------------------- */

/* Is path, or a folder above it, a line of the list? */
static bool gone_lists(const char *list, const char *path)
{
	for (const char *line = list; line && *line;) {
		size_t n = strcspn(line, "\n");

		if (n > 0 && strncmp(path, line, n) == 0 && (path[n] == '\0' || path[n] == '/'))
			return true;
		line += n + (line[n] == '\n');
	}
	return false;
}

static int clock_line(char *line, struct frame *frame)
{
	char *real = line + strcspn(line, " \t");
	long long mono_ns, real_ns;

	if (!*real)
		return -PT_ESYNTAX;
	*real++ = '\0';
	real += strspn(real, " \t");
	if (pt_parse_i64(line, 0, LLONG_MAX, &mono_ns) < 0 ||
	    pt_parse_i64(real, 0, LLONG_MAX, &real_ns) < 0)
		return -PT_ESYNTAX;
	frame->mono_ns = mono_ns;
	frame->real_ns = real_ns;
	return 0;
}

/* Times of the frames: DIR/clock, and for what it does not tell 1 s each. */
static int frames_read_clock(struct pt_root *root, const char *dir, struct pt_err *err)
{
	size_t n = 0;
	char path[PATH_MAX], *text = NULL, *line;
	int rc = 0, number = 0;

	pt_snprintf(path, sizeof(path), "%s/clock", dir);
	rc = pt_fs_read(path, SMALL_FILE_MAX, &text, NULL, err);
	if (rc < 0 && rc != -PT_ENOENT)
		return rc;
	rc = 0;
	for (line = text; line && *line && n < root->n_frames;) {
		size_t len = strcspn(line, "\n");
		char *next = line + len + (line[len] == '\n');
		struct frame *frame = &root->frames[n];

		number++;
		line[len] = '\0';
		if (line[0] && line[0] != '#') {
			if (clock_line(line, frame) < 0)
				rc = pt_err_at(err, PT_ESYNTAX, path, number, 1,
					       "expected two numbers: mono_ns real_ns");
			else if (n > 0 && frame->mono_ns <= frame[-1].mono_ns)
				rc = pt_err_at(err, PT_ESYNTAX, path, number, 1,
					       "mono_ns must be greater than in the frame before");
			if (rc < 0)
				break;
			n++;
		}
		line = next;
	}
	for (; rc == 0 && n < root->n_frames; n++) {
		struct frame *frame = &root->frames[n];

		frame->mono_ns = n > 0 ? frame[-1].mono_ns + PT_S : 1000 * PT_S;
		frame->real_ns = n > 0 ? frame[-1].real_ns + PT_S : INT64_C(1767268800) * PT_S;
	}
	free(text);
	return rc;
}

static int add_frame(struct pt_root *root, const char *path, size_t *cap)
{
	struct frame *frame;
	char gone[PATH_MAX];
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return pt_err_errno(errno);
	frame = PT_PUSH(root->frames, root->n_frames, *cap);
	*frame = (struct frame){.fd = fd};
	pt_snprintf(gone, sizeof(gone), "%s/.gone", path);
	if (root->fixture)
		pt_fs_read(gone, SMALL_FILE_MAX, &frame->gone, NULL, NULL);
	return 0;
}

static int open_fixture(struct pt_root *root, const char *dir, struct pt_err *err)
{
	char path[PATH_MAX];
	size_t cap = 0;

	root->fixture = true;
	for (int i = 0; i < FRAMES_MAX; i++) {
		pt_snprintf(path, sizeof(path), "%s/%03d", dir, i);
		if (add_frame(root, path, &cap) < 0)
			break;
	}
	if (root->n_frames == 0 && add_frame(root, dir, &cap) < 0)
		return pt_err_set(err, PT_ENOENT, "cannot open the folder %s: %s", dir,
				  strerror(errno));
	return frames_read_clock(root, dir, err);
}

/* -- the root ------------------------------------------------------------------------------- */

int pt_root_open(const char *path, struct pt_root **ret, struct pt_err *err)
{
	struct pt_root *root = pt_calloc(1, sizeof(*root));
	size_t cap = 0;
	int rc;

	if (!path || strcmp(path, "/") == 0) {
		rc = add_frame(root, "/", &cap);
		if (rc < 0)
			pt_err_set(err, (enum pt_error) - rc, "cannot open /: %s", strerror(errno));
	} else {
		rc = open_fixture(root, path, err);
	}
	if (rc < 0) {
		pt_root_free(root);
		return rc;
	}
	pt_clock_fake_init(&root->clock, root->frames[0].mono_ns, root->frames[0].real_ns);
	*ret = root;
	return 0;
}

void pt_root_free(struct pt_root *root)
{
	if (!root)
		return;
	for (size_t i = 0; i < root->n_frames; i++) {
		close(root->frames[i].fd);
		free(root->frames[i].gone);
	}
	free(root->frames);
	free(root->text);
	free(root);
}

bool pt_root_is_fixture(const struct pt_root *root)
{
	return root->fixture;
}

bool pt_root_advance(struct pt_root *root)
{
	if (root->at + 1 >= root->n_frames)
		return false;
	root->at++;
	root->gen++;
	root->clock.mono_ns = root->frames[root->at].mono_ns;
	root->clock.real_ns = root->frames[root->at].real_ns;
	return true;
}

int pt_root_frames(const struct pt_root *root)
{
	return (int)root->n_frames;
}

const struct pt_clock *pt_root_clock(const struct pt_root *root)
{
	return root->fixture ? &root->clock.clock : &pt_clock_system;
}

int pt_root_openfd(const struct pt_root *root, const char *path, int flags)
{
	for (size_t i = root->at + 1; i-- > 0;) {
		const struct frame *frame = &root->frames[i];
		/* A pipe in a fixture must not hold us; for /proc and /sys it means nothing. */
		int fd = openat(frame->fd, path, flags | O_CLOEXEC | O_NONBLOCK);

		if (fd >= 0 || (errno != ENOENT && errno != ENOTDIR))
			return fd;
		if (gone_lists(frame->gone, path))
			break;
	}
	errno = ENOENT;
	return -1;
}

/* -- files ---------------------------------------------------------------------------------- */

static ssize_t pread_again(int fd, char *buf, size_t size, off_t at)
{
	ssize_t n;

	do
		n = pread(fd, buf, size, at);
	while (n < 0 && errno == EINTR);
	return n;
}

/* The whole of fd into root->text. Length or -1 with errno. */
static ssize_t read_whole(struct pt_root *root, int fd, bool long_records)
{
	size_t len = 0;

	for (;;) {
		ssize_t n;

		if (len + 1 >= root->text_cap) {
			if (root->text_cap >= TEXT_MAX) {
				errno = EFBIG;
				return -1;
			}
			root->text_cap = PT_MAX(root->text_cap * 2, (size_t)TEXT_MIN);
			root->text = pt_realloc(root->text, root->text_cap);
		}
		n = pread_again(fd, root->text + len, root->text_cap - 1 - len, (off_t)len);
		if (n < 0)
			return -1;
		len += (size_t)n;
		if (n == 0 || (n < LAST_PIECE && !long_records && len + 1 < root->text_cap))
			break;
	}
	root->text[len] = '\0';
	return (ssize_t)len;
}

int pt_pfile_open(struct pt_pfile *file, struct pt_root *root)
{
	if (file->fd >= 0 && file->gen == root->gen)
		return 0;
	pt_pfile_close(file);
	file->fd = pt_root_openfd(root, file->path, O_RDONLY);
	file->gen = root->gen;
	return file->fd < 0 ? -1 : 0;
}

ssize_t pt_pfile_read(struct pt_pfile *file, struct pt_root *root, char **ret_text)
{
	ssize_t n;

	if (pt_pfile_open(file, root) < 0)
		return -1;
	n = read_whole(root, file->fd, file->long_records);
	if (n < 0) {
		int errnum = errno;

		pt_pfile_close(file);
		errno = errnum;
		return -1;
	}
	*ret_text = root->text;
	return n;
}

void pt_pfile_close(struct pt_pfile *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}

ssize_t pt_root_read_text(struct pt_root *root, const char *path, char *out, size_t size)
{
	int fd = pt_root_openfd(root, path, O_RDONLY);
	int errnum;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = pread_again(fd, out, size - 1, 0);
	errnum = errno;
	close(fd);
	errno = errnum;
	if (n < 0)
		return -1;
	while (n > 0 && (out[n - 1] == '\n' || out[n - 1] == '\0'))
		n--;
	out[n] = '\0';
	return n;
}

int pt_root_read_u64(struct pt_root *root, const char *path, uint64_t *ret)
{
	char text[64], *end;
	unsigned long long value;
	ssize_t n = pt_root_read_text(root, path, text, sizeof(text));

	if (n < 0)
		return -1;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || errno) {
		errno = EBADMSG;
		return -1;
	}
	*ret = value;
	return 0;
}

/* -- folders -------------------------------------------------------------------------------- */

/* Does a frame later than i say something else of path/name: its own file, or that it is gone? */
static bool is_overlaid(const struct pt_root *root, size_t i, const char *path, const char *name)
{
	char full[PATH_MAX];
	struct stat st;

	pt_snprintf(full, sizeof(full), "%s/%s", path, name);
	for (size_t j = i + 1; j <= root->at; j++) {
		if (gone_lists(root->frames[j].gone, full) ||
		    fstatat(root->frames[j].fd, full, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return true;
	}
	return false;
}

static int list_frame(struct pt_root *root, size_t i, const char *path,
		      void (*fn)(void *arg, const char *name), void *arg)
{
	_Alignas(struct dirent64) char buf[4096];
	int fd = openat(root->frames[i].fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ssize_t n;
	int errnum;

	if (fd < 0)
		return -1;
	while ((n = getdents64(fd, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *entry = (const struct dirent64 *)(buf + at);

			at += entry->d_reclen;
			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			if (!is_overlaid(root, i, path, entry->d_name))
				fn(arg, entry->d_name);
		}
	}
	errnum = errno;
	close(fd);
	errno = errnum;
	return n < 0 ? -1 : 0;
}

int pt_root_list(struct pt_root *root, const char *path, void (*fn)(void *arg, const char *name),
		 void *arg)
{
	bool found = false;

	for (size_t i = 0; i <= root->at; i++) {
		if (list_frame(root, i, path, fn, arg) == 0)
			found = true;
		else if (errno != ENOENT && errno != ENOTDIR)
			return -1;
	}
	errno = ENOENT;
	return found ? 0 : -1;
}

const char *pt_root_reason(int errnum, const char *path, char *buf, size_t size)
{
	switch (errnum) {
	case ENOENT: pt_snprintf(buf, size, "this kernel has no /%s", path); break;
	case EACCES:
	case EPERM: pt_snprintf(buf, size, "no right to read /%s", path); break;
	case EOPNOTSUPP: pt_snprintf(buf, size, "switched off in this kernel: /%s", path); break;
	case EBADMSG: pt_snprintf(buf, size, "not as expected: /%s", path); break;
	default: pt_snprintf(buf, size, "cannot read /%s: %s", path, strerror(errnum)); break;
	}
	return buf;
}
