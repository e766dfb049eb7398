/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TESTS_MACHINE_H
#define PT_TESTS_MACHINE_H

#include "../fixture.h"
#include "perftop/app/session.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/view/screen.h"

#include <string.h>

/*
 * A whole machine without a terminal, for tests: a session over a fixture, a screen, a canvas. What
 * the console does between two keys is machine_tick and machine_draw.
 */
struct machine {
	struct pt_options options;
	struct pt_config config;
	struct pt_session *session;
	struct pt_screen *screen;
	struct pt_canvas cv;
	struct pt_view_env env;
};

/* False when the root is not there. */
static inline bool machine_open(struct machine *m, const char *root)
{
	char path[4096];

	memset(m, 0, sizeof *m);
	if (!fixture_root(root, path, sizeof path))
		return false;
	pt_options_init(&m->options);
	pt_options_set(&m->options, PT_OPT_ROOT, path, PT_FROM_FLAG, NULL);
	if (pt_session_open(&m->options, &m->config, NULL, &m->session, NULL) < 0)
		return false;
	m->screen = pt_screen_new();
	pt_canvas_init(&m->cv);
	m->env = (struct pt_view_env){.store = m->session->store,
				      .procs = m->session->procs,
				      .culprits = m->session->culprits,
				      .host = m->session->host,
				      .kernel = m->session->kernel,
				      .machine = m->session->machine,
				      .interval_ns = PT_S,
				      .glyphs = PT_GLYPHS_BRAILLE};
	return true;
}

static inline void machine_close(struct machine *m)
{
	pt_screen_free(m->screen);
	pt_session_close(m->session);
	pt_options_release(&m->options);
	pt_config_release(&m->config);
	pt_canvas_release(&m->cv);
}

static inline void machine_scan(struct machine *m)
{
	int want = pt_screen_wants_procs(m->screen);

	if (want < 0)
		return;
	pt_session_scan(m->session, (unsigned)want);
	while (pt_session_scan_step(m->session, 0))
		;
}

static inline void machine_tick(struct machine *m)
{
	pt_session_tick(m->session);
	machine_scan(m);
}

static inline void machine_draw(struct machine *m, int w, int h)
{
	pt_canvas_resize(&m->cv, w, h);
	pt_screen_recalc(m->screen, &m->env, m->cv.w, m->cv.h);
	pt_screen_paint(m->screen, &m->env, &m->cv, true);
}

static inline struct pt_request machine_act(struct machine *m, enum pt_action action, char *status,
					    size_t size)
{
	struct pt_request request;

	pt_screen_act(m->screen, &m->env, action, &request, status, size);
	return request;
}

/* Whole cells only: a wide one is followed by its other half, every code point can be shown. */
static inline bool canvas_valid(const struct pt_canvas *cv)
{
	for (int y = 0; y < cv->h; y++)
		for (int x = 0; x < cv->w; x++) {
			const struct pt_cell8 *c = &cv->cells[y * cv->w + x];
			bool tail = x > 0 && (c[-1].bits & PT_CELL_WIDE);
			if (c->cp < 0x20 || (c->cp >= 0x7F && c->cp < 0xA0) || c->cp > 0x10FFFF ||
			    (c->cp >= 0xD800 && c->cp <= 0xDFFF) || c->role >= PT_ROLE_N ||
			    tail != !!(c->bits & PT_CELL_TAIL) ||
			    ((c->bits & PT_CELL_WIDE) && x + 1 == cv->w))
				return false;
		}
	for (int i = 0; i < cv->n_scrolls; i++) {
		struct pt_rect r = cv->scrolls[i].rect;
		if (r.x < 0 || r.y < 0 || r.w < 0 || r.h < 0 || r.x + r.w > cv->w ||
		    r.y + r.h > cv->h)
			return false;
	}
	return cv->cursor_x < PT_MAX(cv->w, 1) && cv->cursor_y < PT_MAX(cv->h, 1);
}

#endif
