#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# flame: profiles of every kind are opened and written in every form, differences are told, and bad
# input gets a clear word.
. "$PT_SRCDIR/tests/tap.sh"
cd "$PT_TMP" || exit 99
fixtures=$PT_SRCDIR/tests/fixtures/profile

cat >was.folded <<'FOLDED'
main;parse;hash 1000
main;parse 3000
main;write 6000
FOLDED
cat >now.folded <<'FOLDED'
main;parse;hash 4000
main;parse 6000
main;write 10020
main;new 2
FOLDED

# ---- as text, where no terminal is ----
run perftop flame now.folded
is "$status $stderr" "0 " "a profile is printed as text"
like "$stdout" 'now.folded: 20,022 samples*all 100.0 %*main 100.0 %*parse*hash*SELF %*write*' \
	"what it is, the graph, the functions"
is "$(perftop flame - <now.folded | sed 1d)" "$(sed 1d <<<"$stdout")" "standard input as -"
is "$(gzip -c now.folded | perftop flame - | sed 1d)" "$(sed 1d <<<"$stdout")" "packed, from a pipe"
run perftop flame --width 40 now.folded
is "$(sed -n 3,6p <<<"${stdout//▏/|}" | awk 'length > m { m = length } END { print(m <= 40) }')" 1 "--width"
run perftop flame --inverted now.folded
like "$stdout" '*write*parse*hash*' "--inverted: functions by their own weight"

# ---- formats ----
run perftop flame --formats
is "$status" 0 "--formats"
like "$stdout" "*pprof *?.pprof .pb.gz?*" "with the endings of what is written"
for format in folded perf_script perf_data pprof speedscope callgrind; do
	like "$stdout" "*$format*" "$format is listed"
done
for end in svg html folded txt; do
	run perftop flame -o "out.$end" now.folded
	is "$status $stdout $stderr" "0  " "written: $end"
	[ -s "out.$end" ]
	ok $? "there is an out.$end"
done
is "$(cat out.folded)" "$(LC_ALL=C sort now.folded)" "folded stays what it was"
like "$(cat out.svg)" '<svg*hash (4,000 samples, 19.98%)*</svg>*' "SVG says names and shares"
if command -v python3 >/dev/null; then
	python3 -c 'import sys, xml.dom.minidom as d; d.parse(sys.argv[1])' out.svg
	ok $? "SVG is XML"
else
	skip "SVG is XML" "no python3"
fi
like "$(cat out.html)" '<!DOCTYPE html>*<svg*<table>*hash*</html>*' "HTML has graph and table"
run perftop flame --to folded now.folded
is "$stdout" "$(cat out.folded)" "--to without --output"
is "$(perftop flame -o - --to folded now.folded)" "$stdout" "--output -"
for end in svg html; do
	run perftop flame fold out.$end
	is "$status $stdout" "0 $(cat out.folded)" "every stack is read back from .$end"
done
n=0
for file in "$fixtures"/*-*; do
	if ! perftop flame --to folded "$file" >all.txt 2>err.txt || ! [ -s all.txt ]; then
		note "$(basename "$file"): $(cat err.txt)"
		n=$((n + 1))
	fi
done
is "$n" 0 "every fixture is read by what it holds"
printf 'main;<b>&"\033[31mred\n 5\n' >hostile.folded
run perftop flame --to svg hostile.folded
is "$(grep -c '<b>' <<<"$stdout")$(grep -c $'\033' <<<"$stdout")" 00 "hostile names stay text in SVG"
run perftop flame hostile.folded
is "$(grep -c $'\033' <<<"$stdout")" 0 "hostile names stay text on a terminal"

# ---- differences ----
run perftop flame --base was.folded --to folded now.folded
is "$stdout" "main;new 0 2
main;parse 3000 6000
main;parse;hash 1000 4000
main;write 6000 10020" "--base: both counts"
perftop flame --base was.folded -o difference.svg now.folded
is "$(perftop flame fold difference.svg)" "$stdout" "both counts are read back from a picture"
like "$(<difference.svg)" '*>now.folded against was.folded – *' "which is named by both"
run perftop flame --base was.folded now.folded
like "$stdout" '*hash +10.0*' "--base as text: changes in points"
run perftop flame diff was.folded now.folded
is "$status $stderr" "0 " "diff"
like "$stdout" 'was.folded -> now.folded: 2 functions changed beyond chance, by self*
*10.00*19.98*+9.98*hash*' "which, from what to what"
is "$(grep -c ' new$' <<<"$stdout")" 0 "two samples are no evidence"
run perftop flame diff --all was.folded now.folded
like "$stdout" '*~*new*' "--all tells also what may be chance"
run perftop flame diff --json --top 1 was.folded now.folded
like "$stdout" '{*"base": {*"name": "was.folded"*"samples": 10000*"by": "self"*"changed": 2*"functions": \[*"change_points": *"significant": true*}*' "diff --json"
is "$(grep -c '"function"' <<<"$stdout")" 1 "--top"
# A caller that grew in many callees, each within chance.
for side in was now; do
	[ $side = was ] && each=20 || each=32
	awk -v n="$each" 'BEGIN { for (i = 0; i < 40; i++) print "main;parse;f" i, n
		print "main;write", 4000 }' >wide-$side.folded
done
run perftop flame diff wide-was.folded wide-now.folded
like "$stdout" '* by self*' "by self"
run perftop flame diff --by total wide-was.folded wide-now.folded
like "$stdout" '*parse*' "--by total names the caller"
run perftop flame diff --fail-above 5 was.folded now.folded
is "$status $stderr" "1 perftop flame diff: hash grew by +9.98 points, more than 5" \
	"--fail-above: a function grew by more, which one"
for format in pprof speedscope svg; do
	for side in was now; do
		run perftop flame --to $format -o $side.$format $side.folded
	done
	run perftop flame diff --fail-above 5 was.$format now.$format
	is "$status" 1 "$format keeps how many samples there were"
done
run perftop flame diff --fail-above 15 was.folded now.folded
is "$status" 0 "--fail-above: none did"
printf 'main;a 5000000000\nmain;b 1000000000\n' > ns.folded
run perftop flame diff --fail-above 5 ns.folded now.folded
is "$status" 3 "--fail-above: of weights that are no samples nothing is judged"
run perftop flame diff --fail-above 10.1 now.folded was.folded
is "$status" 0 "what shrank does not fail"

for unit in bytes nanoseconds; do
	cat >$unit.json <<JSON
{"\$schema": "https://www.speedscope.app/file-format-schema.json", "shared": {"frames": [{"name": "a"}]},
 "profiles": [{"type": "sampled", "name": "x", "unit": "$unit", "startValue": 0, "endValue": 5,
 "samples": [[0]], "weights": [5]}]}
JSON
done
for how in "flame diff" "flame --base"; do
	# shellcheck disable=SC2086 # words of a command
	run perftop $how bytes.json nanoseconds.json
	like "$status $stderr" "0 *bytes.json measures x ?bytes? and nanoseconds.json x ?time?: --value chooses*" \
		"$how: of different things, that is told"
done
run perftop flame diff was.folded bytes.json
is "$stderr" "" "of what nobody knows, nothing is"

# ---- what bad input gets ----
run perftop flame none.folded
is "$status" 2 "no such file"
like "$stderr" 'perftop flame: none.folded: *No such file*' "which, and why"
run perftop flame recrod
like "$status $stderr" '2 *recrod: no such file; is `perftop flame record` meant?*' "a slip of a command"
run perftop flame 4711
like "$status $stderr" '2 *4711: no such file; `perftop flame record --pid 4711`*' "a process"
run perftop flame ""
is "$status" 2 "no name at all"
run perftop flame "$(command -v sh)"
like "$status $stderr" "2 */sh: a program, expected a profile; perftop flame record -- *" "a program"
mkdir none
run perftop flame none
like "$status $stderr" "2 *none: no profile in this folder, expected one of: *" "a folder without one"
printf 'main;work\nmain\n' >uncounted.folded
run perftop flame uncounted.folded
like "$status $stderr" '2 *uncounted.folded:1: no count, expected "frame;frame count"*' "stacks without counts"
run perftop flame --value nothing now.folded
like "$status $stderr" '0 *no value "nothing" in it, only samples*' "a value that is not there is told"
run perftop flame "$PT_SRCDIR/COPYING"
is "$status" 2 "no profile"
like "$stderr" '*COPYING: no profile that is known here, expected one of: *folded*' "what it could be"
for one in "1 (cat) R 0 1 1 0" "0.00 0.01 0.05 1/99 4711" "main 5"; do
	echo "$one" >line
	run perftop flame line
	is "$status" 2 "a line that ends in a number is no stack: $one"
done
cp line line.folded
is "$(perftop flame fold line.folded)" "main 5" "but it is where the file is called so"
is "$(perftop flame fold --from folded line)" "main 5" "or --from says it"
: >empty
run perftop flame empty
is "$status" 2 "empty"
like "$stderr" '*empty: is empty, expected a profile*' "empty is said"
gzip -c now.folded | head -c 60 >cut.gz
run perftop flame cut.gz
like "$status $stderr" '[02] perftop flame: cut.gz*' "broken gzip is told"
run perftop flame --from nothing now.folded
is "$status" 2 "--from: no such format"
run perftop flame --to nothing now.folded
is "$status" 2 "--to: no such format"
run perftop flame -o out.xyz now.folded
is "$status" 2 "--output: an ending that says nothing"
run perftop flame --value nothing "$fixtures/pprof-go-heap.pb.gz"
is "$status" 2 "--value: no such value"
like "$stderr" '*alloc_space*' "--value: the message lists them"
run perftop flame --max-memory 10 now.folded
is "$status" 2 "--max-memory: too little"
run perftop flame was.folded now.folded
is "$status" 2 "two files"
like "$stderr" '*--base*' "what to do with two"
run perftop flame
is "$status" 2 "no file and no terminal"
run perftop flame -o /nowhere/out.svg now.folded
like "$status $stderr" "3 */nowhere/out.svg: cannot write: there is no such folder*" "cannot be written"
awk 'BEGIN { for (i = 0; i < 30000; i++) printf "f;"; print "g 5" }' >deep.folded
run perftop flame --to svg deep.folded
is "$status" 0 "a stack of 30,000 frames"
awk 'BEGIN { for (i = 0; i < 300000; i++) print "main;f" i ";g" i " 1" }' >wide.folded
run perftop flame --max-memory 4M wide.folded
is "$status" 0 "more than --max-memory: what fitted is shown"
like "$stderr" '*wide.folded:*4 MiB*what was read before*' "and that it is not all"
for side in 1 2; do
	awk -v s=$side 'BEGIN { for (i = 0; i < 12000; i++) print "main;f" i ";g" i * s " 1" }' >half-$side.folded
done
for how in "flame diff" "flame fold" "flame --base half-2.folded"; do
	files=half-1.folded
	[[ $how == *--base* ]] || files+=" half-2.folded"
	# shellcheck disable=SC2086
	run perftop $how --max-memory 3M $files
	like "$status $stderr" "3 *together exceed --max-memory" "$how: each fits, both do not"
done
finish
