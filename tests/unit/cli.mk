# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_cli_doctor_terminal
tests_unit_test_cli_doctor_terminal_SOURCES = tests/unit/test_cli_doctor_terminal.c
tests_unit_test_cli_doctor_terminal_LDADD = $(TEST_LIBS)
