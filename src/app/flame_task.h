/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_FLAME_TASK_H
#define PT_APP_FLAME_TASK_H

#include "perftop/app/flame.h"

/* What flame.c hands to its worker, and gets back. */

/* A profile with a count of who holds it; loop thread only. */
struct held {
	struct pt_profile profile;
	char *path; /* of the file that it was read from; or NULL */
	unsigned refs;
};

enum source_kind { SOURCE_NONE, SOURCE_FILE, SOURCE_LOAD, SOURCE_SAMPLER };

/* Where a profile is to come from. */
struct source {
	enum source_kind kind;
	char *path;
	struct pt_read_options read;
	struct pt_flames_load load;
	char name[200], value[64];
};

/* What is to be sampled, with its texts. */
struct sampling {
	struct pt_sampler_options options;
	char cgroup[1024], event[200], title[200];
};

/* A stretch of a profile's time; both 0: all of it. */
struct cut {
	int64_t from_ns, to_ns;
};

/* What a picture shows: a copy that owns what it points to. */
struct view {
	struct pt_graph_spec spec;
	struct pt_frames *frames; /* that it speaks of */
	uint32_t *path;
	uint64_t *hidden;
	size_t words; /* of hidden */
};

/* Belongs to the worker until it is done. */
struct task {
	struct pt_flames *flames;	  /* whose it is; for the loop thread */
	struct pt_read_watch watch;	  /* of what is read, */
	_Atomic(struct source *) reading; /* that is this one; NULL: not yet, or no more */
	bool ascii;
	struct pt_frames *frames;
	struct source source, base_source; /* NONE: as it is */
	struct held *profile, *base;	   /* that are there; counted by the loop thread */
	struct held *made, *made_base;	   /* here: instead of them */
	struct pt_sampler *sampler;	   /* to be read; borrowed */
	struct pt_sampler *dead;	   /* to be freed, before anything is read */
	struct sampling *sampling;	   /* to be started */
	struct pt_sampler *started;
	struct cut cut, base_cut;
	enum pt_group group;
	struct pt_tree *tree; /* made here; NULL: the profile's own */
	char export_path[1024];
	struct view *view; /* of the export; NULL: everything */
	bool want_tree;
	bool live;     /* a sampler's thread has frames too */
	bool canceled; /* what it reads is not to be shown, on request; loop thread only */
	/* Given up meanwhile, loop thread only: what it starts or reads; what that is compared with. */
	bool unwanted, base_unwanted;
	struct pt_err err, base_err;
	bool failed, base_failed, exported;
};

struct held *flame_hold(struct held *h); /* NULL too */
void flame_let_go(struct held *h);
void flame_source_release(struct source *s);
void flame_view_free(struct view *v);
void flame_task_free(struct task *t);
/* On the worker thread; arg is a struct task. */
void flame_work(void *arg);

#endif
