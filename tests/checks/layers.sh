#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# This tree keeps its floors, and the checker sees a tree that does not.
. "$PT_SRCDIR/tests/tap.sh"

run "$PT_SRCDIR/tools/check-layers"
is "$status $stdout" "0 " "every include is allowed by tools/layers.txt"

tree=$PT_TMP/tree
mkdir -p "$tree/tools" "$tree/src/base" "$tree/src/view" "$tree/src/ui" "$tree/include/perftop/model"
cp "$PT_SRCDIR/tools/layers.txt" "$tree/tools"

refused() { # FILE INCLUDE NAME: refused with the line of the include
	printf '/* one */\n#include <stdio.h>\n#include %s\n' "$2" >"$tree/$1"
	run "$PT_SRCDIR/tools/check-layers" "$tree"
	like "$([ "$status" -ne 0 ] && echo "$stdout")" "$1:3: *" "refused: $3"
	rm "$tree/$1"
}
accepted() { # FILE INCLUDE NAME
	printf '#include %s\n' "$2" >"$tree/$1"
	run "$PT_SRCDIR/tools/check-layers" "$tree"
	is "$status $stdout" "0 " "accepted: $3"
	rm "$tree/$1"
}

accepted src/ui/a.c '"perftop/app/session.h"' "ui may include app"
accepted src/ui/a.c '<curses.h>' "ui is the home of curses"
accepted src/view/a.c '"chart.h"' "a file of the same folder"
accepted src/main.c '"perftop/cli/run.h"' "main may include cli"
refused src/base/a.c '"perftop/model/metric.h"' "base includes model"
refused include/perftop/model/a.h '"perftop/store/store.h"' "a header of model includes store"
refused src/view/a.c '"perftop/ui/term.h"' "view includes ui"
refused src/view/a.c '<curses.h>' "curses outside of ui"
refused src/ui/a.c '<uv.h>' "libuv outside of base"
refused src/view/a.c '"../ui/term.h"' "a path round the table"
refused src/view/a.c '"perftop/collect/secret.h"' "a face includes a lower header that is not const"

echo 'const collect/names.h' >>"$tree/tools/layers.txt"
accepted src/view/a.c '"perftop/collect/names.h"' "a face may include a const header"
refused src/base/a.c '"perftop/collect/names.h"' "base may not, const or not"

mkdir "$tree/src/attic"
echo "int x;" >"$tree/src/attic/a.c"
run "$PT_SRCDIR/tools/check-layers" "$tree"
like "$status $stdout" "[1-9]* src/attic/a.c:1: no room attic*" "a room that the table does not know"
finish
