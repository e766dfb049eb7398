/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The graph as an SVG that needs nothing else: the cells of graph.h at a width in pixels, and a
 * script for zoom and search. Colours tell the kind of code, or the change of a difference. All
 * stacks stand in it, packed, whatever is shown: it can be read back whole.
 */
#include "export_svg.h"

#include "perftop/base/base64.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/profile/pack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	WIDTH = 1200,
	PAD = 10,
	ROW = 17,
	HEAD = 44,
	FOOT = 26,
	ROWS_MAX = 2000,
	NAME_MAX_BYTES = 2000
};

/* What one letter of the 12 px font takes at most, on average. */
static const double letter_px = 6.6;

void export_title(const struct pt_profile *p, const struct pt_export_spec *spec, struct pt_str *out)
{
	pt_str_add(out, spec->title ? spec->title : p->name[0] ? p->name : "profile");
	if (spec->base && p->tree->base_total)
		pt_str_addf(out, " against %s", spec->base);
}

double export_change(const struct pt_profile *p, int64_t total, int64_t base_total)
{
	struct pt_share now = pt_share_of(p->tree, PT_TREE_ROOT, false, total, 0, 0);
	struct pt_share was = pt_share_of(p->tree, PT_TREE_ROOT, true, base_total, 0, 0);

	return 100 * (now.part - was.part);
}

static void add_grouped(int64_t n, char *out, size_t size)
{
	char digits[32];
	size_t len = pt_snprintf(digits, sizeof digits, "%lld", (long long)n), k = 0;

	for (size_t i = 0; i < len && k + 2 < size; i++) {
		if (i && digits[i - 1] != '-' && (len - i) % 3 == 0)
			out[k++] = ',';
		out[k++] = digits[i];
	}
	out[k] = '\0';
}

void export_weight(const struct pt_profile *p, int64_t weight, char *out, size_t size)
{
	const struct pt_profile_value *v = p->n_values ? &p->values[p->value] : NULL;
	static const struct {
		double from;
		const char *name;
	} times[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {0, "ns"}},
	  bytes[] = {{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}, {0, "B"}};
	double w = fabs((double)weight);
	char number[40], what[4 * sizeof v->what];

	if (v && (v->unit == PT_UNIT_NS || v->unit == PT_UNIT_BYTES)) {
		for (size_t i = 0; i < PT_LEN(times); i++) {
			double from = v->unit == PT_UNIT_NS ? times[i].from : bytes[i].from;
			if (w < from)
				continue;
			pt_snprintf(out, size, "%.3g %s", (double)weight / (from > 0 ? from : 1),
				    v->unit == PT_UNIT_NS ? times[i].name : bytes[i].name);
			return;
		}
	}
	add_grouped(weight, number, sizeof number);
	pt_text_safe(what, sizeof what, v ? v->what : "", v ? strlen(v->what) : 0, false);
	pt_snprintf(out, size, "%s %s", number, *what ? what : "samples");
}

void svg_text(struct pt_str *out, const char *s)
{
	char safe[NAME_MAX_BYTES * 2];

	pt_text_safe(safe, sizeof safe, s, strnlen(s, NAME_MAX_BYTES), false);
	for (const char *c = safe; *c; c++)
		switch (*c) {
		case '<': pt_str_add(out, "&lt;"); break;
		case '>': pt_str_add(out, "&gt;"); break;
		case '&': pt_str_add(out, "&amp;"); break;
		case '"': pt_str_add(out, "&quot;"); break;
		default: pt_str_addc(out, *c);
		}
}

void svg_title(struct pt_str *out, const struct pt_profile *p, const struct pt_export_spec *spec)
{
	struct pt_str title = PT_STR_INIT;

	export_title(p, spec, &title);
	svg_text(out, title.s);
	pt_str_release(&title);
}

/* Neighbours differ a little, the same name is always the same. */
static unsigned shade(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h % 100;
}

static bool is_sure(const struct pt_profile *p, double base_samples, const struct pt_graph_cell *c)
{
	struct pt_share now =
		pt_share_of(p->tree, PT_TREE_ROOT, false, c->total, c->square, (double)p->samples);
	struct pt_share was = pt_share_of(p->tree, PT_TREE_ROOT, true, c->base_total,
					  c->base_square, base_samples);

	return pt_share_sure(&now, &was);
}

/* Warm: user code; orange: kernel; green: JIT; blue-green: inlined. A difference: red grew, blue
 * shrank, deeper where it changed more; grey may be chance. */
static void add_colour(struct pt_str *out, const struct pt_profile *p, double base_samples,
		       const struct pt_graph_cell *c)
{
	const struct pt_frame *f =
		c->frame != PT_NO_FRAME ? pt_frames_get(p->tree->frames, c->frame) : NULL;
	double change = p->tree->base_total ? export_change(p, c->total, c->base_total) : 0;
	unsigned v = f ? shade(f->name) : 0, pale;

	if (p->tree->base_total) {
		pale = 240 - (unsigned)(130 * fmin(1, sqrt(fabs(change) / 20)));
		if (!is_sure(p, base_samples, c))
			pt_str_add(out, "rgb(225,225,225)");
		else if (change > 0)
			pt_str_addf(out, "rgb(255,%u,%u)", pale, pale);
		else
			pt_str_addf(out, "rgb(%u,%u,255)", pale, pale);
	} else if (!f) {
		pt_str_add(out, "rgb(225,225,225)");
	} else if (f->kind == PT_FRAME_KERNEL) {
		pt_str_addf(out, "rgb(%u,%u,30)", 230 + v / 5, 130 + v / 2);
	} else if (f->kind == PT_FRAME_JIT) {
		pt_str_addf(out, "rgb(%u,%u,80)", 60 + v / 2, 190 + v / 3);
	} else if (f->kind == PT_FRAME_INLINED) {
		pt_str_addf(out, "rgb(60,%u,%u)", 180 + v / 3, 170 + v / 2);
	} else if (f->kind == PT_FRAME_THREAD) {
		pt_str_add(out, "rgb(200,200,215)");
	} else {
		pt_str_addf(out, "rgb(%u,%u,60)", 215 + v / 3, 90 + v);
	}
}

static void add_title(struct pt_str *out, const struct pt_profile *p, const struct pt_graph *g,
		      const struct pt_graph_cell *c, const char *name)
{
	char weight[64];

	export_weight(p, c->total, weight, sizeof weight);
	svg_text(out, name);
	pt_str_add(out, " (");
	svg_text(out, weight);
	pt_str_addf(out, ", %.2f%%",
		    g->total > 0 ? 100.0 * (double)c->total / (double)g->total : 0);
	if (p->tree->base_total)
		pt_str_addf(out, "; %+.2f points", export_change(p, c->total, c->base_total));
	pt_str_addc(out, ')');
}

static void add_label(struct pt_str *out, const char *name, double px)
{
	char cut[400];
	int letters = (int)((px - 4) / letter_px);
	size_t n;

	if (letters < 3)
		return;
	pt_text_safe(cut, sizeof cut, name, strnlen(name, sizeof cut / 4), false);
	if (pt_text_width(cut) > letters) {
		n = pt_text_fit(cut, letters - 1);
		pt_strlcpy(cut + n, "…", sizeof cut - n);
	}
	svg_text(out, cut);
}

static void add_cell(struct pt_str *out, const struct pt_profile *p, const struct pt_graph *g,
		     const struct pt_graph_cell *c, double base_samples, double width, double y)
{
	char merged[32];
	const char *name =
		c->frame != PT_NO_FRAME ? pt_frames_get(p->tree->frames, c->frame)->name : "all";

	if (c->merged) {
		pt_snprintf(merged, sizeof merged, "…(%u)", c->merged);
		name = merged;
	}
	pt_str_addf(out, "<g class=\"f\" data-x=\"%.6f\" data-w=\"%.6f\" data-d=\"%u\" data-n=\"",
		    c->x / width, c->w / width, c->row);
	svg_text(out, name);
	pt_str_add(out, "\"><title>");
	add_title(out, p, g, c, name);
	pt_str_addf(
		out,
		"</title><rect x=\"%.2f\" y=\"%.0f\" width=\"%.2f\" height=\"%d\" rx=\"1\" fill=\"",
		PAD + c->x, y, c->w, ROW - 1);
	add_colour(out, p, base_samples, c);
	pt_str_addf(out, "\"/><text x=\"%.2f\" y=\"%.0f\">", PAD + c->x + 3, y + ROW - 5);
	add_label(out, name, c->w);
	pt_str_add(out, "</text></g>\n");
}

/* For read_flamegraph_svg.c. Empty where the stacks are too much text. */
static void add_stacks(struct pt_str *out, const struct pt_profile *p)
{
	const struct pt_profile_value *v = &p->values[p->value];
	char fault[600];
	void *packed;
	size_t n;

	pt_str_add(out, SVG_STACKS " data-value=\"");
	svg_text(out, v->name);
	pt_str_add(out, "\" data-what=\"");
	svg_text(out, v->what);
	pt_str_addf(out, "\" data-unit=\"%s\" data-samples=\"%lld\" data-lost=\"%lld\"",
		    pt_unit_name(v->unit), (long long)p->samples, (long long)p->lost);
	if (p->partial) {
		pt_str_add(out, " data-partial=\"");
		svg_text(out, pt_err_text(&p->fault, fault, sizeof fault));
		pt_str_addc(out, '"');
	}
	pt_str_addc(out, '>');
	if (pt_profile_pack(p, PT_GROUP_THREAD, &packed, &n, NULL) == 0) {
		pt_base64_add(out, packed, n);
		free(packed);
	}
	pt_str_add(out, "</metadata>\n");
}

static void add_head(struct pt_str *out, const struct pt_profile *p,
		     const struct pt_export_spec *spec, double width, double height)
{
	char weight[64];

	export_weight(p, p->tree->total[PT_TREE_ROOT], weight, sizeof weight);
	pt_str_addf(out,
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
		    "width=\"100%%\" font-family=\"monospace\" font-size=\"11\">\n",
		    width + 2 * PAD, height);
	add_stacks(out, p);
	pt_str_addf(out,
		    "<style>.f{cursor:pointer}.f:hover rect{stroke:#000;stroke-width:.5}"
		    ".hit{fill:#e000e0 !important}.f text{pointer-events:none}"
		    ".b{cursor:pointer;fill:#555}</style>\n"
		    "<rect width=\"100%%\" height=\"100%%\" fill=\"#fbfbf8\"/>\n"
		    "<text x=\"%.0f\" y=\"20\" text-anchor=\"middle\" font-size=\"15\">",
		    width / 2 + PAD);
	svg_title(out, p, spec);
	pt_str_add(out, " – ");
	svg_text(out, weight);
	if (p->lost > 0)
		pt_str_addf(out, ", %lld lost", (long long)p->lost);
	pt_str_addf(
		out,
		"</text>\n<text id=\"reset\" class=\"b\" x=\"%d\" y=\"36\">Reset zoom</text>"
		"<text id=\"search\" class=\"b\" x=\"%.0f\" y=\"36\" text-anchor=\"end\">Search</text>"
		"<text id=\"found\" x=\"%.0f\" y=\"%.0f\" text-anchor=\"end\"> </text>"
		"<text id=\"details\" x=\"%d\" y=\"%.0f\"> </text>\n",
		PAD, width + PAD, width + PAD, height - 8, PAD, height - 8);
}

void svg_write(const struct pt_profile *p, const struct pt_export_spec *spec, struct pt_str *out)
{
	struct pt_graph_spec view = spec->view ? *spec->view : (struct pt_graph_spec){0};
	struct pt_graph_cache *cache = pt_graph_cache_new(p->tree);
	struct pt_graph g = {0};
	double height;

	view.columns = (spec->width ? spec->width : WIDTH) - 2 * PAD;
	view.rows = view.rows ? view.rows : ROWS_MAX;
	view.least = 0.1;
	pt_graph_layout(&g, cache, &view);
	height = HEAD + FOOT + (double)g.rows * ROW;
	add_head(out, p, spec, view.columns, height);
	for (size_t i = 0; i < g.n; i++) {
		double row = view.kind == PT_GRAPH_INVERTED ? g.cells[i].row
							    : g.rows - 1 - g.cells[i].row;
		add_cell(out, p, &g, &g.cells[i], spec->base_samples, view.columns,
			 HEAD + row * ROW);
	}
	pt_str_addf(out, "<script><![CDATA[\n%s]]></script>\n</svg>\n", flame_js);
	pt_graph_release(&g);
	pt_graph_cache_free(cache);
}

static int write_svg(const struct pt_profile *p, const struct pt_export_spec *spec,
		     const struct pt_export_sink *sink, struct pt_err *err)
{
	struct pt_str out = PT_STR_INIT;
	int r;

	(void)err;
	svg_write(p, spec, &out);
	r = sink->write(sink->arg, out.s, out.len);
	pt_str_release(&out);
	return r;
}

const struct pt_profile_export pt_profile_export_svg = {
	.name = "svg",
	.title = "SVG flame graph with search and zoom",
	.endings = " .svg ",
	.write = write_svg,
};
