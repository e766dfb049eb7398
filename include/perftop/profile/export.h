/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_EXPORT_H
#define PT_PROFILE_EXPORT_H

#include "perftop/profile/graph.h"
#include "perftop/profile/profile.h"

/*
 * Profiles for other programs and people: one file export_<name>.c and one row of exports.def each.
 */
struct pt_export_spec {
	const char *title;		  /* NULL: the profile's name */
	const char *base;		  /* of a difference: what it is compared with; NULL */
	double base_samples;		  /* behind that; 0 unknown */
	const struct pt_graph_spec *view; /* what the screen shows, of pictures; NULL: everything */
	unsigned width;			  /* of pictures: px (0: 1200) or cells of text (0: 100) */
	bool ascii;
};

struct pt_export_sink {
	int (*write)(void *arg, const char *data,
		     size_t n); /* 0, or an error that ends the export */
	void *arg;
};

struct pt_profile_export {
	const char *name;    /* "svg": for --format, and the ending of files */
	const char *title;   /* "SVG flame graph with search and zoom" */
	const char *endings; /* " .svg " */
	int (*write)(const struct pt_profile *p, const struct pt_export_spec *spec,
		     const struct pt_export_sink *sink, struct pt_err *err);
};

extern const struct pt_profile_export *const pt_profile_exports[]; /* of exports.def */
extern const size_t pt_n_profile_exports;
const struct pt_profile_export *pt_profile_export_find(const char *name); /* or NULL */
/* By a file's ending: "out.svg"; NULL when none fits. */
const struct pt_profile_export *pt_profile_export_for(const char *path);

/* Whole or absent: a temporary file, renamed; "-": stdout's descriptor is the caller's sink. */
int pt_profile_export_file(const struct pt_profile *p, const struct pt_profile_export *format,
			   const struct pt_export_spec *spec, const char *path, struct pt_err *err);
/* Can that be written? Asked before it takes long to make it. */
int pt_profile_export_check(const char *path, struct pt_err *err);

#endif
