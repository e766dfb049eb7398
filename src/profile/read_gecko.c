/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Firefox profiler's processed profiles, as samply and profiler.firefox.com write them: for each
 * thread tables of columns (strings, functions, frames, stacks, samples) that name each other's rows;
 * newer ones have the tables once, in "shared". A first pass notes where columns begin; then each
 * thread's samples are read beside those of its tables that are needed. What samply saves has addresses
 * for names: they are looked up in the objects that it lists, as far as those are still there.
 */
#include "perftop/base/json_pull.h"
#include "perftop/base/mem.h"
#include "perftop/profile/reader.h"
#include "perftop/profile/symbols.h"
#include "scan.h"

#include <ctype.h>
#include <string.h>

enum { MAX_PATH = 4096, MAX_BUILD_ID = 20, NONE = UINT32_MAX };

enum column {
	STRINGS,
	FUNC_NAME,
	FUNC_FILE,
	FUNC_LINE,
	FUNC_RESOURCE,
	FUNC_SOURCE, /* since files have a table of their own */
	SOURCE_FILE,
	RESOURCE_NAME,
	RESOURCE_LIB,
	FRAME_ADDRESS,
	FRAME_FUNC,
	FRAME_INLINE,
	STACK_PREFIX,
	STACK_FRAME,
	LOADED, /* up to here: read when a thread needs them */
	SAMPLE_STACK = LOADED,
	SAMPLE_WEIGHT,
	SAMPLE_TIME,
	SAMPLE_DELTAS,
	COLUMNS
};

static const struct {
	const char *table, *name;
} columns[COLUMNS] = {
	[FUNC_NAME] = {"funcTable", "name"},
	[FUNC_FILE] = {"funcTable", "fileName"},
	[FUNC_LINE] = {"funcTable", "lineNumber"},
	[FUNC_RESOURCE] = {"funcTable", "resource"},
	[FUNC_SOURCE] = {"funcTable", "source"},
	[SOURCE_FILE] = {"sources", "filename"},
	[RESOURCE_NAME] = {"resourceTable", "name"},
	[RESOURCE_LIB] = {"resourceTable", "lib"},
	[FRAME_ADDRESS] = {"frameTable", "address"},
	[FRAME_FUNC] = {"frameTable", "func"},
	[FRAME_INLINE] = {"frameTable", "inlineDepth"},
	[STACK_PREFIX] = {"stackTable", "prefix"},
	[STACK_FRAME] = {"stackTable", "frame"},
	[SAMPLE_STACK] = {"samples", "stack"},
	[SAMPLE_WEIGHT] = {"samples", "weight"},
	[SAMPLE_TIME] = {"samples", "time"},
	[SAMPLE_DELTAS] = {"samples", "timeDeltas"},
};

/* How samples weigh. */
static const struct kind {
	const char *type, *name, *what;
	enum pt_unit unit;
	double factor;
} kinds[] = {
	{"samples", "samples", "samples", PT_UNIT_COUNT, 1},
	{"tracing-ms", "time", "time", PT_UNIT_NS, 1e6},
	{"bytes", "bytes", "bytes", PT_UNIT_BYTES, 1},
};

/* Where columns begin; 0: they are not there. */
struct marks {
	size_t at[COLUMNS];
};

struct thread {
	struct marks marks;
	char *name;
	int32_t pid, tid;
	size_t kind;
};

/* A column that is read. null is NONE. */
struct list {
	size_t mark; /* which one this is */
	uint32_t *v;
	size_t n, cap;
};

/* A string; what it is longer than any name is left out. */
struct text {
	const char *s;
	uint32_t n;
	bool copied; /* it has escapes; else it stands in the file */
};

/* Where a row of the stack table is in the tree. */
struct place {
	uint32_t node, depth;
	uint32_t root; /* that it is below; NONE until one is needed */
};

/* What was loaded of a thread's own tables, or of those that all share: which are loaded once. */
struct tables {
	struct list lists[LOADED];
	struct text *strings;
	size_t n_strings, cap_strings;
	uint32_t *frames;     /* of the frame table: in the profile, or NONE until one is needed */
	struct place *places; /* of the stack table */
	size_t n_frames, cap_frames, n_places, cap_places;
};

struct gecko {
	struct pt_scan scan;
	struct pt_json_pull *j;
	struct marks shared;
	struct thread *threads;
	size_t n_threads, cap_threads;
	struct tables own, common;
	struct tables *from[LOADED]; /* whose columns this thread's are */
	uint32_t root;		     /* of the thread */
	struct pt_symbols *symbols;
	struct pt_space *space; /* each object that is listed, at a place of its own */
	uint32_t n_libs;
	bool rows; /* tables have rows, not columns: what profiler.firefox.com has not processed */
	struct pt_str name, module, file;
};

static bool take(struct gecko *r, size_t bytes)
{
	return pt_scan_take_json(&r->scan, r->j, bytes);
}

/* -- first pass: where things are ------------------------------------------------------------------- */

/* Notes the columns of a table; what else samples say goes to the thread. */
static void mark_table(struct gecko *r, const struct pt_slice *table, struct marks *marks,
		       struct thread *thread)
{
	size_t first = 0, last;
	struct pt_slice key, s;

	while (first < COLUMNS &&
	       (!columns[first].table || !pt_slice_is(*table, columns[first].table)))
		first++;
	if (first == COLUMNS || !pt_json_pull_enter(r->j, '{')) {
		if (first == COLUMNS)
			pt_json_pull_skip(r->j);
		return;
	}
	for (last = first; last < COLUMNS && columns[last].table == columns[first].table;)
		last++;
	while (pt_json_pull_key(r->j, &key)) {
		if (thread && columns[first].table == columns[SAMPLE_STACK].table &&
		    pt_slice_is(key, "weightType")) {
			s = pt_json_pull_str(r->j);
			for (size_t i = 0; i < PT_LEN(kinds); i++)
				thread->kind = pt_slice_is(s, kinds[i].type) ? i : thread->kind;
			continue;
		}
		r->rows = r->rows || pt_slice_is(key, "schema");
		for (size_t i = first; i < last; i++)
			if (pt_slice_is(key, columns[i].name) &&
			    pt_json_pull_type(r->j) == PT_JARRAY)
				marks->at[i] = pt_json_pull_pos(r->j);
		pt_json_pull_skip(r->j);
	}
}

static void mark_member(struct gecko *r, const struct pt_slice *key, struct marks *marks,
			struct thread *thread)
{
	if (pt_slice_is(*key, "stringArray") || pt_slice_is(*key, "stringTable")) {
		marks->at[STRINGS] = pt_json_pull_pos(r->j);
		pt_json_pull_skip(r->j);
	} else {
		mark_table(r, key, marks, thread);
	}
}

/* A number, or text that begins with one ("4711.2": samply's for a pid that came back). */
static int32_t read_id(struct pt_json_pull *j)
{
	double v = 0;
	struct pt_slice s;

	if (pt_json_pull_type(j) != PT_JSTRING)
		v = pt_json_pull_num(j, 0);
	else
		for (s = pt_json_pull_str(j); s.n && *s.s >= '0' && *s.s <= '9'; s.s++, s.n--)
			v = v * 10 + (*s.s - '0');
	return v > 0 && v <= INT32_MAX ? (int32_t)v : 0;
}

static void read_thread(struct gecko *r)
{
	struct thread t = {.kind = 0};
	struct pt_slice key;

	if (!take(r, 2 * sizeof t + MAX_PATH))
		return;
	pt_str_clear(&r->name);
	if (!pt_json_pull_enter(r->j, '{'))
		pt_json_pull_fail(r->j, PT_ESYNTAX,
				  "expected a thread, an object with \"samples\"");
	while (pt_json_pull_key(r->j, &key)) {
		if (pt_slice_is(key, "name"))
			pt_slice_copy(pt_json_pull_str(r->j), &r->name, MAX_PATH);
		else if (pt_slice_is(key, "pid"))
			t.pid = read_id(r->j);
		else if (pt_slice_is(key, "tid"))
			t.tid = read_id(r->j);
		else
			mark_member(r, &key, &t.marks, &t);
	}
	t.name = pt_strdup(pt_str_text(&r->name));
	*PT_PUSH(r->threads, r->n_threads, r->cap_threads) = t;
}

/* When it was that times are counted from, if it tells. */
static void read_meta(struct gecko *r)
{
	struct pt_profile *p = r->scan.profile;
	struct pt_slice key;

	while (pt_json_pull_key(r->j, &key)) {
		if (!pt_slice_is(key, "startTime")) {
			pt_json_pull_skip(r->j);
			continue;
		}
		p->real_ns = pt_json_round(pt_json_pull_num(r->j, 0) * 1e6);
		p->has_real = p->real_ns > 0;
	}
}

/* Where an address of an object is in the space. */
static uint64_t lib_address(uint32_t lib, uint32_t address)
{
	return ((uint64_t)lib + 1) << 32 | address;
}

/* Digits of a code id, which of ELF is the build id. Returns how many bytes. */
static size_t read_code_id(struct pt_slice s, uint8_t id[MAX_BUILD_ID])
{
	size_t n = 0;

	for (; n < s.n && n < 2 * MAX_BUILD_ID && isxdigit((uint8_t)s.s[n]); n++) {
		int c = tolower((uint8_t)s.s[n]);

		id[n / 2] = (uint8_t)(id[n / 2] << 4 | (c > '9' ? c - 'a' + 10 : c - '0'));
	}
	return n / 2;
}

static void read_lib(struct gecko *r)
{
	uint8_t id[MAX_BUILD_ID] = {0};
	struct pt_mapping m = {.len = (uint64_t)1 << 32, .image = true, .build_id = id};
	struct pt_slice key;

	m.start = lib_address(r->n_libs++, 0);
	pt_str_clear(&r->file);
	if (!take(r, sizeof m) || !pt_json_pull_enter(r->j, '{'))
		return;
	while (pt_json_pull_key(r->j, &key)) {
		if (pt_slice_is(key, "path"))
			pt_slice_copy(pt_json_pull_str(r->j), &r->file, MAX_PATH);
		else if (pt_slice_is(key, "codeId"))
			m.n_build_id = read_code_id(pt_json_pull_str(r->j), id);
		else
			pt_json_pull_skip(r->j);
	}
	m.path = pt_str_text(&r->file);
	if (*m.path == '/')
		pt_space_map(r->space, &m);
}

static void read_root(struct gecko *r)
{
	struct pt_slice key;

	if (!pt_json_pull_enter(r->j, '{'))
		pt_json_pull_fail(r->j, PT_ESYNTAX, "expected an object with \"threads\"");
	while (pt_json_pull_key(r->j, &key)) {
		if (pt_slice_is(key, "threads") && pt_json_pull_enter(r->j, '[')) {
			while (pt_json_pull_item(r->j))
				read_thread(r);
		} else if (pt_slice_is(key, "libs") && pt_json_pull_enter(r->j, '[')) {
			while (pt_json_pull_item(r->j))
				read_lib(r);
		} else if (pt_slice_is(key, "shared") && pt_json_pull_enter(r->j, '{')) {
			while (pt_json_pull_key(r->j, &key))
				mark_member(r, &key, &r->shared, NULL);
		} else if (pt_slice_is(key, "meta") && pt_json_pull_enter(r->j, '{')) {
			read_meta(r);
		} else if (!pt_slice_is(key, "threads") && !pt_slice_is(key, "shared") &&
			   !pt_slice_is(key, "libs") && !pt_slice_is(key, "meta")) {
			pt_json_pull_skip(r->j);
		}
	}
}

/* -- tables ----------------------------------------------------------------------------------------- */

/* Bytes that one more of so many, with room for cap, will take: what is loaded again takes none. */
static size_t room(size_t n, size_t cap, size_t size)
{
	return n < cap ? 0 : (cap + 16) * size;
}

/* Bytes of a copy, with what is kept beside it. */
static size_t copy_bytes(const struct text *text)
{
	return text->n + 32;
}

static void clear_strings(struct gecko *r, struct tables *t)
{
	for (size_t i = 0; i < t->n_strings; i++)
		if (t->strings[i].copied) {
			pt_scan_give(&r->scan, copy_bytes(&t->strings[i]));
			free((void *)(uintptr_t)t->strings[i].s);
		}
	t->n_strings = 0;
}

static void load_strings(struct gecko *r, struct tables *t)
{
	const char *begin = r->scan.in->data, *end = begin + r->scan.in->len;

	clear_strings(r, t);
	if (!pt_json_pull_enter(r->j, '['))
		return;
	while (pt_json_pull_item(r->j) &&
	       take(r, room(t->n_strings, t->cap_strings, sizeof *t->strings))) {
		struct pt_slice s = pt_json_pull_str(r->j);
		struct text text = {.n = (uint32_t)PT_MIN(s.n, (size_t)PT_FRAME_NAME_MAX + 1)};

		text.copied = s.n && (s.s < begin || s.s >= end);
		if (text.copied && !take(r, copy_bytes(&text)))
			return;
		text.s = text.copied ? pt_strndup(s.s, text.n) : s.s;
		*PT_PUSH(t->strings, t->n_strings, t->cap_strings) = text;
	}
}

static void load_list(struct gecko *r, struct list *list)
{
	list->n = 0;
	if (!pt_json_pull_enter(r->j, '['))
		return;
	while (pt_json_pull_item(r->j) && take(r, room(list->n, list->cap, sizeof *list->v))) {
		double v = pt_json_pull_num(r->j, -1);

		*PT_PUSH(list->v, list->n, list->cap) = v >= 0 && v < NONE ? (uint32_t)v : NONE;
	}
}

/* With other tables, no row has its frame or place yet. */
static void forget(struct gecko *r, struct tables *t)
{
	t->n_frames = t->lists[FRAME_FUNC].n;
	t->n_places = t->lists[STACK_FRAME].n;
	if (t->n_frames > t->cap_frames && take(r, t->n_frames * sizeof *t->frames)) {
		t->frames = pt_reallocarray(t->frames, t->n_frames, sizeof *t->frames);
		t->cap_frames = t->n_frames;
	}
	if (t->n_places > t->cap_places && take(r, t->n_places * sizeof *t->places)) {
		t->places = pt_reallocarray(t->places, t->n_places, sizeof *t->places);
		t->cap_places = t->n_places;
	}
	if (pt_json_pull_code(r->j))
		return;
	for (size_t i = 0; i < t->n_frames; i++)
		t->frames[i] = NONE;
	for (size_t i = 0; i < t->n_places; i++)
		t->places[i].root = NONE;
}

/* One of its columns; true: it is another one than before. */
static bool load_column(struct gecko *r, struct tables *t, enum column column, size_t mark)
{
	struct list *list = &t->lists[column];

	if (list->mark == mark)
		return false;
	list->mark = mark;
	list->n = 0;
	if (column == STRINGS)
		clear_strings(r, t);
	if (!mark)
		return true;
	pt_json_pull_seek(r->j, mark);
	if (column == STRINGS)
		load_strings(r, t);
	else
		load_list(r, list);
	return true;
}

/* The thread's own tables, or those that all share: what rows of a shared one name is in shared ones. */
static bool load(struct gecko *r, const struct thread *t)
{
	const size_t *at = t->marks.at;
	bool stacks = at[STACK_FRAME], frames = stacks && at[FRAME_FUNC];
	bool funcs = frames && at[FUNC_NAME], again[2] = {false};

	for (enum column i = 0; i < LOADED; i++) {
		bool own = i >= STACK_PREFIX ? stacks : i >= FRAME_ADDRESS ? frames : funcs;

		own = own && (at[i] || !r->shared.at[i]);
		r->from[i] = own ? &r->own : &r->common;
		again[own] |= load_column(r, r->from[i], i, own ? at[i] : r->shared.at[i]);
	}
	if (again[false])
		forget(r, &r->common);
	if (stacks)
		forget(r, &r->own);
	return !pt_json_pull_code(r->j);
}

/* A row of a column; NONE when it has none. */
static uint32_t row(const struct gecko *r, enum column column, uint32_t i)
{
	const struct list *list = &r->from[column]->lists[column];

	return i < list->n ? list->v[i] : NONE;
}

static const char *string(struct gecko *r, uint32_t i, struct pt_str *out, size_t max)
{
	const struct tables *t = r->from[STRINGS];
	struct pt_slice s = {"", 0};

	if (i < t->n_strings)
		s = (struct pt_slice){t->strings[i].s, t->strings[i].n};
	return pt_slice_copy(s, out, max);
}

/* By the object that a frame without a name is of; NONE when it is of none that is listed. */
static uint32_t symbol_of(struct gecko *r, uint32_t i, uint32_t func)
{
	uint32_t lib = row(r, RESOURCE_LIB, row(r, FUNC_RESOURCE, func));
	uint32_t address = row(r, FRAME_ADDRESS, i), frame = NONE;
	uint64_t offset;

	if (lib < r->n_libs && address != NONE &&
	    pt_space_module(r->space, lib_address(lib, address), &offset))
		pt_space_frames(r->space, lib_address(lib, address), false, &frame, 1);
	return frame;
}

static uint32_t frame_of(struct gecko *r, uint32_t i)
{
	uint32_t func = row(r, FRAME_FUNC, i), inlined = row(r, FRAME_INLINE, i), line, file;
	struct pt_frame frame = {.kind = PT_FRAME_USER};
	uint32_t *ret;

	if (func >= r->from[FUNC_NAME]->lists[FUNC_NAME].n)
		return NONE;
	ret = &r->from[FRAME_FUNC]->frames[i];
	if (*ret != NONE)
		return *ret;
	frame.name = string(r, row(r, FUNC_NAME, func), &r->name, PT_FRAME_NAME_MAX + 1);
	if (!strncmp(frame.name, "0x", 2))
		*ret = symbol_of(r, i, func);
	if (*ret != NONE)
		return *ret;
	if (!*frame.name)
		frame.name = "(anonymous)";
	file = row(r, FUNC_FILE, func);
	if (file == NONE)
		file = row(r, SOURCE_FILE, row(r, FUNC_SOURCE, func));
	frame.file = string(r, file, &r->file, MAX_PATH);
	frame.module =
		string(r, row(r, RESOURCE_NAME, row(r, FUNC_RESOURCE, func)), &r->module, MAX_PATH);
	line = row(r, FUNC_LINE, func);
	frame.line = line == NONE ? 0 : line;
	if (inlined != NONE && inlined > 0)
		frame.kind = PT_FRAME_INLINED;
	else if (strstr(frame.module, "[kernel") || strstr(frame.module, "kallsyms"))
		frame.kind = PT_FRAME_KERNEL;
	*ret = pt_frames_intern(r->scan.profile->tree->frames, &frame);
	return *ret;
}

/* -- samples ---------------------------------------------------------------------------------------- */

static int broken(struct gecko *r, const char *what, uint32_t i, size_t n)
{
	return pt_err_at(r->scan.err, PT_ESYNTAX, r->scan.in->name, 0, 0,
			 "%s %u, expected one of the %zu before it", what, i, n);
}

/* The tree's node of a stack. Callers come before what they call: the way up ends, and the rows in
 * between are placed on the way down, which is found by going up once more for each. */
static int place(struct gecko *r, uint32_t stack, uint32_t *ret)
{
	struct pt_tree *tree = r->scan.profile->tree;
	size_t n_stacks = r->from[STACK_FRAME]->lists[STACK_FRAME].n, n = 0, cap = 0;
	struct place *places = r->from[STACK_FRAME]->places;
	uint32_t *way = NULL, at;
	struct place above = {.node = r->root, .root = r->root};
	int code = 0;

	for (at = stack; at != NONE; at = row(r, STACK_PREFIX, at)) {
		uint32_t prefix = row(r, STACK_PREFIX, at);

		if (at >= n_stacks)
			code = broken(r, "stack", at, n_stacks);
		else if (prefix != NONE && prefix >= at)
			code = broken(r, "caller of a stack", prefix, at);
		if (code)
			goto out;
		if (places[at].root == r->root) {
			above = places[at];
			break;
		}
		*PT_PUSH(way, n, cap) = at;
	}
	while (n-- > 0) {
		uint32_t frame = frame_of(r, row(r, STACK_FRAME, way[n]));

		code = pt_json_pull_code(r->j);
		if (!code && frame == NONE)
			code = broken(r, "frame of stack", way[n], n_stacks);
		if (code)
			goto out;
		if (above.depth < PT_STACK_MAX) {
			above.node = pt_tree_child(tree, above.node, frame);
			above.depth++;
		}
		if (above.node == PT_NO_NODE) {
			code = pt_scan_full(&r->scan);
			goto out;
		}
		places[way[n]] = above;
	}
	*ret = above.node;
out:
	free(way);
	return code;
}

/* A second reader of the text, at a column that is read beside another; NULL: there is none. */
static struct pt_json_pull *beside(struct gecko *r, size_t mark)
{
	struct pt_json_pull *j;

	if (!mark)
		return NULL;
	j = pt_json_pull_new(r->scan.in->name, r->scan.in->data, r->scan.in->len, NULL);
	pt_json_pull_seek(j, mark);
	pt_json_pull_enter(j, '[');
	return j;
}

static double next_number(struct pt_json_pull *j, double otherwise)
{
	return j && pt_json_pull_item(j) ? pt_json_pull_num(j, otherwise) : otherwise;
}

static uint32_t thread_root(struct gecko *r, const struct thread *t)
{
	struct pt_frame frame = {.name = *t->name ? t->name : "thread",
				 .kind = PT_FRAME_THREAD,
				 .pid = t->pid,
				 .tid = t->tid};
	struct pt_tree *tree = r->scan.profile->tree;

	if (!r->scan.options->threads)
		return PT_TREE_ROOT;
	return pt_tree_child(tree, PT_TREE_ROOT, pt_frames_intern(tree->frames, &frame));
}

static int add_sample(struct gecko *r, uint32_t stack, double at_ms, int64_t weight)
{
	struct pt_profile *p = r->scan.profile;
	uint32_t node = PT_NO_NODE;
	int code;

	if (stack == NONE) /* nothing ran, or nothing is known of it */
		node = pt_tree_child(
			p->tree, r->root,
			pt_frames_name(p->tree->frames, "[no stack]", 10, PT_FRAME_USER));
	else if ((code = place(r, stack, &node)))
		return code;
	if (node == PT_NO_NODE)
		return pt_scan_full(&r->scan);
	pt_tree_add_sample(p->tree, node, weight);
	p->samples++;
	if (!r->scan.options->moments)
		return 0;
	code = pt_scan_take(&r->scan, 2 * sizeof *p->moments);
	if (!code)
		pt_profile_add_moment(p, pt_json_round(at_ms * 1e6), node, weight);
	return code;
}

static int add_thread(struct gecko *r, const struct thread *t, uint32_t root)
{
	const size_t *at = t->marks.at;
	struct pt_json_pull *stacks = NULL, *weights = NULL, *times = NULL;
	double ms = 0;
	int code = 0;

	if (!load(r, t))
		return pt_json_pull_code(r->j);
	r->root = root;
	stacks = beside(r, at[SAMPLE_STACK]);
	weights = beside(r, at[SAMPLE_WEIGHT]);
	times = beside(r, at[SAMPLE_TIME] ? at[SAMPLE_TIME] : at[SAMPLE_DELTAS]);
	while (!code && pt_json_pull_item(stacks) && take(r, 0)) {
		double stack = pt_json_pull_num(stacks, -1), time = next_number(times, 0);
		double weight = next_number(weights, 1) * kinds[t->kind].factor;

		ms = at[SAMPLE_TIME] ? time : ms + time;
		code = add_sample(r, stack >= 0 && stack < NONE ? (uint32_t)stack : NONE, ms,
				  pt_json_round(weight));
	}
	pt_json_pull_free(stacks);
	pt_json_pull_free(weights);
	pt_json_pull_free(times);
	return code ? code : pt_json_pull_code(r->j);
}

/* -- the reader ------------------------------------------------------------------------------------- */

struct turn {
	uint32_t root, thread;
};

static int by_root(const void *a, const void *b)
{
	const struct turn *x = a, *y = b;

	if (x->root != y->root)
		return x->root < y->root ? -1 : 1;
	return (x->thread > y->thread) - (x->thread < y->thread);
}

/* Threads that weigh so. Those of one root follow one another, for a row of a shared table has one
 * place at a time. */
static int add_threads(struct gecko *r, size_t kind)
{
	struct turn *turns = NULL;
	size_t n = 0, cap = 0;
	int code = 0;

	for (size_t i = 0; i < r->n_threads && !code; i++) {
		const struct thread *t = &r->threads[i];
		uint32_t root;

		if (!t->marks.at[SAMPLE_STACK] || t->kind != kind)
			continue;
		root = thread_root(r, t);
		code = root == PT_NO_NODE ? pt_scan_full(&r->scan)
					  : pt_scan_take(&r->scan, 2 * sizeof *turns);
		*PT_PUSH(turns, n, cap) = (struct turn){root, (uint32_t)i};
	}
	if (n)
		qsort(turns, n, sizeof *turns, by_root);
	for (size_t i = 0; i < n && !code; i++)
		code = add_thread(r, &r->threads[turns[i].thread], turns[i].root);
	free(turns);
	return code;
}

/* Each way of weighing that a thread has is a value; the first thread's is the default. */
static int add(struct gecko *r)
{
	struct pt_profile *p = r->scan.profile;
	size_t value_kinds[PT_LEN(kinds)];
	int code;

	for (size_t i = 0; i < r->n_threads; i++) {
		const struct kind *k = &kinds[r->threads[i].kind];
		size_t v = 0;

		if (!r->threads[i].marks.at[SAMPLE_STACK])
			continue;
		while (v < p->n_values && strcmp(p->values[v].name, k->name) != 0)
			v++;
		if (v < p->n_values)
			continue;
		value_kinds[p->n_values] = r->threads[i].kind;
		pt_profile_add_value(p, k->name, k->what, k->unit);
	}
	if (!p->n_values)
		return pt_err_at(r->scan.err, r->rows ? PT_ENOTSUP : PT_ENODATA, r->scan.in->name,
				 0, 0, "%s",
				 r->rows ? "a raw profile of Gecko, expected a processed one: "
					   "profiler.firefox.com opens this one and saves it so"
					 : "no thread with samples in \"threads\"");
	code = pt_scan_choose(&r->scan, 0);
	return code ? code : add_threads(r, value_kinds[p->value]);
}

static void release_tables(struct gecko *r, struct tables *t)
{
	clear_strings(r, t);
	for (size_t i = 0; i < LOADED; i++)
		free(t->lists[i].v);
	free(t->strings);
	free(t->frames);
	free(t->places);
}

static void release(struct gecko *r)
{
	for (size_t i = 0; i < r->n_threads; i++)
		free(r->threads[i].name);
	release_tables(r, &r->own);
	release_tables(r, &r->common);
	free(r->threads);
	pt_symbols_free(r->symbols);
	pt_str_release(&r->name);
	pt_str_release(&r->module);
	pt_str_release(&r->file);
}

static int gecko_read(const struct pt_profile_input *in, const struct pt_read_options *options,
		      struct pt_profile *p, struct pt_err *err)
{
	const struct pt_symbols_options how = {.symfs = options->symfs,
					       .debuginfod = options->debuginfod};
	struct gecko r = {.root = PT_TREE_ROOT};
	struct pt_err first = {0}, later = {0};
	int code, added;

	pt_scan_init(&r.scan, in, options, p, &later);
	r.scan.passes = 2;
	r.symbols = pt_symbols_new(p->tree->frames, &how);
	r.space = pt_space_new(r.symbols, 0);
	r.j = pt_json_pull_new(in->name, in->data, in->len, &first);
	read_root(&r);
	code = pt_json_pull_code(r.j);
	pt_json_pull_free(r.j);
	/* Of a text that breaks off, what threads there are may still be whole. */
	r.j = pt_json_pull_new(in->name, in->data, in->len, &later);
	r.scan.pass = 1;
	added = code == -PT_ECANCELED ? code : add(&r);
	pt_json_pull_free(r.j);
	if ((code || added) && err)
		*err = code ? first : later;
	if (*pt_symbols_note(r.symbols))
		pt_profile_note(p, "%s", pt_symbols_note(r.symbols));
	release(&r);
	return code ? code : added;
}

static int gecko_sniff(const struct pt_profile_input *in)
{
	bool object = in->len && memchr(in->data, '{', PT_MIN(in->len, 64));

	if (object && pt_scan_holds(in, "\"preprocessedProfileVersion\""))
		return 90;
	return object && pt_scan_holds(in, "\"stackwalk\"") && pt_scan_holds(in, "\"processType\"")
		       ? 60
		       : 0;
}

const struct pt_profile_reader pt_profile_reader_gecko = {
	.name = "gecko",
	.title = "Firefox profiler (samply, profiler.firefox.com)",
	.sniff = gecko_sniff,
	.read = gecko_read,
};
