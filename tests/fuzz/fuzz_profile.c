/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Profiles of other programs. PERFTOP_FUZZ_READER names the reader, else the data is sniffed; the
 * length of the data chooses options, and now and then another of its values is read. What is read
 * is whole: parents before children, and within the limit of memory; what is refused says why.
 */
#include "perftop/profile/reader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_MEMORY = 32 << 20 };

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_tree(const struct pt_tree *tree)
{
	check(tree->n > 0 && tree->total && tree->frame[0] == PT_NO_FRAME);
	check(pt_tree_bytes(tree) + pt_frames_bytes(tree->frames) <= 2 * (size_t)MAX_MEMORY);
	for (uint32_t i = 1; i < tree->n; i++) {
		check(tree->parent[i] < i);
		check(tree->frame[i] < pt_frames_count(tree->frames));
		check(pt_frames_get(tree->frames, tree->frame[i])->name != NULL);
	}
}

static void check_profile(const struct pt_profile *p)
{
	check_tree(p->tree);
	check(p->n_values > 0 && p->value < p->n_values && p->format[0]);
	check(!p->partial || p->fault.msg[0]);
	for (size_t i = 0; i < p->n_moments; i++)
		check(p->moments[i].node < p->tree->n);
}

static int read_once(const struct pt_profile_input *in, const struct pt_read_options *options,
		     struct pt_profile *ret)
{
	struct pt_err err = {0};
	int code = pt_profile_read_data(in, options, ret, &err);

	if (code)
		check(err.code == -code && err.msg[0]);
	else
		check_profile(ret);
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *name = getenv("PERFTOP_FUZZ_READER");
	struct pt_profile_input in = {.name = "fuzz", .data = (const char *)data, .len = size};
	struct pt_read_options options = {.max_memory = MAX_MEMORY,
					  .moments = size % 2,
					  .threads = size / 2 % 2,
					  .collapse = size / 4 % 2};
	struct pt_profile p, other;

	if (name) {
		options.reader = pt_profile_reader_find(name);
		check(options.reader != NULL);
	}
	if (read_once(&in, &options, &p))
		return 0;
	options.value = p.values[p.n_values - 1].name;
	if (size / 8 % 2 && *options.value && !read_once(&in, &options, &other)) {
		check(!strcmp(other.values[other.value].name, options.value));
		pt_profile_release(&other);
	}
	pt_profile_release(&p);
	return 0;
}
