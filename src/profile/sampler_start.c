/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What can be sampled here, from the best downwards: kernel and user, user alone, both through a
 * perf that has rights, then, of one process, threads stopped by ptrace, and last the states in
 * /proc. Each step down is told with what would lift it. A process has one event a thread and CPU,
 * handed down to threads and children; one with so many threads that descriptors run out is picked
 * out of the whole machine instead. What tells of tasks and mappings is an event beside it with rings
 * of its own: samples may be lost and counted, but a name or a mapping that is lost makes all that
 * come after it wrong.
 */
#include "sampler_priv.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COUNTS_NS (2 * PT_MS)
#define RING_TASKS ((uint64_t)128 << 10) /* a hundred commands that begin */

enum {
	EVENTS_MAX = 16384, /* of one process, before the whole machine is cheaper */
	STACK_BYTES = 8192,
	ROUNDS_MAX = 10,
	CPUS_MAX = 8192,
	POLL_HZ = 49,
	COUNTS_PERIOD = 50000,
	COUNTS_LOOPS = 2000,
	TASKS_SPARE = 256,    /* descriptors of tasks that have ended */
	TASKS_AROUND = 10000, /* so far apart, numbers have gone around */
};

/* Registers that unwinding begins with, in perf's numbering; 0: not known for this processor. */
static uint64_t user_registers(void)
{
#if defined(__x86_64__)
	return 0xff01ff; /* ax..sp, ip; r8..r15 */
#elif defined(__aarch64__)
	return (UINT64_C(1) << 33) - 1; /* x0..x30, sp, pc */
#else
	return 0;
#endif
}

static bool of_tasks(const struct pt_sampler *s)
{
	return s->options.pid > 0 && !s->filter;
}

static void fill_attr(struct pt_sampler *s)
{
	struct perf_event_attr *a = &s->attr;
	*a = s->event.attr;
	a->sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME;
	/* Asked for the period, the kernel makes a sample of each software event, whatever the
	 * period is: right for 1 alone. */
	if (s->event.periods && (a->freq || a->sample_period == 1))
		a->sample_type |= PERF_SAMPLE_PERIOD;
	a->use_clockid = 1;
	a->clockid = CLOCK_MONOTONIC;
	a->sample_id_all = a->disabled = 1;
	a->read_format = PERF_FORMAT_TOTAL_TIME_ENABLED;
	if (!s->no_lost)
		a->read_format |= PT_PERF_FORMAT_LOST;
	a->enable_on_exec = s->options.on_exec;
	a->mmap = a->mmap2 = a->comm = a->comm_exec = a->task = s->tasks.n == 0;
	/* A uprobe's path is text of ours: who inherits it cannot read that, so its fork() and clone()
	 * would fail. New tasks are followed (pt_sampler_follow). */
	a->inherit = of_tasks(s) && !s->event.path;
	a->exclude_idle = a->type == PERF_TYPE_SOFTWARE && a->freq; /* clocks tick there too */
	a->exclude_hv = a->exclude_kernel = a->exclude_callchain_kernel = s->user_only;
	a->exclude_user = s->event.kernel_only;
	a->context_switch = s->options.event == PT_SAMPLE_OFFCPU;
	s->no_stacks = a->context_switch && s->user_only;
	if (s->no_stacks) { /* switching is the kernel's doing: it has no user's sample */
		a->config = PERF_COUNT_SW_DUMMY;
		return;
	}
	a->sample_type |= PERF_SAMPLE_CALLCHAIN;
	if (s->registers && s->options.unwind != PT_UNWIND_FP) {
		a->sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
		a->sample_regs_user = s->registers;
		a->sample_stack_user = s->dwarf ? STACK_BYTES : PT_LEAF_BYTES;
		a->exclude_callchain_user = s->options.unwind == PT_UNWIND_DWARF;
	}
}

/* What tells of tasks: the same clock and ids as fill_attr's, whose records it stands among. */
static struct perf_event_attr tasks_attr(const struct pt_sampler *s)
{
	return (struct perf_event_attr){
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
		.sample_id_all = 1,
		.disabled = 1,
		.enable_on_exec = s->options.on_exec,
		.inherit = of_tasks(s),
		.exclude_kernel = 1,
		.exclude_hv = 1,
		.mmap = 1,
		.mmap2 = 1,
		.comm = 1,
		.comm_exec = 1,
		.task = 1,
	};
}

/* The number that was given to a task last, of all tasks there are. 0: not known. */
static pid_t newest_task(void)
{
	char text[128], *last;

	if (!pt_small_file("/proc/loadavg", text, sizeof text))
		return 0;
	last = strrchr(text, ' ');
	return last ? (pid_t)strtol(last, NULL, 10) : 0;
}

/* Numbers rise, and begin again from below. */
static bool is_younger(pid_t tid, pid_t than)
{
	pid_t by = tid - than;

	return by > 0 ? by < TASKS_AROUND : by < -TASKS_AROUND;
}

/* Opens what is not opened and began until `newest` did (0: whenever); until there is nothing new.
 * apart: the event of tasks, or NULL. */
static int open_late(struct pt_sampler *s, const struct rings_spec *spec,
		     const struct rings_spec *apart, struct task_list *opened, pid_t newest)
{
	int code = 0;
	bool more = true;

	for (int round = 0; more && code == 0 && round < ROUNDS_MAX; round++) {
		struct task_list now = {0}, late = {0};
		struct pt_map seen = {0};
		struct rings_spec add = *spec;

		for (size_t i = 0; i < opened->n; i++)
			pt_map_put_u64(&seen, (uint64_t)opened->tids[i], s);
		pt_tasks_below(s->options.pid, &now);
		for (size_t i = 0; i < now.n; i++)
			if (!pt_map_get_u64(&seen, (uint64_t)now.tids[i]) &&
			    !(newest && is_younger(now.tids[i], newest))) {
				pt_tasks_add(&late, now.pids[i], now.tids[i]);
				pt_tasks_add(opened, now.pids[i], now.tids[i]);
			}
		add.tasks = &late;
		more = late.n > 0;
		if (more)
			code = pt_rings_add(&s->rings, &add);
		if (more && apart) { /* a record that comes twice tells nothing new */
			add.attr = apart->attr;
			(void)pt_rings_add(&s->tasks, &add);
		}
		pt_map_release(&seen);
		pt_tasks_release(&now);
		pt_tasks_release(&late);
	}
	return code;
}

/* The samples' rings, and first those of tasks, if there are none yet. Where so many files or so much
 * memory are not to be had, records of tasks stand among the samples. */
static int open_both(struct pt_sampler *s, const struct rings_spec *spec, struct task_list *tasks)
{
	struct perf_event_attr attr = tasks_attr(s);
	struct rings_spec apart = *spec;
	bool had = s->tasks.n > 0, again;
	pid_t newest;
	int code;

	apart.attr = &attr;
	apart.size = RING_TASKS;
	if (!had)
		(void)pt_rings_open(&s->tasks, &apart);
	do {
		fill_attr(s);
		/* Who begins from here on inherits the event, and may not have another. */
		newest = s->attr.inherit ? newest_task() : 0;
		code = pt_rings_open(&s->rings, spec);
		if (code == 0 && spec->tasks)
			code = open_late(s, spec, had ? NULL : &apart, tasks, newest);
		if (code == 0)
			return 0;
		pt_rings_close(&s->rings);
		again = !had && s->tasks.n > 0 && (code == EMFILE || code == EPERM);
		if (!had)
			pt_rings_close(&s->tasks);
	} while (again);
	return code;
}

static bool no_right(int errnum)
{
	return errnum == EACCES || errnum == EPERM;
}

static int try_open(struct pt_sampler *s);

/* Out of the whole machine; EMFILE where that is not allowed. A uprobe would slow all of it. */
static int try_whole(struct pt_sampler *s)
{
	int code;

	if (s->event.path)
		return EMFILE;
	s->filter = true;
	code = try_open(s);
	if (!no_right(code))
		return code;
	s->filter = false;
	fill_attr(s);
	return EMFILE;
}

/* One attempt with the event as it is now. An errno. */
static int try_open(struct pt_sampler *s)
{
	struct task_list tasks = {0};
	struct rings_spec spec = {.open = s->options.open,
				  .attr = &s->attr,
				  .cgroup = s->cgroup_fd,
				  .beside = s->beside};
	int cpus[64], code;

	if (s->options.pid > 0) {
		pt_tasks_below(s->options.pid, &tasks);
		s->now.threads = (int)tasks.n;
		if (!tasks.n)
			return ESRCH;
		if (!s->filter && tasks.n * pt_online_cpus(cpus, PT_LEN(cpus)) > EVENTS_MAX) {
			code = try_whole(s);
			if (code != EMFILE)
				goto out;
		}
		if (!s->filter)
			spec.tasks = &tasks;
	}
	code = open_both(s, &spec, &tasks);
	s->now.events = (int)s->rings.n_fds;
	if (code == EMFILE && spec.tasks && !s->beside)
		code = try_whole(s);
	if (code == 0 && s->event.path) {
		s->opened = tasks;
		return 0;
	}
out:
	pt_tasks_release(&tasks);
	return code;
}

bool pt_sampler_follow(struct pt_sampler *s)
{
	struct rings_spec spec = {
		.open = s->options.open, .attr = &s->attr, .cgroup = s->cgroup_fd};
	size_t before = s->opened.n;
	struct task_list now = {0};
	int code;
	bool many;

	if (!s->grew || !s->event.path || s->way != BY_EVENTS)
		return true;
	s->grew = false;
	code = open_late(s, &spec, NULL, &s->opened, 0);
	if (!s->paused)
		pt_rings_switch(&s->rings, true);
	s->now.events = (int)s->rings.n_fds;
	pt_frames_lock(s->frames);
	for (size_t i = before; i < s->opened.n; i++)
		if (s->opened.pids[i] == s->opened.tids[i])
			pt_stacks_running(s->stacks, s->opened.pids[i]);
	pt_frames_unlock(s->frames);
	pt_tasks_below(s->options.pid, &now);
	many = s->opened.n > 2 * now.n + TASKS_SPARE;
	pt_tasks_release(&now);
	if (code && code != EMFILE)
		pt_refused_text(&s->options, code, "threads that have begun", s->now.refused,
				sizeof s->now.refused);
	return !many && code != EMFILE;
}

/* The kernel takes no more a second than it allows at present. */
static void cap_rate(struct pt_sampler *s)
{
	char text[32];
	double most;

	if (!s->event.attr.freq ||
	    !pt_small_file("/proc/sys/kernel/perf_event_max_sample_rate", text, sizeof text) ||
	    pt_parse_double(text, &most) < 0 || most < 1 || s->options.hz <= most)
		return;
	if (!*s->now.refused)
		pt_snprintf(s->now.refused, sizeof s->now.refused,
			    "more than %.0f samples a second: sysctl "
			    "kernel.perf_event_max_sample_rate=%.0f",
			    most, s->options.hz);
	s->options.hz = most;
	s->event.attr.sample_freq = (uint64_t)most;
}

int pt_sampler_reopen(struct pt_sampler *s, bool dwarf, bool beside)
{
	int code;

	pt_tasks_release(&s->opened);
	s->dwarf = dwarf;
	/* Samples led here, so that was long ago; and the kernel sets no uprobe before it. */
	s->options.on_exec = false;
	cap_rate(s); /* the kernel may have lowered it, and would refuse */
	s->beside = beside;
	code = try_open(s);
	s->beside = false;
	return code;
}

static bool not_here(int errnum)
{
	return errnum == ENOENT || errnum == EOPNOTSUPP || errnum == ENODEV || errnum == EINVAL;
}

bool pt_sampler_soften(struct pt_sampler *s)
{
	char name[sizeof s->event.name];

	pt_strlcpy(name, s->event.name, sizeof name);
	if (!pt_sampled_event_soften(&s->event))
		return false;
	if (!*s->now.refused)
		pt_snprintf(s->now.refused, sizeof s->now.refused,
			    "%.32s are not counted here at present: %.32s instead", name,
			    s->event.name);
	return true;
}

/*
 * Does the processor count, and interrupt when it has? An event that may interrupt once stops there.
 * Short commands end before it would be seen that nothing comes.
 */
static bool counts(const struct pt_sampler *s)
{
	struct perf_event_attr attr = s->event.attr;
	int64_t until = pt_sampler_mono() + COUNTS_NS;
	uint64_t n = 0, before;
	int fd;

	attr.freq = 0;
	attr.sample_period = COUNTS_PERIOD;
	attr.disabled = 1;
	attr.exclude_hv = attr.exclude_kernel = s->user_only;
	fd = s->options.open(&attr, 0, -1, -1);
	if (fd < 0 || ioctl(fd, PERF_EVENT_IOC_REFRESH, 1) < 0)
		n = before = 1; /* what is refused is seen when it is opened */
	else
		do {
			before = n;
			for (volatile int i = 0; i < COUNTS_LOOPS; i++)
				;
			if (read(fd, &n, sizeof n) != sizeof n)
				n = before = 0;
		} while ((n == 0 || n != before) && pt_sampler_mono() < until);
	if (fd >= 0)
		close(fd);
	return n > 0 && n == before;
}

/* Down the ladder of events; what was refused on the way is told. An errno. */
static int open_events(struct pt_sampler *s)
{
	int code;

	if (!s->options.open)
		return ENOSYS;
	if (s->event.attr.type == PERF_TYPE_HARDWARE && !counts(s))
		pt_sampler_soften(s);
	code = try_open(s);
	for (;;) {
		if (no_right(code) && !s->user_only && !s->event.kernel_only) {
			pt_refused_text(&s->options, code, "the kernel's part", s->now.refused,
					sizeof s->now.refused);
			s->user_only = true;
		} else if (not_here(code) && !s->no_lost) {
			s->no_lost = true;
		} else if (not_here(code) && pt_sampled_event_soften(&s->event)) {
			;
		} else if (not_here(code) && s->registers) {
			s->registers = 0;
			s->dwarf = false;
		} else {
			return code;
		}
		code = try_open(s);
	}
}

void pt_sampler_mode(struct pt_sampler *s)
{
	char often[40];

	if (s->way == BY_PTRACE || s->way == BY_STATES) {
		pt_snprintf(s->now.mode, sizeof s->now.mode, "%s of threads, %.0f Hz, %s",
			    s->way == BY_PTRACE ? "stacks by ptrace" : "states in /proc",
			    s->options.hz,
			    s->options.event == PT_SAMPLE_OFFCPU ? "those that wait"
								 : "those that run");
		return;
	}
	if (s->event.attr.freq)
		pt_snprintf(often, sizeof often, "%.0f Hz", s->options.hz);
	else if (s->event.attr.sample_period == 1)
		pt_strlcpy(often, "each", sizeof often);
	else
		pt_snprintf(often, sizeof often, "each %lluth",
			    (unsigned long long)s->event.attr.sample_period);
	pt_snprintf(s->now.mode, sizeof s->now.mode, "%s%.38s: %s, %s, %s",
		    s->way == BY_PERF ? "perf record, " : "",
		    s->options.event == PT_SAMPLE_OFFCPU ? "switches" : s->event.name, often,
		    s->user_only	   ? "user only"
		    : s->event.kernel_only ? "kernel only"
					   : "kernel and user",
		    s->no_stacks ? "no stacks"
		    : s->dwarf	 ? "unwound user stacks"
		    : s->way == BY_EVENTS && s->attr.sample_stack_user
			    ? "frame pointers, leaves unwound"
			    : "frame pointers");
}

static bool process_there(pid_t pid)
{
	return kill(pid, 0) == 0 || errno != ESRCH;
}

bool pt_sampler_poll(struct pt_sampler *s)
{
	enum pt_sampler_event event = s->options.event;

	if (s->options.pid <= 0 || (event != PT_SAMPLE_CPU && event != PT_SAMPLE_OFFCPU))
		return false;
	s->options.hz = PT_MIN(s->options.hz, (double)POLL_HZ);
	s->way = pt_may_ptrace(s->options.pid) ? BY_PTRACE : BY_STATES;
	s->poller = (struct poller){.pid = s->options.pid,
				    .stacks = s->stacks,
				    .tree = s->tree,
				    .states = s->way == BY_STATES,
				    .off_cpu = event == PT_SAMPLE_OFFCPU};
	s->event.periods = event == PT_SAMPLE_OFFCPU;
	return true;
}

/* Without events: through a perf that has rights of its own, or by looking. */
static int start_without(struct pt_sampler *s, int errnum, struct pt_err *err)
{
	bool elsewhere =
		no_right(errnum) || errnum == ENOSYS || errnum == EMFILE || not_here(errnum);
	struct pt_err why = {0};

	s->errnum = errnum;
	s->dwarf = s->options.unwind == PT_UNWIND_DWARF && s->registers;
	if (elsewhere && pt_sampler_perf(s, &why))
		return 0;
	pt_refused_text(&s->options, errnum, s->event.name, s->now.refused, sizeof s->now.refused);
	if (elsewhere && pt_sampler_poll(s))
		return 0;
	return pt_err_set(err,
			  no_right(errnum) ? PT_EACCES
			  : elsewhere	   ? PT_ENOTSUP
					   : PT_EIO,
			  *why.msg ? "%s (%s)" : "%s", s->now.refused, why.msg);
}

static int open_cgroup(struct pt_sampler *s, struct pt_err *err)
{
	if (!s->cgroup)
		return 0;
	s->cgroup_fd = open(s->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->cgroup_fd < 0)
		return pt_err_set(err, errno == ENOENT ? PT_ENOENT : PT_EACCES, "%s: %s", s->cgroup,
				  strerror(errno));
	return 0;
}

int pt_sampler_start(struct pt_sampler *s, struct pt_err *err)
{
	int code = open_cgroup(s, err);

	if (code == 0 && s->options.pid > 0 && !process_there(s->options.pid))
		code = pt_err_set(err, PT_ENOENT, "there is no process %d", (int)s->options.pid);
	if (code == 0)
		code = pt_sampled_event_find(&s->options, &s->event, err);
	if (code < 0)
		return code;
	s->user_only = s->options.user_only || s->event.user_only;
	s->registers = user_registers();
	s->dwarf = s->options.unwind != PT_UNWIND_FP && s->registers;
	cap_rate(s);
	code = open_events(s);
	if (code == ESRCH || (code && s->options.pid > 0 && !process_there(s->options.pid)))
		return pt_err_set(err, PT_ENOENT, "process %d has ended", (int)s->options.pid);
	if (code)
		code = start_without(s, code, err);
	if (code < 0)
		return code;
	if (!*s->now.refused && !s->user_only && s->way == BY_EVENTS)
		pt_refused_names(s->now.refused, sizeof s->now.refused);
	pt_sampler_mode(s);
	return 0;
}
