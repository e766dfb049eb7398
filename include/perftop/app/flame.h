/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_FLAME_H
#define PT_APP_FLAME_H

#include "perftop/base/loop.h"
#include "perftop/profile/graph.h"
#include "perftop/profile/reader.h"
#include "perftop/profile/shown.h"

/*
 * The profiles behind the view of flame graphs: one that is shown, one that it is compared with, a
 * sampler that feeds it. Everything that blocks or takes long runs in a worker; what is shown is
 * replaced whole when it is done, and changed is called.
 */
struct pt_flames;

struct pt_flames_spec {
	struct pt_loop *loop;
	void (*changed)(void *arg); /* what is shown is another; on the loop thread */
	/* An answer to what was asked for: "written to x.svg"; on the loop thread. */
	void (*told)(void *arg, bool bad, const char *text);
	void *arg;
	bool ascii; /* texts in ASCII */
};

struct pt_flames *pt_flames_new(const struct pt_flames_spec *spec);
void pt_flames_free(struct pt_flames *flames); /* before the loop is freed */
const struct pt_flame *pt_flames_shown(const struct pt_flames *flames);
/* Is anybody looking? A sampler goes on, but is read only then. */
void pt_flames_look(struct pt_flames *flames, bool look);
/* Once a tick. */
void pt_flames_tick(struct pt_flames *flames);

/* Opens a file; a sampler ends. What was compared with stays. options are copied, name may be NULL. */
void pt_flames_open(struct pt_flames *flames, const char *path, const char *name,
		    const struct pt_read_options *options);
/* Reads the file that is open once more, in another way; false when what is shown is no file. */
bool pt_flames_reopen(struct pt_flames *flames, const struct pt_read_options *options);
/* Ends what is being read: what is shown stays. When nothing is shown, what was read so far is, marked
 * partial. Told in either case. */
void pt_flames_cancel(struct pt_flames *flames);
/* The file that it is compared with; NULL: none any more. */
void pt_flames_base(struct pt_flames *flames, const char *path);
/* Keeps what is shown now as what it is compared with from now on: the window when one is chosen, and
 * not whole. Of a sampler, what comes from now on is shown then. */
void pt_flames_keep(struct pt_flames *flames, bool whole);
/* A profile and what it is compared with, made by load (in a worker; arg is freed by release, there
 * too). load fills *ret and may fill *base (its tree stays NULL without); it uses frames. */
struct pt_flames_load {
	int (*load)(void *arg, struct pt_frames *frames, struct pt_profile *ret,
		    struct pt_profile *base, struct pt_err *err);
	void (*release)(void *arg);
	void *arg;
	char name[120];
};
void pt_flames_load(struct pt_flames *flames, const struct pt_flames_load *load);

/* Starts to sample; whatever is open is replaced. open, frames and wake of options are set here. */
void pt_flames_sample(struct pt_flames *flames, const struct pt_sampler_options *options,
		      const char *title);
void pt_flames_stop(struct pt_flames *flames); /* the sampler; what it has seen stays */
void pt_flames_pause(struct pt_flames *flames, bool paused);
bool pt_flames_sampling(const struct pt_flames *flames);

void pt_flames_group(struct pt_flames *flames, enum pt_group group);
/* The next one of the file, and the same of what it is compared with. */
void pt_flames_value(struct pt_flames *flames);
void pt_flames_window(struct pt_flames *flames, int64_t from_ns, int64_t to_ns); /* 0, 0: all */
void pt_flames_swap(struct pt_flames *flames); /* profile and base change sides */

/* What pictures are to show when they are written next: zoom, direction, what is hidden; copied. NULL:
 * everything. */
void pt_flames_hold_view(struct pt_flames *flames, const struct pt_graph_spec *view);
/* Writes what is shown, in the format of path's ending; told when it is done. */
void pt_flames_export(struct pt_flames *flames, const char *path);

#endif
