#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The manual and the schemas are what the tables say now; the schemas and the example can be read,
# and nothing that the program has is missing in them.
. "$PT_SRCDIR/tests/tap.sh"

generate=$PT_BUILDDIR/tools/gen-doc
doc=$PT_SRCDIR/doc
[ -x "$generate" ] || skip_all "tools/gen-doc is not built"
grep -q '^#define HAVE_TUI' "$PT_BUILDDIR/config.h" || skip_all "built without the console"

for file in perftop.1 perftop-config.5 schema/layout.schema.json schema/project-config.schema.json \
	schema/user-config.schema.json; do
	run diff -u "$doc/$file" <("$generate" "$doc/$file.in")
	[ "$status" -eq 0 ] || note "$stdout"
	ok "$status" "doc/$file is current (make docs)"
done
run "$generate" "$PT_TMP/none"
is "$status" 1 "gen-doc: no such file"

if command -v mandoc >/dev/null; then
	run mandoc -T lint -W warning "$doc/perftop.1" "$doc"/*.5
	is "$stdout" "" "mandoc finds nothing"
else
	skip "mandoc finds nothing" "mandoc is not installed"
fi

# What the palette runs is written by hand.
missing=
while read -r verb; do
	grep -q "^\.It Cm $verb" "$doc/perftop.1" || missing+=" $verb"
done < <(sed -n '/^static const struct command commands/,/^};/s/^\t{"\([a-z]*\)".*/\1/p' \
	"$PT_SRCDIR/src/ui/console_commands.c")
is "$missing" "" "perftop.1: every command of the palette"
missing=
flat=$(tr '\n' ' ' <"$doc/perftop.1" | sed 's/\\&*//g')
while read -r help; do
	[[ $flat == *"$help"* ]] || missing+=" $help"
done < <(sed -n 's/^PT_ACTION(.*"\([^"]*\)")$/\1/p' "$PT_SRCDIR/include/perftop/view/actions.def")
is "$missing" "" "perftop.1: every key"
missing=
for option in $(perftop --help | sed -n '/^Options/,/^$/s/^  --\([a-z-]*\).*/\1/p'); do
	grep -q "^\.It Fl .-$option" "$doc/perftop.1" || missing+=" $option"
	case $option in
	config | project) continue ;; # a file cannot say where it is
	esac
	grep -q "^	*\"$option\": {" "$doc/schema/user-config.schema.json" || missing+=" user:$option"
	grep -q "^\.It Cm $option" "$doc/perftop-config.5" || missing+=" 5:$option"
	case $option in
	debug | lock | root) continue ;; # a stranger's project must not
	esac
	grep -q "^	*\"$option\": {" "$doc/schema/project-config.schema.json" || missing+=" project:$option"
done
is "$missing" "" "every option in the manual and in the schemas"

# perftop's own reader is a strict one: of a schema it says what is no setting, not that it is no
# JSON.
for schema in "$doc"/schema/*.json; do
	said=$(perftop info --config "$schema" | sed -n '/^Errors/,$p' |
		grep -vE 'unknown setting|^Errors')
	is "$said" "" "${schema##*/} is JSON"
done

mkdir -p "$PT_TMP/project/.performance" && cd "$PT_TMP/project" || exit 99
cp "$doc/examples/benchmarks.json" .performance/
run perftop bench list
like "$status $stdout" "0 *parser*server*" "the example of suites is good"
rm .performance/benchmarks.json
cp "$doc/examples/config.json" .performance/
run perftop info
is "$status" 0 "the example is good"
like "$stdout" "*interval  *2  *project config*" "and counts"
run perftop metrics --csv
like "$stdout" "*queue_depth,*request_seconds,*heap_used_bytes,*" "with its sources"
run perftop trust --show
like "$status $stdout" "1 *queue_depth, every 5 s: redis-cli llen jobs*" "one of which wants trust"
if python3 -c 'from jsonschema import Draft202012Validator' 2>/dev/null; then
	sed 's/^\(.*[^:]\|\)\/\/ .*/\1/' .performance/config.json >plain.json
	run python3 -c '
import json, sys, jsonschema
schema, data = (json.load(open(name)) for name in sys.argv[1:])
jsonschema.validate(data, schema, jsonschema.Draft202012Validator)
for change in {"debug": "x"}, {"interval": 0}, {"sources": [{"name": "a"}]}, {"view": "x"}:
    try:
        jsonschema.validate({**data, **change}, schema, jsonschema.Draft202012Validator)
        sys.exit(f"accepted: {change}")
    except jsonschema.ValidationError:
        pass' "$doc/schema/project-config.schema.json" plain.json
	is "$status $stderr" "0 " "the schema accepts it, and not everything"
	run python3 -c '
import json, sys, jsonschema
schema, data = (json.load(open(name)) for name in sys.argv[1:])
jsonschema.validate(data, schema, jsonschema.Draft202012Validator)
suite = data["suites"][0]
for change in {"comand": []}, {"repeats": 0}, {"name": "../x"}, {"isolation": {"cpus": "a"}}:
    try:
        jsonschema.validate({"suites": [{**suite, **change}]}, schema,
                            jsonschema.Draft202012Validator)
        sys.exit(f"accepted: {change}")
    except jsonschema.ValidationError:
        pass' "$doc/schema/benchmarks.schema.json" "$doc/examples/benchmarks.json"
	is "$status $stderr" "0 " "so does that of suites"
else
	skip "the schema accepts it" "python3 has no jsonschema, or none that knows 2020-12"
fi
finish
