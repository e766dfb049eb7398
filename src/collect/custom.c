/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Custom sources of the project file. Each has its own interval and at most one fetch under way.
 * A fetch ends between two ticks; what it brought waits here and goes to the store at the next
 * one. Metrics are made at run time, of the source or of the names in its Prometheus text. They
 * stay as long as the collector: the store points at them.
 */
#include "perftop/collect/custom.h"

#include "custom_fetch.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/collect/collect.h"

#include <math.h>
#include <string.h>

enum {
	METRICS_MAX = 400, /* of one source: one that changes its names for ever is stopped here */
	REASON_MAX = 512,
};

struct custom_metric {
	struct pt_metric m;
	double factor; /* by which its name says that values must be multiplied */
	bool taken;    /* by perftop itself: not reported */
};

struct custom_series {
	struct custom_metric *metric;
	char *labels;
	int id; /* -1: not asked for yet */
	double value;
	unsigned fetched; /* number of the fetch that brought the value */
};

struct source {
	const struct pt_custom_source *spec;
	struct custom_metric **metrics; /* the first bears the source's name */
	size_t n_metrics, cap_metrics;
	struct custom_series *series;
	size_t n_series, cap_series;
	size_t hint; /* where the next value's series probably is: texts keep their order */
	unsigned n_fetched, n_values; /* fetches, values of the last one */
	struct pt_fetch *fetch;
	int64_t due_ns;
	bool news;		 /* a fetch ended since the last tick */
	bool failed;		 /* it brought nothing */
	bool full;		 /* METRICS_MAX reached */
	char reason[REASON_MAX]; /* of the failure, or what was left out; "" for all is well */
};

struct custom_state {
	struct source *sources;
	size_t n;
};

/* -- metrics -------------------------------------------------------------------------------- */

/* "code,method" of `code="200",method="get"`. */
static char *label_keys(const char *labels)
{
	struct pt_str keys = PT_STR_INIT;
	bool quoted = false, key = true;

	for (; *labels; labels++) {
		if (*labels == '\\' && labels[1]) {
			labels++;
		} else if (*labels == '"') {
			quoted = !quoted;
		} else if (!quoted && *labels == '=') {
			key = false;
		} else if (!quoted && *labels == ',') {
			key = true;
			pt_str_addc(&keys, ',');
		} else if (key) {
			pt_str_addc(&keys, *labels);
		}
	}
	return keys.len ? pt_str_detach(&keys) : NULL;
}

static bool ends_with(const char *s, size_t n, const char *end)
{
	size_t len = strlen(end);

	return *end && n > len && memcmp(s + n - len, end, len) == 0;
}

/* Prometheus names tell their unit: node_memory_free_bytes, http_seconds_sum, disk_seconds_total.
 * What a histogram's buckets and _count count are events, whatever the unit of their bounds. */
static void unit_by_name(struct custom_metric *metric, const char *name)
{
	static const char *const ends[] = {"_total", "_sum"};
	size_t n = strlen(name);

	for (size_t i = 0; i < PT_LEN(ends); i++)
		if (ends_with(name, n, ends[i]))
			n -= strlen(ends[i]);
	for (int i = 0; i < PT_UNIT_N; i++) {
		double to_base;

		if (!ends_with(name, n, pt_unit_openmetrics((enum pt_unit)i, &to_base)))
			continue;
		metric->m.unit = (enum pt_unit)i;
		metric->factor = rint(1 / to_base); /* 1e9, not nearly so */
	}
}

static struct custom_metric *add_metric(struct source *source, const struct pt_custom_value *value)
{
	const struct pt_custom_source *spec = source->spec;
	struct custom_metric *metric = pt_calloc(1, sizeof(*metric));
	const char *help = value->help[0] || !spec->help ? value->help : spec->help;

	metric->m.name = pt_strdup(value->name);
	metric->m.help = pt_strdup(help[0] ? help : "Custom source of the project");
	metric->m.label = label_keys(value->labels);
	metric->m.unit = spec->unit;
	metric->m.kind = value->kind;
	metric->factor = 1;
	metric->taken = pt_metric_find(value->name, NULL) != NULL;
	if (spec->format == PT_CUSTOM_PROMETHEUS && spec->unit == PT_UNIT_COUNT &&
	    spec->factor == 1)
		unit_by_name(metric, value->name);
	*PT_PUSH(source->metrics, source->n_metrics, source->cap_metrics) = metric;
	return metric;
}

static void free_metric(struct custom_metric *metric)
{
	free((char *)metric->m.name);
	free((char *)metric->m.help);
	free((char *)metric->m.label);
	free(metric);
}

static struct custom_metric *find_metric(struct source *source, const struct pt_custom_value *value)
{
	for (size_t i = 0; i < source->n_metrics; i++)
		if (strcmp(source->metrics[i]->m.name, value->name) == 0)
			return source->metrics[i];
	if (source->n_metrics == METRICS_MAX) {
		source->full = true;
		return NULL;
	}
	return add_metric(source, value);
}

/* The metric of the source's own name bears its failures, so it is there before any value; what
 * Prometheus text says of it comes later. */
static void refine_head(struct source *source, const struct pt_custom_value *value)
{
	struct custom_metric *head = source->metrics[0];

	for (size_t i = 0; i < source->n_series; i++)
		if (source->series[i].metric == head)
			return;
	head->m.kind = value->kind;
	free((char *)head->m.label);
	head->m.label = label_keys(value->labels);
}

/* -- what a fetch brought ------------------------------------------------------------------- */

static bool is_series(const struct custom_series *series, const struct pt_custom_value *value)
{
	return strcmp(series->metric->m.name, value->name) == 0 &&
	       strcmp(series->labels, value->labels) == 0;
}

static struct custom_series *find_series(struct source *source, const struct pt_custom_value *value)
{
	struct custom_metric *metric;
	struct custom_series *series;

	for (size_t i = 0; i < source->n_series; i++) {
		size_t at = (source->hint + i) % source->n_series;

		if (is_series(&source->series[at], value)) {
			source->hint = at + 1;
			return &source->series[at];
		}
	}
	metric = find_metric(source, value);
	if (!metric)
		return NULL;
	if (metric == source->metrics[0])
		refine_head(source, value);
	series = PT_PUSH(source->series, source->n_series, source->cap_series);
	*series = (struct custom_series){.metric = metric, .id = -1};
	series->labels = pt_strdup(value->labels);
	return series;
}

static void on_value(void *arg, const struct pt_custom_value *value)
{
	struct source *source = arg;
	struct custom_series *series = find_series(source, value);

	if (!series)
		return;
	series->value = value->value * series->metric->factor;
	series->fetched = source->n_fetched;
	source->n_values++;
}

static void explain_left_out(struct source *source)
{
	if (source->full)
		pt_snprintf(source->reason, sizeof(source->reason),
			    "more than %d names so far: further ones are left out", METRICS_MAX);
	for (size_t i = 0; i < source->n_metrics; i++)
		if (source->metrics[i]->taken)
			pt_snprintf(source->reason, sizeof(source->reason),
				    "%s is a metric of perftop's own: left out",
				    source->metrics[i]->m.name);
}

static void on_fetched(void *arg, const struct pt_fetch_result *result)
{
	struct source *source = arg;
	struct pt_err err = {0};
	int rc = 0;

	if (!result->busy)
		source->fetch = NULL;
	source->news = true;
	source->reason[0] = '\0';
	source->failed = result->reason != NULL;
	if (source->failed) {
		pt_strlcpy(source->reason, result->reason, sizeof(source->reason));
		return;
	}
	source->n_fetched++;
	source->n_values = 0;
	source->hint = 0;
	rc = pt_custom_parse(source->spec, result->text, result->n, on_value, source, &err);
	source->failed = !source->n_values || (rc < 0 && rc != -PT_ELIMIT);
	if (rc < 0)
		pt_err_text(&err, source->reason, sizeof(source->reason));
	else if (rc == 0)
		pt_snprintf(source->reason, sizeof(source->reason), "no series starts with %s",
			    source->spec->name);
	else
		explain_left_out(source);
}

/* -- ticks ---------------------------------------------------------------------------------- */

static void report(struct custom_series *series, const struct pt_custom_source *spec,
		   const struct pt_sink *sink)
{
	const struct pt_metric *metric = &series->metric->m;
	char reason[80];

	if (series->metric->taken)
		return;
	if (series->id < 0) {
		series->id = pt_sink_series(sink, metric, series->labels);
		pt_sink_hold(sink, metric, spec->interval_ns);
	}
	if (series->id < 0)
		return;
	if (!isfinite(series->value) || (metric->kind == PT_COUNTER && series->value < 0)) {
		pt_snprintf(reason, sizeof(reason), "the source says %g", series->value);
		pt_sink_fail(sink, metric, series->id, reason);
	} else if (metric->kind == PT_COUNTER) {
		pt_sink_counter(sink, series->id,
				series->value < 0x1p64 ? (uint64_t)rint(series->value)
						       : UINT64_MAX);
	} else {
		pt_sink_gauge(sink, series->id, series->value);
	}
}

/* Values of the last fetch; what it did not bring is gone. */
static void report_series(struct source *source, const struct pt_sink *sink)
{
	size_t kept = 0;

	for (size_t i = 0; i < source->n_series; i++) {
		struct custom_series *series = &source->series[i];

		if (series->fetched == source->n_fetched) {
			report(series, source->spec, sink);
			source->series[kept++] = *series;
			continue;
		}
		if (series->id >= 0)
			pt_sink_drop(sink, series->id);
		free(series->labels);
	}
	source->n_series = kept;
}

static void report_failure(struct source *source, const struct pt_sink *sink)
{
	for (size_t i = 0; i < source->n_series; i++)
		if (source->series[i].id >= 0)
			pt_sink_fail(sink, &source->series[i].metric->m, source->series[i].id,
				     source->reason);
}

static void report_news(struct source *source, const struct pt_sink *sink)
{
	const struct custom_metric *head = source->metrics[0];

	source->news = false;
	if (source->failed)
		report_failure(source, sink);
	else
		report_series(source, sink);
	if (!head->taken)
		pt_sink_fail(sink, &head->m, -1, source->reason[0] ? source->reason : NULL);
}

static void begin_fetch(struct source *source, struct pt_collect_env *env, int64_t now_ns)
{
	int64_t interval_ns = PT_MAX(source->spec->interval_ns, PT_MS);
	struct pt_err err = {0};

	if (now_ns < source->due_ns || source->fetch)
		return;
	/* On a grid, so that sources of one interval share their wake-ups. */
	source->due_ns = now_ns - now_ns % interval_ns + interval_ns;
	source->fetch = pt_fetch_start(env->loop, source->spec, on_fetched, source, &err);
	if (source->fetch)
		return;
	pt_err_text(&err, source->reason, sizeof(source->reason));
	source->failed = source->news = true;
}

static void custom_sample(void *state, struct pt_collect_env *env, int64_t now_ns)
{
	struct custom_state *s = state;

	for (size_t i = 0; i < s->n; i++) {
		begin_fetch(&s->sources[i], env, now_ns);
		if (s->sources[i].news)
			report_news(&s->sources[i], &env->sink);
	}
}

static int custom_start(void *state, struct pt_collect_env *env)
{
	struct custom_state *s = state;

	s->n = env->n_custom;
	s->sources = pt_calloc(s->n ? s->n : 1, sizeof(*s->sources));
	for (size_t i = 0; i < s->n; i++) {
		struct source *source = &s->sources[i];

		source->spec = &env->custom[i];
		source->due_ns = INT64_MIN;
		add_metric(source, &(struct pt_custom_value){.name = source->spec->name,
							     .labels = "",
							     .help = "",
							     .kind = source->spec->kind});
	}
	return 0;
}

static void custom_stop(void *state, struct pt_collect_env *env)
{
	struct custom_state *s = state;

	(void)env;
	for (size_t i = 0; i < s->n; i++) {
		struct source *source = &s->sources[i];

		pt_fetch_cancel(source->fetch);
		for (size_t k = 0; k < source->n_series; k++)
			free(source->series[k].labels);
		for (size_t k = 0; k < source->n_metrics; k++)
			free_metric(source->metrics[k]);
		free(source->series);
		free(source->metrics);
	}
	free(s->sources);
}

extern const struct pt_collector pt_collector_custom;
const struct pt_collector pt_collector_custom = {
	.name = "custom",
	.help = "Commands, files and sockets of the project's configuration",
	.state_size = sizeof(struct custom_state),
	.start = custom_start,
	.sample = custom_sample,
	.stop = custom_stop,
};
