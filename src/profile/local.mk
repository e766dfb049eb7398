# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	include/perftop/profile/export.h \
	include/perftop/profile/exports.def \
	include/perftop/profile/frames.h \
	include/perftop/profile/graph.h \
	include/perftop/profile/grown.h \
	include/perftop/profile/pack.h \
	include/perftop/profile/perf_stacks.h \
	include/perftop/profile/profile.h \
	include/perftop/profile/reader.h \
	include/perftop/profile/readers.def \
	include/perftop/profile/sampler.h \
	include/perftop/profile/shown.h \
	include/perftop/profile/symbols.h \
	include/perftop/profile/tree.h \
	src/profile/build_id.c \
	src/profile/build_id.h \
	src/profile/call_graph.c \
	src/profile/call_graph.h \
	src/profile/demangle.c \
	src/profile/export.c \
	src/profile/export_folded.c \
	src/profile/export_html.c \
	src/profile/export_pprof.c \
	src/profile/export_speedscope.c \
	src/profile/export_svg.c \
	src/profile/export_svg.h \
	src/profile/export_text.c \
	src/profile/frames.c \
	src/profile/gperf.c \
	src/profile/gperf.h \
	src/profile/graph.c \
	src/profile/graph_cache.c \
	src/profile/graph_cache.h \
	src/profile/graph_group.c \
	src/profile/graph_group.h \
	src/profile/graph_share.c \
	src/profile/grown.c \
	src/profile/inlined.c \
	src/profile/input.c \
	src/profile/input.h \
	src/profile/input_unpack.c \
	src/profile/jit_map.c \
	src/profile/kernel_symbols.c \
	src/profile/mapped.c \
	src/profile/mapped.h \
	src/profile/object.c \
	src/profile/object_module.c \
	src/profile/object_plt.c \
	src/profile/object_symbols.c \
	src/profile/open_stack.c \
	src/profile/open_stack.h \
	src/profile/pack.c \
	src/profile/perf_abi.h \
	src/profile/perf_data.h \
	src/profile/perf_data_collapse.c \
	src/profile/perf_data_script.c \
	src/profile/perf_file.c \
	src/profile/perf_file.h \
	src/profile/perf_pipe.c \
	src/profile/perf_pipe.h \
	src/profile/perf_procs.c \
	src/profile/perf_procs.h \
	src/profile/perf_queue.c \
	src/profile/perf_queue.h \
	src/profile/perf_sample.c \
	src/profile/perf_script.h \
	src/profile/perf_script_cache.c \
	src/profile/perf_script_inline.c \
	src/profile/perf_script_line.c \
	src/profile/perf_script_names.c \
	src/profile/perf_stacks.c \
	src/profile/perf_unpack.c \
	src/profile/perf_unpack.h \
	src/profile/pieces.c \
	src/profile/pieces.h \
	src/profile/profile.c \
	src/profile/read_bpftrace.c \
	src/profile/read_callgrind.c \
	src/profile/read_chrome_trace.c \
	src/profile/read_cpuprofile.c \
	src/profile/read_dtrace.c \
	src/profile/read_flamegraph_svg.c \
	src/profile/read_folded.c \
	src/profile/read_gecko.c \
	src/profile/read_go_text.c \
	src/profile/read_gperftools_cpu.c \
	src/profile/read_heaptrack.c \
	src/profile/read_massif.c \
	src/profile/read_perf_data.c \
	src/profile/read_perf_script.c \
	src/profile/read_pprof.c \
	src/profile/read_speedscope.c \
	src/profile/read_tcmalloc.c \
	src/profile/reader.c \
	src/profile/sampler.c \
	src/profile/sampler_by_perf.c \
	src/profile/sampler_event.c \
	src/profile/sampler_offcpu.c \
	src/profile/sampler_past.c \
	src/profile/sampler_perf.c \
	src/profile/sampler_poll.c \
	src/profile/sampler_priv.h \
	src/profile/sampler_refused.c \
	src/profile/sampler_renew.c \
	src/profile/sampler_rings.c \
	src/profile/sampler_start.c \
	src/profile/sampler_take.c \
	src/profile/sampler_tasks.c \
	src/profile/sampler_uprobe.c \
	src/profile/scan.c \
	src/profile/scan.h \
	src/profile/space.c \
	src/profile/stack_start.c \
	src/profile/stack_start.h \
	src/profile/symbols.c \
	src/profile/symbols_priv.h \
	src/profile/symtab.c \
	src/profile/symtab.h \
	src/profile/tree.c \
	src/profile/tree_build.h \
	src/profile/tree_functions.c \
	src/profile/tree_index.c \
	src/profile/tree_ops.c \
	src/profile/unwind.c \
	src/profile/unwind_cfi.c \
	src/profile/unwind_priv.h \
	src/profile/unwind_thread.c \
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

# The script of pictures is written as one, and carried as a string.
nodist_libperftop_a_SOURCES += src/profile/flame_js.c
EXTRA_DIST += src/profile/flame.js
CLEANFILES += src/profile/flame_js.c

src/profile/flame_js.c: $(top_srcdir)/src/profile/flame.js
	$(AM_V_GEN)$(MKDIR_P) src/profile && { \
	echo '/* Made of flame.js. */'; echo 'extern const char flame_js[];'; \
	echo 'const char flame_js[] ='; \
	sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/	"&\\n"/' $(top_srcdir)/src/profile/flame.js; \
	echo '	"";'; } >$@.tmp && mv $@.tmp $@
