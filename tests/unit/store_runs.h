/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TESTS_STORE_RUNS_H
#define PT_TESTS_STORE_RUNS_H

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/store/runs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Runs as the runner hands them on, for tests and figures. */

/* A place for a database that no other test has, and nothing there. */
static inline const char *fresh_db(char *path, size_t size, const char *name)
{
	static const char *const tails[] = {"", "-journal", "-wal", "-shm"};
	const char *top = getenv("PT_TMP");
	char file[600];

	pt_snprintf(path, size, "%s/%s-%ld.db", top ? top : "/tmp", name, (long)getpid());
	for (size_t i = 0; i < PT_LEN(tails); i++) {
		pt_snprintf(file, sizeof file, "%s%s", path, tails[i]);
		unlink(file);
	}
	return path;
}

struct fake_batch {
	struct pt_commit commit;
	struct pt_environment environment;
	struct pt_batch batch;
};

/* The i-th commit of a branch, a minute after the one before; run at once. */
static inline void fake_batch_init(struct fake_batch *f, int i, const char *branch)
{
	memset(f, 0, sizeof *f);
	pt_snprintf(f->commit.id, sizeof f->commit.id, "%040x", 0xabc000 + i);
	pt_snprintf(f->commit.subject, sizeof f->commit.subject, "change %d", i);
	pt_strlcpy(f->commit.branch, branch, sizeof f->commit.branch);
	f->commit.at_ns = (int64_t)1700000000000000000 + (int64_t)i * 60000000000;
	f->environment.machine_class = pt_strdup("x86_64-test-2c");
	pt_environment_set(&f->environment, "cpu", "Test CPU");
	pt_environment_set(&f->environment, "kernel", "6.1.0");
	f->batch = (struct pt_batch){.repository = "root",
				     .suite = "parser",
				     .kind = PT_LAUNCH_RUN,
				     .started_ns = f->commit.at_ns + 1000000000,
				     .commit = &f->commit,
				     .environment = &f->environment};
}

static inline void fake_batch_release(struct fake_batch *f)
{
	pt_environment_release(&f->environment);
}

/* A small generator of its own, so that figures repeat everywhere. */
static inline double fake_uniform(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (double)(*state >> 11) / 9007199254740992.0;
}

/* Log-normal with that spread. */
static inline double fake_value(uint64_t *state, double level, double spread)
{
	double u = fake_uniform(state) + 1e-12, v = fake_uniform(state);

	return level * exp(spread * sqrt(-2 * log(u)) * cos(6.283185307179586 * v));
}

/* A launch with these benchmarks, bench/0 upwards, each of a different level. */
static inline void fake_launch_init(struct pt_launch *l, int index, size_t benches, size_t samples,
				    uint64_t *state)
{
	char name[32];

	memset(l, 0, sizeof *l);
	l->index = index;
	l->started_ns = index;
	l->wall_ns = 1000000;
	l->machine.busy_ratio = NAN;
	pt_bench_set_init(&l->set);
	for (size_t i = 0; i < benches; i++) {
		pt_snprintf(name, sizeof name, "bench/%zu", i);
		struct pt_bench *b = pt_bench_set_get(&l->set, name, "time", NULL);
		double level = fake_value(state, 1e4 * (double)(i + 1) * (double)(i + 1), 0.02);
		b->unit = PT_UNIT_NS;
		for (size_t k = 0; k < samples; k++)
			pt_bench_add_sample(b, 0, fake_value(state, level, 0.03));
	}
}

#endif
