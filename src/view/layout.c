/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Layouts: which panes, and where they go. The grid is filled in reading order, so it re-flows by
 * itself: fewer columns make more rows. What does not fit in height leaves by priority.
 */
#include "perftop/view/layout.h"

#include "perftop/base/clock.h"
#include "perftop/base/json.h"
#include "perftop/base/mem.h"

#include <string.h>

static const struct {
	const char *name;
	const char *panes;
} builtin[] = {
	{"overview", "cpu memory cores pressure disks network custom gpu cgroup load vm counters "
		     "self top"},
	{"system", "cpu memory cores pressure disks network custom gpu cgroup load vm counters "
		   "self"},
};

size_t pt_layout_n(void)
{
	return PT_LEN(builtin);
}

const char *pt_layout_name(size_t i)
{
	return builtin[i].name;
}

static void from_words(const char *words, struct pt_layout *l)
{
	for (const char *p = words; *p;) {
		char name[32];
		size_t n = strcspn(p, " ");
		pt_snprintf(name, sizeof name, "%.*s", (int)n, p);
		l->panes[l->n++] = pt_pane_find(name);
		p += n + strspn(p + n, " ");
	}
}

static bool has_pane(const struct pt_layout *l, const struct pt_pane *pane)
{
	for (int i = 0; i < l->n; i++)
		if (l->panes[i] == pane)
			return true;
	return false;
}

static int read_panes(const struct pt_json *doc, const pt_jval *panes, struct pt_layout *l,
		      struct pt_err *err)
{
	if (!panes || pt_json_type(panes) != PT_JARRAY)
		return pt_json_fail(doc, panes ? panes : pt_json_root(doc), err, PT_EINVAL,
				    "a layout needs \"panes\", an array of names");
	for (const pt_jval *v = pt_json_first(panes); v; v = pt_json_next(v)) {
		const struct pt_pane *pane = pt_pane_find(pt_json_str(v, ""));
		if (!pane)
			return pt_json_fail(doc, v, err, PT_EINVAL, "no pane is called '%s'",
					    pt_json_str(v, ""));
		if (has_pane(l, pane))
			return pt_json_fail(doc, v, err, PT_EEXIST, "pane '%s' is there already",
					    pane->name);
		if (l->n >= PT_LAYOUT_MAX)
			return pt_json_fail(doc, v, err, PT_ELIMIT, "more than %d panes",
					    PT_LAYOUT_MAX);
		l->panes[l->n++] = pane;
	}
	return 0;
}

static int read_scale(const struct pt_json *doc, const pt_jval *v, struct pt_layout *l,
		      struct pt_err *err)
{
	static const char *const names[] = {
		[PT_SCALE_ZERO] = "zero", [PT_SCALE_LINEAR] = "linear", [PT_SCALE_LOG] = "log"};

	if (!v)
		return 0;
	for (size_t i = 0; i < PT_LEN(names); i++)
		if (strcmp(pt_json_str(v, ""), names[i]) == 0) {
			l->scale = (int)i;
			return 0;
		}
	return pt_json_fail(doc, v, err, PT_EINVAL, "scale is none of zero, linear, log");
}

static int from_file(const char *path, struct pt_layout *l, struct pt_err *err)
{
	struct pt_json *doc;
	const pt_jval *root, *cell;
	int r = pt_json_load(path, &(struct pt_json_limits){.max_bytes = 65536}, &doc, err);

	if (r < 0)
		return r;
	root = pt_json_root(doc);
	cell = pt_json_get(root, "cell_seconds");
	r = read_panes(doc, pt_json_get(root, "panes"), l, err);
	if (r == 0)
		r = read_scale(doc, pt_json_get(root, "scale"), l, err);
	if (r == 0 && cell) {
		double s = pt_json_num(cell, -1);
		if (!(s >= 0.05 && s <= 86400))
			r = pt_json_fail(doc, cell, err, PT_ERANGE,
					 "cell_seconds is outside of 0.05 .. 86400");
		else
			l->cell_ns = (int64_t)(s * PT_S);
	}
	pt_json_free(doc);
	return r;
}

int pt_layout_load(const char *name, const char *folder, struct pt_layout *ret, struct pt_err *err)
{
	struct pt_layout l = {.scale = -1};
	char path[700];
	int r;

	pt_strlcpy(l.name, name, sizeof l.name);
	for (size_t i = 0; i < PT_LEN(builtin); i++)
		if (strcmp(builtin[i].name, name) == 0) {
			from_words(builtin[i].panes, &l);
			*ret = l;
			return 0;
		}
	if (!folder || !name[0] || strchr(name, '/') || name[0] == '.')
		return pt_err_set(err, PT_ENOENT, "no layout is called '%s'", name);
	pt_snprintf(path, sizeof path, "%s/%s.json", folder, name);
	r = from_file(path, &l, err);
	if (r == -PT_ENOENT)
		return pt_err_set(err, PT_ENOENT, "no layout is called '%s' (no file %s)", name,
				  path);
	if (r == 0)
		*ret = l;
	return r;
}

void pt_layout_json(const struct pt_layout *layout, struct pt_str *out)
{
	static const char *const scales[] = {"zero", "linear", "log"};
	struct pt_jw w;

	pt_jw_init(&w, out, true);
	pt_jw_object(&w);
	pt_jw_key(&w, "panes");
	pt_jw_array(&w);
	for (int i = 0; i < layout->n; i++)
		pt_jw_str(&w, layout->panes[i]->name);
	pt_jw_end(&w, ']');
	if (layout->cell_ns) {
		pt_jw_key(&w, "cell_seconds");
		pt_jw_num(&w, (double)layout->cell_ns / 1e9);
	}
	if (layout->scale >= 0) {
		pt_jw_key(&w, "scale");
		pt_jw_str(&w, scales[layout->scale]);
	}
	pt_jw_end(&w, '}');
	pt_str_addc(out, '\n');
}

/* ---- placing ---- */

int pt_layout_columns(int w)
{
	return w < 76 ? 1 : w < 240 ? 2 : w / 75;
}

/* A row of the grid: panes first..first+n-1 of order[]. */
struct row {
	int first, n;
	int min, want, weight, priority;
	int h;
};

struct grid {
	const struct pt_layout *layout;
	const struct pt_pane_size *sizes;
	int order[PT_LAYOUT_MAX]; /* indices into layout->panes of what is shown */
	int n;
	struct row rows[PT_LAYOUT_MAX];
	int n_rows;
};

static void make_rows(struct grid *g, int columns)
{
	g->n_rows = 0;
	for (int i = 0; i < g->n; i++) {
		const struct pt_pane *p = g->layout->panes[g->order[i]];
		struct row *last = g->n_rows ? &g->rows[g->n_rows - 1] : NULL;
		bool full = p->columns == PT_PANE_FULL;
		if (!last || full || last->n >= columns ||
		    g->layout->panes[g->order[last->first]]->columns == PT_PANE_FULL) {
			last = &g->rows[g->n_rows++];
			*last = (struct row){.first = i, .priority = 1000};
		}
		const struct pt_pane_size *s = &g->sizes[g->order[i]];
		last->n++;
		last->min = PT_MAX(last->min, s->min);
		last->want = PT_MAX(last->want, s->want);
		last->weight = PT_MAX(last->weight, s->weight);
		last->priority = PT_MIN(last->priority, p->priority);
	}
}

static int rows_need(const struct grid *g, int chrome)
{
	int need = 0;

	for (int i = 0; i < g->n_rows; i++)
		need += g->rows[i].min + chrome;
	return need;
}

enum { SECONDARY = 7 }; /* panes from this priority on are extras */

/* Lines that would let what matters breathe: half way from least to wanted, extras at their least. */
static int comfortable(const struct grid *g, int chrome)
{
	int need = 0;

	for (int i = 0; i < g->n_rows; i++) {
		const struct row *r = &g->rows[i];
		need += chrome + r->min;
		if (r->priority < SECONDARY)
			need += (PT_MAX(r->want, r->min) - r->min) / 2;
	}
	return need;
}

static bool has_extras(const struct grid *g)
{
	for (int i = 0; i < g->n; i++)
		if (g->layout->panes[g->order[i]]->priority >= SECONDARY)
			return true;
	return false;
}

/* Takes away the least important pane. */
static void drop_one(struct grid *g)
{
	int worst = 0;

	for (int i = 1; i < g->n; i++)
		if (g->layout->panes[g->order[i]]->priority >
		    g->layout->panes[g->order[worst]]->priority)
			worst = i;
	memmove(&g->order[worst], &g->order[worst + 1],
		(size_t)(g->n - worst - 1) * sizeof g->order[0]);
	g->n--;
}

/* The least for each first, then lines in turn until each has what it wants, then what is left by
 * weight. */
static void share_height(struct grid *g, int h, int chrome)
{
	int left = h - rows_need(g, chrome), weights = 0;

	for (int i = 0; i < g->n_rows; i++) {
		g->rows[i].h = g->rows[i].min;
		weights += g->rows[i].weight;
	}
	for (int gave = 1; gave && left > 0;) {
		gave = 0;
		for (int i = 0; i < g->n_rows && left > 0; i++)
			if (g->rows[i].h < g->rows[i].want) {
				g->rows[i].h++;
				left--;
				gave = 1;
			}
	}
	for (int i = 0, rest = left, w = weights; i < g->n_rows && w > 0; i++) {
		int part = rest * g->rows[i].weight / w;
		g->rows[i].h += part;
		rest -= part;
		w -= g->rows[i].weight;
	}
}

/* Panes of a row share the whole width, however many they are. */
static int emit(const struct grid *g, int w, bool box, struct pt_place *out)
{
	int y = 0, n = 0;

	for (int r = 0; r < g->n_rows; r++) {
		const struct row *row = &g->rows[r];
		int h = row->h + (box ? 2 : 1);
		for (int k = 0; k < row->n; k++) {
			int x0 = w * k / row->n, x1 = w * (k + 1) / row->n;
			out[n++] = (struct pt_place){
				.pane = g->order[row->first + k],
				.rect = {x0, y, x1 - x0 - (!box && k + 1 < row->n), h},
				.box = box};
		}
		y += h;
	}
	return n;
}

int pt_layout_place(const struct pt_layout *layout, const struct pt_pane_size *sizes, int w, int h,
		    struct pt_place *out)
{
	struct grid g = {.layout = layout, .sizes = sizes};
	int columns = pt_layout_columns(w);
	/* Frames all round only where they take little from what they frame. */
	bool box = h >= 34 && w >= 76;
	int chrome = box ? 2 : 1;

	for (int i = 0; i < layout->n; i++)
		if (sizes[i].want > 0)
			g.order[g.n++] = i;
	for (make_rows(&g, columns); g.n > 0 && (rows_need(&g, chrome) > h ||
						 (has_extras(&g) && comfortable(&g, chrome) > h));
	     make_rows(&g, columns))
		drop_one(&g);
	if (g.n == 0)
		return 0;
	share_height(&g, h, chrome);
	return emit(&g, w, box, out);
}
