# SPDX-License-Identifier: GPL-3.0-or-later
#
# Themes are data that the program carries with it: one C table made of all of them. The first is
# the default.
THEMES = \
	$(top_srcdir)/themes/dark.theme \
	$(top_srcdir)/themes/light.theme \
	$(top_srcdir)/themes/high-contrast.theme \
	$(top_srcdir)/themes/colour-blind.theme \
	$(top_srcdir)/themes/mono.theme \
	$(top_srcdir)/themes/solarized.theme

nodist_libperftop_faces_a_SOURCES = themes/builtin.c
EXTRA_DIST += $(THEMES) tools/embed-themes
CLEANFILES += themes/builtin.c

themes/builtin.c: $(THEMES) $(top_srcdir)/tools/embed-themes
	$(AM_V_GEN)$(MKDIR_P) themes && \
	$(SHELL) $(top_srcdir)/tools/embed-themes $(THEMES) >$@.tmp && mv $@.tmp $@
