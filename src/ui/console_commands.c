/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `:` runs beside the actions: commands with an argument. Each row says how its arguments are
 * listed, so that the palette can offer them.
 */
#include "console.h"

#include "perftop/base/fs.h"
#include "perftop/base/loop.h"
#include "perftop/base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Items from here on are commands; below they are actions. */
enum { COMMAND_ID = 1000 };

struct command {
	const char *verb, *arg, *help;
	void (*run)(struct console *c, const char *arg);
	void (*list)(struct console *c, void (*add)(struct console *c, const char *verb,
						    const char *arg, const char *help));
};

/* ---- what they do ---- */

static void run_theme(struct console *c, const char *arg)
{
	struct pt_theme theme;
	struct pt_err err = {0};
	char text[700];

	if (pt_theme_load(arg, c->session->config->paths.themes, &theme, &err) < 0) {
		console_status(c, true, "%s", pt_err_text(&err, text, sizeof text));
		return;
	}
	c->theme = theme;
	pt_options_set(c->session->options, PT_OPT_THEME, arg, PT_FROM_CONSOLE, NULL);
	ui_term_set_theme(c->term, &c->theme);
	console_status(c, false, "theme %s", arg);
}

static void run_layout(struct console *c, const char *arg)
{
	struct pt_layout layout;
	struct pt_err err = {0};
	char text[700];

	if (pt_layout_load(arg, c->session->config->paths.layouts, &layout, &err) < 0) {
		console_status(c, true, "%s", pt_err_text(&err, text, sizeof text));
		return;
	}
	pt_screen_set_view(c->screen, PT_VIEW_OVERVIEW);
	pt_screen_set_layout(c->screen, &layout);
	console_scan(c);
	console_status(c, false, "layout %s", layout.name);
}

static void run_glyphs(struct console *c, const char *arg)
{
	struct pt_err err = {0};

	if (pt_options_set(c->session->options, PT_OPT_GLYPHS, arg, PT_FROM_CONSOLE, &err) < 0)
		console_status(c, true, "%s", err.msg);
	else if (strcmp(arg, "ascii") != 0 && strcmp(arg, "auto") != 0 && !pt_cli_utf8())
		console_status(c, true, "the locale is not UTF-8: only ASCII can be written");
	else
		console_status(c, false, "glyphs %s", arg);
}

static void run_sort(struct console *c, const char *arg)
{
	struct pt_err err = {0};

	if (pt_screen_sort(c->screen, arg, &err) < 0) {
		console_status(c, true, "%s", err.msg);
		return;
	}
	pt_screen_set_view(c->screen, PT_VIEW_PROCESSES);
	console_scan(c);
	console_status(c, false, "sorted by %s", arg);
}

static void run_pane(struct console *c, const char *arg)
{
	int r = pt_screen_toggle_pane(c->screen, arg);

	if (r == -PT_ENOENT)
		console_status(c, true, "no pane is called '%s'", arg);
	else if (r < 0)
		console_status(c, true, "no room for another pane");
	else
		console_status(c, false, "%s %s", arg, r ? "shown" : "hidden");
}

static void run_save(struct console *c, const char *arg)
{
	struct pt_layout layout = *pt_screen_layout(c->screen);
	const char *folder = c->session->config->paths.layouts;
	const struct pt_timeview *tv = pt_screen_time(c->screen);
	struct pt_str json = PT_STR_INIT;
	struct pt_err err = {0};
	char path[700], text[700];

	if (!arg[0] || arg[strspn(arg, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789_-")]) {
		console_status(c, true, "save NAME: letters, digits, - and _");
		return;
	}
	for (size_t i = 0; i < pt_layout_n(); i++)
		if (strcmp(pt_layout_name(i), arg) == 0) {
			console_status(c, true, "'%s' is built in; choose another name", arg);
			return;
		}
	layout.cell_ns = tv->cell_ns;
	layout.scale = (int)tv->scale;
	pt_layout_json(&layout, &json);
	pt_snprintf(path, sizeof path, "%s/%s.json", folder, arg);
	if (pt_fs_mkdirs(folder, &err) < 0 || pt_fs_write(path, json.s, json.len, 0600, &err) < 0)
		console_status(c, true, "%s", pt_err_text(&err, text, sizeof text));
	else
		console_status(c, false, "saved as %s; `:layout %s` or --layout %s opens it", path,
			       arg, arg);
	pt_str_release(&json);
}

static void run_interval(struct console *c, const char *arg)
{
	struct pt_err err = {0};

	if (pt_options_set(c->session->options, PT_OPT_INTERVAL, arg, PT_FROM_CONSOLE, &err) < 0) {
		console_status(c, true, "%s", err.msg);
		return;
	}
	pt_session_set_interval(c->session,
				(int64_t)(pt_opt_num(c->session->options, PT_OPT_INTERVAL) * 1e9));
	pt_timer_start(c->tick_timer, pt_session_wait_ns(c->session), 0);
	console_status(c, false, "a reading every %s s", arg);
}

static void run_goto(struct console *c, const char *arg)
{
	struct pt_view_env env = console_env(c);
	struct pt_err err = {0};

	pt_screen_set_view(c->screen, PT_VIEW_OVERVIEW);
	if (pt_screen_goto(c->screen, &env, arg, &err) < 0)
		console_status(c, true, "%s", err.msg);
	else
		console_status(c, false, "crosshair on %s; f follows live", arg);
}

static void run_filter(struct console *c, const char *arg)
{
	struct pt_err err = {0};

	if (pt_screen_set_filter(c->screen, arg, &err) < 0)
		console_status(c, true, "%s", err.msg);
}

static void run_run(struct console *c, const char *arg)
{
	pt_screen_set_view(c->screen, PT_VIEW_BENCHMARKS);
	console_bench_run(c, arg);
	console_bench_sync(c);
}

static void run_compare(struct console *c, const char *arg)
{
	pt_screen_set_view(c->screen, PT_VIEW_BENCHMARKS);
	console_bench_compare(c, arg);
	console_bench_sync(c);
}

static void run_bench(struct console *c, const char *arg)
{
	if (strcmp(arg, "init") != 0) {
		console_status(c, true, "bench init: the only thing that can be done here");
		return;
	}
	pt_screen_set_view(c->screen, PT_VIEW_BENCHMARKS);
	console_bench_init(c);
	console_bench_sync(c);
}

static void run_open(struct console *c, const char *arg)
{
	console_flame_file(c, arg);
}

static void run_base(struct console *c, const char *arg)
{
	if (strcmp(arg, "nothing") == 0)
		pt_flames_base(c->flame.flames, NULL);
	else
		console_flame_base(c, arg);
}

static void run_inlined(struct console *c, const char *arg)
{
	bool on = strcmp(arg, "off") != 0;

	if (on && arg[0] && strcmp(arg, "on") != 0) {
		console_status(c, true, "inlined: on or off");
		return;
	}
	c->flame.read.inlined = on;
	console_status(c, false, "%s%s",
		       on ? "inlined functions and source lines, from debug info"
			  : "functions as they were compiled",
		       pt_flames_reopen(c->flame.flames, &c->flame.read) ? ""
									 : ", when F samples next");
}

static void run_export(struct console *c, const char *arg)
{
	console_flame_write(c, arg);
}

/* ---- what they offer ---- */

typedef void add_fn(struct console *c, const char *verb, const char *arg, const char *help);

/* Names of the files in a folder that end in `end`, without that. */
static void list_files(struct console *c, add_fn *add, const char *verb, const char *folder,
		       const char *end, const char *help)
{
	DIR *dir = opendir(folder);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		size_t n = strlen(e->d_name), k = strlen(end);
		char name[64];
		if (n <= k || n - k >= sizeof name || strcmp(e->d_name + n - k, end) != 0)
			continue;
		pt_snprintf(name, sizeof name, "%.*s", (int)(n - k), e->d_name);
		add(c, verb, name, help);
	}
	if (dir)
		closedir(dir);
}

static void list_themes(struct console *c, add_fn *add)
{
	for (size_t i = 0; i < pt_theme_n(); i++)
		add(c, "theme", pt_theme_name(i), "Colours");
	list_files(c, add, "theme", c->session->config->paths.themes, ".theme",
		   "Colours of your own");
}

static void list_layouts(struct console *c, add_fn *add)
{
	for (size_t i = 0; i < pt_layout_n(); i++)
		add(c, "layout", pt_layout_name(i), "Panes of the overview");
	list_files(c, add, "layout", c->session->config->paths.layouts, ".json", "A saved layout");
}

static void list_glyphs(struct console *c, add_fn *add)
{
	for (int g = PT_GLYPHS_ASCII; g <= PT_GLYPHS_AUTO; g++)
		add(c, "glyphs", pt_glyphs_name((enum pt_glyphs)g),
		    "Signs that graphs are drawn with");
}

static void list_columns(struct console *c, add_fn *add)
{
	for (size_t i = 0; pt_screen_column_name(i); i++)
		add(c, "sort", pt_screen_column_name(i), "Sort processes by this column");
}

static void list_panes(struct console *c, add_fn *add)
{
	for (size_t i = 0; i < pt_n_panes; i++)
		add(c, "pane", pt_panes[i]->name, pt_panes[i]->help);
}

static void list_inlined(struct console *c, add_fn *add)
{
	add(c, "inlined", "on", "Flame graphs with inlined functions and source lines");
	add(c, "inlined", "off", "Flame graphs of functions as they were compiled");
}

static void list_suites(struct console *c, add_fn *add)
{
	const struct pt_board *board = c->bench.board;

	for (size_t i = 0; board && i < board->n_suites; i++)
		add(c, "run", board->suites[i].name, "Run this suite of benchmarks");
}

static const struct command commands[] = {
	{"theme", "NAME", "Colours: a theme by name", run_theme, list_themes},
	{"layout", "NAME", "Panes of the overview: a layout by name", run_layout, list_layouts},
	{"save", "NAME", "Keep these panes, zoom and scale as a layout", run_save, NULL},
	{"pane", "NAME", "Show or hide a pane", run_pane, list_panes},
	{"glyphs", "NAME", "Signs that graphs are drawn with", run_glyphs, list_glyphs},
	{"sort", "COLUMN", "Sort processes by a column", run_sort, list_columns},
	{"interval", "SECONDS", "Time between two readings", run_interval, NULL},
	{"goto", "TIME", "Crosshair on a time: 12:30, 12:30:44, -5m", run_goto, NULL},
	{"run", "SUITE", "Run benchmarks: suites by name, glob or tag", run_run, list_suites},
	{"compare", "BASE", "Compare with: baseline, runs:BRANCH, a commit", run_compare, NULL},
	{"bench", "init", "Look for benchmarks here, write a first benchmarks.json", run_bench,
	 NULL},
	{"open", "FILE", "Open a profile as a flame graph", run_open, NULL},
	{"base", "FILE", "Compare the flame graph with another profile, or nothing", run_base,
	 NULL},
	{"inlined", "on|off", "Flame graphs with inlined functions and source lines", run_inlined,
	 list_inlined},
	{"export", "FILE", "Write the flame graph: .svg .html .folded .pb.gz .txt", run_export,
	 NULL},
	{"filter", "TEXT", "Filter: a regex, !inverse, -f fuzzy", run_filter, NULL},
};

/* ---- the palette ---- */

static bool available(const struct console *c, int a, unsigned context)
{
	return (pt_actions[a].contexts & context) &&
	       !((pt_actions[a].contexts & PT_CTX_WRITE) &&
		 pt_opt_bool(c->session->options, PT_OPT_READONLY));
}

static void add_action(struct console *c, int a)
{
	char keys[64];

	ui_keymap_text(&c->keys, (enum pt_action)a, keys, sizeof keys);
	ui_dialog_add(&c->dialog, a, pt_actions[a].name, keys, pt_actions[a].help);
}

static void add_argument(struct console *c, const char *verb, const char *arg, const char *help)
{
	char text[96];

	pt_snprintf(text, sizeof text, "%s %s", verb, arg);
	ui_dialog_add(&c->dialog, COMMAND_ID, text, "", help);
}

void console_open_palette(struct console *c)
{
	unsigned context = pt_screen_context(c->screen);

	ui_dialog_open(&c->dialog, UI_DIALOG_LIST, FOR_PALETTE, "command");
	c->dialog.typing = true;
	for (int a = 0; a < PT_ACT_N; a++)
		if (available(c, a, context) && a != PT_ACT_PALETTE)
			add_action(c, a);
	for (size_t i = 0; i < PT_LEN(commands); i++) {
		char text[64];
		pt_snprintf(text, sizeof text, "%s %s", commands[i].verb, commands[i].arg);
		ui_dialog_add(&c->dialog, COMMAND_ID + 1 + (int)i, text, "", commands[i].help);
	}
	for (size_t i = 0; i < PT_LEN(commands); i++)
		if (commands[i].list)
			commands[i].list(c, add_argument);
	ui_dialog_match(&c->dialog);
}

static void add_heading(struct console *c, const char *text)
{
	ui_dialog_add(&c->dialog, -1, text, "", "");
}

void console_open_help(struct console *c)
{
	static const struct {
		unsigned context;
		const char *name;
	} groups[] = {{PT_CTX_OVERVIEW, "Overview"},   {PT_CTX_ZOOM, "Zoomed pane"},
		      {PT_CTX_PROCESSES, "Processes"}, {PT_CTX_DETAILS, "Details of a process"},
		      {PT_CTX_BENCH, "Benchmarks"},    {PT_CTX_BENCH_PAGE, "One benchmark"},
		      {PT_CTX_FLAME, "Flame graph"},   {PT_CTX_HEAT, "Heat map"}};
	unsigned here = pt_screen_context(c->screen);
	char title[64];

	ui_dialog_open(&c->dialog, UI_DIALOG_LIST, FOR_HELP, "help");
	for (size_t i = 0; i < PT_LEN(groups); i++) {
		if (groups[i].context != here)
			continue;
		pt_snprintf(title, sizeof title, "%s: keys of this view", groups[i].name);
		add_heading(c, title);
	}
	for (int a = 0; a < PT_ACT_N; a++)
		if (available(c, a, here) && (pt_actions[a].contexts & PT_CTX_ALL) != PT_CTX_ALL)
			add_action(c, a);
	if (c->dialog.n_items == 1) /* none: all of its keys are those of every view */
		c->dialog.n_items = 0;
	add_heading(c, "Everywhere (Shift-drag selects text while the mouse is on)");
	for (int a = 0; a < PT_ACT_N; a++)
		if (available(c, a, here) && (pt_actions[a].contexts & PT_CTX_ALL) == PT_CTX_ALL)
			add_action(c, a);
	ui_dialog_match(&c->dialog);
}

static const struct command *find_command(const char *text, const char **ret_arg)
{
	size_t n = strcspn(text, " ");

	for (size_t i = 0; i < PT_LEN(commands); i++)
		if (strlen(commands[i].verb) == n && strncmp(commands[i].verb, text, n) == 0) {
			*ret_arg = text + n + strspn(text + n, " ");
			return &commands[i];
		}
	return NULL;
}

bool console_run_command(struct console *c, const char *text)
{
	const char *arg;
	const struct command *cmd = find_command(text, &arg);

	if (!cmd)
		return false;
	cmd->run(c, arg);
	return true;
}

/* :glyphs with no name shows each set: the person's eyes decide. */
static void open_glyph_card(struct console *c)
{
	static const struct {
		enum pt_glyphs g;
		const char *sample;
	} rows[] = {{PT_GLYPHS_BRAILLE, "braille   ⣀⣠⣤⣶⣿⣿⣶⣤⣀⡀⢀⣠⣴⣾⣿"},
		    {PT_GLYPHS_BLOCK, "block     ▁▂▃▄▅▆▇█▇▆▅▄▃▂▁"},
		    {PT_GLYPHS_ASCII, "ascii     .:-=+*#@#*+=-:."}};

	ui_dialog_open(&c->dialog, UI_DIALOG_LIST, FOR_GLYPHS, "which row looks right?");
	for (size_t i = 0; i < PT_LEN(rows); i++)
		if (pt_cli_utf8() || rows[i].g == PT_GLYPHS_ASCII)
			ui_dialog_add(&c->dialog, (int)rows[i].g, rows[i].sample, "", "");
	ui_dialog_match(&c->dialog);
}

void console_run_item(struct console *c, const struct ui_item *item, const char *typed)
{
	const char *arg;
	const struct command *cmd = find_command(typed, &arg);
	char text[UI_INPUT];

	/* "save mine" is a whole command, whatever line the cursor is on. */
	if (cmd && arg[0] && !cmd->list) {
		pt_strlcpy(text, typed, sizeof text);
		ui_dialog_close(&c->dialog);
		console_run_command(c, text);
		return;
	}
	if (!item) {
		pt_strlcpy(text, typed, sizeof text);
		ui_dialog_close(&c->dialog);
		if (!console_run_command(c, text))
			console_status(c, true, "no command '%s'", text);
		return;
	}
	if (item->id > COMMAND_ID) {
		cmd = &commands[item->id - COMMAND_ID - 1];
		if (cmd->run == run_glyphs) {
			open_glyph_card(c);
			return;
		}
		if (cmd->run == run_bench) { /* nothing is left to type */
			ui_dialog_close(&c->dialog);
			run_bench(c, cmd->arg);
			return;
		}
		pt_snprintf(text, sizeof text, "%s ", cmd->verb);
		ui_dialog_set_input(&c->dialog, text);
		return;
	}
	pt_strlcpy(text, item->text, sizeof text);
	int id = item->id;
	ui_dialog_close(&c->dialog);
	if (id == COMMAND_ID)
		console_run_command(c, text);
	else
		console_act(c, (enum pt_action)id);
}
