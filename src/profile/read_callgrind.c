/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Callgrind (and cachegrind, Xdebug and others that write its format): what functions cost
 * themselves, and what each of their calls cost all in all. That is a graph of calls, not stacks:
 * who called the caller is not told. Stacks are made of it in call_graph.c.
 *
 * Positions (lines, addresses) are passed over; names are kept once and told by number, "(12)",
 * from then on. Functions of one name are told apart by object and file.
 */
#include "call_graph.h"
#include "scan.h"

#include "perftop/base/map.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>

enum { MAX_EVENTS = 64, NO_COLUMN = -1 };

/* Objects, files and functions count each for themselves. */
enum name_kind { OBJECT, FILE_NAME, FUNCTION, NAME_KINDS };

struct names {
	struct pt_map by_number; /* number + 1 -> text; of this file */
	struct pt_map by_text;	 /* every text once */
};

struct callgrind {
	struct pt_scan scan;
	struct names names[NAME_KINDS];
	struct pt_map functions; /* "object\nfile\nname" -> number + 1 */
	struct pt_call_graph *graph;
	const char *object, *file;		 /* of what follows */
	const char *called_object, *called_file; /* of the next call; NULL: the same */
	uint32_t function, called;
	unsigned positions; /* columns before the costs */
	/* Of the columns of costs: which is the chosen value's, and what a unit of it counts. */
	int column;
	double factor;
};

static const char unknown[] = "???";

/* -- values ---------------------------------------------------------------------------------------- */

struct event {
	const char *name, *what;
	enum pt_unit unit;
	double factor;
};
static const struct event known_events[] = {
	{"Ir", "instructions", PT_UNIT_COUNT, 1},
	{"Dr", "data reads", PT_UNIT_COUNT, 1},
	{"Dw", "data writes", PT_UNIT_COUNT, 1},
	{"I1mr", "L1 instruction misses", PT_UNIT_COUNT, 1},
	{"D1mr", "L1 read misses", PT_UNIT_COUNT, 1},
	{"D1mw", "L1 write misses", PT_UNIT_COUNT, 1},
	{"ILmr", "last-level instr. misses", PT_UNIT_COUNT, 1},
	{"DLmr", "last-level read misses", PT_UNIT_COUNT, 1},
	{"DLmw", "last-level write misses", PT_UNIT_COUNT, 1},
	{"Bc", "conditional branches", PT_UNIT_COUNT, 1},
	{"Bcm", "mispredicted branches", PT_UNIT_COUNT, 1},
	{"Bi", "indirect branches", PT_UNIT_COUNT, 1},
	{"Bim", "mispredicted indirect", PT_UNIT_COUNT, 1},
	{"Ge", "global bus events", PT_UNIT_COUNT, 1},
	{"sysCount", "system calls", PT_UNIT_COUNT, 1},
	{"Time_(10ns)", "time", PT_UNIT_NS, 10},
	{"Time_(\xc2\xb5s)", "time", PT_UNIT_NS, 1000},
	{"Memory_(bytes)", "bytes", PT_UNIT_BYTES, 1},
};

static const struct event *find_event(const char *name)
{
	static const struct event other = {"", "events", PT_UNIT_COUNT, 1};

	for (size_t i = 0; i < PT_LEN(known_events); i++)
		if (!strcmp(known_events[i].name, name))
			return &known_events[i];
	return &other;
}

static size_t add_event(struct pt_profile *p, const char *name)
{
	const struct event *event = find_event(name);

	for (size_t i = 0; i < p->n_values; i++)
		if (!strcmp(p->values[i].name, name))
			return i;
	return pt_profile_add_value(p, name, event->what, event->unit);
}

/* "events: Ir Dr": of each part of the file anew. The first one is the file's own choice. */
static int read_events(struct callgrind *c)
{
	struct pt_profile *p = c->scan.profile;
	bool first = !p->n_values;
	size_t n = 0, len, columns[MAX_EVENTS];
	const char *word;
	int code;

	for (pt_scan_blanks(&c->scan); pt_scan_token(&c->scan, &word, &len); n++) {
		char name[sizeof p->values->name];

		/* Of this part, or of all of them together. */
		if (n == MAX_EVENTS || p->n_values > MAX_EVENTS)
			return pt_scan_fail(&c->scan, PT_ELIMIT, "more than %d events", MAX_EVENTS);
		pt_snprintf(name, sizeof name, "%.*s", (int)PT_MIN(len, sizeof name), word);
		columns[n] = add_event(p, name);
		pt_scan_blanks(&c->scan);
	}
	if (!n)
		return pt_scan_fail(&c->scan, PT_ESYNTAX, "no events, expected names such as Ir");
	code = first ? pt_scan_choose(&c->scan, columns[0]) : 0;
	c->column = NO_COLUMN;
	for (size_t i = n; i--;)
		if (columns[i] == p->value)
			c->column = (int)i;
	c->factor = find_event(p->values[p->value].name)->factor;
	return code;
}

/* "positions: instr line" */
static int read_positions(struct callgrind *c)
{
	const char *word;
	size_t len;

	c->positions = 0;
	for (pt_scan_blanks(&c->scan); pt_scan_token(&c->scan, &word, &len);
	     pt_scan_blanks(&c->scan))
		c->positions++;
	if (!c->positions)
		return pt_scan_fail(&c->scan, PT_ESYNTAX, "no positions, expected line or instr");
	return 0;
}

/* -- names ----------------------------------------------------------------------------------------- */

/* The text, kept once, what is too long cut; NULL at the limit. */
static const char *keep(struct callgrind *c, struct names *names, const char *s, size_t len)
{
	char *text = pt_strndup(s, PT_MIN(len, (size_t)PT_FRAME_NAME_MAX)), *kept;

	kept = pt_map_get(&names->by_text, text);
	if (kept || pt_scan_take(&c->scan, 2 * strlen(text) + 100)) {
		free(text);
		return kept;
	}
	pt_map_put(&names->by_text, text, text);
	return text;
}

/* "(12) text" tells a number, "(12)" uses it, "text" has none. *ret lives as long as c. */
static int read_name(struct callgrind *c, enum name_kind kind, const char **ret)
{
	struct names *names = &c->names[kind];
	struct pt_scan *s = &c->scan;
	const char *start = s->at;
	uint64_t number = 0;
	bool numbered;

	numbered = pt_scan_skip(s, "(") && pt_scan_number(s, &number) && pt_scan_skip(s, ")");
	if (!numbered)
		s->at = start; /* "(below main)" */
	pt_scan_blanks(s);
	if (numbered && !pt_scan_left(s)) {
		*ret = pt_map_get_u64(&names->by_number, number + 1);
		return *ret ? 0
			    : pt_scan_fail(s, PT_ESYNTAX, "name (%llu) was not told before",
					   (unsigned long long)number);
	}
	*ret = keep(c, names, s->at, pt_scan_left(s));
	if (!*ret || (numbered && pt_scan_take(s, 64)))
		return -PT_ELIMIT;
	if (numbered)
		pt_map_put_u64(&names->by_number, number + 1, (void *)(uintptr_t)*ret);
	s->at = s->end;
	return 0;
}

static const char *known(const char *name)
{
	return name && strcmp(name, unknown) != 0 ? name : "";
}

/* The function's number in the graph. */
static int function_number(struct callgrind *c, const char *object, const char *file,
			   const char *name, uint32_t *ret)
{
	struct pt_str key = PT_STR_INIT;
	uintptr_t number;
	int code = 0;

	pt_str_addf(&key, "%p %p %p", (const void *)object, (const void *)file, (const void *)name);
	number = (uintptr_t)pt_map_get(&c->functions, key.s);
	if (!number) {
		struct pt_frame frame = {.name = *known(name) ? name : "[unknown]",
					 .module = known(object),
					 .file = known(file)};

		code = pt_scan_take(&c->scan, PT_FUNCTION_BYTES + 200);
		if (!code) {
			number = pt_call_graph_add(
					 c->graph,
					 pt_frames_intern(c->scan.profile->tree->frames, &frame)) +
				 1;
			pt_map_put(&c->functions, key.s, (void *)number);
		}
	}
	if (!code)
		*ret = (uint32_t)(number - 1);
	pt_str_release(&key);
	return code;
}

/* -- costs ----------------------------------------------------------------------------------------- */

/* A number as the format has them: decimal, 0x and hexadecimal, below zero with a minus. */
static bool read_number(struct pt_scan *s, bool *ret_negative, uint64_t *ret)
{
	*ret_negative = pt_scan_skip(s, "-");
	if (!*ret_negative)
		(void)pt_scan_skip(s, "+");
	return pt_scan_skip(s, "0x") ? pt_scan_hex(s, ret) : pt_scan_number(s, ret);
}

/* Positions ("12", "+3", "-1", "*", "0x4010") and costs; those left out at the end are 0. */
static int read_cost(struct callgrind *c, int64_t *ret)
{
	struct pt_scan *s = &c->scan;
	uint64_t v, chosen = 0;
	bool negative;

	for (unsigned i = 0; i < c->positions; i++) {
		pt_scan_blanks(s);
		if (!pt_scan_skip(s, "*") && !read_number(s, &negative, &v))
			return pt_scan_fail(s, PT_ESYNTAX,
					    "not a position, expected a number, +, - or *");
	}
	for (int i = 0; pt_scan_blanks(s), pt_scan_left(s); i++) {
		if (!read_number(s, &negative, &v) || (pt_scan_left(s) && *s->at != ' '))
			return pt_scan_fail(s, PT_ESYNTAX, "not a cost, expected a number");
		if (i == c->column && !negative) /* memory that was given back is no cost */
			chosen = v;
	}
	*ret = (double)chosen * c->factor < 9e18 ? (int64_t)((double)chosen * c->factor)
						 : INT64_MAX;
	if (c->factor == 1)
		*ret = chosen < INT64_MAX ? (int64_t)chosen : INT64_MAX;
	return 0;
}

/* The line after "calls=": what these calls cost, with all that they call. */
static int read_call(struct callgrind *c)
{
	int64_t cost;
	int code;

	if (!pt_scan_next(&c->scan))
		return pt_scan_fail(&c->scan, PT_ESYNTAX,
				    "a call without its cost in the next line");
	code = read_cost(c, &cost);
	if (!code && (c->function == PT_NO_FUNCTION || c->called == PT_NO_FUNCTION))
		return pt_scan_fail(&c->scan, PT_ESYNTAX, "a call before fn= and cfn=");
	if (!code && pt_call_graph_call(c->graph, c->function, c->called, cost))
		code = pt_scan_take(&c->scan, PT_CALL_BYTES);
	c->called_object = c->called_file = NULL;
	return code;
}

static int read_self(struct callgrind *c)
{
	int64_t cost;
	int code = read_cost(c, &cost);

	if (!code && c->function == PT_NO_FUNCTION && cost)
		return pt_scan_fail(&c->scan, PT_ESYNTAX, "a cost before the first fn=");
	if (!code && cost)
		pt_call_graph_self(c->graph, c->function, cost);
	return code;
}

/* -- lines ----------------------------------------------------------------------------------------- */

static int read_function(struct callgrind *c)
{
	const char *name;
	int code = read_name(c, FUNCTION, &name);

	return code ? code : function_number(c, c->object, c->file, name, &c->function);
}

static int read_called(struct callgrind *c)
{
	const char *name;
	int code = read_name(c, FUNCTION, &name);

	return code ? code
		    : function_number(c, c->called_object ? c->called_object : c->object,
				      c->called_file ? c->called_file : c->file, name, &c->called);
}

/* Jumps ("jump=2 +3") are passed over, but for names that they tell first. */
static int read_jump_name(struct callgrind *c)
{
	const char *name;

	if (pt_scan_skip(&c->scan, "jfi=") || pt_scan_skip(&c->scan, "jfl="))
		return read_name(c, FILE_NAME, &name);
	if (pt_scan_skip(&c->scan, "jfn="))
		return read_name(c, FUNCTION, &name);
	return pt_scan_skip(&c->scan, "job=") ? read_name(c, OBJECT, &name) : 0;
}

static int read_line(struct callgrind *c)
{
	struct pt_scan *s = &c->scan;
	const char *word;
	size_t len;

	pt_scan_blanks(s);
	if (!pt_scan_left(s) || *s->at == '#')
		return 0;
	if (strchr("0123456789+-*", *s->at))
		return read_self(c);
	if (pt_scan_skip(s, "fn="))
		return read_function(c);
	if (pt_scan_skip(s, "fl=") || pt_scan_skip(s, "fi=") || pt_scan_skip(s, "fe="))
		return read_name(c, FILE_NAME, &c->file);
	if (pt_scan_skip(s, "ob="))
		return read_name(c, OBJECT, &c->object);
	if (pt_scan_skip(s, "cfn="))
		return read_called(c);
	if (pt_scan_skip(s, "cfi=") || pt_scan_skip(s, "cfl="))
		return read_name(c, FILE_NAME, &c->called_file);
	if (pt_scan_skip(s, "cob="))
		return read_name(c, OBJECT, &c->called_object);
	if (pt_scan_skip(s, "calls="))
		return read_call(c);
	if (pt_scan_skip(s, "events:"))
		return read_events(c);
	if (pt_scan_skip(s, "positions:"))
		return read_positions(c);
	if (*s->at == 'j')
		return read_jump_name(c);
	/* Other headers ("cmd: …") and what later versions add. */
	if (pt_scan_token(s, &word, &len) && (memchr(word, ':', len) || memchr(word, '=', len)))
		return 0;
	s->at = s->start;
	return pt_scan_fail(s, PT_ESYNTAX,
			    "not callgrind's: expected fn=, calls=, a cost or a header");
}

static void release(struct callgrind *c)
{
	for (size_t i = 0; i < NAME_KINDS; i++) {
		size_t pos = 0;
		void *text;

		while (pt_map_next(&c->names[i].by_text, &pos, NULL, NULL, &text))
			free(text);
		pt_map_release(&c->names[i].by_text);
		pt_map_release(&c->names[i].by_number);
	}
	pt_map_release(&c->functions);
	pt_call_graph_free(c->graph);
}

static int sniff(const struct pt_profile_input *in)
{
	if (pt_scan_begins(in, "# callgrind format"))
		return 100;
	if (!pt_scan_has_line(in, "events:"))
		return 0;
	return pt_scan_has_line(in, "fn=") || pt_scan_has_line(in, "fl=") ? 80 : 0;
}

static int read(const struct pt_profile_input *in, const struct pt_read_options *options,
		struct pt_profile *p, struct pt_err *err)
{
	struct callgrind c = {.function = PT_NO_FUNCTION,
			      .called = PT_NO_FUNCTION,
			      .positions = 1,
			      .column = NO_COLUMN};
	int code = 0, built;

	pt_scan_init(&c.scan, in, options, p, err);
	pt_scan_set_aside(&c.scan);
	c.graph = pt_call_graph_new();
	while (!code && pt_scan_next(&c.scan))
		code = read_line(&c);
	if (!code)
		code = c.scan.stopped;
	/* What was read before a fault is shown all the same. */
	pt_scan_use_aside(&c.scan);
	built = code == -PT_ECANCELED ? 0 : pt_call_graph_stacks(c.graph, p->tree);
	if (!code && built)
		code = pt_scan_full(&c.scan);
	if (!code && !p->n_values)
		code = pt_scan_fail(&c.scan, PT_ENODATA, "no events: line");
	release(&c);
	return code;
}

const struct pt_profile_reader pt_profile_reader_callgrind = {
	.name = "callgrind",
	.title = "callgrind, cachegrind, Xdebug (callgrind.out.*)",
	.sniff = sniff,
	.read = read,
};
