# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_app_doctor
tests_unit_test_app_doctor_SOURCES = tests/unit/test_app_doctor.c
tests_unit_test_app_doctor_LDADD = $(TEST_LIBS)
