/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view of flame graphs, the words: names cut to their place, shares with their error, the lines on
 * what is selected, and what stands there when nothing is open.
 */
#include "flame_view.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/present/value.h"

#include <math.h>
#include <string.h>

#include "bench_view.h"

enum { NAME = 600, NAME_LONG = 2048 };

/* ---- shares ---- */

double pv_share_of(int64_t part, int64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

/* The square is of what is judged: total, or self. */
static void share_of(const struct pv_flame *v, const struct pt_function *f, double square,
		     double base_square, struct pv_share *ret)
{
	const struct pt_tree *t = v->tree;
	int64_t all = t->total ? t->total[PT_TREE_ROOT] : 0;
	int64_t base = t->base_total ? t->base_total[PT_TREE_ROOT] : 0;
	struct pt_share now, was;

	*ret = (struct pv_share){.self = pv_share_of(f->self, all),
				 .total = pv_share_of(f->total, all),
				 .zoom = pv_share_of(f->total, v->half[0].graph.zoom_total),
				 .base_self = pv_share_of(f->base_self, base),
				 .base_total = pv_share_of(f->base_total, base)};
	now = pt_share_of(t, PT_TREE_ROOT, false, v->by_self ? f->self : f->total, square,
			  pt_profile_samples_of(v->data->profile, all));
	ret->error = pt_share_error(&now);
	if (!base)
		return;
	was = pt_share_of(t, PT_TREE_ROOT, true, v->by_self ? f->base_self : f->base_total,
			  base_square, pt_profile_samples_of(v->data->base, base));
	ret->change = now.part - was.part;
	ret->sigma = pt_share_sigma(&now, &was);
	ret->sure = pt_share_sure(&now, &was);
}

void pv_function_share(const struct pv_flame *v, const struct pt_function *f, struct pv_share *ret)
{
	share_of(v, f, v->by_self ? f->self_square : f->total_square,
		 v->by_self ? f->base_self_square : f->base_total_square, ret);
}

/* Of a cell's own samples as much of the squares is taken as they weigh. */
void pv_cell_share(const struct pv_flame *v, const struct pt_graph_cell *cell, struct pv_share *ret)
{
	const struct pt_function f = {.self = cell->self,
				      .total = cell->total,
				      .base_self = cell->base_self,
				      .base_total = cell->base_total};

	share_of(v, &f, cell->square * (v->by_self ? pv_share_of(f.self, f.total) : 1),
		 cell->base_square * (v->by_self ? pv_share_of(f.base_self, f.base_total) : 1),
		 ret);
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

/* "operator()", "operator<", "operator bool": a name as it is, its arguments not. */
static size_t operator_bytes(const char *p)
{
	size_t n = strlen("operator");

	if (strncmp(p, "operator", n) != 0 || p[n] == '_' || (p[n] >= 'a' && p[n] <= 'z') ||
	    (p[n] >= '0' && p[n] <= '9'))
		return 0;
	n += strncmp(p + n, "()", 2) == 0 ? 2 : 0;
	return n + strcspn(p + n, "(");
}

/* Rust's "<T as Trait>::f" and "<T>::f": of what stands between < and >, what T is; 0 for others. */
static size_t rust_type_bytes(const char *name, const char **ret_method)
{
	size_t as = 0;
	int depth = 0;

	for (const char *p = name; *p && *name == '<'; p++) {
		depth += *p == '<';
		depth -= *p == '>' && p[-1] != '-';
		if (depth == 1 && !as && strncmp(p, " as ", 4) == 0)
			as = (size_t)(p - name - 1);
		if (depth)
			continue;
		*ret_method = p + 1;
		return strncmp(p + 1, "::", 2) != 0 ? 0 : as ? as : (size_t)(p - name - 1);
	}
	return 0;
}

/* Without arguments of functions and templates. */
static void strip(char *out, size_t size, const char *name)
{
	bool method = false; /* within Go's (*T) */
	int depth = 0;
	size_t n = 0, as_is, type;
	const char *rest;
	char of_type[NAME];

	type = rust_type_bytes(name, &rest);
	if (type) {
		pt_snprintf(of_type, sizeof of_type, "%.*s%s", (int)type, name + 1, rest);
		name = of_type;
	}
	for (const char *p = name; *p && n + 1 < size; p++) {
		as_is = depth == 0 ? operator_bytes(p) : 0;
		if (as_is) {
			pt_snprintf(out + n, size - n, "%.*s", (int)as_is, p);
			return;
		}
		method |= *p == '(' && p > name && p[-1] == '.';
		depth += !method && (*p == '<' || *p == '(');
		/* Of "a::<impl b>::c" the middle is gone, and one of its "::". */
		if (depth == 0 && n > 2 && p[-1] == '>' && strncmp(p, "::", 2) == 0 &&
		    strncmp(out + n - 2, "::", 2) == 0)
			n -= 2;
		if (depth == 0)
			out[n++] = *p;
		depth -= !method && depth > 0 && ((*p == '>' && p[-1] != '-') || *p == ')');
		method &= *p != ')';
	}
	if (n > 2 && strncmp(out + n - 2, "::", 2) == 0) /* of "a::<b>" */
		n -= 2;
	out[n] = '\0';
	/* "<module>" and "(anonymous namespace)" are all that there is. */
	if (n == 0 || name[0] == '<' || name[0] == '(' || name[0] == '[')
		pt_strlcpy(out, name, size);
}

/* What stands behind the last dot of a name in Go, Java or Python; a compiler's ".part.0" and a file's
 * ".js:40" are no such thing. */
static const char *after_dot(const char *name)
{
	static const char *const not_names[] = {"isra", "part", "constprop", "cold", "llvm", "so"};
	const char *dot = strrchr(name, '.');
	bool plain = dot && dot > name && !strpbrk(name, " :");
	bool letter = dot && ((dot[1] >= 'a' && dot[1] <= 'z') || (dot[1] >= 'A' && dot[1] <= 'Z'));

	for (size_t i = 0; dot && i < PT_LEN(not_names); i++)
		plain = plain && strcmp(dot + 1, not_names[i]) != 0;
	return plain && letter ? dot + 1 : name;
}

/* The last `parts` parts of a::b::c, or what stands behind the last slash of a Go name. */
static const char *tail(const char *name, int parts)
{
	const char *at = name + strlen(name), *slash;

	for (; at > name; at--)
		if (at - name >= 2 && at[-1] == ':' && at[-2] == ':' && --parts == 0)
			return at;
	slash = strrchr(name, '/');
	if (slash && slash[1] && name[0] != '/')
		name = slash + 1;
	return parts == 1 ? after_dot(name) : name;
}

void pv_flame_cut(char *text, int w, bool ascii, size_t size)
{
	size_t n;

	if (pt_text_width(text) <= w)
		return;
	n = w > 3 ? pt_text_fit(text, w - 1) : 0;
	text[n] = '\0';
	if (n)
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
	pv_flame_cut(out, PT_MAX(w, 0), ascii, size);
}

/* ---- lines ---- */

void pv_line_put(struct pv_line *l, enum pt_role role, bool must, const char *text)
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

/* ---- details ---- */

/* What is known of the selection, the first first: the change, then how much it is. */
static void put_numbers(const struct pv_flame *v, struct pv_line *l, const struct pv_share *s,
			int64_t weight)
{
	const struct pv_stand *here = pv_flame_here(v);
	bool callers = !v->in_table && (here->kind == PV_FLAME_INVERTED || here->callers);
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
		pv_line_put(l, role, true, text);
	}
	n = pt_snprintf(text, sizeof text, "total %.2f%%", s->total * 100);
	if (s->error > 0 && !v->by_self)
		n += pt_snprintf(text + n, sizeof text - n, " %s%.2f", l->ascii ? "+-" : "±",
				 s->error * 100);
	if (pv_flame_differs(v))
		pt_snprintf(text + n, sizeof text - n, " (was %.2f)", s->base_total * 100);
	pv_line_put(l, PT_ROLE_TEXT, true, text);
	n = pt_snprintf(text, sizeof text, "self %.2f%%", s->self * 100);
	if (s->error > 0 && v->by_self)
		n += pt_snprintf(text + n, sizeof text - n, " %s%.2f", l->ascii ? "+-" : "±",
				 s->error * 100);
	if (pv_flame_differs(v))
		pt_snprintf(text + n, sizeof text - n, " (was %.2f)", s->base_self * 100);
	if (!callers) /* what is counted there is the weight of who they called */
		pv_line_put(l, PT_ROLE_TEXT, false, text);
	if (fabs(s->zoom - s->total) > 1e-9 && s->zoom > 0) {
		pt_snprintf(text, sizeof text, "%.2f%% of the zoom", s->zoom * 100);
		pv_line_put(l, PT_ROLE_TEXT, false, text);
	}
	if (!value)
		return;
	pt_value_format(number, sizeof number, (double)weight, value->unit,
			l->ascii ? PT_VALUE_ASCII : 0);
	pt_snprintf(text, sizeof text, "%s%s%s", number, value->unit == PT_UNIT_COUNT ? " " : "",
		    value->unit == PT_UNIT_COUNT ? value->what : "");
	pv_line_put(l, PT_ROLE_DIM, false, text);
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
	struct pv_line l = {cv, env->ascii, 1, y, v->w - 1};
	char name[NAME_LONG], safe[NAME], place[NAME];
	int room = v->w - 2;

	pv_flame_name(v, frame, name, sizeof name);
	pt_text_safe(safe, sizeof safe, name, strlen(name), env->ascii);
	if (f && (f->file[0] || f->module[0]))
		room = PT_MAX(room * 2 / 3, room - 40);
	pv_flame_cut(safe, PT_MAX(room, 4), env->ascii, sizeof safe);
	pv_line_put(&l, PT_ROLE_STRONG, true, safe);
	if (!f)
		return;
	pv_line_put(&l, PT_ROLE_NOTE, false, kind_words(f->kind));
	if (f->file[0]) {
		pt_snprintf(place, sizeof place, f->line ? "%s:%u" : "%s", f->file,
			    (unsigned)f->line);
		pv_line_put(&l, PT_ROLE_ACCENT, false, place);
	}
	pv_line_put(&l, PT_ROLE_DIM, false, f->module);
}

static void heat_detail(const struct pv_flame *v, const struct pt_view_env *env,
			struct pt_canvas *cv, int y, int h)
{
	struct pv_line l = {cv, env->ascii, 1, y, v->w - 1};
	char text[240], clock[100];

	pv_heat_words(v, text, sizeof text, clock, sizeof clock);
	pv_line_put(&l, PT_ROLE_STRONG, true, text);
	pv_line_put(&l, PT_ROLE_AXIS, false, clock);
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
	struct pv_line l = {cv, env->ascii, 1, y, v->w - 1};
	struct pv_share s;
	char name[NAME];

	if (v->heat.open) {
		heat_detail(v, env, cv, y, h);
		return;
	}
	if (v->in_table && f)
		pv_function_share(v, f, &s);
	else if (!v->in_table && cell)
		pv_cell_share(v, cell, &s);
	else
		return;
	if (!v->in_table && cell->frame == PT_NO_FRAME && !cell->row)
		s.error = 0; /* all is all */
	if (!v->in_table && cell->merged) {
		pt_snprintf(name, sizeof name,
			    h > 1 ? "%u frames too narrow to show; Enter makes room" : "%u narrow",
			    cell->merged);
		pv_line_put(&l, PT_ROLE_STRONG, true, name);
	} else if (h > 1) {
		put_name(v, env, cv, v->in_table ? f->frame : cell->frame, y);
	} else {
		pv_flame_label(v, v->in_table ? f->frame : cell->frame, v->w / 2, env->ascii, name,
			       sizeof name);
		pv_line_put(&l, PT_ROLE_STRONG, true, name);
	}
	if (h > 1)
		l = (struct pv_line){cv, env->ascii, 1, y + 1, v->w - 1};
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

static void add_name(const struct pv_flame *v, uint32_t frame, struct pt_str *out)
{
	char name[NAME], safe[NAME];

	pv_flame_name(v, frame, name, sizeof name);
	pt_text_safe(safe, sizeof safe, name, strlen(name), false);
	pt_str_addf(out, "%s%s", out->len ? ";" : "", safe);
}

void pv_flame_copy(const struct pv_flame *v, struct pt_str *out)
{
	const struct pv_stand *s = pv_flame_here(v);
	const struct pt_graph_cell *cell = pv_flame_cell(v, NULL);
	const struct pt_function *f = v->in_table ? pv_table_row(v) : NULL;
	bool up = s->kind == PV_FLAME_INVERTED || s->callers; /* callers are the outer ones */
	struct pv_path path = {0};
	size_t n = cell ? PT_MIN(s->chosen.n, (size_t)cell->row) : 0;

	if (f) {
		add_name(v, f->frame, out);
		pt_str_addf(out, " %lld %lld", (long long)f->self, (long long)f->total);
		return;
	}
	if (!cell)
		return;
	if (s->kind >= PV_FLAME_FOCUS)
		pv_path_add(&path, &s->frame, 1);
	pv_path_add(&path, s->zoom.frames, s->zoom.n);
	pv_path_add(&path, s->chosen.frames, n);
	if (path.n && path.frames[path.n - 1] == PT_NO_FRAME)
		path.n--;
	for (size_t i = 0; i < path.n; i++)
		add_name(v, path.frames[up ? path.n - 1 - i : i], out);
	pt_str_addf(out, "%s %lld", out->len ? "" : "all", (long long)cell->total);
	free(path.frames);
}
