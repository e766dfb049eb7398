/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * perf.data, read directly: a file or what perf wrote to a pipe, packed or not.
 *
 * Each event is two values: "cycles", its samples, which a graph shows and whose number tells its
 * error, and "cycles/period", the sum of their periods, which perf report and the customary collapser
 * show: events as they were counted (ns of the clocks). Chosen is the first event that has samples.
 * With switch records beside samples of context-switches there is "off-cpu" as well: the time that
 * each stack was left for.
 */
#include "perf_data.h"
#include "perf_file.h"
#include "perf_queue.h"
#include "perf_unpack.h"
#include "scan.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/perf_stacks.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* Parts of memory: what waits for its turn, symbols, and with caches all but the profile itself. */
enum { QUEUE_SHARE = 8, SYMBOLS_SHARE = 4, OWN_SHARE = 2, QUEUE_MIN = 4 << 20 };
enum { ABSENT_MAX = 1 << 16 }; /* threads that have left, 64 bytes each */

/* A thread that is not running: since when, and where it left. */
struct absent {
	uint64_t since;
	uint32_t node; /* PT_NO_NODE: it has come back */
};

struct reader {
	struct pt_scan scan; /* limits and the choice of a value */
	const struct pt_profile_input *in;
	const struct pt_read_options *options;
	struct pt_profile *p;
	struct pt_err *err;
	struct pt_perf_file file;
	struct pt_perf_queue queue;
	size_t max_memory, queue_max;
	struct pt_perf_unpack *unpack;
	struct pt_symbols *symbols; /* with stacks, from the first record on */
	struct pt_stacks *stacks;
	struct pt_perf_names *names; /* to collapse */
	uint32_t event;		     /* the chosen one */
	bool chosen, by_period;
	bool switches;	    /* it tells when tasks left and came back, and with which stacks */
	bool off_cpu;	    /* weights are the times between; event is that of switches */
	struct pt_map left; /* thread → place in absent + 1 */
	struct absent *absent;
	size_t n_absent, cap_absent;
	uint64_t offset; /* of the record at hand in the file */
	int64_t samples; /* of every event */
	int64_t strange; /* samples of no event that the file tells of */
	bool traced;	 /* it has AUX data */
	bool stable;	 /* the record at hand stays where it is */
	_Alignas(8) char aligned[1 << 16];
	unsigned turn; /* records that were gone over */
};

#define fault(r, code, ...) pt_perf_fault((r)->in, (r)->err, code, (r)->offset, __VA_ARGS__)

/* -- where it was recorded ------------------------------------------------------------------------ */

/* Of this machine, as it runs since it was started? Then kallsyms and maps of JITs speak of it. */
static bool this_machine(const struct reader *r)
{
	struct utsname here;
	struct timespec now, up;
	struct stat st;

	if (uname(&here) != 0 || strcmp(here.nodename, r->file.hostname) != 0 ||
	    strcmp(here.release, r->file.release) != 0)
		return false;
	if (!r->in->path)
		return true;
	return stat(r->in->path, &st) == 0 && clock_gettime(CLOCK_REALTIME, &now) == 0 &&
	       clock_gettime(CLOCK_BOOTTIME, &up) == 0 &&
	       st.st_mtim.tv_sec >= now.tv_sec - up.tv_sec;
}

/* The registers of a stack that waits for unwinding are those of another architecture. */
static bool foreign(const struct reader *r)
{
	struct utsname here;

	return *r->file.machine && uname(&here) == 0 && strcmp(here.machine, r->file.machine) != 0;
}

static void begin(struct reader *r)
{
	const struct pt_collapse *names = r->options->collapse ? &r->options->names : NULL;
	struct pt_symbols_options symbols = {
		.symfs = r->options->symfs,
		.inlined = r->options->inlined,
		.debuginfod = r->options->debuginfod,
		.this_machine = this_machine(r),
		.max_memory = r->max_memory / SYMBOLS_SHARE,
	};
	struct pt_stacks_options stacks = {
		.unwind = foreign(r) ? PT_UNWIND_FP : PT_UNWIND_AUTO,
		.threads = r->options->threads || (names && (names->pid || names->tid)),
	};

	if (names) {
		r->names = pt_perf_names_new(r->p->tree->frames, names);
		stacks.rename = pt_perf_names_get;
		stacks.rename_arg = r->names;
	}
	r->symbols = pt_symbols_new(r->p->tree->frames, &symbols);
	r->stacks = pt_stacks_new(r->p->tree, r->symbols, &stacks);
	for (size_t i = 0; i < r->file.n_build_ids; i++)
		pt_symbols_build_id(r->symbols, r->file.build_ids[i].path, r->file.build_ids[i].id,
				    r->file.build_ids[i].n);
	if (foreign(r))
		pt_profile_note(r->p, "recorded on %s: stacks are those of frame pointers",
				r->file.machine);
}

/* -- values --------------------------------------------------------------------------------------- */

/* Its samples and, always next to them, its periods. Dummies, which perf opens for mappings alone,
 * have none. */
static void add_values(struct pt_profile *p, struct pt_perf_event *event)
{
	const struct perf_event_attr *attr = &event->attr;
	bool software = attr->type == PERF_TYPE_SOFTWARE;
	bool time = software && (attr->config == PERF_COUNT_SW_CPU_CLOCK ||
				 attr->config == PERF_COUNT_SW_TASK_CLOCK);
	char name[80];

	event->value = SIZE_MAX;
	if (software && attr->config == PERF_COUNT_SW_DUMMY && !event->samples)
		return;
	event->value = pt_profile_add_value(p, event->name, "samples", PT_UNIT_COUNT);
	pt_snprintf(name, sizeof name, "%.56s/period", event->name);
	pt_profile_add_value(p, name, time ? "time" : "events", time ? PT_UNIT_NS : PT_UNIT_COUNT);
}

/* The event that is read when nobody says which: the first that has samples, in the order of the
 * file; to be named as the collapser does, in that of time. There is one. */
static size_t first_event(const struct reader *r)
{
	if (r->options->collapse)
		for (size_t i = 0; i < r->queue.n; i++)
			if (r->queue.items[i].record->type == PERF_RECORD_SAMPLE)
				return r->queue.items[i].event;
	for (size_t i = 0; i + 1 < r->file.n_events; i++)
		if (r->file.events[i].samples)
			return i;
	return r->file.n_events - 1;
}

static bool is_switches(const struct pt_perf_event *event)
{
	return event->attr.type == PERF_TYPE_SOFTWARE &&
	       event->attr.config == PERF_COUNT_SW_CONTEXT_SWITCHES;
}

/* Which event the chosen value is of. */
static void find_event(struct reader *r, size_t off_cpu)
{
	r->off_cpu = r->p->value == off_cpu;
	if (!r->off_cpu && r->options->collapse)
		r->p->value |= 1; /* its weights are always periods */
	r->by_period = !r->off_cpu && r->p->value & 1;
	for (r->event = 0; r->event + 1 < r->file.n_events; r->event++) {
		const struct pt_perf_event *event = &r->file.events[r->event];

		if (r->off_cpu ? is_switches(event) : event->value == (r->p->value & ~(size_t)1))
			break;
	}
}

/* What a sample has that is not known here would move all that follows it. */
static int look_at_events(struct reader *r)
{
	bool stacks = false, times = false;

	for (size_t i = 0; i < r->file.n_events; i++) {
		const struct pt_perf_event *event = &r->file.events[i];

		if (event->attr.sample_type & ~PT_PERF_SAMPLE_KNOWN)
			return fault(r, PT_ENOTSUP, "samples with parts that are not known here");
		stacks |= is_switches(event);
		times |= event->attr.context_switch;
	}
	r->switches = stacks && times;
	return 0;
}

/* Decided once the first samples are there. */
static int choose(struct reader *r)
{
	size_t first, off_cpu = SIZE_MAX;
	int code;

	if (r->chosen || !r->samples)
		return 0;
	first = first_event(r);
	for (size_t i = 0; i < r->file.n_events; i++)
		add_values(r->p, &r->file.events[i]);
	if (r->switches)
		off_cpu = pt_profile_add_value(r->p, "off-cpu", "time", PT_UNIT_NS);
	code = pt_scan_choose(&r->scan, r->file.events[first].value);
	find_event(r, off_cpu);
	r->chosen = !code;
	return code;
}

/* -- records in the order of time ----------------------------------------------------------------- */

static int64_t weight_of(const struct reader *r, const struct pt_perf_sample *sample)
{
	const struct perf_event_attr *attr = &r->file.events[r->event].attr;

	/* Where perf script prints none the collapser counts. */
	if (r->options->collapse && (!sample->period || !(attr->sample_type & PERF_SAMPLE_PERIOD)))
		return 1;
	return r->by_period ? (int64_t)PT_MIN(sample->period, (uint64_t)INT64_MAX) : 1;
}

static int add_weight(struct reader *r, uint64_t at, uint32_t node, int64_t weight)
{
	pt_tree_add_sample(r->p->tree, node, weight);
	r->p->samples++;
	if (!r->options->moments)
		return 0;
	pt_profile_add_moment(r->p, (int64_t)PT_MIN(at, (uint64_t)INT64_MAX), node, weight);
	return pt_scan_take(&r->scan, sizeof *r->p->moments);
}

/* It leaves with this stack; how long for is told when it comes back. Most threads have left for ever
 * when there are that many: all are forgotten, and the few that do come back lose one absence. */
static void leave(struct reader *r, const struct pt_perf_sample *sample, uint32_t node)
{
	size_t place = (uintptr_t)pt_map_get_u64(&r->left, sample->tid);

	if (!place) {
		if (r->n_absent >= ABSENT_MAX) {
			pt_map_release(&r->left);
			r->n_absent = 0;
		}
		PT_PUSH(r->absent, r->n_absent, r->cap_absent);
		place = r->n_absent;
		pt_map_put_u64(&r->left, sample->tid, (void *)(uintptr_t)place);
	}
	r->absent[place - 1] = (struct absent){sample->time_ns, node};
}

static int come_back(struct reader *r, const struct pt_perf_queued *item)
{
	struct pt_perf_sample id;
	struct absent *absent;
	size_t place;
	uint32_t node;

	if (item->record->misc & PERF_RECORD_MISC_SWITCH_OUT || !r->off_cpu ||
	    !pt_perf_sample_id(&r->file.events[item->event].attr, item->record, &id))
		return 0;
	place = (uintptr_t)pt_map_get_u64(&r->left, id.tid);
	absent = place ? &r->absent[place - 1] : NULL;
	if (!absent || absent->node == PT_NO_NODE || id.time_ns <= absent->since)
		return 0;
	node = absent->node;
	absent->node = PT_NO_NODE;
	return add_weight(r, absent->since, node,
			  (int64_t)PT_MIN(id.time_ns - absent->since, (uint64_t)INT64_MAX));
}

static int take_sample(struct reader *r, const struct pt_perf_queued *item)
{
	struct pt_perf_sample sample;
	uint32_t node;

	if (item->event != r->event)
		return 0;
	if (pt_perf_sample_parse(&r->file.events[item->event].attr, item->record, &sample))
		return fault(r, PT_ESYNTAX, "a sample of %u bytes, expected all parts of %s in it",
			     item->record->size, r->file.events[item->event].name);
	node = pt_stacks_node(r->stacks, &sample);
	if (node == PT_NO_NODE)
		return pt_scan_full(&r->scan);
	if (!r->off_cpu)
		return add_weight(r, sample.time_ns, node, weight_of(r, &sample));
	leave(r, &sample, node);
	return 0;
}

static bool is_switch(uint32_t type)
{
	return type == PERF_RECORD_SWITCH || type == PERF_RECORD_SWITCH_CPU_WIDE;
}

static int take_queued(struct reader *r, const struct pt_perf_queued *item)
{
	r->offset = item->offset;
	if (!r->stacks)
		begin(r);
	if (item->record->type == PERF_RECORD_SAMPLE)
		return take_sample(r, item);
	if (is_switch(item->record->type))
		return come_back(r, item);
	if (pt_stacks_record(r->stacks, &r->file.events[item->event].attr, item->record))
		return fault(r, PT_ESYNTAX,
			     "a record of type %u with %u bytes, expected all of it and text that "
			     "ends",
			     item->record->type, item->record->size);
	return 0;
}

/* Now and then, with how much of the file has been made stacks of. */
static int step(struct reader *r, uint64_t at)
{
	return r->turn++ % 1024 == 0 ? pt_scan_step(&r->scan, (size_t)at) : 0;
}

static int take_round(struct reader *r, bool all)
{
	size_t n = pt_perf_queue_round(&r->queue, all);
	int code = choose(r);

	for (size_t i = 0; i < n && !code; i++) {
		code = step(r, r->queue.items[i].offset);
		if (!code)
			code = take_queued(r, &r->queue.items[i]);
	}
	pt_perf_queue_taken(&r->queue, n);
	return code;
}

/* -- records as they stand ------------------------------------------------------------------------ */

static int enqueue(struct reader *r, struct pt_perf_queued *item)
{
	bool sample = item->record->type == PERF_RECORD_SAMPLE;
	int code = 0;

	/* What has no time is taken where it stands. */
	if (!item->time_ns || item->time_ns == UINT64_MAX) {
		if (sample)
			code = choose(r);
		return code ? code : take_queued(r, item);
	}
	if (!r->stable)
		item->record = pt_perf_queue_copy(&r->queue, item->record);
	pt_perf_queue_add(&r->queue, item);
	return pt_perf_queue_bytes(&r->queue) > r->queue_max ? take_round(r, true) : 0;
}

static int enqueue_record(struct reader *r, const struct perf_event_header *record)
{
	struct pt_perf_queued item = {.record = record, .offset = r->offset};
	bool sample = record->type == PERF_RECORD_SAMPLE;

	item.event = pt_perf_file_event_of(&r->file, record, &item.time_ns);
	if (item.event >= r->file.n_events) {
		r->strange++;
		return 0;
	}
	r->file.events[item.event].samples += sample;
	r->samples += sample;
	if (sample && r->chosen && item.event != r->event)
		return 0;
	return enqueue(r, &item);
}

static void count(int64_t *sum, uint64_t more)
{
	if (more > (uint64_t)INT64_MAX || __builtin_add_overflow(*sum, (int64_t)more, sum))
		*sum = INT64_MAX;
}

static int kernel_record(struct reader *r, const struct perf_event_header *record)
{
	if (!r->file.n_events)
		return fault(r, PT_ESYNTAX, "a record of type %u, expected an event before it",
			     record->type);
	switch (record->type) {
	case PERF_RECORD_SAMPLE:
	case PERF_RECORD_COMM:
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2: return enqueue_record(r, record);
	case PERF_RECORD_SWITCH:
	case PERF_RECORD_SWITCH_CPU_WIDE:
		return r->switches && (r->off_cpu || !r->chosen) ? enqueue_record(r, record) : 0;
	case PERF_RECORD_LOST: count(&r->p->lost, pt_perf_word(record, 16)); return 0;
	case PERF_RECORD_LOST_SAMPLES: count(&r->p->lost, pt_perf_word(record, 8)); return 0;
	case PERF_RECORD_THROTTLE: r->p->throttled++; return 0;
	default: return 0;
	}
}

/* Aligned, and it stays where it is? Else the record is copied out. */
static int kernel_record_at(struct reader *r, const char *at, size_t size)
{
	bool aligned = (uintptr_t)at % 8 == 0;

	r->stable = aligned && at >= r->in->data && at < r->in->data + r->in->len;
	if (!aligned)
		memcpy(r->aligned, at, size);
	return kernel_record(r, aligned ? (const void *)at : (const void *)r->aligned);
}

static int packed_records(struct reader *r, const char *data, size_t n)
{
	const char *why, *at = NULL;
	int code = 0, size;

	if (!r->unpack)
		r->unpack = pt_perf_unpack_new(r->max_memory);
	pt_perf_unpack_feed(r->unpack, data, n);
	while (!code && (size = pt_perf_unpack_record(r->unpack, &at, &why)) != 0) {
		uint32_t type;

		if (size < 0)
			return fault(r, PT_ESYNTAX, "%s, expected records packed by zstd", why);
		code = step(r, 0);
		if (code)
			return code;
		memcpy(&type, at, sizeof type);
		if (type < PT_PERF_HEADER_ATTR)
			code = kernel_record_at(r, at, (size_t)size);
	}
	return code;
}

static void build_id_record(struct reader *r, const char *at, size_t n)
{
	size_t added = pt_perf_file_build_id(&r->file, at, n);
	const struct pt_perf_build_id *b;

	if (!added || !r->symbols)
		return;
	b = &r->file.build_ids[added - 1];
	pt_symbols_build_id(r->symbols, b->path, b->id, b->n);
}

/* One of perf's own records; n bytes with its header. */
static int own_record(struct reader *r, uint32_t type, const char *at, size_t n)
{
	const char *body = at + sizeof(struct perf_event_header);
	size_t size = n - sizeof(struct perf_event_header);
	uint64_t packed;

	switch (type) {
	case PT_PERF_HEADER_ATTR:
		if (!r->file.pipe || r->chosen)
			return 0;
		if (pt_perf_file_attr(&r->file, body, size))
			return fault(r, PT_ESYNTAX,
				     "an event of %zu bytes, expected its attributes "
				     "and ids",
				     size);
		return look_at_events(r);
	case PT_PERF_HEADER_BUILD_ID: build_id_record(r, at, n); return 0;
	case PT_PERF_FINISHED_ROUND: return take_round(r, false);
	case PT_PERF_EVENT_UPDATE: pt_perf_file_update(&r->file, body, size); return 0;
	case PT_PERF_HEADER_FEATURE: pt_perf_file_feature(&r->file, body, size); return 0;
	case PT_PERF_COMPRESSED: return packed_records(r, body, size);
	case PT_PERF_COMPRESSED2:
		packed = pt_perf_word(at, 8);
		if (size < 8 || packed > size - 8)
			return fault(r, PT_ESYNTAX, "%llu packed bytes in a record of %zu",
				     (unsigned long long)packed, n);
		return packed_records(r, body + 8, (size_t)packed);
	case PT_PERF_AUXTRACE: r->traced = true; return 0;
	default: return 0;
	}
}

static int read_records(struct reader *r)
{
	const struct pt_profile_input *in = r->in;
	size_t at = r->file.start;
	int code = 0;

	while (!code && at < r->file.end) {
		size_t left = r->file.end - at;
		struct perf_event_header h = {0};
		uint64_t more;

		r->offset = at;
		memcpy(&h, in->data + at, PT_MIN(left, sizeof h));
		if (r->file.unfinished && !h.size)
			return 0; /* written ahead, never filled */
		if (left < sizeof h || h.size < sizeof h || h.size > left)
			return fault(r, PT_ESYNTAX,
				     "a record of %u bytes, expected at least 8 and no more than "
				     "the %zu that are left",
				     h.size, left);
		code = step(r, 0);
		if (code)
			return code;
		if (h.type < PT_PERF_HEADER_ATTR)
			code = kernel_record_at(r, in->data + at, h.size);
		else
			code = own_record(r, h.type, in->data + at, h.size);
		more = pt_perf_appended(h.type, in->data + at, h.size);
		at += h.size;
		at = more > r->file.end - at ? r->file.end : at + (size_t)more;
	}
	r->offset = at;
	if (!code && r->file.truncated)
		return fault(r, PT_ESYNTAX, "the file ends within its records");
	return code;
}

static void tell(struct reader *r)
{
	r->p->has_real = r->file.has_real;
	r->p->real_ns = r->file.real_ns;
	if (r->strange)
		pt_profile_note(r->p, "%lld samples belong to no event of the file",
				(long long)r->strange);
	if (r->traced)
		pt_profile_note(r->p, "traces of the processor (AUX) are passed over; perf script "
				      "--itrace makes samples of them");
	if (r->file.unfinished)
		pt_profile_note(r->p, "perf record did not get to finish the file");
}

static int read_all(struct reader *r)
{
	int code = read_records(r), rest = 0;

	if (!code || code == -PT_ESYNTAX)
		rest = take_round(r, true);
	tell(r);
	return code ? code : rest;
}

static int read_directly(const struct pt_profile_input *in, const struct pt_read_options *options,
			 struct pt_profile *p, struct pt_err *err)
{
	struct reader *r = pt_calloc(1, sizeof *r);
	size_t max = options->max_memory ? options->max_memory : PT_READ_MAX_MEMORY;
	int code;

	r->in = in;
	r->options = options;
	r->p = p;
	r->err = err;
	r->max_memory = max;
	r->queue_max = PT_MAX(max / QUEUE_SHARE, (size_t)QUEUE_MIN);
	pt_scan_init(&r->scan, in, options, p, err);
	code = pt_scan_take(&r->scan, max / OWN_SHARE);
	if (!code)
		code = pt_perf_file_open(in, &r->file, err);
	if (!code)
		code = look_at_events(r);
	if (!code)
		code = read_all(r);
	pt_perf_queue_release(&r->queue);
	pt_perf_unpack_free(r->unpack);
	pt_stacks_free(r->stacks);
	pt_perf_names_free(r->names);
	pt_symbols_free(r->symbols);
	pt_perf_file_release(&r->file);
	pt_map_release(&r->left);
	free(r->absent);
	free(r);
	return code;
}

static int read_perf_data(const struct pt_profile_input *in, const struct pt_read_options *options,
			  struct pt_profile *p, struct pt_err *err)
{
	const struct pt_collapse *names = &options->names;
	struct pt_read_options chosen = *options;
	struct pt_err why = {0};
	int code;

	if (in->dir)
		return pt_perf_data_by_script(in, options, p, "perf record --threads wrote it",
					      err);
	/* Addresses of the text, and what addr2line says of them. */
	if (options->collapse && in->path &&
	    (names->addrs || names->inlined || names->context || names->srcline))
		return pt_perf_data_by_script(in, options, p, "its addresses were asked for", err);
	if (options->collapse && !options->value)
		chosen.value = names->event_filter;
	code = read_directly(in, &chosen, p, &why);
	if (code == -PT_ENOTSUP && !p->samples && in->path)
		return pt_perf_data_by_script(in, options, p, why.msg, err);
	if (code && err)
		*err = why;
	return code;
}

/* A folder of perf record --threads: "data" is a perf.data, and each thread's records stand in
 * "data.0" and so on. */
static bool is_folder(const char *dir)
{
	char path[4096], begin[8] = "";
	FILE *file;

	pt_snprintf(path, sizeof path, "%s/data.0", dir);
	if (access(path, R_OK) != 0)
		return false;
	pt_snprintf(path, sizeof path, "%s/data", dir);
	file = fopen(path, "rbe");
	if (!file)
		return false;
	if (fread(begin, 1, sizeof begin, file) != sizeof begin)
		begin[0] = '\0';
	fclose(file);
	return memcmp(begin, "PERFILE2", sizeof begin) == 0;
}

static int sniff_perf_data(const struct pt_profile_input *in)
{
	static const char *const magics[] = {"PERFILE2", "2ELIFREP", "PERFFILE"};

	for (size_t i = 0; i < PT_LEN(magics); i++)
		if (pt_scan_begins(in, magics[i]))
			return 100;
	return in->dir && is_folder(in->dir) ? 100 : 0;
}

const struct pt_profile_reader pt_profile_reader_perf_data = {
	.name = "perf_data",
	.title = "perf.data (perf record)",
	.sniff = sniff_perf_data,
	.read = read_perf_data,
};
