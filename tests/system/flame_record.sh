#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# flame record: what it takes, what it writes, and programs of other languages. A program says itself
# what share of its CPU time was whose, of rounds that took at most twice the usual (what is taken from
# a virtual machine counts as a round's time, and is not sampled). It is their sum, not the usual share:
# what else a processor does slows one function more than the other. 5 points are four standard errors
# of 1500 samples.
. "$PT_SRCDIR/tests/tap.sh"
cd "$PT_TMP" || exit 99

# ---- usage ----

run perftop flame record
is "$status" 2 "nothing to sample: usage"
like "$stderr" "*one of --pid PID, --cgroup PATH, --all, -- COMMAND*" "and what there is"
run perftop flame record --pid 1 --all
is "$status" 2 "two things to sample"
run perftop flame record true
is "$status" 2 "a command without --"
like "$stderr" "*perftop flame record -- true*" "is told how"
run perftop flame record 4711
like "$status $stderr" "2 *perftop flame record --pid 4711*" "and so is a process without --pid"
run perftop flame record --pid 0
is "$status" 2 "--pid 0"
run perftop flame record --hz 0 -- true
is "$status" 2 "--hz 0"
run perftop flame record --unwind orc -- true
like "$status $stderr" "2 *expected fp, dwarf or auto*" "--unwind orc"
run perftop flame record --duration x -- true
is "$status" 2 "--duration x"
run perftop flame record --off-cpu --faults -- true
is "$status" 2 "two events"
run perftop flame record -o out.nonsense -- true
like "$status $stderr" "2 *tells no format*" "an ending that tells nothing"
run perftop flame record --to nonsense -- true
is "$status" 2 "no such format"
run perftop flame record --width 5 -- true
like "$status $stderr" "2 *--width: expected 20 to 100000, got '5'*" "--width 5"
run perftop flame record -o nowhere/out.svg -- touch was-run
like "$status $stderr" "3 *nowhere/out.svg: cannot write: there is no such folder*" "an output that cannot be written"
[ ! -e was-run ]
ok $? "is told before anything runs"
run perftop flame record --pid 2147483646
like "$status $stderr" "3 *no process 2147483646*" "no such process"
run perftop flame record --cgroup /no/such/group
like "$status $stderr" "3 *no cgroup*" "no such cgroup"
run perftop flame record --event no-such-event -- true
like "$status $stderr" "3 *no event no-such-event*" "no such event"
run perftop flame record --event alignment-faults -- true
like "$status $stderr" "0 *0 samples*the event did not come*" "an event that does not happen"
run perftop flame record -- ./no-such-command
like "$status $stderr" "3 *./no-such-command: No such file*" "no such command"

# ---- commands ----

run perftop flame record -- sh -c 'exit 7'
is "$status" 7 "the command's exit status"
run perftop flame record -- sh -c 'kill -TERM $$'
is "$status" 143 "or 128 + the signal"
run perftop flame record -o out.folded -- echo its own
is "$status $stdout" "0 its own" "its output is its own"
export PT_OWN=ours
run perftop flame record -- sh -c 'echo "aside $PT_OWN"'
like "$stderr" "*aside ours*" "but goes to stderr while stdout has the profile; its environment is ours"
[[ $stdout != *aside* ]]
ok $? "and not to stdout"
[ -f out.folded ]
ok $? "--output writes a file"
run perftop flame record --to text -- sh -c ':'
like "$stdout" "*live: pid*FUNCTION*" "--to text"
run perftop flame record --to text --width 40 --inverted -- sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done'
is "$(sed -n 3,6p <<<"${stdout//[▏…]/|}" | awk 'length > m { m = length } END { print(m <= 40) }')" 1 "--width"
[[ $(sed -n 4p <<<"$stdout") != ?sh\ [0-9]* ]]
ok $? "--inverted: not the command first"

# A command that goes on is ended with the recording.
run perftop flame record --duration 0.2 -- sleep 60
is "$status" 0 "--duration ends it: that is success"
perftop flame record -o int.folded -- sleep 60 2>int.err &
pid=$!
for _ in {1..600}; do
	pgrep -P $pid sleep >"$PT_TMP/found" && break
	sleep 0.05
done
kill -INT $pid
wait $pid
is "$?" 143 "an interrupt ends it"
[ -f int.folded ]
ok $? "and still writes"

# ---- shares ----

# shares FILE HEAVY LIGHT EXPECTED: of the weights below two functions; within 5 points, or four
# standard errors where a busy machine took few samples.
shares() {
	awk -v heavy="$2" -v light="$3" -v expected="$4" '
		$0 ~ heavy { h += $NF }
		$0 ~ light { l += $NF }
		END {
			n = h + l
			share = n ? h / n : 0
			error = n ? 4 * sqrt(expected * (1 - expected) / n) : 0
			if (error < 0.05)
				error = 0.05
			printf "# %d samples, %.3f of %.3f\n", n, share, expected
			exit !(n >= 50 && share > expected - error && share < expected + error)
		}' "$1"
}

# spins FILE HEAVY LIGHT COMMAND...: it is recorded, and its shares are as it says; one time of two.
spins() {
	for _ in 1 2; do
		run perftop flame record --hz 5000 -o "$1" -- "${@:4}"
		[ "$status" -eq 0 ] && shares "${@:1:3}" "$stdout" && return 0
	done
	return 1
}

home=$(getent passwd "$(id -u)" | cut -d: -f6)
[ ! -d "$home/.rustup" ] || export RUSTUP_HOME=${RUSTUP_HOME:-$home/.rustup}
if command -v rustc >/dev/null; then
	cat >spin.rs <<'RUST'
/* std::hint has it since Rust 1.66. */
fn black_box<T: Copy>(value: T) -> T { unsafe { std::ptr::read_volatile(&value) } }
extern "C" { fn clock_gettime(clock: i32, time: *mut [i64; 2]) -> i32; }
fn used() -> f64 { let mut t = [0i64; 2]; unsafe { clock_gettime(3, &mut t); } t[0] as f64 + t[1] as f64 * 1e-9 }
mod deep {
    pub struct Work<T>(pub T);
    impl<T: Into<f64> + Copy> Work<T> {
        #[inline(never)] pub fn heavy(&self, n: u64) -> f64 { let mut s = 0.0; for i in 0..n { s += super::black_box(i as f64) * self.0.into(); } s }
        #[inline(never)] pub fn light(&self, n: u64) -> f64 { let mut s = 0.0; for i in 0..n { s += super::black_box(i as f64) / self.0.into(); } s }
    }
}
fn main() {
    let (work, mut s, begin, mut rounds) = (deep::Work(0.5f32), 0.0, used(), vec![]);
    while used() - begin < 1.0 {
        let t0 = used(); s += work.heavy(70000);
        let t1 = used(); s += work.light(30000);
        let t2 = used(); rounds.push((t2 - t0, t1 - t0));
    }
    black_box(s);
    rounds.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let most = 2.0 * rounds[rounds.len() / 2].0;
    let sum = rounds.iter().filter(|r| r.0 <= most).fold((0.0, 0.0), |a, r| (a.0 + r.0, a.1 + r.1));
    println!("{}", sum.1 / sum.0);
}
RUST
	if rustc -O -C force-frame-pointers=yes -o spin spin.rs 2>rustc.err; then
		spins rust.folded 'Work<T>::heavy' 'Work<T>::light' ./spin
		ok $? "a Rust program: functions by name, without hashes, with their shares"
	else
		skip "a Rust program" "rustc does not compile: $(head -n 1 rustc.err)"
	fi
else
	skip "a Rust program" "rustc is not installed"
fi

if command -v node >/dev/null; then
	cat >spin.js <<'JS'
let sink = 0;
function heavy(n) { for (let i = 0; i < n; i++) sink += Math.sqrt(i) * 0.5; }
function light(n) { for (let i = 0; i < n; i++) sink += Math.sqrt(i) * 0.25; }
function timed(work, n) {
  const before = process.cpuUsage();
  work(n);
  const used = process.cpuUsage(before);
  return used.user + used.system;
}
const rounds = [];
for (let spent = 0; spent < 1000000;) {
  const h = timed(heavy, 350000), l = timed(light, 150000);
  rounds.push({ all: h + l, heavy: h });
  spent += h + l;
}
const most = 2 * rounds.sort((a, b) => a.all - b.all)[rounds.length >> 1].all;
const sum = (key) => rounds.filter((r) => r.all <= most).reduce((s, r) => s + r[key], 0);
console.log(sum('heavy') / sum('all'));
JS
	spins node.folded 'JS:[*~^+]*heavy ' 'JS:[*~^+]*light ' \
		node --perf-basic-prof --no-use-osr spin.js
	ok $? "node --perf-basic-prof: functions of JavaScript by name, with their shares"
	run perftop flame record --hz 5000 -o unnamed.folded -- node --no-use-osr spin.js
	like "$stderr" "*% are in code that no file has*--perf-basic-prof*" "without it: how to get names"
else
	skip "node --perf-basic-prof" "node is not installed"
fi

# ---- one beginning ----

# begins FILE FRAME...: at least 95 % of a program's own samples begin with one of these, each with 20 % of
# them; else with one alone. What runs before main, and the kernel's exec, is not the program's own.
begins() {
	awk -v frames="${*:2}" '
		{ n = $NF; sub(/ [0-9]+$/, ""); split($0, at, ";") }
		at[2] == "" || at[2] ~ /_\[k\]$/ || at[2] ~ /^_dl_/ { next }
		{ of[at[2]] += n; all += n }
		END {
			wanted = split(frames, frame, " ")
			for (name in of) {
				printf "# %s %d\n", name, of[name]
				most = of[name] > most ? of[name] : most
			}
			for (i = 1; i <= wanted; i++) {
				sum += of[frame[i]]
				few = few || of[frame[i]] < 0.2 * all
			}
			exit !(all >= 50 && !few && (wanted ? sum : most) >= 0.95 * all)
		}' "$1"
}

cat >spin.c <<'C'
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
static volatile double sink;
static double used(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
static void __attribute__((noinline)) leaf(int n) { while (n--) sink += n * 0.5; }
/* Now beyond and now within what a sampler copies of the stack. */
static void __attribute__((noinline)) deep(int n)
{
	volatile char room[200];
	room[0] = (char)n;
	leaf(3000);
	if (n)
		deep(n - 1);
	sink += room[0];
}
static void *work(void *arg)
{
	while (used(CLOCK_THREAD_CPUTIME_ID) < 0.6)
		deep(20);
	return arg;
}
int main(void)
{
	pthread_t thread;
	if (pthread_create(&thread, NULL, work, NULL))
		return 1;
	while (used(CLOCK_THREAD_CPUTIME_ID) < 0.6)
		deep(20);
	return pthread_join(thread, NULL);
}
C
if ${PT_CC:-cc} -O1 -fno-omit-frame-pointer -pthread -o spin spin.c 2>cc.err; then
	run perftop flame record --hz 2000 -o begun.folded -- ./spin
	is "$status" 0 "a program of two threads, --unwind auto"
	if [[ $stderr == *"states in /proc"* ]]; then
		skip "stacks begin with main" "no stacks can be had here"
	else
		begins begun.folded main work
		ok $? "its stacks begin with main and with the thread's function"
	fi
	strip spin
	run perftop flame record --hz 2000 --unwind auto -o begun.folded -- ./spin
	if [[ $stderr == *"states in /proc"* ]]; then
		skip "stacks without symbols" "no stacks can be had here"
	else
		begins begun.folded "[spin]"
		ok $? "without symbols: with what the program has of its own"
	fi
else
	skip "stacks begin with main" "no compiler: $(head -n 1 cc.err)"
fi
run perftop flame record --hz 2000 -o begun.folded -- sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done'
begins begun.folded
ok $? "a shell: one beginning"
# The kernel counts a command before it tells its name; here each step begins and ends processes.
run perftop flame record --hz 5000 -o forked.folded -- \
	sh -c 'i=0; while [ $i -lt 50 ]; do (:); env true; i=$((i + 1)); done'
[ -s forked.folded ] && ! grep -q '^:' forked.folded
ok $? "each process has its name from the first sample on"

# ---- a cgroup, the machine ----

group=
while read -r _ mount type _; do
	[ "$type" = cgroup2 ] && mkdir "$mount/perftop-test-$$" 2>"$PT_TMP/refused" &&
		group=$mount/perftop-test-$$ && break
done </proc/self/mounts
if [ -n "$group" ]; then
	sh -c "echo \$\$ >$group/cgroup.procs && while :; do :; done" 2>/dev/null &
	pid=$!
	run perftop flame record --cgroup "$group" --hz 500 --duration 0.5
	if [ "$status" -eq 0 ]; then
		# The kernel may count a moment of the task that ran before.
		awk '{ all += $NF } /^sh;/ { sh += $NF } END { exit !(sh > 0 && sh + 5 > 0.95 * all) }' \
			<<<"$stdout"
		ok $? "a cgroup: what is in it, and nothing else"
	else
		skip "a cgroup" "$stderr"
	fi
	kill $pid
	wait $pid 2>/dev/null
	rmdir "$group"
else
	skip "a cgroup" "no cgroup of version 2 can be made here"
fi
sh -c 'while :; do :; done' &
pid=$!
run perftop flame record --all --threads --hz 200 --duration 0.5
kill $pid
wait $pid 2>/dev/null
if [ "$status" -eq 0 ]; then
	like "$stdout" "*sh-*;*" "--all --threads"
else
	skip "--all" "$stderr"
fi
finish
