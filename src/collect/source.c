/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What collectors share: files whose failures are told to the metrics that live on them, and
 * series by label value.
 */
#include "perftop/collect/source.h"

#include <errno.h>
#include <fcntl.h>

void pt_source_done(struct pt_source *src, struct pt_collect_env *env, int errnum)
{
	char buf[160];
	const char *reason = NULL;

	if (src->told == errnum)
		return;
	src->told = errnum;
	if (errnum == ENODATA)
		reason = src->none;
	else if (errnum)
		reason = pt_root_reason(errnum, src->file.path, buf, sizeof(buf));
	pt_source_fail(env, src->metrics, src->n_metrics, reason);
}

int pt_source_open(struct pt_source *src, struct pt_collect_env *env, const char *path,
		   const struct pt_metric *metrics, size_t n_metrics)
{
	/* -1: a failed start before this one may have told something. */
	*src = (struct pt_source){
		.file = PT_PFILE(path), .metrics = metrics, .n_metrics = n_metrics, .told = -1};
	if (pt_pfile_open(&src->file, env->root) == 0)
		return 0;
	pt_source_done(src, env, errno);
	return pt_err_errno(src->told);
}

void pt_source_close(struct pt_source *src)
{
	pt_pfile_close(&src->file);
}

char *pt_source_read(struct pt_source *src, struct pt_collect_env *env)
{
	char *text;

	if (pt_pfile_read(&src->file, env->root, &text) >= 0)
		return text;
	pt_source_done(src, env, errno);
	return NULL;
}

void pt_source_fail(struct pt_collect_env *env, const struct pt_metric *metrics, size_t n,
		    const char *reason)
{
	for (size_t i = 0; i < n; i++)
		pt_sink_fail(&env->sink, &metrics[i], -1, reason);
}

int pt_source_series2(struct pt_collect_env *env, const struct pt_metric *metric,
		      const char *value1, const char *value2)
{
	const char *values[] = {value1, value2};
	char labels[PT_LABELS_MAX];
	int len = pt_labels_format(labels, sizeof(labels), metric, values);

	return len < 0 ? len : pt_sink_series(&env->sink, metric, labels);
}

int pt_source_series(struct pt_collect_env *env, const struct pt_metric *metric, const char *value)
{
	return pt_source_series2(env, metric, value, NULL);
}
