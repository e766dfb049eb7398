/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of panes, and what panes are declared with: every metric that a pane names is one that
 * some collector gives, with labels that it can have.
 */
#include "../../src/view/pane_metric.h"
#include "../../src/view/screen_state.h"
#include "../golden.h"
#include "machine.h"
#include "perftop/base/mem.h"
#include "perftop/collect/collect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_rows(void **state)
{
	(void)state;
	assert_true(pt_n_panes <= SCREEN_PANES && pt_n_panes <= PT_LAYOUT_MAX);
	for (size_t i = 0; i < pt_n_panes; i++) {
		const struct pt_pane *p = pt_panes[i];
		assert_ptr_equal(pt_pane_find(p->name), p);
		assert_true(p->name[0] && !p->name[strspn(p->name, "abcdefghijklmnopqrstuvwxyz")]);
		assert_true(p->title[0] && p->help[0]);
		assert_true(p->columns == 1 || p->columns == PT_PANE_FULL);
		assert_true(p->recalc && p->size && p->headline && p->paint);
		assert_true(i == 0 || strcmp(pt_panes[i - 1]->name, p->name) < 0);
	}
	assert_null(pt_pane_find("nothing"));
	assert_null(pt_pane_find(""));
}

static void test_collectors_exist(void **state)
{
	(void)state;
	for (size_t i = 0; i < pt_n_panes; i++) {
		bool found = !pt_panes[i]->collector;
		for (size_t k = 0; k < pt_n_collectors && !found; k++)
			found = strcmp(pt_collectors[k]->name, pt_panes[i]->collector) == 0 &&
				pt_collectors[k]->on_demand;
		assert_true(found);
	}
	/* And nobody would ever look at what runs on demand for no pane. */
	for (size_t k = 0; k < pt_n_collectors; k++) {
		bool found = !pt_collectors[k]->on_demand;
		for (size_t i = 0; i < pt_n_panes && !found; i++)
			found = pt_panes[i]->collector &&
				strcmp(pt_collectors[k]->name, pt_panes[i]->collector) == 0;
		assert_true(found);
	}
}

static const struct pt_metric *metric(const char *pane, const char *name, const char *labels)
{
	const struct pt_metric *m = pt_metric_find(name, NULL);

	if (!m)
		fail_msg("pane %s: no collector gives %s", pane, name);
	if (labels && labels[0]) {
		size_t n = strcspn(labels, "=");
		char value[64];
		if (!m->label || strlen(m->label) != n || strncmp(m->label, labels, n) != 0 ||
		    pt_labels_get(labels, m->label, value, sizeof value) <= 0)
			fail_msg("pane %s: %s has no {%s}", pane, name, labels);
	}
	return m;
}

static void check_spec(const char *pane, const struct pv_spec *spec)
{
	for (int i = 0; i < PV_LAYERS && spec->layers[i].metric; i++) {
		const struct pt_metric *m =
			metric(pane, spec->layers[i].metric, spec->layers[i].labels);
		assert_true(spec->layers[i].name[0]);
		/* What is stacked is of one unit, and told apart in ASCII. */
		if (spec->layers[i].legend_only)
			continue;
		assert_int_equal(m->unit, metric(pane, spec->layers[0].metric, NULL)->unit);
		assert_true(spec->layers[i].letter > ' ');
		for (int k = 0; k < i; k++)
			assert_true(spec->layers[k].letter != spec->layers[i].letter);
	}
	assert_int_equal(!!spec->layers[0].metric, spec->graph != PV_NO_GRAPH);
	assert_true(spec->graph != PV_UPDOWN || spec->layers[1].metric);
	assert_true(!spec->stat || metric(pane, spec->stat, NULL));
	if (spec->max_metric)
		assert_int_equal(metric(pane, spec->max_metric, NULL)->unit,
				 metric(pane, spec->stat, NULL)->unit);
	/* The first sparkline is that of the instance itself: rows are found by it. */
	if (spec->each) {
		assert_non_null(metric(pane, spec->each, NULL)->label);
		assert_string_equal(spec->each, spec->sparks[0]);
	}
	for (int k = 0; k < PV_SPARKS && spec->sparks[k]; k++)
		assert_string_equal(metric(pane, spec->sparks[k], NULL)->label,
				    metric(pane, spec->each, NULL)->label);
	for (int k = 0; k < PV_COLS && spec->cols[k].metric; k++) {
		const struct pt_metric *m = metric(pane, spec->cols[k].metric, NULL);
		assert_string_equal(m->label, metric(pane, spec->each, NULL)->label);
		assert_int_equal(m->unit, spec->cols[k].unit);
		assert_int_equal(m->kind == PT_COUNTER, !!(spec->cols[k].flags & PT_VALUE_RATE));
	}
	for (int i = 0; i < PV_FIXED && spec->fixed[i].name; i++)
		metric(pane, spec->fixed[i].metric, spec->fixed[i].labels);
	if (spec->row_max > 0)
		assert_int_equal(metric(pane, spec->each, NULL)->unit, PT_UNIT_RATIO);
	assert_in_range(spec->culprit, 0, PT_RESOURCE_N);
}

static void test_metrics_exist(void **state)
{
	int specs = 0;

	(void)state;
	for (size_t i = 0; i < pt_n_panes; i++) {
		const struct pv_spec *spec = pt_panes[i]->spec;
		if (pt_panes[i]->recalc != pv_recalc)
			continue;
		specs++;
		check_spec(pt_panes[i]->name, spec);
		assert_int_equal(!!spec->contained, !!spec->contained_by);
		if (spec->contained) {
			check_spec(pt_panes[i]->name, spec->contained);
			metric(pt_panes[i]->name, spec->contained_by, "cgroup=\"/\"");
		}
	}
	assert_true(specs > 10);
}

/* A pane as the overview shows it, then zoomed, after the fixture's last frame. */
static void draw_pane(struct machine *m, const struct pt_pane *pane, bool zoomed, int w, int h,
		      struct pt_str *out)
{
	void *state = pt_calloc(1, pane->state_size);
	struct pt_timeview tv;
	struct pt_pane_args args = {.env = &m->env, .tv = &tv, .zoomed = zoomed};
	struct pt_pane_size size;
	char headline[96];

	pt_timeview_init(&tv, PT_S);
	pt_timeview_update(&tv, pt_store_first(m->session->store),
			   pt_store_last(m->session->store));
	args.at_ns = tv.end_ns;
	args.selected = zoomed ? 0 : -1;
	pt_canvas_resize(&m->cv, w, h);
	pt_canvas_clear(&m->cv);
	pane->recalc(pane, state, &args, w, 0);
	pane->size(pane, state, &args, &size);
	pane->recalc(pane, state, &args, w, h);
	pane->headline(pane, state, &args, headline, sizeof headline);
	pane->paint(pane, state, &args, &m->cv, w, h);
	pt_str_addf(out, "%s%s %dx%d: min %d, want %d, weight %d, \"%s\"\n", pane->name,
		    zoomed ? " zoomed" : "", w, h, size.min, size.want, size.weight, headline);
	pt_canvas_dump(&m->cv, out, true);
	if (pane->release)
		pane->release(pane, state);
	free(state);
}

/* Which machine shows something in a pane. */
static const char *root_of(const char *pane)
{
	if (strcmp(pane, "cores") == 0 || strcmp(pane, "cpu") == 0)
		return "sensors";
	return strcmp(pane, "cgroup") == 0 ? "container" : "busy";
}

static void test_goldens(void **state)
{
	bool same = true;

	(void)state;
	for (size_t i = 0; i < pt_n_panes; i++) {
		struct machine m;
		struct pt_str out = PT_STR_INIT;
		char name[64];
		if (!machine_open(&m, root_of(pt_panes[i]->name)))
			skip();
		for (int k = 0; k < 30; k++)
			machine_tick(&m);
		draw_pane(&m, pt_panes[i], false, 76, 8, &out);
		draw_pane(&m, pt_panes[i], true, 100, 24, &out);
		pt_snprintf(name, sizeof name, "view/pane-%s.txt", pt_panes[i]->name);
		same &= golden_check(name, out.s);
		pt_str_release(&out);
		machine_close(&m);
	}
	assert_true(same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_collectors_exist),
		cmocka_unit_test(test_metrics_exist),
		cmocka_unit_test(test_goldens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
