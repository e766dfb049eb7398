/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Folded stacks: "a;b;c 12" a line, what stackcollapse-*.pl and inferno print; with two counts,
 * before and after, what difffolded.pl prints. Lines are mostly sorted, so a line begins where the
 * one before left it: only frames behind their common text are looked up.
 */
#include "input.h"
#include "scan.h"

#include "tree_build.h"

#include "perftop/base/mem.h"

#include <limits.h>
#include <string.h>

enum {
	SNIFF_LINE = 16 << 20, /* where that holds no whole line */
	STEP_LINES = 4096,
	FRACTION = 1000, /* counts with fractions are kept in thousandths */
};

struct folded_line {
	const char *stack;
	size_t len;
	int64_t counts[2]; /* from its end: the candidate's, the base's */
	int n_counts;
	bool fraction; /* one of them has one */
};

/* What the line before left: its text, and for each frame where that ends and its node. */
struct stack {
	const char *text;
	size_t len;
	uint32_t n;
	uint32_t ends[PT_STACK_MAX];
	uint32_t nodes[PT_STACK_MAX];
	uint32_t frames[PT_STACK_MAX];
};

struct folded {
	const struct pt_profile_input *in;
	const struct pt_read_options *options;
	struct pt_profile *p;
	struct pt_err *err;
	int scale; /* of counts: 1 or FRACTION */
	bool two;  /* columns */
	bool fraction;
	int64_t n_bad;
	struct stack before;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Takes a number off the end of [s, *end) with the space before it: digits, perhaps with a fraction. */
static bool take_count(const char *s, const char **end, int scale, int64_t *ret, bool *fraction)
{
	const char *e = *end, *at = e, *dot = NULL;
	int64_t whole = 0;
	int part = 0, unit = scale;

	while (at > s && ((at[-1] >= '0' && at[-1] <= '9') || (at[-1] == '.' && !dot)))
		if (*--at == '.')
			dot = at;
	if (at == e || at == dot || at == s || !is_space(at[-1]))
		return false;
	*end = at;
	while (*end > s && is_space((*end)[-1]))
		(*end)--;
	for (; at < e && at != dot; at++)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, *at - '0', &whole))
			whole = INT64_MAX;
	for (at = dot ? dot + 1 : e; at < e; at++) {
		*fraction = *fraction || *at != '0';
		unit /= 10;
		part += unit * (*at - '0');
	}
	if (__builtin_mul_overflow(whole, scale, &whole))
		whole = INT64_MAX;
	*ret = pt_weight_add(whole, part);
	return true;
}

/* False when there is no count at its end. */
static bool parse_line(const char *s, const char *end, int scale, bool two, struct folded_line *ret)
{
	bool fraction = false;

	ret->n_counts = 0;
	while (end > s && is_space(end[-1]))
		end--;
	if (take_count(s, &end, scale, &ret->counts[0], &fraction))
		ret->n_counts = 1;
	if (two && ret->n_counts && take_count(s, &end, scale, &ret->counts[1], &fraction))
		ret->n_counts = 2;
	ret->stack = s;
	ret->len = (size_t)(end - s);
	ret->fraction = fraction;
	return ret->n_counts > 0;
}

/* The next line of [*at, end), without its end; NULL: none. Blank lines and comments count, too. */
static const char *next_line(const char **at, const char *end, const char **ret_end)
{
	const char *line = *at, *stop;

	if (line >= end)
		return NULL;
	stop = memchr(line, '\n', (size_t)(end - line));
	*ret_end = stop ? stop : end;
	*at = stop ? stop + 1 : end;
	return line;
}

static bool is_blank(const char *line, const char *end)
{
	while (line < end && is_space(*line))
		line++;
	return line == end || *line == '#';
}

struct sniffed {
	unsigned good, bad, two, deep; /* lines; deep: with more than one frame */
	unsigned minus;		       /* of the bad ones: stacks with a count below zero */
	bool large;		       /* the first line alone */
};

static bool is_minus(const char *s, const char *end)
{
	const char *at;

	while (end > s && is_space(end[-1]))
		end--;
	for (at = end; at > s && at[-1] >= '0' && at[-1] <= '9';)
		at--;
	return at < end && at - s > 1 && at[-1] == '-' && is_space(at[-2]) &&
	       memchr(s, ';', (size_t)(at - s));
}

/* How much is looked at: the first line at least, if it may be a stack. */
static size_t window(const struct pt_profile_input *in)
{
	size_t n = PT_MIN(in->len, (size_t)PT_SNIFF_BYTES),
	       most = PT_MIN(in->len, (size_t)SNIFF_LINE);
	const char *stop;

	if (n == in->len || memchr(in->data, '\n', n) || !memchr(in->data, ';', n) ||
	    memchr(in->data, '\0', n))
		return n;
	stop = memchr(in->data + n, '\n', most - n);
	if (stop)
		return (size_t)(stop + 1 - in->data);
	return most == in->len ? most : n;
}

static struct sniffed look(const struct pt_profile_input *in)
{
	size_t len = window(in);
	const char *at = in->data, *end = in->data + len, *stop, *line;
	struct sniffed seen = {.large = len > PT_SNIFF_BYTES};
	struct folded_line parsed;

	while ((line = next_line(&at, end, &stop))) {
		if (is_blank(line, stop) || (stop == end && len < in->len))
			continue;
		if (!parse_line(line, stop, 1, true, &parsed)) {
			seen.bad++;
			seen.minus += is_minus(line, stop);
			continue;
		}
		seen.good++;
		seen.two += parsed.n_counts == 2;
		seen.deep += memchr(parsed.stack, ';', parsed.len) != NULL;
	}
	return seen;
}

/* "x.folded", "x.folded.gz". */
static bool is_named_so(const char *name)
{
	static const char *const endings[] = {".folded", ".collapsed", ".stacks"};

	for (size_t i = 0; i < PT_LEN(endings); i++) {
		const char *at = strstr(name, endings[i]);

		if (at && (!at[strlen(endings[i])] || at[strlen(endings[i])] == '.'))
			return true;
	}
	return false;
}

/* Many texts end in a number: without a stack of two frames it is the file's name that tells. */
static int sniff(const struct pt_profile_input *in)
{
	size_t len = PT_MIN(in->len, (size_t)PT_SNIFF_BYTES);
	bool named = is_named_so(in->name);
	struct sniffed seen;
	unsigned few;

	if (!len || memchr(in->data, '\0', len))
		return 0;
	seen = look(in);
	few = 1 + seen.good / 10;
	if (!(seen.good + seen.minus) || seen.bad - seen.minus > few)
		return named; /* its lines are told then */
	if (!seen.deep && !seen.minus && !named)
		return 0;
	if (!seen.deep || seen.bad > few || seen.large)
		return 10;
	return seen.bad ? 50 : 60;
}

/* How many bytes two texts have in common, of n. */
static size_t common(const char *a, const char *b, size_t n)
{
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		uint64_t x, y;

		memcpy(&x, a + i, 8);
		memcpy(&y, b + i, 8);
		if (x != y)
			break;
	}
	while (i < n && a[i] == b[i])
		i++;
	return i;
}

/* Leaves of the stack before what the line shares; returns where its next frame begins. */
static size_t keep_shared(struct stack *before, const struct folded_line *line)
{
	size_t n = before->len < line->len ? before->len : line->len;
	size_t same = n ? common(before->text, line->stack, n) : 0;
	bool whole = same == line->len || line->stack[same] == ';';

	while (before->n && before->ends[before->n - 1] >= same + whole)
		before->n--;
	return before->n ? before->ends[before->n - 1] + 1 : 0;
}

/* The customary marks say what kind a frame is. */
static uint32_t intern(struct pt_frames *frames, const char *s, size_t n)
{
	enum pt_frame_kind kind = PT_FRAME_USER;

	if (n > 4 && s[n - 1] == ']' && s[n - 3] == '[' && s[n - 4] == '_') {
		if (s[n - 2] == 'k')
			kind = PT_FRAME_KERNEL;
		else if (s[n - 2] == 'i')
			kind = PT_FRAME_INLINED;
		else if (s[n - 2] == 'j')
			kind = PT_FRAME_JIT;
	}
	return pt_frames_name(frames, s, kind == PT_FRAME_USER ? n : n - 4, kind);
}

/* The node of the line's stack; PT_NO_NODE at the limit. */
static uint32_t line_node(struct folded *f, const struct folded_line *line)
{
	struct stack *before = &f->before;
	struct pt_tree *tree = f->p->tree;
	size_t at = keep_shared(before, line);
	uint32_t node = before->n ? before->nodes[before->n - 1] : PT_TREE_ROOT;
	uint32_t n = before->n;

	before->text = line->stack;
	before->len = line->len;
	while (at < line->len && n < PT_STACK_MAX) {
		const char *s = line->stack + at;
		const char *end = memchr(s, ';', line->len - at);
		size_t len = end ? (size_t)(end - s) : line->len - at;

		if (tree->max_bytes && pt_frames_bytes(tree->frames) > tree->max_bytes)
			return PT_NO_NODE;
		before->frames[n] = intern(tree->frames, s, len);
		before->ends[n++] = (uint32_t)(at + len);
		at += len + 1;
	}
	node = pt_tree_walk(tree, node, before->frames + before->n, n - before->n,
			    before->nodes + before->n);
	before->n = n;
	return node;
}

static int add_line(struct folded *f, const struct folded_line *line, int number)
{
	uint32_t node;

	if (line->len > UINT32_MAX / 2)
		return pt_err_at(f->err, PT_ELIMIT, f->in->name, number, 0,
				 "a stack of more than 2 GiB");
	node = line_node(f, line);
	if (node == PT_NO_NODE)
		return pt_err_at(f->err, PT_ELIMIT, f->in->name, number, 0,
				 "more stacks than %zu MiB of memory hold",
				 f->p->tree->max_bytes >> 20);
	pt_tree_add(f->p->tree, node, line->counts[0]);
	if (line->n_counts == 2)
		pt_tree_add_base(f->p->tree, node, line->counts[1]);
	return 0;
}

static void bad_line(struct folded *f, int number)
{
	if (f->n_bad++ == 0)
		pt_err_at(f->err, PT_ESYNTAX, f->in->name, number, 0, "no %s, expected \"%s\"",
			  f->two ? "two counts" : "count",
			  f->two ? "frame;frame before after" : "frame;frame count");
}

/* All lines; ends early at the first fraction that the scale has no room for. */
static int read_lines(struct folded *f)
{
	const char *at = f->in->data, *end = f->in->data + f->in->len, *stop, *line;
	struct folded_line parsed;
	int number = 0, code = 0;

	while (!code && (line = next_line(&at, end, &stop))) {
		if (number % STEP_LINES == 0)
			code = pt_read_step(f->options->watch, f->in->name,
					    (size_t)(line - f->in->data), f->in->len, f->err);
		if (code)
			break;
		number += number < INT_MAX;
		if (!parse_line(line, stop, f->scale, f->two, &parsed) ||
		    (f->two && parsed.n_counts < 2) || *line == '#') {
			if (!is_blank(line, stop))
				bad_line(f, number);
			continue;
		}
		if (parsed.fraction && f->scale == 1) {
			f->fraction = true;
			return 0;
		}
		code = add_line(f, &parsed, number);
	}
	return code;
}

/* Once more, in thousandths. */
static int read_fractions(struct folded *f)
{
	struct pt_tree *tree = f->p->tree;

	f->p->tree = pt_tree_new(tree->frames, tree->max_bytes);
	pt_tree_free(tree);
	f->scale = FRACTION;
	f->n_bad = 0;
	f->before.n = 0;
	f->before.len = 0;
	pt_profile_note(f->p, "its counts have fractions: they are kept in thousandths");
	return read_lines(f);
}

static int64_t sum(const struct pt_tree *tree)
{
	int64_t total = 0;

	for (uint32_t i = 0; i < tree->n; i++)
		total = pt_weight_add(total, tree->self[i]);
	return total;
}

static int read_folded(const struct pt_profile_input *in, const struct pt_read_options *options,
		       struct pt_profile *p, struct pt_err *err)
{
	struct folded *f = pt_calloc(1, sizeof *f);
	struct sniffed seen = look(in);
	int64_t total;
	int code;

	f->in = in;
	f->options = options;
	f->p = p;
	f->err = err;
	f->scale = 1;
	f->two = seen.two > 0 && seen.two == seen.good;
	code = read_lines(f);
	if (!code && f->fraction)
		code = read_fractions(f);
	if (!code && f->n_bad)
		code = -PT_ESYNTAX;
	if (f->n_bad > 1)
		pt_profile_note(p, "%lld lines are no stacks with counts", (long long)f->n_bad);
	pt_profile_add_value(p, "samples", f->scale == 1 ? "samples" : "thousandths",
			     PT_UNIT_COUNT);
	total = sum(p->tree) / f->scale;
	p->samples = total <= PT_SAMPLES_MAX ? total : 0;
	free(f);
	return code;
}

const struct pt_profile_reader pt_profile_reader_folded = {
	.name = "folded",
	.title = "folded stacks (stackcollapse-*.pl, inferno)",
	.sniff = sniff,
	.read = read_folded,
};
