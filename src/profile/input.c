/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a path to mapped bytes. */
#include "input.h"

#include "mapped.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SPOOL_CHUNK = 1 << 20, CANCEL_MS = 200 };

static int fail(struct pt_err *err, const char *name, const char *what)
{
	int errnum = errno;

	return pt_err_at(err, (enum pt_error)(-pt_err_errno(errnum)), name, 0, 0, "%s: %s", what,
			 strerror(errnum));
}

static void begin(struct pt_read_watch *watch, bool unpacking)
{
	if (!watch)
		return;
	atomic_store(&watch->unpacking, unpacking);
	atomic_store(&watch->done, 0);
	atomic_store(&watch->of, 0);
}

/* A wish to end; one that leaves what was read is granted once. */
static int ended(struct pt_read_watch *w)
{
	int ask = PT_READ_ENOUGH;

	if (atomic_load_explicit(&w->ask, memory_order_relaxed) == PT_READ_ON)
		return 0;
	return atomic_compare_exchange_strong(&w->ask, &ask, PT_READ_ON) ? -PT_ETIMEDOUT
									 : -PT_ECANCELED;
}

int pt_read_step(struct pt_read_watch *w, const char *name, size_t done, size_t of,
		 struct pt_err *err)
{
	int code;

	if (!w)
		return 0;
	if (w->folder) {
		done += w->before;
		of = 0;
	}
	/* Others look now and then: no more than a plain store is needed. */
	if (done > atomic_load_explicit(&w->done, memory_order_relaxed))
		atomic_store_explicit(&w->done, done, memory_order_relaxed);
	atomic_store_explicit(&w->of, of, memory_order_relaxed);
	code = ended(w);
	if (code && of)
		pt_err_at(err, (enum pt_error)(-code), name, 0, 0, "reading was stopped at %d%%",
			  (int)(100.0 * (double)done / (double)of));
	else if (code)
		pt_err_at(err, (enum pt_error)(-code), name, 0, 0,
			  "reading was stopped after %.1f %s",
			  (double)done / (done < 1 << 20 ? 1 << 10 : 1 << 20),
			  done < 1 << 20 ? "KiB" : "MiB");
	return code;
}

int pt_input_temp(const char *name, struct pt_err *err)
{
	const char *dir = getenv("TMPDIR");
	struct pt_str path = PT_STR_INIT;
	int fd = -1;

	if (!dir || *dir != '/')
		dir = "/tmp";
#ifdef O_TMPFILE
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
#endif
	if (fd < 0) {
		pt_str_addf(&path, "%s/perftop-XXXXXX", dir);
		fd = mkostemp(path.s, O_CLOEXEC);
		if (fd >= 0)
			unlink(path.s);
	}
	if (fd < 0)
		fd = fail(err, name, "cannot make a temporary file");
	pt_str_release(&path);
	return fd;
}

int pt_input_write(int fd, const void *data, size_t n, const char *name, struct pt_err *err)
{
	const char *at = data;

	while (n) {
		ssize_t did = write(fd, at, n);

		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0)
			return fail(err, name, "cannot write a temporary file");
		at += did;
		n -= (size_t)did;
	}
	return 0;
}

/* Waits for more to read after so many bytes; a wish to end is seen although the writer of a pipe
 * sleeps, or is yet to come. */
static int wait_readable(int fd, const char *name, size_t sum, struct pt_read_watch *watch,
			 struct pt_err *err)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	int ready = 0, code;

	while (ready <= 0) {
		code = pt_read_step(watch, name, sum, 0, err);
		if (code)
			return code;
		ready = poll(&poll_fd, 1, CANCEL_MS);
		if (ready < 0 && errno != EINTR)
			return fail(err, name, "cannot read");
	}
	return 0;
}

/* All of a pipe or device into to. */
static int spool(int from, int to, const char *name, struct pt_read_watch *watch,
		 struct pt_err *err)
{
	char *chunk = pt_malloc(SPOOL_CHUNK);
	uint64_t sum = 0;
	ssize_t n = 1;
	int code = 0;

	while (!code && n) {
		code = wait_readable(from, name, (size_t)sum, watch, err);
		if (code)
			break;
		n = read(from, chunk, SPOOL_CHUNK);
		if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
			n = 1;
			continue;
		}
		if (n < 0) {
			code = fail(err, name, "cannot read");
			break;
		}
		sum += (uint64_t)n;
		if (sum > PT_INPUT_MAX)
			code = pt_err_at(err, PT_ELIMIT, name, 0, 0, "more than %llu MiB",
					 (unsigned long long)(PT_INPUT_MAX >> 20));
		else
			code = pt_input_write(to, chunk, (size_t)n, name, err);
	}
	free(chunk);
	return code;
}

const struct pt_err *pt_input_fault(struct pt_input *input)
{
	if (!input->fault.code && pt_mapped_shrank(input->map))
		pt_err_at(&input->fault, PT_EIO, input->name, 0, 0,
			  "the file got shorter while it was read");
	return input->fault.code ? &input->fault : NULL;
}

static void unmap(struct pt_input *input)
{
	pt_input_fault(input);
	pt_mapped_free(input->map);
	input->map = NULL;
	input->in.data = "";
	input->in.len = 0;
}

static int map_file(struct pt_input *input, int fd, struct pt_err *err)
{
	struct stat st;

	unmap(input);
	if (fstat(fd, &st) < 0)
		return fail(err, input->name, "cannot read");
	if (st.st_size == 0)
		return 0;
	input->map = pt_mapped_new(fd, (size_t)st.st_size);
	if (!input->map)
		return fail(err, input->name, "cannot map");
	madvise(input->map, (size_t)st.st_size, MADV_SEQUENTIAL);
	input->in.data = input->map;
	input->in.len = (size_t)st.st_size;
	return 0;
}

/* Through a temporary file: fill puts into it what it can. Its fault is kept when something came. */
static int map_temp(struct pt_input *input, int from, struct pt_read_watch *watch,
		    struct pt_err *err)
{
	struct pt_profile_input packed = input->in;
	uint64_t max = ((uint64_t)64 << 20) + PT_INPUT_RATIO * (uint64_t)packed.len;
	struct pt_err fault = {0};
	int temp = pt_input_temp(input->name, err);
	int code;

	if (temp < 0)
		return temp;
	begin(watch, from < 0);
	if (from >= 0)
		code = spool(from, temp, input->name, watch, &fault);
	else
		code = pt_input_unpack(&packed, temp, max < PT_INPUT_MAX ? max : PT_INPUT_MAX,
				       watch, &fault);
	begin(watch, false);
	if (code != -PT_ECANCELED && (!code || lseek(temp, 0, SEEK_CUR) > 0)) {
		if (code)
			input->fault = fault;
		code = map_file(input, temp, &fault);
	}
	close(temp);
	if (code && err)
		*err = fault;
	return code;
}

static int open_file(struct pt_input *input, int fd, struct pt_read_watch *watch,
		     struct pt_err *err)
{
	struct stat st;
	int code;

	if (fstat(fd, &st) < 0)
		return fail(err, input->name, "cannot read");
	if (S_ISDIR(st.st_mode)) {
		input->in.dir = input->in.path ? input->in.path : input->name;
		return 0;
	}
	/* Files of /proc have no size; a stdin that was read from before goes on from there. */
	if (S_ISREG(st.st_mode) && st.st_size > 0 && lseek(fd, 0, SEEK_CUR) == 0) {
		code = map_file(input, fd, err);
	} else { /* cannot be read twice */
		input->in.path = NULL;
		code = map_temp(input, fd, watch, err);
	}
	if (!code && pt_input_packed(input->in.data, input->in.len)) {
		input->in.path = NULL;
		code = map_temp(input, -1, watch, err);
	}
	return code;
}

int pt_input_open(struct pt_input *input, const char *path, const char *name,
		  struct pt_read_watch *watch, struct pt_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int code, fd = is_stdin ? STDIN_FILENO
				: open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	*input = (struct pt_input){.name = pt_strdup(name ? name : is_stdin ? "stdin" : path)};
	input->in = (struct pt_profile_input){.name = input->name, .data = ""};
	if (!is_stdin)
		input->in.path = path;
	begin(watch, false);
	if (fd < 0)
		code = fail(err, input->name, "cannot open");
	else
		code = open_file(input, fd, watch, err);
	if (!is_stdin && fd >= 0)
		close(fd);
	if (code)
		pt_input_close(input);
	return code;
}

int pt_input_open_packed(struct pt_input *input, const char *name, const void *data, size_t n,
			 struct pt_read_watch *watch, struct pt_err *err)
{
	int code;

	*input = (struct pt_input){.name = pt_strdup(name)};
	input->in = (struct pt_profile_input){.name = input->name, .data = data, .len = n};
	code = map_temp(input, -1, watch, err);
	if (code)
		pt_input_close(input);
	return code;
}

void pt_input_close(struct pt_input *input)
{
	unmap(input);
	free(input->name);
	*input = (struct pt_input){0};
}
