/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading benchmark results: a file, a folder or stdin is offered to the parsers, the surest one
 * reads it into a set of its own, and only what is whole and fits is moved into the caller's. The
 * files of a folder are launches: a benchmark that several of them tell gets a run from each.
 */
#include "perftop/bench/parser.h"

#include "parse_util.h"
#include "perftop/base/clock.h"
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

enum {
	MAX_FILES = 10000, /* of a folder */
	NOTED_FILES = 5,   /* left out and named */
	SHORT_COMMIT = 7,  /* characters that may stand for a commit */
};

/* Does it begin as JSON of results does: with an object, or an array of them? A line of a log may
 * begin with a bracket too. */
static bool looks_like_json(const char *text)
{
	const char *p = text;

	if (!strncmp(p, "\xEF\xBB\xBF", 3))
		p += 3;
	p += strspn(p, " \t\r\n");
	if (*p == '[') {
		p += 1 + strspn(p + 1, " \t\r\n");
		return *p == '{' || *p == ']';
	}
	return *p == '{';
}

/* The parser that is surest, and at least as sure as that. */
static const struct pt_bench_parser *input_sniff(const struct pt_bench_input *in, int at_least)
{
	const struct pt_bench_parser *best = NULL;
	int sure = at_least - 1;

	for (size_t i = 0; i < pt_n_bench_parsers; i++) {
		int found = pt_bench_parsers[i]->sniff(in);

		if (found > sure) {
			sure = found;
			best = pt_bench_parsers[i];
		}
	}
	return best;
}

static int fail_unknown(const char *name, struct pt_err *err)
{
	struct pt_str list = PT_STR_INIT;
	int code;

	for (size_t i = 0; i < pt_n_bench_parsers; i++)
		pt_str_addf(&list, "%s%s", i ? ", " : "", pt_bench_parsers[i]->name);
	code = pt_err_at(err, PT_ENOTSUP, name, 0, 0, "no known format of results, expected %s",
			 pt_str_text(&list));
	pt_str_release(&list);
	return code;
}

/* A launch may have had no number for it. */
static bool has_samples(const struct pt_bench *bench)
{
	for (size_t i = 0; i < bench->n_runs; i++)
		if (bench->runs[i].n > 0)
			return true;
	return false;
}

static bool is_empty(const struct pt_bench_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		if (has_samples(set->benches[i]))
			return false;
	return true;
}

/* Reads it into set, which is empty; on error too, what is in it is to be released. */
static int input_parse(const struct pt_bench_input *in, const struct pt_bench_parser *parser,
		       struct pt_bench_set *set, struct pt_err *err)
{
	struct pt_err why = {0};
	int code;

	set->format = parser->name;
	code = parser->parse(in, set, &why);
	if (!code && is_empty(set))
		code = pt_err_set(&why, PT_ENODATA, "no benchmark in it%s%s",
				  set->n_notes ? ": " : "", set->n_notes ? set->notes[0] : "");
	if (code && !why.file[0])
		pt_strlcpy(why.file, in->name, sizeof why.file);
	if (code && err)
		*err = why;
	return code;
}

/* Could from be moved into set? */
static int merge_check(const struct pt_bench_set *set, const struct pt_bench_set *from,
		       const char *name, struct pt_err *err)
{
	size_t more = 0;

	for (size_t i = 0; i < from->n; i++) {
		const struct pt_bench *b = from->benches[i];
		const struct pt_bench *there = pt_bench_set_find(set, b->name, b->metric, b->saved);
		char shown[100];

		more += !there;
		if (!there || (there->unit == b->unit && there->better == b->better))
			continue;
		pt_text_safe(shown, sizeof shown, b->name, strlen(b->name), false);
		return pt_err_at(err, PT_EINVAL, name, 0, 0, "%s: %s in %s, elsewhere in %s", shown,
				 b->metric, pt_unit_name(b->unit), pt_unit_name(there->unit));
	}
	if (set->n + more > PT_BENCH_MAX)
		return pt_err_at(err, PT_ELIMIT, name, 0, 0,
				 "too many benchmarks, expected at most %d", PT_BENCH_MAX);
	return 0;
}

/* Moves b's runs behind those of `to`, which is new if it has none. */
static void merge_bench(struct pt_bench *to, struct pt_bench *b)
{
	if (!to->n_runs) {
		to->unit = b->unit;
		to->better = b->better;
		to->exact = b->exact;
		to->estimate = b->estimate;
		to->lo = b->lo;
		to->hi = b->hi;
	} else { /* an interval told of one launch is not that of several */
		to->exact = to->exact && b->exact;
		to->estimate = to->estimate || b->estimate;
		to->lo = to->hi = NAN;
	}
	for (size_t i = 0; i < b->n_runs; i++) {
		size_t run;

		if (!b->runs[i].n)
			continue;
		run = pt_bench_add_run(to);
		to->runs[run] = b->runs[i];
		b->runs[i] = (struct pt_run){0};
	}
}

/* All of from, or nothing. */
static int merge(struct pt_bench_set *set, struct pt_bench_set *from, const char *name,
		 struct pt_err *err)
{
	int code = merge_check(set, from, name, err);

	if (code)
		return code;
	for (size_t i = 0; i < from->n; i++) {
		struct pt_bench *b = from->benches[i];

		if (has_samples(b))
			merge_bench(pt_bench_set_get(set, b->name, b->metric, b->saved), b);
	}
	for (size_t i = 0; i < from->n_notes; i++)
		pt_bench_set_note(set, "%s", from->notes[i]);
	if (!set->format)
		set->format = from->format;
	else if (strcmp(set->format, from->format) != 0)
		set->format = "mixed";
	return 0;
}

static int read_text(const char *name, const char *text, size_t len,
		     const struct pt_bench_parser *parser, struct pt_bench_set *set,
		     struct pt_err *err)
{
	struct pt_bench_input in = {.name = name, .text = text, .len = len};
	struct pt_bench_set own;
	struct pt_err bad_json = {0};
	bool json = looks_like_json(text);
	int code;

	pt_bench_set_init(&own);
	if (len == strspn(text, " \t\r\n"))
		return pt_err_at(err, PT_ENODATA, name, 0, 0, "is empty, expected results");
	if (json)
		(void)pt_json_parse(name, text, len, &pt_bench_json_limits, &in.json, &bad_json);
	if (!parser) /* half a JSON file must not pass for lines of `name: value` */
		parser = input_sniff(&in, json ? PT_SNIFF_LIKELY : 1);
	if (parser) {
		code = input_parse(&in, parser, &own, err);
	} else if (bad_json.code) {
		code = -bad_json.code;
		if (err)
			*err = bad_json;
	} else {
		code = fail_unknown(name, err);
	}
	if (!code)
		code = merge(set, &own, name, err);
	pt_json_free(in.json);
	pt_bench_set_release(&own);
	return code;
}

static int read_file(const char *path, const struct pt_bench_parser *parser,
		     struct pt_bench_set *set, struct pt_err *err)
{
	bool in = !strcmp(path, "-");
	char *text = NULL;
	size_t len = 0;
	int code = pt_fs_read(in ? "/dev/stdin" : path, PT_BENCH_MAX_BYTES, &text, &len, err);

	if (code)
		return code;
	code = read_text(in ? "stdin" : path, text ? text : "", len, parser, set, err);
	free(text);
	return code;
}

static int fail_stale(const char *path, struct pt_err *err)
{
	return pt_err_at(err, PT_ENODATA, path, 0, 0, "stale results: nothing new in it");
}

/* A folder that a parser takes whole: 1 if there is none that does. */
static int read_tree(const char *path, const struct pt_bench_parser *parser, int64_t since_ns,
		     struct pt_bench_set *set, struct pt_err *err)
{
	struct pt_bench_input in = {.name = path, .dir = path, .text = "", .since_ns = since_ns};
	struct pt_bench_set own;
	int code;

	if (!parser)
		parser = input_sniff(&in, 1);
	if (!parser || !parser->sniff(&in))
		return 1;
	pt_bench_set_init(&own);
	code = input_parse(&in, parser, &own, err);
	if (code == -PT_ENODATA && since_ns)
		code = fail_stale(path, err);
	if (!code)
		code = merge(set, &own, path, err);
	pt_bench_set_release(&own);
	return code;
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

struct folder {
	const struct pt_bench_parser *parser;
	struct pt_bench_set *set;
	int64_t since_ns;
	size_t known, unknown, old;
	struct pt_str left_out; /* names of those unknown */
};

static int folder_file(struct folder *f, const char *path, const char *name, struct pt_err *err)
{
	int code;

	if (!is_file(path))
		return 0;
	if (pt_bench_is_older(path, f->since_ns)) {
		f->old++;
		return 0;
	}
	code = read_file(path, f->parser, f->set, err);
	if (!code)
		f->known++;
	/* Whatever else lies in a folder: logs, notes, settings. */
	if (code == -PT_ENOTSUP || code == -PT_ENODATA || (code == -PT_ESYNTAX && !f->parser)) {
		if (f->unknown++ < NOTED_FILES)
			pt_str_addf(&f->left_out, "%s%s", f->left_out.len ? ", " : "", name);
		return 0;
	}
	return code;
}

static int read_folder(const char *path, const struct pt_bench_parser *parser, int64_t since_ns,
		       struct pt_bench_set *set, struct pt_err *err)
{
	struct folder f = {.parser = parser, .set = set, .since_ns = since_ns};
	struct pt_str file = PT_STR_INIT;
	struct dirent **list = NULL;
	int code = 0, n = pt_bench_scandir(path, &list);

	if (n < 0)
		return pt_err_at(err, PT_EIO, path, 0, 0, "cannot read the folder: %s",
				 strerror(errno));
	if (n > MAX_FILES)
		code = pt_err_at(err, PT_ELIMIT, path, 0, 0, "%d files, expected at most %d", n,
				 (int)MAX_FILES);
	for (int i = 0; i < n && !code; i++) {
		pt_str_clear(&file);
		pt_str_addf(&file, "%s/%s", path, list[i]->d_name);
		code = folder_file(&f, file.s, list[i]->d_name, err);
	}
	if (!code && !f.known && f.old)
		code = fail_stale(path, err);
	else if (!code && !f.known)
		code = fail_unknown(path, err);
	if (!code && f.unknown)
		pt_bench_set_note(set, "left out, of no known format: %s%s", f.left_out.s,
				  f.unknown > NOTED_FILES ? ", …" : "");
	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
	pt_str_release(&file);
	pt_str_release(&f.left_out);
	return code;
}

static bool is_saved(const struct pt_bench *bench, const char *saved, bool shortened)
{
	size_t len = strlen(saved);

	if (!bench->saved)
		return false;
	if (!shortened)
		return !strcmp(bench->saved, saved);
	return len >= SHORT_COMMIT && !strncmp(bench->saved, saved, len);
}

static int fail_not_saved(const struct pt_bench_set *set, const char *path, const char *saved,
			  struct pt_err *err)
{
	struct pt_str list = PT_STR_INIT;
	const char *last = NULL;
	int code;

	for (size_t i = 0; i < set->n && list.len < 150; i++) {
		const char *s = set->benches[i]->saved;

		if (!s || (last && !strcmp(s, last)))
			continue;
		if (!strstr(pt_str_text(&list), s))
			pt_str_addf(&list, "%s%s", list.len ? ", " : "", s);
		last = s;
	}
	code = pt_err_at(err, PT_ENOENT, path, 0, 0, "nothing is saved as %s, expected %s", saved,
			 list.len ? list.s : "no name: only the newest is there");
	pt_str_release(&list);
	return code;
}

/* Moves what is saved under that name, as the newest, from one set to the other. */
static int choose(struct pt_bench_set *from, const char *path, const char *saved,
		  struct pt_bench_set *to, struct pt_err *err)
{
	for (int shortened = 0; shortened < 2 && !to->n; shortened++) {
		const char *whole = NULL;

		for (size_t i = 0; i < from->n; i++) {
			struct pt_bench *b = from->benches[i];

			if (!is_saved(b, saved, shortened))
				continue;
			if (whole && strcmp(whole, b->saved) != 0)
				return pt_err_at(err, PT_EINVAL, path, 0, 0, "%s is both %s and %s",
						 saved, whole, b->saved);
			whole = b->saved;
			merge_bench(pt_bench_set_get(to, b->name, b->metric, NULL), b);
		}
	}
	if (!to->n)
		return fail_not_saved(from, path, saved, err);
	for (size_t i = 0; i < from->n_notes; i++)
		pt_bench_set_note(to, "%s", from->notes[i]);
	to->format = from->format;
	return 0;
}

bool pt_bench_is_older(const char *path, int64_t since_ns)
{
	struct stat st;
	int64_t changed_ns;

	if (stat(path, &st) < 0)
		return false;
#ifdef __APPLE__
	changed_ns = (int64_t)st.st_ctimespec.tv_sec * PT_S + st.st_ctimespec.tv_nsec;
#else
	changed_ns = (int64_t)st.st_ctim.tv_sec * PT_S + st.st_ctim.tv_nsec;
#endif
	/* Some file systems know whole seconds only, and the doubt is in favour of the file. */
	if (changed_ns % PT_S == 0)
		changed_ns += 2 * PT_S;
	return changed_ns < since_ns;
}

static int read_path(const char *path, const struct pt_bench_parser *parser, int64_t since_ns,
		     struct pt_bench_set *set, struct pt_err *err)
{
	struct stat st;
	int code;

	if (!strcmp(path, "-") || stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return read_file(path, parser, set, err);
	code = read_tree(path, parser, since_ns, set, err);
	return code > 0 ? read_folder(path, parser, since_ns, set, err) : code;
}

int pt_bench_read(const char *path, const struct pt_bench_parser *parser, const char *saved,
		  struct pt_bench_set *set, struct pt_err *err)
{
	struct pt_bench_set all, chosen;
	int code;

	pt_bench_set_init(&all);
	pt_bench_set_init(&chosen);
	code = read_path(path, parser, 0, &all, err);
	if (!code && saved)
		code = choose(&all, path, saved, &chosen, err);
	if (!code)
		code = merge(set, saved ? &chosen : &all, path, err);
	pt_bench_set_release(&all);
	pt_bench_set_release(&chosen);
	return code;
}

int pt_bench_read_since(const char *path, const struct pt_bench_parser *parser, int64_t since_ns,
			struct pt_bench_set *set, struct pt_err *err)
{
	struct pt_bench_set all;
	int code;

	if (pt_bench_is_older(path, since_ns) && is_file(path))
		return fail_stale(path, err);
	pt_bench_set_init(&all);
	code = read_path(path, parser, since_ns, &all, err);
	if (!code)
		code = merge(set, &all, path, err);
	pt_bench_set_release(&all);
	return code;
}

int pt_bench_read_text(const char *name, const char *text, size_t len,
		       const struct pt_bench_parser *parser, struct pt_bench_set *set,
		       struct pt_err *err)
{
	return read_text(name, text, len, parser, set, err);
}
