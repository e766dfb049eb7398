#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# flame fold: folded stacks of files and pipes; of perf script text what stackcollapse-perf.pl prints,
# which is compared where FLAMEGRAPH_DIR or PATH has it.
. "$PT_SRCDIR/tests/tap.sh"

fixtures=$PT_SRCDIR/tests/fixtures/profile
cat >"$PT_TMP/java.txt" <<'TEXT'
# cmdline : /usr/bin/perf record -g java
java 24636/25607 [000] 4794564.109216:         10 cycles: 
	ffffffff8103ce3b native_safe_halt+0x1b ([kernel.kallsyms])
	    7f722d119786 Ljava/io/FileOutputStream;::writeBytes->LBusy;::run (/tmp/perf-24636.map)
	    7f7241239aec JavaCalls::call_helper(JavaValue*, Thread*) (/usr/lib/libjvm.so)
	    7f7241239aed std::(anonymous namespace)::run(int) (/usr/lib/libjvm.so)
	    7f7241239aee net/http.(*Client).Do (/usr/lib/libjvm.so)
	    7f72432b4e9a [unknown] (/lib/libpthread-2.15.so)
	    7ffc71ee9580 [unknown] ([unknown])

java 24636/25607 [000] 4794564.209216:          5 faults: 
	    7f7241239aec touch (/usr/lib/libjvm.so)

V8 Worker 25607 4794564.309216: cycles: 
	     13a80b608e0a RegExp:[&<>"'] (/tmp/perf-7539.map)
	              10 operator->* (/usr/bin/node)

V8 Worker 25608 4794564.409216:          7 cycles: 
	              10 main+0x17 (/usr/bin/node)
	              20 never (/usr/bin/node)
TEXT
head -n -3 "$PT_TMP/java.txt" >"$PT_TMP/whole.txt"
top='java;[unknown];[libpthread-2.15.so];net/http.(*Client).Do;std::(anonymous namespace)::run'

run perftop flame fold "$PT_TMP/whole.txt"
is "$stdout" "V8_Worker;operator;*_[i];RegExp:[&<>] 1
$top;JavaCalls::call_helper;java/io/FileOutputStream:::writeBytes;LBusy:::run_[i];native_safe_halt 10" \
	"commands, functions, counts"
is "$status" 0 "exit status"
like "$stderr" '*only samples of the event cycles are counted' "other events are told"
run perftop flame fold --all --tid --addrs "$PT_TMP/whole.txt"
top='java-24636/25607;[unknown <7ffc71ee9580>];[libpthread-2.15.so <7f72432b4e9a>]'
top+=';net/http.(*Client).Do;std::(anonymous namespace)::run;JavaCalls::call_helper'
is "$stdout" "V8_Worker-?/25607;operator;*_[i];RegExp:[&<>]_[j] 1
$top;java/io/FileOutputStream:::writeBytes_[j];LBusy:::run_[i];native_safe_halt_[k] 10" \
	"marks, threads, addresses"
run perftop flame fold --pid --kernel --event-filter faults "$PT_TMP/whole.txt"
is "$stdout" 'java-24636;touch 5' "another event, processes"
run perftop flame fold --no-tidy --jit "$PT_TMP/whole.txt"
like "$stdout" '*RegExp:\[&<>"'"'"'\]_\[j\] 1*call_helper(JavaValue\*, Thread\*);*' "names as they are"
is "$(grep -c '_\[k\]' <<<"$stdout")" 0 "only the marks that are asked for"

# A sample that does not end does not count; what is there is printed, and said to be cut.
run perftop flame fold "$PT_TMP/java.txt"
is "$(grep -c never <<<"$stdout")" 0 "a stack without its end is left out"
printf 'a 1 2.0: cycles: \n\tff01 main (/a)\n\nab 1 2.0: 3 cycles: \n\tff01 main (/a)\n\nab 1 2.1: 4 cycles: \n\tff01 ma' \
	>"$PT_TMP/cut.txt"
run perftop flame fold "$PT_TMP/cut.txt"
is "$status $stdout" "0 ab;main 3" "cut within a line"
like "$stderr" '*cut.txt:8:*ends within a line*' "and said so"

# Source lines.
cat >"$PT_TMP/lines.txt" <<'TEXT'
sorter 3264 24939.267349:     667783 cycles: 
	          408ebb work+0x8b (/usr/bin/sorter)
  sorter.cpp:300
	ffffffff814f9302 up_write+0x32 ([kernel.kallsyms])
  [kernel.kallsyms][ffffffff814f9302]
	    7ffc71ee9580 [unknown] ([unknown])

TEXT
run perftop flame fold --srcline "$PT_TMP/lines.txt"
is "$stdout" 'sorter;[unknown];up_write;work:sorter.cpp:300 667783' "source lines"

# Several files are one; pipes and packed files are files.
run perftop flame fold "$PT_TMP/whole.txt" "$PT_TMP/lines.txt" "$PT_TMP/whole.txt"
is "$(grep -o '[0-9]*$' <<<"$stdout" | tr '\n' ' ')" "2 20 667783 " "files are added up"
is "$(perftop flame fold --srcline - <"$PT_TMP/lines.txt" | grep -c '^sorter')" 1 "from a pipe"
is "$(gzip -c "$PT_TMP/lines.txt" | perftop flame fold --srcline - | grep -c '^sorter')" 1 "packed, from a pipe"
run perftop flame fold "$fixtures/dtrace-kernel.txt"
like "$stdout" '*;libc.so.1`__open;unix`sys_syscall;genunix`gethrtime_unscaled 884*' "DTrace"
run perftop flame fold "$fixtures/bpftrace-stacks.txt"
is "$status" 0 "bpftrace"

# perf.data has kinds where the collapser has marks.
run perftop flame fold "$fixtures/perf_data-fp.data"
is "$(grep -c '_\[k\]' <<<"$stdout")" 0 "perf.data: no marks"
plain=$stdout
run perftop flame fold --all "$fixtures/perf_data-fp.data"
is "$(LC_ALL=C sort <<<"${stdout//_\[k\]/}")" "$(LC_ALL=C sort <<<"$plain")" \
	"perf.data: marks, and nothing else, with --all"
[ "$(grep -c '_\[k\]' <<<"$stdout")" -gt 0 ]
ok $? "perf.data: functions of the kernel"

# What goes wrong.
run perftop flame fold
is "$status" 2 "no file"
run perftop flame fold "$PT_TMP/none.txt"
is "$status" 2 "no such file"
like "$stderr" '*none.txt*' "it is named"
echo 'neither this nor that' >"$PT_TMP/text.txt"
run perftop flame fold "$PT_TMP/text.txt"
is "$status" 2 "no profile"
run perftop flame fold --from perf_script "$PT_TMP/text.txt"
is "$status" 2 "not of this format"
like "$stderr" '*text.txt:1: *expected *' "file, line, what and what was expected"
run perftop flame fold --wrong "$PT_TMP/whole.txt"
is "$status" 2 "an unknown option"
if [ -c /dev/full ]; then
	perftop flame fold "$PT_TMP/whole.txt" >/dev/full 2>"$PT_TMP/stderr"
	is "$?" 3 "a full disk"
	like "$(cat "$PT_TMP/stderr")" '*cannot write*' "is told"
else
	skip "a full disk" "no /dev/full"
fi
set -o pipefail
perftop flame fold "$fixtures/perf_script-kernel.txt" 2>"$PT_TMP/stderr" | head -c 1 >/dev/null
[ $? -le 141 ] && ! grep -q Sanitizer "$PT_TMP/stderr"
ok $? "a reader that goes away"
set +o pipefail

# addr2line, where it can be asked.
if command -v cc >/dev/null && command -v addr2line >/dev/null && command -v nm >/dev/null; then
	cat >"$PT_TMP/inl.c" <<'C'
static inline __attribute__((always_inline)) int twice(int x) { return x * 2 + 1; }
__attribute__((noinline)) int work(volatile int *x) { return twice(*x); }
int main(void) { volatile int x = 1; return work(&x) != 3; }
C
	(cd "$PT_TMP" && cc -g -O1 -no-pie -o inl inl.c) || exit 99
	at=$(nm "$PT_TMP/inl" | sed -n 's/^0*\([0-9a-f]*\) T work$/\1/p')
	printf 'inl 7 1.5: 1 cycles: \n\t %s work+0x0 (%s)\n\t 7f0000000003 work+0x2 (%s)\n\t 1 gone (/nowhere)\n\n' \
		"$at" "$PT_TMP/inl" "$PT_TMP/inl" >"$PT_TMP/inl.txt"
	run perftop flame fold --inline "$PT_TMP/inl.txt"
	like "$stdout" 'inl;gone;work*;work* 1' "inlined functions"
	run perftop flame fold --inline --context "$PT_TMP/inl.txt"
	like "$stdout" 'inl;gone;work:inl.c:2*;work:inl.c:2* 1' "and their lines"
	samples=("$PT_TMP/inl.txt")
else
	skip "inlined functions" "no cc, addr2line, nm"
	skip "and their lines" "no cc, addr2line, nm"
	samples=()
fi

# The other program itself: the same bytes of everything.
perl=$(PATH=${FLAMEGRAPH_DIR:+$FLAMEGRAPH_DIR:}$PATH command -v stackcollapse-perf.pl)
if [ -z "$perl" ]; then
	skip "as stackcollapse-perf.pl" "it is neither in FLAMEGRAPH_DIR nor in PATH"
else
	samples+=("$PT_TMP"/{whole,java,lines}.txt)
	own=("${samples[@]}")
	samples+=("$fixtures"/perf_script-*.txt)
	for file in "${FLAMEGRAPH_DIR:-${perl%/*}}"/test/perf-*.txt; do
		[ -e "$file" ] && samples+=("$file")
	done
	options=("" --pid --tid --kernel --jit --all --addrs --srcline "--all --tid --addrs"
		--event-filter=cycles --inline "--inline --context")
	for option in "${options[@]}"; do
		differ=
		[ "$option" != --inline ] || samples=("${own[@]}") # addr2line takes its time
		for file in "${samples[@]}"; do
			# shellcheck disable=SC2086 # a list
			cmp -s <("$perl" $option "$file" 2>/dev/null) \
				<(perftop flame fold --from perf_script $option "$file" 2>/dev/null) ||
				differ+=" $file"
		done
		is "$differ" "" "as stackcollapse-perf.pl: ${option:-no option}, ${#samples[@]} texts"
	done
fi
finish
