/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys to actions: defaults from the table, the user's own over them, conflicts refused. */
#include "perftop/ui/keymap.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/ui/input.h"

#include <string.h>

/* Reads key names separated by blanks. Returns NULL, or the name that is none. */
static const char *parse_keys(const char *text, uint32_t keys[UI_KEYS_PER_ACTION], char *word,
			      size_t size)
{
	int n = 0;

	memset(keys, 0, UI_KEYS_PER_ACTION * sizeof keys[0]);
	for (const char *p = text + strspn(text, " "); *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");
		pt_snprintf(word, size, "%.*s", (int)len, p);
		if (n >= UI_KEYS_PER_ACTION || ui_key_parse(word, &keys[n++]) < 0)
			return word;
		p += len;
	}
	return NULL;
}

void ui_keymap_init(struct ui_keymap *map)
{
	char word[32];

	for (int a = 0; a < PT_ACT_N; a++)
		parse_keys(pt_actions[a].keys, map->keys[a], word, sizeof word);
}

static bool shares_key(const struct ui_keymap *map, int a, int b)
{
	for (int i = 0; i < UI_KEYS_PER_ACTION && map->keys[a][i]; i++)
		for (int k = 0; k < UI_KEYS_PER_ACTION && map->keys[b][k]; k++)
			if (map->keys[a][i] == map->keys[b][k])
				return true;
	return false;
}

static bool meet(int a, int b)
{
	return (pt_actions[a].contexts & pt_actions[b].contexts & PT_CTX_ALL) != 0;
}

int ui_keymap_conflict(const struct ui_keymap *map, enum pt_action *ret_a, enum pt_action *ret_b)
{
	for (int a = 0; a < PT_ACT_N; a++)
		for (int b = a + 1; b < PT_ACT_N; b++)
			if (meet(a, b) && shares_key(map, a, b)) {
				*ret_a = (enum pt_action)a;
				*ret_b = (enum pt_action)b;
				return 1;
			}
	return 0;
}

static void refuse(struct pt_config *config, const struct pt_binding *b, const char *why,
		   const char *what)
{
	struct pt_err err = {0};

	pt_err_at(&err, PT_EINVAL, config->paths.config_file, b->line, b->col, "keys.%s: %s '%s'",
		  b->action, why, what);
	*PT_PUSH(config->errors, config->n_errors, config->cap_errors) = err;
}

/* Another action that shares a key with this one where both have a meaning, or -1. */
static int clash_of(const struct ui_keymap *map, int action)
{
	for (int other = 0; other < PT_ACT_N; other++)
		if (other != action && meet(action, other) && shares_key(map, action, other))
			return other;
	return -1;
}

/* Gives actions that clash their default keys again. True when there was one: its default may be what
 * the user has given to another. */
static bool take_back(struct ui_keymap *map, const struct ui_keymap *defaults,
		      struct pt_config *config)
{
	bool any = false;

	for (size_t i = 0; i < config->n_bindings; i++) {
		const struct pt_binding *b = &config->bindings[i];
		int a = pt_action_find(b->action), other = a < 0 ? -1 : clash_of(map, a);
		if (other < 0 || !memcmp(map->keys[a], defaults->keys[a], sizeof map->keys[a]))
			continue;
		refuse(config, b, "its key already means", pt_actions[other].name);
		memcpy(map->keys[a], defaults->keys[a], sizeof map->keys[a]);
		any = true;
	}
	return any;
}

void ui_keymap_apply(struct ui_keymap *map, struct pt_config *config)
{
	struct ui_keymap defaults = *map;
	char word[32];

	for (size_t i = 0; i < config->n_bindings; i++) {
		const struct pt_binding *b = &config->bindings[i];
		uint32_t keys[UI_KEYS_PER_ACTION];
		int a = pt_action_find(b->action);
		const char *bad;
		if (a < 0)
			refuse(config, b, "no action is called", b->action);
		else if ((bad = parse_keys(b->keys, keys, word, sizeof word)))
			refuse(config, b, "no key, or one too many:", bad);
		else
			memcpy(map->keys[a], keys, sizeof keys);
	}
	/* After all of them, so that two actions may swap their keys. */
	while (take_back(map, &defaults, config))
		;
}

int ui_keymap_find(const struct ui_keymap *map, uint32_t key, unsigned context)
{
	for (int a = 0; a < PT_ACT_N; a++)
		for (int i = 0; i < UI_KEYS_PER_ACTION && map->keys[a][i]; i++)
			if (map->keys[a][i] == key && (pt_actions[a].contexts & context))
				return a;
	return -1;
}

const char *ui_keymap_text(const struct ui_keymap *map, enum pt_action action, char *buf,
			   size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (int i = 0; i < UI_KEYS_PER_ACTION && map->keys[action][i]; i++) {
		char name[32];
		n += pt_snprintf(buf + n, size - n, "%s%s", i ? " " : "",
				 ui_key_name(map->keys[action][i], name, sizeof name));
	}
	return buf;
}
