/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text of perf script: a head, frames from the innermost out, an empty line. The lines of a sample
 * are only found at first; its stack is made from the last line up, and as far as it is that of
 * the sample before, nothing but text is compared. Any other line is looked up by its text without
 * the address, so that each is parsed once, wherever its process was loaded.
 */
#include "perf_script.h"
#include "scan.h"

#include "perftop/base/mem.h"

#define PERIOD "/period"

enum {
	MAX_EVENTS = 64,	/* that are told apart */
	MOMENTS_AT_ONCE = 4096, /* counted towards memory */
	MAX_NAME = sizeof((struct pt_profile_value *)0)->name - sizeof PERIOD
};

struct block {
	struct pt_script_line *lines;
	size_t n, cap;
	uint32_t root;
};

struct reader {
	struct pt_scan scan;
	const struct pt_collapse *collapse; /* NULL: as the view wants it */
	bool periods;			    /* weights are those, not samples */
	struct pt_script_names names;
	struct pt_script_cache cache;
	struct block now, last;
	struct pt_script_head head, rooted; /* of this sample; of the one that root is of */
	uint32_t root;
	bool open;     /* a sample is under way */
	bool skipping; /* one that is not wanted */
	bool java;
	bool headed;	       /* there was a head */
	struct pt_slice event; /* that is read; s NULL: the first to come */
	struct pt_slice other; /* the last one that is not */
	bool seen;	       /* there was a sample of event */
	bool seen_period[2];   /* and one with its period; of other, of event */
	size_t n_bad;
	int first_bad;
	size_t moments; /* paid for */
	size_t cached;	/* bytes, the same */
};

/* -- samples -------------------------------------------------------------------------------------- */

static void count_bad(struct reader *r, int number)
{
	if (!r->n_bad++)
		r->first_bad = number;
}

static int64_t number_of(struct pt_slice digits)
{
	int64_t n = 0;

	for (size_t i = 0; i < digits.n; i++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, digits.s[i] - '0', &n))
			return INT64_MAX;
	return n;
}

static int32_t id_of(struct pt_slice digits)
{
	int64_t n = number_of(digits);

	return n > INT32_MAX ? INT32_MAX : (int32_t)n;
}

/* "java", "java-24636", "java-?/25607". */
static void collapse_root(struct reader *r)
{
	const struct pt_collapse *how = r->collapse;
	struct pt_str *name = &r->names.text[0];

	pt_str_clear(name);
	pt_str_addn(name, r->head.comm.s, r->head.comm.n);
	if (how->pid || how->tid) {
		pt_str_addc(name, '-');
		if (r->head.pid.n)
			pt_str_addn(name, r->head.pid.s, r->head.pid.n);
		else
			pt_str_addc(name, '?');
	}
	if (how->tid) {
		pt_str_addc(name, '/');
		pt_str_addn(name, r->head.tid.s, r->head.tid.n);
	}
	for (size_t i = 0; i < name->len; i++)
		if (name->s[i] == ' ')
			name->s[i] = '_';
	pt_script_names_split(&r->names, name->s, name->len);
}

static void view_root(struct reader *r)
{
	struct pt_str *name = &r->names.text[0];
	struct pt_frame frame = {.kind = PT_FRAME_THREAD};

	if (!r->head.comm.n)
		return;
	pt_str_clear(name);
	pt_str_addn(name, r->head.comm.s, r->head.comm.n);
	for (size_t i = 0; i < name->len; i++)
		if (name->s[i] == ';')
			name->s[i] = ':';
	frame.name = name->s;
	if (r->scan.options->threads) {
		frame.pid = id_of(r->head.pid.n ? r->head.pid : r->head.tid);
		frame.tid = id_of(r->head.tid);
	}
	*PT_PUSH(r->names.ids, r->names.n_ids, r->names.cap_ids) =
		pt_frames_intern(r->names.frames, &frame);
}

static bool same_root(const struct pt_script_head *a, const struct pt_script_head *b)
{
	return pt_slice_same(a->comm, b->comm) && pt_slice_same(a->tid, b->tid) &&
	       pt_slice_same(a->pid, b->pid);
}

/* The node of the sample's process; that of the one before where it is the same. */
static uint32_t root_node(struct reader *r)
{
	struct pt_tree *tree = r->scan.profile->tree;
	size_t first = r->names.n_ids;

	if (r->rooted.comm.s && same_root(&r->head, &r->rooted))
		return r->root;
	if (r->collapse)
		collapse_root(r);
	else
		view_root(r);
	r->root = PT_TREE_ROOT;
	if (r->names.n_ids > first)
		r->root = pt_tree_stack(tree, PT_TREE_ROOT, r->names.ids + first,
					r->names.n_ids - first);
	r->names.n_ids = first;
	r->rooted = r->head;
	return r->root;
}

static bool same_line(const struct pt_script_line *a, const struct pt_script_line *b)
{
	return a->n == b->n && a->flags == b->flags && memcmp(a->s, b->s, a->n) == 0;
}

/* The leaf of the stack; PT_NO_NODE at the tree's limit. */
static uint32_t stack_node(struct reader *r)
{
	struct pt_tree *tree = r->scan.profile->tree;
	uint32_t node = r->now.root = root_node(r);
	size_t old = r->last.n;
	bool same = r->last.root == node;
	size_t depth = 0;

	for (size_t i = r->now.n; i--;) {
		struct pt_script_line *line = &r->now.lines[i];
		const struct pt_script_entry *e;

		if (node == PT_NO_NODE)
			return node;
		same = same && old && same_line(line, &r->last.lines[--old]);
		if (same) {
			line->node = node = r->last.lines[old].node;
			depth++;
			continue;
		}
		line->node = node;
		if (depth >= PT_STACK_MAX) /* what is called beyond counts for this one */
			continue;
		e = pt_script_cache_find(&r->cache, &r->names, line);
		if (e->bad)
			count_bad(r, (int)line->number);
		for (uint32_t k = 0; k < e->count && node != PT_NO_NODE; k++)
			if (depth++ < PT_STACK_MAX)
				node = pt_tree_child(tree, node, r->names.ids[e->first + k]);
		line->node = node;
	}
	return node;
}

/* -- memory --------------------------------------------------------------------------------------- */

/* What was looked up before is no loss: it makes room for what is. False: there was nothing. */
static bool drop_cache(struct reader *r)
{
	size_t bytes = r->cached;

	pt_script_cache_drop(&r->cache, &r->names);
	pt_scan_give(&r->scan, bytes);
	r->cached = 0;
	return bytes > 0;
}

/* Before a sample: starts anew rather than grow (from the old table to one of twice the size) beyond
 * the limit. */
static void limit_cache(struct reader *r)
{
	size_t bytes = pt_script_cache_bytes(&r->cache, &r->names);

	if (pt_script_cache_grows(&r->cache, r->now.n) && !pt_scan_fits(&r->scan, 2 * bytes))
		pt_script_cache_forget(&r->cache, &r->names);
}

/* Behind a sample: what there is by now counts. */
static void count_cache(struct reader *r)
{
	size_t bytes = pt_script_cache_bytes(&r->cache, &r->names);

	if (bytes == r->cached)
		return;
	if (!pt_scan_fits(&r->scan, bytes - r->cached)) {
		drop_cache(r);
		return;
	}
	(void)pt_scan_take(&r->scan, bytes - r->cached);
	r->cached = bytes;
}

/* The leaf of the sample's stack. The cache goes before the tree is full. */
static uint32_t sample_node(struct reader *r)
{
	uint32_t node;

	limit_cache(r);
	node = stack_node(r);
	if (node == PT_NO_NODE && drop_cache(r)) {
		r->rooted.comm.s = NULL;
		node = stack_node(r);
	}
	pt_script_cache_trim(&r->cache, &r->names);
	count_cache(r);
	return node;
}

static int add_moment(struct reader *r, uint32_t node, int64_t weight)
{
	struct pt_profile *p = r->scan.profile;

	if (p->n_moments == r->moments) {
		r->moments += MOMENTS_AT_ONCE;
		if (!pt_scan_fits(&r->scan, MOMENTS_AT_ONCE * sizeof *p->moments))
			drop_cache(r);
		if (pt_scan_take(&r->scan, MOMENTS_AT_ONCE * sizeof *p->moments))
			return -PT_ELIMIT;
	}
	pt_profile_add_moment(p, r->head.at_ns, node, weight);
	return 0;
}

/* Ends the sample that is open. */
static int close_sample(struct reader *r)
{
	struct pt_profile *p = r->scan.profile;
	int64_t weight = r->periods ? number_of(r->head.period) : 1;
	uint32_t node = sample_node(r);
	struct block swap = r->last;

	r->last = r->now;
	r->now = swap;
	r->now.n = 0;
	r->open = false;
	if (node == PT_NO_NODE)
		return pt_scan_full(&r->scan);
	if (!weight)
		weight = 1;
	pt_tree_add_sample(p->tree, node, weight);
	p->samples++;
	if (r->scan.options->moments && r->head.at_ns >= 0)
		return add_moment(r, node, weight);
	return 0;
}

/* -- events --------------------------------------------------------------------------------------- */

static bool has_value(const struct pt_profile *p, const char *name)
{
	for (size_t i = 0; i < p->n_values; i++)
		if (!strcmp(p->values[i].name, name))
			return true;
	return false;
}

/* An event is two values: its samples, and where the text has them the sum of its periods (ns of the
 * clocks); perf.data's reader calls them the same. */
static void add_event(struct reader *r, const struct pt_script_head *head)
{
	struct pt_profile *p = r->scan.profile;
	char name[PT_LEN(p->values->name)];
	bool clock = (head->event.n >= 9 && memcmp(head->event.s, "cpu-clock", 9) == 0) ||
		     (head->event.n >= 10 && memcmp(head->event.s, "task-clock", 10) == 0);
	enum pt_unit unit = clock ? PT_UNIT_NS : PT_UNIT_COUNT;
	int n = (int)PT_MIN(head->event.n, (size_t)MAX_NAME);

	pt_snprintf(name, sizeof name, "%.*s", n, head->event.s);
	if (!has_value(p, name) && p->n_values < MAX_EVENTS) {
		if (r->collapse)
			pt_profile_add_value(p, name, clock ? "time" : "events", unit);
		else
			pt_profile_add_value(p, name, "samples", PT_UNIT_COUNT);
	}
	if (r->collapse || !head->period.n || !has_value(p, name))
		return;
	pt_snprintf(name, sizeof name, "%.*s" PERIOD, n, head->event.s);
	if (!has_value(p, name))
		pt_profile_add_value(p, name, clock ? "time" : "events", unit);
}

/* Is this sample one of the event that is read? One that does not say belongs to any. */
static bool is_wanted(struct reader *r, const struct pt_script_head *head)
{
	bool wanted, again;

	if (!head->event.n)
		return true;
	if (!r->event.s)
		r->event = head->event;
	wanted = pt_slice_same(head->event, r->event);
	again = wanted ? r->seen : pt_slice_same(head->event, r->other);
	if (!again || (head->period.n && !r->seen_period[wanted])) {
		add_event(r, head);
		r->seen_period[wanted] = head->period.n > 0;
	}
	if (wanted)
		r->seen = true;
	else
		r->other = head->event;
	return wanted;
}

/* -- lines ---------------------------------------------------------------------------------------- */

static struct pt_slice this_line(const struct pt_scan *scan)
{
	return (struct pt_slice){scan->start, (size_t)(scan->end - scan->start)};
}

/* Lines that say more of this frame: they become part of it. */
static void take_source(struct reader *r)
{
	struct pt_scan *scan = &r->scan;
	const char *start = scan->start, *stop = scan->in->data + scan->in->len;
	size_t n;

	if (r->collapse)
		n = pt_script_names_lines(&r->names, this_line(scan));
	else
		n = *start == '\t' && stop - scan->next > 2 && scan->next[0] == ' ' &&
		    scan->next[1] == ' ' && !PT_SCRIPT_IS(scan->next[2], PT_SCRIPT_BLANK);
	while (n-- && pt_scan_next(scan))
		;
	scan->start = start;
}

/* The text that tells a frame's line from others begins behind the address, unless that shows. */
static void push_line(struct reader *r)
{
	const struct pt_collapse *how = r->collapse;
	struct pt_scan *scan = &r->scan;
	const char *word = scan->start, *after;
	struct pt_script_line *line;
	int number = scan->line;

	if (!how || how->srcline)
		take_source(r);
	while (word < scan->end && PT_SCRIPT_IS(*word, PT_SCRIPT_BLANK))
		word++;
	for (after = word; after < scan->end && PT_SCRIPT_IS(*after, PT_SCRIPT_WORD);)
		after++;
	if (r->now.n == 2 * PT_STACK_MAX) { /* what is called beyond is not kept */
		r->now.n = PT_STACK_MAX;
		memmove(r->now.lines, r->now.lines + PT_STACK_MAX,
			PT_STACK_MAX * sizeof *r->now.lines);
	}
	line = PT_PUSH(r->now.lines, r->now.n, r->now.cap);
	line->flags = how ? (r->java ? PT_SCRIPT_JAVA : 0)
			  : (after - word == 16 && *word == 'f' ? PT_SCRIPT_KERNEL : 0);
	if (how && (how->addrs || how->inlined ||
		    (scan->end - after > 1 && after[0] == ' ' && after[1] == '(')))
		after = word;
	line->before = (uint16_t)(after - word);
	line->s = line->before == after - word ? after : word;
	if (line->s == word)
		line->before = 0;
	line->n = (uint32_t)PT_MIN((size_t)(scan->end - line->s), (size_t)UINT32_MAX / 2);
	line->number = (uint32_t)number;
}

/* By the collapser's rules: only an empty line ends a sample, and heads are known by their look. */
static int collapse_line(struct reader *r)
{
	struct pt_slice line = this_line(&r->scan);
	struct pt_script_head head;

	if (!line.n)
		return r->open ? close_sample(r) : 0;
	if (line.s[0] == '#')
		return 0;
	if (pt_script_head_collapse(line, &head)) {
		if (is_wanted(r, &head)) {
			r->head = head;
			r->open = true;
			r->java = head.comm.n >= 4 && memcmp(head.comm.s, "java", 4) == 0;
		}
		r->headed = true;
	} else if (r->open) {
		push_line(r);
	} else if (!r->headed) {
		count_bad(r, r->scan.line);
	}
	return 0;
}

/* "PERF_RECORD_LOST lost 42", and what else is no sample. */
static bool is_record(struct reader *r, const struct pt_script_head *head)
{
	static const char begin[] = "PERF_RECORD_", lost[] = "PERF_RECORD_LOST lost ";
	const char *end = head->rest.s + head->rest.n;
	struct pt_slice text = {head->event.n ? head->event.s : head->rest.s, 0};
	struct pt_profile *p = r->scan.profile;
	size_t n = sizeof lost - 1;

	text.n = (size_t)(end - text.s);
	if (text.n < sizeof begin || memcmp(text.s, begin, sizeof begin - 1) != 0)
		return false;
	if (text.n > n && memcmp(text.s, lost, n) == 0) {
		text = (struct pt_slice){text.s + n, 0};
		while (text.s + text.n < end && PT_SCRIPT_IS(text.s[text.n], PT_SCRIPT_DIGIT))
			text.n++;
		p->lost = pt_weight_add(p->lost, number_of(text));
	}
	return true;
}

/* A frame behind the head is the only one. */
static int view_head(struct reader *r, struct pt_script_head *head)
{
	struct pt_slice rest = head->rest;
	struct pt_script_frame frame;
	int code = r->open ? close_sample(r) : 0;

	if (code || is_record(r, head))
		return code;
	head->event.n = PT_MIN(head->event.n, (size_t)MAX_NAME);
	if (!is_wanted(r, head))
		return 0;
	r->head = *head;
	r->open = true;
	if (!rest.n || !pt_script_frame_view(rest, &frame) || !frame.module.n ||
	    frame.address.n < 4)
		return 0;
	r->scan.start = rest.s;
	push_line(r);
	return close_sample(r);
}

/* Does a line of the view begin a sample? What is indented is rather a frame. */
static bool is_view_head(const struct reader *r, struct pt_slice line, struct pt_script_head *head)
{
	struct pt_script_frame frame;

	if (line.s[0] == '\t')
		return false;
	if (PT_SCRIPT_IS(line.s[0], PT_SCRIPT_BLANK))
		return r->now.n == 0 && pt_script_head_view(line, true, head);
	if (r->open && pt_script_frame_view(line, &frame) && frame.module.n && frame.address.n > 3)
		return false;
	return pt_script_head_view(line, false, head);
}

static int view_line(struct reader *r)
{
	struct pt_slice line = this_line(&r->scan);
	struct pt_script_head head;

	if (!line.n) {
		r->skipping = false;
		return r->open ? close_sample(r) : 0;
	}
	if (line.s[0] == '#')
		return 0;
	if (is_view_head(r, line, &head)) {
		int code = view_head(r, &head);

		r->skipping = !r->open;
		return code;
	}
	if (r->skipping)
		return 0;
	if (!r->open && PT_SCRIPT_IS(line.s[0], PT_SCRIPT_BLANK)) { /* perf script -F ip,sym */
		r->head = (struct pt_script_head){.comm = {"", 0}, .at_ns = -1};
		r->open = true;
	}
	if (r->open)
		push_line(r);
	else
		count_bad(r, r->scan.line);
	return 0;
}

/* -- the whole ------------------------------------------------------------------------------------ */

static int end_of_text(struct reader *r)
{
	const struct pt_profile_input *in = r->scan.in;

	if (in->len && in->data[in->len - 1] != '\n')
		return pt_scan_fail(&r->scan, PT_ESYNTAX,
				    "the text ends within a line, expected an empty one");
	return r->open && !r->collapse ? close_sample(r) : 0;
}

static int read_lines(struct reader *r)
{
	int code = 0;

	if (r->collapse)
		while (!code && pt_scan_next(&r->scan))
			code = collapse_line(r);
	else
		while (!code && pt_scan_next(&r->scan))
			code = view_line(r);
	if (!code)
		code = r->scan.stopped;
	return code ? code : end_of_text(r);
}

static void tell_events(struct reader *r)
{
	struct pt_profile *p = r->scan.profile;
	char name[PT_LEN(p->values->name)];

	if (!p->n_values) {
		pt_profile_add_value(p, "samples", "samples", PT_UNIT_COUNT);
		return;
	}
	pt_snprintf(name, sizeof name, "%.*s%s", (int)PT_MIN(r->event.n, (size_t)MAX_NAME),
		    r->event.s, r->periods && !r->collapse ? PERIOD : "");
	for (size_t i = 0; i < p->n_values; i++)
		if (!strcmp(p->values[i].name, name))
			p->value = i;
	if (r->collapse && r->other.s && !r->collapse->event_filter)
		pt_profile_note(p, "only samples of the event %s are counted", name);
}

/* Text between samples is common; all of it is not perf script. */
static int tell_bad(struct reader *r)
{
	struct pt_profile *p = r->scan.profile;

	if (!p->samples && r->first_bad && !r->scan.err->code) {
		return pt_err_at(r->scan.err, PT_ENODATA, r->scan.in->name, r->first_bad, 0,
				 "neither a sample nor a frame, expected \"command pid time: "
				 "event:\" or \"address symbol (object)\"");
	}
	if (r->n_bad)
		pt_profile_note(p, "some lines are neither samples nor frames; the first is %s:%d",
				r->scan.in->name, r->first_bad);
	return 0;
}

/* The event that is asked for, by its name or that of its periods; without any the first counts. */
static void want_event(struct reader *r, const struct pt_read_options *options)
{
	const char *name = options->value;

	r->periods = options->collapse;
	if (options->collapse && options->names.event_filter)
		name = options->names.event_filter;
	if (!name || !*name)
		return;
	r->event = (struct pt_slice){name, strlen(name)};
	if (!options->collapse && pt_slice_ends(r->event, PERIOD)) {
		r->event.n -= sizeof PERIOD - 1;
		r->periods = true;
	}
}

static int read_perf_script(const struct pt_profile_input *in,
			    const struct pt_read_options *options, struct pt_profile *p,
			    struct pt_err *err)
{
	struct reader r = {.collapse = options->collapse ? &options->names : NULL,
			   .last.root = PT_NO_NODE};
	struct pt_script_inline *inlined = NULL;
	int code = 0, chosen = 0;

	want_event(&r, options);
	pt_scan_init(&r.scan, in, options, p, err);
	r.names = (struct pt_script_names){
		.frames = p->tree->frames, .collapse = r.collapse, .max_bytes = p->tree->max_bytes};
	if (r.collapse && r.collapse->inlined) {
		code = pt_script_inline_new(in, options, p, &inlined, err);
		r.names.inlined = inlined;
	}
	if (!code)
		code = read_lines(&r);
	tell_events(&r);
	if (code)
		r.scan.err = NULL; /* told already */
	if (options->value && !(r.collapse && r.collapse->event_filter))
		chosen = pt_scan_choose(&r.scan, p->value);
	code = code ? code : chosen;
	if (!code)
		code = tell_bad(&r);
	pt_script_cache_drop(&r.cache, &r.names);
	pt_script_names_release(&r.names);
	pt_script_inline_free(inlined);
	free(r.now.lines);
	free(r.last.lines);
	return code;
}

/* Lines of each kind. */
struct seen {
	size_t heads, frames, other;
};

static void look_at(struct pt_slice line, struct seen *seen)
{
	struct pt_script_frame frame;
	struct pt_script_head head;

	if (!line.n || line.s[0] == '#')
		return;
	if (pt_script_frame_view(line, &frame) && (frame.module.n || line.s[0] == '\t') &&
	    frame.address.n > 2) {
		seen->frames++;
	} else if (pt_script_head_view(line, true, &head) &&
		   (head.at_ns >= 0 || seen->heads || seen->frames)) {
		seen->heads++;
		seen->frames +=
			head.rest.n && pt_script_frame_view(head.rest, &frame) && frame.module.n;
	} else {
		seen->other++;
	}
}

/* Heads, and frames below or behind them. */
static int sniff(const struct pt_profile_input *in)
{
	struct pt_profile_input begin = *in;
	struct pt_read_options none = {.collapse = false};
	struct seen seen = {0};
	struct pt_scan scan;

	begin.len = PT_MIN(in->len, (size_t)PT_SNIFF_BYTES);
	if (!begin.len || memchr(begin.data, '\0', begin.len))
		return 0;
	pt_scan_init(&scan, &begin, &none, NULL, NULL);
	while (pt_scan_next(&scan))
		look_at(this_line(&scan), &seen);
	if (seen.heads && seen.frames > seen.other)
		return 90;
	return seen.heads + seen.frames > seen.other ? 55 : 0;
}

const struct pt_profile_reader pt_profile_reader_perf_script = {
	.name = "perf_script",
	.title = "text of perf script",
	.sniff = sniff,
	.read = read_perf_script,
};
