/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pprof: protobuf, packed with gzip, for go tool pprof and what else reads it. The parts of the one
 * message are written as they come up, a function, a location or a text before its first use, so that
 * only what is already there is kept. Inlined frames are lines of one location, as there; commands and
 * threads are labels, of the names that converters of perf.data give them. Of a difference the base is
 * written as pprof -diff_base does: weights below zero, with a label that says what they are.
 */
#include "perftop/base/map.h"
#include "perftop/base/mem.h"
#include "perftop/profile/export.h"

#include <src/profile/pprof.pb-c.h> /* made in the folder of the build */
#include <string.h>
#include <zlib.h>

enum { GZIP = 15 + 16, CHUNK = 32768 };

/* Fields of the message Profile. */
enum {
	SAMPLE_TYPE = 1,
	SAMPLE,
	MAPPING,
	LOCATION,
	FUNCTION,
	STRING_TABLE,
	COMMENT = 13,
};

struct out {
	const struct pt_tree *tree;
	const struct pt_export_sink *sink;
	z_stream z;
	int code;
	struct pt_map texts;	/* index + 1 */
	struct pt_map mappings; /* by module: id */
	uint8_t *functions;	/* of frames: is it written? Its id is frame + 1 */
	struct pt_tree
		*places; /* a location is what is inlined below one frame; its id: the node */
	uint8_t *places_written;
	size_t cap_places;
	uint64_t *stack;
	size_t n_stack, cap_stack;
};

/* -- bytes ------------------------------------------------------------------------------------------ */

static void deflate_all(struct out *o, int flush)
{
	uint8_t buffer[CHUNK];
	int state;

	do {
		o->z.next_out = buffer;
		o->z.avail_out = sizeof buffer;
		state = deflate(&o->z, flush);
		if (!o->code && o->z.avail_out < sizeof buffer)
			o->code = o->sink->write(o->sink->arg, (const char *)buffer,
						 sizeof buffer - o->z.avail_out);
	} while (!o->code && (flush == Z_FINISH ? state != Z_STREAM_END : o->z.avail_out == 0));
}

static void put(struct out *o, const void *data, size_t n)
{
	o->z.next_in = (Bytef *)data; /* zlib does not write there */
	o->z.avail_in = (uInt)n;      /* a text or a message: far below 4 GiB */
	deflate_all(o, Z_NO_FLUSH);
}

static void put_bytes(struct out *o, unsigned field, const void *data, size_t n)
{
	uint8_t head[12] = {(uint8_t)(field << 3 | 2)};
	size_t used = 1;

	for (uint64_t v = n;; v >>= 7) {
		head[used++] = (uint8_t)(v < 0x80 ? v : (v & 0x7f) | 0x80);
		if (v < 0x80)
			break;
	}
	put(o, head, used);
	put(o, data, n);
}

static void put_message(struct out *o, unsigned field, const ProtobufCMessage *message)
{
	size_t n = protobuf_c_message_get_packed_size(message);
	uint8_t *packed = pt_malloc(n + 1);

	protobuf_c_message_pack(message, packed);
	put_bytes(o, field, packed, n);
	free(packed);
}

/* -- tables ----------------------------------------------------------------------------------------- */

static int64_t text(struct out *o, const char *s)
{
	uintptr_t known = (uintptr_t)pt_map_get(&o->texts, s);

	if (!known) {
		put_bytes(o, STRING_TABLE, s, strlen(s));
		known = o->texts.n + 1;
		pt_map_put(&o->texts, s, (void *)known);
	}
	return (int64_t)known - 1;
}

static uint64_t function(struct out *o, uint32_t id)
{
	const struct pt_frame *frame = pt_frames_get(o->tree->frames, id);
	Pprof__Function f = PPROF__FUNCTION__INIT;

	f.id = (uint64_t)id + 1;
	if (o->functions[id])
		return f.id;
	o->functions[id] = 1;
	f.name = f.system_name = text(o, frame->name);
	f.filename = text(o, frame->file);
	f.start_line = frame->line;
	put_message(o, FUNCTION, &f.base);
	return f.id;
}

static uint64_t mapping(struct out *o, const struct pt_frame *frame)
{
	const char *module = frame->module;
	Pprof__Mapping m = PPROF__MAPPING__INIT;
	uintptr_t known;

	if (frame->kind == PT_FRAME_KERNEL && *module != '[')
		module = "[kernel.kallsyms]";
	if (frame->kind == PT_FRAME_JIT)
		module = "[jit]";
	if (!*module)
		return 0;
	known = (uintptr_t)pt_map_get(&o->mappings, module);
	if (known)
		return known;
	m.id = o->mappings.n + 1;
	pt_map_put(&o->mappings, module, (void *)(uintptr_t)m.id);
	m.filename = text(o, module);
	m.has_functions = m.has_filenames = m.has_line_numbers = m.has_inline_frames = 1;
	put_message(o, MAPPING, &m.base);
	return m.id;
}

/* n frames, the outermost first: one that is not inlined, and what is inlined in it. */
static uint64_t location(struct out *o, const uint32_t *frames, size_t n)
{
	uint32_t node = pt_tree_stack(o->places, PT_TREE_ROOT, frames, n);
	Pprof__Location l = PPROF__LOCATION__INIT;
	Pprof__Line *lines, **refs;

	if (node >= o->cap_places) {
		size_t cap = PT_MAX((size_t)node + 1, o->cap_places * 2);

		o->places_written = pt_realloc(o->places_written, cap);
		memset(o->places_written + o->cap_places, 0, cap - o->cap_places);
		o->cap_places = cap;
	}
	if (o->places_written[node])
		return node;
	o->places_written[node] = 1;
	lines = pt_calloc(n, sizeof *lines);
	refs = pt_calloc(n, sizeof *refs);
	for (size_t i = 0; i < n; i++) {
		const struct pt_frame *frame = pt_frames_get(o->tree->frames, frames[n - 1 - i]);

		pprof__line__init(&lines[i]);
		lines[i].function_id = function(o, frames[n - 1 - i]);
		lines[i].line = frame->line;
		refs[i] = &lines[i];
	}
	l.id = node;
	l.mapping_id = mapping(o, pt_frames_get(o->tree->frames, frames[0]));
	l.line = refs;
	l.n_line = n;
	put_message(o, LOCATION, &l.base);
	free(lines);
	free(refs);
	return node;
}

/* -- samples ---------------------------------------------------------------------------------------- */

/* Locations from the leaf out; what stands for a thread is left to the labels. */
static uint32_t walk(struct out *o, uint32_t node)
{
	uint32_t run[PT_STACK_MAX], thread = PT_NO_FRAME;
	size_t n = 0; /* of run, filled from its end */

	o->n_stack = 0;
	for (; node != PT_TREE_ROOT; node = o->tree->parent[node]) {
		uint32_t id = o->tree->frame[node];
		enum pt_frame_kind kind = pt_frames_get(o->tree->frames, id)->kind;

		if (kind == PT_FRAME_THREAD) {
			thread = id;
			continue;
		}
		run[PT_STACK_MAX - ++n] = id;
		if (kind == PT_FRAME_INLINED && n < PT_STACK_MAX)
			continue;
		*PT_PUSH(o->stack, o->n_stack, o->cap_stack) =
			location(o, run + PT_STACK_MAX - n, n);
		n = 0;
	}
	if (n)
		*PT_PUSH(o->stack, o->n_stack, o->cap_stack) =
			location(o, run + PT_STACK_MAX - n, n);
	return thread;
}

static void put_sample(struct out *o, uint32_t node, int64_t weight, bool base)
{
	static const char *const keys[] = {"comm", "pid", "tid"};
	Pprof__Sample s = PPROF__SAMPLE__INIT;
	Pprof__Label labels[4], *refs[4];
	uint32_t thread = walk(o, node);

	s.location_id = o->stack;
	s.n_location_id = o->n_stack;
	s.value = &weight;
	s.n_value = 1;
	if (thread != PT_NO_FRAME) {
		const struct pt_frame *frame = pt_frames_get(o->tree->frames, thread);

		for (size_t i = 0; i < PT_LEN(keys); i++) {
			pprof__label__init(&labels[i]);
			labels[i].key = text(o, keys[i]);
			refs[i] = &labels[i];
		}
		labels[0].str = text(o, frame->name);
		labels[1].num = frame->pid;
		labels[2].num = frame->tid;
		s.n_label = frame->pid || frame->tid ? 3 : 1;
	}
	if (base) {
		pprof__label__init(&labels[3]);
		labels[3].key = text(o, "pprof::base");
		labels[3].str = text(o, "true");
		refs[s.n_label++] = &labels[3];
	}
	s.label = s.n_label ? refs : NULL;
	put_message(o, SAMPLE, &s.base);
}

static void put_samples(struct out *o, const int64_t *self, bool base)
{
	for (uint32_t i = 0; self && i < o->tree->n && !o->code; i++)
		if (self[i])
			put_sample(o, i, base ? -PT_MAX(self[i], -INT64_MAX) : self[i], base);
}

static void put_head(struct out *o, const struct pt_profile *p, const char *title)
{
	const struct pt_profile_value *v = &p->values[p->value];
	Pprof__ValueType type = PPROF__VALUE_TYPE__INIT;
	uint8_t comment[] = {COMMENT << 3, 0};

	text(o, "");
	/* Samples of any event are "samples" there: who reads it knows how many there were. */
	type.type = text(o, strcmp(v->what, "samples") == 0 ? v->what : v->name);
	type.unit = text(o, v->unit == PT_UNIT_NS      ? "nanoseconds"
			    : v->unit == PT_UNIT_BYTES ? "bytes"
						       : "count");
	put_message(o, SAMPLE_TYPE, &type.base);
	comment[1] = (uint8_t)text(o, title);
	put(o, comment, sizeof comment);
}

static int pprof_write(const struct pt_profile *p, const struct pt_export_spec *spec,
		       const struct pt_export_sink *sink, struct pt_err *err)
{
	struct out o = {.tree = p->tree, .sink = sink};

	if (deflateInit2(&o.z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY))
		return pt_err_set(err, PT_EIO, "zlib cannot begin to pack");
	o.places = pt_tree_new(p->tree->frames, 0);
	o.functions = pt_calloc((size_t)pt_frames_count(p->tree->frames) + 1, 1);
	put_head(&o, p, spec->title ? spec->title : p->name);
	put_samples(&o, p->tree->self, false);
	put_samples(&o, p->tree->base_self, true);
	if (!o.code)
		deflate_all(&o, Z_FINISH);
	deflateEnd(&o.z);
	pt_tree_free(o.places);
	pt_map_release(&o.texts);
	pt_map_release(&o.mappings);
	free(o.functions);
	free(o.places_written);
	free(o.stack);
	return o.code;
}

const struct pt_profile_export pt_profile_export_pprof = {
	.name = "pprof",
	.title = "pprof, for go tool pprof",
	.endings = " .pprof .pb.gz ",
	.write = pprof_write,
};
