/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Benchmarks in the console: the board is read by a worker while its view is shown, what is asked
 * for is confirmed and started, and what runs is told in a pane. Nothing here waits.
 */
#include "console.h"

#include "perftop/app/board.h"
#include "perftop/base/clock.h"
#include "perftop/base/loop.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <math.h>
#include <string.h>

enum { POLL_S = 2, PAINT_MS = 400, CLOSE_S = 3, WORDS_MAX = 32, OFFERED = 40, BISECT_TAIL = 3 };

/* ---- the board ---- */

/* Belongs to the worker until it is done. */
struct reading {
	struct console *c;
	const struct pt_config *config;
	const struct pt_options *options;
	char base[UI_INPUT];
	uint64_t known, stamp;
	struct pt_board *board; /* NULL: nothing has changed */
};

static void read_board(void *arg)
{
	struct reading *r = arg;

	r->stamp = pt_board_stamp(r->config, r->options);
	if (r->stamp != r->known)
		r->board = pt_board_load(r->config, r->options, r->base);
	/* Reading takes several times what stays. */
	if (r->board)
		pt_mem_trim();
}

static void load(struct console *c);

static void board_read(void *arg)
{
	struct reading *r = arg;
	struct console_bench *b = &r->c->bench;

	b->loading = false;
	/* A frozen screen keeps what it shows; a base chosen meanwhile wants another reading. */
	if (r->board &&
	    (b->closing || pt_screen_frozen(r->c->screen) || strcmp(r->base, b->base) != 0)) {
		pt_board_free(r->board);
	} else if (r->board) {
		pt_board_free(b->board);
		b->board = r->board;
		b->generation++;
		b->stamp = r->stamp;
		if (b->shown)
			console_paint(r->c);
	}
	if (b->again && !b->closing) {
		b->again = false;
		load(r->c);
	}
	free(r);
}

static void load(struct console *c)
{
	struct console_bench *b = &c->bench;
	struct reading *r;

	if (b->loading) {
		b->again = true;
		return;
	}
	r = pt_calloc(1, sizeof *r);
	*r = (struct reading){.c = c,
			      .config = c->session->config,
			      .options = c->session->options,
			      .known = b->board ? b->stamp : 0};
	pt_strlcpy(r->base, b->base, sizeof r->base);
	b->loading = true;
	pt_loop_work(c->loop, read_board, board_read, r);
}

static void poll_board(void *arg)
{
	struct console *c = arg;

	if (!c->bench.loading && !pt_screen_frozen(c->screen))
		load(c);
}

static void paint_live(void *arg)
{
	struct console *c = arg;

	c->bench.painting = false;
	console_paint(c);
}

void console_bench_open(struct console *c)
{
	c->bench.poll = pt_timer_new(c->loop, poll_board, c);
	c->bench.paint = pt_timer_new(c->loop, paint_live, c);
	console_bench_sync(c);
}

void console_bench_sync(struct console *c)
{
	bool shown = pt_screen_wants_board(c->screen);

	if (shown == c->bench.shown)
		return;
	c->bench.shown = shown;
	if (!shown) {
		pt_timer_stop(c->bench.poll);
		return;
	}
	load(c);
	pt_timer_start(c->bench.poll, POLL_S * PT_S, POLL_S * PT_S);
}

void console_bench_tick(struct console *c)
{
	if (c->bench.job)
		pt_bench_job_look(c->bench.job);
}

/* A run must leave no process behind, however the console ends. */
void console_bench_close(struct console *c)
{
	struct console_bench *b = &c->bench;
	int64_t end = pt_clock_mono(&pt_clock_system) + CLOSE_S * PT_S;

	b->closing = true;
	if (b->job)
		pt_bench_job_cancel(b->job);
	while (b->job && pt_clock_mono(&pt_clock_system) < end)
		pt_loop_step(c->loop, 20 * PT_MS);
	pt_timer_free(b->poll);
	pt_timer_free(b->paint);
	b->poll = b->paint = NULL;
	pt_board_free(b->board);
	b->board = NULL;
	if (!b->job)
		pt_live_release(&b->live);
}

/* ---- what runs ---- */

/* Lines can come by the thousand: they are drawn now and then. */
static void live_changed(void *arg)
{
	struct console *c = arg;

	if (!c->bench.shown || c->bench.painting || c->bench.closing)
		return;
	c->bench.painting = true;
	pt_timer_start(c->bench.paint, PAINT_MS * PT_MS, 0);
}

static void live_launched(void *arg)
{
	struct console *c = arg;

	if (c->bench.shown && !c->bench.closing && !pt_screen_frozen(c->screen))
		load(c);
}

static void live_done(void *arg)
{
	struct console *c = arg;
	struct console_bench *b = &c->bench;

	b->job = NULL;
	if (b->closing)
		return;
	console_status(c, b->live.phase == PT_LIVE_FAILED, "%s: %s", b->live.what, b->live.end);
	if (b->quit) {
		console_stop(c);
		return;
	}
	live_launched(c);
	console_paint(c);
}

static struct pt_bench_job_spec job_spec(struct console *c)
{
	return (struct pt_bench_job_spec){.config = c->session->config,
					  .options = c->session->options,
					  .collect = c->session->collect,
					  .live = &c->bench.live,
					  .changed = live_changed,
					  .launched = live_launched,
					  .done = live_done,
					  .arg = c};
}

static bool is_busy(struct console *c)
{
	if (c->bench.job)
		console_status(c, true, "%s is under way; K cancels it", c->bench.live.what);
	return c->bench.job != NULL;
}

static bool may_change(struct console *c)
{
	if (pt_opt_bool(c->session->options, PT_OPT_READONLY))
		console_status(c, true, "read-only: started with --readonly");
	return !pt_opt_bool(c->session->options, PT_OPT_READONLY);
}

static void start_command(struct console *c, const char *what, size_t tail, const char *const *args)
{
	struct pt_bench_job_spec spec = job_spec(c);

	pt_bench_job_command(c->loop, &spec, what, tail, args, &c->bench.job);
	if (c->bench.job)
		console_status(c, false, "%s: started; K cancels it", what);
}

void console_bench_run(struct console *c, const char *text)
{
	struct pt_bench_job_spec spec = job_spec(c);
	const char *words[WORDS_MAX];
	char copy[UI_INPUT], *save = NULL;
	size_t n = 0;

	if (!may_change(c) || is_busy(c))
		return;
	pt_strlcpy(copy, text, sizeof copy);
	for (char *w = strtok_r(copy, " ", &save); w && n < WORDS_MAX;
	     w = strtok_r(NULL, " ", &save))
		words[n++] = w;
	pt_bench_job_run(c->loop, &spec, words, n, &c->bench.job);
	console_status(c, false, "%s: started; K cancels it", n ? text : "all suites");
}

void console_bench_init(struct console *c)
{
	static const char *const args[] = {"bench", "init", NULL};

	if (may_change(c) && !is_busy(c))
		start_command(c, "bench init", 1, args);
}

void console_bench_compare(struct console *c, const char *base)
{
	pt_strlcpy(c->bench.base, strcmp(base, "baseline") == 0 ? "" : base, sizeof c->bench.base);
	c->bench.stamp = 0;
	console_status(c, false, "comparing with %s", base[0] ? base : "the baseline");
	load(c);
}

void console_quit(struct console *c)
{
	char question[200];

	if (!c->bench.job || c->bench.quit) {
		console_stop(c);
		return;
	}
	pt_snprintf(question, sizeof question, "%s still runs. Cancel it and quit?",
		    c->bench.live.what);
	ui_dialog_open(&c->dialog, UI_DIALOG_CONFIRM, FOR_QUIT, question);
}

/* ---- questions ---- */

static void keep_subject(struct console *c, const struct pt_request *r)
{
	pt_strlcpy(c->bench.suite, r->suite ? r->suite->name : "", sizeof c->bench.suite);
	pt_strlcpy(c->bench.name, r->row ? r->row->gate->name : "", sizeof c->bench.name);
	pt_strlcpy(c->bench.metric, r->row ? r->row->gate->metric : "", sizeof c->bench.metric);
}

static void ask_compare(struct console *c, const struct pt_request *r)
{
	const struct pt_board_row *row = r->row;
	char text[96];

	ui_dialog_open(&c->dialog, UI_DIALOG_LIST, FOR_COMPARE,
		       "compare with (or type runs:BRANCH, a commit)");
	c->dialog.typing = true;
	ui_dialog_add(&c->dialog, 0, "baseline", "", "What is kept in .performance/baselines");
	ui_dialog_add(&c->dialog, 0, "runs:main", "", "The last ten runs on main, from history");
	if (c->bench.board->head.branch[0] && strcmp(c->bench.board->head.branch, "main") != 0) {
		pt_snprintf(text, sizeof text, "runs:%.80s", c->bench.board->head.branch);
		ui_dialog_add(&c->dialog, 0, text, "", "The last ten runs on this branch");
	}
	for (size_t i = row ? row->n_points : 0, n = 0; i-- > 0 && n < OFFERED;) {
		const struct pt_board_commit *p = &row->commits[i];
		char help[160];
		if (!isfinite((double)row->points[i].median))
			continue;
		pt_snprintf(text, sizeof text, "%.12s", p->id);
		pt_text_safe(help, sizeof help, p->subject, strlen(p->subject), !pt_cli_utf8());
		ui_dialog_add(&c->dialog, 0, text, "", help);
		n++;
	}
	ui_dialog_match(&c->dialog);
}

static void ask_baseline(struct console *c, const struct pt_request *r)
{
	char question[400];

	if (!r->suite->last_run_ns) {
		console_status(c, true, "%s has never run here; r runs it", r->suite->name);
		return;
	}
	pt_snprintf(question, sizeof question, "Save the latest runs of %s as its baseline? %s%s.",
		    r->suite->name,
		    r->suite->has_base && !c->bench.base[0] ? "It replaces " : "There is ",
		    r->suite->has_base && !c->bench.base[0] ? r->suite->baseline
							    : "none for this machine yet");
	ui_dialog_open(&c->dialog, UI_DIALOG_CONFIRM, FOR_BASELINE, question);
}

/* Good: the commit before the last step for the worse; bad: the one that made it, else HEAD. */
static void guess_range(struct console *c, const struct pt_board_row *row)
{
	struct console_bench *b = &c->bench;
	const struct pt_board_step *step = row->n_steps ? &row->steps[row->n_steps - 1] : NULL;
	size_t at = step ? step->at : 0;

	pt_strlcpy(b->bad, "HEAD", sizeof b->bad);
	b->good[0] = '\0';
	if (step && at < row->n_points)
		pt_snprintf(b->bad, sizeof b->bad, "%.12s", row->commits[at].id);
	/* Without a step: the oldest commit that was measured. */
	for (size_t i = 0; i < row->n_points && (!step || i < at); i++)
		if (isfinite((double)row->points[i].median) && (step || !b->good[0]))
			pt_snprintf(b->good, sizeof b->good, "%.12s", row->commits[i].id);
}

static void ask_revision(struct console *c, enum console_purpose purpose)
{
	bool good = purpose == FOR_BISECT_GOOD;
	char title[400];

	pt_snprintf(title, sizeof title, "bisect %s, a %s commit: ", c->bench.name,
		    good ? "good" : "bad");
	ui_dialog_open(&c->dialog, UI_DIALOG_PROMPT, purpose, title);
	ui_dialog_set_input(&c->dialog, good ? c->bench.good : c->bench.bad);
}

static void ask_cancel(struct console *c)
{
	char question[300];

	pt_snprintf(question, sizeof question, "Cancel %s? Launches that have ended are kept.",
		    c->bench.live.what);
	ui_dialog_open(&c->dialog, UI_DIALOG_CONFIRM, FOR_CANCEL_RUN, question);
}

void console_bench_request(struct console *c, const struct pt_request *r)
{
	keep_subject(c, r);
	switch (r->type) {
	case PT_REQUEST_RUN: console_bench_run(c, c->bench.suite); break;
	case PT_REQUEST_RUN_TAGGED:
		if (!is_busy(c))
			ui_dialog_open(&c->dialog, UI_DIALOG_PROMPT, FOR_RUN_TAGGED,
				       "run (suites, globs, tags): ");
		break;
	case PT_REQUEST_CANCEL_RUN: ask_cancel(c); break;
	case PT_REQUEST_COMPARE: ask_compare(c, r); break;
	case PT_REQUEST_BASELINE:
		if (!is_busy(c))
			ask_baseline(c, r);
		break;
	case PT_REQUEST_BISECT:
		if (is_busy(c))
			break;
		guess_range(c, r->row);
		ask_revision(c, FOR_BISECT_GOOD);
		break;
	default: break;
	}
}

/* ---- answers ---- */

static void answer_revision(struct console *c, bool good)
{
	char question[400], *to = good ? c->bench.good : c->bench.bad;
	const char *input = c->dialog.input;

	/* What looks like an option is no revision. */
	if (!input[0] || input[0] == '-' || strchr(input, ' ')) {
		pt_strlcpy(c->dialog.error, "expected a commit, tag or branch",
			   sizeof c->dialog.error);
		return;
	}
	pt_strlcpy(to, input, UI_INPUT);
	if (good) {
		ask_revision(c, FOR_BISECT_BAD);
		return;
	}
	pt_snprintf(question, sizeof question,
		    "Build and run %s between %s and %s, some twenty times?", c->bench.name,
		    c->bench.good, c->bench.bad);
	ui_dialog_open(&c->dialog, UI_DIALOG_CONFIRM, FOR_BISECT_SURE, question);
}

static void start_bisect(struct console *c)
{
	struct console_bench *b = &c->bench;
	const char *args[] = {
		"bisect",  "--good",  b->good,	   "--bad",
		b->bad,	   "--suite", b->suite,	   "--metric",
		b->metric, b->name,   "--verbose", c->session->config->trust_all ? "--trust" : NULL,
		NULL};
	char what[96];

	pt_snprintf(what, sizeof what, "bisect of %.80s", b->name);
	if (!is_busy(c))
		start_command(c, what, BISECT_TAIL, args);
}

static void save_baseline(struct console *c)
{
	const char *args[] = {"baseline", "save", c->bench.suite, NULL};
	char what[96];

	pt_snprintf(what, sizeof what, "baseline of %.80s", c->bench.suite);
	if (!is_busy(c))
		start_command(c, what, 1, args);
}

static void answer_compare(struct console *c)
{
	const struct ui_item *item = ui_dialog_item(&c->dialog);
	char base[UI_INPUT];

	pt_strlcpy(base, item ? item->text : c->dialog.input, sizeof base);
	ui_dialog_close(&c->dialog);
	console_bench_compare(c, base);
}

static void answer_tagged(struct console *c)
{
	char words[UI_INPUT];

	pt_strlcpy(words, c->dialog.input, sizeof words);
	ui_dialog_close(&c->dialog);
	console_bench_run(c, words);
}

static void cancel_run(struct console *c)
{
	if (!c->bench.job)
		return; /* it has ended while the question was open */
	pt_bench_job_cancel(c->bench.job);
	console_status(c, false, "canceling %s", c->bench.live.what);
}

bool console_bench_answer(struct console *c)
{
	enum console_purpose purpose = (enum console_purpose)c->dialog.purpose;

	switch (purpose) {
	case FOR_RUN_TAGGED: answer_tagged(c); return true;
	case FOR_COMPARE: answer_compare(c); return true;
	case FOR_BISECT_GOOD:
	case FOR_BISECT_BAD: answer_revision(c, purpose == FOR_BISECT_GOOD); return true;
	case FOR_CANCEL_RUN:
	case FOR_BASELINE:
	case FOR_BISECT_SURE:
	case FOR_QUIT: break;
	default: return false;
	}
	ui_dialog_close(&c->dialog);
	if (purpose == FOR_BASELINE)
		save_baseline(c);
	else if (purpose == FOR_BISECT_SURE)
		start_bisect(c);
	else
		cancel_run(c);
	if (purpose == FOR_QUIT) {
		c->bench.quit = true;
		if (!c->bench.job)
			console_stop(c);
	}
	return true;
}
