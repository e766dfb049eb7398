# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	src/profile/export_pprof.c \
	src/profile/export_speedscope.c \
	src/profile/open_stack.c \
	src/profile/open_stack.h \
	src/profile/read_chrome_trace.c \
	src/profile/read_cpuprofile.c \
	src/profile/read_gecko.c \
	src/profile/read_pprof.c \
	src/profile/read_speedscope.c \
	src/profile/v8_profile.c \
	src/profile/v8_profile.h
EXTRA_DIST += src/profile/pprof.proto

# What protobuf-c makes of it: found as <src/profile/pprof.pb-c.h> from the build's own folder.
nodist_libperftop_a_SOURCES += src/profile/pprof.pb-c.c
CLEANFILES += src/profile/pprof.pb-c.c src/profile/pprof.pb-c.h

src/profile/pprof.pb-c.c: $(top_srcdir)/src/profile/pprof.proto
	$(AM_V_GEN)$(MKDIR_P) src/profile && \
	$(PROTOC_C) --c_out=src/profile -I$(top_srcdir)/src/profile pprof.proto
src/profile/pprof.pb-c.h: src/profile/pprof.pb-c.c
	@test -f $@ || { rm -f src/profile/pprof.pb-c.c && $(MAKE) src/profile/pprof.pb-c.c; }
src/profile/libperftop_a-export_pprof.$(OBJEXT): src/profile/pprof.pb-c.h
src/profile/libperftop_a-read_pprof.$(OBJEXT): src/profile/pprof.pb-c.h
