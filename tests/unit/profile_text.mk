# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_profile_read_perf_script
tests_unit_test_profile_read_perf_script_SOURCES = tests/unit/test_profile_read_perf_script.c
tests_unit_test_profile_read_perf_script_LDADD = $(TEST_LIBS)
