/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A person at the keyboard, in bytes: the first chooses a fixture and glyphs, the others do something
 * each. A printable one is a key as actions.def names it, one from 0x80 on an action by number, and
 *
 *   0x01 W H     a frame of that size        0x04 TEXT \n    a filter
 *   0x02         a tick, with its scan       0x05 TEXT \n    go to a time
 *   0x03 X Y N   a click, or the wheel       0x06 TEXT \n    details of what is selected
 *   0x07 N       a pane more or less         0x08 N          sort by a column
 *   0x09 N       the profile is another, live, paused, without moments or samples, as N's bits say
 *
 * Whatever is done, the canvas holds whole characters within its bounds. Frames are drawn where they
 * are asked for and not after each key, as keys come in bundles.
 */
#include "../unit/machine.h"

#include "../unit/flame_shown.h"

#include "perftop/base/mem.h"
#include "perftop/view/pane.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *at, *end;
};

static uint8_t next(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

static const char *text(struct input *in, char *out, size_t size)
{
	size_t n = 0;
	uint8_t c;

	while ((c = next(in)) && c != '\n')
		if (n + 1 < size)
			out[n++] = (char)c;
	out[n] = '\0';
	return out;
}

/* Action of a key that is one character, here; PT_ACT_N for none. */
static enum pt_action action_of(uint8_t c, unsigned context)
{
	if (c >= 0x80)
		return (enum pt_action)((c - 0x80) % PT_ACT_N);
	for (int a = 0; a < PT_ACT_N; a++)
		for (const char *p = pt_actions[a].keys; *p; p += strspn(p, " ")) {
			size_t n = strcspn(p, " ");
			if (n == 1 && (uint8_t)*p == c && (pt_actions[a].contexts & context))
				return (enum pt_action)a;
			p += n;
		}
	return PT_ACT_N;
}

static void draw(struct machine *m, int w, int h)
{
	machine_draw(m, w, h);
	if (!canvas_valid(&m->cv))
		abort();
}

static void change_flame(struct flame_shown *f, uint8_t bits)
{
	f->flame.generation++;
	f->flame.live = bits & 1;
	f->flame.paused = bits & 2;
	f->profile.partial = bits & 4;
	if (bits & 8)
		f->profile.n_moments = 0;
	if (bits & 16)
		f->profile.samples = 0;
	pt_strlcpy(f->flame.error, bits & 32 ? "perf.data@12: \033[2J" : "", sizeof f->flame.error);
	f->flame.tree = bits & 64 ? NULL : f->tree;
}

static void step(struct machine *m, struct flame_shown *flame, struct input *in)
{
	struct pt_request request;
	char status[200] = "", line[300];
	const char *column;
	uint8_t c = next(in), x, y;
	enum pt_action action;

	switch (c) {
	case 1:
		x = next(in);
		y = next(in);
		draw(m, x, y % 100);
		return;
	case 2: machine_tick(m); return;
	case 3:
		x = next(in);
		y = next(in);
		pt_screen_mouse(m->screen, &m->env, x, y, (int)(next(in) % 3) - 1, &request, status,
				sizeof status);
		return;
	case 4: pt_screen_set_filter(m->screen, text(in, line, sizeof line), NULL); return;
	case 5: pt_screen_goto(m->screen, &m->env, text(in, line, sizeof line), NULL); return;
	case 6:
		for (const char *what = "elfcm"; *what; what++)
			pt_screen_set_details(m->screen, *what, text(in, line, sizeof line));
		return;
	case 7: pt_screen_toggle_pane(m->screen, pt_panes[next(in) % pt_n_panes]->name); return;
	case 8:
		column = pt_screen_column_name(next(in) % 32);
		pt_screen_sort(m->screen, column ? column : "", NULL);
		return;
	case 9: change_flame(flame, next(in)); return;
	default:
		action = action_of(c, pt_screen_context(m->screen));
		if (action < PT_ACT_N)
			pt_screen_act(m->screen, &m->env, action, &request, status, sizeof status);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const roots[] = {"hostile", "container", "sensors", "hybrid"};
	struct input in = {data, data + size};
	uint8_t first = next(&in);
	struct flame_shown *flame;
	struct machine m;

	if (size > 2000) /* longer ones tell nothing more */
		return 0;
	if (!machine_open(&m, roots[first % PT_LEN(roots)])) {
		fputs("no fixtures: set PT_SRCDIR\n", stderr);
		abort();
	}
	m.env.glyphs = (enum pt_glyphs)(first / 4 % 3);
	m.env.ascii = m.env.glyphs == PT_GLYPHS_ASCII;
	m.env.readonly = first & 0x80;
	m.env.mono = first & 0x20;
	flame = flame_make(first & 0x40);
	m.env.flame = &flame->flame;
	machine_tick(&m);
	while (in.at < in.end)
		step(&m, flame, &in);
	draw(&m, m.cv.w, m.cv.h);
	machine_close(&m);
	flame_free(flame);
	return 0;
}
