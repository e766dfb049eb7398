# SPDX-License-Identifier: GPL-3.0-or-later
#
# From outside: bench/run measures the whole program beside its peers (./dev bench).
EXTRA_DIST += bench/load bench/measure.py bench/run bench/tuibench

# Built on demand: `make bench-micro` prints what the hot paths cost.
EXTRA_PROGRAMS += bench/micro_store
bench_micro_store_SOURCES = bench/micro_store.c
bench_micro_store_LDADD = $(PT_LIBS)

bench-micro: bench/micro_store$(EXEEXT)
	bench/micro_store$(EXEEXT)
.PHONY: bench-micro
CLEANFILES += bench/micro_store$(EXEEXT)
