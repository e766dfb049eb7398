#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each header compiles alone, as plain C11; the checker sees one that does not.
. "$PT_SRCDIR/tests/tap.sh"

export CC=$PT_CC CPPFLAGS=$PT_CPPFLAGS
run "$PT_SRCDIR/tools/check-headers"
is "$status $stderr" "0 " "each header compiles alone"

tree=$PT_TMP/tree
mkdir -p "$tree/include/perftop"
refused() { # TEXT NAME
	echo "$1" >"$tree/include/perftop/a.h"
	run "$PT_SRCDIR/tools/check-headers" "$tree"
	like "$([ "$status" -ne 0 ] && echo "$stderr")" '*perftop/a.h:*' "refused: $2"
}
refused 'size_t bytes(void);' "a header that needs another one first"
refused 'struct a { int n; struct { int x; } y[0]; };' "a GNU extension in a header"
refused 'static inline int f(unsigned n) { int i = 0; return i < n; }' "a header that makes warnings"
finish
