/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A recording's frames under the names that `perf script | stackcollapse-perf.pl` gives them: each
 * frame is written as perf script's line and named as the reader of such text does it. Threads are
 * known here, so --pid says which where that pipeline, whose text has only one number, says "?".
 */
#include "perf_data.h"
#include "perf_script.h"
#include "scan.h"

#include "perftop/base/map.h"
#include "perftop/base/mem.h"

struct pt_perf_names {
	struct pt_frames *frames;
	struct pt_script_names names; /* ids: of each frame that was asked for a count, then it */
	struct pt_map known;	      /* frame and java → where in ids its names begin */
	struct pt_str line;
};

static void add_root(struct pt_perf_names *c, const struct pt_frame *root)
{
	const struct pt_collapse *how = c->names.collapse;

	pt_str_clear(&c->line);
	pt_str_add(&c->line, root->name);
	if (how->pid || how->tid)
		pt_str_addf(&c->line, "-%d", (int)root->pid);
	if (how->tid)
		pt_str_addf(&c->line, "/%d", (int)root->tid);
	for (size_t i = 0; i < c->line.len; i++)
		if (c->line.s[i] == ' ')
			c->line.s[i] = '_';
	pt_script_names_split(&c->names, pt_str_text(&c->line), c->line.len);
}

static void add_frame(struct pt_perf_names *c, const struct pt_frame *frame, bool java)
{
	bool kernel = frame->kind == PT_FRAME_KERNEL;
	size_t n = strlen(frame->name);
	bool unknown = n && frame->name[0] == '[' && frame->name[n - 1] == ']';
	const char *module = frame->module;

	if (frame->kind == PT_FRAME_THREAD) {
		add_root(c, frame);
		return;
	}
	if (frame->kind == PT_FRAME_INLINED)
		module = "inlined";
	else if (kernel && strchr(module, '/') == NULL)
		module = "[kernel.kallsyms]";
	else if (!*module)
		module = "[unknown]";
	pt_str_clear(&c->line);
	pt_str_addf(&c->line, "\t%s %s (%s)", kernel ? "ffffffff80000000" : "1000",
		    unknown ? "[unknown]" : frame->name, module);
	pt_script_names_add(&c->names, (struct pt_slice){pt_str_text(&c->line), c->line.len}, java,
			    kernel);
}

const uint32_t *pt_perf_names_get(void *arg, uint32_t frame, bool java, size_t *ret_n)
{
	struct pt_perf_names *c = arg;
	struct pt_script_names *names = &c->names;
	uint64_t key = (uint64_t)frame << 1 | java;
	size_t place = (uintptr_t)pt_map_get_u64(&c->known, key);

	if (!place) {
		*PT_PUSH(names->ids, names->n_ids, names->cap_ids) = 0;
		place = names->n_ids;
		add_frame(c, pt_frames_get(c->frames, frame), java);
		names->ids[place - 1] = (uint32_t)(names->n_ids - place);
		pt_map_put_u64(&c->known, key, (void *)(uintptr_t)place);
	}
	*ret_n = names->ids[place - 1];
	return names->ids + place;
}

struct pt_perf_names *pt_perf_names_new(struct pt_frames *frames, const struct pt_collapse *how)
{
	struct pt_perf_names *c = pt_calloc(1, sizeof *c);

	c->frames = pt_frames_ref(frames);
	c->names = (struct pt_script_names){.frames = frames, .collapse = how};
	return c;
}

void pt_perf_names_free(struct pt_perf_names *names)
{
	if (!names)
		return;
	pt_script_names_release(&names->names);
	pt_map_release(&names->known);
	pt_str_release(&names->line);
	pt_frames_unref(names->frames);
	free(names);
}
