/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From settings to a screen: colours, glyphs, and layouts and themes that cannot be had. */
#include "perftop/face/command.h"
#include "perftop/face/face.h"

#include "collect_tree.h"

#include <locale.h>

const struct pt_command *const pt_commands[] = {NULL};
const size_t pt_n_commands = 0;

static struct tree tree;
static struct pt_options options;
static struct pt_config config;
static struct pt_theme theme;
static struct pt_screen *screen;

static int setup(void **state)
{
	(void)state;
	tree_init(&tree);
	pt_options_init(&options);
	pt_strlcpy(config.paths.layouts, tree.dir, sizeof config.paths.layouts);
	pt_strlcpy(config.paths.themes, tree.dir, sizeof config.paths.themes);
	screen = pt_screen_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pt_screen_free(screen);
	pt_options_release(&options);
	pt_config_release(&config);
	tree_release(&tree);
	return 0;
}

static void set(enum pt_opt opt, const char *text, enum pt_opt_source source)
{
	assert_int_equal(pt_options_set(&options, opt, text, source, NULL), 0);
}

static void test_apply(void **state)
{
	struct pt_err err = {0};

	(void)state;
	set(PT_OPT_THEME, "light", PT_FROM_USER);
	set(PT_OPT_LAYOUT, "system", PT_FROM_FLAG);
	assert_int_equal(pt_face_apply(screen, &theme, &options, &config, &err), 0);
	assert_string_equal(theme.name, "light");
	assert_int_equal(config.n_errors, 0);
}

static void test_fall_back(void **state)
{
	struct pt_err err = {0};
	char text[800];

	(void)state;
	set(PT_OPT_THEME, "neon", PT_FROM_USER);
	set(PT_OPT_LAYOUT, "mine", PT_FROM_PROJECT);
	tree_put(&tree, "mine.json", "{\n\"panes\": [\"cpu\", \"nothing\"]\n}");
	assert_int_equal(pt_face_apply(screen, &theme, &options, &config, &err), 0);
	assert_int_equal(config.n_errors, 2);
	assert_non_null(strstr(pt_err_text(&config.errors[0], text, sizeof text), "mine.json:2:"));
	assert_non_null(strstr(config.errors[1].msg, "theme: no theme is called 'neon'"));
	assert_non_null(strstr(config.errors[1].msg, "asked for by the user config"));
	assert_string_equal(theme.name, "dark");
	assert_string_equal(pt_opt_text(&options, PT_OPT_LAYOUT), "overview");
	assert_int_equal(options.v[PT_OPT_LAYOUT].source, PT_FROM_PROJECT);
}

/* Looking for what is wrong changes nothing, and knows the place. */
static void test_check(void **state)
{
	char text[800];

	(void)state;
	pt_face_check(&options, &config);
	assert_int_equal(config.n_errors, 0);
	set(PT_OPT_THEME, "neon", PT_FROM_PROJECT);
	config.places[PT_OPT_THEME].line = 3;
	config.places[PT_OPT_THEME].col = 11;
	pt_strlcpy(config.paths.project_file, "p/config.json", sizeof config.paths.project_file);
	pt_face_check(&options, &config);
	assert_int_equal(config.n_errors, 1);
	pt_err_text(&config.errors[0], text, sizeof text);
	assert_non_null(strstr(text, "p/config.json:3:11: theme: no theme is called 'neon'"));
	assert_string_equal(pt_opt_text(&options, PT_OPT_THEME), "neon");
}

static void test_asked_for(void **state)
{
	static const enum pt_opt asked[] = {PT_OPT_THEME, PT_OPT_LAYOUT};

	(void)state;
	for (size_t i = 0; i < PT_LEN(asked); i++) {
		struct pt_err err = {0};
		set(PT_OPT_THEME, "dark", PT_FROM_FLAG);
		set(asked[i], "neon", PT_FROM_FLAG);
		assert_int_equal(pt_face_apply(screen, &theme, &options, &config, &err),
				 -PT_ENOENT);
		assert_non_null(strstr(err.msg, "neon"));
		assert_int_equal(config.n_errors, 0);
	}
}

static void test_colors(void **state)
{
	(void)state;
	unsetenv("NO_COLOR");
	assert_int_equal(pt_face_colors(&options, true), PT_COLORS_256);
	assert_int_equal(pt_face_colors(&options, false), PT_COLORS_NONE);
	setenv("NO_COLOR", "1", 1);
	assert_int_equal(pt_face_colors(&options, true), PT_COLORS_NONE);
	setenv("NO_COLOR", "", 1); /* set and empty means nothing */
	assert_int_equal(pt_face_colors(&options, true), PT_COLORS_256);
	/* What is asked for is had, in a pipe and against NO_COLOR too. */
	setenv("NO_COLOR", "1", 1);
	set(PT_OPT_COLOR, "16", PT_FROM_USER);
	assert_int_equal(pt_face_colors(&options, false), PT_COLORS_16);
	set(PT_OPT_COLOR, "direct", PT_FROM_USER);
	assert_int_equal(pt_face_colors(&options, true), PT_COLORS_DIRECT);
	set(PT_OPT_COLOR, "never", PT_FROM_USER);
	assert_int_equal(pt_face_colors(&options, true), PT_COLORS_NONE);
	unsetenv("NO_COLOR");
}

static enum pt_glyphs glyphs(const char *setting, const char *term)
{
	struct pt_session session = {.options = &options};
	struct pt_view_env env;

	set(PT_OPT_GLYPHS, setting, PT_FROM_FLAG);
	setenv("TERM", term, 1);
	env = pt_face_env(&session);
	assert_int_equal(env.ascii, env.glyphs == PT_GLYPHS_ASCII);
	return env.glyphs;
}

static void test_glyphs(void **state)
{
	(void)state;
	setlocale(LC_ALL, "C");
	assert_int_equal(glyphs("auto", "xterm"), PT_GLYPHS_ASCII);
	assert_int_equal(glyphs("braille", "xterm"), PT_GLYPHS_ASCII);
	if (!setlocale(LC_ALL, "C.UTF-8"))
		skip();
	assert_int_equal(glyphs("auto", "xterm"), PT_GLYPHS_BRAILLE);
	assert_int_equal(glyphs("auto", "linux"), PT_GLYPHS_ASCII);
	assert_int_equal(glyphs("braille", "linux"), PT_GLYPHS_BRAILLE);
	assert_int_equal(glyphs("block", "xterm"), PT_GLYPHS_BLOCK);
	assert_int_equal(glyphs("ascii", "xterm"), PT_GLYPHS_ASCII);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_apply), TEST(test_fall_back), TEST(test_asked_for),
		TEST(test_check), TEST(test_colors),	TEST(test_glyphs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
