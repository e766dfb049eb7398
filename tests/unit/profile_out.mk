# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_profile_grown
tests_unit_test_profile_grown_SOURCES = tests/unit/test_profile_grown.c
tests_unit_test_profile_grown_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_profile_pack
tests_unit_test_profile_pack_SOURCES = tests/unit/test_profile_pack.c
tests_unit_test_profile_pack_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_profile_export
tests_unit_test_profile_export_SOURCES = tests/unit/test_profile_export.c $(GOLDEN)
tests_unit_test_profile_export_LDADD = $(TEST_LIBS)
