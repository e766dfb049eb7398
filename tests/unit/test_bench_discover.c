/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which benchmarks are found in a repository, and the file that is made of them. */
#include "perftop/bench/discover.h"

#include "collect_tree.h"

static struct tree tree;
static struct pt_discovery d;

static void begin(void)
{
	tree_init(&tree);
}

static void look(void)
{
	struct pt_err err;

	assert_int_equal(pt_discover(tree.dir, &d, &err), 0);
}

/* Every discovery must make a file that is read back whole. */
static void finish(void)
{
	struct pt_str text = PT_STR_INIT;
	struct pt_suites back;
	struct pt_err err = {0};

	pt_discovery_format(&d, &text);
	if (pt_suites_parse("benchmarks.json", text.s, text.len, &back, &err))
		fail_msg("line %d: %s\n%s", err.line, err.msg, text.s);
	assert_int_equal(back.n, d.suites.n);
	for (size_t i = 0; i < back.n; i++) {
		assert_string_equal(back.suites[i].name, d.suites.suites[i].name);
		assert_int_equal(back.suites[i].repeats, d.suites.suites[i].repeats);
	}
	pt_suites_release(&back);
	pt_str_release(&text);
	pt_discovery_release(&d);
	tree_release(&tree);
}

/* Words of an argv with a blank between them. */
static const char *words(char *const *argv)
{
	static char text[1000];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; argv && argv[i]; i++)
		n += pt_snprintf(text + n, sizeof text - n, "%s%s", i ? " " : "", argv[i]);
	return text;
}

static const struct pt_suite *suite(const char *name)
{
	const struct pt_suite *found = pt_suites_find(&d.suites, name);

	if (!found)
		fail_msg("no suite %s", name);
	return found;
}

static void test_nothing(void **state)
{
	(void)state;
	begin();
	tree_put(&tree, "README", "cargo bench, go test -bench, hyperfine\n");
	tree_put(&tree, "node_modules/x/package.json", "{\"scripts\":{\"bench\":\"x\"}}");
	tree_put(&tree, "vendor/a/go.mod", "module a\n");
	tree_put(&tree, "vendor/a/a_test.go", "func BenchmarkA(b *testing.B) {}\n");
	tree_put(&tree, ".git/hooks/x.sh", "hyperfine --export-json x.json true\n");
	look();
	assert_int_equal(d.suites.n, 0);
	assert_int_equal(d.n_notes, 0);
	finish();
}

static void test_no_folder(void **state)
{
	struct pt_err err;

	(void)state;
	assert_int_equal(pt_discover("/nowhere at all", &d, &err), -PT_ENOENT);
}

static void test_criterion(void **state)
{
	(void)state;
	begin();
	tree_put(&tree, "Cargo.toml",
		 "[package]\nname = \"parser\"\n\n[[bench]]\nname = \"parse\"\nharness = false\n");
	tree_put(&tree, "benches/parse.rs", "use criterion::*;\n");
	look();
	assert_int_equal(d.suites.n, 1);
	assert_string_equal(words(suite("parse")->command),
			    "cargo bench --bench parse -- --noplot");
	assert_string_equal(words(suite("parse")->build), "cargo bench --bench parse --no-run");
	assert_string_equal(suite("parse")->results, "target/criterion");
	assert_null(suite("parse")->env);
	assert_string_equal(d.what[0], "Criterion, bench parse of parser");
	finish();
}

/* Several Criterion targets would read each other's results. */
static void test_workspace(void **state)
{
	(void)state;
	begin();
	tree_put(&tree, "Cargo.toml",
		 "[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"crates/odd\"]\n");
	tree_put(&tree, "crates/a/Cargo.toml",
		 "[package]\nname = 'a' # here\n[[bench]]\nname = \"one\"\nharness = false\n"
		 "[[bench]]\nname = \"two\"\npath = \"perf/two.rs\"\nharness = false\n"
		 "[[bench]]\nname = \"three\"\n[[bench]]\nname = \"four\"\nharness=false\n"
		 "[profile.bench]\nname = \"no\"\n");
	tree_put(&tree, "crates/a/benches/one/main.rs", "use criterion::criterion_main;");
	tree_put(&tree, "crates/a/perf/two.rs", "use iai_callgrind::main;");
	tree_put(&tree, "crates/a/benches/four.rs", "fn main() { println!(\"criterion_like\"); }");
	tree_put(&tree, "crates/odd/Cargo.toml",
		 "[package]\nname = \"odd\"\n[[bench]]\nname = \"one\"\nharness = false\n");
	tree_put(&tree, "crates/odd/benches/one.rs", "extern crate criterion;");
	look();
	assert_int_equal(d.suites.n, 4);
	assert_string_equal(suite("one")->folder, ".");
	assert_string_equal(words(suite("one")->command),
			    "cargo bench -p a --bench one -- --noplot");
	assert_string_equal(words(suite("one")->env), "CRITERION_HOME=../../target/criterion-one");
	assert_string_equal(suite("one")->results, "target/criterion-one");
	assert_string_equal(suite("two")->parser, "iai_callgrind");
	assert_null(suite("two")->results);
	assert_string_equal(suite("three")->parser, "libtest");
	assert_string_equal(words(suite("three")->command), "cargo bench -p a --bench three");
	assert_string_equal(suite("one-2")->folder, "crates/odd");
	assert_string_equal(words(suite("one-2")->env), "CRITERION_HOME=target/criterion-one-2");
	assert_int_equal(d.n_notes, 1); /* four */
	assert_non_null(strstr(d.notes[0], "four of a"));
	finish();
}

static void test_go(void **state)
{
	(void)state;
	begin();
	tree_put(&tree, "server/go.mod", "module example.com/server\n");
	tree_put(&tree, "server/a_test.go",
		 "package server\n\nfunc BenchmarkGet(b *testing.B) {\n}\n");
	tree_put(&tree, "server/b_test.go",
		 "package server\n\nfunc BenchmarkPut(b *testing.B) {\n}\n");
	tree_put(&tree, "server/cache/c_test.go",
		 "package cache\n\nfunc Benchmark_all(b *testing.B) {}\n");
	tree_put(&tree, "server/plain/d_test.go",
		 "package plain\n\nfunc Benchmarks(b *testing.B) {}\n// func BenchmarkX(\n");
	tree_put(&tree, "alone/e_test.go", "package e\nfunc BenchmarkE(b *testing.B) {}\n");
	look();
	assert_int_equal(d.suites.n, 2);
	assert_string_equal(suite("server")->folder, "server");
	assert_string_equal(words(suite("server")->command),
			    "go test -run ^$ -bench . -benchmem .");
	assert_string_equal(words(suite("cache")->command),
			    "go test -run ^$ -bench . -benchmem ./cache");
	assert_string_equal(words(suite("cache")->build), "go test -run ^$ ./cache");
	finish();
}

static void put_program(const char *path, const char *text)
{
	char full[PATH_MAX + 256];

	tree_put(&tree, path, text);
	pt_snprintf(full, sizeof full, "%s/%s", tree.dir, path);
	assert_int_equal(chmod(full, 0755), 0);
}

static void test_google_benchmark(void **state)
{
	(void)state;
	begin();
	tree_put(&tree, "CMakeLists.txt",
		 "find_package(benchmark REQUIRED)\nadd_executable(speed speed.cc)\n"
		 "add_executable(other other.cc)\n");
	tree_put(&tree, "build/CMakeCache.txt", "");
	put_program("build/sub/speed", "\177ELF libbenchmark.so.1");
	put_program("build/other", "\177ELF nothing of the kind");
	put_program("tools/bench-all", "#!/bin/sh\n# libbenchmark.so\n");
	put_program("unrelated", "\177ELF libbenchmark.so.1");
	look();
	assert_int_equal(d.suites.n, 1);
	assert_string_equal(words(suite("speed")->command),
			    "./build/sub/speed --benchmark_format=json");
	assert_string_equal(words(suite("speed")->build), "cmake --build build --target speed");
	finish();
}

static void test_google_benchmark_not_built(void **state)
{
	(void)state;
	begin();
	tree_put(&tree, "CMakeLists.txt", "target_link_libraries(x benchmark::benchmark)\n");
	look();
	assert_int_equal(d.suites.n, 0);
	assert_int_equal(d.n_notes, 1);
	finish();
}

static void test_scripts(void **state)
{
	(void)state;
	begin();
	tree_put(&tree, "web/package.json",
		 "{\"scripts\": {\"bench\": \"node b.js\", \"bench:parse\": \"node p.js\","
		 " \"prebench\": \"x\", \"test\": \"x\"}}");
	tree_put(&tree, "web/yarn.lock", "");
	tree_put(&tree, "broken/package.json", "{\"scripts\": {\"bench\": ");
	tree_put(&tree, "ci/speed.sh",
		 "#!/bin/sh\nhyperfine -N --export-json 'out/speed.json' \\\n"
		 "  ./tool\n");
	tree_put(&tree, "ci/there.sh",
		 "#!/bin/bash\ncd \"$(dirname \"$0\")\"\n"
		 "hyperfine true --export-json=there.json\n");
	tree_put(&tree, "ci/silent.sh", "hyperfine ./tool\n");
	tree_put(&tree, "ci/dynamic.sh", "hyperfine --export-json \"$out\" ./tool\n");
	look();
	assert_int_equal(d.suites.n, 4);
	assert_string_equal(words(suite("bench")->command), "yarn run --silent bench");
	assert_string_equal(suite("bench-parse")->folder, "web");
	assert_string_equal(words(suite("speed")->command), "sh ci/speed.sh");
	assert_string_equal(suite("speed")->results, "out/speed.json");
	assert_int_equal(suite("speed")->repeats, 1);
	assert_string_equal(suite("there")->folder, "ci");
	assert_string_equal(words(suite("there")->command), "bash there.sh");
	assert_int_equal(d.n_notes, 2);
	finish();
}

static void test_pytest(void **state)
{
	(void)state;
	begin();
	tree_put(&tree, "lib/pyproject.toml", "[project]\ndependencies = [\"pytest-benchmark\"]\n");
	tree_put(&tree, "lib/tests/test_a.py", "def test_a(x, benchmark):\n    benchmark(f)\n");
	look();
	assert_int_equal(d.suites.n, 1);
	assert_string_equal(suite("pytest")->folder, "lib");
	assert_string_equal(suite("pytest")->results, ".pytest-benchmark.json");
	assert_string_equal(words(suite("pytest")->command),
			    "pytest --benchmark-only --benchmark-json=.pytest-benchmark.json");
	finish();
	begin();
	tree_put(&tree, "tests/test_a.py", "def test_benchmarks(tmp_path):\n    pass\n");
	look();
	assert_int_equal(d.suites.n, 0);
	finish();
}

/* Names in a repository are not to become text of our file. */
static void test_hostile_names(void **state)
{
	(void)state;
	begin();
	tree_put(&tree, "a\n\"x\",\n*/b\033[31m/speed it.sh",
		 "hyperfine --export-json a\"b.json true\n");
	tree_put(&tree, "package.json",
		 "{\"scripts\": {\"bench\\n\\\"],[\": \"x\", \"bench\": \"\"}}");
	tree_put(&tree, "Cargo.toml", "[package]\nname = \"\"\n[[bench]]\nname = \"../../x\"\n");
	look();
	assert_int_equal(d.suites.n, 4);
	assert_string_equal(suite("speed-it")->results, "a");
	assert_null(strchr(d.what[3], '\n'));
	assert_null(strchr(d.what[3], '\033'));
	finish();
}

/* Deeper than anybody nests, and more than is kept. */
static void test_bounds(void **state)
{
	(void)state;
	begin();
	tree_put(&tree, "1/2/3/4/5/6/7/8/9/10/11/12/package.json",
		 "{\"scripts\":{\"bench\":\"x\"}}");
	look();
	assert_int_equal(d.suites.n, 0);
	assert_true(d.cut);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_no_folder),
		cmocka_unit_test(test_criterion),
		cmocka_unit_test(test_workspace),
		cmocka_unit_test(test_go),
		cmocka_unit_test(test_google_benchmark),
		cmocka_unit_test(test_google_benchmark_not_built),
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_pytest),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
