# SPDX-License-Identifier: GPL-3.0-or-later
EXTRA_DIST += tests/unit/profile_live_child.c
check_PROGRAMS += tests/unit/test_profile_sampler
tests_unit_test_profile_sampler_SOURCES = tests/unit/test_profile_sampler.c tests/unit/profile_live.h
tests_unit_test_profile_sampler_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_profile_sampler_event
tests_unit_test_profile_sampler_event_SOURCES = tests/unit/test_profile_sampler_event.c
tests_unit_test_profile_sampler_event_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_profile_sampler_past
tests_unit_test_profile_sampler_past_SOURCES = tests/unit/test_profile_sampler_past.c
tests_unit_test_profile_sampler_past_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_profile_sampler_start
tests_unit_test_profile_sampler_start_SOURCES = tests/unit/test_profile_sampler_start.c tests/unit/profile_live.h
tests_unit_test_profile_sampler_start_LDADD = $(TEST_LIBS)
