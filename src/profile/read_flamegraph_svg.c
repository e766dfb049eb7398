/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flame graphs as pictures, of flamegraph.pl and inferno (cargo flamegraph, pprof-rs): a title and a
 * rectangle a frame,
 *
 *	<title>parse (64 samples, 77.11%)</title><rect x="10.0" y="53" width="910.0" ...
 *
 * A frame's caller is the rectangle that it stands on (or hangs from). What its callees do not
 * have is its own; frames too narrow for the picture are not in it and count for their callers.
 * Pictures and pages of perftop have all stacks beside what they show: those are read instead.
 */
#include "scan.h"

#include "export_svg.h"
#include "input.h"

#include "perftop/base/base64.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/pack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NUMBER = 40 };

struct box {
	double x, width, y;
	uint64_t weight, left; /* left: not yet told by callees */
	uint32_t frame, node;
};

struct svg {
	const struct pt_profile_input *in;
	struct pt_scan scan; /* for limits and errors */
	const char *at, *end;
	struct box *boxes;
	size_t n_boxes, cap_boxes;
	char unit[64]; /* "samples": of the first title */
	bool exact;    /* fg:x and fg:w, in samples (inferno) */
};

static const char *find(const char *s, const char *end, const char *what)
{
	return s < end ? memmem(s, (size_t)(end - s), what, strlen(what)) : NULL;
}

static int fail(const struct svg *svg, const char *at, enum pt_error code, const char *what)
{
	char place[200];

	pt_snprintf(place, sizeof place, "%.170s@%zu", svg->in->name, (size_t)(at - svg->in->data));
	return pt_err_at(svg->scan.err, code, place, 0, 0, "%s", what);
}

/* -- titles ---------------------------------------------------------------------------------------- */

static const struct {
	const char *entity;
	char c;
} entities[] = {
	{"&lt;", '<'},	 {"&gt;", '>'},	  {"&amp;", '&'},
	{"&quot;", '"'}, {"&#39;", '\''}, {"&apos;", '\''},
};

/* Text without XML's entities, cut at a frame's longest name. */
static void decode(struct pt_str *out, const char *s, const char *end)
{
	while (s < end && out->len < PT_FRAME_NAME_MAX) {
		size_t i = 0;

		while (*s == '&' && i < PT_LEN(entities) &&
		       ((size_t)(end - s) < strlen(entities[i].entity) ||
			memcmp(s, entities[i].entity, strlen(entities[i].entity)) != 0))
			i++;
		if (*s == '&' && i < PT_LEN(entities)) {
			pt_str_addc(out, entities[i].c);
			s += strlen(entities[i].entity);
		} else {
			pt_str_addc(out, *s++);
		}
	}
}

/* "1,234": digits with commas between thousands. Returns what follows. */
static const char *read_count(const char *s, const char *end, uint64_t *ret)
{
	uint64_t v = 0;

	for (; s < end && ((*s >= '0' && *s <= '9') || (*s == ',' && s + 1 < end && s[1] != ' '));
	     s++)
		if (*s != ',')
			v = v > INT64_MAX / 10 - 1 ? INT64_MAX : v * 10 + (uint64_t)(*s - '0');
	*ret = v;
	return s;
}

/* " (64 samples, 77.11%)" at the end of a title: its begin, or NULL. */
static const char *find_weight(const char *s, const char *end)
{
	for (const char *p = end; p > s + 2; p--)
		if (p[-2] == ' ' && p[-1] == '(' && p < end && *p >= '0' && *p <= '9')
			return p - 2;
	return NULL;
}

/* Name, weight and unit. */
static int read_title(struct svg *svg, const char *s, const char *end, struct box *box)
{
	const char *weight = find_weight(s, end), *unit, *comma;
	struct pt_str name = PT_STR_INIT;

	if (!weight)
		return fail(svg, s, PT_ESYNTAX,
			    "expected a title such as \"name (64 samples, 77%)\"");
	unit = read_count(weight + 2, end, &box->weight);
	comma = find(unit, end, ",");
	if (!svg->unit[0] && comma && comma > unit + 1)
		pt_snprintf(svg->unit, sizeof svg->unit, "%.*s",
			    (int)PT_MIN(comma - unit - 1, MAX_NUMBER), unit + 1);
	decode(&name, s, weight);
	box->frame = pt_frames_name(svg->scan.profile->tree->frames, pt_str_text(&name), name.len,
				    PT_FRAME_USER);
	pt_str_release(&name);
	return 0;
}

/* -- rectangles ------------------------------------------------------------------------------------ */

/* The number in ` name="12.5"` of a tag; "%" and "px" behind it are passed over. */
static bool read_attribute(const char *s, const char *end, const char *name, double *ret)
{
	char text[MAX_NUMBER], *rest;
	const char *value = find(s, end, name), *stop;

	if (!value)
		return false;
	value += strlen(name);
	stop = find(value, end, "\"");
	if (!stop)
		return false;
	pt_snprintf(text, sizeof text, "%.*s", (int)PT_MIN(stop - value, MAX_NUMBER - 1), value);
	*ret = strtod(text, &rest);
	return rest != text && isfinite(*ret);
}

/* The rectangle that belongs to the title before it. 1: there is none (another title comes first). */
static int read_rectangle(struct svg *svg, struct box *box)
{
	const char *next = find(svg->at, svg->end, "<title>");
	const char *s = find(svg->at, next ? next : svg->end, "<rect ");
	const char *end = s ? find(s, svg->end, ">") : NULL;
	bool exact;

	if (!s)
		return 1;
	if (!end)
		return fail(svg, s, PT_ESYNTAX, "the file ends in a rectangle");
	svg->at = end;
	exact = read_attribute(s, end, " fg:x=\"", &box->x) &&
		read_attribute(s, end, " fg:w=\"", &box->width);
	if (!svg->n_boxes)
		svg->exact = exact;
	if (!exact && (!read_attribute(s, end, " x=\"", &box->x) ||
		       !read_attribute(s, end, " width=\"", &box->width)))
		return fail(svg, s, PT_ESYNTAX, "expected a rectangle with x and width");
	if (exact != svg->exact || !read_attribute(s, end, " y=\"", &box->y))
		return fail(svg, s, PT_ESYNTAX, "expected a rectangle as those before it");
	box->y = rint(box->y);
	return 0;
}

static int read_boxes(struct svg *svg)
{
	const char *s, *end;
	int code = 0;

	while (!code && (s = find(svg->at, svg->end, "<title>"))) {
		struct box box = {0};

		s += strlen("<title>");
		end = find(s, svg->end, "</title>");
		if (!end)
			return fail(svg, s, PT_ESYNTAX, "the file ends in a title");
		svg->at = end;
		code = read_rectangle(svg, &box);
		if (code > 0) { /* the picture's own title */
			code = 0;
			continue;
		}
		if (!code)
			code = read_title(svg, s, end, &box);
		if (!code)
			code = pt_scan_take(&svg->scan, 2 * sizeof box);
		if (!code)
			code = pt_scan_step(&svg->scan, (size_t)(svg->at - svg->in->data));
		if (!code)
			*PT_PUSH(svg->boxes, svg->n_boxes, svg->cap_boxes) = box;
	}
	return code;
}

/* -- the tree -------------------------------------------------------------------------------------- */

/* From the top of the picture down, in a row from left to right. */
static int by_row(const void *a, const void *b)
{
	const struct box *x = a, *y = b;

	if (x->y != y->y)
		return x->y < y->y ? -1 : 1;
	return (x->x > y->x) - (x->x < y->x);
}

/* Rows from the one of "all" on: y as it was becomes the row's number. */
static void number_rows(struct svg *svg)
{
	size_t n = svg->n_boxes;
	double y = svg->boxes[0].y, row = 0;
	const struct box *first = &svg->boxes[0], *last = &svg->boxes[n - 1];
	bool grows_up = last->weight >= first->weight && last->width >= first->width;

	for (size_t i = 0; i < n; i++) {
		if (svg->boxes[i].y != y) {
			y = svg->boxes[i].y;
			row++;
		}
		svg->boxes[i].y = row;
	}
	for (size_t i = 0; grows_up && i < n; i++)
		svg->boxes[i].y = row - svg->boxes[i].y;
	qsort(svg->boxes, n, sizeof *svg->boxes, by_row);
}

/* The box of [first, last) that the middle of this one is over. */
static struct box *find_caller(struct box *first, struct box *last, const struct box *box)
{
	double middle = box->x + box->width / 2;
	struct box *low = first, *high = last;

	while (low < high) {
		struct box *between = low + (high - low) / 2;

		if (between->x <= middle)
			low = between + 1;
		else
			high = between;
	}
	return low > first ? low - 1 : NULL;
}

/* Callers first; the first row is the root, "all". */
static int build(struct svg *svg)
{
	struct pt_tree *tree = svg->scan.profile->tree;
	struct box *callers = svg->boxes, *row = svg->boxes, *end = svg->boxes + svg->n_boxes;

	for (struct box *box = svg->boxes; box < end; box++) {
		struct box *caller;

		box->left = box->weight;
		box->node = PT_TREE_ROOT;
		if (box->y == 0)
			continue;
		if (box->y != row->y) {
			callers = row;
			row = box;
		}
		caller = find_caller(callers, row, box);
		if (!caller)
			return fail(svg, svg->end, PT_ESYNTAX, "a frame that stands on no other");
		caller->left -= PT_MIN(box->weight, caller->left);
		box->node = pt_tree_child(tree, caller->node, box->frame);
		if (box->node == PT_NO_NODE)
			return pt_scan_full(&svg->scan);
	}
	for (struct box *box = svg->boxes; box < end; box++)
		pt_tree_add(tree, box->node, (int64_t)PT_MIN(box->left, (uint64_t)INT64_MAX));
	return 0;
}

static void add_value(struct svg *svg)
{
	struct pt_profile *p = svg->scan.profile;
	const char *name = svg->unit[0] ? svg->unit : "samples";
	enum pt_unit unit = PT_UNIT_COUNT;
	double factor;

	/* What is told in other units than ours stays as it is: a count of those. */
	if (!strcmp(name, "bytes") || !strcmp(name, "Bytes"))
		unit = PT_UNIT_BYTES;
	else if (pt_unit_parse(name, &unit, &factor) || factor != 1)
		unit = PT_UNIT_COUNT;
	pt_profile_add_value(p, name, unit == PT_UNIT_NS ? "time" : name, unit);
	if (!strcmp(name, "samples"))
		p->samples = (int64_t)PT_MIN(svg->boxes[0].weight, (uint64_t)INT64_MAX);
	pt_profile_note(
		p, "read back from a picture: frames too narrow for it count for their callers");
}

/* -- pictures of perftop --------------------------------------------------------------------------- */

extern const struct pt_profile_reader pt_profile_reader_folded;

/* Packed stacks, read as what they are. */
static int unpack(const struct pt_profile_input *picture, const char *s, const char *end,
		  const struct pt_read_options *options, struct pt_profile *p, struct pt_err *err)
{
	size_t max = options->max_memory ? options->max_memory : PT_READ_MAX_MEMORY;
	struct pt_str packed = PT_STR_INIT;
	struct pt_input input;
	const struct pt_err *fault;
	int code;

	pt_base64_read(&packed, s, PT_MIN((size_t)(end - s), max));
	if (!packed.len)
		return pt_err_at(err, PT_ENODATA, picture->name, 0, 0,
				 "a picture without its stacks, which were more than %d MiB of "
				 "text, expected the profile that it was made of",
				 PT_PACK_MAX >> 20);
	code = pt_input_open_packed(&input, picture->name, packed.s, packed.len, options->watch,
				    err);
	pt_str_release(&packed);
	if (code)
		return code;
	code = pt_profile_reader_folded.read(&input.in, options, p, err);
	fault = pt_input_fault(&input);
	if (fault && code != -PT_ECANCELED) {
		*err = *fault;
		code = -fault->code;
	}
	pt_input_close(&input);
	return code;
}

/* ` data-NAME="text"` of a tag; "" where there is none. */
static const char *read_text(const char *s, const char *end, const char *name, struct pt_str *ret)
{
	const char *value = find(s, end, name), *stop;

	pt_str_clear(ret);
	if (value) {
		value += strlen(name);
		stop = find(value, end, "\"");
		decode(ret, value, stop ? stop : end);
	}
	return pt_str_text(ret);
}

static int64_t read_number(const char *s, const char *end, const char *name, struct pt_str *text)
{
	long long n = 0;

	pt_parse_i64(read_text(s, end, name, text), 0, INT64_MAX, &n);
	return n;
}

static int read_stacks(const struct pt_profile_input *in, const struct pt_read_options *options,
		       const char *tag, struct pt_profile *p, struct pt_err *err)
{
	const char *end = in->data + in->len, *stop = find(tag, end, ">");
	struct pt_profile_value *v;
	struct pt_str text = PT_STR_INIT;
	double factor;
	int code;

	stop = stop ? stop : end;
	code = unpack(in, stop < end ? stop + 1 : end, end, options, p, err);
	if (p->n_values) {
		v = &p->values[0];
		pt_strlcpy(v->name, read_text(tag, stop, " data-value=\"", &text), sizeof v->name);
		pt_strlcpy(v->what, read_text(tag, stop, " data-what=\"", &text), sizeof v->what);
		if (pt_unit_parse(read_text(tag, stop, " data-unit=\"", &text), &v->unit, &factor))
			v->unit = PT_UNIT_COUNT;
		p->samples = read_number(tag, stop, " data-samples=\"", &text);
		p->lost = read_number(tag, stop, " data-lost=\"", &text);
		if (*read_text(tag, stop, " data-partial=\"", &text))
			pt_profile_note(p, "the picture is of a partial profile: %s", text.s);
	}
	pt_str_release(&text);
	return code;
}

/* -- the reader ------------------------------------------------------------------------------------ */

/* Where the stacks of perftop's own picture begin, in it or in the page around it; or NULL. */
static const char *find_stacks(const struct pt_profile_input *in)
{
	const char *end = in->data + PT_MIN(in->len, (size_t)PT_SNIFF_BYTES);

	return find(in->data, end, SVG_STACKS);
}

static int sniff(const struct pt_profile_input *in)
{
	const char *end = in->data + PT_MIN(in->len, (size_t)PT_SNIFF_BYTES);
	const char *svg = find(in->data, end, "<svg");

	if (!svg)
		return 0;
	if (find_stacks(in) || find(in->data, end, "Flame graph stack visualization") ||
	    find(svg, end, "id=\"frames\""))
		return 100;
	return 0;
}

static int read(const struct pt_profile_input *in, const struct pt_read_options *options,
		struct pt_profile *p, struct pt_err *err)
{
	struct svg svg = {.in = in, .at = in->data, .end = in->data + in->len};
	const char *stacks = find_stacks(in);
	int code, built = 0;

	if (stacks)
		return read_stacks(in, options, stacks, p, err);
	pt_scan_init(&svg.scan, in, options, p, err);
	code = read_boxes(&svg);
	if (svg.n_boxes && code != -PT_ECANCELED) {
		qsort(svg.boxes, svg.n_boxes, sizeof *svg.boxes, by_row);
		number_rows(&svg);
		if (code)
			svg.scan.err = NULL; /* told already */
		add_value(&svg);
		built = build(&svg);
	}
	free(svg.boxes);
	return code ? code : built;
}

const struct pt_profile_reader pt_profile_reader_flamegraph_svg = {
	.name = "flamegraph_svg",
	.title = "pictures of flamegraph.pl, inferno and perftop (.svg, .html)",
	.sniff = sniff,
	.read = read,
};
