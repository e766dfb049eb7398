# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/bench/baseline.h \
	include/perftop/bench/gate.h \
	include/perftop/bench/git.h \
	include/perftop/bench/parser.h \
	include/perftop/bench/runner.h \
	include/perftop/bench/suite.h \
	include/perftop/bench/worktree.h \
	src/bench/budget.c \
	src/bench/git.c \
	src/bench/suite.c \
	src/bench/suite_fields.c \
	src/bench/suite_fields.h
libperftop_a_SOURCES += \
	include/perftop/bench/parsers.def \
	src/bench/criterion.c \
	src/bench/criterion.h \
	src/bench/parse_criterion.c \
	src/bench/parse_hyperfine.c \
	src/bench/parse_util.c \
	src/bench/parse_util.h \
	src/bench/parser.c \
	src/bench/read.c \
	src/bench/set_json.c
libperftop_a_SOURCES += \
	src/bench/gate.c
