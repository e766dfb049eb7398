/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the checks of `perftop doctor` have in common: how they look, and how they tell. */
#include "doctor_look.h"

#include "perftop/base/mem.h"

#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { INSTANCES_MAX = 1024 };

const char *pt_health_name(enum pt_health health)
{
	static const char *const names[] = {
		[PT_HEALTH_OK] = "ok",
		[PT_HEALTH_WARN] = "warn",
		[PT_HEALTH_BAD] = "bad",
		[PT_HEALTH_UNKNOWN] = "unknown",
	};
	return names[health];
}

void pt_finding_set(struct pt_finding *ret, enum pt_health health, const char *fix, const char *fmt,
		    ...)
{
	struct pt_str text = PT_STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&text, fmt, ap);
	va_end(ap);
	ret->health = health;
	pt_strlcpy(ret->found, pt_str_text(&text), sizeof ret->found);
	pt_strlcpy(ret->fix, fix ? fix : "", sizeof ret->fix);
	pt_str_release(&text);
}

double look_value(const struct pt_session *s, const char *metric, const char *labels)
{
	struct pt_series_info info;
	int id = pt_store_find(s->store, metric, labels);

	return id >= 0 && pt_store_info(s->store, id, &info) ? info.last : NAN;
}

double look_sum(const struct pt_session *s, const char *metric, bool rate)
{
	int ids[INSTANCES_MAX];
	size_t n = pt_store_instances(s->store, metric, ids, INSTANCES_MAX);
	double sum = NAN;

	for (size_t i = 0; i < PT_MIN(n, (size_t)INSTANCES_MAX); i++) {
		struct pt_series_info info;
		if (!pt_store_info(s->store, ids[i], &info))
			continue;
		double v = rate ? info.last : info.total;
		if (!isnan(v))
			sum = isnan(sum) ? v : sum + v;
	}
	return sum;
}

const char *look_reason(const struct pt_session *s, const char *metric)
{
	return pt_store_reason(s->store, metric);
}

bool look_text(const struct pt_session *s, const char *path, char *out, size_t size)
{
	out[0] = '\0';
	return pt_root_read_text(s->root, path, out, size) >= 0;
}

bool look_number(const struct pt_session *s, const char *path, uint64_t *ret)
{
	return pt_root_read_u64(s->root, path, ret) == 0;
}

bool look_exists(const struct pt_session *s, const char *path)
{
	int fd = pt_root_openfd(s->root, path, O_PATH);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool look_may(const struct pt_session *s, int capability)
{
	struct pt_pfile status = PT_PFILE("proc/self/status");
	unsigned long long caps = 0;
	char *text;

	if (pt_pfile_read(&status, s->root, &text) >= 0) {
		const char *line = strstr(text, "\nCapEff:");
		if (line)
			caps = strtoull(line + strlen("\nCapEff:"), NULL, 16);
	}
	pt_pfile_close(&status);
	return caps >> capability & 1;
}
