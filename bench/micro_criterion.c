/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a Criterion tree of 2,000 benchmarks costs to read, as `new` and `base`, 100 samples each, in
 * a folder of its own that is removed afterwards. Beside it stands what the least work on the same
 * files costs: walk the tree and read sample.json and benchmark.json. CPU time; judges nothing.
 */
#include "perftop/base/clock.h"
#include "perftop/base/fs.h"
#include "perftop/base/str.h"
#include "perftop/bench/parser.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BENCHMARKS = 2000, SAMPLES = 100, ROUNDS = 5 };

/* CPU time, so that neighbours on the machine matter little; the files are in its memory. */
static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * PT_S + t.tv_nsec;
}

static void must(int code, const struct pt_err *err)
{
	char text[600];

	if (code == 0)
		return;
	fprintf(stderr, "%s\n", pt_err_text(err, text, sizeof text));
	exit(1);
}

static void write_file(const char *folder, const char *name, const struct pt_str *text)
{
	struct pt_str path = PT_STR_INIT;
	FILE *f;

	pt_str_addf(&path, "%s/%s", folder, name);
	f = fopen(path.s, "w"); /* no fsync: the tree is thrown away */
	if (!f || fwrite(text->s, 1, text->len, f) != text->len || fclose(f)) {
		perror(path.s);
		exit(1);
	}
	pt_str_release(&path);
}

static void make_result(const char *root, int i, const char *saved)
{
	struct pt_str folder = PT_STR_INIT, text = PT_STR_INIT;
	struct pt_err err;

	pt_str_addf(&folder, "%s/group%d/function%d/%s", root, i / 20, i % 20, saved);
	must(pt_fs_mkdirs(folder.s, &err), &err);
	pt_str_add(&text, "{\"sampling_mode\":\"Linear\",\"iters\":[");
	for (int s = 1; s <= SAMPLES; s++)
		pt_str_addf(&text, "%s%d.0", s > 1 ? "," : "", 37 * s);
	pt_str_add(&text, "],\"times\":[");
	for (int s = 1; s <= SAMPLES; s++)
		pt_str_addf(&text, "%s%.1f", s > 1 ? "," : "",
			    37.0 * s * (1000 + (s * 7919 + i) % 50));
	pt_str_add(&text, "]}");
	write_file(folder.s, "sample.json", &text);
	write_file(folder.s, "estimates.json", &text);
	write_file(folder.s, "tukey.json", &text);
	pt_str_clear(&text);
	pt_str_addf(&text,
		    "{\"group_id\":\"group/%d\",\"function_id\":\"function %d\",\"value_str\":null,"
		    "\"throughput\":null,\"full_id\":\"group/%d/function %d\","
		    "\"directory_name\":\"group%d/function%d\",\"title\":\"group/%d/function %d\"}",
		    i / 20, i % 20, i / 20, i % 20, i / 20, i % 20, i / 20, i % 20);
	write_file(folder.s, "benchmark.json", &text);
	pt_str_release(&text);
	pt_str_release(&folder);
}

static size_t raw_bytes;

static int read_raw(const char *path, const struct stat *st, int type, struct FTW *at)
{
	const char *name = path + at->base;
	struct pt_err err;
	char *text;
	size_t len;

	(void)st;
	if (type != FTW_F ||
	    (strcmp(name, "sample.json") != 0 && strcmp(name, "benchmark.json") != 0))
		return 0;
	must(pt_fs_read(path, 1 << 20, &text, &len, &err), &err);
	raw_bytes += len;
	free(text);
	return 0;
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void measure(const char *root)
{
	int64_t parsed = INT64_MAX, raw = INT64_MAX, start;
	struct pt_bench_set set;
	struct pt_err err;
	size_t n = 0;

	for (int i = 0; i < ROUNDS; i++) {
		raw_bytes = 0;
		start = now();
		if (nftw(root, read_raw, 16, FTW_PHYS))
			perror(root);
		if (now() - start < raw)
			raw = now() - start;
		pt_bench_set_init(&set);
		start = now();
		must(pt_bench_read(root, NULL, NULL, &set, &err), &err);
		if (now() - start < parsed)
			parsed = now() - start;
		n = set.n;
		pt_bench_set_release(&set);
	}
	printf("Criterion tree, %d benchmarks (%zu results of %d samples, %.1f MB)\n", BENCHMARKS,
	       n, SAMPLES, (double)raw_bytes / 1e6);
	printf("  %-34s %8.1f ms\n", "read", (double)parsed / 1e6);
	printf("  %-34s %8.1f ms\n", "the files alone, read and dropped", (double)raw / 1e6);
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");
	struct pt_str root = PT_STR_INIT;

	pt_str_addf(&root, "%s/perftop-criterion-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(root.s)) {
		perror(root.s);
		return 1;
	}
	for (int i = 0; i < BENCHMARKS; i++) {
		make_result(root.s, i, "new");
		make_result(root.s, i, "base");
	}
	measure(root.s);
	if (nftw(root.s, drop, 16, FTW_PHYS | FTW_DEPTH))
		perror(root.s);
	pt_str_release(&root);
	return 0;
}
