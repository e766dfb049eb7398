/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: flags, options and words in every form, and what is said of wrong ones. */
#include "perftop/face/command.h"

#include "perftop/base/fs.h"

#include "collect_tree.h"

static int run_nothing(struct pt_cli *cli)
{
	(void)cli;
	return 0;
}

static const struct pt_flag flags[] = {{"json", 'j', NULL, "As JSON"},
				       {"count", 'n', "N", "How many"},
				       {"view-all", 0, NULL, "All of them"},
				       {"rerun", 0, "[=BUDGET]", "Measure again"},
				       {NULL, 0, NULL, NULL}};

static const struct pt_command work = {.name = "work",
				       .summary = "Work",
				       .arguments = "[WORD...]",
				       .help = "A paragraph.",
				       .exits = "  0  done",
				       .flags = flags,
				       .words = true,
				       .run = run_nothing};
static const struct pt_command idle = {.name = "idle",
				       .summary = "Idle",
				       .arguments = "",
				       .help = "",
				       .exits = "  0  done",
				       .run = run_nothing};
static const struct pt_command console = {.name = "",
					  .summary = "Console",
					  .arguments = "",
					  .help = "",
					  .exits = "  0  done",
					  .draws = true,
					  .run = run_nothing};

static const struct pt_command upper_first = {.name = "upper first",
					      .summary = "First",
					      .arguments = "",
					      .help = "",
					      .exits = "  0  done",
					      .run = run_nothing};
static const struct pt_command *const upper_subs[] = {&upper_first, NULL};
static const struct pt_command upper = {.name = "upper",
					.summary = "Upper",
					.arguments = "COMMAND",
					.help = "",
					.exits = "",
					.subs = upper_subs};

const struct pt_command *const pt_commands[] = {&console, &idle, &upper, &work};
const size_t pt_n_commands = 4;

static struct pt_cli cli;
static char said[8192]; /* on stdout and stderr */

/* Parses the words of a line; what it prints is kept. */
static int parse(const struct pt_command *command, const char *line)
{
	static char words[200]; /* which cli goes on pointing into */
	char *argv[24] = {"perftop"}, *p = words;
	int argc = 1, status, keep[2] = {dup(1), dup(2)};
	FILE *file = tmpfile();
	size_t n;

	pt_strlcpy(words, line, sizeof words);
	while (*p) {
		argv[argc++] = p;
		p += strcspn(p, " ");
		if (*p)
			*p++ = '\0';
	}
	fflush(stdout);
	dup2(fileno(file), 1);
	dup2(fileno(file), 2);
	status = pt_cli_parse(&cli, command, argc, argv);
	fflush(stdout);
	for (int fd = 1; fd <= 2; fd++) {
		dup2(keep[fd - 1], fd);
		close(keep[fd - 1]);
	}
	rewind(file);
	n = fread(said, 1, sizeof said - 1, file);
	said[n] = '\0';
	fclose(file);
	return status;
}

static void expect_error(const struct pt_command *command, const char *line, const char *message)
{
	assert_int_equal(parse(command, line), PT_EXIT_USAGE);
	assert_string_equal(said, message);
	pt_cli_release(&cli);
}

static void test_forms(void **state)
{
	static const char *const lines[] = {
		"one --json --count 3 --interval 2 --no-mouse two",
		"--interval=2 one --count=3 two --json --mouse=false",
		"-j one -n3 --mouse=no --interval 2 two",
		"-n 3 -j --no-mouse --interval 9 --interval 2 -- one two",
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(lines); i++) {
		assert_true(parse(&work, lines[i]) < 0);
		assert_string_equal(said, "");
		assert_string_equal(pt_cli_flag(&cli, "json"), "");
		assert_string_equal(pt_cli_flag(&cli, "count"), "3");
		assert_null(pt_cli_flag(&cli, "view-all"));
		assert_null(pt_cli_flag(&cli, "no-such"));
		assert_true(pt_opt_num(&cli.options, PT_OPT_INTERVAL) == 2);
		assert_int_equal(cli.options.v[PT_OPT_INTERVAL].source, PT_FROM_FLAG);
		assert_false(pt_opt_bool(&cli.options, PT_OPT_MOUSE));
		assert_int_equal(cli.n_words, 2);
		assert_string_equal(cli.words[0], "one");
		assert_string_equal(cli.words[1], "two");
		pt_cli_release(&cli);
	}
}

static void test_words(void **state)
{
	(void)state;
	assert_true(parse(&work, "- -- --json -n -- x") < 0);
	assert_int_equal(cli.n_words, 5); /* - is a word; the second -- too */
	assert_string_equal(cli.words[0], "-");
	assert_string_equal(cli.words[1], "--json");
	assert_string_equal(cli.words[3], "--");
	assert_null(pt_cli_flag(&cli, "json"));
	pt_cli_release(&cli);
	/* A value may look like an option. */
	assert_true(parse(&work, "--count --json --theme=a=b") < 0);
	assert_string_equal(pt_cli_flag(&cli, "count"), "--json");
	assert_string_equal(pt_opt_text(&cli.options, PT_OPT_THEME), "a=b");
	pt_cli_release(&cli);
}

static void test_refused(void **state)
{
	(void)state;
	expect_error(&work, "--jso", "perftop work: unknown option --jso; --help lists them\n");
	expect_error(&work, "--json=1", "perftop work: --json takes no value\n");
	expect_error(&work, "--count", "perftop work: --count needs N\n");
	expect_error(&work, "-n", "perftop work: --count needs N\n");
	expect_error(&work, "-x", "perftop work: unknown option -x; --help lists them\n");
	expect_error(&work, "-jx", "perftop work: unknown option -jx; --help lists them\n");
	expect_error(&work, "--theme", "perftop work: --theme needs THEME\n");
	expect_error(&work, "--no-theme",
		     "perftop work: unknown option --no-theme; --help lists them\n");
	expect_error(&work, "--no-mouse=true",
		     "perftop work: unknown option --no-mouse; --help lists them\n");
	expect_error(&work, "--no-json",
		     "perftop work: unknown option --no-json; --help lists them\n");
	expect_error(
		&work, "--view \x1b[31m",
		"perftop work: --view: '^[[31m' is none of overview|processes|benchmarks|flame\n");
	expect_error(&work, "--interval 0",
		     "perftop work: --interval: 0 is outside of 0.05 .. 3600\n");
	expect_error(&idle, "word", "perftop idle: unexpected 'word'; --help tells the usage\n");
	expect_error(&console, "word", "perftop: unexpected 'word'; --help tells the usage\n");
	expect_error(&console, "--no-mouse work",
		     "perftop: the command comes first: perftop work [OPTION...]\n");
}

static void test_help(void **state)
{
	(void)state;
	assert_int_equal(parse(&work, "--count 1 --help --no-such"), PT_EXIT_OK);
	assert_memory_equal(said, "usage: perftop work [WORD...]\n\nWork\n\nA paragraph.\n", 48);
	assert_non_null(strstr(said, "\n  -j, --json                  As JSON\n"));
	assert_non_null(strstr(said, "\n  -n, --count N               How many\n"));
	assert_null(strstr(said, "--theme"));
	assert_non_null(strstr(said, "\n  --root DIR "));
	for (const char *line = said; *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") < 80);
	assert_non_null(strstr(said, "\nExit status:\n  0  done\n"));
	assert_null(strstr(said, "\nCommands:"));
	pt_cli_release(&cli);

	assert_int_equal(parse(&console, "-h"), PT_EXIT_OK);
	for (int i = 0; i < PT_OPT_N; i++) {
		char name[64];
		pt_snprintf(name, sizeof name, "\n  --%s", pt_options_table[i].name);
		assert_non_null(strstr(said, name));
	}
	assert_non_null(strstr(said, "Time between two readings (1)\n"));
	assert_non_null(strstr(
		said,
		"\nCommands:\n  idle          Idle\n  upper         Upper\n  work          Work\n"));
	pt_cli_release(&cli);
}

static void test_find(void **state)
{
	(void)state;
	assert_ptr_equal(pt_command_find("work"), &work);
	assert_ptr_equal(pt_command_find(""), &console);
	assert_null(pt_command_find("wor"));
}

/* What files say wrong does not stop a command; a log that cannot be written does. */
static void test_load(void **state)
{
	struct tree tree;
	char line[PATH_MAX + 64], *text;

	(void)state;
	tree_init(&tree);
	tree_put(&tree, "c.json", "{\"interval\": 0}");
	pt_snprintf(line, sizeof line, "--config %s/c.json --project %s --debug %s/log", tree.dir,
		    tree.dir, tree.dir);
	assert_true(strlen(line) < 200);
	assert_true(parse(&work, line) < 0);
	assert_true(pt_cli_load(&cli, false) < 0);
	assert_int_equal(cli.config.n_errors, 1);
	assert_int_equal(pt_cli_error(&cli, PT_EXIT_FAILED, "told %d", 7), PT_EXIT_FAILED);
	pt_snprintf(line, sizeof line, "%s/log", tree.dir);
	assert_int_equal(pt_fs_read(line, 4096, &text, NULL, NULL), 0);
	assert_non_null(strstr(text, "error: told 7\n"));
	free(text);
	pt_cli_release(&cli);

	assert_true(parse(&work, "--debug /nonexistent/log") < 0);
	assert_int_equal(pt_cli_load(&cli, false), PT_EXIT_USAGE);
	pt_cli_release(&cli);
	tree_release(&tree);
}

/* Commands below another are found by two words; a parent alone only tells of them. */
static void test_below(void **state)
{
	char *argv[] = {"upper", "first", "x"}, *other[] = {"upper", "last"}, *none[] = {"no"};
	int n;

	(void)state;
	assert_ptr_equal(pt_command_find_words(3, argv, &n), &upper_first);
	assert_int_equal(n, 2);
	assert_ptr_equal(pt_command_find_words(2, other, &n), &upper);
	assert_int_equal(n, 1);
	assert_ptr_equal(pt_command_find_words(1, argv, &n), &upper);
	assert_null(pt_command_find_words(1, none, &n));
	assert_string_equal(pt_command_word(&upper_first), "first");
	assert_string_equal(pt_command_word(&work), "work");
	assert_ptr_equal(pt_command_at(2), &upper);
	assert_ptr_equal(pt_command_at(3), &upper_first);
	assert_ptr_equal(pt_command_at(4), &work);
	assert_null(pt_command_at(5));

	expect_error(&upper, "", "perftop upper: needs a command; --help lists them\n");
	expect_error(&upper, "last", "perftop upper: no command 'last'; --help lists them\n");
	assert_int_equal(parse(&upper, "--help"), PT_EXIT_OK);
	assert_non_null(strstr(said, "  first         First\n"));
	pt_cli_release(&cli);
	assert_int_equal(parse(&upper_first, "--help"), PT_EXIT_OK);
	assert_non_null(strstr(said, "usage: perftop upper first\n"));
	pt_cli_release(&cli);
}

/* A value that may be left out stands behind its = or nowhere; words behind -- are told apart. */
static void test_optional(void **state)
{
	(void)state;
	assert_true(parse(&work, "--rerun 5 one") < 0);
	assert_string_equal(pt_cli_flag(&cli, "rerun"), "");
	assert_int_equal(cli.n_words, 2);
	assert_int_equal(cli.after, 2);
	pt_cli_release(&cli);
	assert_true(parse(&work, "--rerun=5 one -- make bench") < 0);
	assert_string_equal(pt_cli_flag(&cli, "rerun"), "5");
	assert_int_equal(cli.n_words, 3);
	assert_int_equal(cli.after, 1);
	pt_cli_release(&cli);
	assert_int_equal(parse(&work, "--help"), PT_EXIT_OK);
	assert_non_null(strstr(said, "  --rerun[=BUDGET] "));
	pt_cli_release(&cli);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),	cmocka_unit_test(test_words),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_help),
		cmocka_unit_test(test_find),	cmocka_unit_test(test_load),
		cmocka_unit_test(test_below),	cmocka_unit_test(test_optional),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
