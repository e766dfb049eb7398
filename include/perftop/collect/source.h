/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_COLLECT_SOURCE_H
#define PT_COLLECT_SOURCE_H

#include "perftop/collect/collect.h"

/*
 * What collectors share: a system file whose failure becomes a reason of the metrics that are read
 * from it. Reasons are told when they change, not at every sample.
 */
struct pt_source {
	struct pt_pfile file;
	const struct pt_metric *metrics; /* read from this file */
	size_t n_metrics;
	const char *none; /* their reason when the file lists nothing (ENODATA) */
	int told;	  /* errno that their reason tells, 0: none */
};

/* Opens a source. 0, or a negative code with the reason told. */
int pt_source_open(struct pt_source *src, struct pt_collect_env *env, const char *path,
		   const struct pt_metric *metrics, size_t n_metrics);
void pt_source_close(struct pt_source *src);

/* The file's text as pt_pfile_read gives it, or NULL with the reason told. */
char *pt_source_read(struct pt_source *src, struct pt_collect_env *env);

/* After scanning the text: 0, EBADMSG when it was not what it should be, ENODATA. The reason is
 * told, or taken back. */
void pt_source_done(struct pt_source *src, struct pt_collect_env *env, int errnum);

/* The same reason for a row of metrics; NULL takes it back. */
void pt_source_fail(struct pt_collect_env *env, const struct pt_metric *metrics, size_t n,
		    const char *reason);

/* Series of an instance by its label values; id or a negative code. */
int pt_source_series(struct pt_collect_env *env, const struct pt_metric *metric, const char *value);
int pt_source_series2(struct pt_collect_env *env, const struct pt_metric *metric,
		      const char *value1, const char *value2);

#endif
