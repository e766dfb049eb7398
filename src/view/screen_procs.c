/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What actions do to the process list and to the details of one process. */
#include "screen_state.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/collect/procs.h"
#include "perftop/store/store.h"

void screen_say(char *status, size_t size, const char *text)
{
	pt_strlcpy(status, text, size);
}

static struct pt_target target_of(const struct pt_proc *p)
{
	struct pt_target t = {.pid = p->pid, .start_ticks = p->start_ticks};

	pt_text_safe(t.name, sizeof t.name, p->comm, strlen(p->comm), false);
	return t;
}

void screen_add_target(struct pt_screen *s, const struct pt_proc *p)
{
	*PT_PUSH(s->targets, s->n_targets, s->cap_targets) = target_of(p);
}

/* All tagged processes, also where the filter hides them; else the selected one. */
void screen_collect_targets(struct pt_screen *s)
{
	const struct pt_proc *p;
	size_t pos = 0;

	s->n_targets = 0;
	while ((p = pv_procs_tagged(&s->procs, &pos)))
		screen_add_target(s, p);
	p = pv_procs_selected(&s->procs);
	if (s->n_targets == 0 && p)
		screen_add_target(s, p);
}

static void request_targets(struct pt_screen *s, enum pt_request_type type, struct pt_request *ret,
			    char *status, size_t size)
{
	screen_collect_targets(s);
	if (s->n_targets == 0) {
		screen_say(status, size, "no process is selected");
		return;
	}
	*ret = (struct pt_request){.type = type, .targets = s->targets, .n_targets = s->n_targets};
}

void screen_copy_row(struct pt_screen *s, const struct pt_view_env *env)
{
	const struct pt_proc *p = pv_procs_selected(&s->procs);
	char cell[512], safe[600];

	if (s->details.open) {
		pt_str_add(&s->copy, pt_str_text(&s->details.text));
		return;
	}
	for (int i = 0; p && i < pv_n_proc_columns; i++) {
		if (!pv_procs_column_shown(&s->procs, i, s->w))
			continue;
		pv_proc_columns[i].text(p, env, cell, sizeof cell);
		/* What is pasted into a shell must not be what a process calls itself. */
		pt_text_safe(safe, sizeof safe, cell, strlen(cell), false);
		pt_str_addf(&s->copy, "%s%s", s->copy.len ? "  " : "", safe);
	}
}

static void details_act(struct pt_screen *s, enum pt_action action, struct pt_request *ret)
{
	struct screen_details *d = &s->details;
	int page = PT_MAX(screen_details_height(s) - 2, 1), by = 0;

	switch (action) {
	case PT_ACT_NEXT_PANE:
	case PT_ACT_RIGHT:
	case PT_ACT_PREV_PANE:
	case PT_ACT_LEFT:
		by = action == PT_ACT_NEXT_PANE || action == PT_ACT_RIGHT ? 1 : -1;
		d->section = (d->section + by + DETAIL_SECTIONS) % DETAIL_SECTIONS;
		d->read = false;
		d->scroll = d->lines = 0;
		pt_str_clear(&d->text);
		ret->type = PT_REQUEST_DETAILS;
		return;
	case PT_ACT_UP: by = -1; break;
	case PT_ACT_DOWN: by = 1; break;
	case PT_ACT_PAGE_UP: by = -page; break;
	case PT_ACT_PAGE_DOWN: by = page; break;
	case PT_ACT_TOP: by = -d->lines; break;
	case PT_ACT_BOTTOM: by = d->lines; break;
	case PT_ACT_ENTER: d->open = false; return;
	default: return;
	}
	d->scroll = PT_MAX(0, PT_MIN(d->scroll + by, d->lines - page));
}

static void open_details(struct pt_screen *s, struct pt_request *ret, char *status, size_t size)
{
	const struct pt_proc *p = pv_procs_selected(&s->procs);

	if (!p) {
		screen_say(status, size, "no process is selected");
		return;
	}
	s->details.open = true;
	s->details.read = false;
	s->details.scroll = s->details.lines = 0;
	s->details.target = target_of(p);
	pt_str_clear(&s->details.text);
	s->n_targets = 0;
	*PT_PUSH(s->targets, s->n_targets, s->cap_targets) = s->details.target;
	*ret = (struct pt_request){
		.type = PT_REQUEST_DETAILS, .targets = s->targets, .n_targets = 1};
}

static void next_columns(struct pt_screen *s, char *status, size_t size)
{
	static const struct {
		unsigned set;
		const char *name;
	} sets[] = {{PV_SET_MAIN, "columns: main"},
		    {PV_SET_IO, "columns: disk I/O"},
		    {PV_SET_SCHED, "columns: scheduling and faults"},
		    {PV_SET_CGROUP, "columns: cgroup"}};
	size_t i = 0;

	while (sets[i].set != s->procs.set)
		i++;
	i = (i + 1) % PT_LEN(sets);
	s->procs.set = sets[i].set;
	screen_say(status, size, sets[i].name);
}

static void procs_list_act(struct pt_screen *s, enum pt_action action, int64_t now)
{
	struct pv_procs *v = &s->procs;

	switch (action) {
	case PT_ACT_UP: pv_procs_move(v, -1, now); break;
	case PT_ACT_DOWN: pv_procs_move(v, 1, now); break;
	case PT_ACT_PAGE_UP: pv_procs_move(v, -(long)v->page, now); break;
	case PT_ACT_PAGE_DOWN: pv_procs_move(v, (long)v->page, now); break;
	case PT_ACT_TOP:
		pv_procs_to(v, 0, now);
		v->bound = false;
		pv_procs_reorder(v);
		break;
	case PT_ACT_BOTTOM: pv_procs_to(v, v->n, now); break;
	case PT_ACT_LEFT: v->scroll_x = PT_MAX(v->scroll_x - 8, 0); break;
	case PT_ACT_RIGHT: v->scroll_x = PT_MIN(v->scroll_x + 8, 400); break;
	default: break;
	}
}

/* n and N in the list: every row matches, so they are simply the next and the previous row. */
void screen_procs_act(struct pt_screen *s, const struct pt_view_env *env, enum pt_action action,
		      struct pt_request *ret, char *status, size_t size)
{
	struct pv_procs *v = &s->procs;
	int64_t now = pt_store_last(env->store);

	screen_refresh_procs(s, env);
	if (s->details.open) {
		details_act(s, action, ret);
		return;
	}
	switch (action) {
	case PT_ACT_ENTER: open_details(s, ret, status, size); break;
	case PT_ACT_SORT_NEXT:
	case PT_ACT_SORT_PREV:
		pv_procs_sort_step(v, s->w, action == PT_ACT_SORT_NEXT ? 1 : -1);
		pt_snprintf(status, size, "sorted by %s", pv_proc_columns[v->sort].name);
		break;
	case PT_ACT_SORT_INVERT:
		v->invert = !v->invert;
		pv_procs_reorder(v);
		pt_snprintf(status, size, "sorted by %s, %s", pv_proc_columns[v->sort].name,
			    v->invert == pv_proc_columns[v->sort].ascending ? "most first"
									    : "least first");
		break;
	case PT_ACT_COLUMNS: next_columns(s, status, size); break;
	case PT_ACT_TREE:
		v->tree = !v->tree;
		v->current = false;
		screen_say(status, size, v->tree ? "tree" : "flat list");
		break;
	case PT_ACT_TAG:
		pv_procs_tag(v);
		pv_procs_move(v, 1, now);
		pt_snprintf(status, size, "%zu tagged", v->n_tagged);
		break;
	case PT_ACT_UNTAG:
		pv_procs_untag(v);
		screen_say(status, size, "no process is tagged");
		break;
	case PT_ACT_SIGNAL: request_targets(s, PT_REQUEST_SIGNAL, ret, status, size); break;
	case PT_ACT_PRIORITY: request_targets(s, PT_REQUEST_PRIORITY, ret, status, size); break;
	case PT_ACT_NEXT_MATCH:
	case PT_ACT_PREV_MATCH:
		if (!pt_filter_on(&v->filter))
			screen_say(status, size, "no filter: / sets one");
		procs_list_act(s, action == PT_ACT_NEXT_MATCH ? PT_ACT_DOWN : PT_ACT_UP, now);
		break;
	default: procs_list_act(s, action, now);
	}
}
