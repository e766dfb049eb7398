# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_profile_perf_sample
tests_unit_test_profile_perf_sample_SOURCES = tests/unit/test_profile_perf_sample.c \
	tests/unit/perf_records.h
tests_unit_test_profile_perf_sample_LDADD = $(TEST_LIBS)
