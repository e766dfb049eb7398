/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The wiring of a recording: the sampler with the door to perf_event_open, a loop for its end, and
 * the command. A command is forked first and waits at a gate until it is sampled, so that its first
 * instruction is seen; it keeps our terminal, environment and process group, as under perf or time.
 */
#include "perftop/app/flame_record.h"

#include "perftop/base/clock.h"
#include "perftop/base/loop.h"
#include "perftop/base/mem.h"
#include "perftop/collect/cgroup.h"
#include "perftop/collect/perf.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_NS (50 * PT_MS)
#define KEEP_NS (INT64_C(7) * 24 * 3600 * PT_S)
#define MAX_MEMORY ((size_t)256 << 20)

/* A command at its gate. */
struct gated {
	pid_t pid;  /* 0: none */
	int gate;   /* closed: it may go on */
	int failed; /* it writes an errno when it cannot be executed */
	int status; /* of waitpid */
	bool ended;
};

static const int end_signals[] = {SIGINT, SIGTERM, SIGHUP};

struct recording {
	const struct pt_record_spec *spec;
	struct pt_loop *loop;
	struct pt_signal *watched[PT_LEN(end_signals)];
	struct pt_sampler *sampler;
	struct gated command;
	int64_t until_ns; /* 0: no limit */
	bool over;	  /* that has come */
};

/* -- the command ---------------------------------------------------------------------------------- */

/* In the child: async-signal-safe calls alone. */
static _Noreturn void be_command(const struct pt_record_spec *spec, int gate, int failed)
{
	sigset_t none;
	char byte;

	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (spec->stdout_aside)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	/* A byte opens it; its end means that nobody will. */
	if (read(gate, &byte, 1) == 1) {
		execvp(spec->argv[0], spec->argv);
		(void)!write(failed, &errno, sizeof errno);
	}
	_exit(127);
}

static int start_command(const struct pt_record_spec *spec, struct gated *ret, struct pt_err *err)
{
	int gate[2] = {-1, -1}, failed[2] = {-1, -1};

	if (pipe2(gate, O_CLOEXEC) == 0 && pipe2(failed, O_CLOEXEC) == 0) {
		*ret = (struct gated){.pid = fork(), .gate = gate[1], .failed = failed[0]};
		if (ret->pid == 0) {
			close(gate[1]);
			be_command(spec, gate[0], failed[1]);
		}
	}
	if (gate[0] >= 0)
		close(gate[0]);
	if (failed[1] >= 0)
		close(failed[1]);
	if (ret->pid > 0)
		return 0;
	ret->pid = 0;
	if (gate[1] >= 0)
		close(gate[1]);
	if (failed[0] >= 0)
		close(failed[0]);
	return pt_err_set(err, PT_EIO, "cannot start %s: %s", spec->argv[0], strerror(errno));
}

/* Lets it go on; returns once it runs, or cannot. */
static int open_gate(const struct pt_record_spec *spec, struct gated *command, struct pt_err *err)
{
	int errnum = 0;
	ssize_t n;

	(void)!write(command->gate, "", 1);
	do
		n = read(command->failed, &errnum, sizeof errnum);
	while (n < 0 && errno == EINTR);
	if (n != sizeof errnum)
		return 0;
	return pt_err_set(err, (enum pt_error) - pt_err_errno(errnum), "%s: %s", spec->argv[0],
			  strerror(errnum));
}

/* Has it ended? options: WNOHANG, or 0 to wait for that. */
static bool reap(struct gated *command, int options)
{
	pid_t pid;

	if (!command->pid || command->ended)
		return command->pid != 0;
	do
		pid = waitpid(command->pid, &command->status, options);
	while (pid < 0 && errno == EINTR);
	command->ended = pid != 0; /* < 0: nobody's any more */
	return command->ended;
}

static void end_command(struct gated *command)
{
	if (!command->pid)
		return;
	close(command->gate);
	close(command->failed);
	if (!reap(command, WNOHANG)) {
		kill(command->pid, SIGTERM);
		reap(command, 0);
	}
}

static int exit_status(const struct gated *command)
{
	if (!command->pid)
		return -1;
	return WIFSIGNALED(command->status) ? 128 + WTERMSIG(command->status)
					    : WEXITSTATUS(command->status);
}

/* -- until its end -------------------------------------------------------------------------------- */

static void on_signal(void *arg, int signo)
{
	struct recording *r = arg;

	(void)signo;
	pt_loop_stop(r->loop);
}

static void on_tick(void *arg)
{
	struct recording *r = arg;
	struct pt_sampler_status status;

	pt_sampler_status(r->sampler, &status);
	if (r->command.pid ? reap(&r->command, WNOHANG) : status.ended)
		pt_loop_stop(r->loop);
	else if (r->until_ns && pt_clock_mono(&pt_clock_system) >= r->until_ns)
		r->over = true;
	if (r->over)
		pt_loop_stop(r->loop);
}

/* From before the command runs: who sees it may interrupt us. */
static void watch_signals(struct recording *r)
{
	r->loop = pt_loop_new();
	for (size_t i = 0; i < PT_LEN(end_signals); i++)
		r->watched[i] = pt_signal_new(r->loop, end_signals[i], on_signal, r);
}

static void unwatch_signals(struct recording *r)
{
	for (size_t i = 0; i < PT_LEN(end_signals); i++)
		pt_signal_free(r->watched[i]);
	pt_loop_free(r->loop);
}

static void wait_for_end(struct recording *r)
{
	struct pt_timer *timer = pt_timer_new(r->loop, on_tick, r);

	pt_timer_start(timer, TICK_NS, TICK_NS);
	pt_loop_run(r->loop);
	pt_timer_free(timer);
}

static int record(struct recording *r, struct pt_sampler_options *sampling, struct pt_profile *ret,
		  struct pt_record_result *result, struct pt_err *err)
{
	const struct pt_record_spec *spec = r->spec;
	struct pt_sampler_status status;
	int code = pt_sampler_new(sampling, &r->sampler, err);
	int64_t began = pt_clock_mono(&pt_clock_system);

	if (code < 0)
		return code;
	pt_sampler_status(r->sampler, &status);
	if (spec->started)
		spec->started(spec->arg, &status);
	if (r->command.pid)
		code = open_gate(spec, &r->command, err);
	if (code == 0) {
		r->until_ns = spec->duration_ns ? began + spec->duration_ns : 0;
		wait_for_end(r);
		pt_sampler_flush(r->sampler);
		pt_sampler_status(r->sampler, &result->status);
		result->wall_ns = pt_clock_mono(&pt_clock_system) - began;
		code = pt_sampler_profile(r->sampler, 0, INT64_MAX, ret, err);
	}
	pt_sampler_free(r->sampler);
	return code;
}

int pt_record(const struct pt_record_spec *spec, struct pt_profile *ret,
	      struct pt_record_result *ret_result, struct pt_err *err)
{
	struct recording r = {.spec = spec};
	struct pt_sampler_options sampling = spec->sampling;
	struct pt_record_result result = {0};
	char folder[1024];
	int code = 0;

	sampling.open = pt_perf_open;
	if (!sampling.keep_ns)
		sampling.keep_ns = KEEP_NS;
	if (!sampling.max_memory)
		sampling.max_memory = MAX_MEMORY;
	if (sampling.cgroup) {
		code = pt_cgroup_folder(sampling.cgroup, folder, sizeof folder, err);
		sampling.cgroup = folder;
	}
	if (code == 0 && spec->argv)
		code = start_command(spec, &r.command, err);
	if (code < 0)
		return code;
	if (spec->argv) {
		sampling.pid = r.command.pid;
		sampling.on_exec = true;
	}
	watch_signals(&r);
	code = record(&r, &sampling, ret, &result, err);
	unwatch_signals(&r);
	end_command(&r.command);
	if (code < 0)
		return code;
	result.exit_status = r.over && spec->argv ? 0 : exit_status(&r.command);
	*ret_result = result;
	return 0;
}
