# SPDX-License-Identifier: GPL-3.0-or-later
#
# Built on demand: `make bench-micro` prints what the hot paths cost.
EXTRA_PROGRAMS += bench/micro_store
bench_micro_store_SOURCES = bench/micro_store.c
bench_micro_store_LDADD = $(PT_LIBS)

bench-micro: bench/micro_store$(EXEEXT)
	bench/micro_store$(EXEEXT)
.PHONY: bench-micro
CLEANFILES += bench/micro_store$(EXEEXT)
