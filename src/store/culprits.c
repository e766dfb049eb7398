/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A ring of the last scans' top processes. Names are kept with each entry: 15 bytes are less than
 * the bookkeeping that sharing them would need.
 */
#include "perftop/store/culprits.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <math.h>
#include <string.h>

struct scan {
	int64_t mono_ns;
	unsigned char n[PT_RESOURCE_N];
	struct pt_culprit top[PT_RESOURCE_N][PT_CULPRITS_TOP];
};

struct pt_culprits {
	struct scan *ring; /* grown up to PT_CULPRITS_KEEP, so that memory follows use */
	size_t n, cap;
	size_t next; /* place of the next scan once the ring is full */
};

struct pt_culprits *pt_culprits_new(void)
{
	return pt_calloc(1, sizeof(struct pt_culprits));
}

void pt_culprits_free(struct pt_culprits *c)
{
	if (c)
		free(c->ring);
	free(c);
}

static double value_of(const struct pt_proc *p, enum pt_resource resource)
{
	switch (resource) {
	case PT_RESOURCE_CPU: return p->cpu_ratio;
	case PT_RESOURCE_MEMORY: return (double)p->rss_bytes;
	case PT_RESOURCE_IO: return p->read_rate + p->write_rate;
	default: return NAN;
	}
}

/* Insertion into a list of five, most first; equal ones in the order of the scan, so that they do
 * not change places. */
static void insert(struct scan *s, enum pt_resource resource, const struct pt_proc *p, float v)
{
	struct pt_culprit *top = s->top[resource];
	int n = s->n[resource], at = n;

	while (at > 0 && v > top[at - 1].value)
		at--;
	if (at >= PT_CULPRITS_TOP)
		return;
	if (n < PT_CULPRITS_TOP)
		s->n[resource]++;
	else
		n--;
	memmove(&top[at + 1], &top[at], (size_t)(n - at) * sizeof *top);
	top[at].pid = p->pid;
	top[at].value = v;
	top[at].start_ticks = p->start_ticks;
	pt_strlcpy(top[at].comm, p->comm, sizeof top[at].comm);
}

void pt_culprits_add(struct pt_culprits *c, int64_t mono_ns, struct pt_proc *const *rows, size_t n)
{
	struct scan *s;

	if (c->n < PT_CULPRITS_KEEP) {
		s = PT_PUSH(c->ring, c->n, c->cap);
	} else {
		s = &c->ring[c->next];
		c->next = (c->next + 1) % PT_CULPRITS_KEEP;
	}
	s->mono_ns = mono_ns;
	memset(s->n, 0, sizeof s->n);
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < PT_RESOURCE_N; k++) {
			double v = value_of(rows[i], (enum pt_resource)k);
			if (v > 0) /* false for NaN: not read */
				insert(s, (enum pt_resource)k, rows[i], (float)v);
		}
}

size_t pt_culprits_at(const struct pt_culprits *c, int64_t mono_ns, int64_t slack_ns,
		      enum pt_resource resource, struct pt_culprit *top)
{
	/* Scans lie in time order from `next` on: a binary search over the ring. */
	size_t lo = 0, hi = c->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (c->ring[(c->next + mid) % c->n].mono_ns <= mono_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == 0)
		return 0;
	const struct scan *s = &c->ring[(c->next + lo - 1) % c->n];
	if (mono_ns - s->mono_ns > slack_ns)
		return 0;
	memcpy(top, s->top[resource], s->n[resource] * sizeof *top);
	return s->n[resource];
}
