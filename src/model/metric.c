/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Label text and rates: what every metric shares. Label text is the identity of a series, so there
 * is one spelling of it: keys in the order of metric->label (sorted), values escaped as Prometheus
 * escapes them.
 */
#include "perftop/model/metric.h"

#include "perftop/base/err.h"

#include <stdbool.h>
#include <string.h>

/* Where the next byte of label text goes; full is set instead of writing past the end. */
struct writer {
	char *s;
	size_t len, size;
	bool full;
};

static void put(struct writer *w, char c)
{
	if (w->len + 1 >= w->size) {
		w->full = true;
		return;
	}
	w->s[w->len++] = c;
}

static void put_value(struct writer *w, const char *value)
{
	put(w, '"');
	for (; *value; value++) {
		if (*value == '\\' || *value == '"' || *value == '\n')
			put(w, '\\');
		put(w, *value == '\n' ? 'n' : *value);
	}
	put(w, '"');
}

int pt_labels_format(char *out, size_t size, const struct pt_metric *metric,
		     const char *const *values)
{
	struct writer w = {.s = out, .size = size};
	const char *key = metric->label ? metric->label : "";

	for (size_t i = 0; *key; i++) {
		size_t n = strcspn(key, ",");

		if (i > 0)
			put(&w, ',');
		for (size_t k = 0; k < n; k++)
			put(&w, key[k]);
		put(&w, '=');
		put_value(&w, values[i]);
		key += n + (key[n] == ',');
	}
	if (size > 0)
		out[w.full ? 0 : w.len] = '\0';
	return w.full || size == 0 ? -PT_ERANGE : (int)w.len;
}

/* Steps over a quoted value, and copies it unescaped if w is given. NULL when it has no end. */
static const char *take_value(const char *p, struct writer *w)
{
	if (*p++ != '"')
		return NULL;
	for (; *p && *p != '"'; p++) {
		bool escaped = *p == '\\' && p[1];

		if (escaped)
			p++;
		if (w)
			put(w, escaped && *p == 'n' ? '\n' : *p);
	}
	return *p == '"' ? p + 1 : NULL;
}

int pt_labels_get(const char *labels, const char *key, char *out, size_t size)
{
	size_t key_len = strlen(key);
	const char *p = labels;

	while (p && *p) {
		struct writer w = {.s = out, .size = size};
		size_t n = strcspn(p, "=");
		bool found = n == key_len && strncmp(p, key, n) == 0;

		if (p[n] != '=')
			break;
		p = take_value(p + n + 1, found ? &w : NULL);
		if (p && found) {
			if (w.full || size == 0)
				return -PT_ERANGE;
			out[w.len] = '\0';
			return (int)w.len;
		}
		if (p && *p == ',')
			p++;
	}
	return -PT_ENOENT;
}

int pt_rate_update(struct pt_rate *rate, uint64_t value, int64_t now_ns, double *ret_rate)
{
	struct pt_rate before = *rate;

	/* A clock that stood still: keep the older reading, so that no event is lost. */
	if (before.valid && now_ns == before.at_ns && value >= before.value)
		return 0;
	*rate = (struct pt_rate){.value = value, .at_ns = now_ns, .valid = 1};
	if (!before.valid || value < before.value || now_ns <= before.at_ns)
		return 0;
	*ret_rate = (double)(value - before.value) * 1e9 / ((double)now_ns - (double)before.at_ns);
	return 1;
}
