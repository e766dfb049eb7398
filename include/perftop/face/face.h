/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_FACE_FACE_H
#define PT_FACE_FACE_H

#include "perftop/app/session.h"
#include "perftop/view/screen.h"
#include "perftop/view/theme.h"

/* What the faces that draw have in common: from settings to a screen. */

struct pt_view_env pt_face_env(const struct pt_session *session);

/* View, layout and theme as set. A layout or theme that cannot be had is told in config->errors, and
 * the default is taken; but when a flag asked for it, that is -PT_ENOENT or -PT_ESYNTAX. */
int pt_face_apply(struct pt_screen *screen, struct pt_theme *theme, struct pt_options *options,
		  struct pt_config *config, struct pt_err *err);

/* The same check alone: what cannot be had is told, and nothing is changed. */
void pt_face_check(const struct pt_options *options, struct pt_config *config);

/* After the second tick: why nothing is known of the group that --cgroup asks for, or NULL. */
const char *pt_face_no_cgroup(const struct pt_session *session);

/* Colours that the settings, NO_COLOR and TERM allow. */
enum pt_colors pt_face_colors(const struct pt_options *options, bool terminal);

/* Before the loop is freed at the end of a program: a worker that hangs (a file on a dead server, a
 * driver) cannot be joined, so after 200 ms of waiting the process ends here, with status. */
void pt_face_leave(struct pt_loop *loop, int status);

void pt_face_terminal_size(int *ret_w, int *ret_h); /* of stdout, else 80x24 */

#endif
