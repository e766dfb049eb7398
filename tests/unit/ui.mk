# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_ui_input
tests_unit_test_ui_input_SOURCES = tests/unit/test_ui_input.c
tests_unit_test_ui_input_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_ui_keyname
tests_unit_test_ui_keyname_SOURCES = tests/unit/test_ui_keyname.c
tests_unit_test_ui_keyname_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_ui_term
tests_unit_test_ui_term_SOURCES = tests/unit/test_ui_term.c
tests_unit_test_ui_term_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_ui_keymap
tests_unit_test_ui_keymap_SOURCES = tests/unit/test_ui_keymap.c
tests_unit_test_ui_keymap_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_ui_dialog
tests_unit_test_ui_dialog_SOURCES = tests/unit/test_ui_dialog.c tests/unit/machine.h tests/fixture.h
tests_unit_test_ui_dialog_LDADD = $(TEST_LIBS)
