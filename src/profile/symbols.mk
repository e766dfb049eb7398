# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	src/profile/build_id.c \
	src/profile/build_id.h \
	src/profile/demangle.c \
	src/profile/inlined.c \
	src/profile/jit_map.c \
	src/profile/kernel_symbols.c \
	src/profile/object.c \
	src/profile/object_module.c \
	src/profile/object_plt.c \
	src/profile/object_symbols.c \
	src/profile/space.c \
	src/profile/symbols.c \
	src/profile/symbols_priv.h \
	src/profile/symtab.c \
	src/profile/symtab.h \
	src/profile/unwind.c \
	src/profile/unwind_cfi.c \
	src/profile/unwind_priv.h \
	src/profile/unwind_thread.c
