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
include tests/checks/local.mk
include tests/fixtures/local.mk
include tests/screen/local.mk
include tests/system/local.mk
include tests/fuzz/local.mk

TESTS += $(check_PROGRAMS) $(dist_check_SCRIPTS) $(SOURCE_TESTS)

# For ./dev: compile the tests; run the unit tests alone, or what runs the whole program.
check-build:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=
check-unit:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(filter tests/unit/%,$(check_PROGRAMS))'
check-system:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(filter tests/system/%.sh,$(dist_check_SCRIPTS))'
.PHONY: check-build check-unit check-system
