# SPDX-License-Identifier: GPL-3.0-or-later
EXTRA_DIST += tests/unit/profile_live_child.c
check_PROGRAMS += tests/unit/test_profile_sampler
tests_unit_test_profile_sampler_SOURCES = tests/unit/test_profile_sampler.c
tests_unit_test_profile_sampler_LDADD = $(TEST_LIBS)
