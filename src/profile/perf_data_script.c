/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is not read here goes through perf itself: its text, in a temporary file without a name, is
 * read as if it had been given.
 */
#include "perf_data.h"

#include "input.h"
#include "scan.h"

#include "perftop/base/child.h"
#include "perftop/base/str.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STDERR_MAX = 4096, AT_ONCE = 1 << 20 };
#define POLL_NS INT64_C(100000000)

struct script {
	const struct pt_profile_input *in;
	struct pt_err *err;
	int fd;		    /* of the text, */
	struct pt_str text; /* but for this end of it */
	size_t len;
	int code; /* of the text */
	bool done;
	int exit_status;
	char said[200]; /* by a perf that failed */
};

static void flush(struct script *s)
{
	if (!s->code && s->text.len)
		s->code = pt_input_write(s->fd, s->text.s, s->text.len, s->in->name, s->err);
	if (!s->code && s->len > PT_INPUT_MAX - s->text.len)
		s->code = pt_err_at(s->err, PT_ELIMIT, s->in->name, 0, 0,
				    "perf script prints more than 4 GiB");
	s->len += s->text.len;
	pt_str_clear(&s->text);
}

static void on_line(void *arg, bool is_stderr, const char *line, size_t len)
{
	struct script *s = arg;

	if (is_stderr)
		return;
	pt_str_addn(&s->text, line, len);
	pt_str_addc(&s->text, '\n');
	if (s->text.len > AT_ONCE)
		flush(s);
}

static void on_done(void *arg, const struct pt_child_result *result)
{
	struct script *s = arg;
	const char *end = result->err_len ? strchr(result->err, '\n') : NULL;

	s->done = true;
	s->exit_status = result->exit_status;
	if (result->err_len)
		pt_snprintf(s->said, sizeof s->said, "%.*s",
			    (int)(end ? end - result->err : (long)result->err_len), result->err);
	flush(s);
}

/* Runs perf until its text is whole. */
static int run(struct script *s, const struct pt_read_options *options)
{
	const char *symfs = options->symfs ? options->symfs : "/";
	const char *argv[] = {"perf",	 "script", "-F", "+pid",
			      "--symfs", symfs,	   "-i", s->in->dir ? s->in->dir : s->in->path,
			      NULL};
	struct pt_child_spec spec = {.argv = argv, .max_stderr = STDERR_MAX, .line = on_line};
	struct pt_loop *loop = pt_loop_new();
	struct pt_child *child;
	int code = pt_child_spawn(loop, &spec, on_done, s, &child, s->err);

	for (bool ended = false; !code && !s->done;) {
		if (!s->code)
			s->code = pt_read_step(options->watch, s->in->name, s->len, 0, s->err);
		if (!ended && s->code)
			pt_child_cancel(child);
		ended = s->code;
		pt_loop_step(loop, POLL_NS);
	}
	pt_loop_free(loop);
	if (code == -PT_ENOENT)
		return pt_err_at(s->err, PT_ENOTSUP, s->in->name, 0, 0,
				 "can only be read through perf, which is not installed");
	if (!code && !s->code && s->exit_status != 0 && !s->len)
		return pt_err_at(s->err, PT_EIO, s->in->name, 0, 0, "perf script failed: %s",
				 *s->said ? s->said : "it said nothing");
	return code ? code : s->code;
}

static int read_text(struct script *s, const struct pt_read_options *options, struct pt_profile *p)
{
	struct pt_profile_input in = {.name = s->in->name, .data = "", .len = s->len};
	const struct pt_profile_reader *reader = pt_profile_reader_find("perf_script");
	void *map = s->len ? mmap(NULL, s->len, PROT_READ, MAP_PRIVATE, s->fd, 0) : NULL;
	int code;

	if (map == MAP_FAILED)
		return pt_err_at(s->err, PT_EIO, s->in->name, 0, 0, "its text cannot be mapped");
	if (map)
		in.data = map;
	code = reader->read(&in, options, p, s->err);
	if (map)
		munmap(map, s->len);
	return code;
}

int pt_perf_data_by_script(const struct pt_profile_input *in, const struct pt_read_options *options,
			   struct pt_profile *p, const char *why, struct pt_err *err)
{
	struct script s = {.in = in, .err = err};
	int code;

	s.fd = pt_input_temp(in->name, err);
	if (s.fd < 0)
		return s.fd;
	code = run(&s, options);
	if (!code)
		code = read_text(&s, options, p);
	if (!code)
		pt_profile_note(p, "read through perf script: %s", why);
	pt_str_release(&s.text);
	close(s.fd);
	return code;
}
