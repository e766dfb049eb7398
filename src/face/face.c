/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From settings and session to what views look at: shared by every face that draws. */
#include "perftop/face/face.h"

#include "perftop/app/log.h"
#include "perftop/base/clock.h"
#include "perftop/base/loop.h"
#include "perftop/base/mem.h"
#include "perftop/face/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static enum pt_glyphs glyphs_of(const struct pt_options *options)
{
	int g = pt_glyphs_find(pt_opt_text(options, PT_OPT_GLYPHS));
	const char *term = getenv("TERM");

	if (g < 0 || g == PT_GLYPHS_AUTO)
		return pt_glyphs_auto(term ? term : "", pt_cli_utf8());
	/* Other glyphs than ASCII cannot be written in a locale that has none. */
	return pt_cli_utf8() ? (enum pt_glyphs)g : PT_GLYPHS_ASCII;
}

struct pt_view_env pt_face_env(const struct pt_session *session)
{
	enum pt_glyphs glyphs = glyphs_of(session->options);

	return (struct pt_view_env){
		.store = session->store,
		.procs = session->procs,
		.culprits = session->culprits,
		.host = session->host,
		.kernel = session->kernel,
		.machine = session->machine,
		.interval_ns = session->interval_ns,
		.glyphs = glyphs,
		.ascii = glyphs == PT_GLYPHS_ASCII,
		.readonly = pt_opt_bool(session->options, PT_OPT_READONLY),
	};
}

/* One tick a bin: two in a braille cell, one elsewhere. */
static int64_t first_cell_ns(const struct pt_options *options)
{
	return (int64_t)(pt_opt_num(options, PT_OPT_INTERVAL) * 1e9) *
	       pt_chart_bins_per_cell(glyphs_of(options));
}

/* Tells what cannot be had, with its place if a file asked for it. */
static void tell(const struct pt_options *options, enum pt_opt opt, struct pt_config *config,
		 const struct pt_err *err)
{
	enum pt_opt_source source = options->v[opt].source;
	const char *name = pt_options_table[opt].name;
	bool from_file = source == PT_FROM_USER || source == PT_FROM_PROJECT;
	const char *file =
		source == PT_FROM_USER ? config->paths.config_file : config->paths.project_file;
	struct pt_err told = *err;

	/* A layout or theme that is there has an error of its own, with its place. */
	if (!err->file[0] && from_file && config->places[opt].line)
		pt_err_at(&told, err->code, file, config->places[opt].line, config->places[opt].col,
			  "%s: %s", name, err->msg);
	else if (!err->file[0])
		pt_err_set(&told, err->code, "%s: %s, asked for by the %s", name, err->msg,
			   pt_opt_source_name(source));
	*PT_PUSH(config->errors, config->n_errors, config->cap_errors) = told;
}

/* What cannot be had: an error of whoever typed it, else told and replaced by the default. */
static int fall_back(struct pt_options *options, enum pt_opt opt, struct pt_config *config,
		     const struct pt_err *err)
{
	if (options->v[opt].source >= PT_FROM_FLAG)
		return -err->code;
	tell(options, opt, config, err);
	return pt_options_set(options, opt, pt_options_table[opt].dflt, options->v[opt].source,
			      NULL);
}

static int load_layout(struct pt_options *options, struct pt_config *config,
		       struct pt_layout *layout, struct pt_err *err)
{
	const char *folder = config->paths.layouts;
	int r = pt_layout_load(pt_opt_text(options, PT_OPT_LAYOUT), folder, layout, err);

	if (r < 0)
		r = fall_back(options, PT_OPT_LAYOUT, config, err);
	return r < 0 ? r : pt_layout_load(pt_opt_text(options, PT_OPT_LAYOUT), folder, layout, err);
}

static int load_theme(struct pt_options *options, struct pt_config *config, struct pt_theme *theme,
		      struct pt_err *err)
{
	const char *folder = config->paths.themes;
	int r = pt_theme_load(pt_opt_text(options, PT_OPT_THEME), folder, theme, err);

	if (r < 0)
		r = fall_back(options, PT_OPT_THEME, config, err);
	return r < 0 ? r : pt_theme_load(pt_opt_text(options, PT_OPT_THEME), folder, theme, err);
}

int pt_face_apply(struct pt_screen *screen, struct pt_theme *theme, struct pt_options *options,
		  struct pt_config *config, struct pt_err *err)
{
	struct pt_layout layout;
	int r = load_layout(options, config, &layout, err);

	if (r >= 0)
		r = load_theme(options, config, theme, err);
	if (r < 0)
		return r;
	pt_timeview_init(pt_screen_time(screen), first_cell_ns(options));
	pt_screen_set_layout(screen, &layout);
	pt_screen_set_view(screen, pt_view_find(pt_opt_text(options, PT_OPT_VIEW)));
	return 0;
}

void pt_face_check(const struct pt_options *options, struct pt_config *config)
{
	struct pt_layout layout;
	struct pt_theme theme;
	struct pt_err err = {0};

	if (pt_layout_load(pt_opt_text(options, PT_OPT_LAYOUT), config->paths.layouts, &layout,
			   &err) < 0)
		tell(options, PT_OPT_LAYOUT, config, &err);
	err = (struct pt_err){0};
	if (pt_theme_load(pt_opt_text(options, PT_OPT_THEME), config->paths.themes, &theme, &err) <
	    0)
		tell(options, PT_OPT_THEME, config, &err);
}

const char *pt_face_no_cgroup(const struct pt_session *session)
{
	static const char metric[] = "cgroup_memory_bytes";
	const struct pt_metric *missing;
	size_t pos = 0;

	if (session->ticks != 2 || !pt_opt_text(session->options, PT_OPT_CGROUP)[0])
		return NULL;
	while ((missing = pt_store_missing(session->store, &pos)))
		if (strcmp(missing->name, metric) == 0)
			return pt_store_reason(session->store, metric);
	return NULL;
}

enum pt_colors pt_face_colors(const struct pt_options *options, bool terminal)
{
	static const char *const names[] = {[PT_COLORS_NONE] = "never",
					    [PT_COLORS_8] = "8",
					    [PT_COLORS_16] = "16",
					    [PT_COLORS_256] = "256",
					    [PT_COLORS_DIRECT] = "direct"};
	const char *set = pt_opt_text(options, PT_OPT_COLOR), *no = getenv("NO_COLOR");

	for (int i = 0; i <= PT_COLORS_DIRECT; i++)
		if (strcmp(names[i], set) == 0)
			return (enum pt_colors)i;
	if (!terminal || (no && no[0]))
		return PT_COLORS_NONE;
	return PT_COLORS_256;
}

void pt_face_leave(struct pt_loop *loop, int status)
{
	int64_t end = pt_clock_mono(&pt_clock_system) + 200 * PT_MS;

	while (loop && pt_loop_working(loop)) {
		if (pt_clock_mono(&pt_clock_system) >= end) {
			pt_log("a worker hangs; leaving without it");
			fflush(stdout);
			_exit(status);
		}
		pt_loop_step(loop, 20 * PT_MS);
	}
}

void pt_face_terminal_size(int *ret_w, int *ret_h)
{
	struct winsize ws;

	*ret_w = 80;
	*ret_h = 24;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0 && ws.ws_row > 0) {
		*ret_w = ws.ws_col;
		*ret_h = ws.ws_row;
	}
}
