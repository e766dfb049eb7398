/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flame graphs in the console: what the view asks for, the questions that it takes, and the profiles
 * behind it (app/flame). */
#include "console.h"

#include "perftop/app/bench_flame.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/face/console.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* What can be sampled, in the order of the list. */
static const struct {
	enum pt_sampler_event event;
	const char *name, *help;
} events[] = {
	{PT_SAMPLE_CPU, "CPU", "Where it computes"},
	{PT_SAMPLE_OFFCPU, "off-CPU", "Where it waits: locks, disks, sleep"},
	{PT_SAMPLE_FAULTS, "page faults", "Where memory is touched first"},
	{PT_SAMPLE_ALLOC, "allocations", ""},
};

enum { ID_ALL = 1, ID_CGROUP, ID_AGAIN, ID_KEEP, ID_WHOLE, ID_NOTHING };

static void flames_changed(void *arg)
{
	struct console *c = arg;

	if (pt_screen_wants_flame(c->screen))
		console_paint(c);
}

static void flames_told(void *arg, bool bad, const char *text)
{
	struct console *c = arg;

	console_status(c, bad, "%s", text);
	console_paint(c);
}

void console_flame_open(struct console *c, const struct pt_console_start *start)
{
	struct pt_flames_spec spec = {.loop = c->loop,
				      .changed = flames_changed,
				      .told = flames_told,
				      .arg = c,
				      .ascii = !pt_cli_utf8()};

	c->flame.flames = pt_flames_new(&spec);
	c->flame.read = start->read;
	if (start->flame)
		pt_flames_open(c->flame.flames, start->flame, start->flame_name, &start->read);
	if (start->flame_base)
		pt_flames_base(c->flame.flames, start->flame_base);
	console_flame_sync(c);
}

void console_flame_close(struct console *c)
{
	pt_flames_free(c->flame.flames);
	c->flame.flames = NULL;
}

void console_flame_sync(struct console *c)
{
	bool shown = pt_screen_wants_flame(c->screen), frozen = pt_screen_frozen(c->screen);

	/* All views freeze and go on together, whichever has the key. */
	if (frozen != c->flame.frozen) {
		c->flame.frozen = frozen;
		pt_flames_pause(c->flame.flames, frozen);
	}
	if (shown == c->flame.shown)
		return;
	c->flame.shown = shown;
	pt_flames_look(c->flame.flames, shown);
}

void console_flame_tick(struct console *c)
{
	pt_flames_tick(c->flame.flames);
}

/* ---- a benchmark's runs ---- */

/* Belongs to the worker. */
struct runs {
	const struct pt_config *config;
	const struct pt_options *options;
	char suite[96], base[PT_COMMIT_MAX];
};

static int load_runs(void *arg, struct pt_frames *frames, struct pt_profile *ret,
		     struct pt_profile *base, struct pt_err *err)
{
	const struct runs *r = arg;
	struct pt_benches b;
	int code;

	pt_benches_open(&b, r->config, r->options);
	code = pt_bench_flames_load(&b, r->suite, r->base, frames, ret, base, err);
	pt_benches_close(&b);
	return code;
}

/* The newest profile of its suite, against the one of the baseline's commit or the commit before. */
static void open_runs(struct console *c, const struct pt_request *r)
{
	struct runs *runs = pt_calloc(1, sizeof *runs);
	struct pt_flames_load load = {.load = load_runs, .release = free, .arg = runs};

	runs->config = c->session->config;
	runs->options = c->session->options;
	pt_strlcpy(runs->suite, r->suite->name, sizeof runs->suite);
	pt_strlcpy(runs->base, r->suite->base_commit, sizeof runs->base);
	pt_strlcpy(load.name, r->suite->name, sizeof load.name);
	pt_screen_set_view(c->screen, PT_VIEW_FLAME);
	pt_flames_load(c->flame.flames, &load);
	console_flame_sync(c);
}

/* ---- what to sample ---- */

static void ask_event(struct console *c)
{
	char title[300];

	pt_snprintf(title, sizeof title, "sample %s (or type an event, as cache-misses)",
		    c->flame.title);
	ui_dialog_open(&c->dialog, UI_DIALOG_LIST, FOR_FLAME_EVENT, title);
	c->dialog.typing = true;
	for (size_t i = 0; i < PT_LEN(events); i++) {
		const char *cost = pt_sampler_cost(events[i].event);
		ui_dialog_add(&c->dialog, (int)i, events[i].name, "",
			      cost[0] ? cost : events[i].help);
	}
	ui_dialog_match(&c->dialog);
}

static void ask_what(struct console *c)
{
	const char *cgroup = pt_opt_text(c->session->options, PT_OPT_CGROUP);

	ui_dialog_open(
		&c->dialog, UI_DIALOG_LIST, FOR_FLAME_WHAT,
		"sample what? (or type a process id; F in Processes takes the selected one)");
	c->dialog.typing = true;
	if (c->flame.pid && (kill(c->flame.pid, 0) == 0 || errno != ESRCH))
		ui_dialog_add(&c->dialog, ID_AGAIN, c->flame.title, "", "As the last time");
	ui_dialog_add(&c->dialog, ID_ALL, "all", "", "The whole machine");
	if (cgroup[0])
		ui_dialog_add(&c->dialog, ID_CGROUP, cgroup, "", "The cgroup that is shown");
	ui_dialog_match(&c->dialog);
}

static void ask_sample(struct console *c, const struct pt_request *r)
{
	struct console_flame *f = &c->flame;

	f->all = false;
	f->cgroup[0] = '\0';
	if (r->suite) {
		open_runs(c, r);
		return;
	}
	if (r->n_targets == 0) {
		ask_what(c);
		return;
	}
	f->pid = r->targets[0].pid;
	pt_snprintf(f->title, sizeof f->title, "%s (%d)", r->targets[0].name, f->pid);
	ask_event(c);
}

static void answer_what(struct console *c)
{
	const struct ui_item *item = ui_dialog_item(&c->dialog);
	struct console_flame *f = &c->flame;
	long long pid;

	if (pt_parse_i64(c->dialog.input, 1, INT32_MAX, &pid) == 0) {
		f->pid = (int)pid;
		pt_snprintf(f->title, sizeof f->title, "pid %d", f->pid);
		if (kill(f->pid, 0) < 0 && errno == ESRCH) {
			pt_strlcpy(c->dialog.error, "no such process", sizeof c->dialog.error);
			return;
		}
	} else if (item && item->id == ID_CGROUP) {
		f->pid = 0;
		pt_strlcpy(f->cgroup, item->text, sizeof f->cgroup);
		pt_strlcpy(f->title, item->text, sizeof f->title);
	} else if (item && item->id == ID_ALL) {
		f->pid = 0;
		f->all = true;
		pt_strlcpy(f->title, "the whole machine", sizeof f->title);
	} else if (!item || item->id != ID_AGAIN) {
		pt_strlcpy(c->dialog.error, "expected a process id, or all",
			   sizeof c->dialog.error);
		return;
	}
	ask_event(c);
}

static void answer_event(struct console *c)
{
	const struct ui_item *item = ui_dialog_item(&c->dialog);
	struct console_flame *f = &c->flame;
	struct pt_sampler_options options = {.pid = f->pid,
					     .all = f->all,
					     .cgroup = f->cgroup[0] ? f->cgroup : NULL,
					     .inlined = f->read.inlined,
					     .debuginfod = f->read.debuginfod};
	const char *typed = c->dialog.input + strspn(c->dialog.input, " ");
	char event[UI_INPUT], title[300];

	pt_strlcpy(event, typed, sizeof event);
	if (!item && !event[0])
		return;
	options.event = item ? events[item->id].event : PT_SAMPLE_NAMED;
	options.event_name = item ? NULL : event;
	pt_snprintf(title, sizeof title, "%s%s%s", f->title,
		    options.event == PT_SAMPLE_CPU ? "" : ", ",
		    options.event == PT_SAMPLE_CPU ? ""
		    : item			   ? events[item->id].name
						   : event);
	ui_dialog_close(&c->dialog);
	pt_screen_set_view(c->screen, PT_VIEW_FLAME);
	pt_flames_sample(f->flames, &options, title);
	console_flame_sync(c);
}

/* ---- files ---- */

static void ask_open(struct console *c)
{
	ui_dialog_open(&c->dialog, UI_DIALOG_PROMPT, FOR_FLAME_OPEN, "open profile: ");
}

static void ask_base(struct console *c)
{
	const struct pt_flame *shown = pt_flames_shown(c->flame.flames);

	ui_dialog_open(&c->dialog, UI_DIALOG_LIST, FOR_FLAME_BASE, "compare with (or type a file)");
	c->dialog.typing = true;
	ui_dialog_add(&c->dialog, ID_KEEP, "what is shown now", "",
		      shown->live ? "Kept: what is sampled from now on is compared with it"
				  : "Kept: another window or file is compared with it");
	if (shown->window_to_ns)
		ui_dialog_add(&c->dialog, ID_WHOLE, "the whole recording", "",
			      "What the window has more of than all of it");
	if (shown->base)
		ui_dialog_add(&c->dialog, ID_NOTHING, "nothing", "", "No comparison any more");
	ui_dialog_match(&c->dialog);
}

static void ask_export(struct console *c)
{
	ui_dialog_open(&c->dialog, UI_DIALOG_PROMPT, FOR_FLAME_EXPORT,
		       "write (.svg .html .folded .pb.gz .speedscope.json .txt): ");
	ui_dialog_set_input(&c->dialog, "flame.svg");
}

/* "~/x" as a shell would have it. */
static void expand_home(const char *path, char *out, size_t size)
{
	const char *home = getenv("HOME");

	if (path[0] == '~' && path[1] == '/' && home)
		pt_snprintf(out, size, "%s%s", home, path + 1);
	else
		pt_strlcpy(out, path, size);
}

void console_flame_file(struct console *c, const char *path)
{
	char file[1024];

	expand_home(path, file, sizeof file);
	pt_screen_set_view(c->screen, PT_VIEW_FLAME);
	pt_flames_open(c->flame.flames, file, path, &c->flame.read);
	console_flame_sync(c);
}

void console_flame_base(struct console *c, const char *path)
{
	char file[1024];

	expand_home(path, file, sizeof file);
	pt_flames_base(c->flame.flames, file);
}

void console_flame_write(struct console *c, const char *path)
{
	struct pt_view_env env = console_env(c);
	struct pt_request r;
	char file[1024], status[200];

	pt_screen_set_view(c->screen, PT_VIEW_FLAME);
	pt_screen_act(c->screen, &env, PT_ACT_EXPORT, &r, status, sizeof status);
	console_flame_sync(c);
	if (r.type != PT_REQUEST_FLAME_EXPORT) {
		console_status(c, true, "%s", status);
		return;
	}
	expand_home(path, file, sizeof file);
	pt_flames_hold_view(c->flame.flames, r.graph);
	pt_flames_export(c->flame.flames, file);
}

static void answer_base(struct console *c, int id)
{
	struct pt_flames *f = c->flame.flames;

	if (id == ID_NOTHING) {
		pt_flames_base(f, NULL);
		return;
	}
	pt_flames_keep(f, id == ID_WHOLE);
	if (id == ID_KEEP)
		console_status(c, false, "%s",
			       pt_flames_shown(f)->live
				       ? "kept; now shown is what comes after it"
				       : "kept; w chooses another window, o opens another file");
}

static void answer_file(struct console *c, enum console_purpose purpose)
{
	const struct ui_item *item = ui_dialog_item(&c->dialog);
	char path[UI_INPUT];

	pt_strlcpy(path, c->dialog.input, sizeof path);
	ui_dialog_close(&c->dialog);
	if (purpose == FOR_FLAME_OPEN && path[0])
		console_flame_file(c, path);
	else if (purpose == FOR_FLAME_EXPORT && path[0])
		console_flame_write(c, path);
	else if (purpose == FOR_FLAME_BASE && item)
		answer_base(c, item->id);
	else if (purpose == FOR_FLAME_BASE && path[0])
		console_flame_base(c, path);
}

/* ---- from the screen and its dialogs ---- */

static void next_group(struct console *c)
{
	const struct pt_flame *shown = pt_flames_shown(c->flame.flames);
	enum pt_group group = (enum pt_group)((shown->group + 1) % (PT_GROUP_NONE + 1));

	pt_flames_group(c->flame.flames, group);
	console_status(c, false, "stacks merged by %s", pt_group_name(group));
}

void console_flame_request(struct console *c, const struct pt_request *r)
{
	struct pt_flames *f = c->flame.flames;

	switch (r->type) {
	case PT_REQUEST_FLAME_SAMPLE: ask_sample(c, r); break;
	case PT_REQUEST_FLAME_STOP: pt_flames_stop(f); break;
	case PT_REQUEST_FLAME_OPEN: ask_open(c); break;
	case PT_REQUEST_FLAME_CANCEL: pt_flames_cancel(f); break;
	case PT_REQUEST_FLAME_BASE: ask_base(c); break;
	case PT_REQUEST_FLAME_SWAP: pt_flames_swap(f); break;
	case PT_REQUEST_FLAME_GROUP: next_group(c); break;
	case PT_REQUEST_FLAME_VALUE: pt_flames_value(f); break;
	case PT_REQUEST_FLAME_WINDOW: pt_flames_window(f, r->from_ns, r->to_ns); break;
	case PT_REQUEST_FLAME_EXPORT: ask_export(c); break;
	default: break;
	}
}

bool console_flame_answer(struct console *c)
{
	enum console_purpose purpose = (enum console_purpose)c->dialog.purpose;

	switch (purpose) {
	case FOR_FLAME_WHAT: answer_what(c); return true;
	case FOR_FLAME_EVENT: answer_event(c); return true;
	case FOR_FLAME_OPEN:
	case FOR_FLAME_BASE:
	case FOR_FLAME_EXPORT: answer_file(c, purpose); return true;
	default: return false;
	}
}
