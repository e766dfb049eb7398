# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_model_metric
tests_unit_test_model_metric_SOURCES = tests/unit/test_model_metric.c
tests_unit_test_model_metric_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_model_bench
tests_unit_test_model_bench_SOURCES = tests/unit/test_model_bench.c
tests_unit_test_model_bench_LDADD = $(TEST_LIBS)
