/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * speedscope's own JSON, which py-spy, rbspy, austin and others write as well: frames that all share,
 * and profiles, each sampled (stacks and weights) or evented (what is opened and closed, and when).
 * Each profile is a value. Members come in any order, so profiles are looked at first for their names
 * alone, and the chosen one is read when the frames are known.
 */
#include "open_stack.h"
#include "perftop/base/json_pull.h"
#include "perftop/base/mem.h"
#include "perftop/profile/reader.h"

#include <string.h>

enum { MAX_PATH = 4096, MAX_PROFILES = 65536 };

/* One of "profiles": where its parts begin (0: absent), and what its numbers are. */
struct part {
	size_t samples, weights, events;
	double unit; /* in what is stored */
	double start, end;
	bool time;
};

struct speedscope {
	struct pt_scan scan;
	struct pt_json_pull *j;
	uint32_t *frames;
	size_t n_frames, cap_frames;
	struct part *parts;
	size_t n_parts, cap_parts;
	size_t active;
	struct pt_str name, file;
};

static bool take(struct speedscope *r, size_t bytes)
{
	return pt_scan_take_json(&r->scan, r->j, bytes);
}

/* -- what there is ---------------------------------------------------------------------------------- */

static void read_frame(struct speedscope *r)
{
	struct pt_frame frame = {.line = 0};
	struct pt_json_pull *j = r->j;
	struct pt_slice key;

	pt_str_clear(&r->name);
	pt_str_clear(&r->file);
	if (!take(r, 2 * sizeof *r->frames))
		return;
	if (!pt_json_pull_enter(j, '{'))
		pt_json_pull_fail(j, PT_ESYNTAX, "expected a frame, an object with \"name\"");
	while (pt_json_pull_key(j, &key)) {
		if (pt_slice_is(key, "name")) {
			pt_slice_copy(pt_json_pull_str(j), &r->name, PT_FRAME_NAME_MAX + 1);
		} else if (pt_slice_is(key, "file")) {
			pt_slice_copy(pt_json_pull_str(j), &r->file, MAX_PATH);
		} else if (pt_slice_is(key, "line")) {
			double line = pt_json_pull_num(j, 0);

			frame.line = line > 0 && line <= UINT32_MAX ? (uint32_t)line : 0;
		} else {
			pt_json_pull_skip(j);
		}
	}
	frame.name = r->name.len ? r->name.s : "(anonymous)";
	frame.file = pt_str_text(&r->file);
	/* No file: what perftop writes of the kernel's functions is what holds them. */
	if (strncmp(frame.file, "[kernel", strlen("[kernel")) == 0) {
		frame.module = frame.file;
		frame.file = "";
		frame.kind = PT_FRAME_KERNEL;
	}
	*PT_PUSH(r->frames, r->n_frames, r->cap_frames) =
		pt_frames_intern(r->scan.profile->tree->frames, &frame);
}

static void read_shared(struct speedscope *r)
{
	struct pt_json_pull *j = r->j;
	struct pt_slice key;

	if (!pt_json_pull_enter(j, '{'))
		return;
	while (pt_json_pull_key(j, &key)) {
		if (!pt_slice_is(key, "frames") || r->n_frames)
			pt_json_pull_skip(j);
		else if (pt_json_pull_enter(j, '['))
			while (pt_json_pull_item(j))
				read_frame(r);
	}
}

static const struct {
	const char *name, *what;
	enum pt_unit unit;
	double factor;
} units[] = {
	{"none", "samples", PT_UNIT_COUNT, 1},	   {"nanoseconds", "time", PT_UNIT_NS, 1},
	{"microseconds", "time", PT_UNIT_NS, 1e3}, {"milliseconds", "time", PT_UNIT_NS, 1e6},
	{"seconds", "time", PT_UNIT_NS, 1e9},	   {"bytes", "bytes", PT_UNIT_BYTES, 1},
};

/* A name that no other value has, so that it can be asked for. */
static void add_value(struct speedscope *r, struct part *part, size_t unit)
{
	struct pt_profile *p = r->scan.profile;
	size_t number = p->n_values + 1;

	part->unit = units[unit].factor;
	part->time = units[unit].unit == PT_UNIT_NS;
	if (!r->name.len)
		pt_str_addf(&r->name, "profile %zu", number);
	for (size_t i = 0; i < p->n_values && number < 256; i++) {
		if (strncmp(p->values[i].name, r->name.s, sizeof p->values->name - 1) != 0)
			continue;
		if (r->name.len > sizeof p->values->name / 2)
			r->name.len = sizeof p->values->name / 2;
		pt_str_addf(&r->name, " (%zu)", number);
		break;
	}
	pt_profile_add_value(p, r->name.s, units[unit].what, units[unit].unit);
}

static void read_profile(struct speedscope *r)
{
	struct pt_json_pull *j = r->j;
	struct part part = {.unit = 1};
	struct pt_slice key, s;
	size_t unit = 0, *mark;

	pt_str_clear(&r->name);
	if (!take(r, 2 * sizeof part + 2 * sizeof *r->scan.profile->values))
		return;
	if (r->n_parts == MAX_PROFILES)
		pt_json_pull_fail(j, PT_ELIMIT, "more than %d profiles", MAX_PROFILES);
	if (!pt_json_pull_enter(j, '{'))
		pt_json_pull_fail(j, PT_ESYNTAX, "expected a profile, an object with \"type\"");
	while (pt_json_pull_key(j, &key)) {
		if (pt_slice_is(key, "name")) {
			pt_slice_copy(pt_json_pull_str(j), &r->name, 255);
			continue;
		} else if (pt_slice_is(key, "unit")) {
			s = pt_json_pull_str(j);
			for (size_t i = 0; i < PT_LEN(units); i++)
				unit = pt_slice_is(s, units[i].name) ? i : unit;
			continue;
		}
		mark = pt_slice_is(key, "samples")   ? &part.samples
		       : pt_slice_is(key, "weights") ? &part.weights
		       : pt_slice_is(key, "events")  ? &part.events
						     : NULL;
		if (mark)
			*mark = pt_json_pull_pos(j);
		if (pt_slice_is(key, "startValue"))
			part.start = pt_json_pull_num(j, 0);
		else if (pt_slice_is(key, "endValue"))
			part.end = pt_json_pull_num(j, 0);
		else
			pt_json_pull_skip(j);
	}
	add_value(r, &part, unit);
	*PT_PUSH(r->parts, r->n_parts, r->cap_parts) = part;
}

static void read_root(struct speedscope *r)
{
	struct pt_json_pull *j = r->j;
	struct pt_profile *p = r->scan.profile;
	struct pt_slice key;

	if (!pt_json_pull_enter(j, '{'))
		pt_json_pull_fail(j, PT_ESYNTAX, "expected an object with \"profiles\"");
	while (pt_json_pull_key(j, &key)) {
		if (pt_slice_is(key, "shared")) {
			read_shared(r);
		} else if (pt_slice_is(key, "profiles")) {
			if (pt_json_pull_enter(j, '['))
				while (pt_json_pull_item(j))
					read_profile(r);
		} else if (pt_slice_is(key, "name")) {
			pt_slice_copy(pt_json_pull_str(j), &r->name, MAX_PATH);
			pt_strlcpy(p->name, pt_str_text(&r->name), sizeof p->name);
		} else if (pt_slice_is(key, "exporter")) {
			pt_slice_copy(pt_json_pull_str(j), &r->name, MAX_PATH);
			pt_profile_note(p, "written by %s", pt_str_text(&r->name));
		} else if (pt_slice_is(key, "activeProfileIndex")) {
			double active = pt_json_pull_num(j, 0);

			r->active = active > 0 && active < MAX_PROFILES ? (size_t)active : 0;
		} else {
			pt_json_pull_skip(j);
		}
	}
}

/* -- the chosen one --------------------------------------------------------------------------------- */

/* An index of the shared frames. */
static uint32_t read_index(struct speedscope *r)
{
	double index = pt_json_pull_num(r->j, -1);

	if (index >= 0 && index < (double)r->n_frames && index == (double)(size_t)index)
		return r->frames[(size_t)index];
	pt_json_pull_fail(r->j, PT_ESYNTAX, "expected a frame's index, 0 to %zu",
			  r->n_frames ? r->n_frames - 1 : 0);
	return PT_NO_FRAME;
}

/* The outermost first. */
static uint32_t read_stack(struct speedscope *r)
{
	uint32_t node = PT_TREE_ROOT, depth = 0;

	if (!pt_json_pull_enter(r->j, '['))
		pt_json_pull_fail(r->j, PT_ESYNTAX, "expected a sample, an array of frames");
	while (pt_json_pull_item(r->j)) {
		uint32_t frame = read_index(r);

		if (frame == PT_NO_FRAME || depth++ >= PT_STACK_MAX)
			continue;
		node = pt_tree_child(r->scan.profile->tree, node, frame);
		if (node == PT_NO_NODE) {
			pt_json_pull_fail(r->j, PT_ELIMIT,
					  "more memory is needed from here on than allowed");
			return PT_TREE_ROOT;
		}
	}
	if (node == PT_TREE_ROOT)
		node = pt_tree_child(r->scan.profile->tree, node,
				     pt_frames_name(r->scan.profile->tree->frames, "[no stack]", 10,
						    PT_FRAME_USER));
	return node == PT_NO_NODE ? PT_TREE_ROOT : node;
}

/* Stacks and weights side by side: two readers of one text. */
static int read_sampled(struct speedscope *r, const struct part *part)
{
	struct pt_profile *p = r->scan.profile;
	struct pt_json_pull *weights;
	bool moments = r->scan.options->moments && part->time;
	bool counts = p->values[p->value].unit == PT_UNIT_COUNT; /* each stack once, or more */
	int64_t at = pt_json_round(part->start * part->unit);
	int code;

	weights = pt_json_pull_new(r->scan.in->name, r->scan.in->data, r->scan.in->len, NULL);
	pt_json_pull_seek(weights, part->weights);
	if (part->weights && !pt_json_pull_enter(weights, '['))
		pt_json_pull_fail(weights, PT_ESYNTAX, "expected an array of weights");
	if (pt_json_pull_enter(r->j, '[')) {
		while (pt_json_pull_item(r->j) && take(r, moments ? 2 * sizeof *p->moments : 0)) {
			uint32_t node = read_stack(r);
			int64_t weight = 1;

			if (part->weights && !pt_json_pull_item(weights))
				pt_json_pull_fail(r->j, PT_ESYNTAX, "a sample without its weight");
			else if (part->weights)
				weight = pt_json_round(pt_json_pull_num(weights, 0) * part->unit);
			if (pt_json_pull_code(r->j))
				break;
			pt_tree_add_samples(p->tree, node, weight, counts ? 0 : 1);
			if (moments)
				pt_profile_add_moment(p, at, node, weight);
			at = pt_weight_add(at, weight);
			p->samples = pt_weight_add(p->samples, counts ? weight : 1);
		}
	}
	if (counts && p->samples > PT_SAMPLES_MAX)
		p->samples = 0;
	code = pt_json_pull_code(r->j);
	pt_json_pull_free(weights);
	return code;
}

/* {"type": "O" or "C", "frame": index, "at": time} */
static int read_event(struct speedscope *r, const struct part *part, struct pt_open_stack *open)
{
	struct pt_json_pull *j = r->j;
	uint32_t frame = PT_NO_FRAME, top = pt_open_stack_top(open);
	const struct pt_tree *tree = r->scan.profile->tree;
	struct pt_slice key, s;
	int64_t at = 0;
	bool leave = false;
	int code = 0;

	if (!pt_json_pull_enter(j, '{'))
		pt_json_pull_fail(j, PT_ESYNTAX, "expected an event, an object with \"type\"");
	while (pt_json_pull_key(j, &key)) {
		if (pt_slice_is(key, "type")) {
			s = pt_json_pull_str(j);
			leave = pt_slice_is(s, "C");
		} else if (pt_slice_is(key, "frame")) {
			frame = read_index(r);
		} else if (pt_slice_is(key, "at")) {
			at = pt_json_round(pt_json_pull_num(j, 0) * part->unit);
		} else {
			pt_json_pull_skip(j);
		}
	}
	if (pt_json_pull_code(j))
		return pt_json_pull_code(j);
	if (frame == PT_NO_FRAME)
		return pt_json_pull_fail(j, PT_ESYNTAX, "an event without \"frame\"");
	if (!leave)
		code = pt_open_stack_enter(open, at, frame);
	else if (!open->depth || (open->depth <= PT_STACK_MAX && tree->frame[top] != frame))
		return pt_json_pull_fail(j, PT_ESYNTAX,
					 "a frame is closed that is not the last one opened");
	else
		code = pt_open_stack_leave(open, at);
	return code ? pt_json_pull_fail(j, PT_ELIMIT,
					"more memory is needed from here on than allowed")
		    : 0;
}

static int read_evented(struct speedscope *r, const struct part *part)
{
	struct pt_open_stack open;
	int64_t end = pt_json_round(part->end * part->unit);
	int code = 0;

	pt_open_stack_init(&open, &r->scan, PT_TREE_ROOT);
	if (pt_json_pull_enter(r->j, '['))
		while (!code && pt_json_pull_item(r->j) && take(r, 0))
			code = read_event(r, part, &open);
	while (open.depth)
		pt_open_stack_leave(&open, end);
	pt_open_stack_release(&open);
	return pt_json_pull_code(r->j);
}

static int read_chosen(struct speedscope *r)
{
	const struct part *part;
	int code;

	if (!r->n_parts)
		return pt_err_at(r->scan.err, PT_ENODATA, r->scan.in->name, 0, 0,
				 "no profile in \"profiles\"");
	code = pt_scan_choose(&r->scan, r->active < r->n_parts ? r->active : 0);
	if (code)
		return code;
	part = &r->parts[r->scan.profile->value];
	if (!part->samples && !part->events)
		return pt_err_at(r->scan.err, PT_ENODATA, r->scan.in->name, 0, 0,
				 "a profile without \"samples\" and \"events\", expected one");
	r->j = pt_json_pull_new(r->scan.in->name, r->scan.in->data, r->scan.in->len, r->scan.err);
	pt_json_pull_seek(r->j, part->samples ? part->samples : part->events);
	code = part->samples ? read_sampled(r, part) : read_evented(r, part);
	pt_json_pull_free(r->j);
	return code;
}

static int speedscope_read(const struct pt_profile_input *in, const struct pt_read_options *options,
			   struct pt_profile *p, struct pt_err *err)
{
	struct speedscope r = {.active = 0};
	struct pt_err later;
	int code, chosen;

	pt_scan_init(&r.scan, in, options, p, &later);
	r.scan.passes = 2;
	r.j = pt_json_pull_new(in->name, in->data, in->len, err);
	read_root(&r);
	code = pt_json_pull_code(r.j);
	pt_json_pull_free(r.j);
	r.scan.pass = 1;
	/* Of a text that breaks off there may still be something to see. */
	chosen = code == -PT_ECANCELED ? code : read_chosen(&r);
	if (!code && chosen && err)
		*err = later;
	free(r.frames);
	free(r.parts);
	pt_str_release(&r.name);
	pt_str_release(&r.file);
	return code ? code : chosen;
}

static int speedscope_sniff(const struct pt_profile_input *in)
{
	if (!in->len || !memchr(in->data, '{', PT_MIN(in->len, 64)))
		return 0;
	if (pt_scan_holds(in, "speedscope.app/file-format-schema"))
		return 95;
	return pt_scan_holds(in, "\"profiles\"") && pt_scan_holds(in, "\"shared\"") &&
			       pt_scan_holds(in, "\"frames\"")
		       ? 60
		       : 0;
}

const struct pt_profile_reader pt_profile_reader_speedscope = {
	.name = "speedscope",
	.title = "speedscope JSON (py-spy, rbspy, austin)",
	.sniff = speedscope_sniff,
	.read = speedscope_read,
};
