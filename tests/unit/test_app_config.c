/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two configuration files: what each may say, what is wrong with its place, and that the rest
 * counts all the same.
 */
#include "perftop/app/project.h"
#include "perftop/base/clock.h"

#include "collect_tree.h"

static struct tree tree;
static struct pt_options options;
static struct pt_config config;

static int setup(void **state)
{
	(void)state;
	tree_init(&tree);
	pt_options_init(&options);
	setenv("XDG_CONFIG_HOME", tree.dir, 1);
	setenv("XDG_STATE_HOME", tree.dir, 1);
	tree_put(&tree, "project/file", "");
	char path[PATH_MAX + 16];
	pt_snprintf(path, sizeof path, "%s/project", tree.dir);
	pt_options_set(&options, PT_OPT_PROJECT, path, PT_FROM_FLAG, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pt_config_release(&config);
	pt_options_release(&options);
	tree_release(&tree);
	return 0;
}

static void user(const char *text)
{
	tree_put(&tree, "perftop/config.json", text);
}

static void project(const char *text)
{
	tree_put(&tree, "project/.performance/config.json", text);
}

/* Error i ends with "config.json:line:col: message". */
static void expect_error(size_t i, const char *text)
{
	char got[600];

	assert_true(i < config.n_errors);
	pt_err_text(&config.errors[i], got, sizeof got);
	const char *tail = strstr(got, "config.json:");
	assert_string_equal(tail ? tail + strlen("config.json:") : got, text);
}

static void expect_good(void)
{
	char got[600];

	if (config.n_errors)
		fail_msg("%s", pt_err_text(&config.errors[0], got, sizeof got));
}

static void test_none(void **state)
{
	(void)state;
	pt_config_load(&config, &options, false);
	expect_good();
	assert_false(config.trusted);
	assert_int_equal(config.n_sources + config.n_bindings, 0);
}

static void test_precedence(void **state)
{
	(void)state;
	user("{\"theme\": \"light\", \"interval\": 2, \"mouse\": false}");
	project("{\"theme\": \"mono\", \"interval\": 3, \"glyphs\": \"block\", \"layout\": \"system\"}");
	setenv("PERFTOP_INTERVAL", "4", 1);
	pt_options_set(&options, PT_OPT_LAYOUT, "overview", PT_FROM_FLAG, NULL);
	pt_config_load(&config, &options, false);
	unsetenv("PERFTOP_INTERVAL");
	expect_good();
	assert_string_equal(pt_opt_text(&options, PT_OPT_THEME), "light");     /* user */
	assert_true(pt_opt_num(&options, PT_OPT_INTERVAL) == 4);	       /* environment */
	assert_string_equal(pt_opt_text(&options, PT_OPT_GLYPHS), "block");    /* project */
	assert_string_equal(pt_opt_text(&options, PT_OPT_LAYOUT), "overview"); /* flag */
	assert_false(pt_opt_bool(&options, PT_OPT_MOUSE));
	assert_int_equal(options.v[PT_OPT_THEME].source, PT_FROM_USER);
	assert_int_equal(options.v[PT_OPT_GLYPHS].source, PT_FROM_PROJECT);
}

static void test_user_errors(void **state)
{
	(void)state;
	user("{\n"
	     "  // what follows is wrong\n"
	     "  \"interval\": \"fast\",\n"
	     "  \"theme\": [1],\n"
	     "  \"colour\": \"never\",\n"
	     "  \"sources\": [],\n"
	     "  \"config\": \"other.json\",\n"
	     "  \"keys\": {\"help\": 1, \"quit\": \"C-x\"},\n"
	     "  \"$schema\": \"anything\",\n"
	     "  \"glyphs\": \"block\"\n"
	     "}\n");
	pt_config_load(&config, &options, false);
	assert_int_equal(config.n_errors, 6);
	expect_error(0, "3:15: interval: 'fast' is no number, expected SECONDS");
	expect_error(1, "4:12: theme is an array, expected a value");
	expect_error(2, "5:13: unknown setting 'colour'; `perftop info` lists them");
	expect_error(3, "6:14: unknown setting 'sources'; `perftop info` lists them");
	expect_error(4, "7:13: config cannot be set in the user config");
	expect_error(5, "8:20: keys.help is a number, expected a string such as \"C-x g\"");
	assert_true(pt_opt_num(&options, PT_OPT_INTERVAL) == 1);
	assert_string_equal(pt_opt_text(&options, PT_OPT_GLYPHS), "block");
	assert_int_equal(config.n_bindings, 1);
	assert_string_equal(config.bindings[0].action, "quit");
	assert_string_equal(config.bindings[0].keys, "C-x");
	assert_int_equal(config.bindings[0].line, 8);
	assert_int_equal(config.bindings[0].col, 31);
}

static void test_broken_file(void **state)
{
	static const struct {
		const char *text, *place;
	} cases[] = {
		{"", "1:1:"},
		{"[1]", "1:1:"},
		{"{\"theme\": \"light\",}", "1:18:"},
		{"{\"theme\": \"light\",\n\"theme\": \"dark\"}", "2:1:"},
		{"{\"theme\": \"light\"} x", "1:20:"},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(cases); i++) {
		char got[600];

		user(cases[i].text);
		project("{\"glyphs\": \"ascii\"}");
		pt_config_load(&config, &options, false);
		assert_int_equal(config.n_errors, 1);
		pt_err_text(&config.errors[0], got, sizeof got);
		const char *tail = strstr(got, "config.json:");
		assert_non_null(tail);
		assert_memory_equal(tail + strlen("config.json:"), cases[i].place,
				    strlen(cases[i].place));
		assert_string_equal(pt_opt_text(&options, PT_OPT_THEME), "dark");
		assert_string_equal(pt_opt_text(&options, PT_OPT_GLYPHS), "ascii");
		pt_config_release(&config);
	}
}

static void test_unreadable(void **state)
{
	(void)state;
	pt_options_set(&options, PT_OPT_CONFIG, "/nonexistent/mine.json", PT_FROM_FLAG, NULL);
	pt_options_set(&options, PT_OPT_PROJECT, "/nonexistent", PT_FROM_FLAG, NULL);
	pt_config_load(&config, &options, false);
	assert_int_equal(config.n_errors, 2);
	expect_error(0, "project: no folder /nonexistent");
	assert_string_equal(config.errors[1].file, "/nonexistent/mine.json");
	pt_config_release(&config);

	/* A folder where the file should be. */
	pt_options_set(&options, PT_OPT_CONFIG, "", PT_FROM_FLAG, NULL);
	pt_options_set(&options, PT_OPT_PROJECT, tree.dir, PT_FROM_FLAG, NULL);
	tree_put(&tree, ".performance/config.json/x", "");
	pt_config_load(&config, &options, false);
	assert_int_equal(config.n_errors, 1);
}

static void test_project_may_not(void **state)
{
	(void)state;
	project("{\"debug\": \"/tmp/x\", \"root\": \"/tmp\",\n\"config\": \"a\", \"project\": \"b\","
		"\n\"keys\": {\"quit\": \"x\"}}");
	pt_config_load(&config, &options, false);
	assert_int_equal(config.n_errors, 5);
	expect_error(0, "1:11: debug cannot be set in the project config");
	expect_error(1, "1:29: root cannot be set in the project config");
	expect_error(2, "2:11: config cannot be set in the project config");
	expect_error(3, "2:27: project cannot be set in the project config");
	expect_error(4, "3:9: unknown setting 'keys'; `perftop info` lists them");
	assert_string_equal(pt_opt_text(&options, PT_OPT_DEBUG), "");
	assert_string_equal(pt_opt_text(&options, PT_OPT_ROOT), "/");
	assert_int_equal(config.n_bindings, 0);
}

static void test_sources(void **state)
{
	const struct pt_custom_source *s;

	(void)state;
	project("{\"sources\": [\n"
		"{\"name\": \"queue\", \"command\": [\"queue\", \"--depth\"]},\n"
		"{\"name\": \"heap_bytes\", \"file\": \"heap.json\", \"path\": \"a.b[0]\","
		" \"unit\": \"MiB\", \"interval\": 0.5, \"timeout\": 2, \"max_output\": 100,"
		" \"help\": \"Heap\"},\n"
		"{\"name\": \"app_\", \"socket\": \"run/app\", \"send\": \"stats\", "
		"\"format\": \"prometheus\", \"kind\": \"counter\"}\n]}");
	pt_config_load(&config, &options, false);
	expect_good();
	assert_int_equal(config.n_sources, 3);

	s = &config.sources[0];
	assert_string_equal(s->name, "queue");
	assert_int_equal(s->from, PT_CUSTOM_COMMAND);
	assert_int_equal(s->format, PT_CUSTOM_NUMBER);
	assert_string_equal(s->argv[0], "queue");
	assert_string_equal(s->argv[1], "--depth");
	assert_null(s->argv[2]);
	assert_int_equal(s->kind, PT_GAUGE);
	assert_int_equal(s->unit, PT_UNIT_COUNT);
	assert_int_equal(s->interval_ns, 10 * PT_S);
	assert_int_equal(s->timeout_ns, 5 * PT_S);
	assert_int_equal(s->max_output, 65536);
	assert_string_equal(s->folder, config.paths.project);
	assert_false(s->trusted);

	s = &config.sources[1];
	assert_int_equal(s->from, PT_CUSTOM_FILE);
	assert_int_equal(s->format, PT_CUSTOM_JSON);
	assert_string_equal(s->path, "heap.json");
	assert_string_equal(s->json_path, "a.b[0]");
	assert_string_equal(s->help, "Heap");
	assert_int_equal(s->unit, PT_UNIT_BYTES);
	assert_true(s->factor == 1 << 20);
	assert_int_equal(s->interval_ns, PT_S / 2);
	assert_int_equal(s->timeout_ns, 2 * PT_S);
	assert_int_equal(s->max_output, 100);

	s = &config.sources[2];
	assert_int_equal(s->from, PT_CUSTOM_SOCKET);
	assert_int_equal(s->format, PT_CUSTOM_PROMETHEUS);
	assert_string_equal(s->send, "stats");
	assert_int_equal(s->kind, PT_COUNTER);
}

static void test_source_errors(void **state)
{
	static const struct {
		const char *source, *error;
	} cases[] = {
		{"1", "1:14: a source is a number, expected an object"},
		{"{}", "1:14: a source needs a name of lower-case letters, digits and _"},
		{"{\"name\": \"No\"}",
		 "1:23: a source needs a name of lower-case letters, digits and _"},
		{"{\"name\": \"_a\"}",
		 "1:23: a source needs a name of lower-case letters, digits and _"},
		{"{\"name\": \"a\"}", "1:14: source a needs exactly one of command, file, socket"},
		{"{\"name\": \"a\", \"file\": \"x\", \"socket\": \"y\"}",
		 "1:14: source a needs exactly one of command, file, socket"},
		{"{\"name\": \"a\", \"file\": 7}", "1:36: file is a number, expected a string"},
		{"{\"name\": \"a\", \"command\": \"df -k\"}",
		 "1:39: command is a string, expected an array of words such as [\"df\", \"-k\"]"},
		{"{\"name\": \"a\", \"command\": []}",
		 "1:39: command is empty, expected an array of words such as [\"df\", \"-k\"]"},
		{"{\"name\": \"a\", \"command\": [\"rm\", 1]}",
		 "1:46: a word of command is a number, expected a string"},
		{"{\"name\": \"a\", \"file\": \"x\", \"format\": \"xml\"}",
		 "1:51: format 'xml' is none of number, json, prometheus"},
		{"{\"name\": \"a\", \"file\": \"x\", \"format\": \"json\"}",
		 "1:14: source a reads JSON and needs a path such as \"queue.depth\""},
		{"{\"name\": \"a\", \"file\": \"x\", \"unit\": \"furlong\"}",
		 "1:49: unit 'furlong' is not known, expected ns, us, ms, s, bytes, KiB, MB, "
		 "count, ratio, %, hertz, celsius, watt"},
		{"{\"name\": \"a\", \"file\": \"x\", \"kind\": \"rate\"}",
		 "1:49: kind 'rate' is neither gauge nor counter"},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(cases); i++) {
		char text[400];

		pt_snprintf(text, sizeof text,
			    "{\"sources\": [%s,{\"name\":\"good\",\"file\":\"f\"}]}",
			    cases[i].source);
		project(text);
		pt_config_load(&config, &options, false);
		assert_int_equal(config.n_errors, 1);
		expect_error(0, cases[i].error);
		assert_int_equal(config.n_sources, 1);
		assert_string_equal(config.sources[0].name, "good");
		pt_config_release(&config);
	}
}

/* What costs a member costs the member alone. */
static void test_source_members(void **state)
{
	(void)state;
	project("{\"sources\": [{\"name\": \"a\", \"file\": \"x\", \"interval\": 0, \"timeout\": true,"
		"\n\"max_output\": 1e9, \"shell\": true},\n{\"name\": \"a\", \"file\": \"y\"}]}");
	pt_config_load(&config, &options, false);
	assert_int_equal(config.n_errors, 5);
	expect_error(0, "2:29: unknown key 'shell' in a source");
	expect_error(1, "1:53: interval is no number within 0.1 .. 86400");
	expect_error(2, "1:67: timeout is no number within 0.05 .. 3600");
	expect_error(3, "2:15: max_output is no number within 1 .. 1.67772e+07");
	expect_error(4, "3:1: source 'a' is there twice");
	assert_int_equal(config.n_sources, 1);
	assert_string_equal(config.sources[0].path, "x");
	assert_int_equal(config.sources[0].interval_ns, 10 * PT_S);
}

static void test_trust(void **state)
{
	static const char text[] = "{\"sources\": [{\"name\": \"a\", \"command\": [\"x\"]}]}";

	(void)state;
	project(text);
	pt_config_load(&config, &options, false);
	assert_false(config.trusted || config.sources[0].trusted);
	assert_int_equal(pt_trust_grant(&config.paths, text, NULL), 0);
	pt_config_release(&config);

	pt_config_load(&config, &options, false);
	assert_true(config.trusted && config.sources[0].trusted);
	pt_config_release(&config);

	/* A blank more is another file. */
	project("{\"sources\":  [{\"name\": \"a\", \"command\": [\"x\"]}]}");
	pt_config_load(&config, &options, false);
	assert_false(config.trusted || config.sources[0].trusted);
	pt_config_release(&config);

	pt_config_load(&config, &options, true);
	assert_true(config.trusted && config.sources[0].trusted);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_none),	TEST(test_precedence),	  TEST(test_user_errors),
		TEST(test_broken_file), TEST(test_unreadable),	  TEST(test_project_may_not),
		TEST(test_sources),	TEST(test_source_errors), TEST(test_source_members),
		TEST(test_trust),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
