/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Criterion.rs: target/criterion or any folder of it. Below it each benchmark has a folder, in that
 * one folder a result: `new` is the newest, `base` the one before, others are saved under their
 * name. sample.json holds iterations and total nanoseconds of each sample, all of one launch;
 * benchmark.json says who it is (the path is shortened and escaped), and what one iteration works
 * through. Before 0.3 sample.json is a pair of arrays, keys of estimates.json are in PascalCase, and
 * the path is the only name. estimates.json is read only where sample.json is missing: its median,
 * which is what the samples would give.
 */
#include "criterion.h"
#include "parse_util.h"
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

enum {
	MAX_DEPTH = 12,
	MAX_FOLDERS = 4 * PT_BENCH_MAX,
	SNIFF_FOLDERS = 200,
	MAX_FILE = 16 << 20,
	STALE_SECONDS = 24 * 3600,
};

struct tree {
	struct pt_str path;  /* where we are */
	size_t root;	     /* length of the folder that was given */
	size_t folders, max; /* seen; allowed */
	struct pt_bench_set *set;
	int64_t since_ns;
	size_t broken; /* results left out */
	char *first_broken;
	struct stamp {
		char *name;
		time_t at;
	} * stamps; /* of the newest results */
	size_t n_stamps, cap_stamps;
};

/* What a folder of one result holds. */
struct leaf {
	bool sample, estimates, benchmark;
};

/* Links are not followed: they could lead in circles. */
static bool is_folder(const struct tree *t, const struct dirent *entry)
{
	struct pt_str path = PT_STR_INIT;
	struct stat st;
	bool is;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	pt_str_addf(&path, "%s/%s", t->path.s, entry->d_name);
	is = lstat(path.s, &st) == 0 && S_ISDIR(st.st_mode);
	pt_str_release(&path);
	return is;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void leaf_see(struct leaf *leaf, const char *name)
{
	leaf->sample = leaf->sample || !strcmp(name, "sample.json");
	leaf->estimates = leaf->estimates || !strcmp(name, "estimates.json");
	leaf->benchmark = leaf->benchmark || !strcmp(name, "benchmark.json");
}

/* `change` holds how two results differ. */
static bool is_leaf(const struct tree *t, const struct leaf *leaf)
{
	return (leaf->sample || leaf->estimates || leaf->benchmark) &&
	       strcmp(last_part(t->path.s), "change") != 0;
}

/* Calls found for each folder of a result, sorted by path; not 0 ends it. */
static int walk(struct tree *t, int depth, int (*found)(struct tree *, const struct leaf *, void *),
		void *ctx)
{
	struct dirent **list = NULL;
	struct leaf leaf = {0};
	size_t len = t->path.len;
	int code = 0, n;

	if (depth > MAX_DEPTH || t->folders++ >= t->max)
		return 0;
	n = pt_bench_scandir(t->path.s, &list);
	for (int i = 0; i < n; i++)
		leaf_see(&leaf, list[i]->d_name);
	if (is_leaf(t, &leaf))
		code = found(t, &leaf, ctx);
	for (int i = 0; i < n; i++) {
		if (!code && !is_leaf(t, &leaf) && is_folder(t, list[i])) {
			pt_str_addf(&t->path, "/%s", list[i]->d_name);
			code = walk(t, depth + 1, found, ctx);
			t->path.len = len;
			t->path.s[len] = '\0';
		}
		free(list[i]);
	}
	free(list);
	return code;
}

/* A path without its slashes at the end. */
static void tree_init(struct tree *t, const char *dir)
{
	size_t len = strlen(dir);

	while (len > 1 && dir[len - 1] == '/')
		len--;
	pt_str_addn(&t->path, dir, len);
	t->root = len;
}

static int stop_at_first(struct tree *t, const struct leaf *leaf, void *ctx)
{
	(void)t;
	(void)ctx;
	return leaf->sample || leaf->estimates;
}

static int sniff(const struct pt_bench_input *in)
{
	struct tree t = {.max = SNIFF_FOLDERS};
	int found;

	if (!in->dir)
		return 0;
	tree_init(&t, in->dir);
	found = walk(&t, 0, stop_at_first, NULL);
	pt_str_release(&t.path);
	return found ? PT_SNIFF_SURE : 0;
}

static void note_broken(struct tree *t, const struct pt_err *err)
{
	char text[600];

	if (t->broken++)
		return;
	t->first_broken = pt_strdup(pt_err_text(err, text, sizeof text));
}

/* A file of the folder as JSON: 0, or noted as broken (1). */
static int load(struct tree *t, const char *file, struct pt_json **ret)
{
	struct pt_json_limits limits = pt_bench_json_limits;
	size_t len = t->path.len;
	struct pt_err err = {0};
	int code;

	limits.max_bytes = MAX_FILE;
	pt_str_addf(&t->path, "/%s", file);
	code = pt_json_load(t->path.s, &limits, ret, &err);
	t->path.len = len;
	t->path.s[len] = '\0';
	if (code)
		note_broken(t, &err);
	return code ? 1 : 0;
}

/* group/function/value from the path, which is all there is before 0.3: what follows the last
 * folder called criterion, or else the folder that was given. */
static void name_from_path(const struct tree *t, struct pt_str *name)
{
	const char *path = t->path.s, *end = strrchr(path, '/'), *from = path + t->root;

	for (const char *at = strstr(path, "criterion/"); at; at = strstr(at + 1, "criterion/"))
		if (at == path || at[-1] == '/')
			from = at + strlen("criterion");
	while (*from == '/')
		from++;
	if (end > from)
		pt_str_addn(name, from, (size_t)(end - from));
	else /* the folder of the result itself was given */
		pt_str_add(name, last_part(path));
}

static int load_identity(struct tree *t, const struct leaf *leaf, struct pt_json **ret,
			 struct pt_str *name)
{
	int code;

	if (!leaf->benchmark) {
		name_from_path(t, name);
		return 0;
	}
	code = load(t, "benchmark.json", ret);
	if (!code)
		pt_criterion_name(pt_json_root(*ret), name);
	if (!code && !name->len)
		name_from_path(t, name);
	return code;
}

static int add_sample(const struct pt_json *doc, struct pt_bench *bench, struct pt_err *err)
{
	const pt_jval *root = pt_json_root(doc), *iters, *times;

	if (pt_json_type(root) == PT_JARRAY) {
		iters = pt_json_first(root);
		times = iters ? pt_json_next(iters) : NULL;
	} else {
		iters = pt_json_get(root, "iters");
		times = pt_json_get(root, "times");
	}
	return pt_criterion_samples(doc, iters, times, 1, bench, err);
}

static void stamp(struct tree *t, const char *name)
{
	struct stat st;

	if (stat(t->path.s, &st) == 0)
		*PT_PUSH(t->stamps, t->n_stamps, t->cap_stamps) =
			(struct stamp){pt_strdup(name), st.st_mtime};
}

static int add_result(struct tree *t, const struct pt_json *doc, const char *name, bool sample,
		      struct pt_err *err)
{
	const char *last = last_part(t->path.s);
	const char *saved = strcmp(last, "new") != 0 ? last : NULL;
	struct pt_bench *bench;
	int code;

	code = pt_bench_put(t->set, name, "time", saved, PT_UNIT_NS, PT_BETTER_LOWER, &bench, err);
	if (code)
		return code;
	if (bench->n_runs)
		pt_bench_set_note(t->set, "%s: in more than one folder, each is taken as a launch",
				  name);
	if (sample)
		code = add_sample(doc, bench, err);
	else
		code = pt_criterion_estimate(doc, pt_json_root(doc), bench, err);
	if (!code && !saved)
		stamp(t, name);
	return code;
}

/* Of a launch that has just ended only `new` counts, and only where this launch has written it. */
static bool is_wanted(struct tree *t, const struct leaf *leaf)
{
	size_t len = t->path.len;
	bool older;

	if (!t->since_ns)
		return true;
	pt_str_addf(&t->path, "/%s", leaf->sample ? "sample.json" : "estimates.json");
	older = pt_bench_is_older(t->path.s, t->since_ns);
	t->path.len = len;
	t->path.s[len] = '\0';
	return !older && !strcmp(last_part(t->path.s), "new");
}

static int read_leaf(struct tree *t, const struct leaf *leaf, void *ctx)
{
	struct pt_json *doc = NULL, *identity = NULL;
	struct pt_str name = PT_STR_INIT;
	struct pt_err *err = ctx, none = {0};
	int code;

	if (!is_wanted(t, leaf))
		return 0;
	if (!leaf->sample && !leaf->estimates) {
		pt_err_at(&none, PT_ENODATA, t->path.s, 0, 0, "no sample.json");
		note_broken(t, &none);
		return 0;
	}
	code = load(t, leaf->sample ? "sample.json" : "estimates.json", &doc);
	if (!code)
		code = load_identity(t, leaf, &identity, &name);
	if (!code)
		code = add_result(t, doc, pt_str_text(&name), leaf->sample, err);
	if (code < 0 && !err->file[0])
		pt_strlcpy(err->file, t->path.s, sizeof err->file);
	pt_json_free(doc);
	pt_json_free(identity);
	pt_str_release(&name);
	return code < 0 ? code : 0;
}

/* Results stay on disk when their benchmark has gone. */
static void note_stale(struct tree *t)
{
	const char *first = NULL;
	time_t newest = 0;
	size_t stale = 0;

	for (size_t i = 0; i < t->n_stamps; i++)
		newest = PT_MAX(newest, t->stamps[i].at);
	for (size_t i = 0; i < t->n_stamps; i++) {
		if (newest - t->stamps[i].at <= STALE_SECONDS)
			continue;
		stale++;
		first = first ? first : t->stamps[i].name;
	}
	if (stale)
		pt_bench_set_note(t->set,
				  "%zu results are more than a day older than the newest, and may "
				  "be of benchmarks that are no more: %s%s",
				  stale, first, stale > 1 ? ", …" : "");
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	struct tree t = {.max = MAX_FOLDERS, .set = set, .since_ns = in->since_ns};
	int code;

	if (!in->dir)
		return pt_err_at(err, PT_EINVAL, in->name, 0, 0,
				 "is a file, expected a folder such as target/criterion");
	tree_init(&t, in->dir);
	code = walk(&t, 0, read_leaf, err);
	if (t.folders > t.max)
		pt_bench_set_note(set, "only the first %zu folders were looked at", t.max);
	if (t.broken)
		pt_bench_set_note(set, "%zu unfinished results left out: %s%s", t.broken,
				  t.first_broken, t.broken > 1 ? ", …" : "");
	note_stale(&t);
	for (size_t i = 0; i < t.n_stamps; i++)
		free(t.stamps[i].name);
	free(t.stamps);
	free(t.first_broken);
	pt_str_release(&t.path);
	return code;
}

const struct pt_bench_parser pt_bench_parser_criterion = {
	.name = "criterion",
	.title = "Criterion.rs, a folder target/criterion",
	.sniff = sniff,
	.parse = parse,
};
