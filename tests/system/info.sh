#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# info: where everything is, what each setting is and who said so; and that wrong files and
# variables are told with their place while everything else goes on.
. "$PT_SRCDIR/tests/tap.sh"

root=$PT_SRCDIR/tests/fixtures/roots/container
mkdir -p "$PT_TMP/project/.performance" "$PT_TMP/project/src" "$XDG_CONFIG_HOME/perftop"
cd "$PT_TMP/project/src" || exit 99
project=$(cd .. && pwd -P)
user=$XDG_CONFIG_HOME/perftop/config.json
own=../.performance/config.json

setting() { perftop info "${@:2}" | sed -n "s/^  $1  *//p" | tr -s ' '; }

run perftop info
is "$status" 0 "info without any file"
like "$stdout" "*user config *$user (not there)*" "the user's file"
like "$stdout" "*project  *$project
*" "the project's folder, from below it"
like "$stdout" "*project config *$project/.performance/config.json (not there)*" "and its file"
is "$(setting interval)" "1 default" "a default"

echo '{"interval": 3, "theme": "light", "glyphs": "block" /* comment */}' >$own
is "$(setting interval)" "3 project config" "the project overrides the default"
echo '{"interval": 2, "theme": "mono"} // comment' >"$user"
is "$(setting interval)" "2 user config" "the user overrides the project"
is "$(setting glyphs)" "block project config" "but for what the project alone says"
is "$(PERFTOP_INTERVAL=4 setting interval)" "4 environment" "the environment overrides both"
is "$(PERFTOP_INTERVAL=4 setting interval --interval 5)" "5 command line" "a flag overrides all"
is "$(setting mouse --no-mouse)" "false command line" "--no-mouse"

run perftop info --json
is "$status" 0 "info --json"
like "$stdout" '*"interval": {*"value": "2",*"from": "user config"*' "with value and source"
echo '{"interval": 7}' >"$PT_TMP/other.json"
is "$(setting interval --config "$PT_TMP/other.json")" "7 user config" "--config FILE"

# -- wrong files -----------------------------------------------------------------------------------

rm "$user" $own
bad() { # FILE TEXT ERROR: told everywhere, and everything goes on
	printf '%b' "$2" >"$1"
	run perftop info
	like "$status $stdout" "2 *Errors*/config.json:$3*" "info: $3"
	run perftop snapshot --root "$root" --size 80x1
	like "$status $stderr" "0 perftop snapshot: */config.json:$3*" "snapshot tells it too"
	like "$stdout" "*cpu*" "and prints its frame"
	rm "$1"
}
bad "$user" '{\n  "interval": "fast"\n}' "2:15: interval: 'fast' is no number, expected SECONDS"
bad "$user" '{"theme": "light",}' "1:18: "
bad "$user" '{"theme": "light", "theme": "dark"}' "1:20: "
bad "$user" '{"theme": ' "1:1[01]: "
bad "$user" '{"colour": 1}' "1:12: unknown setting 'colour'; \`perftop info\` lists them"
bad "$user" '{"\\u001b[31m": 1}' "1:16: unknown setting '^[[][[]31m'*"
bad "$own" '{"sources": [{"name": "a"}]}' "1:14: source a needs exactly one of*"
bad "$own" '{"debug": "x"}' "1:11: debug cannot be set in the project config"
bad "$user" '{\n"theme": "nosuch"}' "2:10: theme: *nosuch*"
bad "$own" '{"layout": "nosuch"}' "1:12: layout: *nosuch*"
[ ! -e x ]
ok $? "nor is it"

run env PERFTOP_INTERVAL=0 perftop info
like "$status $stdout" "2 *PERFTOP_INTERVAL: interval: 0 is outside of 0.05 .. 3600*" "a wrong variable"
run env PERFTOP_THEME=neon perftop snapshot --root "$root" --size 80x1
like "$status $stderr" "0 *no theme is called 'neon'*environment*" "a theme that nobody has"
run perftop info --project "$PT_TMP/nowhere"
like "$status $stdout" "2 *project: no folder *nowhere*" "a project that is not there"
run perftop info --config "$PT_TMP/nowhere"
like "$status $stdout" "2 *nowhere: *" "a file that was asked for by name"

# The plain console, which needs no terminal, starts all the same.
plain() {
	echo '{"interval": 0' >"$user"
	perftop --plain --root "$root" >"$PT_TMP/plain" 2>"$PT_TMP/plain.err" &
	for _ in {1..1500}; do
		[ -s "$PT_TMP/plain" ] && break
		sleep 0.02
	done
	kill $!
	wait $!
	is $? 0 "the plain console with a broken file"
	like "$(cat "$PT_TMP/plain.err")" "perftop: */config.json:2:1: *" "told"
	like "$(cat "$PT_TMP/plain")" "*cpu*" "and shown"
}
keys() {
	printf '{"keys": {\n  "tree": "q"\n}}' >"$user"
	run perftop info
	like "$status $stdout" "2 */config.json:2:11: keys.tree: *'quit'*" "keys that clash"
	rm "$user"
}
if [[ $(perftop --version) == *+console* ]]; then
	plain
	keys
else
	skip "the plain console with a broken file" "built without the console"
fi
finish
