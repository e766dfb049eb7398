# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_profile_frames
tests_unit_test_profile_frames_SOURCES = tests/unit/test_profile_frames.c
tests_unit_test_profile_frames_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_profile_graph
tests_unit_test_profile_graph_SOURCES = tests/unit/test_profile_graph.c \
	tests/unit/profile_stacks.h
tests_unit_test_profile_graph_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_profile_graph_share
tests_unit_test_profile_graph_share_SOURCES = tests/unit/test_profile_graph_share.c
tests_unit_test_profile_graph_share_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_profile_profile
tests_unit_test_profile_profile_SOURCES = tests/unit/test_profile_profile.c
tests_unit_test_profile_profile_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_profile_read_folded
tests_unit_test_profile_read_folded_SOURCES = tests/unit/test_profile_read_folded.c \
	tests/unit/profile_stacks.h
tests_unit_test_profile_read_folded_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_profile_reader
tests_unit_test_profile_reader_SOURCES = tests/unit/test_profile_reader.c
tests_unit_test_profile_reader_LDADD = $(TEST_LIBS) -lpthread

check_PROGRAMS += tests/unit/test_profile_tree
tests_unit_test_profile_tree_SOURCES = tests/unit/test_profile_tree.c \
	tests/unit/profile_stacks.h
tests_unit_test_profile_tree_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_profile_tree_functions
tests_unit_test_profile_tree_functions_SOURCES = tests/unit/test_profile_tree_functions.c \
	tests/unit/profile_stacks.h
tests_unit_test_profile_tree_functions_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_profile_tree_ops
tests_unit_test_profile_tree_ops_SOURCES = tests/unit/test_profile_tree_ops.c \
	tests/unit/profile_stacks.h
tests_unit_test_profile_tree_ops_LDADD = $(TEST_LIBS)
