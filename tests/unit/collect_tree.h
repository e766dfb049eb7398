/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TESTS_COLLECT_TREE_H
#define PT_TESTS_COLLECT_TREE_H

/*
 * For the tests of collectors: a fixture written by the test itself, one collector run over its
 * frames, and a sink that keeps what it reported.
 */
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/collect/collect.h" /* before cmocka, whose fail() is a macro */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree {
	char dir[PATH_MAX];
};

static inline void tree_init(struct tree *tree)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(tree->dir, sizeof(tree->dir), "%s/perftop-test-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(tree->dir));
}

/* Writes a file below the fixture, with its folders. */
static inline void tree_put(struct tree *tree, const char *path, const char *text)
{
	char full[PATH_MAX + 256];
	FILE *file;

	pt_snprintf(full, sizeof(full), "%s/%s", tree->dir, path);
	for (char *p = full + strlen(tree->dir) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		assert_true(mkdir(full, 0700) == 0 || errno == EEXIST);
		*p = '/';
	}
	file = fopen(full, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static inline int tree_remove_one(const char *path, const struct stat *st, int type,
				  struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline void tree_release(struct tree *tree)
{
	nftw(tree->dir, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* -- a sink that keeps what it is told -------------------------------------------------------- */

struct kept {
	const struct pt_metric *metric;
	char labels[PT_LABELS_MAX];
	double gauge, rate;
	uint64_t total;
	struct pt_rate state;
	bool set, has_rate, dropped;
};

struct keeper {
	struct kept *series;
	size_t n, cap;
	struct {
		const struct pt_metric *metric;
		int id;
		char *text;
	} reasons[256];
	size_t n_reasons;
	unsigned n_told; /* reasons */
	int64_t now_ns;
};

static inline int keeper_series(void *ctx, const struct pt_metric *metric, const char *labels)
{
	struct keeper *keeper = ctx;
	struct kept *kept;

	for (size_t i = 0; i < keeper->n; i++) {
		if (keeper->series[i].metric == metric && !keeper->series[i].dropped &&
		    strcmp(keeper->series[i].labels, labels) == 0)
			return (int)i;
	}
	kept = PT_PUSH(keeper->series, keeper->n, keeper->cap);
	*kept = (struct kept){.metric = metric};
	pt_strlcpy(kept->labels, labels, sizeof(kept->labels));
	return (int)keeper->n - 1;
}

static inline struct kept *keeper_at(struct keeper *keeper, int id)
{
	assert_true(id >= 0 && (size_t)id < keeper->n);
	assert_false(keeper->series[id].dropped);
	return &keeper->series[id];
}

static inline void keeper_gauge(void *ctx, int id, double value)
{
	struct kept *kept = keeper_at(ctx, id);

	assert_int_equal(kept->metric->kind, PT_GAUGE);
	if (isnan(value))
		return;
	assert_false(isinf(value));
	if (kept->metric->unit == PT_UNIT_RATIO && !strstr(kept->metric->name, "perftop_"))
		assert_true(value >= 0 && value <= 1.0000001);
	kept->gauge = value;
	kept->set = true;
}

static inline void keeper_counter(void *ctx, int id, uint64_t total)
{
	struct keeper *keeper = ctx;
	struct kept *kept = keeper_at(keeper, id);

	assert_int_equal(kept->metric->kind, PT_COUNTER);
	kept->total = total;
	kept->set = true;
	kept->has_rate = pt_rate_update(&kept->state, total, keeper->now_ns, &kept->rate) == 1;
}

static inline void keeper_fail(void *ctx, const struct pt_metric *metric, int id,
			       const char *reason)
{
	struct keeper *keeper = ctx;

	keeper->n_told += reason != NULL;
	for (size_t i = 0; i < keeper->n_reasons; i++) {
		if (keeper->reasons[i].metric != metric || keeper->reasons[i].id != id)
			continue;
		free(keeper->reasons[i].text);
		keeper->reasons[i].text = reason ? pt_strdup(reason) : NULL;
		return;
	}
	if (!reason)
		return;
	assert_true(keeper->n_reasons < PT_LEN(keeper->reasons));
	keeper->reasons[keeper->n_reasons].metric = metric;
	keeper->reasons[keeper->n_reasons].id = id;
	keeper->reasons[keeper->n_reasons++].text = pt_strdup(reason);
}

static inline void keeper_drop(void *ctx, int id)
{
	keeper_at(ctx, id)->dropped = true;
}

static inline struct pt_sink keeper_sink(struct keeper *keeper)
{
	return (struct pt_sink){.series = keeper_series,
				.gauge = keeper_gauge,
				.counter = keeper_counter,
				.fail = keeper_fail,
				.drop = keeper_drop,
				.ctx = keeper};
}

static inline void keeper_release(struct keeper *keeper)
{
	for (size_t i = 0; i < keeper->n_reasons; i++)
		free(keeper->reasons[i].text);
	free(keeper->series);
}

/* -- one collector over a fixture ------------------------------------------------------------- */

struct probe {
	struct keeper keeper;
	struct pt_collect_env env;
	const struct pt_collector *collector;
	void *state;
	bool advance;
};

static inline const struct pt_collector *probe_collector(const char *name)
{
	for (size_t i = 0; i < pt_n_collectors; i++) {
		if (strcmp(pt_collectors[i]->name, name) == 0)
			return pt_collectors[i];
	}
	fail_msg("no collector %s", name);
	return NULL;
}

/* Returns what start said. */
static inline int probe_open(struct probe *probe, const char *name, const char *dir)
{
	int rc;

	*probe = (struct probe){.collector = probe_collector(name)};
	assert_int_equal(pt_root_open(dir, &probe->env.root, NULL), 0);
	probe->env.clock = pt_root_clock(probe->env.root);
	probe->env.sink = keeper_sink(&probe->keeper);
	probe->env.user_hz = 100;
	probe->env.page_size = 4096;
	probe->state = pt_calloc(1, probe->collector->state_size);
	rc = probe->collector->start(probe->state, &probe->env);
	if (rc < 0) {
		free(probe->state);
		probe->state = NULL;
	}
	return rc;
}

/* The next frame (the first one at first) sampled. */
static inline void probe_tick(struct probe *probe)
{
	if (probe->advance)
		assert_true(pt_root_advance(probe->env.root));
	probe->advance = true;
	for (size_t i = 0; i < probe->keeper.n; i++)
		probe->keeper.series[i].set = probe->keeper.series[i].has_rate = false;
	probe->keeper.now_ns = pt_clock_mono(probe->env.clock);
	assert_non_null(probe->state);
	probe->collector->sample(probe->state, &probe->env, probe->keeper.now_ns);
}

static inline void probe_close(struct probe *probe)
{
	if (probe->state)
		probe->collector->stop(probe->state, &probe->env);
	free(probe->state);
	pt_root_free(probe->env.root);
	keeper_release(&probe->keeper);
}

/* The series, or NULL when there is none (any more). */
static inline struct kept *probe_find(struct probe *probe, const char *metric, const char *labels)
{
	for (size_t i = 0; i < probe->keeper.n; i++) {
		struct kept *kept = &probe->keeper.series[i];

		if (!kept->dropped && strcmp(kept->metric->name, metric) == 0 &&
		    strcmp(kept->labels, labels) == 0)
			return kept;
	}
	return NULL;
}

/* What this tick reported; NaN for a gap. */
static inline double probe_gauge(struct probe *probe, const char *metric, const char *labels)
{
	const struct kept *kept = probe_find(probe, metric, labels);

	return kept && kept->set ? kept->gauge : NAN;
}

static inline double probe_rate(struct probe *probe, const char *metric, const char *labels)
{
	const struct kept *kept = probe_find(probe, metric, labels);

	return kept && kept->has_rate ? kept->rate : NAN;
}

static inline uint64_t probe_total(struct probe *probe, const char *metric, const char *labels)
{
	const struct kept *kept = probe_find(probe, metric, labels);

	assert_non_null(kept);
	assert_true(kept->set);
	return kept->total;
}

/* Reason of the series, or with labels NULL of the whole metric; "" for none. */
static inline const char *probe_reason(struct probe *probe, const char *metric, const char *labels)
{
	const struct kept *kept = labels ? probe_find(probe, metric, labels) : NULL;
	int id = kept ? (int)(kept - probe->keeper.series) : -1;

	for (size_t i = 0; i < probe->keeper.n_reasons; i++) {
		if (strcmp(probe->keeper.reasons[i].metric->name, metric) == 0 &&
		    probe->keeper.reasons[i].id == id && probe->keeper.reasons[i].text)
			return probe->keeper.reasons[i].text;
	}
	return "";
}

#define assert_near(a, b) assert_float_equal((a), (b), 1e-9)
#define assert_gap(v) assert_true(isnan(v))

#endif
