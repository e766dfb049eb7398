/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gperftools' CPU profiles: words of the machine that wrote them (4 or 8 bytes, little endian). A
 * head of 0, how many words follow (3), version 0, microseconds between samples, 0; then stacks, a
 * count, how many addresses, and those; a stack of the one address 0 ends them. A list of mappings
 * as text follows. pprof --raw puts a section of symbols before all that.
 */
#include "gperf.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>

enum { HEAD_WORDS = 5, MAX_HEAD = 64, MAX_PERIOD_US = 600 * 1000000 };
enum { CPU_TIME, SAMPLES };

struct cpu {
	const struct pt_profile_input *in;
	struct pt_scan scan; /* for limits and names */
	struct pt_gperf gperf;
	size_t at, word; /* next byte; bytes a word */
	uint64_t period_ns;
};

/* Where the words begin: at the begin, or behind the section of symbols. in->len: nowhere. */
static size_t words_begin(const struct pt_profile_input *in)
{
	static const char *const marks[] = {"\n--- profile\n", "\n--- cpuprofile\n"};

	if (!pt_scan_begins(in, "--- symbol"))
		return 0;
	for (size_t i = 0; i < PT_LEN(marks); i++) {
		const char *p = memmem(in->data, in->len, marks[i], strlen(marks[i]));

		if (p)
			return (size_t)(p - in->data) + strlen(marks[i]);
	}
	return in->len;
}

static bool next_word(const struct pt_profile_input *in, size_t word, size_t *at, uint64_t *ret)
{
	if (*at > in->len || in->len - *at < word)
		return false;
	*ret = 0;
	for (size_t i = word; i--;)
		*ret = *ret << 8 | (unsigned char)in->data[*at + i];
	*at += word;
	return true;
}

/* The head, in words of that size; *at is moved behind it. */
static bool read_head(const struct pt_profile_input *in, size_t word, size_t *at,
		      uint64_t *ret_period_us)
{
	uint64_t zero, more, version, skipped;

	if (!next_word(in, word, at, &zero) || !next_word(in, word, at, &more) ||
	    !next_word(in, word, at, &version) || !next_word(in, word, at, ret_period_us) || zero ||
	    more < HEAD_WORDS - 2 || more > MAX_HEAD || version || !*ret_period_us ||
	    *ret_period_us > (uint64_t)MAX_PERIOD_US)
		return false;
	for (uint64_t i = 2; i < more; i++)
		if (!next_word(in, word, at, &skipped))
			return false;
	return true;
}

/* Bytes of a word, 0 when it is no such profile. */
static size_t word_size(const struct pt_profile_input *in, size_t begin)
{
	for (size_t word = 8; word >= 4; word /= 2) {
		size_t at = begin;
		uint64_t period;

		if (read_head(in, word, &at, &period))
			return word;
	}
	return 0;
}

static int fail(const struct cpu *c, size_t at, enum pt_error code, const char *what)
{
	char place[sizeof c->scan.err->file];

	pt_snprintf(place, sizeof place, "%.170s@%zu", c->in->name, at);
	return pt_err_at(c->scan.err, code, place, 0, 0, "%s", what);
}

/* The signal's own address is told, and by some unwinders once more as the first caller. */
static size_t without_double(uint64_t *addresses, size_t n)
{
	if (n < 2 || addresses[0] != addresses[1])
		return n;
	memmove(addresses + 1, addresses + 2, (n - 2) * sizeof *addresses);
	return n - 1;
}

static int add_stack(struct cpu *c, uint64_t count, size_t n)
{
	struct pt_profile *p = c->gperf.profile;
	uint32_t node = pt_gperf_node(&c->gperf, without_double(c->gperf.addresses, n), false);
	uint64_t unit = p->value == CPU_TIME ? c->period_ns : 1;

	if (node == PT_NO_NODE)
		return pt_scan_full(&c->scan);
	pt_tree_add(p->tree, node, count < INT64_MAX / unit ? (int64_t)(count * unit) : INT64_MAX);
	p->samples = count < (uint64_t)(INT64_MAX - p->samples) ? p->samples + (int64_t)count
								: INT64_MAX;
	return 0;
}

/* One stack. 1: it was the last, the mark of the end, which pprof --raw does not write. */
static int read_stack(struct cpu *c)
{
	size_t begin = c->at, kept = 0;
	uint64_t count, n, address = 0;

	if (c->at == c->in->len)
		return 1;
	if (!next_word(c->in, c->word, &c->at, &count) || !next_word(c->in, c->word, &c->at, &n))
		return fail(c, begin, PT_ESYNTAX, "the file ends here, expected a stack");
	if (!n || n > (c->in->len - c->at) / c->word)
		return fail(c, begin, PT_ESYNTAX, "a stack that is longer than the file, or empty");
	for (uint64_t i = 0; i < n; i++) {
		(void)next_word(c->in, c->word, &c->at, &address);
		if (kept < PT_STACK_MAX)
			c->gperf.addresses[kept++] = address;
	}
	if (!count && n == 1 && !c->gperf.addresses[0])
		return 1;
	return count ? add_stack(c, count, kept) : 0;
}

/* Where the text of mappings begins: behind the stack that ends all. */
static size_t mappings_begin(const struct cpu *c)
{
	size_t at = c->at;
	uint64_t count, n, address = 1;

	while (next_word(c->in, c->word, &at, &count) && next_word(c->in, c->word, &at, &n) && n &&
	       n <= (c->in->len - at) / c->word) {
		size_t next = at + (size_t)n * c->word;

		if (!count && n == 1 && next_word(c->in, c->word, &at, &address) && !address)
			return next;
		at = next;
	}
	return c->in->len;
}

static int read_names(struct cpu *c, size_t begin)
{
	struct pt_profile_input before = *c->in, behind = *c->in;
	const struct pt_scan limits = c->scan;
	size_t mappings = mappings_begin(c);
	int code;

	before.len = begin;
	pt_scan_init(&c->scan, &before, limits.options, limits.profile, limits.err);
	code = pt_gperf_read_names(&c->gperf, &c->scan, false);
	if (code)
		return code;
	behind.data += mappings;
	behind.len -= mappings;
	pt_scan_init(&c->scan, &behind, limits.options, limits.profile, limits.err);
	code = pt_gperf_read_names(&c->gperf, &c->scan, true);
	pt_scan_init(&c->scan, c->in, limits.options, limits.profile, limits.err);
	return code;
}

static int read_stacks(struct cpu *c)
{
	int code = 0;

	while (!code) {
		code = pt_scan_step(&c->scan, c->at);
		if (!code)
			code = read_stack(c);
	}
	return PT_MIN(code, 0);
}

static int sniff(const struct pt_profile_input *in)
{
	return word_size(in, words_begin(in)) ? 90 : 0;
}

static int read(const struct pt_profile_input *in, const struct pt_read_options *options,
		struct pt_profile *p, struct pt_err *err)
{
	struct cpu c = {.in = in, .at = words_begin(in)};
	size_t begin = c.at;
	uint64_t period_us;
	int code;

	pt_scan_init(&c.scan, in, options, p, err);
	c.word = word_size(in, begin);
	if (!c.word)
		return fail(&c, begin, PT_ESYNTAX, "expected the head of a CPU profile");
	(void)read_head(in, c.word, &c.at, &period_us);
	c.period_ns = period_us * 1000;
	pt_profile_add_value(p, "cpu", "time", PT_UNIT_NS);
	pt_profile_add_value(p, "samples", "samples", PT_UNIT_COUNT);
	/* pprof --raw forgets the period: 1. */
	code = pt_scan_choose(&c.scan, period_us > 1 ? CPU_TIME : SAMPLES);
	if (code)
		return code;
	pt_gperf_init(&c.gperf, options, p);
	code = read_names(&c, begin);
	if (!code)
		code = read_stacks(&c);
	pt_gperf_note(&c.gperf);
	pt_gperf_release(&c.gperf);
	return code;
}

const struct pt_profile_reader pt_profile_reader_gperftools_cpu = {
	.name = "gperftools_cpu",
	.title = "CPU profiles of gperftools (CPUPROFILE)",
	.sniff = sniff,
	.read = read,
};
