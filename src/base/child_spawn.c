/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fork and exec. Everything that needs memory (the path, the environment) is made before the fork;
 * between fork and exec only async-signal-safe calls are made, since other threads may have held
 * any lock. What goes wrong there comes back through a pipe that a successful exec closes.
 */
#include "child_spawn.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#ifndef SYS_close_range
#define SYS_close_range 436 /* Linux 5.9; older headers lack the number, not the call */
#endif
#endif

const char pt_child_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

enum { STATUS_FD = 3 }; /* the pipe for failures, in the child */

/* What the child needs, prepared by the parent. */
struct launch {
	const char *program, *cwd;
	char *const *argv, *const *env;
	int out, err, status, in; /* descriptors above STATUS_FD; in may be any but 0 */
	const int *gate;	  /* a pipe that it waits at for a byte; -1: it does not */
	int max_fd;		  /* for systems without close_range */
	pid_t parent;
	struct pt_place place;
};

/* Below PT_CHILD_WISH_N it is a wish that was refused, which ends nothing. */
enum stage { STAGE_CWD = PT_CHILD_WISH_N, STAGE_EXEC };

struct failure {
	int stage;
	int errnum;
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Moves a descriptor above those that the child rearranges. */
static int fd_raise(int *fd)
{
	int high;

	if (*fd < 0 || *fd > STATUS_FD)
		return *fd;
	high = fcntl(*fd, F_DUPFD_CLOEXEC, STATUS_FD + 1);
	close_fd(fd);
	return *fd = high;
}

/* A pipe that no child inherits; 0 or -1 with errno. */
static int pipe_new(int fd[2])
{
	if (pipe(fd) < 0 || fcntl(fd[0], F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(fd[1], F_SETFD, FD_CLOEXEC) < 0)
		return -1;
	return fd_raise(&fd[0]) < 0 || fd_raise(&fd[1]) < 0 ? -1 : 0;
}

/* The program's path, looked up in dirs if it is a bare name. */
static int find_program(const char *name, const char *dirs, char **ret, struct pt_err *err)
{
	struct pt_str path = PT_STR_INIT;
	bool refused = false;
	struct stat st;

	if (strchr(name, '/')) {
		*ret = pt_strdup(name);
		return 0;
	}
	for (const char *p = dirs; *p && *name; p += *p == ':') {
		size_t n = strcspn(p, ":");

		pt_str_clear(&path);
		pt_str_addn(&path, p, n);
		pt_str_addf(&path, "/%s", name);
		p += n;
		if (stat(pt_str_text(&path), &st) < 0 || !S_ISREG(st.st_mode))
			continue;
		if (access(pt_str_text(&path), X_OK) == 0) {
			*ret = pt_str_detach(&path);
			return 0;
		}
		refused = true;
	}
	pt_str_release(&path);
	return pt_err_set(err, refused ? PT_EACCES : PT_ENOENT, "cannot run %s: %s in %s", name,
			  refused ? "not executable" : "no such program", dirs);
}

/* PATH and what the caller adds; a later entry of the same name wins over PATH. The strings stay
 * borrowed. */
static char **environment(const char *const *added)
{
	static char path[sizeof pt_child_path + 5];
	size_t n = 0, cap = 0;
	bool has_path = false;
	char **env = NULL;

	for (size_t i = 0; added && added[i]; i++) {
		has_path |= !strncmp(added[i], "PATH=", 5);
		*PT_PUSH(env, n, cap) = (char *)added[i];
	}
	if (!has_path) {
		pt_snprintf(path, sizeof path, "PATH=%s", pt_child_path);
		*PT_PUSH(env, n, cap) = path;
	}
	*PT_PUSH(env, n, cap) = NULL;
	return env;
}

static int highest_fd(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > 65536)
		return 65536;
	return (int)limit.rlim_cur;
}

/* -- in the child: async-signal-safe calls only -- */

static void child_tell(int stage, int errnum)
{
	struct failure failure = {stage, errnum};

	/* Without the pipe there is nobody to tell. */
	if (write(STATUS_FD, &failure, sizeof failure) < 0)
		_exit(126);
}

static _Noreturn void child_fail(enum stage stage)
{
	child_tell(stage, errno);
	_exit(127);
}

static void child_place(const struct pt_place *place)
{
	for (int wish = 0; wish < PT_CHILD_WISH_N; wish++) {
		int errnum = pt_place_grant(place, (enum pt_child_wish)wish);

		if (errnum)
			child_tell(wish, errnum);
	}
}

static void child_signals(void)
{
	sigset_t none;

	for (int signo = 1; signo < NSIG; signo++)
		signal(signo, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The end without a byte means that nobody will let it go on. */
static void child_wait(const int *gate)
{
	char byte;

	if (gate[0] < 0)
		return;
	close(gate[1]);
	if (read(gate[0], &byte, 1) != 1)
		_exit(127);
}

static void child_close_rest(const struct launch *launch)
{
#ifdef __linux__
	if (syscall(SYS_close_range, STATUS_FD + 1, ~0U, 0) == 0)
		return;
#endif
	for (int fd = STATUS_FD + 1; fd < launch->max_fd; fd++)
		close(fd);
}

static _Noreturn void child_main(const struct launch *launch)
{
	setpgid(0, 0);
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != launch->parent)
		_exit(127); /* it died before that call */
#endif
	if (dup2(launch->in, STDIN_FILENO) < 0 || dup2(launch->out, STDOUT_FILENO) < 0 ||
	    dup2(launch->err, STDERR_FILENO) < 0 || dup2(launch->status, STATUS_FD) < 0 ||
	    fcntl(STATUS_FD, F_SETFD, FD_CLOEXEC) < 0)
		_exit(127);
	child_place(&launch->place);
	child_wait(launch->gate);
	child_close_rest(launch);
	child_signals();
	if (launch->cwd && chdir(launch->cwd) < 0)
		child_fail(STAGE_CWD);
	execve(launch->program, launch->argv, launch->env);
	child_fail(STAGE_EXEC);
}

/* -- in the parent -- */

/* With every signal blocked, so that no handler of ours runs in the child. */
static pid_t fork_quietly(const struct launch *launch)
{
	sigset_t all, before;
	pid_t pid;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pt_children_lock();
	pid = fork();
	if (pid == 0)
		child_main(launch);
	if (pid > 0)
		pt_children_add(pid);
	pt_children_unlock();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pid;
}

/* Lets the child go on once it has been looked at. Our read end is still open: no SIGPIPE. */
static void hold(const struct pt_child_spec *spec, void *arg, pid_t pid, const int *gate)
{
	if (!spec->held)
		return;
	spec->held(arg, (int)pid);
	while (write(gate[1], "", 1) < 0 && errno == EINTR)
		;
}

/* What the child says until the exec succeeds (the pipe closes) or fails: 0 or the bytes read. */
static ssize_t read_failure(int status_fd, struct failure *ret, int *refused)
{
	ssize_t n;

	do {
		n = read(status_fd, ret, sizeof *ret);
		if (n == sizeof *ret && ret->stage < PT_CHILD_WISH_N)
			refused[ret->stage] = ret->errnum;
	} while ((n < 0 && errno == EINTR) || (n == sizeof *ret && ret->stage < PT_CHILD_WISH_N));
	return n;
}

/* Either the child is reaped, or it runs. */
static int await_exec(const struct launch *launch, pid_t pid, int status_fd, int *refused,
		      struct pt_err *err)
{
	struct failure failure;
	int status;
	ssize_t n = read_failure(status_fd, &failure, refused);

	if (n == 0)
		return 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	pt_children_del(pid);
	if (n != sizeof failure)
		return pt_err_set(err, PT_EIO, "cannot run %s", launch->argv[0]);
	return pt_err_set(
		err, (enum pt_error)(-pt_err_errno(failure.errnum)),
		failure.stage == STAGE_CWD ? "cannot run %s in %s: %s" : "cannot run %s%.0s: %s",
		launch->argv[0], launch->cwd ? launch->cwd : "", strerror(failure.errnum));
}

/* The pipe for one stream, or /dev/null where nothing is kept: what the child writes to. */
static int stream_pipe(bool kept, int null, int fd[2])
{
	if (!kept)
		return null;
	if (pipe_new(fd) < 0 || fcntl(fd[0], F_SETFL, O_NONBLOCK) < 0)
		return -1;
	return fd[1];
}

int pt_child_start(const struct pt_child_spec *spec, void *arg, struct pt_spawned *ret,
		   struct pt_err *err)
{
	int out[2] = {-1, -1}, errs[2] = {-1, -1}, status[2] = {-1, -1}, gate[2] = {-1, -1};
	int null = -1;
	char **env = environment(spec->env);
	char *program = NULL;
	struct pt_spawned spawned = {0};
	struct launch launch = {.place.cgroup = -1};
	pid_t pid = -1;
	int code =
		find_program(spec->argv[0], spec->path ? spec->path : pt_child_path, &program, err);

	if (code)
		goto out;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	fd_raise(&null);
	launch = (struct launch){
		.program = program,
		.cwd = spec->cwd,
		.argv = (char *const *)spec->argv,
		.env = env,
		.in = spec->in > 0 ? spec->in : null,
		.out = stream_pipe(spec->max_stdout || spec->line || spec->data, null, out),
		.err = stream_pipe(spec->max_stderr || spec->line, null, errs),
		.status = pipe_new(status) < 0 ? -1 : status[1],
		.gate = gate,
		.max_fd = highest_fd(),
		.parent = getpid(),
	};
	pt_place_init(&launch.place, spec, spawned.refused);
	fd_raise(&launch.place.cgroup);
	if (null >= 0 && launch.out >= 0 && launch.err >= 0 && launch.status >= 0 &&
	    (!spec->held || pipe_new(gate) == 0))
		pid = fork_quietly(&launch);
	if (pid < 0) {
		code = pt_err_set(err, PT_EIO, "cannot run %s: %s", spec->argv[0], strerror(errno));
		goto out;
	}
	close_fd(&status[1]);
	hold(spec, arg, pid, gate);
	code = await_exec(&launch, pid, status[0], spawned.refused, err);
	if (!code) {
		spawned.pid = pid;
		spawned.out = out[0];
		spawned.err = errs[0];
		out[0] = errs[0] = -1;
		*ret = spawned;
	}
out:
	pt_place_release(&launch.place);
	close_fd(&null);
	for (int i = 0; i < 2; i++) {
		close_fd(&out[i]);
		close_fd(&errs[i]);
		close_fd(&status[i]);
		close_fd(&gate[i]);
	}
	free(program);
	free(env);
	return code;
}
