/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page with the flame graph and a table of functions that can be sorted: nothing else is needed. */
#include "export_svg.h"

#include "perftop/base/mem.h"

#include <stdlib.h>

enum { FUNCTIONS = 500 };

static const char head_html[] =
	"<style>body{font-family:sans-serif;margin:1em;color:#222;background:#fbfbf8}"
	"table{border-collapse:collapse;font-size:13px;margin-top:1em}"
	"td,th{padding:2px 10px;text-align:right}td:last-child,th:last-child{text-align:left;"
	"font-family:monospace}th{cursor:pointer;border-bottom:1px solid #888}"
	"tr:hover td{background:#eee}</style>\n";

static const char sort_js[] =
	"<script>document.querySelectorAll('th').forEach((th,i)=>th.onclick=()=>{"
	"const b=th.closest('table').tBodies[0],v=r=>r.cells[i].textContent,"
	"n=r=>parseFloat(v(r));"
	"[...b.rows].sort((p,q)=>isNaN(n(p))?v(p).localeCompare(v(q)):n(q)-n(p))"
	".forEach(r=>b.append(r))})</script>\n";

static int by_self(const void *a, const void *b)
{
	const struct pt_function *x = a, *y = b;

	return (x->self < y->self) - (x->self > y->self);
}

static void add_cell(struct pt_str *out, const char *format, double v)
{
	pt_str_add(out, "<td>");
	/* Two forms only, both ours. */
	if (format[0] == '+')
		pt_str_addf(out, "%+.2f", v);
	else
		pt_str_addf(out, "%.2f", v);
	pt_str_add(out, "</td>");
}

static void add_functions(struct pt_str *out, const struct pt_profile *p)
{
	struct pt_function *f;
	size_t n = pt_tree_functions(p->tree, PT_TREE_ROOT, &f);
	bool diff = p->tree->base_total != NULL;
	double whole = (double)p->tree->total[PT_TREE_ROOT];

	qsort(f, n, sizeof *f, by_self);
	pt_str_addf(out,
		    "<table><thead><tr><th>self %%</th><th>total %%</th>%s<th>function</th></tr>"
		    "</thead><tbody>\n",
		    diff ? "<th>self, points</th><th>total, points</th>" : "");
	for (size_t i = 0; i < n && i < FUNCTIONS && whole > 0; i++) {
		pt_str_add(out, "<tr>");
		add_cell(out, "", 100 * (double)f[i].self / whole);
		add_cell(out, "", 100 * (double)f[i].total / whole);
		if (diff) {
			add_cell(out, "+", export_change(p, f[i].self, f[i].base_self));
			add_cell(out, "+", export_change(p, f[i].total, f[i].base_total));
		}
		pt_str_add(out, "<td>");
		svg_text(out, pt_frames_get(p->tree->frames, f[i].frame)->name);
		pt_str_add(out, "</td></tr>\n");
	}
	pt_str_add(out, "</tbody></table>\n");
	free(f);
}

static int write_html(const struct pt_profile *p, const struct pt_export_spec *spec,
		      const struct pt_export_sink *sink, struct pt_err *err)
{
	struct pt_str out = PT_STR_INIT;
	int r;

	(void)err;
	pt_str_add(&out,
		   "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>");
	svg_title(&out, p, spec);
	pt_str_addf(&out, "</title>\n%s</head><body>\n", head_html);
	svg_write(p, spec, &out);
	add_functions(&out, p);
	pt_str_addf(&out, "%s</body></html>\n", sort_js);
	r = sink->write(sink->arg, out.s, out.len);
	pt_str_release(&out);
	return r;
}

const struct pt_profile_export pt_profile_export_html = {
	.name = "html",
	.title = "page with the flame graph and a table of functions",
	.endings = " .html .htm ",
	.write = write_html,
};
