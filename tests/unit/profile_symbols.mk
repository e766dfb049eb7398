# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_profile_demangle
tests_unit_test_profile_demangle_SOURCES = tests/unit/test_profile_demangle.c
tests_unit_test_profile_demangle_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_profile_object
tests_unit_test_profile_object_SOURCES = tests/unit/test_profile_object.c tests/unit/profile_names.h
tests_unit_test_profile_object_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_profile_space
tests_unit_test_profile_space_SOURCES = tests/unit/test_profile_space.c tests/unit/profile_names.h
tests_unit_test_profile_space_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_profile_symtab
tests_unit_test_profile_symtab_SOURCES = tests/unit/test_profile_symtab.c
tests_unit_test_profile_symtab_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_profile_unwind
tests_unit_test_profile_unwind_SOURCES = tests/unit/test_profile_unwind.c tests/unit/profile_names.h
tests_unit_test_profile_unwind_LDADD = $(TEST_LIBS)
