/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view of flame graphs, the words: names cut to their place, shares with their error, the head,
 * the lines on what is selected, and what stands there when nothing is open.
 */
#include "flame_view.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/present/value.h"

#include <math.h>
#include <string.h>

#include "bench_view.h"

enum { NAME = 600, NAME_LONG = 2048, CRUMB_W = 30, SURE_SIGMA = 3 };

/* ---- shares ---- */

/* Samples that a weight stands for; 0 when the source does not tell. */
static double samples_of(const struct pt_profile *p, int64_t weight)
{
	int64_t whole = p && p->tree && p->tree->total ? p->tree->total[PT_TREE_ROOT] : weight;

	if (!p || p->samples <= 0 || whole <= 0 || weight <= 0)
		return 0;
	return (double)p->samples * (double)weight / (double)whole;
}

static double share_of(int64_t part, int64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

void pv_flame_share(const struct pv_flame *v, int64_t self, int64_t total, int64_t base_self,
		    int64_t base_total, struct pv_share *ret)
{
	const struct pt_tree *t = v->tree;
	int64_t all = t->total ? t->total[PT_TREE_ROOT] : 0;
	int64_t base = t->base_total ? t->base_total[PT_TREE_ROOT] : 0;
	double n = samples_of(v->data->profile, all), base_n = samples_of(v->data->base, base);
	double now, was;

	*ret = (struct pv_share){.self = share_of(self, all),
				 .total = share_of(total, all),
				 .zoom = share_of(total, v->half[0].graph.zoom_total),
				 .base_self = share_of(base_self, base),
				 .base_total = share_of(base_total, base)};
	now = v->by_self ? ret->self : ret->total;
	was = v->by_self ? ret->base_self : ret->base_total;
	ret->error = n > 0 ? pt_share_error(now * n, n) : 0;
	if (!base)
		return;
	ret->change = now - was;
	ret->sigma = n > 0 && base_n > 0 ? pt_share_sigma(now * n, n, was * base_n, base_n) : 0;
	/* Without counts of samples half a point is taken for more than noise. */
	ret->sure = n > 0 && base_n > 0
			    ? fabs(ret->sigma) >= SURE_SIGMA && fabs(ret->change) >= 0.0005
			    : fabs(ret->change) >= 0.005;
}

/* ---- names ---- */

void pv_flame_name(const struct pv_flame *v, uint32_t frame, char *out, size_t size)
{
	const struct pt_frame *f = frame == PT_NO_FRAME ? NULL : pt_frames_get(v->frames, frame);

	if (!f)
		pt_strlcpy(out, "all", size);
	else if (f->kind == PT_FRAME_THREAD && f->tid)
		pt_snprintf(out, size, "%s (%d/%d)", f->name, (int)f->pid, (int)f->tid);
	else if (f->kind == PT_FRAME_THREAD && f->pid)
		pt_snprintf(out, size, "%s (%d)", f->name, (int)f->pid);
	else
		pt_strlcpy(out, f->name, size);
}

/* Without arguments of functions and templates. Operators keep theirs: they are their names. */
static void strip(char *out, size_t size, const char *name)
{
	int depth = 0;
	size_t n = 0;

	if (strstr(name, "operator") || name[0] == '<' || name[0] == '(' || name[0] == '[') {
		pt_strlcpy(out, name, size);
		return;
	}
	for (const char *p = name; *p && n + 1 < size; p++) {
		bool open = *p == '<' || *p == '(', close = *p == '>' || *p == ')';
		depth += open;
		if (depth == 0)
			out[n++] = *p;
		depth -= close && depth > 0;
	}
	out[n] = '\0';
	if (n == 0)
		pt_strlcpy(out, name, size);
}

/* The last `parts` parts of a::b::c, or what stands behind the last slash of a Go name. */
static const char *tail(const char *name, int parts)
{
	const char *at = name + strlen(name), *slash;

	for (; at > name; at--)
		if (at - name >= 2 && at[-1] == ':' && at[-2] == ':' && --parts == 0)
			return at;
	slash = strrchr(name, '/');
	return slash && slash[1] && name[0] != '/' ? slash + 1 : name;
}

/* Cut at its end, with a sign of it where there is room for one. */
static void cut(char *text, int w, bool ascii, size_t size)
{
	size_t n;

	if (pt_text_width(text) <= w)
		return;
	n = pt_text_fit(text, w > 3 ? w - 1 : w);
	text[n] = '\0';
	if (w > 3)
		pt_strlcpy(text + n, ascii ? "~" : "…", size - n);
}

void pv_flame_label(const struct pv_flame *v, uint32_t frame, int w, bool ascii, char *out,
		    size_t size)
{
	char name[NAME], stripped[NAME];
	const char *tries[3];

	pv_flame_name(v, frame, name, sizeof name);
	pt_text_safe(out, size, name, strlen(name), ascii);
	if (pt_text_width(out) <= w)
		return;
	strip(stripped, sizeof stripped, name);
	tries[0] = stripped;
	tries[1] = tail(stripped, 2);
	tries[2] = tail(stripped, 1);
	for (size_t i = 0; i < PT_LEN(tries); i++) {
		pt_text_safe(out, size, tries[i], strlen(tries[i]), ascii);
		if (pt_text_width(out) <= w)
			return;
	}
	cut(out, PT_MAX(w, 0), ascii, size);
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
	if (d->live && d->status.refused[0])
		notice(v, most, PT_ROLE_WARN, "", d->status.refused, "");
	for (size_t i = 0; p && i < p->n_notes; i++)
		notice(v, most, PT_ROLE_NOTE, "", p->notes[i], "");
}

/* ---- head ---- */

/* What follows another piece on a line, as long as there is room. */
struct line {
	struct pt_canvas *cv;
	bool ascii;
	int x, y, end;
};

static void piece(struct line *l, enum pt_role role, bool must, const char *text)
{
	char safe[NAME];
	int gap = l->x == 1 ? 0 : l->end < 60 ? 2 : 3, w;

	pt_text_safe(safe, sizeof safe, text, strlen(text), l->ascii);
	w = pt_text_width(safe);
	if (!w || (!must && l->x + gap + w > l->end))
		return;
	l->x += gap +
		pt_canvas_text(l->cv, l->x + gap, l->y, safe, PT_MAX(l->end - l->x - gap, 0), role);
}

static void put_count(struct line *l, enum pt_role role, const char *before, int64_t n,
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
	piece(l, role, role == PT_ROLE_WARN, text);
}

static void put_title(const struct pv_flame *v, struct line *l)
{
	char title[NAME];

	if (v->head_h == 1 && v->n_crumbs > 1)
		pt_strlcpy(title, v->crumbs[v->n_crumbs - 1].text, sizeof title);
	else
		pt_text_safe(title, sizeof title, v->data->title, strlen(v->data->title), l->ascii);
	cut(title, l->end < 60 ? PT_MAX(l->end / 5, 8) : l->end * 2 / 5, l->ascii, sizeof title);
	piece(l, PT_ROLE_STRONG, true, title);
}

/* What must never be missed comes first: is it live, is it whole? */
static void put_state(const struct pv_flame *v, struct line *l)
{
	const struct pt_flame *d = v->data;
	const struct pt_profile *p = d->profile;
	int64_t lost = PT_MAX(d->status.lost, p ? p->lost : 0);
	int64_t throttled = PT_MAX(d->status.throttled, p ? p->throttled : 0);

	if (d->paused)
		piece(l, PT_ROLE_WARN, true, "paused");
	else if (d->live)
		piece(l, PT_ROLE_GOOD, true, d->status.ended ? "ended" : "live");
	if (p && p->partial && v->n_notices == 0)
		piece(l, PT_ROLE_WARN, true, "partial");
	put_count(l, PT_ROLE_WARN, "lost ", lost, throttled > 0 ? "," : "");
	l->x -= lost > 0 && throttled > 0 ? (l->end < 60 ? 1 : 2) : 0;
	put_count(l, PT_ROLE_WARN, "throttled ", throttled, "");
	if (d->busy[0])
		piece(l, PT_ROLE_ACCENT, true, d->busy);
}

static void put_amount(const struct pv_flame *v, struct line *l)
{
	const struct pt_profile *p = v->data->profile;
	int64_t all = v->tree->total ? v->tree->total[PT_TREE_ROOT] : 0;
	double n = samples_of(p, all);
	const struct pt_profile_value *value =
		p && p->value < p->n_values ? &p->values[p->value] : NULL;
	char after[64], number[48], text[200];

	if (n > 0) {
		pt_snprintf(after, sizeof after, " samples %s%.1f", l->ascii ? "+-" : "±",
			    pt_share_error(n / 2, n) * 100);
		put_count(l, PT_ROLE_TEXT, "", (int64_t)(n + 0.5), after);
	}
	if (!value || (value->unit == PT_UNIT_COUNT && p->n_values < 2 && n > 0))
		return;
	pt_value_format(number, sizeof number, (double)all, value->unit,
			l->ascii ? PT_VALUE_ASCII : 0);
	if (p->n_values > 1)
		pt_snprintf(text, sizeof text, "%s %s (V: %zu of %zu)", number, value->name,
			    p->value + 1, p->n_values);
	else
		pt_snprintf(text, sizeof text, "%s %s", number, value->name);
	piece(l, PT_ROLE_TEXT, false, text);
}

static void put_search(const struct pv_flame *v, struct line *l)
{
	const struct pt_graph *g = &v->half[0].graph;
	char text[240];

	if (!pt_filter_on(&v->filter) || v->half[0].at.h <= 0)
		return;
	if (g->zoom_total != g->total)
		pt_snprintf(text, sizeof text, "/%s %.1f%% of all, %.1f%% here", v->filter.text,
			    share_of(g->hit, g->total) * 100,
			    share_of(g->zoom_hit, g->zoom_total) * 100);
	else
		pt_snprintf(text, sizeof text, "/%s %.1f%%", v->filter.text,
			    share_of(g->hit, g->total) * 100);
	piece(l, PT_ROLE_FLAME_MATCH, false, text);
}

static void put_settings(const struct pv_flame *v, struct line *l)
{
	static const char *const colors[] = {"", "coloured by module", "coloured by name", ""};
	const struct pt_flame *d = v->data;
	char text[260];

	if (d->base_title[0]) {
		pt_snprintf(text, sizeof text, "%s against %s", v->by_self ? "self" : "total",
			    d->base_title);
		piece(l, PT_ROLE_ACCENT, false, text);
	}
	if (d->window_to_ns && d->profile && d->profile->n_moments) {
		int64_t first = d->profile->moments[0].at_ns;
		pt_snprintf(text, sizeof text, "%.2f .. %.2f s",
			    ((double)d->window_from_ns - (double)first) / 1e9,
			    ((double)d->window_to_ns - (double)first) / 1e9);
		piece(l, PT_ROLE_ACCENT, false, text);
	}
	if (d->group != PT_GROUP_COMMAND) {
		pt_snprintf(text, sizeof text, d->group == PT_GROUP_NONE ? "all merged" : "by %s",
			    pt_group_name(d->group));
		piece(l, PT_ROLE_TEXT, false, text);
	}
	put_count(l, PT_ROLE_TEXT, "", (int64_t)v->n_hidden, " hidden");
	if (v->by_weight)
		piece(l, PT_ROLE_DIM, false, "by weight");
	piece(l, PT_ROLE_DIM, false, colors[pv_flame_coloring(v)]);
	if (d->live)
		piece(l, PT_ROLE_DIM, false, d->status.mode);
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
					: share_of(t->total[node], t->total[PT_TREE_ROOT]);
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
		crumb(v, text, s->zoom.n ? -1 : share_of(g->zoom_total, g->total), 0);
	} else {
		crumb(v, "all", 1, 0);
	}
	first = v->n_crumbs;
	path_shares(v, from, shares);
	for (size_t i = from; i < s->zoom.n; i++) {
		pv_flame_label(v, s->zoom.frames[i], CRUMB_W, env->ascii, label, sizeof label);
		if (i + 1 == s->zoom.n && shares[i - from] < 0)
			shares[i - from] = share_of(g->zoom_total, g->total);
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
	char text[64];
	int x = 0, first, shown;

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
	if (v->heat.open)
		return;
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
	struct line l = {cv, env->ascii, 1, 0, v->w - 1};

	if (v->head_h > 0) {
		put_title(v, &l);
		put_state(v, &l);
		put_search(v, &l);
		put_amount(v, &l);
		put_settings(v, &l);
	}
	if (v->head_h > 1)
		put_crumbs(v, env, cv, 1);
	for (int i = 0; i < v->n_notices; i++) {
		pt_canvas_put(cv, 1, v->head_h + i, '!', v->notices[i].role);
		pt_canvas_safe(cv, 3, v->head_h + i, v->notices[i].text, v->w - 4,
			       v->notices[i].role, env->ascii);
	}
}

/* ---- details ---- */

/* What is known of the selection, the first first: the change, then how much it is. */
static void put_numbers(const struct pv_flame *v, struct line *l, const struct pv_share *s,
			int64_t weight)
{
	const struct pt_profile *p = v->data->profile;
	const struct pt_profile_value *value =
		p && p->value < p->n_values ? &p->values[p->value] : NULL;
	enum pt_role role = !s->sure	    ? PT_ROLE_DIM
			    : s->change > 0 ? PT_ROLE_CRITICAL
					    : PT_ROLE_GOOD;
	char text[120], number[48];
	size_t n;

	if (pv_flame_differs(v)) {
		n = pt_snprintf(text, sizeof text, "%+.2f points%s", s->change * 100,
				v->by_self ? " of self" : "");
		if (s->sigma != 0)
			pt_snprintf(text + n, sizeof text - n, ", %.1f sigma%s", fabs(s->sigma),
				    s->sure ? "" : ": noise");
		piece(l, role, true, text);
	}
	n = pt_snprintf(text, sizeof text, "total %.2f%%", s->total * 100);
	if (s->error > 0 && !v->by_self)
		n += pt_snprintf(text + n, sizeof text - n, " %s%.2f", l->ascii ? "+-" : "±",
				 s->error * 100);
	if (pv_flame_differs(v))
		pt_snprintf(text + n, sizeof text - n, " (was %.2f)", s->base_total * 100);
	piece(l, PT_ROLE_TEXT, true, text);
	n = pt_snprintf(text, sizeof text, "self %.2f%%", s->self * 100);
	if (s->error > 0 && v->by_self)
		n += pt_snprintf(text + n, sizeof text - n, " %s%.2f", l->ascii ? "+-" : "±",
				 s->error * 100);
	if (pv_flame_differs(v))
		pt_snprintf(text + n, sizeof text - n, " (was %.2f)", s->base_self * 100);
	piece(l, PT_ROLE_TEXT, false, text);
	if (fabs(s->zoom - s->total) > 1e-9 && s->zoom > 0) {
		pt_snprintf(text, sizeof text, "%.2f%% of the zoom", s->zoom * 100);
		piece(l, PT_ROLE_TEXT, false, text);
	}
	if (!value)
		return;
	pt_value_format(number, sizeof number, (double)weight, value->unit,
			l->ascii ? PT_VALUE_ASCII : 0);
	pt_snprintf(text, sizeof text, "%s%s%s", number, value->unit == PT_UNIT_COUNT ? " " : "",
		    value->unit == PT_UNIT_COUNT ? value->what : "");
	piece(l, PT_ROLE_DIM, false, text);
}

static const char *kind_words(enum pt_frame_kind kind)
{
	static const char *const words[PT_FRAME_KINDS] = {"", "kernel", "inlined", "JIT", "thread"};

	return words[kind];
}

/* Name in full, kind, module, place in the source. */
static void put_name(const struct pv_flame *v, const struct pt_view_env *env, struct pt_canvas *cv,
		     uint32_t frame, int y)
{
	const struct pt_frame *f = frame == PT_NO_FRAME ? NULL : pt_frames_get(v->frames, frame);
	struct line l = {cv, env->ascii, 1, y, v->w - 1};
	char name[NAME_LONG], safe[NAME], place[NAME];
	int room = v->w - 2;

	pv_flame_name(v, frame, name, sizeof name);
	pt_text_safe(safe, sizeof safe, name, strlen(name), env->ascii);
	if (f && (f->file[0] || f->module[0]))
		room = PT_MAX(room * 2 / 3, room - 40);
	cut(safe, PT_MAX(room, 4), env->ascii, sizeof safe);
	piece(&l, PT_ROLE_STRONG, true, safe);
	if (!f)
		return;
	piece(&l, PT_ROLE_NOTE, false, kind_words(f->kind));
	if (f->file[0]) {
		pt_snprintf(place, sizeof place, f->line ? "%s:%u" : "%s", f->file,
			    (unsigned)f->line);
		piece(&l, PT_ROLE_ACCENT, false, place);
	}
	piece(&l, PT_ROLE_DIM, false, f->module);
}

static void heat_detail(const struct pv_flame *v, const struct pt_view_env *env,
			struct pt_canvas *cv, int y, int h)
{
	char text[240];

	pv_heat_words(v, env, text, sizeof text);
	pt_canvas_text(cv, 1, y, text, v->w - 2, PT_ROLE_STRONG);
	if (h > 1)
		pt_canvas_text(
			cv, 1, y + 1,
			v->heat.marked
				? "Enter ends the window here and shows its graph   Esc leaves"
				: "Enter begins a window here   + - columns   0 all of it",
			v->w - 2, PT_ROLE_DIM);
}

void pv_flame_detail_paint(const struct pv_flame *v, const struct pt_view_env *env,
			   struct pt_canvas *cv, int y, int h)
{
	const struct pt_graph_cell *cell = pv_flame_cell(v, NULL);
	const struct pt_function *f = pv_table_row(v);
	struct line l = {cv, env->ascii, 1, y, v->w - 1};
	struct pv_share s;
	char name[NAME];

	if (v->heat.open) {
		heat_detail(v, env, cv, y, h);
		return;
	}
	if (v->in_table && f)
		pv_flame_share(v, f->self, f->total, f->base_self, f->base_total, &s);
	else if (!v->in_table && cell)
		pv_flame_share(v, cell->self, cell->total, cell->base_self, cell->base_total, &s);
	else
		return;
	if (!v->in_table && cell->merged) {
		pt_snprintf(name, sizeof name,
			    h > 1 ? "%u frames too narrow to show; Enter makes room" : "%u narrow",
			    cell->merged);
		piece(&l, PT_ROLE_STRONG, true, name);
	} else if (h > 1) {
		put_name(v, env, cv, v->in_table ? f->frame : cell->frame, y);
	} else {
		pv_flame_label(v, v->in_table ? f->frame : cell->frame, v->w / 2, env->ascii, name,
			       sizeof name);
		piece(&l, PT_ROLE_STRONG, true, name);
	}
	if (h > 1)
		l = (struct line){cv, env->ascii, 1, y + 1, v->w - 1};
	put_numbers(v, &l, &s, v->in_table ? f->total : cell->total);
}

/* ---- nothing is open ---- */

void pv_flame_empty_paint(const struct pv_flame *v, const struct pt_view_env *env,
			  struct pt_canvas *cv, int y, int h)
{
	static const struct {
		const char *text;
		enum pt_role role;
	} lines[] = {
		{"No profile is open.", PT_ROLE_STRONG},
		{"F samples where time goes: this machine, or what it is pressed on in Processes and "
		 "Benchmarks.",
		 PT_ROLE_TEXT},
		{"o opens a file: perf.data, perf script, folded stacks, pprof, speedscope, Chrome "
		 "traces, callgrind, heaptrack, massif and more.",
		 PT_ROLE_TEXT},
		{"From the shell:", PT_ROLE_TEXT},
		{"perftop flame FILE", PT_ROLE_ACCENT},
		{"perftop flame record -- COMMAND", PT_ROLE_ACCENT},
	};
	const struct pt_flame *d = v->data;
	int w = v->w - 4, end = y + h;

	if (h >= 12)
		y++;
	if (d && d->error[0])
		y += pv_wrapped(cv, 2, y, w, PT_MIN(end - y, 4), d->error, PT_ROLE_CRITICAL,
				env->ascii) +
		     (h >= 12);
	if (d && d->live && !d->busy[0])
		pt_canvas_text(cv, 2, y, "Sampling; nothing has been seen yet.", w, PT_ROLE_STRONG);
	else if (d && d->busy[0])
		pt_canvas_safe(cv, 2, y, d->busy, w, PT_ROLE_STRONG, env->ascii);
	if (d && (d->busy[0] || d->live))
		return;
	for (size_t i = 0; i < PT_LEN(lines) && y < end; i++) {
		int indent = lines[i].role == PT_ROLE_ACCENT ? 4 : 2;
		y += pv_wrapped(cv, indent, y, w - indent + 2, end - y, lines[i].text,
				lines[i].role, env->ascii);
		y += h >= 14 && (i == 0 || i == 2);
	}
}

/* ---- copies ---- */

void pv_flame_copy(const struct pv_flame *v, struct pt_str *out)
{
	const struct pv_stand *s = pv_flame_here(v);
	const struct pt_graph_cell *cell = pv_flame_cell(v, NULL);
	const struct pt_function *f = pv_table_row(v);
	size_t n = cell ? PT_MIN(s->chosen.n, (size_t)cell->row) : 0;
	char name[NAME], safe[NAME];

	if (!v->tree || (!cell && !f))
		return;
	if (v->in_table && f) {
		pv_flame_name(v, f->frame, name, sizeof name);
		pt_text_safe(safe, sizeof safe, name, strlen(name), false);
		pt_str_addf(out, "%s %lld %lld", safe, (long long)f->self, (long long)f->total);
		return;
	}
	if (s->kind >= PV_FLAME_FOCUS) {
		pv_flame_name(v, s->frame, name, sizeof name);
		pt_text_safe(safe, sizeof safe, name, strlen(name), false);
		pt_str_add(out, safe);
	}
	for (size_t i = 0; i < s->zoom.n + n; i++) {
		uint32_t frame =
			i < s->zoom.n ? s->zoom.frames[i] : s->chosen.frames[i - s->zoom.n];
		if (frame == PT_NO_FRAME)
			break;
		pv_flame_name(v, frame, name, sizeof name);
		pt_text_safe(safe, sizeof safe, name, strlen(name), false);
		pt_str_addf(out, "%s%s", out->len ? ";" : "", safe);
	}
	pt_str_addf(out, "%s %lld", out->len ? "" : "all", cell ? (long long)cell->total : 0LL);
}
