/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pprof's profiles: one protobuf message (gzip is undone by then) whose samples name locations, which
 * name functions, which name text, in any order. So the message's own fields are walked here, once
 * for each of these. Each message in it is unpacked by protobuf-c by itself and dropped again, which
 * bounds memory and lets a fault name its place.
 */
#include "perftop/base/json_pull.h"
#include "perftop/base/map.h"
#include "perftop/base/mem.h"
#include "perftop/profile/reader.h"
#include "scan.h"

#include <inttypes.h>
#include <src/profile/pprof.pb-c.h> /* made in the folder of the build */
#include <stdarg.h>
#include <string.h>

#define BASE_LABEL "pprof::base"

enum {
	STEP_FIELDS = 1024,
	MAX_VALUES = 64,
	MAX_PATH = 4096,
	NOTED_LABELS = 8,
	/* Bytes that protobuf-c may need to unpack one byte: for each field a place in its list of
	 * what it found, an unknown field, a block of memory. */
	UNPACK_FACTOR = 64,
	SNIFF_FIELDS = 64,
};

enum wire { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

struct field {
	uint64_t number, varint;
	enum wire wire;
	const uint8_t *data; /* of BYTES */
	size_t len;
};

struct function {
	struct pt_slice name, file;
	uint32_t line;
	/* The frame that it was last, and what else that is made of. */
	uint32_t frame;
	enum pt_frame_kind kind;
	const char *module;
};

struct location {
	uint32_t *frames; /* the outermost first */
	size_t n;
};

struct pprof {
	struct pt_scan scan; /* for limits and the choice of a value */
	const char *data;
	size_t len; /* what of it is whole */
	size_t at;  /* the field that is looked at */
	int code;   /* the first fault */
	struct pt_slice *strings;
	size_t n_strings, cap_strings;
	int64_t factors[MAX_VALUES]; /* of values, to the unit that is stored */
	int64_t count;		     /* index of the value that counts samples; -1 none */
	int64_t default_type;
	struct pt_map functions, mappings, locations;
	struct pt_map labels; /* keys that are left out */
	uint32_t *stack;
	struct pt_str name, module, file;
};

static int fail(struct pprof *r, enum pt_error code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(struct pprof *r, enum pt_error code, const char *fmt, ...)
{
	struct pt_str msg = PT_STR_INIT, file = PT_STR_INIT;
	va_list ap;

	if (r->code)
		return r->code;
	va_start(ap, fmt);
	pt_str_addv(&msg, fmt, ap);
	va_end(ap);
	pt_str_addf(&file, "%s@%zu", r->scan.in->name, r->at);
	r->code = pt_err_at(r->scan.err, code, file.s, 0, 0, "%s", msg.s);
	pt_str_release(&file);
	pt_str_release(&msg);
	return r->code;
}

static bool take(struct pprof *r, size_t bytes)
{
	if (!r->code)
		r->code = pt_scan_take(&r->scan, bytes);
	return !r->code;
}

/* -- the message's own fields ---------------------------------------------------------------------- */

/* Bytes of the varint at data, 0 when it does not end there or is longer than 64 bits. */
static size_t get_varint(const uint8_t *data, size_t n, uint64_t *ret)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n && i < 10; i++) {
		v |= (uint64_t)(data[i] & 0x7f) << (7 * i);
		if (data[i] < 0x80) {
			*ret = v;
			return i == 9 && data[i] > 1 ? 0 : i + 1;
		}
	}
	return 0;
}

/* The field at data: its bytes, or 0 with *why. */
static size_t get_field(const uint8_t *data, size_t n, struct field *f, const char **why)
{
	uint64_t key, value = 0;
	size_t head = get_varint(data, n, &key), used;

	*why = "broken number of a field, expected a varint of at most 10 bytes";
	if (!head || key >> 3 == 0 || key >> 32)
		return 0;
	*f = (struct field){.number = key >> 3, .wire = (enum wire)(key & 7)};
	switch (f->wire) {
	case VARINT:
	case BYTES:
		used = get_varint(data + head, n - head, &value);
		*why = f->wire == VARINT ? "broken varint, expected at most 10 bytes"
					 : "broken length, expected a varint of at most 10 bytes";
		if (!used)
			return 0;
		break;
	case FIXED64:
	case FIXED32: used = f->wire == FIXED64 ? 8 : 4; break;
	default: *why = "unknown kind of field, expected 0, 1, 2 or 5"; return 0;
	}
	head += used;
	f->varint = value;
	f->len = f->wire == BYTES ? value : 0;
	*why = "a field that is longer than what is left";
	if (head > n || f->len > n - head)
		return 0;
	f->data = data + head;
	return head + f->len;
}

/* NULL: a field that this version does not know, which is passed over. */
static const ProtobufCFieldDescriptor *describe(const struct field *f)
{
	return protobuf_c_message_descriptor_get_field(&pprof__profile__descriptor,
						       (unsigned)f->number);
}

static bool wire_fits(const ProtobufCFieldDescriptor *d, enum wire wire)
{
	if (d->type == PROTOBUF_C_TYPE_INT64)
		return wire == VARINT || (wire == BYTES && d->label == PROTOBUF_C_LABEL_REPEATED);
	return wire == BYTES;
}

/* Hands each field to one pass; stops at the first fault. */
static void walk(struct pprof *r, void (*pass)(struct pprof *r, const struct field *f))
{
	const ProtobufCFieldDescriptor *d;
	struct field f;
	const char *why;
	size_t n, fields = 0;
	int stop = 0;

	for (r->at = 0; r->at < r->len && !r->code; r->at += n) {
		n = get_field((const uint8_t *)r->data + r->at, r->len - r->at, &f, &why);
		d = n ? describe(&f) : NULL;
		if (fields++ % STEP_FIELDS == 0)
			stop = pt_scan_step(&r->scan, r->at);
		if (stop)
			r->code = stop;
		else if (!n)
			fail(r, PT_ESYNTAX, "%s", why);
		else if (d && !wire_fits(d, f.wire))
			fail(r, PT_ESYNTAX, "%s is a field of kind %d, expected %d", d->name,
			     (int)f.wire, d->type == PROTOBUF_C_TYPE_INT64 ? VARINT : BYTES);
		else if (d)
			pass(r, &f);
		if (r->code) /* at stays there */
			break;
	}
	r->scan.pass++;
}

static void *unpack(struct pprof *r, const struct field *f,
		    const ProtobufCMessageDescriptor *descriptor)
{
	size_t max = r->scan.options->max_memory;
	ProtobufCMessage *message;

	max = (max ? max : PT_READ_MAX_MEMORY) / UNPACK_FACTOR;
	if (f->len > max) {
		fail(r, PT_ELIMIT, "a %s of %zu bytes, expected at most %zu",
		     descriptor->short_name, f->len, max);
		return NULL;
	}
	message = protobuf_c_message_unpack(descriptor, NULL, f->len, f->data);
	if (!message)
		fail(r, PT_ESYNTAX, "broken %s, expected a protobuf message of %zu bytes",
		     descriptor->short_name, f->len);
	return message;
}

static void drop(void *message)
{
	if (message)
		protobuf_c_message_free_unpacked(message, NULL);
}

static struct pt_slice text(struct pprof *r, int64_t index)
{
	if (index >= 0 && (uint64_t)index < r->n_strings)
		return r->strings[index];
	fail(r, PT_ESYNTAX, "text %" PRId64 ", expected one of 0 to %zu", index,
	     r->n_strings ? r->n_strings - 1 : 0);
	return (struct pt_slice){"", 0};
}

/* -- first pass: text ------------------------------------------------------------------------------- */

static void pass_strings(struct pprof *r, const struct field *f)
{
	if (f->number == 6 && take(r, 2 * sizeof *r->strings))
		*PT_PUSH(r->strings, r->n_strings, r->cap_strings) =
			(struct pt_slice){(const char *)f->data, f->len};
	else if (f->number == 14)
		r->default_type = (int64_t)f->varint;
}

/* -- second pass: what is measured, functions, mappings, notes -------------------------------------- */

static const struct {
	const char *name;
	enum pt_unit unit;
	int64_t factor;
} units[] = {
	{"nanoseconds", PT_UNIT_NS, 1},	       {"microseconds", PT_UNIT_NS, 1000},
	{"milliseconds", PT_UNIT_NS, 1000000}, {"seconds", PT_UNIT_NS, 1000000000},
	{"bytes", PT_UNIT_BYTES, 1},	       {"kilobytes", PT_UNIT_BYTES, 1024},
	{"megabytes", PT_UNIT_BYTES, 1048576},
};

static void add_type(struct pprof *r, const Pprof__ValueType *type)
{
	struct pt_profile *p = r->scan.profile;
	struct pt_slice name = text(r, type->type), unit = text(r, type->unit);
	const char *what = pt_slice_copy(name, &r->name, sizeof p->values->name);
	enum pt_unit stored = PT_UNIT_COUNT;
	int64_t factor = 1;

	if (p->n_values == MAX_VALUES)
		fail(r, PT_ELIMIT, "more than %d values, expected fewer", MAX_VALUES);
	if (r->code)
		return;
	for (size_t i = 0; i < PT_LEN(units); i++) {
		if (!pt_slice_is(unit, units[i].name))
			continue;
		stored = units[i].unit;
		factor = units[i].factor;
		what = stored == PT_UNIT_NS ? "time" : "bytes";
	}
	if (stored == PT_UNIT_COUNT && strstr(what, "objects"))
		what = "allocations";
	if (r->count < 0 && pt_slice_is(name, "samples") && stored == PT_UNIT_COUNT)
		r->count = (int64_t)p->n_values;
	r->factors[p->n_values] = factor;
	pt_profile_add_value(p, pt_str_text(&r->name), what, stored);
}

static bool put_id(struct pprof *r, struct pt_map *map, uint64_t id, void *value, const char *what)
{
	if (!id)
		fail(r, PT_ESYNTAX, "%s with the id 0, expected another", what);
	else if (pt_map_get_u64(map, id))
		fail(r, PT_ESYNTAX, "second %s with the id %" PRIu64 ", expected another", what,
		     id);
	else
		pt_map_put_u64(map, id, value);
	return !r->code;
}

static void add_function(struct pprof *r, const Pprof__Function *function)
{
	struct pt_slice name = text(r, function->name ? function->name : function->system_name);
	struct function *f;

	if (!take(r, sizeof *f + 64)) /* and its place in the map */
		return;
	f = pt_malloc(sizeof *f);
	*f = (struct function){.name = name, .file = text(r, function->filename)};
	if (function->start_line > 0 && function->start_line <= UINT32_MAX)
		f->line = (uint32_t)function->start_line;
	if (r->code || !put_id(r, &r->functions, function->id, f, "function"))
		free(f);
}

static void add_mapping(struct pprof *r, const Pprof__Mapping *mapping)
{
	struct pt_slice file = text(r, mapping->filename);
	char *name;

	if (!take(r, PT_MIN(file.n, MAX_PATH) + 64))
		return;
	name = pt_strdup(pt_slice_copy(file, &r->file, MAX_PATH));
	if (r->code || !put_id(r, &r->mappings, mapping->id, name, "mapping"))
		free(name);
}

static void note_text(struct pprof *r, const char *lead, int64_t index)
{
	struct pt_slice s = text(r, index);

	if (s.n && r->scan.profile->n_notes < MAX_VALUES)
		pt_profile_note(r->scan.profile, "%s%.*s", lead, (int)PT_MIN(s.n, MAX_PATH), s.s);
}

static void note_comments(struct pprof *r, const struct field *f)
{
	uint64_t v = f->varint;
	size_t used;

	if (f->wire == VARINT)
		note_text(r, "", (int64_t)v);
	for (size_t i = 0; i < f->len && !r->code; i += used) {
		used = get_varint(f->data + i, f->len - i, &v);
		if (!used)
			fail(r, PT_ESYNTAX, "broken comment, expected a varint");
		else
			note_text(r, "", (int64_t)v);
	}
}

static void pass_tables(struct pprof *r, const struct field *f)
{
	void *m = NULL;

	switch (f->number) {
	case 1:
		if ((m = unpack(r, f, &pprof__value_type__descriptor)))
			add_type(r, m);
		break;
	case 3:
		if ((m = unpack(r, f, &pprof__mapping__descriptor)))
			add_mapping(r, m);
		break;
	case 5:
		if ((m = unpack(r, f, &pprof__function__descriptor)))
			add_function(r, m);
		break;
	case 7:
		note_text(r, "kept, though the file asks to leave them out: frames that match ",
			  (int64_t)f->varint);
		break;
	case 13: note_comments(r, f); break;
	default: break;
	}
	drop(m);
}

/* -- third pass: locations -------------------------------------------------------------------------- */

/* Of an address without a function: the mapping's name in brackets. */
static const char *bare_name(struct pprof *r, const char *module)
{
	const char *slash = strrchr(module, '/'), *base = slash ? slash + 1 : module;

	if (*base == '[')
		return base;
	pt_str_clear(&r->name);
	pt_str_addf(&r->name, "[%s]", *base ? base : "unknown");
	return pt_str_text(&r->name);
}

static uint32_t line_frame(struct pprof *r, const char *module, const Pprof__Line *line,
			   enum pt_frame_kind kind)
{
	struct function *f = pt_map_get_u64(&r->functions, line->function_id);
	struct pt_frame frame = {.module = module, .kind = kind};

	if (!f) {
		fail(r, PT_ESYNTAX, "function %" PRIu64 ", expected one that the file holds",
		     line->function_id);
		return PT_NO_FRAME;
	}
	if (f->module == module && f->kind == kind)
		return f->frame;
	frame.name =
		f->name.n ? pt_slice_copy(f->name, &r->name, PT_FRAME_NAME_MAX + 1) : "[unknown]";
	frame.file = pt_slice_copy(f->file, &r->file, MAX_PATH);
	frame.line = f->line;
	f->module = module;
	f->kind = kind;
	f->frame = pt_frames_intern(r->scan.profile->tree->frames, &frame);
	return f->frame;
}

static void add_location(struct pprof *r, const Pprof__Location *message)
{
	const char *module = pt_map_get_u64(&r->mappings, message->mapping_id);
	/* The innermost ones are beyond what a stack may have. */
	size_t n_lines = PT_MIN(message->n_line, (size_t)PT_STACK_MAX), n = PT_MAX(n_lines, 1);
	size_t first = message->n_line - n_lines;
	enum pt_frame_kind kind = PT_FRAME_USER;
	struct location *l;

	if (message->mapping_id && !module) {
		fail(r, PT_ESYNTAX, "mapping %" PRIu64 ", expected one that the file holds",
		     message->mapping_id);
		return;
	}
	module = module ? module : "";
	if (!strncmp(module, "[kernel", 7) || !strncmp(module, "[guest.kernel", 13))
		kind = PT_FRAME_KERNEL;
	else if (!strcmp(module, "[jit]"))
		kind = PT_FRAME_JIT;
	if (!take(r, sizeof *l + n * sizeof *l->frames + 80))
		return;
	l = pt_malloc(sizeof *l);
	*l = (struct location){.frames = pt_calloc(n, sizeof *l->frames), .n = n};
	for (size_t i = 0; i < n_lines && !r->code; i++)
		l->frames[n - 1 - i] = line_frame(r, module, message->line[first + i],
						  i + 1 < n ? PT_FRAME_INLINED : kind);
	if (!n_lines) {
		struct pt_frame frame = {
			.name = bare_name(r, module), .module = module, .kind = kind};

		l->frames[0] = pt_frames_intern(r->scan.profile->tree->frames, &frame);
	}
	if (r->code || !put_id(r, &r->locations, message->id, l, "location")) {
		free(l->frames);
		free(l);
	}
}

static void pass_locations(struct pprof *r, const struct field *f)
{
	void *m = f->number == 4 ? unpack(r, f, &pprof__location__descriptor) : NULL;

	if (m)
		add_location(r, m);
	drop(m);
}

/* -- fourth pass: samples --------------------------------------------------------------------------- */

static int32_t small(int64_t v)
{
	return v >= 0 && v <= INT32_MAX ? (int32_t)v : 0;
}

/* What of the labels makes a thread, or its command; the keys of others are noted. */
static bool thread_frame(struct pprof *r, const Pprof__Sample *sample, struct pt_frame *frame)
{
	static const char *const names[] = {"thread", "thread_name", "thread name"};
	static const char *const tids[] = {"tid", "thread_id", "thread id"};
	static const char *const pids[] = {"pid", "process_id", "process id"};
	bool threads = r->scan.options->threads, found = false;

	*frame = (struct pt_frame){.name = "thread", .kind = PT_FRAME_THREAD};
	for (size_t i = 0; i < sample->n_label; i++) {
		const Pprof__Label *label = sample->label[i];
		struct pt_slice key = text(r, label->key), s = text(r, label->str);
		bool comm = pt_slice_is(key, "comm"), name = comm, tid = false, pid = false;

		for (size_t k = 0; k < PT_LEN(names); k++) {
			name = name || pt_slice_is(key, names[k]);
			tid = tid || pt_slice_is(key, tids[k]);
			pid = pid || pt_slice_is(key, pids[k]);
		}
		if (name && s.n)
			frame->name = pt_slice_copy(s, &r->module, MAX_PATH);
		else if (tid || name)
			frame->tid = small(label->num);
		else if (pid)
			frame->pid = small(label->num);
		else if (r->labels.n < NOTED_LABELS && !pt_slice_is(key, BASE_LABEL))
			pt_map_put(&r->labels, pt_slice_copy(key, &r->name, 64), r);
		found = found || comm || (threads && (name || tid || pid));
	}
	if (!threads)
		frame->pid = frame->tid = 0;
	return found;
}

/* From the outermost on, as many as a stack may have. */
static size_t sample_stack(struct pprof *r, const Pprof__Sample *sample)
{
	struct pt_frame thread;
	size_t n = 0;

	if (thread_frame(r, sample, &thread))
		r->stack[n++] = pt_frames_intern(r->scan.profile->tree->frames, &thread);
	for (size_t i = sample->n_location_id; i-- > 0 && n < PT_STACK_MAX;) {
		uint64_t id = sample->location_id[i];
		const struct location *l = pt_map_get_u64(&r->locations, id);

		if (!l) {
			fail(r, PT_ESYNTAX,
			     "location %" PRIu64 ", expected one that the file holds", id);
			return 0;
		}
		for (size_t k = 0; k < l->n && n < PT_STACK_MAX; k++)
			r->stack[n++] = l->frames[k];
	}
	if (!n)
		r->stack[n++] = pt_frames_name(r->scan.profile->tree->frames, "[no stack]", 10,
					       PT_FRAME_USER);
	return n;
}

/* What pprof -diff_base writes: the profile that this one is compared with, with weights below zero. */
static bool is_base(struct pprof *r, const Pprof__Sample *sample)
{
	for (size_t i = 0; i < sample->n_label; i++)
		if (pt_slice_is(text(r, sample->label[i]->key), BASE_LABEL))
			return true;
	return false;
}

static void add_sample(struct pprof *r, const Pprof__Sample *sample)
{
	struct pt_profile *p = r->scan.profile;
	int64_t weight;
	uint32_t node;
	size_t n;

	if (sample->n_value != p->n_values) {
		fail(r, PT_ESYNTAX, "a sample with %zu values, expected %zu", sample->n_value,
		     p->n_values);
		return;
	}
	n = sample_stack(r, sample);
	if (r->code)
		return;
	if (__builtin_mul_overflow(sample->value[p->value], r->factors[p->value], &weight))
		weight = sample->value[p->value] < 0 ? INT64_MIN : INT64_MAX;
	node = pt_tree_stack(p->tree, PT_TREE_ROOT, r->stack, n);
	if (node == PT_NO_NODE) {
		r->code = pt_scan_full(&r->scan);
		return;
	}
	if (is_base(r, sample)) {
		pt_tree_add_base(p->tree, node, -PT_MAX(weight, -INT64_MAX));
		return;
	}
	pt_tree_add_samples(p->tree, node, weight, r->count >= 0 ? sample->value[r->count] : 0);
	if (r->count >= 0)
		p->samples = pt_weight_add(p->samples, sample->value[r->count]);
}

static void pass_samples(struct pprof *r, const struct field *f)
{
	void *m = f->number == 2 ? unpack(r, f, &pprof__sample__descriptor) : NULL;

	if (m)
		add_sample(r, m);
	drop(m);
}

/* -- the reader ------------------------------------------------------------------------------------- */

static void note_labels(struct pprof *r)
{
	struct pt_str keys = PT_STR_INIT;
	const char *key;
	size_t pos = 0;

	while (pt_map_next(&r->labels, &pos, &key, NULL, NULL))
		pt_str_addf(&keys, "%s%s", keys.len ? ", " : "", key);
	if (keys.len)
		pt_profile_note(r->scan.profile, "samples are joined whatever their labels: %s",
				keys.s);
	pt_str_release(&keys);
}

/* Which value: the one asked for, the file's own default, else the last. */
static void choose(struct pprof *r)
{
	struct pt_profile *p = r->scan.profile;
	size_t otherwise = p->n_values - 1;
	struct pt_slice s = {"", 0};

	if (r->default_type > 0 && (uint64_t)r->default_type < r->n_strings)
		s = r->strings[r->default_type];
	for (size_t i = 0; i < p->n_values; i++)
		if (pt_slice_is(s, p->values[i].name))
			otherwise = i;
	r->code = pt_scan_choose(&r->scan, otherwise);
}

static void release(struct pprof *r)
{
	size_t pos = 0;
	void *v;

	while (pt_map_next(&r->locations, &pos, NULL, NULL, &v)) {
		free(((struct location *)v)->frames);
		free(v);
	}
	for (pos = 0; pt_map_next(&r->functions, &pos, NULL, NULL, &v);)
		free(v);
	for (pos = 0; pt_map_next(&r->mappings, &pos, NULL, NULL, &v);)
		free(v);
	pt_map_release(&r->locations);
	pt_map_release(&r->functions);
	pt_map_release(&r->mappings);
	pt_map_release(&r->labels);
	pt_str_release(&r->name);
	pt_str_release(&r->module);
	pt_str_release(&r->file);
	free(r->strings);
	free(r->stack);
}

static int pprof_read(const struct pt_profile_input *in, const struct pt_read_options *options,
		      struct pt_profile *p, struct pt_err *err)
{
	struct pprof r = {.data = in->data, .len = in->len, .count = -1};
	int cut;

	pt_scan_init(&r.scan, in, options, p, err);
	r.scan.passes = 4;
	r.stack = pt_malloc(PT_STACK_MAX * sizeof *r.stack);
	/* Where the file breaks off is the end; what comes before may be whole. */
	walk(&r, pass_strings);
	cut = r.code;
	if (cut == -PT_ESYNTAX) {
		r.code = 0;
		r.len = r.at;
	}
	r.scan.err = cut ? NULL : err; /* the first fault is the one that is told */
	if (!r.code)
		walk(&r, pass_tables);
	if (!r.code && !p->n_values)
		fail(&r, PT_ENODATA, "no type of sample in it");
	if (!r.code)
		choose(&r);
	if (!r.code)
		walk(&r, pass_locations);
	if (!r.code)
		walk(&r, pass_samples);
	note_labels(&r);
	release(&r);
	return cut ? cut : r.code;
}

/* Every field of the begin is one of a profile's, of the right kind, and what is measured is there. */
static int pprof_sniff(const struct pt_profile_input *in)
{
	size_t len = PT_MIN(in->len, (size_t)PT_SNIFF_BYTES), pos = 0, n = 0, known = 0;
	bool types = false;
	struct field f;
	const char *why;

	while (pos < len && n < SNIFF_FIELDS) {
		size_t used = get_field((const uint8_t *)in->data + pos, in->len - pos, &f, &why);
		const ProtobufCFieldDescriptor *d = used ? describe(&f) : NULL;

		if (!used || !d || !wire_fits(d, f.wire))
			break;
		known++;
		types = types || f.number == 1 || f.number == 6;
		pos += used;
		n++;
	}
	return types && (known >= 4 || pos == in->len) ? 70 : 0;
}

const struct pt_profile_reader pt_profile_reader_pprof = {
	.name = "pprof",
	.title = "pprof (Go, gperftools, Rust's pprof, parca)",
	.sniff = pprof_sniff,
	.read = pprof_read,
};
