/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_ANOMALY_TAIL_H
#define PT_ANALYSE_ANOMALY_TAIL_H

/*
 * What sizes a positive quantity has had, slowly forgotten, and how rare a size is among them. Sizes
 * larger than any before are judged by how fast the tail falls, so that "twice the largest" means
 * little where sizes are wild and much where they are tame. Bins are sixths of an octave.
 */
enum { PT_TAIL_PER_OCTAVE = 6, PT_TAIL_OCTAVES = 96 };
enum { PT_TAIL_BINS = PT_TAIL_PER_OCTAVE * PT_TAIL_OCTAVES };

struct pt_tail {
	float count[PT_TAIL_BINS]; /* in weights, which grow instead of old ones shrinking */
	double total, weight;	   /* of all; of the newest */
	int top;		   /* highest bin in use */
};

/* -log10 of the chance of a size as large as x; 0 when little is known. index: of the tail's power law
 * before it is seen, larger is wilder. */
double pt_tail_rarity(const struct pt_tail *tail, double x, double index);

/* grow: what a size counts compared with the one before, just above 1. */
void pt_tail_add(struct pt_tail *tail, double x, double grow);

#endif
