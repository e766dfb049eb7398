#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# trust: a project's commands are listed and do not run before somebody has trusted them; after a
# change the difference is shown, and they do not run again.
. "$PT_SRCDIR/tests/tap.sh"

export PERFTOP_ROOT=$PT_SRCDIR/tests/fixtures/roots/container
run perftop trust --project "$PT_TMP"
like "$status $stdout" "0 There is no *" "no project file, nothing to trust"

mkdir -p "$PT_TMP/project/.performance" && cd "$PT_TMP/project" || exit 99
cat >.performance/config.json <<'JSON'
{
  "sources": [
    {"name": "answer", "command": ["sh", "-c", "echo 42; echo it\\'s >> ran"], "interval": 5},
    {"name": "answers", "file": "answers"},
    {"name": "asked", "socket": "a socket", "send": "stats\u001b[31m\n"}
  ]
}
JSON
sed -i "s/it.*'s/it/" .performance/config.json
echo 43 >answers

value() { perftop snapshot --json --metric "$1" "${@:2}" | grep -o "\"metric\":\"$1\".*"; }

like "$(value answer)" '*"value":null,*"reason":"not trusted: run `perftop trust`"*' \
	"before: no value, and why"
like "$(value answers)" '*"value":43,*' "a file needs no trust"
[ ! -e ran ]
ok $? "nothing ran"
like "$(perftop metrics)" "*answer *custom*" "but it is listed"
like "$(perftop info)" "*trust state *not trusted*" "info says so"

run perftop trust --show
is "$status" 1 "--show: not trusted"
like "$stdout" "*/project/.performance/config.json*" "which file"
like "$stdout" "*  answer, every 5 s: sh -c 'echo 42; echo it >> ran'*" "what would run, word by word"
like "$stdout" "*  asked, every 10 s: send 'stats^[[][[]31m^J' to 'a socket'*" "what would be sent"
[[ $stdout != *$'\e'* && $stdout != *answers* ]]
ok $? "safe, and no more than that"
run perftop trust
like "$status $stdout" "1 *--yes trusts it*" "nobody to ask, nothing trusted"
[ ! -e ran ]
ok $? "nothing ran"

like "$(value answer --trust)" '*"value":42,*' "--trust runs it (for CI)"
rm ran
run perftop trust --show
is "$status" 1 "and trusts nothing"

run perftop trust --yes
like "$status $stdout" "0 *Trusted." "--yes"
run perftop trust --show
is "$status" 0 "--show: trusted"
like "$(value answer)" '*"value":42,*' "it runs"
[ -e ran ]
ok $? "in the project's folder"
run perftop trust --show --project "$PT_TMP/../${PT_TMP##*/}/project/."
is "$status" 0 "by whatever name the folder is called"

rm ran
sed -i 's/echo 42/echo 44/' .performance/config.json
like "$(value answer)" '*"value":null,*' "changed: it does not run"
[ ! -e ran ]
ok $? "really"
run perftop trust --show
is "$status" 1 "--show: not trusted"
like "$stdout" '*Changed since*
-     {"name": "answer",*echo 42;*
+     {"name": "answer",*echo 44;*
      {"name": "answers",*' "the difference"
like "$(perftop info)" "*trust state *changed since it was trusted*" "info says so"
perftop trust --yes >/dev/null
like "$(value answer)" '*"value":44,*' "trusted again"

run perftop trust --revoke
is "$status" 0 "--revoke"
like "$(value answer)" '*"value":null,*' "taken back"

# What is long is shown to its end.
long=$(printf '%02000d' 0)
printf '{"sources":[{"name":"a","command":["x","%s","END"]}]}' "$long" >.performance/config.json
run perftop trust --show
like "$stdout" "*END*" "a long command to its end"
perftop trust --yes >/dev/null
printf '{"sources":[{"name":"a","command":["x","%s","OTHER"]}]}' "$long" >.performance/config.json
run perftop trust --show
like "$stdout" "*
- *END*
+ *OTHER*" "a long difference to its end"

echo '{"sources": [' >.performance/config.json
run perftop trust --yes
like "$status $stderr" "2 *config.json:2:1: *" "a broken file cannot be trusted"

if [ "$(id -u)" -ne 0 ]; then
	echo '{}' >.performance/config.json
	mkdir -p "$XDG_STATE_HOME/perftop/trust" && chmod 500 "$XDG_STATE_HOME/perftop/trust"
	run perftop trust --yes
	is "$status" 3 "a state folder that cannot be written"
else
	skip "a state folder that cannot be written" "root can"
fi
finish
