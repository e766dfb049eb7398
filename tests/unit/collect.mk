# SPDX-License-Identifier: GPL-3.0-or-later
EXTRA_DIST += tests/unit/collect_tree.h
check_PROGRAMS += \
	tests/unit/test_collect_collect \
	tests/unit/test_collect_cpu \
	tests/unit/test_collect_memory \
	tests/unit/test_collect_root \
	tests/unit/test_collect_scan
tests_unit_test_collect_collect_SOURCES = tests/unit/test_collect_collect.c
tests_unit_test_collect_collect_LDADD = $(TEST_LIBS)
# It counts the allocations of a tick.
tests_unit_test_collect_collect_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
tests_unit_test_collect_cpu_SOURCES = tests/unit/test_collect_cpu.c
tests_unit_test_collect_cpu_LDADD = $(TEST_LIBS)
tests_unit_test_collect_memory_SOURCES = tests/unit/test_collect_memory.c
tests_unit_test_collect_memory_LDADD = $(TEST_LIBS)
tests_unit_test_collect_root_SOURCES = tests/unit/test_collect_root.c
tests_unit_test_collect_root_LDADD = $(TEST_LIBS)
tests_unit_test_collect_scan_SOURCES = tests/unit/test_collect_scan.c
tests_unit_test_collect_scan_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_collect_procs
tests_unit_test_collect_procs_SOURCES = \
	tests/unit/test_collect_procs.c \
	tests/unit/collect_tree.h
tests_unit_test_collect_procs_LDADD = $(TEST_LIBS)
