/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Settings: the table, the order of who may speak, and the checks. A value is kept as text as well
 * as a number, so that `perftop info` can show it as it was written.
 */
#include "perftop/app/options.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PT_OPTION(id, optname, opttype, optdflt, optlo, opthi, optarg, opthelp) \
	[PT_OPT_##id] = {.name = (optname),                                     \
			 .type = PT_OPT_##opttype,                              \
			 .dflt = (optdflt),                                     \
			 .lo = (optlo),                                         \
			 .hi = (opthi),                                         \
			 .arg = (optarg),                                       \
			 .help = (opthelp)},
const struct pt_opt_desc pt_options_table[PT_OPT_N] = {
#include "perftop/app/options.def"
};
#undef PT_OPTION

static bool is_choice(const char *choices, const char *text)
{
	size_t n = strlen(text);

	for (const char *p = choices; *p; p += strcspn(p, "|"), p += *p == '|')
		if (strcspn(p, "|") == n && strncmp(p, text, n) == 0)
			return n > 0;
	return false;
}

static int parse_bool(const char *text, double *ret)
{
	static const char *const yes[] = {"true", "yes", "on", "1"};
	static const char *const no[] = {"false", "no", "off", "0"};

	for (size_t i = 0; i < PT_LEN(yes); i++) {
		if (strcmp(text, yes[i]) == 0)
			return *ret = 1, 0;
		if (strcmp(text, no[i]) == 0)
			return *ret = 0, 0;
	}
	return -PT_ESYNTAX;
}

static int check(const struct pt_opt_desc *d, const char *text, double *ret_num, struct pt_err *err)
{
	*ret_num = 0;
	switch (d->type) {
	case PT_OPT_TEXT: return 0;
	case PT_OPT_CHOICE:
		if (!is_choice(d->arg, text))
			return pt_err_set(err, PT_EINVAL, "%s: '%s' is none of %s", d->name, text,
					  d->arg);
		return 0;
	case PT_OPT_BOOL:
		if (parse_bool(text, ret_num) < 0)
			return pt_err_set(err, PT_EINVAL, "%s: '%s' is neither true nor false",
					  d->name, text);
		return 0;
	case PT_OPT_INT:
	case PT_OPT_SECONDS:
		if (pt_parse_double(text, ret_num) < 0)
			return pt_err_set(err, PT_EINVAL, "%s: '%s' is no number, expected %s",
					  d->name, text, d->arg);
		if (*ret_num < d->lo || *ret_num > d->hi)
			return pt_err_set(err, PT_ERANGE, "%s: %s is outside of %g .. %g", d->name,
					  text, d->lo, d->hi);
		/* Only within the range is the conversion defined. */
		if (d->type == PT_OPT_INT && *ret_num != (double)(long long)*ret_num)
			return pt_err_set(err, PT_EINVAL, "%s: '%s' is no whole number", d->name,
					  text);
		return 0;
	}
	return -PT_EINVAL;
}

void pt_options_init(struct pt_options *o)
{
	memset(o, 0, sizeof *o);
	for (int i = 0; i < PT_OPT_N; i++) {
		o->v[i].text = pt_strdup(pt_options_table[i].dflt);
		check(&pt_options_table[i], o->v[i].text, &o->v[i].num, NULL);
	}
}

void pt_options_release(struct pt_options *o)
{
	for (int i = 0; i < PT_OPT_N; i++)
		free(o->v[i].text);
	memset(o, 0, sizeof *o);
}

int pt_options_set(struct pt_options *o, enum pt_opt opt, const char *text,
		   enum pt_opt_source source, struct pt_err *err)
{
	double num;
	int r = check(&pt_options_table[opt], text, &num, err);

	if (r < 0)
		return r;
	if (source < o->v[opt].source)
		return 0;
	/* Copied before the old one goes: text may be that very string. */
	char *copy = pt_strdup(text);
	free(o->v[opt].text);
	o->v[opt].text = copy;
	o->v[opt].num = num;
	o->v[opt].source = source;
	return 0;
}

int pt_option_find(const char *name)
{
	for (int i = 0; i < PT_OPT_N; i++)
		if (strcmp(pt_options_table[i].name, name) == 0)
			return i;
	return -PT_ENOENT;
}

const char *pt_opt_text(const struct pt_options *o, enum pt_opt opt)
{
	return o->v[opt].text;
}

double pt_opt_num(const struct pt_options *o, enum pt_opt opt)
{
	return o->v[opt].num;
}

bool pt_opt_bool(const struct pt_options *o, enum pt_opt opt)
{
	return o->v[opt].num != 0;
}

const char *pt_opt_source_name(enum pt_opt_source source)
{
	static const char *const names[] = {
		[PT_FROM_DEFAULT] = "default",	 [PT_FROM_PROJECT] = "project config",
		[PT_FROM_USER] = "user config",	 [PT_FROM_ENV] = "environment",
		[PT_FROM_FLAG] = "command line", [PT_FROM_CONSOLE] = "set here",
	};
	return names[source];
}

void pt_options_env(struct pt_options *o, void (*told)(void *arg, const struct pt_err *err),
		    void *arg)
{
	for (int i = 0; i < PT_OPT_N; i++) {
		char name[64];
		size_t n = pt_snprintf(name, sizeof name, "PERFTOP_%s", pt_options_table[i].name);
		for (size_t k = 0; k < n; k++)
			name[k] = name[k] == '-' ? '_' : (char)toupper((unsigned char)name[k]);
		const char *text = getenv(name);
		struct pt_err err = {0};
		if (text && pt_options_set(o, i, text, PT_FROM_ENV, &err) < 0) {
			pt_strlcpy(err.file, name, sizeof err.file);
			told(arg, &err);
		}
	}
}
