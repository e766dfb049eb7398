/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of actions: the only reader of actions.def for its rows. */
#include "perftop/view/actions.h"

#include "perftop/base/err.h"

#include <string.h>

#define PT_ACTION(id, actname, actkeys, actctx, actlabel, acthelp) \
	[PT_ACT_##id] = {.name = (actname),                        \
			 .keys = (actkeys),                        \
			 .contexts = (actctx),                     \
			 .label = (actlabel),                      \
			 .help = (acthelp)},
const struct pt_action_desc pt_actions[PT_ACT_N] = {
#include "perftop/view/actions.def"
};
#undef PT_ACTION

int pt_action_find(const char *name)
{
	for (int i = 0; i < PT_ACT_N; i++)
		if (strcmp(pt_actions[i].name, name) == 0)
			return i;
	return -PT_ENOENT;
}
