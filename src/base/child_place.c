/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a child runs: its cgroup, CPUs, priority, address space and CPU time. What can fail for want
 * of memory or a file is done before the fork.
 */
#include "child_spawn.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#endif

enum { LONG_BITS = 8 * sizeof(long), CPUS_MAX = 1024 };

/* A number below CPUS_MAX; *p goes behind it. */
static bool read_cpu(const char **p, unsigned *ret)
{
	unsigned n = 0;

	if (!isdigit((unsigned char)**p))
		return false;
	for (; isdigit((unsigned char)**p) && n < CPUS_MAX; (*p)++)
		n = n * 10 + (unsigned)(**p - '0');
	*ret = n;
	return n < CPUS_MAX;
}

static int hex_value(char c)
{
	return isdigit((unsigned char)c) ? c - '0'
	       : c >= 'a' && c <= 'f'	 ? c - 'a' + 10
	       : c >= 'A' && c <= 'F'	 ? c - 'A' + 10
					 : -1;
}

/* "0x4c", as taskset has it; the highest CPU or -1. */
static int parse_mask(const char *digits, unsigned long *bits)
{
	size_t n = strlen(digits);
	int highest = -1;

	if (n == 0 || n > CPUS_MAX / 4)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int value = hex_value(digits[n - 1 - i]);

		if (value < 0)
			return -1;
		bits[4 * i / LONG_BITS] |= (unsigned long)value << 4 * i % LONG_BITS;
		if (value)
			highest = (int)(4 * i) + (value >= 8 ? 3 : value >= 4 ? 2 : value >= 2);
	}
	return highest;
}

/* "2-3,6" into bits, or a mask; the highest CPU or -1. */
static int parse_cpus(const char *text, unsigned long *bits)
{
	int highest = -1;

	if (strncmp(text, "0x", 2) == 0)
		return parse_mask(text + 2, bits);
	for (;; text++) {
		unsigned first, last;

		if (!read_cpu(&text, &first))
			return -1;
		last = first;
		if (*text == '-') {
			text++;
			if (!read_cpu(&text, &last) || last < first)
				return -1;
		}
		for (unsigned cpu = first; cpu <= last; cpu++)
			bits[cpu / LONG_BITS] |= 1UL << cpu % LONG_BITS;
		highest = PT_MAX(highest, (int)last);
		if (*text != ',')
			return *text ? -1 : highest;
	}
}

int pt_child_cpus_check(const char *cpus)
{
	unsigned long bits[CPUS_MAX / LONG_BITS] = {0};

	return parse_cpus(cpus, bits) < 0 ? -PT_ESYNTAX : 0;
}

void pt_place_init(struct pt_place *place, const struct pt_child_spec *spec, int *refused)
{
	struct pt_str path = PT_STR_INIT;

	*place = (struct pt_place){.spec = spec, .cgroup = -1};
	if (spec->cgroup) {
		pt_str_addf(&path, "%s/cgroup.procs", spec->cgroup);
		place->cgroup = open(path.s, O_WRONLY | O_CLOEXEC);
		if (place->cgroup < 0)
			refused[PT_CHILD_CGROUP] = errno;
		pt_str_release(&path);
	}
	if (spec->cpus && parse_cpus(spec->cpus, place->cpus) >= 0)
		place->cpus_size = sizeof place->cpus;
	else if (spec->cpus)
		refused[PT_CHILD_CPUS] = EINVAL;
}

void pt_place_release(struct pt_place *place)
{
	if (place->cgroup >= 0)
		close(place->cgroup);
	place->cgroup = -1;
}

/* -- in the child -- */

static int errno_of(long r)
{
	return r < 0 ? errno : 0;
}

/* The kernel leaves out CPUs that are not there; but 2-3 is not what asked for 2-9, so then all stays
 * as it was. */
static int set_cpus(const struct pt_place *place)
{
#ifdef __linux__
	unsigned long before[CPUS_MAX / LONG_BITS] = {0}, got[CPUS_MAX / LONG_BITS] = {0};

	if (syscall(SYS_sched_getaffinity, 0, sizeof before, before) < 0 ||
	    syscall(SYS_sched_setaffinity, 0, place->cpus_size, place->cpus) < 0 ||
	    syscall(SYS_sched_getaffinity, 0, sizeof got, got) < 0)
		return errno;
	if (memcmp(got, place->cpus, sizeof got) == 0)
		return 0;
	syscall(SYS_sched_setaffinity, 0, sizeof before, before);
	return EINVAL;
#else
	(void)place;
	return ENOSYS;
#endif
}

static int set_no_aslr(void)
{
#ifdef __linux__
	int now = personality(0xffffffff);

	return now < 0 ? errno : errno_of(personality((unsigned long)now | ADDR_NO_RANDOMIZE));
#else
	return ENOSYS;
#endif
}

/* SIGXCPU at the limit, SIGKILL two seconds later. */
static int set_cpu_time(int64_t ns)
{
	rlim_t s = (rlim_t)((ns + PT_S - 1) / PT_S);
	struct rlimit limit = {s, s + 2};

	return errno_of(setrlimit(RLIMIT_CPU, &limit));
}

int pt_place_grant(const struct pt_place *place, enum pt_child_wish wish)
{
	const struct pt_child_spec *spec = place->spec;

	switch (wish) {
	case PT_CHILD_CGROUP: return place->cgroup < 0 ? 0 : errno_of(write(place->cgroup, "0", 1));
	case PT_CHILD_CPUS: return place->cpus_size ? set_cpus(place) : 0;
	case PT_CHILD_NICE:
		return spec->nice ? errno_of(setpriority(PRIO_PROCESS, 0, spec->nice)) : 0;
	case PT_CHILD_NO_ASLR: return spec->no_aslr ? set_no_aslr() : 0;
	case PT_CHILD_CPU_TIME: return spec->cpu_time_ns ? set_cpu_time(spec->cpu_time_ns) : 0;
	case PT_CHILD_WISH_N: break;
	}
	return 0;
}
