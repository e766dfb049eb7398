/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_UI_KEYMAP_H
#define PT_UI_KEYMAP_H

#include "perftop/app/project.h"
#include "perftop/view/actions.h"

#include <stdint.h>

/* Which key means which action where: the defaults of actions.def, then the user's "keys". */
enum { UI_KEYS_PER_ACTION = 4 };

struct ui_keymap {
	uint32_t keys[PT_ACT_N][UI_KEYS_PER_ACTION]; /* 0 ends */
};

void ui_keymap_init(struct ui_keymap *map);

/* The user's bindings. What cannot be (no such action or key, a key with two meanings in one
 * context) is appended to config->errors with its place, and the default stays. */
void ui_keymap_apply(struct ui_keymap *map, struct pt_config *config);

/* Action of a key in a context (one PT_CTX_* bit), or -1. */
int ui_keymap_find(const struct ui_keymap *map, uint32_t key, unsigned context);

/* "+ =": an action's keys for people; "" when it has none. */
const char *ui_keymap_text(const struct ui_keymap *map, enum pt_action action, char *buf,
			   size_t size);

/* Two actions that share a key in one context: fills both and returns 1, else 0. */
int ui_keymap_conflict(const struct ui_keymap *map, enum pt_action *ret_a, enum pt_action *ret_b);

#endif
