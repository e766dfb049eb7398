/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * V8's .cpuprofile, as node --cpu-prof and DevTools write it: nodes, samples, timeDeltas. The form
 * before 2016 nests the nodes below "head" and may tell only how often each was met; so does a
 * .heapprofile (node --heap-prof) with the bytes of each that are in use.
 */
#include "perftop/profile/reader.h"

#include "v8_profile.h"

#include <string.h>

/* Times of the old form are seconds, and each sample has its own in "timestamps" (µs). */
struct cpuprofile {
	struct pt_v8_profile v8;
	double start, end;
	bool old;
};

static void read_timestamps(struct pt_v8_profile *v8, struct pt_json_pull *j)
{
	int64_t before = 0;

	pt_v8_read_deltas(v8, j);
	for (size_t i = 0; i < v8->n_deltas; i++) {
		int64_t at = v8->deltas[i];

		v8->deltas[i] = pt_weight_sub(at, before);
		before = at;
	}
}

static void read_member(struct cpuprofile *c, struct pt_json_pull *j, const struct pt_slice *key)
{
	if (pt_slice_is(*key, "nodes")) {
		pt_v8_read_nodes(&c->v8, j);
	} else if (pt_slice_is(*key, "head")) {
		c->old = true;
		pt_v8_read_node(&c->v8, j);
	} else if (pt_slice_is(*key, "samples")) {
		pt_v8_read_samples(&c->v8, j);
	} else if (pt_slice_is(*key, "timeDeltas")) {
		pt_v8_read_deltas(&c->v8, j);
	} else if (pt_slice_is(*key, "timestamps")) {
		read_timestamps(&c->v8, j);
	} else if (pt_slice_is(*key, "startTime")) {
		c->start = pt_json_pull_num(j, 0);
	} else if (pt_slice_is(*key, "endTime")) {
		c->end = pt_json_pull_num(j, 0);
	} else {
		pt_json_pull_skip(j);
	}
}

/* With the times known, what the weights are. */
static int add(struct cpuprofile *c, struct pt_scan *scan)
{
	struct pt_v8_profile *v8 = &c->v8;
	double unit = c->old ? 1e9 : 1e3;
	int code;

	v8->start_ns = pt_json_round(c->start * unit);
	v8->end_ns = pt_json_round(c->end * unit);
	if (c->old && v8->n_deltas) /* they are absolute, of another clock */
		v8->start_ns = v8->end_ns = 0;
	if (v8->sizes)
		pt_profile_add_value(scan->profile, "inuse_space", "bytes", PT_UNIT_BYTES);
	else if (v8->n_samples && (v8->n_deltas || v8->end_ns > v8->start_ns))
		pt_profile_add_value(scan->profile, "time", "time", PT_UNIT_NS);
	if (!v8->sizes)
		pt_profile_add_value(scan->profile, "samples", "samples", PT_UNIT_COUNT);
	code = pt_scan_choose(scan, 0);
	if (code)
		return code;
	return pt_v8_add(v8, PT_TREE_ROOT, scan->profile->value + 1 == scan->profile->n_values);
}

static int cpuprofile_read(const struct pt_profile_input *in, const struct pt_read_options *options,
			   struct pt_profile *p, struct pt_err *err)
{
	struct pt_json_pull *j = pt_json_pull_new(in->name, in->data, in->len, err);
	struct cpuprofile c = {.old = false};
	struct pt_slice key;
	struct pt_scan scan;
	struct pt_err later;
	int code, added;

	pt_scan_init(&scan, in, options, p, &later);
	pt_scan_set_aside(&scan);
	pt_v8_init(&c.v8, &scan);
	if (!pt_json_pull_enter(j, '{'))
		pt_json_pull_fail(j, PT_ESYNTAX, "expected an object with \"nodes\" or \"head\"");
	while (pt_json_pull_key(j, &key))
		read_member(&c, j, &key);
	code = pt_json_pull_code(j);
	pt_scan_use_aside(&scan);
	added = add(&c, &scan);
	if (!code && added && err)
		*err = later;
	pt_v8_release(&c.v8);
	pt_json_pull_free(j);
	return code ? code : added;
}

static int cpuprofile_sniff(const struct pt_profile_input *in)
{
	bool object = in->len && memchr(in->data, '{', in->len < 64 ? in->len : 64);

	if (!object || pt_scan_holds(in, "\"traceEvents\""))
		return 0;
	if (pt_scan_holds(in, "\"nodes\"") && pt_scan_holds(in, "\"callFrame\""))
		return 80;
	return pt_scan_holds(in, "\"head\"") && pt_scan_holds(in, "\"functionName\"") ? 80 : 0;
}

const struct pt_profile_reader pt_profile_reader_cpuprofile = {
	.name = "cpuprofile",
	.title = "V8 CPU or heap profile (node --cpu-prof, --heap-prof, DevTools)",
	.sniff = cpuprofile_sniff,
	.read = cpuprofile_read,
};
