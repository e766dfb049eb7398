/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_OPTIONS_H
#define PT_APP_OPTIONS_H

#include "perftop/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Settings from, in falling order: flag, PERFTOP_* variable, user config, project config, default.
 */
#define PT_OPTION(id, name, type, dflt, lo, hi, arg, help) PT_OPT_##id,
enum pt_opt {
#include "perftop/app/options.def"
	PT_OPT_N
};
#undef PT_OPTION

enum pt_opt_type { PT_OPT_BOOL, PT_OPT_INT, PT_OPT_SECONDS, PT_OPT_TEXT, PT_OPT_CHOICE };
enum pt_opt_source {
	PT_FROM_DEFAULT,
	PT_FROM_PROJECT,
	PT_FROM_USER,
	PT_FROM_ENV,
	PT_FROM_FLAG,
	PT_FROM_CONSOLE, /* set by hand while running */
};

struct pt_opt_desc {
	const char *name;
	enum pt_opt_type type;
	const char *dflt;
	double lo, hi;
	const char *arg;
	const char *help;
};

extern const struct pt_opt_desc pt_options_table[PT_OPT_N];

struct pt_options {
	struct {
		char *text;
		double num; /* of numbers and booleans */
		enum pt_opt_source source;
	} v[PT_OPT_N];
};

void pt_options_init(struct pt_options *o); /* all defaults */
void pt_options_release(struct pt_options *o);

/* Checks and sets unless a stronger source has spoken. Errors name the option, what was wrong and
 * what is expected; the old value stays. -PT_EINVAL, -PT_ERANGE. */
int pt_options_set(struct pt_options *o, enum pt_opt opt, const char *text,
		   enum pt_opt_source source, struct pt_err *err);
int pt_option_find(const char *name); /* or -PT_ENOENT */

const char *pt_opt_text(const struct pt_options *o, enum pt_opt opt);
double pt_opt_num(const struct pt_options *o, enum pt_opt opt);
bool pt_opt_bool(const struct pt_options *o, enum pt_opt opt);
const char *pt_opt_source_name(enum pt_opt_source source);

/* PERFTOP_* of the environment. Bad ones are told through fn and left out. */
void pt_options_env(struct pt_options *o, void (*told)(void *arg, const struct pt_err *err),
		    void *arg);

#endif
