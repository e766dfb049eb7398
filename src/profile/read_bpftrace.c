/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Maps of bpftrace whose keys are stacks: "@[", a key after the other with ", " between them, and
 * "]: count". Stacks are a frame a line, from the innermost out; what else is in the key (comm, pid)
 * becomes the root. Each map is a value.
 */
#include "scan.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>

enum { MAX_MAPS = 64, MAX_ROOT = 4096 };

struct reader {
	struct pt_scan scan;
	struct pt_str map;  /* its name: "@", "@bytes" */
	bool wanted;	    /* it is the map that is read */
	bool open;	    /* its key is not at its end */
	struct pt_str root; /* what of the key is no stack */
	uint32_t *ids;	    /* frames, the innermost first */
	size_t n_ids, cap_ids;
	struct pt_str name, module;
};

/* -- names ---------------------------------------------------------------------------------------- */

static void put(struct pt_str *str, const char *s, size_t n)
{
	pt_str_clear(str);
	pt_str_addn(str, s, n);
	for (size_t i = 0; i < n; i++)
		if (str->s[i] == ';')
			str->s[i] = ':';
}

/* "vfs_read+12": an offset in decimal. */
static size_t without_offset(const char *s, size_t n)
{
	size_t k = n;

	while (k && s[k - 1] >= '0' && s[k - 1] <= '9')
		k--;
	return k > 1 && k < n && s[k - 1] == '+' ? k - 1 : n;
}

/* "vfs_read+12"; in the form of perf, "ffffffff8103ce3b vfs_read+12 ([kernel.kallsyms])". */
static void push_frame(struct reader *r, const char *s, size_t n)
{
	struct pt_frame frame = {.kind = PT_FRAME_USER};
	const char *open = n && s[n - 1] == ')' ? memmem(s, n, " (", 2) : NULL;
	size_t hex = 0;

	pt_str_clear(&r->module);
	while (hex < n && memchr("0123456789abcdef", s[hex], 16))
		hex++;
	if (open && hex >= 4 && s[hex] == ' ' && open > s + hex) {
		put(&r->module, open + 2, n - (size_t)(open + 3 - s));
		s += hex + 1;
		n = (size_t)(open - s);
	}
	put(&r->name, s, without_offset(s, n));
	frame.name = pt_str_text(&r->name);
	frame.module = pt_str_text(&r->module);
	if (*frame.module == '[' && strcmp(frame.module, "[unknown]") != 0 &&
	    strcmp(frame.module, "[vdso]") != 0)
		frame.kind = PT_FRAME_KERNEL;
	if (r->n_ids < PT_STACK_MAX)
		*PT_PUSH(r->ids, r->n_ids, r->cap_ids) =
			pt_frames_intern(r->scan.profile->tree->frames, &frame);
}

/* Keys that are no stacks: "comm", "comm, 4711". */
static void add_root(struct reader *r, const char *s, size_t n)
{
	while (n && (*s == ',' || *s == ' '))
		s++, n--;
	while (n && (s[n - 1] == ',' || s[n - 1] == ' '))
		n--;
	if (!n || r->root.len + n > MAX_ROOT)
		return;
	if (r->root.len)
		pt_str_add(&r->root, ", ");
	pt_str_addn(&r->root, s, n);
}

/* -- maps ----------------------------------------------------------------------------------------- */

/* Which value a map is, made when it is new. */
static void choose_map(struct reader *r)
{
	struct pt_profile *p = r->scan.profile;
	const char *wanted = r->scan.options->value, *name = pt_str_text(&r->map);
	size_t i = 0;

	while (i < p->n_values && strcmp(p->values[i].name, name) != 0)
		i++;
	if (i == p->n_values && i < MAX_MAPS)
		pt_profile_add_value(p, name, "samples", PT_UNIT_COUNT);
	r->wanted = wanted ? !strcmp(name, wanted) : i == 0;
}

/* "@name[" at the begin of a line; what follows is left in the scan. */
static bool begin_map(struct reader *r)
{
	struct pt_scan *s = &r->scan;
	const char *open = pt_scan_left(s) ? memchr(s->at, '[', pt_scan_left(s)) : NULL;

	if (!open || *s->at != '@' ||
	    (size_t)(open - s->at) >= sizeof r->scan.profile->values->name)
		return false;
	for (const char *p = s->at + 1; p < open; p++)
		if (*p != '_' && (*p < '0' || *p > '9') && (*p < 'a' || *p > 'z') &&
		    (*p < 'A' || *p > 'Z'))
			return false;
	put(&r->map, s->at, (size_t)(open - s->at));
	s->at = open + 1;
	r->open = true;
	r->n_ids = 0;
	pt_str_clear(&r->root);
	return true;
}

/* "]: 42" at the end of a line: where the bracket is, or NULL. */
static const char *find_end(const struct pt_scan *s, uint64_t *ret)
{
	const char *p = s->end;
	struct pt_scan number = *s;

	while (p > s->at && p[-1] >= '0' && p[-1] <= '9')
		p--;
	if (p == s->end || p - s->at < 3 || memcmp(p - 3, "]: ", 3) != 0)
		return NULL;
	number.at = p;
	pt_scan_number(&number, ret);
	return p - 3;
}

static int end_map(struct reader *r, uint64_t weight)
{
	struct pt_profile *p = r->scan.profile;
	struct pt_frame root = {.name = pt_str_text(&r->root), .kind = PT_FRAME_THREAD};
	uint32_t node = PT_TREE_ROOT;

	r->open = false;
	if (!r->n_ids) /* its key is no stack */
		return 0;
	choose_map(r);
	if (!r->wanted)
		return 0;
	weight = PT_MIN(weight, (uint64_t)INT64_MAX);
	if (r->root.len) {
		put(&r->name, r->root.s, r->root.len);
		root.name = r->name.s;
		node = pt_tree_child(p->tree, node, pt_frames_intern(p->tree->frames, &root));
	}
	for (size_t i = r->n_ids; i-- && node != PT_NO_NODE;)
		node = pt_tree_child(p->tree, node, r->ids[i]);
	if (node == PT_NO_NODE)
		return pt_scan_full(&r->scan);
	pt_tree_add(p->tree, node, (int64_t)weight);
	p->samples = pt_weight_add(p->samples, (int64_t)weight);
	return 0;
}

/* A line of a key that is open. Frames are indented; what is not stands between stacks. */
static int key_line(struct reader *r, bool first)
{
	struct pt_scan *s = &r->scan;
	uint64_t weight = 0;
	const char *end = find_end(s, &weight);

	if (end) {
		add_root(r, s->at, (size_t)(end - s->at));
		return end_map(r, weight);
	}
	if (first || (s->at < s->end && *s->at != ' ' && *s->at != '\t')) {
		add_root(r, s->at, pt_scan_left(s));
		return 0;
	}
	pt_scan_blanks(s);
	if (pt_scan_left(s))
		push_frame(r, s->at, pt_scan_left(s));
	return pt_scan_fits(s, 0) ? 0 : pt_scan_full(s);
}

static int read_maps(struct reader *r)
{
	int code = 0;

	while (!code && pt_scan_next(&r->scan)) {
		if (begin_map(r))
			code = key_line(r, true);
		else if (r->open)
			code = key_line(r, false);
	}
	if (!code)
		code = r->scan.stopped;
	if (!code && r->open)
		code = pt_scan_fail(&r->scan, PT_ESYNTAX,
				    "the text ends within a key, expected \"]: count\"");
	return code;
}

static int read_bpftrace(const struct pt_profile_input *in, const struct pt_read_options *options,
			 struct pt_profile *p, struct pt_err *err)
{
	struct reader r = {.open = false};
	int code, chosen = 0;

	pt_scan_init(&r.scan, in, options, p, err);
	code = read_maps(&r);
	if (code)
		r.scan.err = NULL; /* told already */
	if (p->n_values)
		chosen = pt_scan_choose(&r.scan, 0);
	code = code ? code : chosen;
	free(r.ids);
	pt_str_release(&r.map);
	pt_str_release(&r.root);
	pt_str_release(&r.name);
	pt_str_release(&r.module);
	return code;
}

/* A line "@[" or "@name[", with frames behind it. */
static int sniff(const struct pt_profile_input *in)
{
	struct pt_profile_input begin = *in;
	struct pt_read_options none = {.collapse = false};
	struct pt_scan scan;
	bool open = false;

	begin.len = PT_MIN(in->len, (size_t)PT_SNIFF_BYTES);
	if (!begin.len || memchr(begin.data, '\0', begin.len))
		return 0;
	pt_scan_init(&scan, &begin, &none, NULL, NULL);
	while (pt_scan_next(&scan)) {
		size_t n = pt_scan_left(&scan);

		if (open && n > 1 && (*scan.at == ' ' || *scan.at == '\t'))
			return 80;
		open = n > 1 && *scan.at == '@' && memchr(scan.at, '[', n) &&
		       (scan.end[-1] == '[' || scan.end[-1] == ' ' || scan.end[-1] == ',');
	}
	return 0;
}

const struct pt_profile_reader pt_profile_reader_bpftrace = {
	.name = "bpftrace",
	.title = "maps of bpftrace with stacks as keys",
	.sniff = sniff,
	.read = read_bpftrace,
};
