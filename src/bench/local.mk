# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/bench/baseline.h \
	include/perftop/bench/gate.h \
	include/perftop/bench/git.h \
	include/perftop/bench/parser.h \
	include/perftop/bench/runner.h \
	include/perftop/bench/suite.h \
	include/perftop/bench/worktree.h
