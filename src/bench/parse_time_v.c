/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GNU time with -v. The block of a command is a launch; blocks one after the other (time -a -o FILE)
 * of the same command are its launches. Times are in steps of 10 ms.
 */
#include "parse_lines.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

static const struct field {
	const char *label, *metric;
	enum pt_unit unit;
	double factor;
	bool clock; /* h:mm:ss or m:ss */
} fields[] = {
	{"User time (seconds)", "user_time", PT_UNIT_NS, 1e9, false},
	{"System time (seconds)", "system_time", PT_UNIT_NS, 1e9, false},
	{"Elapsed (wall clock) time (h:mm:ss or m:ss)", "time", PT_UNIT_NS, 1e9, true},
	{"Maximum resident set size (kbytes)", "memory", PT_UNIT_BYTES, 1024, false},
};

static const char begin[] = "Command being timed: ", end[] = "Exit status: ";

struct time_v {
	struct pt_lines lines;
	struct pt_str command;	/* of the block being read */
	struct pt_map launches; /* by command: how many blocks there were before, + 1 */
	size_t launch;
	int begun; /* line of the block's begin; 0: between blocks */
	int n;
};

/* "0:01.25" or "1:02:03" in seconds. */
static int parse_clock(const char *word, double *ret)
{
	double sum = 0, part;
	char digits[32];
	size_t n;

	for (int i = 0; i < 3; i++) {
		n = strcspn(word, ":");
		if (n >= sizeof digits)
			return -PT_ESYNTAX;
		pt_strlcpy(digits, word, n + 1);
		if (pt_lines_number(digits, &part))
			return -PT_ESYNTAX;
		sum = sum * 60 + part;
		if (!word[n]) {
			*ret = sum;
			return 0;
		}
		word += n + 1;
	}
	return -PT_ESYNTAX;
}

static int take(struct time_v *t, const struct field *field, char *word)
{
	struct pt_lines_value v = {
		.name = pt_str_text(&t->command),
		.metric = field->metric,
		.unit = {.unit = field->unit, .factor = field->factor},
		.run = t->launch,
		.lo = NAN,
		.hi = NAN,
		.at = word,
	};

	if (field->clock ? parse_clock(word, &v.value) : pt_lines_number(word, &v.value))
		return pt_lines_fail(&t->lines, word, PT_ESYNTAX, "\"%s\", expected %s", word,
				     field->clock ? "h:mm:ss or m:ss" : "a number");
	t->n++;
	return pt_lines_add(&t->lines, &v);
}

static int begin_block(struct time_v *t, char *command)
{
	size_t n = strlen(command);

	if (t->begun)
		return pt_lines_fail(&t->lines, NULL, PT_ESYNTAX,
				     "the block of line %d has no exit status: it is cut short",
				     t->begun);
	if (n > 1 && command[0] == '"' && command[n - 1] == '"') {
		command[n - 1] = '\0';
		command++;
	}
	pt_str_clear(&t->command);
	pt_str_add(&t->command, *command ? command : "(no command)");
	t->launch = (size_t)(uintptr_t)pt_map_get(&t->launches, t->command.s);
	pt_map_put(&t->launches, t->command.s, (void *)(uintptr_t)(t->launch + 1));
	t->begun = t->lines.number;
	return 0;
}

static int line(struct time_v *t)
{
	char *s = pt_lines_trim(t->lines.s);

	if (strncmp(s, begin, strlen(begin)) == 0)
		return begin_block(t, s + strlen(begin));
	if (!t->begun)
		return 0;
	if (strncmp(s, end, strlen(end)) == 0) {
		if (strcmp(s + strlen(end), "0") != 0)
			pt_bench_set_note(t->lines.set, "%s ended with status %s",
					  pt_str_text(&t->command), s + strlen(end));
		t->begun = 0;
		return 0;
	}
	for (size_t i = 0; i < PT_LEN(fields); i++) {
		size_t n = strlen(fields[i].label);

		if (strncmp(s, fields[i].label, n) == 0 && s[n] == ':')
			return take(t, &fields[i], pt_lines_trim(s + n + 1));
	}
	return 0;
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	struct time_v t = {0};
	int code = 0;

	pt_lines_init(&t.lines, in, set, err);
	while (!code && pt_lines_next(&t.lines))
		code = line(&t);
	if (!code && t.begun)
		code = pt_lines_fail(&t.lines, NULL, PT_ESYNTAX,
				     "the block of line %d has no exit status: it is cut short",
				     t.begun);
	if (!code && t.n == 0)
		code = pt_err_at(err, PT_ENODATA, in->name, 0, 0,
				 "no command was timed, expected what `time -v` prints");
	pt_map_release(&t.launches);
	pt_str_release(&t.command);
	pt_lines_release(&t.lines);
	return code;
}

static bool looks_like(char *line)
{
	return strncmp(line + strspn(line, " \t"), begin, strlen(begin)) == 0;
}

static int sniff(const struct pt_bench_input *in)
{
	return pt_lines_any(in, looks_like) ? PT_SNIFF_SURE : 0;
}

const struct pt_bench_parser pt_bench_parser_time_v = {
	.name = "time_v",
	.title = "GNU time -v",
	.sniff = sniff,
	.parse = parse,
};
