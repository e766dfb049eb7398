# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_bench_read
tests_unit_test_bench_read_SOURCES = tests/unit/test_bench_read.c $(GOLDEN)
tests_unit_test_bench_read_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/fixtures/bench
check_PROGRAMS += tests/unit/test_bench_parse_util
tests_unit_test_bench_parse_util_SOURCES = tests/unit/test_bench_parse_util.c
tests_unit_test_bench_parse_util_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_bench_worktree
tests_unit_test_bench_worktree_SOURCES = tests/unit/test_bench_worktree.c tests/unit/collect_tree.h
tests_unit_test_bench_worktree_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_bench_baseline
tests_unit_test_bench_baseline_SOURCES = tests/unit/test_bench_baseline.c tests/unit/store_runs.h
tests_unit_test_bench_baseline_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_bench_bisect
tests_unit_test_bench_bisect_SOURCES = tests/unit/test_bench_bisect.c tests/unit/collect_tree.h
tests_unit_test_bench_bisect_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_bench_parse_lines
tests_unit_test_bench_parse_lines_SOURCES = tests/unit/test_bench_parse_lines.c
tests_unit_test_bench_parse_lines_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_bench_discover
tests_unit_test_bench_discover_SOURCES = tests/unit/test_bench_discover.c tests/unit/collect_tree.h
tests_unit_test_bench_discover_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_bench_budget
tests_unit_test_bench_budget_SOURCES = tests/unit/test_bench_budget.c
tests_unit_test_bench_budget_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_bench_gate
tests_unit_test_bench_gate_SOURCES = tests/unit/test_bench_gate.c
tests_unit_test_bench_gate_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_bench_suite
tests_unit_test_bench_suite_SOURCES = tests/unit/test_bench_suite.c tests/unit/collect_tree.h
tests_unit_test_bench_suite_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_bench_git
tests_unit_test_bench_git_SOURCES = tests/unit/test_bench_git.c tests/unit/collect_tree.h
tests_unit_test_bench_git_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_bench_runner
tests_unit_test_bench_runner_SOURCES = tests/unit/test_bench_runner.c tests/unit/collect_tree.h
tests_unit_test_bench_runner_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_bench_environment
tests_unit_test_bench_environment_SOURCES = tests/unit/test_bench_environment.c tests/unit/collect_tree.h
tests_unit_test_bench_environment_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_bench_cgroup
tests_unit_test_bench_cgroup_SOURCES = tests/unit/test_bench_cgroup.c tests/unit/collect_tree.h
tests_unit_test_bench_cgroup_LDADD = $(TEST_LIBS)
