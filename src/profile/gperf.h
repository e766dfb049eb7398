/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_GPERF_H
#define PT_PROFILE_GPERF_H

#include "scan.h"

#include "perftop/base/map.h"
#include "perftop/profile/symbols.h"

/*
 * What the profiles of gperftools and jemalloc, of heap and CPU, and Go's texts have in common: stacks
 * are addresses. Names come from a section before them ("--- symbol", as pprof --raw writes it), from
 * comments behind each stack (Go), or from the files that a list of mappings at the end tells.
 */
struct pt_gperf {
	struct pt_profile *profile;
	struct pt_symbols *symbols;
	struct pt_space *space;
	struct pt_map named; /* address -> struct pt_gperf_name */
	bool commented;	     /* by comments, which leave out what does not matter of a stack */
	uint32_t *stack;     /* PT_STACK_MAX frames, the outermost first */
	uint64_t *addresses; /* PT_STACK_MAX, the innermost first */
};

void pt_gperf_init(struct pt_gperf *g, const struct pt_read_options *options, struct pt_profile *p);
void pt_gperf_release(struct pt_gperf *g);

/* Goes from the scan's next line on over lines of named addresses ("0x401308 main<…>--inlined", after
 * "--- symbol") and of mappings (after "MAPPED_LIBRARIES:", or at once). -PT_ELIMIT. */
int pt_gperf_read_names(struct pt_gperf *g, struct pt_scan *s, bool mappings);
/* "0x1 0x2" to the line's end, into g->addresses. */
int pt_gperf_read_addresses(struct pt_gperf *g, struct pt_scan *s, size_t *ret_n);
/* The node of n addresses in g->addresses, all but the first return addresses; PT_NO_NODE at the
 * limit. returned: the first one too. */
uint32_t pt_gperf_node(struct pt_gperf *g, size_t n, bool returned);
/* Tells the profile's reader what they should know of the symbols. */
void pt_gperf_note(struct pt_gperf *g);

#endif
