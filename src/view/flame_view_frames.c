/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view of flame graphs: a sampler that runs for long goes over to another table of frames. What
 * is looked at, chosen and hidden is found again there, by what its frames say.
 */
#include "flame_view.h"

#include "perftop/base/mem.h"

#include <string.h>

static bool is_same(const struct pt_frame *a, const struct pt_frame *b)
{
	return a->kind == b->kind && a->line == b->line && a->pid == b->pid && a->tid == b->tid &&
	       strcmp(a->name, b->name) == 0 && strcmp(a->module, b->module) == 0 &&
	       strcmp(a->file, b->file) == 0;
}

/* PT_NO_FRAME: it is not there (yet). */
static uint32_t find(const struct pv_flame *v, uint32_t id, const struct pt_frames *to)
{
	uint32_t n = pt_frames_count(to);

	for (uint32_t i = 0; id != PT_NO_FRAME && i < n; i++)
		if (is_same(pt_frames_get(to, i), pt_frames_get(v->frames, id)))
			return i;
	return PT_NO_FRAME;
}

/* As far as it goes on. */
static void move_path(const struct pv_flame *v, struct pv_path *path, const struct pt_frames *to)
{
	for (size_t i = 0; i < path->n; i++) {
		bool merged = path->frames[i] == PT_NO_FRAME;

		path->frames[i] = find(v, path->frames[i], to);
		if (path->frames[i] == PT_NO_FRAME && !merged)
			path->n = i;
	}
}

static void move_hidden(struct pv_flame *v, const struct pt_frames *to)
{
	size_t words = (size_t)pt_frames_count(to) / 64 + 1;
	uint64_t *hidden = pt_calloc(words, sizeof *hidden);

	for (uint32_t id = 0; v->n_hidden && id < v->n_words * 64; id++) {
		uint32_t now = pt_frame_set_has(v->hidden, id) ? find(v, id, to) : PT_NO_FRAME;

		if (now != PT_NO_FRAME)
			hidden[now / 64] |= UINT64_C(1) << (now % 64);
	}
	v->n_hidden = 0;
	for (size_t i = 0; i < words; i++)
		v->n_hidden += (size_t)__builtin_popcountll(hidden[i]);
	free(v->hidden);
	free(v->hits);
	v->hidden = hidden;
	v->hits = pt_calloc(words, sizeof *v->hits); /* searched anew */
	v->n_words = words;
	v->n_hits = 0;
	v->n_searched = 0;
}

void pv_frames_move(struct pv_flame *v, const struct pt_frames *to)
{
	for (size_t i = 0; i < v->n_stands; i++) {
		struct pv_stand *s = &v->stands[i];
		bool of_one = s->frame != PT_NO_FRAME;

		s->frame = find(v, s->frame, to);
		move_path(v, &s->zoom, to);
		move_path(v, &s->chosen, to);
		if (of_one && s->frame == PT_NO_FRAME) { /* there is nothing to stand on */
			s->kind = PV_FLAME_STACKS;
			s->zoom.n = s->chosen.n = 0;
		}
	}
	v->table.chosen = find(v, v->table.chosen, to);
	move_hidden(v, to);
}
