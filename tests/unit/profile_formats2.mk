# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_profile_readers
tests_unit_test_profile_readers_SOURCES = tests/unit/test_profile_readers.c $(GOLDEN)
tests_unit_test_profile_readers_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_profile_gperf
tests_unit_test_profile_gperf_SOURCES = tests/unit/test_profile_gperf.c
tests_unit_test_profile_gperf_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_profile_call_graph
tests_unit_test_profile_call_graph_SOURCES = tests/unit/test_profile_call_graph.c
tests_unit_test_profile_call_graph_LDADD = $(TEST_LIBS)
