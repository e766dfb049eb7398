/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Refusals in words: what is missing, why, and the one command that would give it. The kernel says
 * little more than EACCES, so its settings are read to tell which of the reasons it was.
 */
#include "sampler_priv.h"

#include "perftop/base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PARANOID "/proc/sys/kernel/perf_event_paranoid"

static bool setting(const char *path, long *ret)
{
	char text[64];

	if (!pt_small_file(path, text, sizeof text))
		return false;
	*ret = strtol(text, NULL, 10);
	return true;
}

/* What the setting would have to be: 0 for a whole machine or a cgroup, 1 for the kernel's part of
 * our own processes, 2 for their own part. */
static long wanted_paranoid(const struct pt_sampler_options *options)
{
	if (options->all || options->cgroup)
		return 0;
	return options->user_only ? 2 : 1;
}

static bool others_process(pid_t pid)
{
	char path[64];

	pt_snprintf(path, sizeof path, "/proc/%d/map_files", (int)pid);
	return pid > 0 && geteuid() != 0 && access(path, R_OK) != 0 && errno == EACCES;
}

static void permission_text(const struct pt_sampler_options *options, const char *event, char *text,
			    size_t size)
{
	const char *whose = options->cgroup ? " of a cgroup"
			    : options->all  ? " of the whole machine"
					    : "";
	char self[100] = "perftop";
	long now, wanted = wanted_paranoid(options);
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n > 0 && (size_t)n < sizeof self - 1)
		self[n] = '\0';
	else
		pt_strlcpy(self, "perftop", sizeof self);
	if (!others_process(options->pid) && options->event != PT_SAMPLE_ALLOC &&
	    setting(PARANOID, &now) && now > wanted)
		pt_snprintf(text, size,
			    "%s%s: perf_event_paranoid is %ld: sysctl "
			    "kernel.perf_event_paranoid=%ld",
			    event, whose, now, wanted);
	else if (geteuid() == 0)
		pt_snprintf(text, size,
			    "%s%s: refused even to root (a container without "
			    "CAP_PERFMON): docker run --cap-add PERFMON",
			    event, whose);
	else
		pt_snprintf(text, size,
			    "%s%s: no right: setcap "
			    "cap_perfmon,cap_sys_ptrace,cap_syslog=ep %s",
			    event, whose, self);
}

void pt_refused_text(const struct pt_sampler_options *options, int errnum, const char *event,
		     char *text, size_t size)
{
	switch (errnum) {
	case EACCES:
	case EPERM: permission_text(options, event, text, size); break;
	case EMFILE:
		pt_snprintf(text, size,
			    "%s: too many threads for the descriptors that are "
			    "allowed: ulimit -n 65536",
			    event);
		break;
	case ENOENT:
	case EOPNOTSUPP:
	case ENODEV:
	case EINVAL:
	case EBADF:
		if (options->cgroup) {
			pt_snprintf(text, size,
				    "%s is no cgroup that perf events know (version 1?)",
				    options->cgroup);
			break;
		}
		pt_snprintf(text, size, "%s cannot be sampled on this machine (%s)", event,
			    strerror(errnum));
		break;
	case ENOSYS: pt_snprintf(text, size, "%s: this kernel has no perf events", event); break;
	default: pt_snprintf(text, size, "%s: %s", event, strerror(errnum));
	}
}

void pt_refused_names(char *text, size_t size)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long long address = 0;
	char line[64] = "";

	if (size)
		text[0] = '\0';
	if (file && fgets(line, sizeof line, file))
		address = strtoull(line, NULL, 16);
	if (file)
		fclose(file);
	if (address == 0)
		pt_snprintf(text, size,
			    "kernel functions have no names: sysctl kernel.kptr_restrict=0");
}
