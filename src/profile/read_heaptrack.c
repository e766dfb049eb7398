/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heaptrack's files, as heaptrack_interpret leaves them (version 1 and on; gzip and zstd are undone
 * by then). A line is a letter and hexadecimal numbers; what is told once is counted from 1 and
 * referred to by that number:
 *
 *	s LEN text                        a string; before version 3 without its length
 *	i ADDRESS MODULE {FUNCTION FILE LINE}…   an address, inlined functions first
 *	t ADDRESS CALLER                  a stack: an address called by another stack
 *	a SIZE STACK                      an allocation of that size there; counted from 0
 *	+ ALLOCATION, - ALLOCATION        allocated and freed
 *
 * The greatest sum of what is allocated is the peak. Its moment is known at the end alone, so what
 * stood then is counted by going over these lines again.
 */
#include "scan.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>

enum {
	OLDEST_VERSION = 1,
	SIZED_STRINGS = 3,
	NEWEST_VERSION = 3,
	MAX_INLINED = 256,
	MAX_PATH = 4096
};

enum value { PEAK, LEAKED, ALLOCATIONS, TEMPORARY };

struct text {
	const char *s; /* in the input */
	uint32_t len;
};

/* An address: its frames, from the outermost in, are frames[first..first + n). */
struct address {
	uint32_t first, n;
	bool is_new; /* C++'s operator new: who called it allocates */
};

struct stack {
	uint32_t address, caller; /* numbers from 1; 0: none */
	uint32_t node;		  /* when the tree is made */
	uint16_t depth; /* there, PT_STACK_MAX at most: what is called beyond stays there */
	bool wanted;	/* it, or what it called, has weight */
	int64_t weight;
};

struct allocation {
	uint64_t size;
	uint32_t stack;
};

struct heaptrack {
	struct pt_scan scan;
	uint64_t version;
	struct text *strings;
	size_t n_strings, cap_strings;
	uint32_t *frames;
	size_t n_frames, cap_frames;
	struct address *addresses;
	size_t n_addresses, cap_addresses;
	struct stack *stacks;
	size_t n_stacks, cap_stacks;
	struct allocation *allocations;
	size_t n_allocations, cap_allocations;
	uint64_t last; /* allocation of the line before + 1; 0: it was none */
	uint64_t now, peak;
	const char *first_line, *peak_line; /* of events; behind the peak's */
};

/* One more of an array whose size is counted: NULL, with the error told, at the limit. */
#define PUSH(h, array)                                                                        \
	(pt_scan_take(&(h)->scan, 2 * sizeof *(h)->array) || (h)->n_##array >= UINT32_MAX / 2 \
		 ? NULL                                                                       \
		 : PT_PUSH((h)->array, (h)->n_##array, (h)->cap_##array))

/* A blank and a hexadecimal number. */
static bool next_hex(struct heaptrack *h, uint64_t *ret)
{
	pt_scan_blanks(&h->scan);
	return pt_scan_hex(&h->scan, ret);
}

static int wrong(struct heaptrack *h, const char *expected)
{
	return pt_scan_fail(&h->scan, PT_ESYNTAX, "expected %s", expected);
}

static int read_version(struct heaptrack *h)
{
	uint64_t program;

	if (!next_hex(h, &program))
		return wrong(h, "heaptrack's version");
	if (!next_hex(h, &h->version))
		h->version = program == 0x10200 ? 1 : 0;
	if (h->version < OLDEST_VERSION || h->version > NEWEST_VERSION)
		return pt_scan_fail(&h->scan, PT_ENOTSUP,
				    "version %llu of the format, expected %d to %d",
				    (unsigned long long)h->version, OLDEST_VERSION, NEWEST_VERSION);
	return 0;
}

static int read_string(struct heaptrack *h)
{
	struct text *text;
	uint64_t len = 0;

	if (h->version >= SIZED_STRINGS && !next_hex(h, &len))
		return wrong(h, "the length of a string");
	(void)pt_scan_skip(&h->scan, " ");
	if (h->version < SIZED_STRINGS)
		len = pt_scan_left(&h->scan);
	if (len > pt_scan_left(&h->scan))
		return wrong(h, "a string of that length");
	text = PUSH(h, strings);
	if (!text)
		return -PT_ELIMIT;
	*text = (struct text){h->scan.at, (uint32_t)PT_MIN(len, (uint64_t)PT_FRAME_NAME_MAX)};
	return 0;
}

/* A copy of a string up to max, "" of number 0. False: there is none of that number. */
static bool copy_string(const struct heaptrack *h, uint64_t number, size_t max, char **ret)
{
	const struct text *text;

	if (number > h->n_strings)
		return false;
	text = number ? &h->strings[number - 1] : NULL;
	*ret = text ? pt_strndup(text->s, PT_MIN(text->len, max)) : pt_strdup("");
	return true;
}

static bool is_operator_new(const char *name)
{
	return !strncmp(name, "operator new(", 13) || !strncmp(name, "operator new[](", 15);
}

/* One "FUNCTION FILE LINE" of an address. 1: there is one, 0: no more. */
static int read_frame(struct heaptrack *h, const char *module, uint32_t *ret, bool *ret_new)
{
	char *name = NULL, *file = NULL;
	uint64_t function, where = 0, line = 0;
	int code = 1;

	if (!next_hex(h, &function))
		return 0;
	if (next_hex(h, &where) && !next_hex(h, &line))
		return wrong(h, "a line after the file");
	if (!copy_string(h, function, PT_FRAME_NAME_MAX, &name) ||
	    !copy_string(h, where, MAX_PATH, &file)) {
		code = wrong(h, "numbers of strings that were told");
	} else {
		struct pt_frame frame = {.name = name,
					 .module = module,
					 .file = file,
					 .line = line > UINT32_MAX ? 0 : (uint32_t)line};

		*ret_new = is_operator_new(name);
		*ret = *name ? pt_frames_intern(h->scan.profile->tree->frames, &frame)
			     : pt_frame_unnamed(h->scan.profile->tree->frames, module);
	}
	free(name);
	free(file);
	return code;
}

/* All of an address's frames but the last one told, the outermost, are inlined into the next. */
static int read_frames(struct heaptrack *h, const char *module, struct address *ret)
{
	struct pt_frames *frames = h->scan.profile->tree->frames;
	uint32_t found[MAX_INLINED] = {0};
	size_t n = 0;
	int code = 1;

	while (n < MAX_INLINED && (code = read_frame(h, module, &found[n], &ret->is_new)) > 0)
		n++;
	if (code < 0)
		return code;
	if (!n)
		found[n++] = pt_frame_unnamed(frames, module);
	*ret = (struct address){(uint32_t)h->n_frames, (uint32_t)n, n == 1 && ret->is_new};
	for (size_t i = n; i--;) {
		uint32_t *frame = PUSH(h, frames);

		if (!frame)
			return -PT_ELIMIT;
		*frame = i == n - 1 ? found[i] : pt_frame_inlined(frames, found[i]);
	}
	return 0;
}

static int read_address(struct heaptrack *h)
{
	uint64_t address, number;
	struct address found = {0}, *slot;
	char *module;
	int code;

	if (!next_hex(h, &address) || !next_hex(h, &number))
		return wrong(h, "an address and its module");
	if (!copy_string(h, number, MAX_PATH, &module))
		return wrong(h, "the number of a string that was told");
	code = read_frames(h, module, &found);
	free(module);
	if (code)
		return code;
	slot = PUSH(h, addresses);
	if (!slot)
		return -PT_ELIMIT;
	*slot = found;
	return 0;
}

static int read_stack(struct heaptrack *h)
{
	uint64_t address, caller;
	struct stack *stack;

	if (!next_hex(h, &address) || !next_hex(h, &caller))
		return wrong(h, "an address and a caller");
	if (!address || address > h->n_addresses || caller > h->n_stacks)
		return wrong(h, "an address and a caller that were told");
	stack = PUSH(h, stacks);
	if (!stack)
		return -PT_ELIMIT;
	*stack = (struct stack){.address = (uint32_t)address, .caller = (uint32_t)caller};
	return 0;
}

static int read_allocation(struct heaptrack *h)
{
	uint64_t size, stack;
	struct allocation *slot;

	if (!next_hex(h, &size) || !next_hex(h, &stack))
		return wrong(h, "a size and a stack");
	if (stack > h->n_stacks)
		return wrong(h, "a stack that was told");
	slot = PUSH(h, allocations);
	if (!slot)
		return -PT_ELIMIT;
	*slot = (struct allocation){PT_MIN(size, (uint64_t)INT64_MAX), (uint32_t)stack};
	return 0;
}

/* -- events ---------------------------------------------------------------------------------------- */

static int event(struct heaptrack *h, uint64_t *ret)
{
	if (!next_hex(h, ret))
		return wrong(h, "an allocation");
	return *ret < h->n_allocations ? 0 : wrong(h, "an allocation that was told");
}

static void weigh(struct heaptrack *h, const struct allocation *a, int64_t weight)
{
	int64_t *sum = a->stack ? &h->stacks[a->stack - 1].weight : NULL;

	if (sum && __builtin_add_overflow(*sum, weight, sum))
		*sum = weight < 0 ? INT64_MIN : INT64_MAX;
}

static int read_allocated(struct heaptrack *h, enum value value)
{
	const struct allocation *a;
	uint64_t number;
	int code = event(h, &number);

	if (code)
		return code;
	a = &h->allocations[number];
	h->last = number + 1;
	h->now += a->size;
	if (h->now > h->peak && h->now <= INT64_MAX) {
		h->peak = h->now;
		h->peak_line = h->scan.next;
	}
	if (value == LEAKED || value == ALLOCATIONS)
		weigh(h, a, value == LEAKED ? (int64_t)a->size : 1);
	return 0;
}

/* Freed by the event after that which allocated it: temporary, as heaptrack has it. */
static int read_freed(struct heaptrack *h, enum value value)
{
	const struct allocation *a;
	uint64_t number;
	int code = event(h, &number);

	if (code)
		return code;
	a = &h->allocations[number];
	h->now -= PT_MIN(a->size, h->now);
	if (value == LEAKED)
		weigh(h, a, -(int64_t)a->size);
	if (value == TEMPORARY && h->last == number + 1)
		weigh(h, a, 1);
	h->last = 0;
	return 0;
}

/* What stood at the peak, which all before it has led to. */
static void weigh_peak(struct heaptrack *h)
{
	struct pt_scan *s = &h->scan;
	uint64_t number;

	s->next = h->first_line;
	while (s->next && s->next < h->peak_line && pt_scan_next(s)) {
		bool freed = pt_scan_skip(s, "-");
		const struct allocation *a;

		if ((!freed && !pt_scan_skip(s, "+")) || event(h, &number))
			continue;
		a = &h->allocations[number];
		weigh(h, a, freed ? -(int64_t)a->size : (int64_t)a->size);
	}
}

/* -- the tree -------------------------------------------------------------------------------------- */

static uint32_t stack_node(const struct heaptrack *h, struct stack *stack)
{
	const struct address *address = &h->addresses[stack->address - 1];
	const struct stack *caller = stack->caller ? &h->stacks[stack->caller - 1] : NULL;
	uint32_t node = caller ? caller->node : PT_TREE_ROOT;
	size_t depth = caller ? caller->depth : 0, n;

	n = address->is_new ? 0 : PT_MIN(address->n, PT_STACK_MAX - depth);
	stack->depth = (uint16_t)(depth + n);
	return pt_tree_stack(h->scan.profile->tree, node, h->frames + address->first, n);
}

/* Callers are told before what they call, so wanted ones are marked from the end on. */
static int build(struct heaptrack *h)
{
	for (size_t i = h->n_stacks; i--;) {
		struct stack *stack = &h->stacks[i];

		stack->wanted = stack->wanted || stack->weight > 0;
		if (stack->wanted && stack->caller)
			h->stacks[stack->caller - 1].wanted = true;
	}
	for (size_t i = 0; i < h->n_stacks; i++) {
		struct stack *stack = &h->stacks[i];

		if (!stack->wanted)
			continue;
		stack->node = stack_node(h, stack);
		if (stack->node == PT_NO_NODE)
			return pt_scan_full(&h->scan);
		if (stack->weight > 0)
			pt_tree_add(h->scan.profile->tree, stack->node, stack->weight);
	}
	return 0;
}

/* -- the file -------------------------------------------------------------------------------------- */

static int read_line(struct heaptrack *h, enum value value)
{
	struct pt_scan *s = &h->scan;

	if (!pt_scan_left(s))
		return 0;
	if (*s->at != 'v' && !h->version)
		return wrong(h, "heaptrack's version, v");
	switch (*s->at++) {
	case 'v': return read_version(h);
	case 's': return read_string(h);
	case 'i': return read_address(h);
	case 't': return read_stack(h);
	case 'a': return read_allocation(h);
	case '+': return read_allocated(h, value);
	case '-': return read_freed(h, value);
	case 'A': /* attached here: what was before is not known */ h->now = h->peak = 0; return 0;
	case 'm':
	case 'x':
		return pt_scan_fail(s, PT_ENOTSUP,
				    "raw data, expected what heaptrack_interpret makes of it");
	default: /* time, resident memory, the command, comments */ return 0;
	}
}

static int add_values(struct heaptrack *h)
{
	struct pt_profile *p = h->scan.profile;

	pt_profile_add_value(p, "peak", "bytes", PT_UNIT_BYTES);
	pt_profile_add_value(p, "leaked", "bytes", PT_UNIT_BYTES);
	pt_profile_add_value(p, "allocations", "allocations", PT_UNIT_COUNT);
	pt_profile_add_value(p, "temporary", "allocations", PT_UNIT_COUNT);
	return pt_scan_choose(&h->scan, PEAK);
}

static int sniff(const struct pt_profile_input *in)
{
	if (!pt_scan_begins(in, "v 1"))
		return 0;
	return pt_scan_has_line(in, "X ") || pt_scan_has_line(in, "x ") ? 100 : 60;
}

static int read(const struct pt_profile_input *in, const struct pt_read_options *options,
		struct pt_profile *p, struct pt_err *err)
{
	struct heaptrack h = {0};
	int code, built = 0;

	pt_scan_init(&h.scan, in, options, p, err);
	h.first_line = h.scan.next;
	code = add_values(&h);
	if (code)
		return code;
	while (!code && pt_scan_next(&h.scan))
		code = read_line(&h, (enum value)p->value);
	if (!code)
		code = h.scan.stopped;
	if (code != -PT_ECANCELED) {
		struct pt_scan place = h.scan;

		/* What was read before a fault is shown all the same; the fault is told already. */
		h.scan.err = code ? NULL : err;
		if (p->value == PEAK)
			weigh_peak(&h);
		h.scan.at = place.at, h.scan.start = place.start, h.scan.line = place.line;
		built = build(&h);
	}
	free(h.strings);
	free(h.frames);
	free(h.addresses);
	free(h.stacks);
	free(h.allocations);
	return code ? code : built;
}

const struct pt_profile_reader pt_profile_reader_heaptrack = {
	.name = "heaptrack",
	.title = "heaptrack (heaptrack.*.zst, .gz)",
	.sniff = sniff,
	.read = read,
};
