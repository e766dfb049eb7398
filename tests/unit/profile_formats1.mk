# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_profile_read_pprof
tests_unit_test_profile_read_pprof_SOURCES = tests/unit/test_profile_read_pprof.c
tests_unit_test_profile_read_pprof_LDADD = $(TEST_LIBS)
