/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events by name, as perf spells them: software, hardware and cache events of the kernel's own
 * numbers, "rNNN", "PMU/term=value,…/" and "PMU/event/" by what sysfs says of the PMU,
 * "subsystem:event" of tracefs; ":u" and ":k" behind choose user or kernel alone.
 *
 * How often: what the processor counts so many times a second, weighing each sample with the events
 * that it stands for. What software counts comes in bursts, of which the kernel's own adjustment of
 * the period makes several times as many; so each event is taken, or, where there are too many, each
 * 8th, 64th… (sampler.c).
 */
#include "sampler_priv.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEVICES "/sys/bus/event_source/devices"

enum { NAME_MAX_LEN = 64 };

struct known {
	const char *name;
	uint32_t type;
	uint64_t config;
};

static const struct known known[] = {
	{"alignment-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_ALIGNMENT_FAULTS},
	{"branch-instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS},
	{"branch-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES},
	{"branches", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS},
	{"bus-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BUS_CYCLES},
	{"cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
	{"cache-references", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES},
	{"context-switches", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES},
	{"cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK},
	{"cpu-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
	{"cpu-migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS},
	{"cs", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES},
	{"cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
	{"emulation-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_EMULATION_FAULTS},
	{"faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS},
	{"idle-cycles-backend", PERF_TYPE_HARDWARE, PERF_COUNT_HW_STALLED_CYCLES_BACKEND},
	{"idle-cycles-frontend", PERF_TYPE_HARDWARE, PERF_COUNT_HW_STALLED_CYCLES_FRONTEND},
	{"instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
	{"major-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ},
	{"migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS},
	{"minor-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN},
	{"page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS},
	{"ref-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_REF_CPU_CYCLES},
	{"stalled-cycles-backend", PERF_TYPE_HARDWARE, PERF_COUNT_HW_STALLED_CYCLES_BACKEND},
	{"stalled-cycles-frontend", PERF_TYPE_HARDWARE, PERF_COUNT_HW_STALLED_CYCLES_FRONTEND},
	{"task-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK},
};

bool pt_small_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return false;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return true;
}

static bool number(const char *text, int base, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, base);
	return isxdigit((unsigned char)*text) && *end == '\0' && errno == 0;
}

static bool file_number(const char *path, uint64_t *ret)
{
	char text[64];

	return pt_small_file(path, text, sizeof text) && number(text, 10, ret);
}

static bool find_known(const char *name, struct perf_event_attr *attr)
{
	for (size_t i = 0; i < PT_LEN(known); i++)
		if (strcmp(known[i].name, name) == 0) {
			attr->type = known[i].type;
			attr->config = known[i].config;
			return true;
		}
	return false;
}

/* "LLC-load-misses": a cache, what is done, and whether all of it or what missed. */
static bool find_cache(const char *name, struct perf_event_attr *attr)
{
	static const char *const caches[] = {"L1-dcache", "L1-icache", "LLC", "dTLB",
					     "iTLB",	  "branch",    "node"};
	static const char *const ops[] = {"load", "store", "prefetch"};
	char all[NAME_MAX_LEN], misses[NAME_MAX_LEN];

	for (size_t c = 0; c < PT_LEN(caches); c++)
		for (size_t o = 0; o < PT_LEN(ops); o++) {
			pt_snprintf(all, sizeof all, "%s-%s%s", caches[c], ops[o],
				    o == 2 ? "es" : "s");
			pt_snprintf(misses, sizeof misses, "%s-%s-misses", caches[c], ops[o]);
			if (strcmp(name, all) != 0 && strcmp(name, misses) != 0)
				continue;
			attr->type = PERF_TYPE_HW_CACHE;
			attr->config = c | o << 8 | (uint64_t)(strcmp(name, misses) == 0) << 16;
			return true;
		}
	return false;
}

/* -- "cpu/event=0x3c,umask=0x1/" ---------------------------------------------------------------- */

/* A part of a path in sysfs: one name, that leads nowhere else. */
static bool plain_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/') && strlen(name) < NAME_MAX_LEN;
}

/* "config1:0-7,32-35": value's bits go there, the lowest first. */
static bool place_bits(const char *format, uint64_t value, struct perf_event_attr *attr)
{
	const char *colon = strchr(format, ':');
	__u64 *word = strncmp(format, "config1:", 8) == 0   ? &attr->config1
		      : strncmp(format, "config2:", 8) == 0 ? &attr->config2
		      : strncmp(format, "config:", 7) == 0  ? &attr->config
							    : NULL;

	for (const char *at = colon; word && at && *at; at = strchr(at, ',')) {
		char *end;
		unsigned long first = strtoul(at + 1, &end, 10), last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (end == at + 1 || first > last || last > 63)
			return false;
		for (unsigned long bit = first; bit <= last; bit++, value >>= 1)
			*word |= (value & 1) << bit;
		at = end;
	}
	return word && value == 0;
}

static int term_error(struct pt_err *err, const char *pmu, const char *term)
{
	return pt_err_set(err, PT_ENOENT, "%s knows no %s (" DEVICES "/%s/format and events)", pmu,
			  term, pmu);
}

static int pmu_terms(const char *pmu, const char *terms, bool alias_too,
		     struct perf_event_attr *attr, struct pt_err *err);

/* One term: "event=0x3c", "inv", or a name that stands for several. */
static int pmu_term(const char *pmu, char *term, bool alias_too, struct perf_event_attr *attr,
		    struct pt_err *err)
{
	char path[300], text[256], *equals = strchr(term, '=');
	uint64_t value = 1;

	if (equals)
		*equals = '\0';
	if (!plain_name(term) || (equals && !number(equals + 1, 0, &value)))
		return pt_err_set(err, PT_ESYNTAX, "%s/…/: %s is no term, expected event=0x3c", pmu,
				  term);
	if (strcmp(term, "config") == 0) {
		attr->config |= value;
		return 0;
	}
	if (!equals && alias_too) {
		pt_snprintf(path, sizeof path, DEVICES "/%s/events/%s", pmu, term);
		if (pt_small_file(path, text, sizeof text))
			return pmu_terms(pmu, text, false, attr, err);
	}
	pt_snprintf(path, sizeof path, DEVICES "/%s/format/%s", pmu, term);
	if (!pt_small_file(path, text, sizeof text) || !place_bits(text, value, attr))
		return term_error(err, pmu, term);
	return 0;
}

static int pmu_terms(const char *pmu, const char *terms, bool alias_too,
		     struct perf_event_attr *attr, struct pt_err *err)
{
	char text[256], *rest = text, *term;
	int code = 0;

	if (pt_strlcpy(text, terms, sizeof text) != strlen(terms))
		return pt_err_set(err, PT_ELIMIT, "%s/…/ is longer than %zu bytes", pmu,
				  sizeof text - 1);
	while (code == 0 && (term = strsep(&rest, ",")))
		code = pmu_term(pmu, term, alias_too, attr, err);
	return code;
}

static int find_pmu(const char *name, struct perf_event_attr *attr, struct pt_err *err)
{
	const char *slash = strchr(name, '/'), *end = slash + 1 + strcspn(slash + 1, "/");
	char pmu[NAME_MAX_LEN], terms[256], path[200];
	uint64_t type;

	pt_snprintf(pmu, sizeof pmu, "%.*s", (int)(slash - name), name);
	pt_snprintf(terms, sizeof terms, "%.*s", (int)(end - slash - 1), slash + 1);
	if (*end != '/' || end[1] || !plain_name(pmu) || !*terms)
		return pt_err_set(err, PT_ESYNTAX, "%s is no event, expected cpu/event=0x3c/",
				  name);
	pt_snprintf(path, sizeof path, DEVICES "/%s/type", pmu);
	if (!file_number(path, &type))
		return pt_err_set(err, PT_ENOENT, "there is no PMU %s here (" DEVICES ")", pmu);
	attr->type = (uint32_t)type;
	return pmu_terms(pmu, terms, true, attr, err);
}

/* -- "sched:sched_switch" ------------------------------------------------------------------------- */

static int find_tracepoint(const char *name, struct perf_event_attr *attr, struct pt_err *err)
{
	static const char *const roots[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	char group[NAME_MAX_LEN], path[300];
	const char *colon = strchr(name, ':');
	bool there = false, refused = false;
	uint64_t id;

	pt_snprintf(group, sizeof group, "%.*s", (int)(colon - name), name);
	if (!plain_name(group) || !plain_name(colon + 1))
		return pt_err_set(err, PT_ESYNTAX, "%s is no event, expected sched:sched_switch",
				  name);
	for (size_t i = 0; i < PT_LEN(roots); i++) {
		pt_snprintf(path, sizeof path, "%s/events/%s/%s/id", roots[i], group, colon + 1);
		if (file_number(path, &id)) {
			attr->type = PERF_TYPE_TRACEPOINT;
			attr->config = id;
			return 0;
		}
		refused = refused || errno == EACCES || errno == EPERM;
		pt_snprintf(path, sizeof path, "%s/events", roots[i]);
		there = there || access(path, F_OK) == 0;
	}
	if (refused)
		return pt_err_set(err, PT_EACCES,
				  "tracepoints cannot be read: chmod a+rx /sys/kernel/tracing");
	if (!there)
		return pt_err_set(err, PT_ENOTSUP,
				  "%s: no tracefs here: "
				  "mount -t tracefs tracefs /sys/kernel/tracing",
				  name);
	return pt_err_set(err, PT_ENOENT, "no tracepoint %s (/sys/kernel/tracing/events)", name);
}

/* -- all of them ---------------------------------------------------------------------------------- */

/* "cycles:u": the name without it, and what it asks for. */
static void take_modifier(char *name, struct sampled_event *event)
{
	size_t n = strlen(name);

	if (n < 3 || name[n - 2] != ':' || !strchr("uk", name[n - 1]))
		return;
	event->user_only = name[n - 1] == 'u';
	event->kernel_only = name[n - 1] == 'k';
	name[n - 2] = '\0';
}

static int find_named(const char *wanted, struct sampled_event *ret, struct pt_err *err)
{
	struct perf_event_attr *attr = &ret->attr;
	char name[sizeof ret->name];
	uint64_t raw;
	int code = 0;

	if (!wanted || !*wanted || pt_strlcpy(name, wanted, sizeof name) != strlen(wanted))
		return pt_err_set(err, PT_ESYNTAX, "an event has a name of 1 to %zu bytes",
				  sizeof name - 1);
	take_modifier(name, ret);
	if (strchr(name, '/'))
		code = find_pmu(name, attr, err);
	else if (strchr(name, ':'))
		code = find_tracepoint(name, attr, err);
	else if (name[0] == 'r' && number(name + 1, 16, &raw))
		*attr = (struct perf_event_attr){.type = PERF_TYPE_RAW, .config = raw};
	else if (!find_known(name, attr) && !find_cache(name, attr))
		code = pt_err_set(
			err, PT_ENOENT,
			"no event %s: expected one as cache-misses, sched:sched_switch, r01c2 "
			"or cpu/event=0x3c/",
			name);
	pt_strlcpy(ret->name, wanted, sizeof ret->name);
	pt_strlcpy(ret->what, "events", sizeof ret->what);
	ret->periods = true;
	return code;
}

static int find_alloc(const struct pt_sampler_options *options, struct sampled_event *ret,
		      struct pt_err *err)
{
	char path[4096];
	uint64_t type, offset;
	int code;

	if (options->pid <= 0)
		return pt_err_set(err, PT_ENOTSUP, "allocations are sampled of one process: --pid");
	if (!file_number(DEVICES "/uprobe/type", &type))
		return pt_err_set(err, PT_ENOTSUP,
				  "this kernel has no uprobes (" DEVICES "/uprobe), which "
				  "allocations are seen by");
	code = pt_sampled_malloc(options->pid, path, sizeof path, &offset, err);
	if (code < 0)
		return code;
	ret->path = pt_strdup(path);
	ret->attr.type = (uint32_t)type;
	ret->attr.config1 = (uint64_t)(uintptr_t)ret->path; /* uprobe_path */
	ret->attr.config2 = offset;
	ret->periods = true;
	return 0;
}

static bool is_clock(const struct perf_event_attr *attr)
{
	return attr->type == PERF_TYPE_SOFTWARE && (attr->config == PERF_COUNT_SW_CPU_CLOCK ||
						    attr->config == PERF_COUNT_SW_TASK_CLOCK);
}

/* The period of a clock is ns: what a sample weighs is 1. */
static void count_samples(struct sampled_event *event)
{
	event->periods = false;
	pt_strlcpy(event->what, "samples", sizeof event->what);
}

static void often(struct sampled_event *event, const struct pt_sampler_options *options)
{
	struct perf_event_attr *attr = &event->attr;

	if (!is_clock(attr) &&
	    (attr->type == PERF_TYPE_TRACEPOINT || attr->type == PERF_TYPE_SOFTWARE ||
	     options->event == PT_SAMPLE_ALLOC)) {
		attr->sample_period = 1;
		return;
	}
	attr->freq = 1;
	attr->sample_freq = (uint64_t)(options->hz < 1 ? 1 : options->hz);
	if (is_clock(attr))
		count_samples(event);
}

int pt_sampled_event_find(const struct pt_sampler_options *options, struct sampled_event *ret,
			  struct pt_err *err)
{
	static const struct {
		const char *name, *what;
		enum pt_unit unit;
		uint32_t type;
		uint64_t config;
	} events[] = {
		[PT_SAMPLE_CPU] = {"cycles", "samples", PT_UNIT_COUNT, PERF_TYPE_HARDWARE,
				   PERF_COUNT_HW_CPU_CYCLES},
		[PT_SAMPLE_OFFCPU] = {"off-CPU", "time", PT_UNIT_NS, PERF_TYPE_SOFTWARE,
				      PERF_COUNT_SW_CONTEXT_SWITCHES},
		[PT_SAMPLE_FAULTS] = {"page-faults", "faults", PT_UNIT_COUNT, PERF_TYPE_SOFTWARE,
				      PERF_COUNT_SW_PAGE_FAULTS},
		[PT_SAMPLE_ALLOC] = {"malloc", "allocations", PT_UNIT_COUNT, 0, 0},
		[PT_SAMPLE_NAMED] = {"", "", PT_UNIT_COUNT, 0, 0},
	};
	struct sampled_event found = {.unit = events[options->event].unit};
	int code = 0;

	found.attr.type = events[options->event].type;
	found.attr.config = events[options->event].config;
	found.periods = options->event == PT_SAMPLE_FAULTS;
	pt_strlcpy(found.name, events[options->event].name, sizeof found.name);
	pt_strlcpy(found.what, events[options->event].what, sizeof found.what);
	if (options->event == PT_SAMPLE_NAMED)
		code = find_named(options->event_name, &found, err);
	else if (options->event == PT_SAMPLE_ALLOC)
		code = find_alloc(options, &found, err);
	if (code < 0)
		return code;
	often(&found, options);
	*ret = found;
	return 0;
}

bool pt_sampled_event_soften(struct sampled_event *event)
{
	if (event->attr.type != PERF_TYPE_HARDWARE || strcmp(event->name, "cycles") != 0)
		return false;
	event->attr.type = PERF_TYPE_SOFTWARE;
	event->attr.config = PERF_COUNT_SW_CPU_CLOCK;
	pt_strlcpy(event->name, "cpu-clock", sizeof event->name);
	count_samples(event);
	return true;
}

const char *pt_sampler_cost(enum pt_sampler_event event)
{
	switch (event) {
	case PT_SAMPLE_ALLOC:
		return "each malloc of the process takes some 0.7 µs more, and what is sampled of "
		       "them more than that";
	case PT_SAMPLE_OFFCPU: return "each switch of a thread takes some 2 µs more";
	case PT_SAMPLE_CPU:
	case PT_SAMPLE_FAULTS:
	case PT_SAMPLE_NAMED: break;
	}
	return "";
}
