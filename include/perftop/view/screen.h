/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_SCREEN_H
#define PT_VIEW_SCREEN_H

#include "perftop/view/actions.h"
#include "perftop/view/layout.h"

/*
 * The whole screen as a value: which view, which panes, which stretch of time, what is selected.
 * The console, `snapshot` and the tests drive the same one: act, recalc, paint. It changes nothing
 * outside of itself; what a key wants done to the machine comes back as a request.
 */
struct pt_screen;
struct pt_board_suite;
struct pt_board_row;
struct pt_graph_spec;

enum pt_view_id {
	PT_VIEW_OVERVIEW,
	PT_VIEW_PROCESSES,
	PT_VIEW_BENCHMARKS,
	PT_VIEW_FLAME,
	PT_VIEW_N
};

/* Names for --view: "overview", "processes", "benchmarks", "flame". */
const char *pt_view_name(enum pt_view_id view);
int pt_view_find(const char *name); /* or -PT_ENOENT */

struct pt_screen *pt_screen_new(void);
void pt_screen_free(struct pt_screen *screen);

void pt_screen_set_view(struct pt_screen *screen, enum pt_view_id view);
enum pt_view_id pt_screen_view(const struct pt_screen *screen);
unsigned pt_screen_context(const struct pt_screen *screen); /* one PT_CTX_* bit */
void pt_screen_set_layout(struct pt_screen *screen, const struct pt_layout *layout);
const struct pt_layout *pt_screen_layout(const struct pt_screen *screen);
/* Adds or takes away a pane; 1 shown, 0 hidden, -PT_ENOENT, -PT_ELIMIT. */
int pt_screen_toggle_pane(struct pt_screen *screen, const char *name);
struct pt_timeview *pt_screen_time(struct pt_screen *screen);
bool pt_screen_frozen(const struct pt_screen *screen);

/* What is asked of the face after an action. */
enum pt_request_type {
	PT_REQUEST_NONE,
	PT_REQUEST_SIGNAL,     /* on the targets: ask which, confirm, send */
	PT_REQUEST_PRIORITY,   /* on the targets */
	PT_REQUEST_COPY,       /* text */
	PT_REQUEST_DETAILS,    /* read details of target 0 and hand them to pt_screen_set_details */
	PT_REQUEST_GOTO,       /* ask for a time, then pt_screen_goto */
	PT_REQUEST_FILTER,     /* ask for a filter, then pt_screen_set_filter at each change */
	PT_REQUEST_RUN,	       /* the suite */
	PT_REQUEST_RUN_TAGGED, /* ask for suites or a tag, then run them */
	PT_REQUEST_CANCEL_RUN,
	PT_REQUEST_COMPARE,  /* ask for a base, then read the board anew */
	PT_REQUEST_BASELINE, /* of the suite: confirm, save */
	PT_REQUEST_BISECT,   /* the benchmark: ask for good and bad, confirm, start */
	/* Of the view of flame graphs, which shows env.flame. */
	PT_REQUEST_FLAME_SAMPLE, /* target 0, or the runs of row or suite; none of them: ask */
	PT_REQUEST_FLAME_STOP,	 /* end the sampling; what it has stays */
	PT_REQUEST_FLAME_OPEN,	 /* ask for a file */
	PT_REQUEST_FLAME_CANCEL, /* end the reading of one */
	PT_REQUEST_FLAME_BASE,	 /* ask what to compare with: a file, window, bookmark, nothing */
	PT_REQUEST_FLAME_SWAP,	 /* profile and base change sides */
	PT_REQUEST_FLAME_GROUP,	 /* the next of enum pt_group */
	PT_REQUEST_FLAME_VALUE,	 /* the next value of the profile */
	PT_REQUEST_FLAME_WINDOW, /* from_ns, to_ns of its moments; 0, 0: all of it */
	PT_REQUEST_FLAME_EXPORT, /* graph, or the whole profile: ask for a file name */
	PT_REQUEST_QUIT,
};

struct pt_target {
	int pid;
	uint64_t start_ticks;
	char name[48]; /* safe, for the question */
};

struct pt_request {
	enum pt_request_type type;
	struct pt_target
		*targets; /* borrowed until the next action: all tagged processes, also those
				      that the filter hides, else the selected one */
	size_t n_targets;
	char *text; /* PT_REQUEST_COPY: borrowed until the next action */
	/* Of requests on benchmarks, borrowed from the board: what is selected; or NULL. */
	const struct pt_board_suite *suite;
	const struct pt_board_row *row;
	int64_t from_ns, to_ns;		   /* PT_REQUEST_FLAME_WINDOW */
	const struct pt_graph_spec *graph; /* PT_REQUEST_FLAME_EXPORT: what the screen shows;
					      borrowed until the next action */
};

/* Does what an action means here. status gets what to tell ("frozen; Space goes on"), or "" – every
 * action is answered. Returns true when something on the screen may have changed. */
bool pt_screen_act(struct pt_screen *screen, const struct pt_view_env *env, enum pt_action action,
		   struct pt_request *ret, char *status, size_t status_size);
/* A click or a wheel notch at a cell; as act. */
bool pt_screen_mouse(struct pt_screen *screen, const struct pt_view_env *env, int x, int y,
		     int wheel, struct pt_request *ret, char *status, size_t status_size);

/* What to call an action here, for the line of keys, when its own label does not tell: "stop reading";
 * "" for what would do nothing; NULL: its label. */
const char *pt_screen_label(const struct pt_screen *screen, enum pt_action action);

/* Filter: a regex, `!` inverse, `-f` fuzzy. NULL or "" clears. -PT_ESYNTAX with the regex's own
 * words; the old one stays. */
int pt_screen_set_filter(struct pt_screen *screen, const char *text, struct pt_err *err);
const char *pt_screen_filter(const struct pt_screen *screen); /* "" for none */
/* Rows shown of all, for the live count. */
void pt_screen_filter_count(const struct pt_screen *screen, size_t *ret_shown, size_t *ret_all);

/* Crosshair on a time: "12:30", "12:30:44" (the last time that local clocks showed it), "-90s", "-5m",
 * "-2h". -PT_ESYNTAX, -PT_ERANGE before history begins, -PT_ENODATA. */
int pt_screen_goto(struct pt_screen *screen, const struct pt_view_env *env, const char *text,
		   struct pt_err *err);
/* Names of the columns that a list can be sorted by; NULL ends. */
const char *pt_screen_column_name(size_t i);
int pt_screen_sort(struct pt_screen *screen, const char *column, struct pt_err *err);
/* Text of the details pane's section, which is copied; what as in pt_procs_detail. */
void pt_screen_set_details(struct pt_screen *screen, char what, const char *text);
/* Details pane open? Then which process and which section it wants to show. */
bool pt_screen_wants_details(const struct pt_screen *screen, struct pt_target *ret, char *ret_what);

/* What of each process must be read for what is on the screen now: enum pt_proc_want or-ed; -1 when
 * no process list is shown and nothing need be scanned. */
int pt_screen_wants_procs(const struct pt_screen *screen);

/* Are benchmarks shown, so that env needs a board? */
bool pt_screen_wants_board(const struct pt_screen *screen);

/* Are flame graphs shown, so that env.flame is looked at? */
bool pt_screen_wants_flame(const struct pt_screen *screen);

/* Is a pane on the screen that needs this on-demand collector? */
bool pt_screen_wants_collector(const struct pt_screen *screen, const char *collector);

/* Reads the model for a screen of w x h cells. Frozen screens ignore new data, not new sizes. */
void pt_screen_recalc(struct pt_screen *screen, const struct pt_view_env *env, int w, int h);

/* Paints header, panes or list, axis and read-out into cv (its size as in recalc). The last row is
 * left free when footer is true: keys or a prompt stand there. */
void pt_screen_paint(struct pt_screen *screen, const struct pt_view_env *env, struct pt_canvas *cv,
		     bool footer);

/* One line for `--plain` and for windows below 20x3: "cpu 63.2 %  memory 11.2 GiB …". */
void pt_screen_line(const struct pt_screen *screen, const struct pt_view_env *env, char *out,
		    size_t size);

#endif
