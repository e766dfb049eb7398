/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop flame record`: samples what runs, or a command, and writes the profile. */
#include "flame_write.h"

#include "perftop/app/flame_record.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct pt_flag flags[] = {
	{"pid", 'p', "PID", "Sample this process, its threads and its children"},
	{"all", 'a', NULL, "Sample the whole machine"},
	{"hz", 0, "N", "Samples a second of each running thread (997)"},
	{"unwind", 0, "fp|dwarf|auto",
	 "Callers by frame pointers, by unwinding 8 KiB of stack, or by what does (auto)"},
	{"event", 'e', "NAME",
	 "What is sampled: cache-misses, sched:sched_switch, r01c2, cpu/event=0x3c/… (cycles)"},
	{"off-cpu", 0, NULL, "Sample the time that threads do not run, by what they wait in"},
	{"alloc", 0, NULL, "Sample calls of malloc (each one gets slower by some 0.7 µs)"},
	{"faults", 0, NULL, "Sample page faults"},
	{"user", 0, NULL, "Leave the kernel out"},
	{"inlined", 0, NULL, "Name inlined functions too, from debug info (slow)"},
	{"debuginfod", 0, NULL, "Ask debuginfod-find for debug info that is not here"},
	{"duration", 'd', "SECONDS", "End then; a command that still runs is ended too"},
	{"threads", 0, NULL, "Write stacks of each thread apart"},
	FLAME_WRITE_FLAGS,
	{NULL, 0, NULL, NULL}};

enum { HZ_MAX = 100000 };

static void tell(const char *text)
{
	char safe[700];

	pt_text_safe(safe, sizeof safe, text, strlen(text), !pt_cli_utf8());
	fprintf(stderr, "perftop flame record: %s\n", safe);
}

/* -- what is asked for ---------------------------------------------------------------------------- */

static int choose_event(struct pt_cli *cli, struct pt_sampler_options *sampling)
{
	static const struct {
		const char *flag;
		enum pt_sampler_event event;
	} events[] = {{"off-cpu", PT_SAMPLE_OFFCPU},
		      {"alloc", PT_SAMPLE_ALLOC},
		      {"faults", PT_SAMPLE_FAULTS},
		      {"event", PT_SAMPLE_NAMED}};
	int n = 0;

	for (size_t i = 0; i < PT_LEN(events); i++)
		if (pt_cli_flag(cli, events[i].flag)) {
			sampling->event = events[i].event;
			n++;
		}
	if (n > 1)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "one of --event, --off-cpu, --alloc, --faults at a time");
	sampling->event_name = pt_cli_flag(cli, "event");
	return -1;
}

/* A process or a command is meant. */
static int bare_word(struct pt_cli *cli, const char *word)
{
	bool process = !word[strspn(word, "0123456789")];
	const char *flag = process ? "--pid" : "--";

	return pt_cli_error(cli, PT_EXIT_USAGE,
			    "%s: a %s stands behind %s, as in: perftop flame record %s %s", word,
			    process ? "process" : "command", flag, flag, word);
}

/* One of a process, a cgroup, the machine, a command. */
static int choose_target(struct pt_cli *cli, struct pt_record_spec *spec)
{
	const char *pid = pt_cli_flag(cli, "pid");
	struct pt_sampler_options *sampling = &spec->sampling;
	bool command = cli->n_words > cli->after;
	long long number = 0;

	if (cli->options.v[PT_OPT_CGROUP].source == PT_FROM_FLAG)
		sampling->cgroup = pt_opt_text(&cli->options, PT_OPT_CGROUP);
	sampling->all = pt_cli_flag(cli, "all") != NULL;
	if (cli->after > 0)
		return bare_word(cli, cli->words[0]);
	if (!!pid + !!sampling->cgroup + sampling->all + command != 1)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "expected one of --pid PID, --cgroup PATH, --all, -- COMMAND");
	if (pid && pt_parse_i64(pid, 1, INT32_MAX, &number) < 0)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--pid %s is no process id", pid);
	sampling->pid = (pid_t)number;
	if (command)
		spec->argv = (char *const *)cli->words;
	return -1;
}

static int choose_how(struct pt_cli *cli, struct pt_record_spec *spec)
{
	static const char *const unwinds[] = {
		[PT_UNWIND_AUTO] = "auto", [PT_UNWIND_FP] = "fp", [PT_UNWIND_DWARF] = "dwarf"};
	const char *hz = pt_cli_flag(cli, "hz"), *duration = pt_cli_flag(cli, "duration"),
		   *unwind = pt_cli_flag(cli, "unwind");
	double seconds = 0;
	size_t way = PT_UNWIND_AUTO;

	if (hz && (pt_parse_double(hz, &spec->sampling.hz) < 0 || spec->sampling.hz < 1 ||
		   spec->sampling.hz > HZ_MAX))
		return pt_cli_error(cli, PT_EXIT_USAGE, "--hz: expected 1 to %d, got '%s'", HZ_MAX,
				    hz);
	if (duration && (pt_parse_double(duration, &seconds) < 0 || seconds <= 0 || seconds > 1e7))
		return pt_cli_error(cli, PT_EXIT_USAGE, "--duration: expected seconds, got '%s'",
				    duration);
	while (unwind && way < PT_LEN(unwinds) && strcmp(unwinds[way], unwind) != 0)
		way++;
	if (way == PT_LEN(unwinds))
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "--unwind: expected fp, dwarf or auto, got '%s'", unwind);
	spec->duration_ns = (int64_t)(seconds * (double)PT_S);
	spec->sampling.unwind = (enum pt_unwind)way;
	spec->sampling.user_only = pt_cli_flag(cli, "user") != NULL;
	spec->sampling.inlined = pt_cli_flag(cli, "inlined") != NULL;
	spec->sampling.debuginfod = pt_cli_flag(cli, "debuginfod") != NULL;
	return -1;
}

/* -- what came of it ------------------------------------------------------------------------------ */

/* Threads of a command become one; moments name nodes of the tree that they came with. */
static void merge_threads(struct pt_profile *p)
{
	struct pt_tree *tree = pt_tree_group(p->tree, PT_GROUP_COMMAND);

	if (!tree)
		return;
	pt_tree_free(p->tree);
	p->tree = tree;
	free(p->moments);
	p->moments = NULL;
	p->n_moments = p->cap_moments = 0;
}

/* Where much ends in code of no file: how who made it can name it. */
static void tell_unnamed(const struct pt_tree *tree)
{
	int64_t all = tree->total[PT_TREE_ROOT], unnamed = 0;

	for (uint32_t i = 1; i < tree->n; i++)
		if (strcmp(pt_frames_get(tree->frames, tree->frame[i])->name, "[anon]") == 0)
			unnamed = pt_weight_add(unnamed, tree->self[i]);
	if (unnamed > all / 10) {
		char text[200];

		pt_snprintf(
			text, sizeof text,
			"%.0f %% are in code that no file has, as a JIT makes it: named with node "
			"--perf-basic-prof, python -X perf, of Java after jcmd PID "
			"Compiler.perfmap",
			100 * (double)unnamed / (double)all);
		tell(text);
	}
}

static void tell_end(const struct pt_record_result *result, enum pt_sampler_event event)
{
	const struct pt_sampler_status *s = &result->status;
	struct pt_str text = PT_STR_INIT;

	pt_str_addf(&text, "%lld sample%s in %.1f s", (long long)s->samples,
		    s->samples == 1 ? "" : "s", (double)result->wall_ns / PT_S);
	if (s->lost)
		pt_str_addf(&text, ", %lld lost", (long long)s->lost);
	if (s->throttled)
		pt_str_addf(&text, ", throttled %lld time%s", (long long)s->throttled,
			    s->throttled == 1 ? "" : "s");
	if (s->samples >= 100 && s->unwound_short > s->samples / 20)
		pt_str_addf(&text, ", %.0f %% of the stacks end too early",
			    100.0 * (double)s->unwound_short / (double)PT_MAX(s->samples, 1));
	if (s->shortened)
		pt_str_add(&text, ", the earliest left out for lack of memory");
	pt_str_addf(&text, " (%s)", s->mode);
	tell(pt_str_text(&text));
	pt_str_release(&text);
	if (*s->refused)
		tell(s->refused);
	if (*s->note)
		tell(s->note);
	else if (!s->samples && event == PT_SAMPLE_CPU)
		tell("it did not run; --off-cpu shows what it waits in");
	else if (!s->samples && event == PT_SAMPLE_NAMED)
		tell("the event did not come, or this machine does not count it");
	else if (!s->samples && event == PT_SAMPLE_ALLOC)
		tell("malloc of the C library was not called; --pid finds a program's own");
}

static void on_started(void *arg, const struct pt_sampler_status *status)
{
	(void)arg;
	if (isatty(STDERR_FILENO))
		tell(status->mode);
}

static int recorded(struct pt_cli *cli, const struct pt_record_spec *spec,
		    const struct flame_output *output)
{
	struct pt_record_result result;
	struct pt_profile p;
	struct pt_err err = {0};
	int code, status;

	if (*pt_sampler_cost(spec->sampling.event))
		tell(pt_sampler_cost(spec->sampling.event));
	code = pt_record(spec, &p, &result, &err);
	if (code < 0)
		return pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err);
	tell_end(&result, spec->sampling.event);
	tell_unnamed(p.tree);
	if (!pt_cli_flag(cli, "threads"))
		merge_threads(&p);
	status = flame_write(cli, &p, output);
	pt_profile_release(&p);
	if (status != PT_EXIT_OK)
		return status;
	return result.exit_status >= 0 ? result.exit_status : PT_EXIT_OK;
}

static int run(struct pt_cli *cli)
{
	struct pt_record_spec spec = {.started = on_started};
	struct flame_output output;
	int r = pt_cli_load(cli, false);

	if (r < 0)
		r = choose_target(cli, &spec);
	if (r < 0)
		r = choose_event(cli, &spec.sampling);
	if (r < 0)
		r = choose_how(cli, &spec);
	if (r < 0)
		r = flame_output_options(cli, &output);
	if (r >= 0)
		return r;
	/* A picture of text for people, folded stacks for programs. */
	if (!output.format)
		output.format = pt_profile_export_find(isatty(STDOUT_FILENO) ? "text" : "folded");
	spec.stdout_aside = output.to_stdout && !isatty(STDOUT_FILENO);
	return recorded(cli, &spec, &output);
}

const struct pt_command pt_command_flame_record = {
	.name = "flame record",
	.summary = "Sample a process, a cgroup, the machine or a command",
	.arguments = "--pid PID | --cgroup PATH | --all | -- COMMAND...",
	.help = "Samples until what is sampled ends, --duration is over or an interrupt comes, and writes "
		"the profile:\nto FILE in the format of its ending, else folded stacks to stdout, or to a "
		"terminal a graph of text.\nWhile stdout gets the profile, what COMMAND prints there goes to "
		"stderr.\n\n"
		"Without the rights for all of it, less is sampled: user code alone, then stacks by ptrace, "
		"then the\nstates in /proc. What is missing is told, with the command that would lift it. "
		"--unwind auto takes frame\npointers, which cost less, where they lead nearly as "
		"often to where threads begin as unwound user\nstacks do. Stacks begin with main or "
		"a thread's function; those of which not\nall callers are found with "
		"\"[callers unknown]\".",
	.exits =
		"  0  written; of COMMAND its own exit status, 128 + N when signal N ended it (--duration: "
		"0)\n"
		"  2  wrong usage\n"
		"  3  nothing can be sampled, no such process or command, or it cannot be written",
	.flags = flags,
	.words = true,
	.run = run,
};
