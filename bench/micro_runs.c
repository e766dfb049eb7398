/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What keeping runs costs: bytes of a launch and of a sample in the history, how long a launch takes
 * to be safe on this disk, and how long it takes to read back: one commit's runs, the history of
 * a whole suite, a baseline. Prints; judges nothing.
 */
#include "../tests/unit/store_runs.h"
#include "perftop/base/clock.h"
#include "perftop/bench/baseline.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

enum { BENCHES = 50, LAUNCHES = 10, SAMPLES = 100, COMMITS = 200 };

/* Of the disk: real time. Of all else: CPU time, so that neighbours on the machine matter little. */
static double ms_since(int64_t start)
{
	return (double)(pt_clock_mono(&pt_clock_system) - start) / 1e6;
}

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (double)st.st_size : NAN;
}

static double add_commit(struct pt_db *db, int i, size_t samples, uint64_t *seed, double *ret_worst)
{
	struct fake_batch f;
	int64_t batch = 0, start;
	double sum = 0, ms;

	fake_batch_init(&f, i, "main");
	if (pt_runs_begin(db, &f.batch, &batch, NULL) < 0)
		exit(1);
	for (int k = 0; k < LAUNCHES; k++) {
		struct pt_launch l;
		fake_launch_init(&l, k, BENCHES, samples, seed);
		start = pt_clock_mono(&pt_clock_system);
		if (pt_runs_add(db, batch, &l, NULL) < 0)
			exit(1);
		ms = ms_since(start);
		sum += ms;
		*ret_worst = fmax(*ret_worst, ms);
		pt_launch_release(&l);
	}
	fake_batch_release(&f);
	return sum / LAUNCHES;
}

static void sizes(const char *path)
{
	uint64_t seed = 5;
	double worst = 0, ms = 0, before, bytes[2];
	struct pt_db *db = NULL;

	if (pt_db_open(path, false, &db, NULL) < 0)
		exit(1);
	before = size_of(path);
	for (int i = 0; i < 3; i++)
		ms += add_commit(db, i, SAMPLES, &seed, &worst) / 3;
	bytes[0] = (size_of(path) - before) / (3 * LAUNCHES);
	before = size_of(path);
	for (int i = 3; i < 6; i++)
		add_commit(db, i, 1, &seed, &worst);
	bytes[1] = (size_of(path) - before) / (3 * LAUNCHES);
	printf("%-52s %10.0f bytes\n", "a launch of 50 benchmarks x 100 samples", bytes[0]);
	printf("%-52s %10.0f bytes\n", "a launch of 50 benchmarks x 1 sample", bytes[1]);
	printf("%-52s %10.2f bytes\n", "a sample", (bytes[0] - bytes[1]) / (BENCHES * SAMPLES));
	printf("%-52s %10.0f\n", "commits of 10 such launches in 100 MB",
	       100.0 * (1 << 20) / (bytes[0] * LAUNCHES));
	printf("%-52s %10.2f ms, worst %.2f ms\n", "a launch kept (three syncs of this disk)", ms,
	       worst);
	pt_db_close(db);
}

static void reading(const char *path)
{
	const struct pt_runs_query all = {.repository = "root", .suite = "parser"};
	struct pt_runs_query latest = all;
	struct pt_bench_set set;
	struct pt_history *h;
	struct pt_db *db = NULL;
	double start;
	double open_ms, worst = 0;
	uint64_t seed = 6;
	size_t n;

	latest.latest_batches = 1;
	if (pt_db_open(path, false, &db, NULL) < 0)
		exit(1);
	/* Histories are of medians, so that few samples make the same work. */
	for (int i = 6; i < COMMITS; i++)
		add_commit(db, i, 2, &seed, &worst);
	pt_db_close(db);
	start = cpu_ms();
	if (pt_db_open(path, true, &db, NULL) < 0)
		exit(1);
	open_ms = cpu_ms() - start;
	printf("%-52s %10.2f ms\n", "history opened", open_ms);
	start = cpu_ms();
	pt_bench_set_init(&set);
	if (pt_runs_load(db, &latest, &set, NULL) < 0)
		exit(1);
	printf("%-52s %10.2f ms\n", "the latest runs of 50 benchmarks read", cpu_ms() - start);
	pt_bench_set_release(&set);
	start = cpu_ms();
	if (pt_runs_history(db, &all, NULL, NULL, COMMITS, &h, &n, NULL) < 0)
		exit(1);
	printf("%-52s %10.2f ms\n", "history of 50 benchmarks x 200 commits x 10 runs",
	       cpu_ms() - start);
	pt_histories_free(h, n);
	start = cpu_ms();
	if (pt_runs_history(db, &all, "bench/7", NULL, COMMITS, &h, &n, NULL) < 0)
		exit(1);
	printf("%-52s %10.2f ms\n", "history of one benchmark", cpu_ms() - start);
	pt_histories_free(h, n);
	pt_db_close(db);
}

static void baseline(void)
{
	struct pt_baseline b, back;
	struct pt_bench_set set;
	struct pt_str text = PT_STR_INIT;
	uint64_t seed = 7;
	double start;

	pt_baseline_init(&b);
	b.suite = pt_strdup("parser");
	pt_bench_set_init(&set);
	for (int k = 0; k < LAUNCHES; k++) {
		struct pt_launch l;
		fake_launch_init(&l, k, BENCHES, SAMPLES, &seed);
		for (size_t i = 0; i < l.set.n; i++)
			for (size_t s = 0; s < SAMPLES; s++)
				pt_bench_add_sample(pt_bench_set_get(&set, l.set.benches[i]->name,
								     "time", NULL),
						    (size_t)k,
						    l.set.benches[i]->runs[0].samples[s]);
		pt_launch_release(&l);
	}
	pt_baseline_take(&b, &set);
	start = cpu_ms();
	pt_baseline_format(&b, &text);
	printf("%-52s %10.2f ms, %zu bytes\n", "a baseline of 50 benchmarks x 10 runs written",
	       cpu_ms() - start, text.len);
	start = cpu_ms();
	if (pt_baseline_parse("b", text.s, text.len, &back, NULL) < 0)
		exit(1);
	printf("%-52s %10.2f ms\n", "and read", cpu_ms() - start);
	pt_baseline_release(&back);
	pt_baseline_release(&b);
	pt_str_release(&text);
}

int main(void)
{
	char path[600];

	fresh_db(path, sizeof path, "micro-runs");
	sizes(path);
	reading(path);
	baseline();
	unlink(path);
	return 0;
}
