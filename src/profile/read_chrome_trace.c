/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chrome's trace events, as browsers, node --trace-event-categories, perfetto and compilers' -ftime-trace
 * write them: an array of events, or an object that holds one. Events may come in any order, so those of
 * slices (B and E, X) are kept until the end, then nested thread by thread. CPU profiles of V8 come in
 * pieces (events P) and are values of their own.
 */
#include "open_stack.h"
#include "perftop/base/json_pull.h"
#include "perftop/base/map.h"
#include "perftop/base/mem.h"
#include "perftop/profile/reader.h"
#include "v8_profile.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_PROFILES = 256, MAX_IDS = 1 << 24, MAX_NAME = 200 };

/* X: end_ns >= at_ns. */
#define OPENS INT64_MAX
#define CLOSES INT64_MIN

struct slice {
	int64_t at_ns, end_ns;
	uint32_t thread, frame;
	uint32_t order; /* in the file */
};

struct thread {
	uint32_t pid, tid; /* see read_id */
	char *name;	   /* or NULL */
};

struct cpu {
	struct pt_v8_profile v8;
	uint32_t pid, thread;
	char *id;
	int64_t from_ns, to_ns;
	bool double_time; /* another one of the same thread and time has more */
};

/* What of an event is needed. Strings live until the next one, so they are copied. */
struct event {
	char phase;
	uint32_t pid, tid;
	double ts, dur;
	bool timed;
	size_t args; /* where they begin; 0: none */
	struct pt_str name, cat, id;
};

struct chrome {
	struct pt_scan scan;
	struct pt_json_pull *j;
	struct slice *slices;
	size_t n_slices, cap_slices;
	struct thread *threads;
	size_t n_threads, cap_threads;
	struct pt_map thread_ids; /* of pid and tid: index + 1 */
	struct pt_map names;	  /* of ids that are text */
	struct pt_map process_names;
	struct cpu *cpus;
	size_t n_cpus, cap_cpus;
	uint32_t last_pid, last_tid, last_thread;
	size_t others[256]; /* events that are no slices, by phase */
	size_t unmatched, overlapping;
	bool other_samples; /* "samples" and "stackFrames" of an object */
	struct event event;
	struct pt_str text;
};

static bool take(struct chrome *r, size_t bytes)
{
	return pt_scan_take_json(&r->scan, r->j, bytes);
}

/* -- events ----------------------------------------------------------------------------------------- */

/* A process or thread: numbers below 2^31 are themselves, whatever else is numbered from there on. */
static uint32_t read_id(struct chrome *r)
{
	uintptr_t known;

	if (pt_json_pull_type(r->j) == PT_JNUMBER) {
		double id = pt_json_pull_num(r->j, 0);

		if (id >= 0 && id < 0x1p31 && id == (double)(uint32_t)id)
			return (uint32_t)id;
		pt_str_clear(&r->text);
		pt_str_addf(&r->text, "%.17g", id);
	} else {
		pt_slice_copy(pt_json_pull_str(r->j), &r->text, MAX_NAME);
	}
	known = (uintptr_t)pt_map_get(&r->names, pt_str_text(&r->text));
	if (known)
		return (uint32_t)known;
	if (!take(r, r->text.len + 80) || r->names.n >= MAX_IDS)
		return 0;
	known = 0x80000000u + r->names.n;
	pt_map_put(&r->names, pt_str_text(&r->text), (void *)known);
	return (uint32_t)known;
}

static void read_member(struct chrome *r, const struct pt_slice *key)
{
	struct pt_json_pull *j = r->j;
	struct event *e = &r->event;
	struct pt_slice s;

	if (pt_slice_is(*key, "ts")) {
		e->timed = pt_json_pull_type(j) == PT_JNUMBER;
		e->ts = pt_json_pull_num(j, 0);
	} else if (pt_slice_is(*key, "ph")) {
		s = pt_json_pull_str(j);
		e->phase = s.n == 1 ? *s.s : '\0';
	} else if (pt_slice_is(*key, "pid")) {
		e->pid = read_id(r);
	} else if (pt_slice_is(*key, "tid")) {
		e->tid = read_id(r);
	} else if (pt_slice_is(*key, "dur")) {
		e->dur = pt_json_pull_num(j, 0);
	} else if (pt_slice_is(*key, "name")) {
		pt_slice_copy(pt_json_pull_str(j), &e->name, PT_FRAME_NAME_MAX + 1);
	} else if (pt_slice_is(*key, "cat")) {
		pt_slice_copy(pt_json_pull_str(j), &e->cat, MAX_NAME);
	} else if (pt_slice_is(*key, "id") && pt_json_pull_type(j) == PT_JSTRING) {
		pt_slice_copy(pt_json_pull_str(j), &e->id, MAX_NAME);
	} else {
		if (pt_slice_is(*key, "args"))
			e->args = pt_json_pull_pos(j);
		pt_json_pull_skip(j);
	}
}

static uint32_t find_thread(struct chrome *r, uint32_t pid, uint32_t tid)
{
	uint64_t key = (uint64_t)pid << 32 | tid;
	uintptr_t known;

	if (r->n_threads && pid == r->last_pid && tid == r->last_tid)
		return r->last_thread;
	known = (uintptr_t)pt_map_get_u64(&r->thread_ids, key);
	if (!known) {
		if (!take(r, 2 * sizeof *r->threads + 64))
			return 0;
		*PT_PUSH(r->threads, r->n_threads, r->cap_threads) =
			(struct thread){.pid = pid, .tid = tid};
		known = r->n_threads;
		pt_map_put_u64(&r->thread_ids, key, (void *)known);
	}
	r->last_pid = pid;
	r->last_tid = tid;
	r->last_thread = (uint32_t)known - 1;
	return r->last_thread;
}

static void add_slice(struct chrome *r, int64_t at_ns, int64_t end_ns)
{
	struct event *e = &r->event;
	struct pt_frame frame = {.name = e->name.len ? e->name.s : "(anonymous)",
				 .module = pt_str_text(&e->cat)};
	uint32_t thread = find_thread(r, e->pid, e->tid);

	if (r->n_slices == UINT32_MAX || !take(r, 2 * sizeof *r->slices))
		return;
	*PT_PUSH(r->slices, r->n_slices, r->cap_slices) = (struct slice){
		.at_ns = at_ns,
		.end_ns = end_ns,
		.thread = thread,
		.frame = end_ns == CLOSES ? PT_NO_FRAME
					  : pt_frames_intern(r->scan.profile->tree->frames, &frame),
		.order = (uint32_t)r->n_slices,
	};
}

/* Into an object that is a member of this one; false when there is none. The text behind it is left
 * alone: the caller seeks. */
static bool enter_member(struct pt_json_pull *j, const char *name)
{
	struct pt_slice key;

	while (pt_json_pull_key(j, &key)) {
		if (pt_slice_is(key, name))
			return pt_json_pull_enter(j, '{');
		pt_json_pull_skip(j);
	}
	return false;
}

/* {"name": "thread_name", "args": {"name": "worker"}} */
static void read_metadata(struct chrome *r)
{
	struct event *e = &r->event;
	bool process = !strcmp(pt_str_text(&e->name), "process_name");
	struct pt_slice key;
	char *name;

	if (!process && strcmp(pt_str_text(&e->name), "thread_name") != 0)
		return;
	pt_json_pull_seek(r->j, e->args);
	if (!pt_json_pull_enter(r->j, '{'))
		return;
	while (pt_json_pull_key(r->j, &key)) {
		if (!pt_slice_is(key, "name")) {
			pt_json_pull_skip(r->j);
			continue;
		}
		pt_slice_copy(pt_json_pull_str(r->j), &r->text, MAX_NAME);
		if (!take(r, r->text.len + 64))
			return;
		name = pt_strdup(pt_str_text(&r->text));
		if (process) {
			free(pt_map_put_u64(&r->process_names, e->pid, name));
		} else {
			uint32_t thread = find_thread(r, e->pid, e->tid);

			if (thread >= r->n_threads) { /* no memory for it */
				free(name);
				return;
			}
			free(r->threads[thread].name);
			r->threads[thread].name = name;
		}
	}
}

/* -- CPU profiles ----------------------------------------------------------------------------------- */

static struct cpu *find_cpu(struct chrome *r)
{
	const struct event *e = &r->event;
	const char *id = pt_str_text(&e->id);
	struct cpu *cpu;

	for (size_t i = r->n_cpus; i-- > 0;)
		if (r->cpus[i].pid == e->pid && !strcmp(r->cpus[i].id, id))
			return &r->cpus[i];
	if (r->n_cpus == MAX_PROFILES)
		pt_json_pull_fail(r->j, PT_ELIMIT, "more than %d CPU profiles", MAX_PROFILES);
	if (!take(r, 2 * sizeof *cpu + MAX_NAME))
		return NULL;
	cpu = PT_PUSH(r->cpus, r->n_cpus, r->cap_cpus);
	*cpu = (struct cpu){
		.pid = e->pid, .thread = find_thread(r, e->pid, e->tid), .id = pt_strdup(id)};
	pt_v8_init(&cpu->v8, &r->scan);
	return cpu;
}

/* Of the profile, or of the event around it. */
static void read_times(struct chrome *r, struct cpu *cpu, struct pt_slice key)
{
	if (pt_slice_is(key, "timeDeltas"))
		pt_v8_read_deltas(&cpu->v8, r->j);
	else if (pt_slice_is(key, "startTime"))
		cpu->v8.start_ns = pt_json_round(pt_json_pull_num(r->j, 0) * 1e3);
	else if (pt_slice_is(key, "endTime"))
		cpu->v8.end_ns = pt_json_round(pt_json_pull_num(r->j, 0) * 1e3);
	else
		pt_json_pull_skip(r->j);
}

static void read_cpu_profile(struct chrome *r, struct cpu *cpu)
{
	struct pt_slice key;

	if (!pt_json_pull_enter(r->j, '{'))
		return;
	while (pt_json_pull_key(r->j, &key)) {
		if (pt_slice_is(key, "nodes"))
			pt_v8_read_nodes(&cpu->v8, r->j);
		else if (pt_slice_is(key, "samples"))
			pt_v8_read_samples(&cpu->v8, r->j);
		else
			read_times(r, cpu, key);
	}
}

/* "Profile" begins one, "ProfileChunk" goes on with it, "CpuProfile" is all of it: in args.data. */
static void read_profile_event(struct chrome *r)
{
	const char *name = pt_str_text(&r->event.name);
	struct pt_slice key;
	struct cpu *cpu;

	if (strcmp(name, "Profile") != 0 && strcmp(name, "ProfileChunk") != 0 &&
	    strcmp(name, "CpuProfile") != 0) {
		r->others[(unsigned char)r->event.phase]++;
		return;
	}
	cpu = find_cpu(r);
	pt_json_pull_seek(r->j, r->event.args);
	if (!cpu || !pt_json_pull_enter(r->j, '{') || !enter_member(r->j, "data"))
		return;
	while (pt_json_pull_key(r->j, &key)) {
		if (pt_slice_is(key, "cpuProfile"))
			read_cpu_profile(r, cpu);
		else
			read_times(r, cpu, key);
	}
}

/* -- reading ---------------------------------------------------------------------------------------- */

static void read_event(struct chrome *r)
{
	struct event *e = &r->event;
	struct pt_slice key;
	int64_t at;
	size_t behind;

	e->phase = '\0';
	e->pid = e->tid = 0;
	e->ts = e->dur = 0;
	e->timed = false;
	e->args = 0;
	pt_str_clear(&e->name);
	pt_str_clear(&e->cat);
	pt_str_clear(&e->id);
	if (!pt_json_pull_enter(r->j, '{'))
		pt_json_pull_fail(r->j, PT_ESYNTAX, "expected an event, an object with \"ph\"");
	while (pt_json_pull_key(r->j, &key))
		read_member(r, &key);
	if (pt_json_pull_code(r->j))
		return;
	at = pt_json_round(e->ts * 1e3);
	if (e->phase == 'X' && e->timed)
		add_slice(r, at, pt_weight_add(at, pt_json_round(e->dur > 0 ? e->dur * 1e3 : 0)));
	else if (e->phase == 'B' && e->timed)
		add_slice(r, at, OPENS);
	else if (e->phase == 'E' && e->timed)
		add_slice(r, at, CLOSES);
	else if ((e->phase == 'M' || e->phase == 'P' || e->phase == 'I') && e->args) {
		behind = pt_json_pull_pos(r->j);
		if (e->phase == 'M')
			read_metadata(r);
		else
			read_profile_event(r);
		pt_json_pull_seek(r->j, behind);
	} else if (e->phase != 'M') {
		r->others[(unsigned char)e->phase]++;
	}
}

/* An array that is not closed is as good as one that is: writers that end early leave it so. */
static bool read_events(struct chrome *r)
{
	if (!pt_json_pull_enter(r->j, '[')) {
		pt_json_pull_fail(r->j, PT_ESYNTAX, "expected an array of events");
		return false;
	}
	while (pt_json_pull_item(r->j) && take(r, 0)) {
		if (pt_json_pull_pos(r->j) >= r->scan.in->len)
			return true;
		read_event(r);
		if (pt_json_pull_code(r->j))
			return false;
	}
	return pt_json_pull_cut(r->j);
}

static int read_all(struct chrome *r)
{
	struct pt_slice key;

	if (pt_json_pull_type(r->j) == PT_JARRAY)
		return read_events(r) ? 0 : pt_json_pull_code(r->j);
	if (!pt_json_pull_enter(r->j, '{'))
		return pt_json_pull_fail(r->j, PT_ESYNTAX,
					 "expected an array of events, or an object with "
					 "\"traceEvents\"");
	while (pt_json_pull_key(r->j, &key)) {
		if (pt_slice_is(key, "traceEvents")) {
			read_events(r);
			continue;
		}
		r->other_samples = r->other_samples || pt_slice_is(key, "stackFrames");
		pt_json_pull_skip(r->j);
	}
	return pt_json_pull_code(r->j);
}

/* -- slices to stacks ------------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;

	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* The longer one holds the shorter. */
static int by_nesting(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;

	if (x->thread == y->thread && x->at_ns == y->at_ns && x->end_ns != y->end_ns)
		return x->end_ns > y->end_ns ? -1 : 1;
	return by_place(a, b);
}

/* Gives each B the time of its E, and drops E; both are in order of time. What is never closed ends
 * with its thread. */
static void close_slices(struct chrome *r)
{
	uint32_t *open = pt_malloc((r->n_slices + 1) * sizeof *open), thread = 0;
	size_t depth = 0, kept = 0;
	int64_t last = INT64_MIN;

	for (size_t i = 0; i <= r->n_slices; i++) {
		struct slice *s = &r->slices[i];

		if (i == r->n_slices || s->thread != thread) {
			while (depth)
				r->slices[open[--depth]].end_ns = last;
			last = INT64_MIN;
		}
		if (i == r->n_slices)
			break;
		thread = s->thread;
		last = PT_MAX(last, s->at_ns);
		if (s->end_ns == CLOSES) {
			if (depth)
				r->slices[open[--depth]].end_ns = s->at_ns;
			else
				r->unmatched++;
			continue;
		}
		if (s->end_ns == OPENS)
			open[depth++] = (uint32_t)kept;
		else
			last = PT_MAX(last, s->end_ns);
		r->slices[kept++] = *s;
	}
	r->n_slices = kept;
	free(open);
}

/* The root of a thread's stacks; root itself unless threads are asked for. */
static uint32_t thread_root(struct chrome *r, uint32_t thread)
{
	const struct thread *t = &r->threads[thread];
	const char *name = t->name ? t->name : pt_map_get_u64(&r->process_names, t->pid);
	struct pt_frame frame = {.name = name && *name ? name : "thread", .kind = PT_FRAME_THREAD};
	struct pt_tree *tree = r->scan.profile->tree;

	if (!r->scan.options->threads)
		return PT_TREE_ROOT;
	frame.pid = t->pid < 0x80000000u ? (int32_t)t->pid : 0;
	frame.tid = t->tid < 0x80000000u ? (int32_t)t->tid : 0;
	return pt_tree_child(tree, PT_TREE_ROOT, pt_frames_intern(tree->frames, &frame));
}

/* One thread's slices, n in order of nesting. A slice that ends after what holds it is cut there. */
static int nest(struct chrome *r, const struct slice *slices, size_t n, int64_t *ends, bool count)
{
	struct pt_open_stack open;
	int code = 0;

	pt_open_stack_init(&open, &r->scan, thread_root(r, slices->thread));
	if (open.root == PT_NO_NODE)
		return pt_scan_full(&r->scan);
	for (size_t i = 0; i < n && !code; i++) {
		const struct slice *s = &slices[i];
		int64_t end = s->end_ns;

		while (open.depth && ends[open.depth - 1] <= s->at_ns && !code) {
			int64_t at = ends[open.depth - 1];

			code = pt_open_stack_leave(&open, count ? INT64_MIN : at);
		}
		if (open.depth && end > ends[open.depth - 1]) {
			end = ends[open.depth - 1];
			r->overlapping++;
		}
		ends[open.depth] = end;
		if (!code)
			code = pt_open_stack_enter(&open, count ? INT64_MIN : s->at_ns, s->frame);
		if (!code && count)
			pt_tree_add(r->scan.profile->tree, pt_open_stack_top(&open), 1);
	}
	while (open.depth && !code)
		code = pt_open_stack_leave(&open, count ? INT64_MIN : ends[open.depth - 1]);
	pt_open_stack_release(&open);
	return code;
}

static int add_slices(struct chrome *r, bool count)
{
	int64_t *ends;
	int code = 0;

	if (!r->n_slices)
		return 0;
	code = pt_scan_take(&r->scan, r->n_slices * (sizeof *r->slices + sizeof *ends));
	if (code)
		return code;
	qsort(r->slices, r->n_slices, sizeof *r->slices, by_place);
	close_slices(r);
	qsort(r->slices, r->n_slices, sizeof *r->slices, by_nesting);
	ends = pt_malloc((r->n_slices + 1) * sizeof *ends);
	for (size_t i = 0, n; i < r->n_slices && !code; i += n) {
		for (n = 1; i + n < r->n_slices; n++)
			if (r->slices[i + n].thread != r->slices[i].thread)
				break;
		code = nest(r, r->slices + i, n, ends, count);
	}
	free(ends);
	return code;
}

/* -- CPU profiles to stacks ------------------------------------------------------------------------- */

/* One thread may be profiled twice at once (by a tool and by the trace): its time counts once. */
static void find_doubles(struct chrome *r)
{
	for (size_t i = 0; i < r->n_cpus; i++) {
		struct cpu *c = &r->cpus[i];

		c->from_ns = c->to_ns = c->v8.start_ns;
		for (size_t k = 0; k < c->v8.n_deltas; k++)
			c->to_ns = pt_weight_add(c->to_ns, c->v8.deltas[k]);
	}
	for (size_t i = 0; i < r->n_cpus; i++) {
		for (size_t k = 0; k < r->n_cpus; k++) {
			const struct cpu *a = &r->cpus[i], *b = &r->cpus[k];
			bool more = a->v8.n_samples > b->v8.n_samples ||
				    (a->v8.n_samples == b->v8.n_samples && i < k);

			if (i != k && more && a->thread == b->thread && a->from_ns < b->to_ns &&
			    b->from_ns < a->to_ns)
				r->cpus[k].double_time = true;
		}
	}
}

static int add_cpus(struct chrome *r, bool count)
{
	int code = 0;
	uint32_t root;

	find_doubles(r);
	for (size_t i = 0; i < r->n_cpus && !code; i++) {
		struct cpu *c = &r->cpus[i];

		if (c->double_time) {
			pt_profile_note(r->scan.profile,
					"CPU profile %s is left out: another one is of the same "
					"thread and time",
					c->id);
			continue;
		}
		root = thread_root(r, c->thread);
		code = root == PT_NO_NODE ? pt_scan_full(&r->scan) : pt_v8_add(&c->v8, root, count);
	}
	return code;
}

/* -- the reader ------------------------------------------------------------------------------------- */

static void note_left_out(struct chrome *r)
{
	struct pt_profile *p = r->scan.profile;
	struct pt_str out = PT_STR_INIT;

	for (size_t i = 0; i < PT_LEN(r->others); i++)
		if (r->others[i])
			pt_str_addf(&out, "%s%zu of kind %c", out.len ? ", " : "", r->others[i],
				    i > ' ' && i < 0x7f ? (char)i : '?');
	if (out.len)
		pt_profile_note(p, "events that are no slices are left out: %s", out.s);
	pt_str_release(&out);
	if (r->unmatched)
		pt_profile_note(p, "%zu ends of slices without a begin are left out", r->unmatched);
	if (r->overlapping)
		pt_profile_note(p, "%zu slices are cut where the one that holds them ends",
				r->overlapping);
	if (r->other_samples)
		pt_profile_note(p, "its \"samples\" of \"stackFrames\" are left out");
}

/* Slices, and what V8 sampled; if there is any of the latter, that is what was meant. */
static int add(struct chrome *r)
{
	static const struct {
		const char *name, *what;
		enum pt_unit unit;
		bool cpu, count;
	} rows[] = {
		{"time", "time", PT_UNIT_NS, false, false},
		{"slices", "slices", PT_UNIT_COUNT, false, true},
		{"cpu", "time", PT_UNIT_NS, true, false},
		{"cpu_samples", "samples", PT_UNIT_COUNT, true, true},
	};
	struct pt_profile *p = r->scan.profile;
	bool cpu = false;
	int code;

	for (size_t i = 0; i < r->n_cpus; i++)
		cpu = cpu || r->cpus[i].v8.n_samples;
	for (size_t i = 0; i < (cpu ? PT_LEN(rows) : 2); i++)
		pt_profile_add_value(p, rows[i].name, rows[i].what, rows[i].unit);
	code = pt_scan_choose(&r->scan, cpu ? 2 : 0);
	if (code)
		return code;
	code = rows[p->value].cpu ? add_cpus(r, rows[p->value].count)
				  : add_slices(r, rows[p->value].count);
	note_left_out(r);
	return code;
}

static void release(struct chrome *r)
{
	size_t pos = 0;
	void *name;

	for (size_t i = 0; i < r->n_threads; i++)
		free(r->threads[i].name);
	for (size_t i = 0; i < r->n_cpus; i++) {
		pt_v8_release(&r->cpus[i].v8);
		free(r->cpus[i].id);
	}
	while (pt_map_next(&r->process_names, &pos, NULL, NULL, &name))
		free(name);
	free(r->threads);
	free(r->cpus);
	free(r->slices);
	pt_map_release(&r->thread_ids);
	pt_map_release(&r->names);
	pt_map_release(&r->process_names);
	pt_str_release(&r->event.name);
	pt_str_release(&r->event.cat);
	pt_str_release(&r->event.id);
	pt_str_release(&r->text);
	pt_json_pull_free(r->j);
}

static int chrome_read(const struct pt_profile_input *in, const struct pt_read_options *options,
		       struct pt_profile *p, struct pt_err *err)
{
	struct chrome r = {.n_slices = 0};
	struct pt_err first = {0}, later = {0};
	int code, added;

	pt_scan_init(&r.scan, in, options, p, &later);
	pt_scan_set_aside(&r.scan);
	r.j = pt_json_pull_new(in->name, in->data, in->len, &first);
	code = read_all(&r);
	pt_scan_use_aside(&r.scan);
	added = code == -PT_ECANCELED ? code : add(&r);
	if ((code || added) && err)
		*err = code ? first : later;
	release(&r);
	return code ? code : added;
}

static int chrome_sniff(const struct pt_profile_input *in)
{
	size_t i = 0;

	while (i < in->len && i < 64 && strchr(" \t\r\n\xef\xbb\xbf", in->data[i]))
		i++;
	if (i >= in->len || (in->data[i] != '[' && in->data[i] != '{'))
		return 0;
	if (in->data[i] == '{' && pt_scan_holds(in, "\"traceEvents\""))
		return 90;
	return pt_scan_holds(in, "\"ph\"") && pt_scan_holds(in, "\"ts\"") ? 70 : 0;
}

const struct pt_profile_reader pt_profile_reader_chrome_trace = {
	.name = "chrome_trace",
	.title = "Chrome trace events (browsers, node, -ftime-trace, perfetto)",
	.sniff = chrome_sniff,
	.read = chrome_read,
};
