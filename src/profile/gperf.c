/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses of gperftools' and jemalloc's profiles, and their names. */
#include "gperf.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>

enum { MAX_INLINED = 64, MAX_MAP_LINE = 8192 };

/* What a section of symbols says of an address: the outermost function first, then inlined ones. */
struct pt_gperf_name {
	uint32_t n;
	uint32_t frames[];
};

void pt_gperf_init(struct pt_gperf *g, const struct pt_read_options *options, struct pt_profile *p)
{
	struct pt_symbols_options how = {.symfs = options->symfs,
					 .inlined = options->inlined,
					 .debuginfod = options->debuginfod};

	*g = (struct pt_gperf){.profile = p};
	g->symbols = pt_symbols_new(p->tree->frames, &how);
	g->space = pt_space_new(g->symbols, 0);
	g->stack = pt_calloc(PT_STACK_MAX, sizeof *g->stack);
	g->addresses = pt_calloc(PT_STACK_MAX, sizeof *g->addresses);
}

void pt_gperf_release(struct pt_gperf *g)
{
	size_t pos = 0;
	void *name;

	while (pt_map_next(&g->named, &pos, NULL, NULL, &name))
		free(name);
	pt_map_release(&g->named);
	pt_symbols_free(g->symbols);
	free(g->stack);
	free(g->addresses);
}

/* -- names ----------------------------------------------------------------------------------------- */

/* "main<00000000004012bc>" without what stands in angles: where the function begins. */
static size_t without_begin(const char *s, size_t len)
{
	size_t n = len;

	if (!n || s[n - 1] != '>')
		return len;
	for (n--; n > 0 && strchr("0123456789abcdef", s[n - 1]); n--)
		;
	return n > 1 && s[n - 1] == '<' && len - n > 8 ? n - 1 : len;
}

/* The end of a name among "outer--inner": two hyphens, but not those of "operator--". */
static size_t name_len(const char *s, size_t len)
{
	static const char op[] = "operator";

	for (size_t i = 1; i + 2 < len; i++)
		if (s[i] == '-' && s[i + 1] == '-' &&
		    !(i >= sizeof op - 1 && !memcmp(s + i - (sizeof op - 1), op, sizeof op - 1)))
			return i;
	return len;
}

static void keep_name(struct pt_gperf *g, uint64_t address, const uint32_t *frames, uint32_t n)
{
	struct pt_gperf_name *name = pt_malloc(sizeof *name + n * sizeof *frames);

	name->n = n;
	memcpy(name->frames, frames, n * sizeof *frames);
	free(pt_map_put_u64(&g->named, address, name));
}

static void add_name(struct pt_gperf *g, uint64_t address, const char *s, size_t len)
{
	uint32_t frames[MAX_INLINED] = {0};
	uint32_t n = 0;

	while (len && n < MAX_INLINED) {
		size_t one = name_len(s, len);

		frames[n] = pt_frames_name(g->profile->tree->frames, s,
					   PT_MIN(without_begin(s, one), (size_t)PT_FRAME_NAME_MAX),
					   n ? PT_FRAME_INLINED : PT_FRAME_USER);
		n++;
		s += PT_MIN(one + 2, len);
		len -= PT_MIN(one + 2, len);
	}
	keep_name(g, address, frames, n);
}

/* Of a line in columns, which end in one or more tabs. */
static struct pt_slice next_column(struct pt_scan *s)
{
	struct pt_slice column;

	while (s->at < s->end && *s->at == '\t')
		s->at++;
	column.s = s->at;
	while (s->at < s->end && *s->at != '\t')
		s->at++;
	column.n = (size_t)(s->at - column.s);
	return column;
}

/* A text without what follows the last of that sign. */
static size_t before_last(struct pt_slice text, char sign)
{
	const char *at = text.n ? memrchr(text.s, sign, text.n) : NULL;

	return at ? (size_t)(at - text.s) : text.n;
}

/* "#	0x4b451a	main.waiter+0x1a	example.org/cache/main.go:46": Go tells the
 * call's address, one below where it returns to. */
static int read_comment(struct pt_gperf *g, struct pt_scan *s)
{
	struct pt_str name = PT_STR_INIT, file = PT_STR_INIT;
	struct pt_frame frame = {.kind = PT_FRAME_USER};
	struct pt_slice column;
	uint64_t address;
	uint32_t id;

	if (!pt_scan_hex(s, &address))
		return 0;
	column = next_column(s);
	column.n = before_last(column, '+');
	if (!column.n)
		return 0;
	frame.name = pt_slice_copy(column, &name, PT_FRAME_NAME_MAX + 1);
	column = next_column(s);
	column.n = before_last(column, ':');
	frame.file = pt_slice_copy(column, &file, MAX_MAP_LINE);
	id = pt_frames_intern(g->profile->tree->frames, &frame);
	keep_name(g, address, &id, 1);
	g->commented = true;
	pt_str_release(&name);
	pt_str_release(&file);
	return pt_scan_take(s, sizeof(struct pt_gperf_name) + 100);
}

/* "0x0000000000401308 main": what has no name is told as its address again. */
static int read_name(struct pt_gperf *g, struct pt_scan *s)
{
	uint64_t address;

	if (!pt_scan_hex(s, &address) || !pt_scan_skip(s, " ") || !pt_scan_left(s))
		return 0;
	if (pt_scan_left(s) > 2 && !memcmp(s->at, "0x", 2))
		return 0;
	add_name(g, address, s->at, pt_scan_left(s));
	return pt_scan_take(s, sizeof(struct pt_gperf_name) + 100);
}

static int read_mapping(struct pt_gperf *g, struct pt_scan *s)
{
	char line[MAX_MAP_LINE];

	if (pt_scan_left(s) >= sizeof line)
		return 0;
	memcpy(line, s->at, pt_scan_left(s));
	line[pt_scan_left(s)] = '\0';
	for (size_t n = strlen(line); n && line[n - 1] == ' '; n--)
		line[n - 1] = '\0';
	pt_space_map_line(g->space, line);
	return pt_scan_take(s, 200);
}

int pt_gperf_read_names(struct pt_gperf *g, struct pt_scan *s, bool mappings)
{
	bool symbols = false;
	int code = 0;

	while (!code && pt_scan_next(s)) {
		if (pt_scan_skip(s, "--- "))
			symbols = pt_scan_skip(s, "symbol");
		else if (pt_scan_skip(s, "MAPPED_LIBRARIES:"))
			mappings = true;
		else if (pt_scan_skip(s, "#\t0x"))
			code = read_comment(g, s);
		else if (symbols && pt_scan_skip(s, "0x"))
			code = read_name(g, s);
		else if (mappings)
			code = read_mapping(g, s);
	}
	return code ? code : s->stopped;
}

/* -- stacks ---------------------------------------------------------------------------------------- */

int pt_gperf_read_addresses(struct pt_gperf *g, struct pt_scan *s, size_t *ret_n)
{
	uint64_t address;
	size_t n = 0;

	for (pt_scan_blanks(s); pt_scan_left(s); pt_scan_blanks(s)) {
		if (!pt_scan_skip(s, "0x") || !pt_scan_hex(s, &address))
			return pt_scan_fail(s, PT_ESYNTAX, "expected an address, 0x…");
		if (n < PT_STACK_MAX)
			g->addresses[n++] = address;
	}
	*ret_n = n;
	return 0;
}

/* Frames of an address, the outermost first. */
static size_t frames_of(struct pt_gperf *g, uint64_t address, bool returned, uint32_t *ret,
			size_t max)
{
	const struct pt_gperf_name *name = pt_map_get_u64(&g->named, address);
	size_t n;

	if (!name && returned)
		name = pt_map_get_u64(&g->named, address - 1);
	if (!name)
		return g->commented ? 0 : pt_space_frames(g->space, address, returned, ret, max);
	n = PT_MIN(name->n, max);
	memcpy(ret, name->frames, n * sizeof *ret);
	return n;
}

uint32_t pt_gperf_node(struct pt_gperf *g, size_t n, bool returned)
{
	size_t depth = 0;

	while (n-- > 0 && depth < PT_STACK_MAX)
		depth += frames_of(g, g->addresses[n], n || returned, g->stack + depth,
				   PT_STACK_MAX - depth);
	if (!depth)
		g->stack[depth++] =
			pt_frames_name(g->profile->tree->frames, "[no stack]", 10, PT_FRAME_USER);
	return pt_tree_stack(g->profile->tree, PT_TREE_ROOT, g->stack, depth);
}

void pt_gperf_note(struct pt_gperf *g)
{
	const char *note = pt_symbols_note(g->symbols);

	if (*note)
		pt_profile_note(g->profile, "%s", note);
}
