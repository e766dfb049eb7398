# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_profile_perf_sample
tests_unit_test_profile_perf_sample_SOURCES = tests/unit/test_profile_perf_sample.c \
	tests/unit/perf_records.h
tests_unit_test_profile_perf_sample_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_profile_perf_stacks
tests_unit_test_profile_perf_stacks_SOURCES = tests/unit/test_profile_perf_stacks.c \
	tests/unit/perf_records.h
tests_unit_test_profile_perf_stacks_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_profile_read_perf_data
tests_unit_test_profile_read_perf_data_SOURCES = tests/unit/test_profile_read_perf_data.c \
	tests/unit/perf_records.h
tests_unit_test_profile_read_perf_data_LDADD = $(TEST_LIBS)
