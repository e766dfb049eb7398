/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Named instances that come and go. Files list them in the same order from one sample to the next,
 * so the one expected at a place is nearly always there and finding costs one comparison.
 */
#include "perftop/collect/roster.h"

#include "perftop/base/mem.h"
#include "perftop/collect/source.h"

#include <string.h>

enum { MEMBERS_MAX = 4096 };

void pt_roster_begin(struct pt_roster *roster)
{
	roster->round++;
	roster->next = 0;
}

static struct pt_member *add(struct pt_roster *roster, const char *name, size_t len)
{
	struct pt_member *member;

	if (roster->n >= MEMBERS_MAX)
		return NULL;
	member = PT_PUSH(roster->members, roster->n, roster->cap);
	*member = (struct pt_member){.round = roster->round, .fresh = true};
	memcpy(member->name, name, len);
	roster->next = roster->n;
	return member;
}

struct pt_member *pt_roster_find(struct pt_roster *roster, const char *name, size_t len)
{
	if (len == 0 || len >= PT_MEMBER_NAME)
		return NULL;
	for (size_t k = 0; k < roster->n; k++) {
		size_t i = (roster->next + k) % roster->n;
		struct pt_member *member = &roster->members[i];

		if (memcmp(member->name, name, len) != 0 || member->name[len])
			continue;
		if (member->round == roster->round)
			return NULL;
		member->round = roster->round;
		member->fresh = false;
		roster->next = i + 1;
		return member;
	}
	return add(roster, name, len);
}

void pt_roster_show(struct pt_roster *roster, struct pt_collect_env *env, struct pt_member *member)
{
	if (member->shown)
		return;
	for (size_t i = 0; i < roster->n_metrics; i++)
		member->ids[i] = pt_source_series(env, &roster->metrics[i], member->name);
	member->shown = true;
}

size_t pt_roster_end(struct pt_roster *roster, struct pt_collect_env *env)
{
	size_t n = 0, shown = 0;

	for (size_t i = 0; i < roster->n; i++) {
		struct pt_member *member = &roster->members[i];

		if (member->round == roster->round) {
			shown += member->shown;
			if (n != i)
				roster->members[n] = *member;
			n++;
			continue;
		}
		for (size_t k = 0; member->shown && k < roster->n_metrics; k++)
			pt_sink_drop(&env->sink, member->ids[k]);
	}
	roster->n = n;
	return shown;
}

void pt_roster_release(struct pt_roster *roster)
{
	free(roster->members);
	roster->members = NULL;
	roster->n = roster->cap = 0;
}
