#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# In this tree every thing is one file, one row and one test, and the checker sees what is not.
. "$PT_SRCDIR/tests/tap.sh"

run "$PT_SRCDIR/tools/check-registry"
is "$status $stdout" "0 " "files, rows and tests agree"

licence='/* SPDX-License-Identifier: GPL-3.0-or-later */'
tree=$PT_TMP/tree
mkdir -p "$tree/src/collect" "$tree/src/cli" "$tree/include/perftop/collect" \
	"$tree/tests/unit" "$tree/tests/fuzz/seeds/cpu" "$tree/tests/screen"
cd "$tree" || exit 99

source_file() { printf '%s\n/*\n * A source.\n */\n' "$licence" >"$1"; }
good() { # the smallest tree that is whole
	source_file src/collect/cpu.c
	source_file src/collect/registry.c
	echo '#include "collectors.def"' >>src/collect/registry.c
	source_file src/collect/collectors.def
	echo 'PT_COLLECTOR(cpu)' >>src/collect/collectors.def
	printf '%s\n' "$licence" >include/perftop/collect/cpu.h
	printf '# SPDX-License-Identifier: GPL-3.0-or-later\nx = src/collect/cpu.c \\\n' >src/collect/local.mk
	printf '\t%s \\\n' src/collect/registry.c src/collect/collectors.def \
		include/perftop/collect/cpu.h >>src/collect/local.mk
	source_file tests/unit/test_collect_cpu.c
	printf '# SPDX-License-Identifier: GPL-3.0-or-later\nx = tests/unit/test_collect_cpu.c\n' \
		>tests/unit/collect.mk
	source_file tests/fuzz/fuzz_cpu.c
	echo seed >tests/fuzz/seeds/cpu/1
	printf '# SPDX-License-Identifier: GPL-3.0-or-later\nx = tests/fuzz/fuzz_cpu.c\n' \
		>tests/fuzz/local.mk
}
refused() { # PATTERN NAME: as the tree is now; then it is whole again
	run "$PT_SRCDIR/tools/check-registry" "$tree"
	like "$([ "$status" -ne 0 ] && echo "$stdout")" "*$1*" "refused: $2"
	good
}

good
run "$PT_SRCDIR/tools/check-registry" "$tree"
is "$status $stdout" "0 " "accepted: a small whole tree"

echo 'PT_COLLECTOR(memory)' >>src/collect/collectors.def
refused 'collectors.def: memory: no src/collect/' "a row without its file"
rm tests/unit/test_collect_cpu.c
refused 'collectors.def: cpu: no test' "a row without its test"
echo 'PT_COLLECTOR(cpu)' >>src/collect/collectors.def
refused 'collectors.def: twice: cpu' "a row written twice"
source_file src/collect/collectors.def
refused 'collectors.def: no rows' "a table without rows"
echo '#include "collectors.def"' >>src/collect/cpu.c
refused 'collectors.def: included by 2' "a second table of the same rows"
source_file src/collect/registry.c
refused 'collectors.def: included by 0' "rows that no table includes"
source_file src/collect/lost.c
refused 'src/collect/lost.c: not listed' "a source that make does not know"
rm src/collect/lost.c
printf '%s\n' "$licence" >include/perftop/collect/lost.h
refused 'lost.h: not listed' "a header that make does not know"
rm include/perftop/collect/lost.h
source_file tests/unit/test_collect_lost.c
echo 'x += tests/unit/test_collect_lost.c' >>tests/unit/collect.mk
refused 'test_collect_lost.c: mirrors no file' "a test that mirrors nothing"
rm tests/unit/test_collect_lost.c
rm tests/fuzz/seeds/cpu/1
refused 'fuzz_cpu.c: no seeds' "a fuzzer without seeds"
echo 'int x;' >src/collect/cpu.c
refused 'cpu.c: line 1 is not the licence' "a source without the licence"
printf '%s\n#include <stdio.h>\n' "$licence" >src/collect/cpu.c
refused 'cpu.c: no opening paragraph' "a source without an opening paragraph"
echo 'x =' >tests/fuzz/local.mk
refused 'local.mk: no licence' "a makefile without the licence"
finish
