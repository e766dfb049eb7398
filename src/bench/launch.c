/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One launch. It is started as the person who asks for it would start it: with their environment and
 * PATH, where toolchains are found. However it ends is a result: a crash and a timeout as much as a
 * number.
 */
#include "launch.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/bench/parser.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { WORDS_MAX = 200 }; /* of what a command said last */

extern char **environ;

static bool same_name(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return strncmp(a, b, n) == 0 && b[n] == '=';
}

static bool is_overridden(const char *variable, char *const *by)
{
	for (; by && *by; by++)
		if (same_name(variable, *by))
			return true;
	return false;
}

char **launch_env(const struct pt_suite *suite, const char **ret_path)
{
	size_t n = 0, cap = 0;
	char **env = NULL;

	for (char **e = environ; e && *e; e++)
		if (!is_overridden(*e, suite->env))
			*PT_PUSH(env, n, cap) = pt_strdup(*e);
	for (char **e = suite->env; e && *e; e++)
		*PT_PUSH(env, n, cap) = pt_strdup(*e);
	*PT_PUSH(env, n, cap) = NULL;
	*ret_path = NULL;
	for (char **e = env; *e; e++)
		if (strncmp(*e, "PATH=", 5) == 0)
			*ret_path = *e + 5;
	return env;
}

void launch_env_free(char **env)
{
	for (size_t i = 0; env && env[i]; i++)
		free(env[i]);
	free(env);
}

bool launch_folder(const struct pt_suite *suite, const char *project, char *out, size_t size,
		   struct pt_err *err)
{
	struct stat st;
	bool top = strcmp(suite->folder, ".") == 0;

	pt_snprintf(out, size, "%s%s%s", project, top ? "" : "/", top ? "" : suite->folder);
	if (stat(out, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	pt_err_set(err, PT_ENOENT, "suite %s: no folder %s", suite->name, out);
	return false;
}

/* File systems take their times from the coarse clock, which is some milliseconds behind. */
int64_t launch_file_time(void)
{
	struct timespec ts;

#ifdef CLOCK_REALTIME_COARSE
	clock_gettime(CLOCK_REALTIME_COARSE, &ts);
#else
	clock_gettime(CLOCK_REALTIME, &ts);
#endif
	return (int64_t)ts.tv_sec * PT_S + ts.tv_nsec;
}

/* ---- its end ---- */

static void set_error(struct pt_launch *launch, enum pt_launch_status status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void set_error(struct pt_launch *launch, enum pt_launch_status status, const char *fmt, ...)
{
	struct pt_str text = PT_STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&text, fmt, ap);
	va_end(ap);
	launch->status = status;
	free(launch->error);
	launch->error = pt_str_detach(&text);
}

static void judge_signal(struct pt_launch *launch, const struct pt_suite *suite, int signo)
{
	const char *name = strsignal(signo);

	if (signo == SIGXCPU && suite->isolation.cpu_time_ns)
		set_error(launch, PT_LAUNCH_FAILED, "used more than %g s of CPU time",
			  (double)suite->isolation.cpu_time_ns / PT_S);
	else
		set_error(launch, PT_LAUNCH_FAILED, "ended by signal %d (%s)", signo,
			  name ? name : "unknown");
}

/* 0 if it may have results. */
static int judge_end(struct pt_launch *launch, const struct pt_suite *suite, bool full,
		     const struct pt_child_result *result)
{
	bool spoke = result->err_len > 0;
	size_t n;
	const char *words = pt_text_last_line(spoke ? result->err : result->out,
					      spoke ? result->err_len : result->out_len, &n);

	if (result->canceled)
		set_error(launch, PT_LAUNCH_CANCELED, "canceled");
	else if (result->timed_out)
		set_error(launch, PT_LAUNCH_TIMED_OUT, "took longer than %g s",
			  (double)suite->timeout_ns / PT_S);
	else if (result->truncated)
		set_error(launch, PT_LAUNCH_NO_RESULT, "printed more than %d MiB",
			  PT_BENCH_MAX_BYTES >> 20);
	else if (full)
		set_error(launch, PT_LAUNCH_FAILED, "went beyond its %g MiB of memory",
			  (double)suite->isolation.memory_bytes / (1 << 20));
	else if (result->signo)
		judge_signal(launch, suite, result->signo);
	else if (result->exit_status != 0)
		set_error(launch, PT_LAUNCH_FAILED, "exit status %d%s%.*s", result->exit_status,
			  n ? ": " : "", (int)PT_MIN(n, WORDS_MAX), words);
	return launch->error ? -PT_EIO : 0;
}

static int read_results(struct pt_launch *launch, const struct pt_suite *suite, const char *folder,
			int64_t since_ns, struct pt_err *err)
{
	const struct pt_bench_parser *parser =
		suite->parser ? pt_bench_parser_find(suite->parser) : NULL;
	struct pt_str path = PT_STR_INIT;
	int code;

	pt_str_addf(&path, "%s/%s", folder, suite->results);
	code = pt_bench_read_since(path.s, parser, since_ns, &launch->set, err);
	if (code == -PT_ENOENT)
		pt_err_set(err, PT_ENOENT, "it wrote no %s", suite->results);
	pt_str_release(&path);
	return code;
}

void launch_judge(struct pt_launch *launch, const struct pt_suite *suite, const char *folder,
		  int64_t since_ns, bool full, const struct pt_child_result *result)
{
	const struct pt_bench_parser *parser =
		suite->parser ? pt_bench_parser_find(suite->parser) : NULL;
	struct pt_err err = {0};
	char text[600];
	int code;

	launch->exit_status = result->exit_status;
	launch->signo = result->signo;
	launch->wall_ns = result->wall_ns;
	if (judge_end(launch, suite, full, result) < 0)
		return;
	code = suite->results ? read_results(launch, suite, folder, since_ns, &err)
			      : pt_bench_read_text("stdout", result->out, result->out_len, parser,
						   &launch->set, &err);
	if (code < 0)
		set_error(launch, PT_LAUNCH_NO_RESULT, "%s", pt_err_text(&err, text, sizeof text));
}

/* ---- how it ran ---- */

static void add_refusal(struct pt_str *out, const char *what, int errnum)
{
	pt_str_addf(out, "%s%s: %s", out->len ? "; " : "", what, strerror(errnum));
}

void launch_refusals(const struct pt_suite *suite, const int *refused, struct pt_str *out)
{
	const struct pt_isolation *wished = &suite->isolation;
	char what[200];

	if (refused[PT_CHILD_CPUS]) {
		pt_snprintf(what, sizeof what, "not pinned to CPUs %s of %ld", wished->cpus,
			    sysconf(_SC_NPROCESSORS_ONLN));
		add_refusal(out, what, refused[PT_CHILD_CPUS]);
	}
	if (refused[PT_CHILD_NICE]) {
		pt_snprintf(what, sizeof what, "priority not changed to nice %d", wished->nice);
		add_refusal(out, what, refused[PT_CHILD_NICE]);
	}
	if (refused[PT_CHILD_NO_ASLR])
		add_refusal(out, "address randomisation not switched off",
			    refused[PT_CHILD_NO_ASLR]);
	if (refused[PT_CHILD_CPU_TIME])
		add_refusal(out, "no limit of CPU time", refused[PT_CHILD_CPU_TIME]);
	if (refused[PT_CHILD_CGROUP])
		add_refusal(out, "no limit of memory", refused[PT_CHILD_CGROUP]);
}

const char *const *launch_compiler(const struct pt_suite *suite)
{
	static const struct {
		const char *programs; /* between blanks */
		const char *argv[3];
	} table[] = {
		{" cargo rustc ", {"rustc", "--version"}},
		{" go ", {"go", "version"}},
		{" python python3 pytest ", {"python3", "--version"}},
		{" node npm npx yarn pnpm ", {"node", "--version"}},
		{" make gmake cmake ninja ctest meson cc gcc g++ ", {"cc", "--version"}},
		{" clang clang++ ", {"clang", "--version"}},
	};
	char *const *const runs[] = {suite->build, suite->command};

	for (size_t i = 0; i < PT_LEN(runs); i++) {
		const char *name = runs[i] ? strrchr(runs[i][0], '/') : NULL;
		char word[64];

		if (!runs[i])
			continue;
		pt_snprintf(word, sizeof word, " %s ", name ? name + 1 : runs[i][0]);
		for (size_t k = 0; k < PT_LEN(table); k++)
			if (strstr(table[k].programs, word))
				return table[k].argv;
	}
	return NULL;
}
