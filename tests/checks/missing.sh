#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Says by name which tests this build leaves out for want of a library.
. "$PT_SRCDIR/tests/tap.sh"

left_out() { # LIBRARY TESTS
	case " $PT_MISSING " in
	*" $1 "*) skip "$2" "$1 was not there when configure ran" ;;
	*) ok 0 "$2: built, $1 is there" ;;
	esac
}
left_out cmocka "unit tests"
left_out libvterm "screen tests"
finish
