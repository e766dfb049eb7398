/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TERMSCENE_H
#define TERMSCENE_H

#include "perftop/view/canvas.h"
#include "perftop/view/theme.h"

/*
 * Pictures for the tests of the terminal: termdemo shows them, test_term paints the same ones again
 * and compares each cell with what libvterm saw. Every picture is a function of its name, its step
 * and the size alone.
 */
enum scene {
	SCENE_ROLES, /* every role, with every bit; wide characters and marks */
	SCENE_LOAD,  /* 8 sparklines and 40 numbers, all moving: one step a second */
	SCENE_NOISE, /* cells at random, some rows scrolled, wide characters about */
	SCENE_INPUT, /* a text cursor */
	SCENE_NEAR,  /* a cell that changes beside the place where cells move */
};

void scene_theme(struct pt_theme *theme);
/* hints: tell what has moved (pt_canvas_scroll_left). utf8: else ASCII alone. */
void scene_paint(struct pt_canvas *cv, enum scene scene, int step, bool hints, bool utf8);

#endif
