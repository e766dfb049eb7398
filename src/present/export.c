/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exporters. Each knows values and units, no metric by name. All convert to base units, as the
 * metrics' names promise.
 */
#include "perftop/present/export.h"

#include "field.h"

#include "perftop/base/clock.h"
#include "perftop/base/json.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>
#include <time.h>

const char *pt_export_unit(enum pt_unit unit)
{
	double factor;
	const char *suffix = pt_unit_openmetrics(unit, &factor);

	return factor == 1 ? pt_unit_name(unit) : suffix + 1;
}

/* What a series reads as: a counter's is its unit each second. */
static void add_unit(struct pt_str *out, const struct pt_metric *metric)
{
	pt_str_addf(out, "%s%s", pt_export_unit(metric->unit),
		    metric->kind == PT_COUNTER ? "/s" : "");
}

static double in_base_unit(const struct pt_metric *metric, double number)
{
	double factor;

	pt_unit_openmetrics(metric->unit, &factor);
	/* Divided by 1e9, which is exact, and not multiplied by 1e-9, which is not. */
	return factor < 1 ? number / rint(1 / factor) : number * factor;
}

/* -- JSON ---------------------------------------------------------------------------------------- */

static void json_begin(struct pt_str *out, int64_t real_ns, bool first)
{
	(void)first;
	pt_str_add(out, "{\"time\":");
	pt_field_num(out, (double)(real_ns / PT_MS) / 1e3);
	pt_str_add(out, ",\"values\":[");
}

/* The pairs of label text. Its keys are those that the metric declares. */
static void json_labels(struct pt_jw *w, const struct pt_metric *metric, const char *labels)
{
	const char *keys = metric->label ? metric->label : "";
	char key[64], value[PT_LABELS_MAX];

	pt_jw_key(w, "labels");
	pt_jw_object(w);
	for (size_t n; *keys; keys += n + (keys[n] == ',')) {
		n = strcspn(keys, ",");
		pt_strlcpy(key, keys, PT_MIN(n + 1, sizeof key));
		if (pt_labels_get(labels, key, value, sizeof value) < 0)
			continue;
		pt_jw_key(w, key);
		pt_jw_str(w, value);
	}
	pt_jw_end(w, '}');
}

static void json_value(struct pt_str *out, const struct pt_export_value *v, bool first)
{
	struct pt_str unit = PT_STR_INIT;
	struct pt_jw w;

	if (!first)
		pt_str_addc(out, ',');
	add_unit(&unit, v->metric);
	pt_jw_init(&w, out, false);
	pt_jw_object(&w);
	pt_jw_key(&w, "metric");
	pt_jw_str(&w, v->metric->name);
	json_labels(&w, v->metric, v->labels);
	pt_jw_key(&w, "value");
	pt_jw_num(&w, in_base_unit(v->metric, v->value));
	pt_jw_key(&w, "unit");
	pt_jw_str(&w, unit.s);
	if (!isnan(v->total)) {
		pt_jw_key(&w, "total");
		pt_jw_num(&w, in_base_unit(v->metric, v->total));
	}
	if (!isfinite(v->value) && v->reason) {
		pt_jw_key(&w, "reason");
		pt_jw_str(&w, v->reason);
	}
	pt_jw_end(&w, '}');
	pt_str_release(&unit);
}

static void json_end(struct pt_str *out)
{
	pt_str_add(out, "]}\n");
}

const struct pt_exporter pt_export_json = {"json", json_begin, json_value, json_end};

/* -- CSV ----------------------------------------------------------------------------------------- */

static void csv_begin(struct pt_str *out, int64_t real_ns, bool first)
{
	(void)real_ns;
	if (first)
		pt_str_add(out, "time,metric,labels,value,unit,total,reason\n");
}

static void csv_number(struct pt_str *out, const struct pt_metric *metric, double number)
{
	if (isfinite(number))
		pt_field_num(out, in_base_unit(metric, number));
}

static void csv_value(struct pt_str *out, const struct pt_export_value *v, bool first)
{
	int64_t ms = v->real_ns / PT_MS;
	time_t t = (time_t)(ms / 1000);
	char stamp[32] = "";
	struct tm tm;

	(void)first;
	if (gmtime_r(&t, &tm))
		strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &tm);
	pt_str_addf(out, "%s.%03dZ,%s,", stamp, (int)(ms % 1000), v->metric->name);
	pt_field_csv(out, v->labels);
	pt_str_addc(out, ',');
	csv_number(out, v->metric, v->value);
	pt_str_addc(out, ',');
	add_unit(out, v->metric);
	pt_str_addc(out, ',');
	csv_number(out, v->metric, v->total);
	pt_str_addc(out, ',');
	if (!isfinite(v->value) && v->reason)
		pt_field_csv(out, v->reason);
	pt_str_addc(out, '\n');
}

static void csv_end(struct pt_str *out)
{
	(void)out;
}

const struct pt_exporter pt_export_csv = {"csv", csv_begin, csv_value, csv_end};

/* -- Prometheus text 0.0.4 ----------------------------------------------------------------------- */

static void prometheus_begin(struct pt_str *out, int64_t real_ns, bool first)
{
	(void)out;
	(void)real_ns;
	(void)first;
}

/* Whether the last line is one of this metric's: HELP and TYPE come once for all of them. */
static bool prometheus_begun(const struct pt_str *out, const struct pt_metric *metric)
{
	const char *text = pt_str_text(out), type[] = "# TYPE ";
	size_t at = out->len, n = strlen(metric->name);

	for (at -= at > 0; at > 0 && text[at - 1] != '\n'; at--)
		;
	text += at;
	text += !strncmp(text, type, sizeof type - 1) ? sizeof type - 1 : 0;
	return !strncmp(text, metric->name, n) && (text[n] == ' ' || text[n] == '{');
}

static void prometheus_head(struct pt_str *out, const struct pt_metric *metric)
{
	struct pt_str help = PT_STR_INIT;

	for (const char *c = metric->help ? metric->help : ""; *c; c++) {
		if (*c == '\\' || *c == '\n')
			pt_str_addc(&help, '\\');
		pt_str_addc(&help, *c == '\n' ? 'n' : *c);
	}
	pt_str_addf(out, "# HELP %s ", metric->name);
	pt_field_safe(out, pt_str_text(&help));
	pt_str_release(&help);
	pt_str_addf(out, "\n# TYPE %s %s\n", metric->name,
		    metric->kind == PT_COUNTER ? "counter" : "gauge");
}

static void prometheus_value(struct pt_str *out, const struct pt_export_value *v, bool first)
{
	double number = v->metric->kind == PT_COUNTER ? v->total : v->value;

	(void)first;
	if (!prometheus_begun(out, v->metric))
		prometheus_head(out, v->metric);
	if (!isfinite(number))
		return;
	pt_str_add(out, v->metric->name);
	if (v->labels[0]) {
		pt_str_addc(out, '{');
		pt_field_safe(out, v->labels);
		pt_str_addc(out, '}');
	}
	pt_str_addc(out, ' ');
	pt_field_num(out, in_base_unit(v->metric, number));
	pt_str_addc(out, '\n');
}

static void prometheus_end(struct pt_str *out)
{
	(void)out;
}

const struct pt_exporter pt_export_prometheus = {"prometheus", prometheus_begin, prometheus_value,
						 prometheus_end};
