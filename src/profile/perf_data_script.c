/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is not read here goes through perf itself: its text, in a temporary file without a name, is
 * read as if it had been given. Where perf ends too early, or is ended, the samples that were whole
 * by then are read.
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
	size_t len;	    /* of what is in the file */
	int code;	    /* of the text */
	bool done;
	int exit_status;
	char said[200]; /* by a perf that failed */
};

static void flush(struct script *s)
{
	if (!s->code && s->len > PT_INPUT_MAX - s->text.len)
		s->code = pt_err_at(s->err, PT_ELIMIT, s->in->name, 0, 0,
				    "perf script prints more than 4 GiB");
	if (!s->code && s->text.len)
		s->code = pt_input_write(s->fd, s->text.s, s->text.len, s->in->name, s->err);
	if (!s->code)
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

/* Runs perf until its text is whole, or somebody wants it to end. */
static int run(struct script *s, const char *const *argv, struct pt_read_watch *watch)
{
	struct pt_child_spec spec = {.argv = argv, .max_stderr = STDERR_MAX, .line = on_line};
	struct pt_loop *loop = pt_loop_new();
	struct pt_child *child;
	int code = pt_child_spawn(loop, &spec, on_done, s, &child, s->err), stopped = 0;

	for (bool ended = false; !code && !s->done;) {
		if (!stopped)
			stopped = pt_read_step(watch, s->in->name, s->len + s->text.len, 0, s->err);
		if (!ended && (stopped || s->code))
			pt_child_cancel(child);
		ended = stopped || s->code;
		pt_loop_step(loop, POLL_NS);
	}
	pt_loop_free(loop);
	if (code == -PT_ENOENT)
		return pt_err_at(s->err, PT_ENOTSUP, s->in->name, 0, 0,
				 "can only be read through perf, which is not installed");
	code = code ? code : stopped ? stopped : s->code;
	if (!code && s->exit_status != 0)
		return pt_err_at(s->err, PT_EIO, s->in->name, 0, 0, "perf script failed: %s",
				 *s->said ? s->said : "it said nothing");
	return code;
}

/* Behind the last sample that is whole: of the next one callers may be missing. */
static size_t whole_samples(const char *text, size_t n)
{
	while (n && !(n > 1 && text[n - 1] == '\n' && text[n - 2] == '\n'))
		n--;
	return n;
}

static int read_text(struct script *s, bool cut, const struct pt_read_options *options,
		     struct pt_profile *p, struct pt_err *err)
{
	struct pt_profile_input in = {.name = s->in->name, .data = "", .len = s->len};
	const struct pt_profile_reader *reader = pt_profile_reader_find("perf_script");
	void *map = s->len ? mmap(NULL, s->len, PROT_READ, MAP_PRIVATE, s->fd, 0) : NULL;
	int code;

	if (map == MAP_FAILED)
		return pt_err_at(err, PT_EIO, s->in->name, 0, 0, "its text cannot be mapped");
	if (map)
		in.data = map;
	if (cut)
		in.len = whole_samples(in.data, in.len);
	code = reader->read(&in, options, p, err);
	if (map)
		munmap(map, s->len);
	return code;
}

int pt_perf_data_by_program(const struct pt_profile_input *in, const char *const *argv,
			    const struct pt_read_options *options, struct pt_profile *p,
			    struct pt_err *err)
{
	struct pt_err fault = {0};
	struct script s = {.in = in, .err = &fault};
	int code, read = 0;

	s.fd = pt_input_temp(in->name, err);
	if (s.fd < 0)
		return s.fd;
	code = run(&s, argv, options->watch);
	if (!code || (code != -PT_ECANCELED && s.len))
		read = read_text(&s, code != 0, options, p, err);
	if (code && read != -PT_ECANCELED && err) /* what ended it says more than what that left */
		*err = fault;
	pt_str_release(&s.text);
	close(s.fd);
	return code && read != -PT_ECANCELED ? code : read;
}

int pt_perf_data_by_script(const struct pt_profile_input *in, const struct pt_read_options *options,
			   struct pt_profile *p, const char *why, struct pt_err *err)
{
	const char *symfs = options->symfs ? options->symfs : "/";
	const char *argv[] = {"perf",	 "script", "-F", "+pid",
			      "--symfs", symfs,	   "-i", in->dir ? in->dir : in->path,
			      NULL};
	int code = pt_perf_data_by_program(in, argv, options, p, err);

	if (!code || p->samples)
		pt_profile_note(p, "read through perf script: %s", why);
	return code;
}
