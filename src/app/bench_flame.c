/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles of benchmarks: sampled in a launch of their own, kept in history, compared. */
#include "perftop/app/bench_flame.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/collect/perf.h"
#include "perftop/profile/pack.h"
#include "perftop/profile/sampler.h"
#include "perftop/store/flames.h"

#include <math.h>
#include <string.h>

/*
 * Its numbers are not kept, so it may cost more than a sampler beside other work. Benchmarks are short
 * all the same: a share of 5 % of a thousand samples is told within 0.7 %.
 */
enum { HZ = 3989, SAMPLES_ENOUGH = 1000 };
#define WALL_ENOUGH (10 * PT_S)

struct pt_bench_flame {
	struct pt_sampler *sampler; /* of the launch that runs, or has just ended */
	struct pt_err err;	    /* why there is none */
	struct pt_frames *frames;   /* of all launches, so that they compare */
	int64_t last_ns;	    /* how long the launch took */
	/* What was taken in; sum.tree NULL: nothing yet. */
	struct pt_profile sum;
	char mode[96];
	int launches;
	int64_t wall_ns;
};

/* At its gate: a short launch has ended before a sampler of what runs already would have begun. */
static void held(void *ctx, int pid)
{
	struct pt_bench_flame *f = ctx;
	struct pt_sampler_options options = {
		.pid = pid, .hz = HZ, .on_exec = true, .frames = f->frames, .open = pt_perf_open};

	pt_sampler_free(f->sampler);
	f->sampler = NULL;
	f->err = (struct pt_err){0};
	(void)pt_sampler_new(&options, &f->sampler, &f->err);
}

static void end(void *ctx, int64_t wall_ns, struct pt_run_machine *ret)
{
	((struct pt_bench_flame *)ctx)->last_ns = wall_ns;
	*ret = (struct pt_run_machine){.busy_ratio = NAN,
				       .steal_ratio = NAN,
				       .pressure_ratio = NAN,
				       .io_pressure_ratio = NAN,
				       .memory_pressure_ratio = NAN,
				       .frequency_hz = NAN,
				       .frequency_min_hz = NAN,
				       .throttled = NAN};
}

struct pt_bench_flame *pt_bench_flame_new(struct pt_observer *ret_observer)
{
	struct pt_bench_flame *f = pt_calloc(1, sizeof *f);

	f->frames = pt_frames_new();
	*ret_observer = (struct pt_observer){.ctx = f, .held = held, .end = end};
	return f;
}

void pt_bench_flame_forget(struct pt_bench_flame *f)
{
	pt_sampler_free(f->sampler);
	f->sampler = NULL;
	pt_profile_release(&f->sum);
	f->launches = 0;
	f->wall_ns = 0;
}

void pt_bench_flame_free(struct pt_bench_flame *f)
{
	if (!f)
		return;
	pt_bench_flame_forget(f);
	pt_frames_unref(f->frames);
	free(f);
}

static int keep(struct pt_benches *b, int64_t batch, const struct pt_profile *p, const char *mode,
		struct pt_err *err)
{
	struct pt_kept_flame kept = {.batch = batch, .samples = p->samples};
	int r = pt_profile_pack(p, PT_GROUP_NONE, &kept.data, &kept.n, err);

	if (r < 0)
		return r;
	pt_strlcpy(kept.mode, mode, sizeof kept.mode);
	r = pt_benches_db(b, true, err);
	if (r == 0)
		r = pt_flames_put(b->db, &kept, err);
	pt_kept_flame_release(&kept);
	return r;
}

/* p becomes part of it. */
static void merge(struct pt_profile *sum, struct pt_profile *p)
{
	const struct pt_tree *const both[] = {sum->tree, p->tree};
	struct pt_tree *tree;

	if (!sum->tree) {
		*sum = *p;
		return;
	}
	tree = pt_tree_merge(both, 2);
	if (tree) {
		pt_tree_free(sum->tree);
		sum->tree = tree;
		sum->samples += p->samples;
		sum->lost += p->lost;
		sum->throttled += p->throttled;
		sum->n_moments = 0; /* they named nodes of the first tree */
	}
	pt_profile_release(p);
}

int pt_bench_flame_add(struct pt_bench_flame *f, struct pt_err *err)
{
	struct pt_sampler_status status;
	struct pt_profile p;
	int r;

	if (!f->sampler) {
		*err = f->err;
		return f->err.code ? -f->err.code
				   : pt_err_set(err, PT_ENODATA, "it was not launched");
	}
	pt_sampler_flush(f->sampler);
	pt_sampler_status(f->sampler, &status);
	pt_strlcpy(f->mode, status.mode, sizeof f->mode);
	r = pt_sampler_profile(f->sampler, 0, INT64_MAX, &p, err);
	pt_sampler_free(f->sampler);
	f->sampler = NULL;
	if (r < 0)
		return r;
	merge(&f->sum, &p);
	f->launches++;
	f->wall_ns += f->last_ns;
	return f->sum.samples >= SAMPLES_ENOUGH || f->launches >= PT_BENCH_FLAME_LAUNCHES ||
	       f->wall_ns >= WALL_ENOUGH;
}

int pt_bench_flame_take(struct pt_bench_flame *f, struct pt_profile *ret, char *ret_mode,
			size_t size, struct pt_err *err)
{
	int r = 0;

	pt_snprintf(ret_mode, size, "%d launch%s, %s", f->launches, f->launches == 1 ? "" : "es",
		    f->mode);
	if (!f->sum.tree || f->sum.tree->total[PT_TREE_ROOT] == 0) {
		r = pt_err_set(err, PT_ENODATA, "not one sample was seen (%s)", ret_mode);
	} else {
		*ret = f->sum;
		f->sum = (struct pt_profile){.format = ""};
	}
	pt_bench_flame_forget(f);
	return r;
}

int pt_bench_flame_keep(struct pt_bench_flame *f, struct pt_benches *b, int64_t batch,
			char *ret_mode, size_t size, struct pt_err *err)
{
	struct pt_profile p;
	int r = pt_bench_flame_take(f, &p, ret_mode, size, err);

	if (r < 0)
		return r;
	r = keep(b, batch, &p, ret_mode, err);
	pt_profile_release(&p);
	return r;
}

/* ---- compared ---- */

void pt_bench_flame_name(const char *suite, const char *commit, char *ret, size_t size)
{
	pt_snprintf(ret, size, "%s@%.12s", suite, commit);
}

static int unpack(const struct pt_kept_flame *kept, const char *suite, struct pt_frames *frames,
		  struct pt_profile *ret, struct pt_err *err)
{
	char name[200];
	int r;

	pt_bench_flame_name(suite, kept->commit.id, name, sizeof name);
	r = pt_profile_unpack(name, kept->data, kept->n, frames, ret, err);
	if (r == 0) {
		pt_strlcpy(ret->name, name, sizeof ret->name);
		ret->samples = kept->samples;
	}
	return r;
}

int pt_bench_flames_load(struct pt_benches *b, const char *suite, const char *base,
			 struct pt_frames *frames, struct pt_profile *ret,
			 struct pt_profile *base_ret, struct pt_err *err)
{
	struct pt_runs_query query = {.repository = b->repository,
				      .suite = suite,
				      .machine_class = b->environment.machine_class,
				      .dirty = -1};
	struct pt_kept_flame now = {0}, was = {0};
	const char *other;
	int r = pt_benches_db(b, false, err);

	*base_ret = (struct pt_profile){.format = ""};
	if (r == 0)
		r = pt_flames_get(b->db, &query, 0, NULL, &now, err);
	if (r == 0)
		r = unpack(&now, suite, frames, ret, err);
	if (r < 0)
		goto out;
	/* A commit is what was committed; what was changed since is compared with that itself. */
	other = now.commit.dirty ? NULL : now.commit.id;
	query.dirty = 0;
	query.commit = base && base[0] ? base : NULL;
	if ((query.commit && pt_flames_get(b->db, &query, 0, other, &was, NULL) == 0) ||
	    (query.commit = NULL, pt_flames_get(b->db, &query, now.batch, other, &was, NULL) == 0))
		r = unpack(&was, suite, frames, base_ret, err);
	if (r < 0)
		pt_profile_release(ret);
out:
	pt_kept_flame_release(&now);
	pt_kept_flame_release(&was);
	return r;
}

/* Appends those that grew; how many. */
static size_t tell_grown(const struct pt_profile *base, const struct pt_profile *p,
			 enum pt_grown_by by, size_t max, struct pt_str *out)
{
	struct pt_grown *list;
	size_t n = pt_profile_grown(base, p, by, SIZE_MAX, &list), told = 0;

	for (size_t i = 0; i < n && told < max; i++) {
		const struct pt_grown *g = &list[i];
		double now = by == PT_GROWN_SELF ? g->self : g->total;
		double was = by == PT_GROWN_SELF ? g->base_self : g->base_total;
		if (!g->significant || now <= was)
			continue;
		pt_str_addf(out, "%s %+.1f points%s, from %.1f to %.1f %% (%.0f sigma)\n",
			    pt_frames_get(p->tree->frames, g->frame)->name, 100 * (now - was),
			    by == PT_GROWN_SELF ? "" : " with what it calls", 100 * was, 100 * now,
			    g->sigma);
		told++;
	}
	free(list);
	return told;
}

/* What grew may have done so in many callees, each of them within chance. */
void pt_bench_flames_tell(const struct pt_profile *base, const struct pt_profile *p, size_t max,
			  struct pt_str *out)
{
	if (tell_grown(base, p, PT_GROWN_SELF, max, out) == 0)
		tell_grown(base, p, PT_GROWN_TOTAL, max, out);
}
