/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine's lock: flock() on a file that every user may open. The kernel drops it with the
 * process, so that nothing stale is left. The file lies where anybody may put things: a link in its
 * place is not followed, and what is in it is only shown.
 */
#include "lock.h"

#include "perftop/base/clock.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"
#include "perftop/bench/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 3 };

/* The same for all users of a machine, so the folder's mode decides and not who asks. */
static const char *usual_path(void)
{
	struct stat st;

	if (stat("/run/lock", &st) == 0 && S_ISDIR(st.st_mode) && (st.st_mode & 01777) == 01777)
		return "/run/lock/perftop-bench.lock";
	return "/tmp/perftop-bench.lock";
}

/* An existing one is opened without O_CREAT: in a sticky folder kernels refuse that to others than
 * its owner. */
static int open_file(const char *path)
{
	const int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
	int fd = -1;

	for (int i = 0; fd < 0 && i < TRIES; i++) {
		fd = open(path, flags);
		if (fd >= 0 || errno != ENOENT)
			break;
		fd = open(path, flags | O_CREAT | O_EXCL, 0666);
		if (fd >= 0)
			(void)!fchmod(fd, 0666); /* whatever the umask */
		else if (errno != EEXIST)
			break;
	}
	return fd;
}

static void format_age(char *out, size_t size, int64_t s)
{
	if (s < 120)
		pt_snprintf(out, size, "%lld s", (long long)(s < 0 ? 0 : s));
	else if (s < 7200)
		pt_snprintf(out, size, "%lld min", (long long)(s / 60));
	else
		pt_snprintf(out, size, "%lld h", (long long)(s / 3600));
}

/* "pid since user suite", as lock_tell writes it. */
static void read_holder(int fd, char *out, size_t size)
{
	char text[400] = "", user[80], suite[120], age[32], words[300];
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	long long pid, since;

	text[n > 0 ? n : 0] = '\0';
	if (sscanf(text, "%lld %lld %79s %119s", &pid, &since, user, suite) != 4) {
		pt_strlcpy(out, "another process", size);
		return;
	}
	format_age(age, sizeof age, pt_clock_real(&pt_clock_system) / PT_S - since);
	pt_snprintf(words, sizeof words, "%s: %s (pid %lld, %s)", user, suite, pid, age);
	pt_text_safe(out, size, words, strlen(words), false);
}

int lock_take(const char *path, char *holder, size_t size, struct pt_err *err)
{
	struct stat st;
	int fd;

	if (!path)
		path = usual_path();
	fd = open_file(path);
	if (fd < 0)
		return pt_err_set(err, (enum pt_error)(-pt_err_errno(errno)),
				  "the lock %s cannot be had: %s", path,
				  errno == ELOOP ? "it is a symbolic link" : strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return pt_err_set(err, PT_EACCES, "the lock %s is no regular file", path);
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	read_holder(fd, holder, size);
	close(fd);
	return pt_err_set(err, PT_EEXIST, "a benchmark runs on this machine, held by %s", holder);
}

void lock_tell(int fd, const char *suite)
{
	const struct passwd *pw = getpwuid(getuid());
	char text[400];
	size_t n;

	n = pt_snprintf(text, sizeof text, "%lld %lld %.79s %.119s\n", (long long)getpid(),
			(long long)(pt_clock_real(&pt_clock_system) / PT_S),
			pw && pw->pw_name[0] ? pw->pw_name : "somebody", suite);
	/* Only words for others: a full disk does not unlock anything. */
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, n, 0) < 0)
		return;
}

void lock_release(int fd)
{
	if (fd < 0)
		return;
	(void)!ftruncate(fd, 0);
	close(fd);
}

bool pt_runner_holder(const char *lock, char *out, size_t size)
{
	int fd = open(lock ? lock : usual_path(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	bool held;

	if (fd < 0)
		return false;
	held = flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
	if (held)
		read_holder(fd, out, size);
	close(fd);
	return held;
}
