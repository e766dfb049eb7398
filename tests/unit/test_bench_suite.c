/* SPDX-License-Identifier: GPL-3.0-or-later */
/* benchmarks.json: what it may say, and that everything else is an error with a place. */
#include "perftop/bench/suite.h"

#include "collect_tree.h"

static const char full[] =
	"{\n"
	"  \"$schema\": \"x\", \"machine_class\": \"lab-1\", // comments are allowed\n"
	"  \"gate\": {\"block\": \"5 %\", \"warn\": 0.02, \"floor\": \"10 us\", \"rules\": [\n"
	"    {\"suite\": \"par*\", \"bench\": \"parse/*\", \"metric\": \"time\", \"tag\": \"slow\",\n"
	"     \"block\": \"12%\", \"budget\": \"p99 < 20 ms\"}]},\n"
	"  \"suites\": [\n"
	"    {\"name\": \"parser\", \"build\": [\"make\"], \"command\": [\"./b\", \"--x\"],\n"
	"     \"folder\": \"sub/dir\", \"env\": {\"A\": \"1\", \"B\": \"\"}, \"timeout\": \"2 min\",\n"
	"     \"build_timeout\": 90, \"parser\": \"hyperfine\", \"results\": \"out.json\",\n"
	"     \"tags\": [\"slow\", \"io\"], \"repeats\": 7, \"warmup\": 2, \"owner\": \"me\",\n"
	"     \"isolation\": {\"cpus\": \"2-3,6\", \"nice\": -5, \"aslr\": false,\n"
	"       \"memory\": \"2 GiB\", \"cpu_time\": \"30 s\"},\n"
	"     \"renamed_from\": {\"new\": \"old\"}},\n"
	"    {\"name\": \"other\", \"command\": [\"true\"]}]\n"
	"}\n";

static int parse(const char *text, struct pt_suites *ret, struct pt_err *err)
{
	return pt_suites_parse("b.json", text, strlen(text), ret, err);
}

static void check_parser(const struct pt_suite *s)
{
	assert_string_equal(s->name, "parser");
	assert_string_equal(s->build[0], "make");
	assert_null(s->build[1]);
	assert_string_equal(s->command[1], "--x");
	assert_string_equal(s->folder, "sub/dir");
	assert_string_equal(s->env[0], "A=1");
	assert_string_equal(s->env[1], "B=");
	assert_true(s->timeout_ns == 120 * PT_S && s->build_timeout_ns == 90 * PT_S);
	assert_string_equal(s->parser, "hyperfine");
	assert_string_equal(s->results, "out.json");
	assert_string_equal(s->tags[1], "io");
	assert_int_equal(s->repeats, 7);
	assert_int_equal(s->warmup, 2);
	assert_string_equal(s->isolation.cpus, "2-3,6");
	assert_int_equal(s->isolation.nice, -5);
	assert_true(s->isolation.no_aslr);
	assert_true(s->isolation.memory_bytes == UINT64_C(2) << 30);
	assert_true(s->isolation.cpu_time_ns == 30 * PT_S);
	assert_int_equal(s->n_renamed, 1);
	assert_string_equal(s->renamed[0].now, "new");
	assert_string_equal(s->renamed[0].before, "old");
	assert_int_equal(s->line, 7);
}

static void test_everything(void **state)
{
	struct pt_suites all;
	struct pt_err err = {0};

	(void)state;
	if (parse(full, &all, &err) < 0)
		fail_msg("%d:%d: %s", err.line, err.col, err.msg);
	assert_int_equal(all.n, 2);
	check_parser(&all.suites[0]);
	assert_string_equal(all.machine_class, "lab-1");
	assert_int_equal(all.n_rules, 2);
	assert_true(all.rules[0].block == 0.05 && all.rules[0].warn == 0.02);
	assert_true(all.rules[0].floor == 10e3 && !all.rules[0].bench && !all.rules[0].budget);
	assert_string_equal(all.rules[1].bench, "parse/*");
	assert_true(fabs(all.rules[1].block - 0.12) < 1e-12 && isnan(all.rules[1].warn));
	assert_string_equal(all.rules[1].budget, "p99 < 20 ms");
	assert_ptr_equal(pt_suites_find(&all, "other"), &all.suites[1]);
	assert_null(pt_suites_find(&all, "none"));
	pt_suites_release(&all);
}

static void test_defaults(void **state)
{
	struct pt_suites all;

	(void)state;
	assert_int_equal(
		parse("{\"suites\": [{\"name\": \"a\", \"command\": [\"x\"]}]}", &all, NULL), 0);
	assert_true(all.suites[0].timeout_ns == 600 * PT_S);
	assert_int_equal(all.suites[0].repeats, 10);
	assert_int_equal(all.suites[0].warmup, 0);
	assert_string_equal(all.suites[0].folder, ".");
	assert_true(!all.suites[0].build && !all.suites[0].tags && !all.suites[0].env);
	assert_int_equal(all.n_rules, 0);
	pt_suites_release(&all);
}

/* Each with the place and a part of what is said. */
static void test_wrong(void **state)
{
	static const struct {
		const char *suite, *says; /* members of a suite with a name and a command */
	} cases[] = {
		{"\"comand\": []", "did you mean 'command'?"},
		{"\"quux\": 1", "unknown key 'quux' in a suite, expected one of name, command"},
		{"\"repeats\": 0", "repeats is no whole number within 1 .. 10000"},
		{"\"repeats\": 1.5", "no whole number"},
		{"\"timeout\": \"soon\"", "timeout 'soon' is not seconds or a time"},
		{"\"timeout\": \"2 MB\"", "is not seconds"},
		{"\"timeout\": \"0x10 s\"", "is not seconds"},
		{"\"timeout\": -1", "outside"},
		{"\"build\": []", "build names no program"},
		{"\"build\": \"make\"", "build is a string, expected an array"},
		{"\"build\": [1]", "a word of build is a number"},
		{"\"folder\": \"/etc\"", "absolute"},
		{"\"folder\": \"a/../../b\"", "leads out of the project"},
		{"\"results\": \"../r\"", "leads out"},
		{"\"env\": [\"A=1\"]", "env is an array, expected an object"},
		{"\"env\": {\"A\": 1}", "env.A is a number"},
		{"\"parser\": \"criteron\"", "expected one of"},
		{"\"tags\": [\"a b\"]", "tag 'a b' cannot be"},
		{"\"isolation\": {\"cpus\": \"3-1\"}", "no list of CPUs"},
		{"\"isolation\": {\"nice\": 40}", "nice is no whole number"},
		{"\"isolation\": {\"aslr\": 0}", "aslr is a number, expected true or false"},
		{"\"isolation\": {\"cpu\": \"1\"}", "did you mean 'cpus'?"},
		{"\"renamed_from\": [\"a\"]", "renamed_from is an array"},
		{"\"renamed_from\": {\"a\": 1}", "expected the old name"},
		{"\"owner\": \"\"", "owner is empty"},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(cases); i++) {
		struct pt_str text = PT_STR_INIT;
		struct pt_suites all;
		struct pt_err err = {0};

		pt_str_addf(&text, "{\"suites\": [{\"name\": \"n\", \"command\": [\"c\"], %s}]}",
			    cases[i].suite);
		if (parse(text.s, &all, &err) >= 0 || !strstr(err.msg, cases[i].says) ||
		    err.line != 1)
			fail_msg("%s: %d:%d: %s", cases[i].suite, err.line, err.col, err.msg);
		assert_string_equal(err.file, "b.json");
		pt_str_release(&text);
	}
}

static void test_wrong_file(void **state)
{
	static const char *const cases[][2] = {
		{"[]", "the file is an array, expected an object"},
		{"{}", "the file has no suites"},
		{"{\"suites\": {}}", "suites is an object, expected an array"},
		{"{\"suites\": [7]}", "a suite is a number"},
		{"{\"suites\": [{\"command\": [\"x\"]}]}", "a suite has no name"},
		{"{\"suites\": [{\"name\": \"a\"}]}", "a suite has no command"},
		{"{\"suites\": [{\"name\": \"a/b\", \"command\": [\"x\"]}]}",
		 "name 'a/b' cannot be"},
		{"{\"suites\": [{\"name\": \"..\", \"command\": [\"x\"]}]}", "name '..' cannot be"},
		{"{\"suites\": [{\"name\": \"a\", \"command\": [\"x\"]},\n"
		 "{\"name\": \"a\", \"command\": [\"x\"]}]}",
		 "suite 'a' is there twice, first in line 1"},
		{"{\"suites\": [], \"gate\": {\"block\": \"5 ms\"}}", "block '5 ms' is not"},
		{"{\"suites\": [], \"gate\": {\"block\": \"1%\", \"warn\": \"2%\"}}",
		 "beyond block"},
		{"{\"suites\": [], \"gate\": {\"rules\": {}}}", "rules is an object"},
		{"{\"suites\": [], \"gate\": {\"rules\": [{\"budget\": \"fast\"}]}}",
		 "budget \"fast\""},
		{"{\"suites\": [], \"gate\": {\"rules\": [{\"wran\": 1}]}}",
		 "did you mean 'warn'?"},
		{"{\"suites\": [], \"gate\": {\"floor\": -1}}", "floor is below zero"},
		{"{\"suites\": [}", "expected"},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(cases); i++) {
		struct pt_suites all;
		struct pt_err err = {0};

		if (parse(cases[i][0], &all, &err) >= 0 || !strstr(err.msg, cases[i][1]) ||
		    !err.line)
			fail_msg("%s: %d:%d: %s", cases[i][0], err.line, err.col, err.msg);
	}
}

static void test_no_file(void **state)
{
	struct pt_suites all;
	struct pt_err err = {0};

	(void)state;
	assert_int_equal(pt_suites_load("/nowhere/benchmarks.json", &all, &err), -PT_ENOENT);
	assert_non_null(strstr(err.msg, "perftop bench init"));
}

static void test_select(void **state)
{
	static const char *const none[] = {"nothing"}, *const tag[] = {"io"},
				 *const glob[] = {"oth*"}, *const both[] = {"io", "other"};
	struct pt_suites all;
	struct pt_err err = {0};
	bool chosen[2];

	(void)state;
	assert_int_equal(parse(full, &all, NULL), 0);
	assert_int_equal(pt_suites_select(&all, NULL, 0, chosen, NULL), 0);
	assert_true(chosen[0] && chosen[1]);
	assert_int_equal(pt_suites_select(&all, tag, 1, chosen, NULL), 0);
	assert_true(chosen[0] && !chosen[1]);
	assert_int_equal(pt_suites_select(&all, glob, 1, chosen, NULL), 0);
	assert_true(!chosen[0] && chosen[1]);
	assert_int_equal(pt_suites_select(&all, both, 2, chosen, NULL), 0);
	assert_true(chosen[0] && chosen[1]);
	assert_int_equal(pt_suites_select(&all, none, 1, chosen, &err), -PT_ENOENT);
	assert_string_equal(err.msg, "no suite or tag 'nothing'; there are parser, other");
	pt_suites_release(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything), cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_wrong),	   cmocka_unit_test(test_wrong_file),
		cmocka_unit_test(test_no_file),	   cmocka_unit_test(test_select),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
