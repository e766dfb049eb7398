/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings: the table itself, what values are refused and how, who overrides whom. */
#include "perftop/app/options.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_table(void **state)
{
	struct pt_options o;

	(void)state;
	pt_options_init(&o);
	for (int i = 0; i < PT_OPT_N; i++) {
		const struct pt_opt_desc *d = &pt_options_table[i];
		assert_true(d->name && d->name[0] && d->help && d->help[0]);
		assert_true(strspn(d->name, "abcdefghijklmnopqrstuvwxyz-") == strlen(d->name));
		assert_int_equal(pt_option_find(d->name), i);
		assert_true(d->type == PT_OPT_BOOL ? !d->arg[0] : d->arg[0]);
		/* The default passes its own checks. */
		assert_int_equal(pt_options_set(&o, (enum pt_opt)i, d->dflt, PT_FROM_FLAG, NULL),
				 0);
		assert_string_equal(pt_opt_text(&o, (enum pt_opt)i), d->dflt);
	}
	assert_int_equal(pt_option_find("no-such"), -PT_ENOENT);
	assert_int_equal(pt_option_find(""), -PT_ENOENT);
	pt_options_release(&o);
}

static void test_values(void **state)
{
	struct pt_options o;

	(void)state;
	pt_options_init(&o);
	assert_true(pt_opt_bool(&o, PT_OPT_MOUSE));
	assert_int_equal(pt_options_set(&o, PT_OPT_MOUSE, "off", PT_FROM_FLAG, NULL), 0);
	assert_false(pt_opt_bool(&o, PT_OPT_MOUSE));
	assert_string_equal(pt_opt_text(&o, PT_OPT_MOUSE), "off");
	assert_int_equal(pt_options_set(&o, PT_OPT_INTERVAL, "0.25", PT_FROM_FLAG, NULL), 0);
	assert_true(pt_opt_num(&o, PT_OPT_INTERVAL) == 0.25);
	assert_int_equal(pt_options_set(&o, PT_OPT_MAX_BYTES, "1e3", PT_FROM_FLAG, NULL), 0);
	assert_true(pt_opt_num(&o, PT_OPT_MAX_BYTES) == 1000);
	assert_int_equal(pt_options_set(&o, PT_OPT_GLYPHS, "block", PT_FROM_FLAG, NULL), 0);
	/* The very string that is held. */
	assert_int_equal(pt_options_set(&o, PT_OPT_GLYPHS, pt_opt_text(&o, PT_OPT_GLYPHS),
					PT_FROM_FLAG, NULL),
			 0);
	assert_string_equal(pt_opt_text(&o, PT_OPT_GLYPHS), "block");
	pt_options_release(&o);
}

static void test_refused(void **state)
{
	static const struct {
		enum pt_opt opt;
		const char *text;
		int code;
		const char *message;
	} cases[] = {
		{PT_OPT_VIEW, "x", PT_EINVAL,
		 "view: 'x' is none of overview|processes|benchmarks|flame"},
		{PT_OPT_VIEW, "", PT_EINVAL,
		 "view: '' is none of overview|processes|benchmarks|flame"},
		{PT_OPT_VIEW, "over", PT_EINVAL,
		 "view: 'over' is none of overview|processes|benchmarks|flame"},
		{PT_OPT_VIEW, "overview|processes", PT_EINVAL,
		 "view: 'overview|processes' is none of overview|processes|benchmarks|flame"},
		{PT_OPT_PLAIN, "maybe", PT_EINVAL, "plain: 'maybe' is neither true nor false"},
		{PT_OPT_INTERVAL, "1s", PT_EINVAL, "interval: '1s' is no number, expected SECONDS"},
		{PT_OPT_INTERVAL, "", PT_EINVAL, "interval: '' is no number, expected SECONDS"},
		{PT_OPT_INTERVAL, "nan", PT_EINVAL,
		 "interval: 'nan' is no number, expected SECONDS"},
		{PT_OPT_INTERVAL, "0", PT_ERANGE, "interval: 0 is outside of 0.05 .. 3600"},
		{PT_OPT_INTERVAL, "3601", PT_ERANGE, "interval: 3601 is outside of 0.05 .. 3600"},
		{PT_OPT_MAX_BYTES, "1.5", PT_EINVAL,
		 "max-bytes-per-second: '1.5' is no whole number"},
		{PT_OPT_MAX_BYTES, "-1", PT_ERANGE,
		 "max-bytes-per-second: -1 is outside of 0 .. 1e+09"},
		{PT_OPT_MAX_BYTES, "1e300", PT_ERANGE,
		 "max-bytes-per-second: 1e300 is outside of 0 .. 1e+09"},
	};
	struct pt_options o;

	(void)state;
	pt_options_init(&o);
	for (size_t i = 0; i < PT_LEN(cases); i++) {
		struct pt_err err = {0};
		enum pt_opt opt = cases[i].opt;
		assert_int_equal(pt_options_set(&o, opt, cases[i].text, PT_FROM_FLAG, &err),
				 -cases[i].code);
		assert_string_equal(err.msg, cases[i].message);
		assert_string_equal(pt_opt_text(&o, opt), pt_options_table[opt].dflt);
	}
	pt_options_release(&o);
}

static void test_strength(void **state)
{
	static const enum pt_opt_source rising[] = {PT_FROM_PROJECT, PT_FROM_USER, PT_FROM_ENV,
						    PT_FROM_FLAG, PT_FROM_CONSOLE};
	struct pt_options o;
	char name[8];

	(void)state;
	pt_options_init(&o);
	assert_string_equal(pt_opt_source_name(o.v[PT_OPT_THEME].source), "default");
	for (size_t i = 0; i < PT_LEN(rising); i++) {
		pt_snprintf(name, sizeof name, "t%zu", i);
		assert_int_equal(pt_options_set(&o, PT_OPT_THEME, name, rising[i], NULL), 0);
		for (size_t k = 0; k < i; k++)
			assert_int_equal(pt_options_set(&o, PT_OPT_THEME, "w", rising[k], NULL), 0);
		assert_string_equal(pt_opt_text(&o, PT_OPT_THEME), name);
		assert_int_equal(o.v[PT_OPT_THEME].source, rising[i]);
		assert_true(pt_opt_source_name(rising[i])[0]);
	}
	/* Weaker, but still checked. */
	assert_int_equal(pt_options_set(&o, PT_OPT_VIEW, "overview", PT_FROM_FLAG, NULL), 0);
	assert_int_equal(pt_options_set(&o, PT_OPT_VIEW, "x", PT_FROM_USER, NULL), -PT_EINVAL);
	pt_options_release(&o);
}

static unsigned n_told;

static void told(void *arg, const struct pt_err *err)
{
	char text[600];

	pt_err_text(err, text, sizeof text);
	assert_string_equal(text, arg);
	n_told++;
}

static void test_environment(void **state)
{
	struct pt_options o;

	(void)state;
	pt_options_init(&o);
	setenv("PERFTOP_MAX_BYTES_PER_SECOND", "500", 1);
	setenv("PERFTOP_THEME", "light", 1);
	setenv("PERFTOP_INTERVAL", "fast", 1);
	setenv("PERFTOP_NO_SUCH", "x", 1);
	pt_options_set(&o, PT_OPT_THEME, "mono", PT_FROM_FLAG, NULL);
	pt_options_env(&o, told,
		       "PERFTOP_INTERVAL: interval: 'fast' is no number, expected SECONDS");
	assert_int_equal(n_told, 1);
	assert_true(pt_opt_num(&o, PT_OPT_MAX_BYTES) == 500);
	assert_int_equal(o.v[PT_OPT_MAX_BYTES].source, PT_FROM_ENV);
	assert_string_equal(pt_opt_text(&o, PT_OPT_THEME), "mono");
	assert_true(pt_opt_num(&o, PT_OPT_INTERVAL) == 1);
	unsetenv("PERFTOP_MAX_BYTES_PER_SECOND");
	unsetenv("PERFTOP_THEME");
	unsetenv("PERFTOP_INTERVAL");
	unsetenv("PERFTOP_NO_SUCH");
	pt_options_release(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),	    cmocka_unit_test(test_values),
		cmocka_unit_test(test_refused),	    cmocka_unit_test(test_strength),
		cmocka_unit_test(test_environment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
