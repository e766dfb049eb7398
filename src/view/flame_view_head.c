/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view of flame graphs, the head: what is open and how it goes, what it is compared with, where in
 * it we are, and what of it is not as it should be.
 */
#include "flame_view.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/present/value.h"

#include <string.h>

enum { NAME = 600, CRUMB_W = 30 };

/* Is it of a sampler, which goes on or was stopped? */
static bool is_sampled(const struct pt_flame *d)
{
	return d->live || (d->profile && strcmp(d->profile->format, "live") == 0);
}

/* ---- notices ---- */

static void notice(struct pv_flame *v, int most, enum pt_role role, const char *fmt, const char *a,
		   const char *b)
{
	struct pv_notice *n;

	if (v->n_notices >= most)
		return;
	n = &v->notices[v->n_notices++];
	n->role = role;
	pt_snprintf(n->text, sizeof n->text, "%s%s%s", fmt, a, b);
}

void pv_flame_notices(struct pv_flame *v, int most)
{
	const struct pt_flame *d = v->data;
	const struct pt_profile *p = d ? d->profile : NULL;
	char text[600];

	v->n_notices = 0;
	if (!d)
		return;
	if (d->error[0])
		notice(v, most, PT_ROLE_CRITICAL, "", d->error, "");
	if (p && p->partial)
		notice(v, most, PT_ROLE_WARN,
		       "partial: ", pt_err_text(&p->fault, text, sizeof text), "");
	if (p && d->base && d->base->partial)
		notice(v, most, PT_ROLE_WARN,
		       "base partial: ", pt_err_text(&d->base->fault, text, sizeof text), "");
	if (is_sampled(d) && d->status.refused[0])
		notice(v, most, PT_ROLE_WARN, "", d->status.refused, "");
	for (size_t i = 0; p && i < p->n_notes; i++)
		if (!is_sampled(d) || (strcmp(p->notes[i], d->status.mode) != 0 &&
				       strcmp(p->notes[i], d->status.refused) != 0))
			notice(v, most, PT_ROLE_NOTE, "", p->notes[i], "");
}

/* ---- head ---- */

static void put_count(struct pv_line *l, enum pt_role role, const char *before, int64_t n,
		      const char *after)
{
	char number[32], text[80];

	if (n <= 0)
		return;
	if (n < 100000)
		pt_snprintf(number, sizeof number, "%lld", (long long)n);
	else
		pt_value_format(number, sizeof number, (double)n, PT_UNIT_COUNT,
				l->ascii ? PT_VALUE_ASCII : 0);
	pt_snprintf(text, sizeof text, "%s%s%s", before, number, after);
	pv_line_put(l, role, role == PT_ROLE_WARN, text);
}

/* A path is shown without its folders before it is cut. */
static void shorten(char *title, int most, bool ascii, size_t size)
{
	char *base = strrchr(title, '/');

	if (base && base[1] && pt_text_width(title) > most)
		memmove(title, base + 1, strlen(base));
	pv_flame_cut(title, most, ascii, size);
}

static void put_title(const struct pv_flame *v, struct pv_line *l)
{
	int most = l->end < 60 ? PT_MAX(l->end / 5, 8) : l->end * 2 / 5;
	char title[NAME];

	if (v->head_h == 1 && v->n_crumbs > 1)
		pt_strlcpy(title, v->crumbs[v->n_crumbs - 1].text, sizeof title);
	else
		pt_text_safe(title, sizeof title, v->data->title, strlen(v->data->title), l->ascii);
	shorten(title, most, l->ascii, sizeof title);
	pv_line_put(l, PT_ROLE_STRONG, true, title);
}

/* What must never be missed comes first: is it live, is it whole? */
static void put_state(const struct pv_flame *v, struct pv_line *l)
{
	const struct pt_flame *d = v->data;
	const struct pt_profile *p = d->profile;
	/* The last sampler's status stays when a file is opened. */
	int64_t lost = PT_MAX(is_sampled(d) ? d->status.lost : 0, p ? p->lost : 0);
	int64_t throttled = PT_MAX(is_sampled(d) ? d->status.throttled : 0, p ? p->throttled : 0);

	if (d->paused)
		pv_line_put(l, PT_ROLE_WARN, true, "frozen");
	else if (d->live)
		pv_line_put(l, PT_ROLE_GOOD, true, d->status.ended ? "ended" : "live");
	else if (is_sampled(d))
		pv_line_put(l, PT_ROLE_STRONG, true, "stopped");
	if (p && p->partial && v->n_notices == 0)
		pv_line_put(l, PT_ROLE_WARN, true, "partial");
	put_count(l, PT_ROLE_WARN, "lost ", lost, throttled > 0 ? "," : "");
	l->x -= lost > 0 && throttled > 0 ? (l->end < 60 ? 1 : 2) : 0;
	put_count(l, PT_ROLE_WARN, "throttled ", throttled, "");
	if (d->busy[0])
		pv_line_put(l, PT_ROLE_ACCENT, true, d->busy);
}

static void put_amount(const struct pv_flame *v, struct pv_line *l)
{
	const struct pt_profile *p = v->data->profile;
	int64_t all = v->tree->total ? v->tree->total[PT_TREE_ROOT] : 0;
	double n = pt_profile_samples_of(p, all);
	const struct pt_profile_value *value =
		p && p->value < p->n_values ? &p->values[p->value] : NULL;
	char after[64], number[48], text[200];
	struct pt_share half;
	size_t used;

	if (n > 0) {
		half = pt_share_of(v->tree, PT_TREE_ROOT, false, all / 2, 0, n);
		pt_snprintf(after, sizeof after, " samples, shares %s%.1f%%", l->ascii ? "+-" : "±",
			    pt_share_error(&half) * 100);
		put_count(l, PT_ROLE_TEXT, "", (int64_t)(n + 0.5), after);
	}
	if (!value || (value->unit == PT_UNIT_COUNT && p->n_values < 2 && n > 0))
		return;
	pt_value_format(number, sizeof number, (double)all, value->unit,
			l->ascii ? PT_VALUE_ASCII : 0);
	/* Samples of an event are no number of events. */
	if (value->unit == PT_UNIT_COUNT && (int64_t)(n + 0.5) == all)
		pt_snprintf(text, sizeof text, "%s", value->name);
	else
		pt_snprintf(text, sizeof text, "%s %s", number, value->name);
	used = strlen(text);
	if (p->n_values > 1)
		pt_snprintf(text + used, sizeof text - used, " (V: %zu of %zu)", p->value + 1,
			    p->n_values);
	pv_line_put(l, PT_ROLE_TEXT, false, text);
}

static void put_search(const struct pv_flame *v, struct pv_line *l)
{
	const struct pt_graph *g = &v->half[0].graph;
	char text[240];

	if (!pt_filter_on(&v->filter) || v->half[0].at.h <= 0)
		return;
	if (g->zoom_total != g->total)
		pt_snprintf(text, sizeof text, "/%s: %.1f%% of all, %.1f%% of the zoom",
			    v->filter.text, pv_share_of(g->hit, g->total) * 100,
			    pv_share_of(g->zoom_hit, g->zoom_total) * 100);
	else
		pt_snprintf(text, sizeof text, "/%s: %.1f%% of all", v->filter.text,
			    pv_share_of(g->hit, g->total) * 100);
	pv_line_put(l, PT_ROLE_FLAME_MATCH, false, text);
}

static void put_base(const struct pv_flame *v, struct pv_line *l)
{
	enum { GAP = 3, LEAST = 8 };
	char text[NAME], title[NAME];
	int used =
		(int)pt_snprintf(text, sizeof text, "%s against ", v->by_self ? "self" : "total");

	if (!v->data->base_title[0])
		return;
	pt_strlcpy(title, v->data->base_title, sizeof title);
	shorten(title, PT_MAX(l->end - l->x - GAP - used, LEAST), l->ascii, sizeof title);
	pt_strlcpy(text + used, title, sizeof text - (size_t)used);
	pv_line_put(l, PT_ROLE_ACCENT, false, text);
}

/* Of all that was recorded it is this stretch that is seen. */
static void put_window(const struct pv_flame *v, struct pv_line *l)
{
	const struct pt_flame *d = v->data;
	double first, from;
	char text[80];

	if (!d->window_to_ns || !d->profile || !d->profile->n_moments)
		return;
	first = (double)d->profile->moments[0].at_ns;
	from = ((double)d->window_from_ns - first) / 1e9;
	if (d->window_to_ns == INT64_MAX)
		pt_snprintf(text, sizeof text, "from %.2f s", from);
	else
		pt_snprintf(text, sizeof text, "%.2f .. %.2f s", from,
			    ((double)d->window_to_ns - first) / 1e9);
	pv_line_put(l, PT_ROLE_ACCENT, false, text);
}

static void put_settings(const struct pv_flame *v, struct pv_line *l)
{
	static const char *const colors[] = {"", "coloured by module", "coloured by name", ""};
	const struct pt_flame *d = v->data;
	char text[260];

	if (d->group != PT_GROUP_COMMAND) {
		pt_snprintf(text, sizeof text, d->group == PT_GROUP_NONE ? "all merged" : "by %s",
			    pt_group_name(d->group));
		pv_line_put(l, PT_ROLE_TEXT, false, text);
	}
	put_count(l, PT_ROLE_TEXT, "", (int64_t)v->n_hidden, " hidden");
	if (v->by_weight)
		pv_line_put(l, PT_ROLE_DIM, false, "by weight");
	pv_line_put(l, PT_ROLE_DIM, false, colors[pv_flame_coloring(v)]);
	if (is_sampled(d))
		pv_line_put(l, PT_ROLE_DIM, false, d->status.mode);
}

static void crumb(struct pv_flame *v, const char *text, double share, size_t n_path)
{
	struct pv_crumb *c = &v->crumbs[v->n_crumbs++];

	c->n_path = n_path;
	if (share >= 0)
		pt_snprintf(c->text, sizeof c->text, "%s %.*f%%", text, share < 0.9995 ? 1 : 0,
			    share * 100);
	else
		pt_strlcpy(c->text, text, sizeof c->text);
	c->w = pt_text_width(c->text);
}

/* Shares of the zoom's steps: the tree has those of stacks as they are. */
static void path_shares(const struct pv_flame *v, size_t from, double *shares)
{
	const struct pv_stand *s = pv_flame_here(v);
	const struct pt_tree *t = v->tree;
	uint32_t node = s->kind == PV_FLAME_STACKS ? PT_TREE_ROOT : PT_NO_NODE;

	for (size_t i = 0; i < s->zoom.n; i++) {
		if (node != PT_NO_NODE)
			node = t->child[node];
		while (node != PT_NO_NODE && t->frame[node] != s->zoom.frames[i])
			node = t->sibling[node];
		if (i >= from)
			shares[i - from] =
				node == PT_NO_NODE || !t->total
					? -1
					: pv_share_of(t->total[node], t->total[PT_TREE_ROOT]);
	}
}

void pv_flame_crumbs(struct pv_flame *v, const struct pt_view_env *env, int w)
{
	static const char *const kinds[] = {"", "inverted", "only ", "around "};
	const struct pv_stand *s = pv_flame_here(v);
	const struct pt_graph *g = &v->half[0].graph;
	size_t most = PV_CRUMBS - 3, from = s->zoom.n > most ? s->zoom.n - most : 0;
	double shares[PV_CRUMBS];
	char label[80], text[96];
	int x = 1, sum = 1, first;

	v->n_crumbs = 0;
	if (!v->tree)
		return;
	if (s->kind == PV_FLAME_INVERTED)
		crumb(v, kinds[s->kind], -1, SIZE_MAX);
	if (s->kind >= PV_FLAME_FOCUS) {
		pv_flame_label(v, s->frame, CRUMB_W, env->ascii, label, sizeof label);
		pt_snprintf(text, sizeof text, "%s%s", kinds[s->kind], label);
		crumb(v, text, s->zoom.n ? -1 : pv_share_of(g->zoom_total, g->total), 0);
	} else {
		crumb(v, "all", 1, 0);
	}
	first = v->n_crumbs;
	path_shares(v, from, shares);
	for (size_t i = from; i < s->zoom.n; i++) {
		pv_flame_label(v, s->zoom.frames[i], CRUMB_W, env->ascii, label, sizeof label);
		if (i + 1 == s->zoom.n && shares[i - from] < 0)
			shares[i - from] = pv_share_of(g->zoom_total, g->total);
		crumb(v, label, shares[i - from], i + 1);
	}
	for (int i = 0; i < v->n_crumbs; i++)
		sum += v->crumbs[i].w + 3;
	/* The nearest ones stay. */
	while (sum > w && v->n_crumbs > first + 1) {
		sum -= v->crumbs[first].w + 3;
		memmove(&v->crumbs[first], &v->crumbs[first + 1],
			(size_t)(v->n_crumbs - first - 1) * sizeof *v->crumbs);
		v->n_crumbs--;
	}
	for (int i = 0; i < v->n_crumbs; i++) {
		v->crumbs[i].x = x;
		x += v->crumbs[i].w + 3;
	}
}

/* Steps that are left out, or rows out of sight. */
static void put_crumbs(const struct pv_flame *v, const struct pt_view_env *env,
		       struct pt_canvas *cv, int y)
{
	const struct pv_half *half;
	char text[100];
	int x = 0, first, shown;

	if (v->heat.open) {
		pv_heat_scale_words(v, env, text, sizeof text);
		pt_canvas_text(cv, 1, y, text, v->w - 2, PT_ROLE_STRONG);
		return;
	}
	for (int i = 0; i < v->n_crumbs; i++) {
		const struct pv_crumb *c = &v->crumbs[i];
		bool skipped = i > 0 && c->n_path != SIZE_MAX &&
			       v->crumbs[i - 1].n_path != SIZE_MAX &&
			       c->n_path > v->crumbs[i - 1].n_path + 1;
		if (i > 0)
			pt_canvas_put(cv, c->x - 2, y,
				      skipped ? pt_sign(PT_SIGN_MORE, env->glyphs)
					      : pt_sign(PT_SIGN_SELECTED, env->glyphs),
				      PT_ROLE_FRAME);
		pt_canvas_text(cv, c->x, y, c->text, -1,
			       i + 1 == v->n_crumbs ? PT_ROLE_STRONG : PT_ROLE_TEXT);
		x = c->x + c->w;
	}
	pv_flame_cell(v, &half);
	first = pv_half_first(v, half);
	shown = PT_MIN(half->at.h, (int)half->graph.rows - first);
	if (!half->graph.found && half->graph.n)
		pt_strlcpy(text, "the rest of it is not in here", sizeof text);
	else if (half->at.h > 0 && (first > 1 || (int)half->graph.depth > first + shown))
		pt_snprintf(text, sizeof text, "rows %d-%d of %u", first + 1, first + shown,
			    half->graph.depth);
	else
		return;
	if (cv->w - 1 - pt_text_width(text) > x + 1)
		pt_canvas_right(cv, cv->w - 1, y, text,
				half->graph.found ? PT_ROLE_DIM : PT_ROLE_WARN);
}

void pv_flame_head_paint(const struct pv_flame *v, const struct pt_view_env *env,
			 struct pt_canvas *cv)
{
	struct pv_line l = {cv, env->ascii, 1, 0, v->w - 1};

	if (v->head_h > 0) {
		put_title(v, &l);
		put_state(v, &l);
		put_window(v, &l);
		put_search(v, &l);
		put_base(v, &l);
		put_amount(v, &l);
		put_settings(v, &l);
	}
	if (v->head_h > 1)
		put_crumbs(v, env, cv, 1);
	for (int i = 0; i < v->n_notices; i++) {
		const struct pv_notice *n = &v->notices[i];
		bool note = n->role == PT_ROLE_NOTE; /* nothing is wrong */

		pt_canvas_put(cv, 1, v->head_h + i, note ? pt_sign(PT_SIGN_NOTE, env->glyphs) : '!',
			      n->role);
		pt_canvas_safe(cv, 3, v->head_h + i, n->text, v->w - 4, n->role, env->ascii);
	}
}
