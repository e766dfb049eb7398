#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Flame graphs of benchmarks: a suite is sampled in launches of their own, its stacks are kept, and a
# slow-down is told with the function that grew; so is what bisect finds.
. "$PT_SRCDIR/tests/tap.sh"
cd "$PT_TMP" || exit 99
command -v "${PT_CC%% *}" >/dev/null || skip_all "no C compiler"
export PERFTOP_LOCK=$PT_TMP/lock GIT_CONFIG_NOSYSTEM=1
mkdir -p project/.performance && cd project || exit 99
git init -q
git config user.name test
git config user.email test@example.org

# hash's share of the work follows the second number; time is made up, so that noise is none.
cat >work.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
static volatile unsigned long sink;
__attribute__((noinline)) void hash(long n) { for (long i = 0; i < n; i++) sink += (unsigned long)(i * i); }
__attribute__((noinline)) void parse(long n) { for (long i = 0; i < n; i++) sink ^= (unsigned long)i; }
static double cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
int main(int argc, char **argv)
{
	double end = cpu() + (argc > 2 ? atof(argv[2]) : .1);
	while (cpu() < end)
		for (int i = 0; i < 10; i++)
			i < atoi(argv[1]) ? hash(20000) : parse(20000);
	printf("parse: %d ms\n", 100 + 40 * atoi(argv[argc - 1]));
	return 0;
}
C
# shellcheck disable=SC2086 # a command with flags
$PT_CC -O1 -fno-omit-frame-pointer -o ../work work.c || skip_all "the compiler does not make programs"
cat >.performance/benchmarks.json <<'JSON'
{ "suites": [ { "name": "parser", "command": ["sh", "run"], "repeats": 2, "parser": "plain" } ] }
JSON
set_level() { # N SUBJECT
	echo "exec ../../../work $1" >run
	sed -i "s#\.\./\.\./\.\./work#$PT_TMP/work#" run
	git add -A && git commit -q --allow-empty -m "$2"
}

set_level 2 "first"
perftop flame record --duration 0.1 -o probe.folded -- true >probe.txt 2>&1
case $? in
3) skip_all "nothing can be sampled here: $(head -n 1 probe.txt)" ;;
esac
grep -q "stacks by ptrace\|states in /proc" probe.txt && skip_all "a few samples a second are too few"
rm -f probe.folded probe.txt

run perftop bench run --trust --flame
is "$status" 0 "bench run --flame"
like "$stdout" '*parser: profile kept (* samples, *)*' "what was kept, and how it was sampled"
is "$(grep -c 'parser [0-9]:' <<<"$stdout")" 2 "the sampled launches are no runs"

set_level 6 "hash more"
run perftop bench run --trust --flame
like "$stdout" '*; since parser@* these functions grew:*hash +*points, from * to * % (* sigma)*' \
	"the function that grew is named"
is "$(grep -c 'parse +' <<<"$stdout")" 0 "what shrank is not"

run perftop bench run --trust --flame --json
like "$stdout" '{*"suites":*}' "--json stays one document"
like "$stderr" '*profile kept*' "and the profile is told on stderr"

echo "exec $PT_TMP/work 1" >run
run perftop bench run --trust --flame
like "$stdout" "*; since parser@$(git rev-parse --short=12 HEAD) these functions grew:*parse +*" \
	"what is not committed yet is compared with its commit"
# Less of it than in the commit before, more than in what was not committed.
set_level 5 "third"
run perftop bench run --trust --flame
is "$(grep -c 'hash +' <<<"$stdout")" 0 "and is no commit that others are compared with"
run perftop bisect --trust --flame --good HEAD~2 parse
is "$status" 0 "bisect --flame"
like "$stdout" '*hash more*functions that grew:*hash +*' "the culprit, and the function that grew"

# The gate says it as well.
set_level "2 0.05 2" "fourth"
perftop bench run --trust --flame --repeats 6 >/dev/null 2>&1
set_level "6 0.05 6" "fifth"
perftop bench run --trust --flame --repeats 6 >/dev/null 2>&1
run perftop check --baseline "$(git rev-parse HEAD~1)"
like "$status $stdout" "1 *note: suite parser: since parser@$(git rev-parse --short=12 HEAD~1) grew: hash +*" \
	"check notes what grew in a suite that has become slower"
run perftop check --baseline "$(git rev-parse HEAD)" --candidate "$(git rev-parse HEAD~1)"
is "$status $(grep -c grew: <<<"$stdout")" "0 0" "not of one that has not, or of another commit"

# Short launches: each is seen from its first instruction on, and there are as many as samples need.
cat >.performance/benchmarks.json <<JSON
{ "suites": [ { "name": "a", "command": ["$PT_TMP/work", "5", "0.1"], "repeats": 1, "parser": "plain" },
	      { "name": "b", "command": ["$PT_TMP/work", "5", "0.1"], "repeats": 1, "parser": "plain" },
	      { "name": "c", "command": ["$PT_TMP/work", "5", "0.01"], "repeats": 1, "parser": "plain" } ] }
JSON
run perftop bench run --trust --flame
is "$status" 0 "launches of 100 ms and less"
is "$(sed -n 's/^\([abc]\): profile kept (\([0-9]*\) samples, \([0-9]*\) launches, .*/\2 \3/p' <<<"$stdout" |
	awk '$1 >= 100 && $2 > 1 && $2 <= 20' | wc -l)" 3 "each has a profile, of several launches"
cat >.performance/benchmarks.json <<JSON
{ "suites": [ { "name": "idle", "command": ["sh", "-c", "sleep 0.01; echo 'a: 1'; exit 0"], "repeats": 1 },
	      { "name": "once", "command": ["sh", "-c", "test ! -e ran && touch ran && echo 'a: 1'"], "repeats": 1 } ] }
JSON
run perftop bench run --trust --flame
is "$status" 1 "a suite that fails while it is sampled"
like "$stderr" '*once: no profile: *exit status 1*' "is told"
like "$stdout" '*idle: profile kept (* samples, * launch*, *' "others are kept"
finish
