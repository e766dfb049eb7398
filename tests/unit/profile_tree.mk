# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_profile_graph
tests_unit_test_profile_graph_SOURCES = tests/unit/test_profile_graph.c tests/unit/profile_stacks.h
tests_unit_test_profile_graph_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_profile_tree_ops
tests_unit_test_profile_tree_ops_SOURCES = tests/unit/test_profile_tree_ops.c \
	tests/unit/profile_stacks.h
tests_unit_test_profile_tree_ops_LDADD = $(TEST_LIBS)
