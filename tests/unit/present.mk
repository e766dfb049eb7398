# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_present_export
tests_unit_test_present_export_SOURCES = tests/unit/test_present_export.c
tests_unit_test_present_export_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_present_gate
tests_unit_test_present_gate_SOURCES = tests/unit/test_present_gate.c tests/golden.c tests/golden.h
tests_unit_test_present_gate_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_test_present_gate_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_present_table
tests_unit_test_present_table_SOURCES = tests/unit/test_present_table.c
tests_unit_test_present_table_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_present_time
tests_unit_test_present_time_SOURCES = tests/unit/test_present_time.c
tests_unit_test_present_time_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_present_value
tests_unit_test_present_value_SOURCES = tests/unit/test_present_value.c
tests_unit_test_present_value_LDADD = $(TEST_LIBS)
