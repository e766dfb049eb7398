# SPDX-License-Identifier: GPL-3.0-or-later
#
# Screens: a program on a pseudo-terminal, read back through libvterm (vtscreen.h). A test here is
# one program that links SCREEN_LIBS; what it shows is compared with tests/screen/golden/.

EXTRA_DIST += tests/screen/golden

if HAVE_VTERM
check_LIBRARIES += tests/screen/libvtscreen.a
tests_screen_libvtscreen_a_SOURCES = \
	tests/screen/vtscreen.c tests/screen/vtscreen.h tests/screen/vtlook.c \
	tests/screen/vttype.c
tests_screen_libvtscreen_a_CPPFLAGS = $(AM_CPPFLAGS) $(BANNED)
tests_screen_libvtscreen_a_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)

# openpty() is in libutil before glibc 2.34.
SCREEN_LIBS = tests/screen/libvtscreen.a $(VTERM_LIBS) $(CMOCKA_LIBS) -lutil

# For people: make tests/screen/vtrun && tests/screen/vtrun 80x24 '' ./perftop
EXTRA_PROGRAMS += tests/screen/vtrun
CLEANFILES += tests/screen/vtrun
tests_screen_vtrun_SOURCES = tests/screen/vtrun.c
tests_screen_vtrun_CPPFLAGS = $(AM_CPPFLAGS) $(BANNED)
tests_screen_vtrun_LDADD = tests/screen/libvtscreen.a $(VTERM_LIBS) -lutil

if HAVE_CMOCKA
check_PROGRAMS += tests/screen/test_vtscreen
tests_screen_test_vtscreen_SOURCES = tests/screen/test_vtscreen.c
tests_screen_test_vtscreen_LDADD = $(SCREEN_LIBS)

if HAVE_TUI
# The terminal alone: pictures that termdemo shows, and test_term compares cell by cell.
EXTRA_PROGRAMS += tests/screen/termdemo
CLEANFILES += tests/screen/termdemo
tests_screen_termdemo_SOURCES = \
	tests/screen/termdemo.c tests/screen/termscene.c tests/screen/termscene.h
tests_screen_termdemo_LDADD = $(PT_LIBS)
check_PROGRAMS += tests/screen/test_term
tests_screen_test_term_SOURCES = \
	tests/screen/test_term.c tests/screen/termscene.c tests/screen/termscene.h
tests_screen_test_term_LDADD = $(SCREEN_LIBS) $(PT_LIBS)
EXTRA_DIST += tests/fixtures/terminfo/direct.ti
EXTRA_tests_screen_test_term_DEPENDENCIES = tests/screen/termdemo$(EXEEXT)

# The console: perftop itself, on roots that stand for machines.
check_LIBRARIES += tests/screen/libconsole.a
tests_screen_libconsole_a_SOURCES = \
	tests/screen/console.c tests/screen/console.h tests/fixture.h
CONSOLE_LIBS = tests/screen/libconsole.a $(SCREEN_LIBS)
CONSOLE_TESTS = tests/screen/test_benchmarks tests/screen/test_console tests/screen/test_flame tests/screen/test_guest \
	tests/screen/test_processes tests/screen/test_settings tests/screen/test_terminals tests/screen/test_views
check_PROGRAMS += $(CONSOLE_TESTS)
tests_screen_test_benchmarks_SOURCES = tests/screen/test_benchmarks.c
tests_screen_test_benchmarks_LDADD = $(CONSOLE_LIBS)
tests_screen_test_console_SOURCES = tests/screen/test_console.c
tests_screen_test_console_LDADD = $(CONSOLE_LIBS)
tests_screen_test_flame_SOURCES = tests/screen/test_flame.c
tests_screen_test_flame_LDADD = $(CONSOLE_LIBS)
tests_screen_test_guest_SOURCES = tests/screen/test_guest.c
tests_screen_test_guest_LDADD = $(CONSOLE_LIBS)
tests_screen_test_processes_SOURCES = tests/screen/test_processes.c
tests_screen_test_processes_LDADD = $(CONSOLE_LIBS)
tests_screen_test_settings_SOURCES = tests/screen/test_settings.c
tests_screen_test_settings_LDADD = $(CONSOLE_LIBS)
tests_screen_test_terminals_SOURCES = tests/screen/test_terminals.c
tests_screen_test_terminals_LDADD = $(CONSOLE_LIBS)
tests_screen_test_views_SOURCES = tests/screen/test_views.c
tests_screen_test_views_LDADD = $(CONSOLE_LIBS)
endif
endif
endif
