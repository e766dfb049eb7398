/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is kept beside the numbers of a launch: facts about the machine, sorted by name so that two
 * environments can be laid side by side.
 */
#include "perftop/model/run.h"

#include "perftop/base/mem.h"

#include <string.h>

void pt_environment_release(struct pt_environment *env)
{
	for (size_t i = 0; i < env->n; i++) {
		free(env->facts[i].name);
		free(env->facts[i].value);
	}
	free(env->facts);
	free(env->machine_class);
	*env = (struct pt_environment){0};
}

/* Index of a name, or where it belongs. */
static size_t place_of(const struct pt_environment *env, const char *name, bool *ret_found)
{
	size_t i = 0;
	int order = 1;

	while (i < env->n && (order = strcmp(env->facts[i].name, name)) < 0)
		i++;
	*ret_found = i < env->n && order == 0;
	return i;
}

void pt_environment_set(struct pt_environment *env, const char *name, const char *value)
{
	bool found;
	size_t i = place_of(env, name, &found);

	if (found) {
		char *old = env->facts[i].value;
		env->facts[i].value = pt_strdup(value);
		free(old);
		return;
	}
	(void)PT_PUSH(env->facts, env->n, env->cap);
	memmove(&env->facts[i + 1], &env->facts[i], (env->n - 1 - i) * sizeof *env->facts);
	env->facts[i] = (struct pt_fact){pt_strdup(name), pt_strdup(value)};
}

const char *pt_environment_get(const struct pt_environment *env, const char *name)
{
	bool found;
	size_t i = place_of(env, name, &found);

	return found ? env->facts[i].value : NULL;
}

void pt_environment_copy(struct pt_environment *to, const struct pt_environment *from)
{
	struct pt_environment copy = {0};

	copy.machine_class = from->machine_class ? pt_strdup(from->machine_class) : NULL;
	for (size_t i = 0; i < from->n; i++)
		pt_environment_set(&copy, from->facts[i].name, from->facts[i].value);
	pt_environment_release(to);
	*to = copy;
}

const char *pt_launch_status_name(enum pt_launch_status status)
{
	static const char *const names[] = {
		[PT_LAUNCH_OK] = "ok",
		[PT_LAUNCH_FAILED] = "failed",
		[PT_LAUNCH_TIMED_OUT] = "timed out",
		[PT_LAUNCH_CANCELED] = "canceled",
		[PT_LAUNCH_NO_RESULT] = "no result",
	};

	return names[status];
}

void pt_launch_release(struct pt_launch *launch)
{
	free(launch->error);
	launch->error = NULL;
	pt_bench_set_release(&launch->set);
}
