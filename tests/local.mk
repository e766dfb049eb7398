# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every test speaks TAP: programs (cmocka, or fuzzers replaying their seeds) and *.sh scripts.
# tests/tap-run gives each a clean environment, a home of its own and an end in time.

LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/tap-run
TEST_EXTENSIONS = .sh
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(LOG_COMPILER)
AM_TESTS_ENVIRONMENT = \
	PT_SRCDIR='$(abs_top_srcdir)' PT_BUILDDIR='$(abs_top_builddir)' \
	PT_CC='$(CC)' PT_CPPFLAGS='$(UV_CFLAGS) $(CJSON_CFLAGS) $(NCURSES_CFLAGS)' \
	PT_MISSING='$(PT_MISSING)'; \
	export PT_SRCDIR PT_BUILDDIR PT_CC PT_CPPFLAGS PT_MISSING;

EXTRA_DIST += tests/bench_real.sh tests/tap-run tests/tap.sh

# TESTS run in this order. What takes longest comes first, so that the end has nothing to wait for:
# tools of others, the program from outside, its screens, the units.
include tests/checks/local.mk
include tests/fixtures/local.mk
include tests/system/local.mk
include tests/screen/local.mk
if HAVE_CMOCKA
include tests/unit/base.mk
include tests/unit/model.mk
include tests/unit/collect.mk
include tests/unit/store.mk
include tests/unit/analyse.mk
include tests/unit/bench.mk
include tests/unit/profile.mk
include tests/unit/present.mk
include tests/unit/app.mk
include tests/unit/view.mk
include tests/unit/face.mk
include tests/unit/cli.mk
if HAVE_TUI
include tests/unit/ui.mk
endif
endif
include tests/fuzz/local.mk

TESTS += $(SOURCE_TESTS) $(dist_check_SCRIPTS) $(check_PROGRAMS)

# For ./dev: how the tests' own files are compiled, after CFLAGS.
PT_TEST_CFLAGS =
tests/%.o: CFLAGS += $(PT_TEST_CFLAGS)

# For ./dev: compile the tests; run the unit tests alone, or what runs the whole program. Sampling is
# the same without the console, and long.
check-build:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=
check-unit:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(filter tests/unit/%,$(check_PROGRAMS))'
check-system:
	$(MAKE) $(AM_MAKEFLAGS) check check_PROGRAMS= \
		TESTS='$(filter-out $(SAMPLING_TESTS),$(filter tests/system/%.sh,$(dist_check_SCRIPTS)))'
.PHONY: check-build check-unit check-system
