/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_ACTIONS_H
#define PT_VIEW_ACTIONS_H

#include <stddef.h>

/*
 * Actions: what keys, the palette, the help screen and the mouse make happen. They stand in view/
 * because views act on them; the keys that name them are the console's business (ui/keymap).
 */
enum {
	PT_CTX_OVERVIEW = 1,
	PT_CTX_ZOOM = 2, /* one pane on the whole screen */
	PT_CTX_PROCESSES = 4,
	PT_CTX_DETAILS = 8, /* details of a process */
	PT_CTX_WRITE = 16,  /* changes something: absent with --readonly */
	PT_CTX_BENCH = 32,
	PT_CTX_BENCH_PAGE = 64, /* one benchmark on the whole screen */
	PT_CTX_FLAME = 128,	/* flame graph and its table */
	PT_CTX_HEAT = 256,	/* its heat map */
	PT_CTX_TIME = PT_CTX_OVERVIEW | PT_CTX_ZOOM,
	PT_CTX_BENCHES = PT_CTX_BENCH | PT_CTX_BENCH_PAGE,
	PT_CTX_FLAMES = PT_CTX_FLAME | PT_CTX_HEAT,
	PT_CTX_ALL =
		PT_CTX_TIME | PT_CTX_PROCESSES | PT_CTX_DETAILS | PT_CTX_BENCHES | PT_CTX_FLAMES,
};

#define PT_ACTION(id, name, keys, contexts, label, help) PT_ACT_##id,
enum pt_action {
#include "perftop/view/actions.def"
	PT_ACT_N
};
#undef PT_ACTION

struct pt_action_desc {
	const char *name;
	const char *keys; /* default, separated by blanks */
	unsigned contexts;
	const char *label; /* in the footer, or "" */
	const char *help;
};

extern const struct pt_action_desc pt_actions[PT_ACT_N];

int pt_action_find(const char *name); /* or -PT_ENOENT */

#endif
