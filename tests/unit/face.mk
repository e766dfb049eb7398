# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_face_args
tests_unit_test_face_args_SOURCES = tests/unit/test_face_args.c
tests_unit_test_face_args_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_face_face
tests_unit_test_face_face_SOURCES = tests/unit/test_face_face.c
tests_unit_test_face_face_LDADD = $(TEST_LIBS)
