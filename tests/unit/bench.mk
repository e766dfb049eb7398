# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_bench_read
tests_unit_test_bench_read_SOURCES = tests/unit/test_bench_read.c $(GOLDEN)
tests_unit_test_bench_read_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/fixtures/bench
