/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What judging a large suite costs: 10,000 benchmarks of 10 runs of 10 samples against a baseline,
 * with rules, known noise and the correction over the suite. Prints time and memory as they are and
 * as a share of what they may be (2 s, 100 MB); judges nothing.
 */
#include "sim.h"

#include "perftop/bench/gate.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

enum { BENCHES = 10000, RUNS = 10, SAMPLES = 10, ROUNDS = 5 };

static const double max_seconds = 2, max_bytes = 100e6;

/* A tenth got slower. */
static void fill(struct pt_bench_set *set, struct sim_random *r, bool candidate)
{
	pt_bench_set_init(set);
	for (int i = 0; i < BENCHES; i++) {
		double level = candidate && i % 10 == 0 ? 1.1e6 : 1e6;
		struct pt_bench *bench;
		char name[32];

		snprintf(name, sizeof name, "suite/bench/%d", i);
		bench = pt_bench_set_get(set, name, "time", NULL);
		bench->unit = PT_UNIT_NS;
		for (size_t run = 0; run < RUNS; run++) {
			double launch = level * exp(0.02 * sim_normal(r));

			for (int k = 0; k < SAMPLES; k++)
				pt_bench_add_sample(bench, run, launch * exp(0.03 * sim_normal(r)));
		}
	}
}

static bool noise(void *ctx, const char *suite, const char *name, const char *metric,
		  double *ret_spread, size_t *ret_n)
{
	(void)ctx, (void)suite, (void)name, (void)metric;
	*ret_spread = 0.021;
	*ret_n = 30;
	return true;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double peak_bytes(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_maxrss * 1024;
}

/* CPU time of one gate; the number of regressions to *ret. */
static double judge(const struct pt_gate_spec *spec, size_t *ret)
{
	struct pt_gate_report report = {0};
	double start = seconds(), end;

	pt_gate_compare(spec, &report, NULL);
	pt_gate_finish(&report);
	end = seconds();
	*ret = pt_gate_report_count(&report, PT_VERDICT_REGRESSION) +
	       pt_gate_report_count(&report, PT_VERDICT_WARN);
	pt_gate_report_release(&report);
	return end - start;
}

static void print_gate(const char *what, const struct pt_gate_spec *spec)
{
	double best = HUGE_VAL;
	size_t worse = 0;

	for (int i = 0; i < ROUNDS; i++)
		best = fmin(best, judge(spec, &worse));
	printf("%-32s %7.3f s of CPU, %5.1f %% of the limit; %zu called worse\n", what, best,
	       100 * best / max_seconds, worse);
}

int main(void)
{
	struct pt_gate_rule rules[] = {
		{.block = NAN, .warn = NAN, .floor = 1000},
		{.bench = "*/7*", .block = 0.08, .warn = NAN, .floor = NAN, .budget = "p99 < 2 s"},
	};
	struct pt_suites suites = {.rules = rules, .n_rules = 2};
	struct sim_random r = {.state = 1};
	struct pt_bench_set a, b;
	struct pt_gate_spec spec = {.suite = "suite", .rules = &suites, .block = NAN, .warn = NAN};
	double before;

	fill(&a, &r, false);
	fill(&b, &r, true);
	before = peak_bytes();
	spec.base.set = &a;
	spec.candidate.set = &b;
	printf("%d benchmarks x %d runs x %d samples\n", BENCHES, RUNS, SAMPLES);
	print_gate("gate", &spec);
	spec.noise = noise;
	print_gate("gate, noise known", &spec);
	printf("%-32s %7.1f MB, %5.1f %% of the limit; %.1f MB of it the samples\n", "peak memory",
	       peak_bytes() / 1e6, 100 * peak_bytes() / max_bytes, before / 1e6);
	pt_bench_set_release(&a);
	pt_bench_set_release(&b);
	return 0;
}
