/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_BENCH_FLAME_H
#define PT_APP_BENCH_FLAME_H

#include "perftop/app/benches.h"
#include "perftop/profile/grown.h"

/*
 * Flame graphs of benchmarks. Sampling would change what is measured, so a suite is launched again
 * for it, and the numbers of those launches are not kept; the stacks are, beside the batch. It is
 * launched until a thousand samples have come, ten seconds have passed or it has been so often:
 */
enum { PT_BENCH_FLAME_LAUNCHES = 20 };

struct pt_bench_flame;
struct pt_bench_flame *pt_bench_flame_new(struct pt_observer *ret_observer);
void pt_bench_flame_free(struct pt_bench_flame *flame);
/* After a sampled launch has ended: what was seen is added to that of those before. 1 when that is
 * enough, 0 when another launch is wanted. Errors of the sampler. */
int pt_bench_flame_add(struct pt_bench_flame *flame, struct pt_err *err);
void pt_bench_flame_forget(struct pt_bench_flame *flame); /* what was added: a launch has failed */
/* All that was added (*ret is yours), and how; then it is forgotten. All that one pt_bench_flame gives
 * share frames. -PT_ENODATA when nothing was seen. */
int pt_bench_flame_take(struct pt_bench_flame *flame, struct pt_profile *ret, char *ret_mode,
			size_t size, struct pt_err *err);
/* The same, and it is kept with the batch. Errors
 * of the database, too. */
int pt_bench_flame_keep(struct pt_bench_flame *flame, struct pt_benches *b, int64_t batch,
			char *ret_mode, size_t size, struct pt_err *err);

/*
 * A suite's newest profile and one to compare it with: of the runs of base (a full commit id), else of
 * the newest other commit before. base_ret->tree is NULL when there is none to compare with. The
 * names of both say which commit.
 */
int pt_bench_flames_load(struct pt_benches *b, const char *suite, const char *base,
			 struct pt_frames *frames, struct pt_profile *ret,
			 struct pt_profile *base_ret, struct pt_err *err);
void pt_bench_flame_name(const char *suite, const char *commit, char *ret, size_t size);

/* "Interner::get +5.9 points, from 6.0 to 11.9 % (12 sigma)": the functions that grew most, by their own
 * weight (where none did, with what they call), one a line; "" when none did beyond chance. */
void pt_bench_flames_tell(const struct pt_profile *base, const struct pt_profile *p, size_t max,
			  struct pt_str *out);

#endif
