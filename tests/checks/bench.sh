#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The instruments of bench/ measure what they say, on a program whose cost is known.
. "$PT_SRCDIR/tests/tap.sh"
python3 -c '' 2>/dev/null || skip_all "python3 is not installed"
bench=$PT_SRCDIR/bench

figure() { # NAME: of the last run, whole part
	sed -n "s/^$1  *\([0-9,]*\).*/\1/p" <<<"$stdout" | tr -d ,
}

# 1,000 bytes ten times a second, an answer to each key, then gone at a q.
cat >"$PT_TMP/known" <<'EOS'
#!/usr/bin/env python3
import select, sys, termios, tty
tty.setcbreak(0)
print("\033[?1049h", "x" * 100, flush=True)
while True:
    if select.select([0], [], [], 0.1)[0]:
        key = sys.stdin.read(1)
        if key == "q":
            break
        print("key", key, flush=True)
    else:
        print("x" * 998, flush=True)
EOS
chmod +x "$PT_TMP/known"

run "$bench/tuibench" --seconds 2 --keys j,k --presses 9 -- "$PT_TMP/known"
is "$status" 0 "tuibench measures a program"
note "$stdout$stderr"
bytes=$(figure bytes)
[ "${bytes:-0}" -ge 1000 ] && [ "$bytes" -le 11000 ]
ok $? "bytes a second: $bytes of 10,000 at most"
key=$(figure key_p50)
[ "${key:-100}" -lt 100 ]
ok $? "a key is answered before the next refresh: $key ms"
like "$stdout" "*ended *quit*left_on *alternate-screen*" "it quit, and left a mode on"

run "$bench/tuibench" --seconds 0.1 -- true
is "$status" 1 "a program that shows nothing is a failed measurement"
run "$bench/tuibench" --seconds 0.1 -- "$PT_TMP/missing"
like "$stderr" '*not found*' "so is one that is not there"

run "$bench/run" --list
is "$status" 0 "bench/run lists its figures"
is "$(wc -l <<<"$stdout")" "$(grep -c '^    Row(' "$bench/run")" "all of them"
run "$bench/run" --only '('
is "$status" 2 "bench/run refuses what is no pattern"
run "$bench/run" --only 'wake-ups' -- "$PT_TMP/missing"
is "$status" 1 "bench/run needs a program"
finish
