/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signals and priorities. Process numbers are used again, and between what the screen shows and
 * the key that confirms it minutes may pass. So the process is pinned first: the descriptor of its
 * folder in /proc, whose start time was checked, is a pidfd to the kernel and reaches that process
 * or nobody.
 */
#include "procs_row.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Linux 5.1; older C libraries do not name it. The number is the same wherever Linux runs but on
 * alpha. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

static int refuse_fixture(const struct pt_procs *procs, struct pt_err *err)
{
	if (pt_root_is_fixture(procs->root))
		return pt_err_set(err, PT_ENOTSUP, "these processes are recorded, not running");
	return 0;
}

static int fail_errno(int pid, const char *what, struct pt_err *err)
{
	switch (errno) {
	case ESRCH: return pt_err_set(err, PT_ENOENT, "process %d has ended", pid);
	case EACCES:
	case EPERM: return pt_err_set(err, PT_EACCES, "no right to %s process %d", what, pid);
	default:
		return pt_err_set(err, (enum pt_error)(-pt_err_errno(errno)),
				  "cannot %s process %d: %s", what, pid, strerror(errno));
	}
}

static int refuse_foreign(const struct pt_procs *procs, struct pt_err *err)
{
	if (!procs->own_pids)
		return pt_err_set(err, PT_ENOTSUP,
				  "/proc shows processes of another pid namespace than ours");
	return 0;
}

int pt_procs_signal(struct pt_procs *procs, int pid, uint64_t start_ticks, int signo,
		    struct pt_err *err)
{
	int fd, rc = refuse_fixture(procs, err);

	if (rc < 0)
		return rc;
	if (signo < 1 || signo > SIGRTMAX)
		return pt_err_set(err, PT_EINVAL, "no such signal: %d", signo);
	rc = pt_procs_pin(procs, pid, start_ticks, &fd, err);
	if (rc < 0)
		return rc;
	if (syscall(SYS_pidfd_send_signal, fd, signo, NULL, 0) < 0) {
		if (errno != ENOSYS)
			rc = fail_errno(pid, "signal", err);
		else if ((rc = refuse_foreign(procs, err)) == 0 && kill(pid, signo) < 0)
			rc = fail_errno(pid, "signal", err);
	}
	close(fd);
	return rc;
}

/* The kernel keeps a nice value for each thread; setpriority() by process reaches the main one
 * alone. A thread that ends meanwhile is no failure. */
static int renice_threads(int fd, int pid, int nice, struct pt_err *err)
{
	int tasks = openat(fd, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = tasks >= 0 ? fdopendir(tasks) : NULL;
	const struct dirent *entry;
	int rc = 0;

	if (!dir)
		return fail_errno(pid, "renice", err);
	while (rc == 0 && (entry = readdir(dir))) {
		long long id;

		if (pt_parse_i64(entry->d_name, 1, INT32_MAX, &id) == 0 &&
		    setpriority(PRIO_PROCESS, (id_t)id, nice) < 0 && errno != ESRCH)
			rc = fail_errno(pid, "renice", err);
	}
	closedir(dir);
	return rc;
}

int pt_procs_renice(struct pt_procs *procs, int pid, uint64_t start_ticks, int nice,
		    struct pt_err *err)
{
	struct pt_proc *p;
	int fd, rc = refuse_fixture(procs, err);

	if (rc == 0)
		rc = refuse_foreign(procs, err);
	if (rc < 0)
		return rc;
	if (nice < -20 || nice > 19)
		return pt_err_set(err, PT_ERANGE, "nice values go from -20 to 19, not %d", nice);
	rc = pt_procs_pin(procs, pid, start_ticks, &fd, err);
	if (rc < 0)
		return rc;
	rc = renice_threads(fd, pid, nice, err);
	close(fd);
	p = (struct pt_proc *)pt_procs_find(procs, pid, start_ticks);
	if (rc == 0 && p)
		p->nice = nice; /* a sleeper is not read again for a while */
	return rc;
}
