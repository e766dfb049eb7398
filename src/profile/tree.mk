# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	src/profile/export.c \
	src/profile/export_folded.c \
	src/profile/frames.c \
	src/profile/graph.c \
	src/profile/graph_cache.c \
	src/profile/graph_cache.h \
	src/profile/graph_group.c \
	src/profile/graph_group.h \
	src/profile/graph_share.c \
	src/profile/input.c \
	src/profile/input.h \
	src/profile/input_unpack.c \
	src/profile/mapped.c \
	src/profile/mapped.h \
	src/profile/profile.c \
	src/profile/read_folded.c \
	src/profile/reader.c \
	src/profile/tree.c \
	src/profile/tree_build.h \
	src/profile/tree_functions.c \
	src/profile/tree_index.c \
	src/profile/tree_ops.c
