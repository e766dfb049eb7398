/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of panes: the only reader of panes.def. */
#include "perftop/view/pane.h"

#include "perftop/base/mem.h"

#include <string.h>

#define PT_PANE(name) extern const struct pt_pane pt_pane_##name;
#include "perftop/view/panes.def"
#undef PT_PANE

#define PT_PANE(name) &pt_pane_##name,
const struct pt_pane *const pt_panes[] = {
#include "perftop/view/panes.def"
};
#undef PT_PANE

const size_t pt_n_panes = PT_LEN(pt_panes);

const struct pt_pane *pt_pane_find(const char *name)
{
	for (size_t i = 0; i < pt_n_panes; i++)
		if (strcmp(pt_panes[i]->name, name) == 0)
			return pt_panes[i];
	return NULL;
}
