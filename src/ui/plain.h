/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_UI_PLAIN_H
#define PT_UI_PLAIN_H

#include "perftop/face/command.h"

/* The console as lines of text: only what has changed, no boxes, no cursor movement. */
int ui_plain_run(struct pt_cli *cli);

#endif
