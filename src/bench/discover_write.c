/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first benchmarks.json. It is for people to go on with, so it says in comments what its fields
 * mean: all of them above, and where each suite comes from beside it.
 */
#include "perftop/bench/discover.h"

#include "perftop/base/json.h"
#include "perftop/base/mem.h"

#include <string.h>

static const char head[] =
	"// The benchmarks of this project. `perftop bench run` launches them, `perftop bench list`\n"
	"// shows them, `perftop check` holds the gate. Of a suite:\n"
	"//\n"
	"//   name      what it is called; also names its folder below .performance/baselines\n"
	"//   folder    where its commands start, relative to the project\n"
	"//   build     runs once before the launches: words, never a shell; left out: nothing\n"
	"//   command   one launch, words again; a launch is one run, the unit of evidence\n"
	"//   results   file or folder that a launch writes; left out: its standard output is read\n"
	"//   parser    format of the results; left out: found by looking\n"
	"//   repeats   launches; fewer than 5 leave little to judge by\n"
	"//   tags      words to choose suites by: `perftop bench run TAG`\n"
	"//   env       variables set over your own, {\"NAME\": \"value\"}\n"
	"//\n"
	"// and, not used below: warmup (launches that are dropped), timeout and build_timeout\n"
	"// (\"10 min\"), owner, isolation ({\"cpus\": \"2-3\", \"nice\": -5, \"aslr\": false}) and\n"
	"// renamed_from ({\"new name\": \"old name\"}).\n";

static const char gate[] =
	"  // How much slower the middle of a benchmark may get: beyond block the\n"
	"  // gate fails, beyond warn it says so. \"rules\": [...] changes it for some.\n"
	"  \"gate\": {\"block\": \"5 %\", \"warn\": \"2 %\"}\n"
	"}\n";

static const char example[] = "    // an example, as nothing was found: a command that prints\n"
			      "    // `name: value unit` lines, or a format of a benchmark tool\n"
			      "    // {\n"
			      "    //   \"name\": \"parser\",\n"
			      "    //   \"build\": [\"make\", \"parser-bench\"],\n"
			      "    //   \"command\": [\"./parser-bench\"],\n"
			      "    //   \"repeats\": 10\n"
			      "    // }\n";

static void add_text(struct pt_str *out, const char *text)
{
	struct pt_jw w;

	pt_jw_init(&w, out, false);
	pt_jw_str(&w, text);
}

static void add_words(struct pt_str *out, const char *key, char *const *words)
{
	if (!words)
		return;
	pt_str_addf(out, ",\n      \"%s\": [", key);
	for (size_t i = 0; words[i]; i++) {
		pt_str_add(out, i ? ", " : "");
		add_text(out, words[i]);
	}
	pt_str_add(out, "]");
}

static void add_field(struct pt_str *out, const char *key, const char *text)
{
	if (!text)
		return;
	pt_str_addf(out, ",\n      \"%s\": ", key);
	add_text(out, text);
}

static void add_env(struct pt_str *out, char *const *env)
{
	struct pt_str name = PT_STR_INIT;

	if (!env)
		return;
	pt_str_add(out, ",\n      \"env\": {");
	for (size_t i = 0; env[i]; i++) {
		const char *equals = strchr(env[i], '=');

		pt_str_clear(&name);
		pt_str_addn(&name, env[i], (size_t)(equals - env[i]));
		pt_str_add(out, i ? ", " : "");
		add_text(out, name.s);
		pt_str_add(out, ": ");
		add_text(out, equals + 1);
	}
	pt_str_add(out, "}");
	pt_str_release(&name);
}

static void add_suite(struct pt_str *out, const struct pt_suite *s, const char *what)
{
	pt_str_addf(out, "    // %s\n    {\n      \"name\": ", what);
	add_text(out, s->name);
	add_field(out, "folder", s->folder);
	add_env(out, s->env);
	add_words(out, "build", s->build);
	add_words(out, "command", s->command);
	add_field(out, "results", s->results);
	add_field(out, "parser", s->parser);
	pt_str_addf(out, ",\n      \"repeats\": %d", s->repeats);
	add_words(out, "tags", s->tags);
	pt_str_add(out, "\n    }");
}

void pt_discovery_format(const struct pt_discovery *d, struct pt_str *out)
{
	pt_str_addf(out, "%s{\n  \"suites\": [\n", head);
	for (size_t i = 0; i < d->suites.n; i++) {
		add_suite(out, &d->suites.suites[i], d->what[i]);
		pt_str_add(out, i + 1 < d->suites.n ? ",\n" : "\n");
	}
	if (d->suites.n == 0)
		pt_str_add(out, example);
	pt_str_addf(out, "  ],\n%s", gate);
}
