/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a graph of calls to stacks. Circles of functions that call one another (found as Tarjan
 * does) are taken as one each, which leaves a graph without circles; a function alone is a circle of
 * one. What enters a circle is shared out over all that is spent in it: the own costs of its
 * functions, and their calls to others, each of which enters another circle in turn. The
 * shares are whole numbers whose sum is what came in, so nothing is lost or gained.
 *
 * The number of ways through a graph grows without bound. The heaviest are followed first, none that
 * is lighter than a millionth of all, and none once the tree is large enough for any picture.
 */
#include "call_graph.h"

#include "perftop/base/err.h"
#include "perftop/base/map.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

/* Calls that are looked at, of all visits; beyond it ways are not followed. In a circle the shortest
 * way to a function is hardly ever long. */
enum {
	FINEST_SHARE = 1000000,
	MAX_NODES = 1 << 20,
	NODE_BYTES = 128,
	MAX_STEPS = 1 << 27,
	CIRCLE_DEPTH = 1024
};

struct function {
	uint32_t frame;
	uint32_t first;	      /* of its calls in calls[], once sorted */
	uint32_t circle;      /* number; PT_NO_FUNCTION: not known yet */
	uint32_t seen_by;     /* number of the visit that met it last */
	uint32_t node, depth; /* where it stands in the tree, in that visit */
	uint32_t above;	      /* the node that it is below */
	int64_t self;
};

struct call {
	uint32_t caller, called;
	int64_t cost;
};

struct circle {
	uint32_t first, n; /* of members[] */
	double spent;	   /* own costs of its members and their calls to others */
	double entered;	   /* what calls from others say it cost */
};

/* A circle to be entered. */
struct visit {
	uint32_t node, depth; /* of the caller */
	uint32_t function;
	int64_t weight;
};

struct pt_call_graph {
	struct function *functions;
	size_t n_functions, cap_functions;
	struct call *calls;
	size_t n_calls, cap_calls;
	struct pt_map call_of; /* caller and called -> index + 1 */
	struct circle *circles;
	size_t n_circles, cap_circles;
	uint32_t *members;    /* functions by circle */
	struct visit *visits; /* a heap: none is heavier than the one at half its index */
	size_t n_visits, cap_visits;
	uint32_t n_seen;  /* visits so far */
	uint64_t n_steps; /* of MAX_STEPS */
	int64_t least;	  /* the lightest share that is followed */
};

struct pt_call_graph *pt_call_graph_new(void)
{
	return pt_calloc(1, sizeof(struct pt_call_graph));
}

void pt_call_graph_free(struct pt_call_graph *g)
{
	if (!g)
		return;
	free(g->functions);
	free(g->calls);
	free(g->circles);
	free(g->members);
	free(g->visits);
	pt_map_release(&g->call_of);
	free(g);
}

uint32_t pt_call_graph_add(struct pt_call_graph *g, uint32_t frame)
{
	*PT_PUSH(g->functions, g->n_functions, g->cap_functions) =
		(struct function){.frame = frame, .circle = PT_NO_FUNCTION};
	return (uint32_t)(g->n_functions - 1);
}

static void add(int64_t *sum, int64_t cost)
{
	*sum = *sum > INT64_MAX - cost ? INT64_MAX : *sum + cost;
}

void pt_call_graph_self(struct pt_call_graph *g, uint32_t function, int64_t cost)
{
	add(&g->functions[function].self, cost);
}

bool pt_call_graph_call(struct pt_call_graph *g, uint32_t caller, uint32_t called, int64_t cost)
{
	uint64_t key = ((uint64_t)caller + 1) << 32 | called;
	size_t index = (size_t)(uintptr_t)pt_map_get_u64(&g->call_of, key);

	if (index) {
		add(&g->calls[index - 1].cost, cost);
		return false;
	}
	*PT_PUSH(g->calls, g->n_calls, g->cap_calls) =
		(struct call){.caller = caller, .called = called, .cost = cost};
	pt_map_put_u64(&g->call_of, key, (void *)(uintptr_t)g->n_calls);
	return true;
}

/* -- circles --------------------------------------------------------------------------------------- */

/* By caller, the heaviest first. */
static int by_caller(const void *a, const void *b)
{
	const struct call *x = a, *y = b;

	if (x->caller != y->caller)
		return x->caller < y->caller ? -1 : 1;
	if (x->cost != y->cost)
		return x->cost > y->cost ? -1 : 1;
	return (x->called > y->called) - (x->called < y->called);
}

static void sort_calls(struct pt_call_graph *g)
{
	uint32_t k = 0;

	if (g->n_calls)
		qsort(g->calls, g->n_calls, sizeof *g->calls, by_caller);
	for (uint32_t i = 0; i < g->n_functions; i++) {
		g->functions[i].first = k;
		while (k < g->n_calls && g->calls[k].caller == i)
			k++;
	}
}

static uint32_t calls_end(const struct pt_call_graph *g, uint32_t function)
{
	return function + 1 < g->n_functions ? g->functions[function + 1].first
					     : (uint32_t)g->n_calls;
}

/* Tarjan's search, without recursion: what it keeps of each function. */
struct search {
	struct step {
		uint32_t function, next; /* the call to look at next */
	} * path;
	uint32_t n_path;
	uint32_t *order, *low; /* 0: not met */
	uint32_t *open;	       /* met, and of no circle yet */
	uint32_t n_open, n_met, n_members;
};

static void meet(struct search *s, const struct pt_call_graph *g, uint32_t function)
{
	s->order[function] = s->low[function] = ++s->n_met;
	s->open[s->n_open++] = function;
	s->path[s->n_path++] = (struct step){function, g->functions[function].first};
}

static void close_circle(struct search *s, struct pt_call_graph *g, uint32_t function)
{
	struct circle *circle = PT_PUSH(g->circles, g->n_circles, g->cap_circles);
	uint32_t member;

	*circle = (struct circle){.first = s->n_members};
	do {
		member = s->open[--s->n_open];
		g->functions[member].circle = (uint32_t)(g->n_circles - 1);
		g->members[s->n_members++] = member;
		circle->n++;
	} while (member != function);
}

static void leave(struct search *s, struct pt_call_graph *g)
{
	uint32_t function = s->path[--s->n_path].function, caller;

	if (s->low[function] == s->order[function])
		close_circle(s, g, function);
	if (s->n_path) {
		caller = s->path[s->n_path - 1].function;
		s->low[caller] = PT_MIN(s->low[caller], s->low[function]);
	}
}

static void search_from(struct search *s, struct pt_call_graph *g, uint32_t function)
{
	meet(s, g, function);
	while (s->n_path) {
		struct step *step = &s->path[s->n_path - 1];
		uint32_t called;

		if (step->next == calls_end(g, step->function)) {
			leave(s, g);
			continue;
		}
		called = g->calls[step->next++].called;
		if (!s->order[called])
			meet(s, g, called);
		else if (g->functions[called].circle == PT_NO_FUNCTION)
			s->low[step->function] = PT_MIN(s->low[step->function], s->order[called]);
	}
}

static void find_circles(struct pt_call_graph *g)
{
	size_t n = g->n_functions;
	struct search s = {.path = pt_calloc(n, sizeof *s.path),
			   .order = pt_calloc(n, sizeof *s.order),
			   .low = pt_calloc(n, sizeof *s.low),
			   .open = pt_calloc(n, sizeof *s.open)};

	g->members = pt_calloc(n, sizeof *g->members);
	for (uint32_t i = 0; i < n; i++)
		if (!s.order[i])
			search_from(&s, g, i);
	free(s.path);
	free(s.order);
	free(s.low);
	free(s.open);
}

static bool leaves_circle(const struct pt_call_graph *g, const struct call *call)
{
	return g->functions[call->caller].circle != g->functions[call->called].circle;
}

static void sum_circles(struct pt_call_graph *g)
{
	for (size_t i = 0; i < g->n_functions; i++)
		g->circles[g->functions[i].circle].spent += (double)g->functions[i].self;
	for (size_t i = 0; i < g->n_calls; i++) {
		const struct call *call = &g->calls[i];

		if (!leaves_circle(g, call))
			continue;
		g->circles[g->functions[call->caller].circle].spent += (double)call->cost;
		g->circles[g->functions[call->called].circle].entered += (double)call->cost;
	}
}

/* -- stacks ---------------------------------------------------------------------------------------- */

static void later(struct pt_call_graph *g, const struct visit *visit)
{
	size_t i = g->n_visits;

	(void)PT_PUSH(g->visits, g->n_visits, g->cap_visits);
	for (; i && g->visits[(i - 1) / 2].weight < visit->weight; i = (i - 1) / 2)
		g->visits[i] = g->visits[(i - 1) / 2];
	g->visits[i] = *visit;
}

/* Takes the heaviest. */
static struct visit next_visit(struct pt_call_graph *g)
{
	struct visit first = g->visits[0], last = g->visits[--g->n_visits];
	size_t i = 0, k;

	while ((k = 2 * i + 1) < g->n_visits) {
		if (k + 1 < g->n_visits && g->visits[k + 1].weight > g->visits[k].weight)
			k++;
		if (g->visits[k].weight <= last.weight)
			break;
		g->visits[i] = g->visits[k];
		i = k;
	}
	g->visits[i] = last;
	return first;
}

/* Weight being shared out: parts are what they are of `spent`, their sum exactly the weight. */
struct share {
	double spent, so_far;
	int64_t weight, given;
};

static int64_t share(struct share *s, int64_t cost)
{
	int64_t upto, part;

	s->so_far += (double)cost;
	if (s->so_far >= s->spent)
		upto = s->weight;
	else
		upto = (int64_t)((double)s->weight * (s->so_far / s->spent) + 0.5);
	upto = PT_MIN(upto, s->weight);
	part = PT_MAX(upto - s->given, 0);
	s->given += part;
	return part;
}

/* A function of the circle being visited gets its place in the tree. */
static bool place(struct pt_call_graph *g, struct pt_tree *tree, uint32_t function, uint32_t parent,
		  uint32_t depth)
{
	struct function *f = &g->functions[function];

	f->seen_by = g->n_seen;
	f->depth = depth;
	f->above = parent;
	f->node = pt_tree_child(tree, parent, f->frame);
	return f->node != PT_NO_NODE;
}

/* Places for the whole circle: each function below the one that calls it on the shortest way from
 * where it was entered; beside it where that way is long. order has them as they were met. */
static bool place_circle(struct pt_call_graph *g, struct pt_tree *tree, const struct visit *v,
			 uint32_t *order, uint32_t *ret_n)
{
	uint32_t n = 0, circle = g->functions[v->function].circle;
	uint32_t deepest = PT_MIN(v->depth + CIRCLE_DEPTH, (uint32_t)PT_STACK_MAX - 1);

	g->n_seen++;
	if (!place(g, tree, v->function, v->node, v->depth))
		return false;
	order[n++] = v->function;
	for (uint32_t k = 0; k < n && g->circles[circle].n > 1; k++) {
		struct function *f = &g->functions[order[k]];
		uint32_t end = calls_end(g, order[k]);

		for (uint32_t i = f->first; i < end; i++) {
			uint32_t called = g->calls[i].called;

			g->n_steps++;
			if (g->functions[called].circle != circle ||
			    g->functions[called].seen_by == g->n_seen)
				continue;
			if (!place(g, tree, called, f->depth < deepest ? f->node : f->above,
				   PT_MIN(f->depth + 1, deepest)))
				return false;
			order[n++] = called;
		}
	}
	*ret_n = n;
	return true;
}

/* Own cost, and what is called outside of the circle. */
static void share_function(struct pt_call_graph *g, struct pt_tree *tree, uint32_t function,
			   struct share *s)
{
	const struct function *f = &g->functions[function];
	uint32_t end = calls_end(g, function);

	g->n_steps += end - f->first;
	pt_tree_add(tree, f->node, share(s, f->self));
	for (uint32_t i = f->first; i < end; i++) {
		int64_t part;

		if (!leaves_circle(g, &g->calls[i]))
			continue;
		part = share(s, g->calls[i].cost);
		if (part < g->least || f->depth + 1 >= PT_STACK_MAX)
			pt_tree_add(tree, f->node, part);
		else
			later(g, &(struct visit){f->node, f->depth + 1, g->calls[i].called, part});
	}
}

static bool visit(struct pt_call_graph *g, struct pt_tree *tree, const struct visit *v,
		  uint32_t *order)
{
	const struct circle *circle = &g->circles[g->functions[v->function].circle];
	struct share s = {.spent = circle->spent, .weight = v->weight};
	uint32_t n;

	if (!place_circle(g, tree, v, order, &n))
		return false;
	for (uint32_t i = 0; i < n; i++)
		share_function(g, tree, order[i], &s);
	pt_tree_add(tree, g->functions[v->function].node, s.weight - s.given); /* spent nothing */
	return true;
}

/* The function that a circle is entered by when no other calls it: the heaviest. */
static uint32_t heaviest(const struct pt_call_graph *g, const struct circle *circle)
{
	uint32_t best = g->members[circle->first];
	double most = -1;

	for (uint32_t i = circle->first; i < circle->first + circle->n; i++) {
		uint32_t member = g->members[i], end = calls_end(g, member);
		double cost = (double)g->functions[member].self;

		for (uint32_t k = g->functions[member].first; k < end; k++)
			cost += (double)g->calls[k].cost;
		if (cost > most) {
			most = cost;
			best = member;
		}
	}
	return best;
}

/* What a circle has spent beyond what calls of it say came from nowhere: the begin of stacks. */
static int64_t root_weight(const struct circle *circle, bool called_too)
{
	double own = circle->spent - (called_too ? circle->entered : 0);

	return own >= 9e18 ? INT64_MAX : own >= 1 ? (int64_t)own : 0;
}

static void add_roots(struct pt_call_graph *g)
{
	double total = 0;

	for (int called_too = 1; called_too >= 0 && !g->n_visits; called_too--)
		for (size_t i = g->n_circles; i--;) {
			int64_t weight = root_weight(&g->circles[i], called_too);

			total += (double)weight;
			if (weight)
				later(g, &(struct visit){PT_TREE_ROOT, 0,
							 heaviest(g, &g->circles[i]), weight});
		}
	g->least = (int64_t)fmin(9e18, fmax(1, total / FINEST_SHARE));
}

int pt_call_graph_stacks(struct pt_call_graph *g, struct pt_tree *tree)
{
	uint32_t *order, most = MAX_NODES;
	bool fits = true;

	if (!g->n_functions)
		return 0;
	if (tree->max_bytes)
		most = (uint32_t)PT_MIN(most, tree->max_bytes / NODE_BYTES);
	sort_calls(g);
	find_circles(g);
	sum_circles(g);
	add_roots(g);
	order = pt_calloc(g->n_functions, sizeof *order);
	while (fits && g->n_visits) {
		struct visit v = next_visit(g);

		if ((tree->n < most && g->n_steps < MAX_STEPS) || v.node == PT_TREE_ROOT)
			fits = visit(g, tree, &v, order);
		else
			pt_tree_add(tree, v.node, v.weight);
	}
	free(order);
	return fits ? 0 : -PT_ELIMIT;
}
