# SPDX-License-Identifier: GPL-3.0-or-later
#
# Completions for bash, zsh and fish are written by the program from its own tables (src/cli/
# completions.c), so they cannot be older than it. A cross build cannot run it and has none.
if COMPLETIONS
nodist_bashcomp_DATA = completions/perftop
nodist_zshcomp_DATA = completions/_perftop
nodist_fishcomp_DATA = completions/perftop.fish
CLEANFILES += $(nodist_bashcomp_DATA) $(nodist_zshcomp_DATA) $(nodist_fishcomp_DATA)

completions/perftop: SHELL_NAME = bash
completions/_perftop: SHELL_NAME = zsh
completions/perftop.fish: SHELL_NAME = fish
$(nodist_bashcomp_DATA) $(nodist_zshcomp_DATA) $(nodist_fishcomp_DATA): perftop$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) completions && \
	./perftop$(EXEEXT) completions $(SHELL_NAME) >$@.tmp && mv -f $@.tmp $@
endif
