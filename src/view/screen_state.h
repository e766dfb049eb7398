/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_SCREEN_STATE_H
#define PT_VIEW_SCREEN_STATE_H

#include "perftop/view/screen.h"

#include "bench_view.h"
#include "flame_view.h"
#include "procs_view.h"

/* What the screen's files share: screen.c (actions), screen_paint.c,
 * screen_time.c, screen_procs.c, screen_bench.c, screen_flame.c. */
enum { SCREEN_PANES = 32, DETAIL_SECTIONS = 5 };

enum screen_shape {
	SHAPE_LINE,   /* below 20x3: one line */
	SHAPE_NUMBER, /* below 40x12: one number and one sparkline */
	SHAPE_PANE,   /* small: one pane */
	SHAPE_FULL,
};

struct screen_details {
	bool open;
	struct pt_target target;
	int section;
	struct pt_str text; /* safe, of that section */
	bool read;	    /* text is there, if only that there is none */
	int scroll;
	int lines;
};

struct pt_screen {
	enum pt_view_id view, root;
	struct pt_layout layout;
	void *states[SCREEN_PANES]; /* by index in pt_panes */
	struct pt_pane_size sizes[PT_LAYOUT_MAX];
	struct pt_place places[PT_LAYOUT_MAX];
	int n_places;
	const struct pt_pane *focus;
	bool zoomed;
	int selected; /* in the zoomed pane's list */
	bool frozen, frozen_follow;
	bool dirty; /* a frozen screen is read again */
	int64_t frozen_ns;
	struct pt_timeview tv;
	struct pt_filter filter; /* of the overview */
	struct pv_procs procs;
	struct screen_details details;
	struct pv_bench bench;
	struct pv_flame flame;
	int w, h;
	enum screen_shape shape;
	double load[3];			    /* for the header */
	int64_t axis_from_ns, axis_cell_ns; /* of the axis row as it was painted last */
	int axis_shift; /* cells that it has moved since: a hint to the terminal */

	struct pt_target *targets; /* of the request */
	size_t n_targets, cap_targets;
	struct pt_str copy;
};

extern const char screen_sections[DETAIL_SECTIONS];
extern const char *const screen_section_names[DETAIL_SECTIONS];

void *screen_pane_state(struct pt_screen *s, const struct pt_pane *pane);
struct pt_pane_args screen_args(const struct pt_screen *s, const struct pt_view_env *env);
struct pt_rect screen_inner(const struct pt_place *place);
void screen_freeze(struct pt_screen *s, const struct pt_view_env *env, bool on);
int64_t screen_at(const struct pt_screen *s);
/* Rows that panes or a list may use: [top, top + height). */
int screen_body_top(const struct pt_screen *s);
bool screen_has_counts(const struct pt_screen *s);
int screen_body_height(const struct pt_screen *s);
bool screen_has_readout(const struct pt_screen *s);
int screen_details_height(const struct pt_screen *s);
void screen_read_out(const struct pt_screen *s, const struct pt_view_env *env, char *out,
		     size_t size);

/* The filter of what is shown now. */
struct pt_filter *screen_filter_here(struct pt_screen *s);
void screen_ask_sizes(struct pt_screen *s, const struct pt_view_env *env);
void screen_refresh_places(struct pt_screen *s, const struct pt_view_env *env);
void screen_refresh_procs(struct pt_screen *s, const struct pt_view_env *env);

/* screen_procs.c: what actions do to the list and the details. */
void screen_add_target(struct pt_screen *s, const struct pt_proc *p);
void screen_collect_targets(struct pt_screen *s);
void screen_say(char *status, size_t size, const char *text);
void screen_copy_row(struct pt_screen *s, const struct pt_view_env *env);
void screen_procs_act(struct pt_screen *s, const struct pt_view_env *env, enum pt_action action,
		      struct pt_request *ret, char *status, size_t size);

/* screen_bench.c: what happens in the view of benchmarks. */
void screen_refresh_bench(struct pt_screen *s, const struct pt_view_env *env);
void screen_bench_act(struct pt_screen *s, const struct pt_view_env *env, enum pt_action action,
		      struct pt_request *ret, char *status, size_t size);
bool screen_bench_mouse(struct pt_screen *s, const struct pt_view_env *env, int x, int y,
			int wheel);
void screen_bench_copy(struct pt_screen *s, const struct pt_view_env *env);

/* screen_flame.c: what happens in the view of flame graphs. */
void screen_refresh_flame(struct pt_screen *s, const struct pt_view_env *env);
void screen_flame_act(struct pt_screen *s, const struct pt_view_env *env, enum pt_action action,
		      struct pt_request *ret, char *status, size_t size);
bool screen_flame_mouse(struct pt_screen *s, const struct pt_view_env *env, int x, int y, int wheel,
			struct pt_request *ret, char *status, size_t size);
void screen_flame_copy(struct pt_screen *s, const struct pt_view_env *env);
/* F, wherever it is pressed: a request to sample what is selected there. */
void screen_flame_sample(struct pt_screen *s, const struct pt_view_env *env,
			 struct pt_request *ret);

/* screen_time.c: what happens on the time axis. */
bool screen_time_act(struct pt_screen *s, const struct pt_view_env *env, enum pt_action action,
		     char *status, size_t size);
void screen_cross_to(struct pt_screen *s, const struct pt_view_env *env, int64_t t_ns);
int screen_graph_width(const struct pt_screen *s);

#endif
