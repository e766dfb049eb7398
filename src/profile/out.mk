# SPDX-License-Identifier: GPL-3.0-or-later
libperftop_a_SOURCES += \
	src/profile/export_html.c \
	src/profile/export_svg.c \
	src/profile/export_svg.h \
	src/profile/export_text.c \
	include/perftop/profile/pack.h \
	src/profile/grown.c \
	src/profile/pack.c

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
