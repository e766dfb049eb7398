/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results of benchmark tools. The first line names the parser, or else the text is sniffed; for
 * criterion it is the sample.json of a tree. What is read has samples that can be and is written as
 * JSON that reads back; what is refused leaves nothing behind.
 */
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/bench/parser.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static char tree[4096];

static void remove_tree(void)
{
	static const char *const parts[] = {"/x/new/sample.json", "/x/new", "/x", ""};
	char path[4200];

	for (size_t i = 0; i < PT_LEN(parts); i++) {
		snprintf(path, sizeof path, "%s%s", tree, parts[i]);
		(void)remove(path);
	}
}

/* A Criterion tree of one result: its path. */
static const char *make_tree(const char *text, size_t len)
{
	const char *top = getenv("PT_TMP");
	char path[4200];
	FILE *f;

	if (!tree[0]) {
		snprintf(tree, sizeof tree, "%s/fuzz-XXXXXX", top ? top : "/tmp");
		check(mkdtemp(tree) != NULL);
		atexit(remove_tree);
		snprintf(path, sizeof path, "%s/x/new", tree);
		check(pt_fs_mkdirs(path, NULL) == 0);
	}
	snprintf(path, sizeof path, "%s/x/new/sample.json", tree);
	f = fopen(path, "w");
	check(f && fwrite(text, 1, len, f) == len && fclose(f) == 0);
	return tree;
}

static void check_set(const struct pt_bench_set *set)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_json *doc = NULL;
	struct pt_err err;

	check(set->n > 0 && set->format);
	for (size_t b = 0; b < set->n; b++) {
		const struct pt_bench *bench = set->benches[b];

		check(bench->name[0] && bench->metric[0] && bench->n_runs > 0);
		check(pt_bench_set_find(set, bench->name, bench->metric, bench->saved) == bench);
		for (size_t r = 0; r < bench->n_runs; r++)
			for (size_t i = 0; i < bench->runs[r].n; i++)
				check(isfinite(bench->runs[r].samples[i]) &&
				      bench->runs[r].samples[i] >= 0);
	}
	pt_bench_set_json(set, &out, false);
	check(pt_json_parse("out", out.s, out.len, &(struct pt_json_limits){.foreign = true}, &doc,
			    &err) == 0);
	pt_json_free(doc);
	pt_str_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *line = memchr(text, '\n', size);
	const struct pt_bench_parser *parser;
	struct pt_bench_set set;
	struct pt_err err = {0};
	char name[32], *copy;
	size_t len;
	int code;

	if (!line || line - text >= (ptrdiff_t)sizeof name)
		return 0;
	memcpy(name, text, (size_t)(line - text));
	name[line - text] = '\0';
	parser = pt_bench_parser_find(name);
	len = size - (size_t)(line + 1 - text);
	copy = pt_malloc(len + 1); /* no more: a step beyond it is seen */
	memcpy(copy, line + 1, len);
	copy[len] = '\0';
	pt_bench_set_init(&set);
	if (!strcmp(name, "criterion"))
		code = pt_bench_read(make_tree(copy, len), parser, NULL, &set, &err);
	else
		code = pt_bench_read_text("fuzz", copy, len, parser, &set, &err);
	if (code)
		check(err.code == -code && err.msg[0] && !set.n && !set.n_notes);
	else
		check_set(&set);
	pt_bench_set_release(&set);
	free(copy);
	return 0;
}
