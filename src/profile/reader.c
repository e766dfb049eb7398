/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a path to a profile: which reader, what of a fault, and folders, whose profiles become one.
 */
#include "perftop/profile/reader.h"

#include "input.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* In a folder stands more than profiles: what only might be one is left out. */
enum { SURE = 50, FOLDER_DEPTH = 8, FOLDER_FILES = 4096 };

#define PT_READER(name) extern const struct pt_profile_reader pt_profile_reader_##name;
#include "perftop/profile/readers.def"
#undef PT_READER

const struct pt_profile_reader *const pt_profile_readers[] = {
#define PT_READER(name) &pt_profile_reader_##name,
#include "perftop/profile/readers.def"
#undef PT_READER
};
const size_t pt_n_profile_readers = PT_LEN(pt_profile_readers);

const struct pt_profile_reader *pt_profile_reader_find(const char *name)
{
	for (size_t i = 0; i < pt_n_profile_readers; i++)
		if (strcmp(pt_profile_readers[i]->name, name) == 0)
			return pt_profile_readers[i];
	return NULL;
}

static const struct pt_profile_reader *sniff(const struct pt_profile_input *in, int *ret_sure)
{
	const struct pt_profile_reader *best = NULL;

	*ret_sure = 0;
	for (size_t i = 0; i < pt_n_profile_readers; i++) {
		int sure = pt_profile_readers[i]->sniff(in);

		if (sure > *ret_sure) {
			*ret_sure = sure;
			best = pt_profile_readers[i];
		}
	}
	return best;
}

/* What packs files and is not undone here; NULL for none. */
static const char *packer(const struct pt_profile_input *in)
{
	static const struct {
		const char *name, *magic;
	} packers[] = {{"xz", "\3757zXZ"}, {"bzip2", "BZh"}, {"lz4", "\x04\x22\x4d\x18"}};

	for (size_t i = 0; i < PT_LEN(packers); i++) {
		size_t n = strlen(packers[i].magic);
		if (in->len > n && memcmp(in->data, packers[i].magic, n) == 0)
			return packers[i].name;
	}
	return NULL;
}

static int unknown(const struct pt_profile_input *in, struct pt_err *err)
{
	const char *packed = packer(in);
	struct pt_str names = PT_STR_INIT;
	int code;

	if (packed)
		return pt_err_at(err, PT_ENOTSUP, in->name, 0, 0,
				 "packed with %s, expected gzip, zstd or: %s -dc FILE | perftop "
				 "flame -",
				 packed, packed);
	if (!in->len && !in->dir)
		return pt_err_at(err, PT_ENODATA, in->name, 0, 0, "is empty, expected a profile");
	if (in->len > 4 && memcmp(in->data, "\177ELF", 4) == 0)
		return pt_err_at(err, PT_ENOTSUP, in->name, 0, 0,
				 "a program, expected a profile; perftop flame record -- %s%s "
				 "samples it",
				 strchr(in->name, '/') ? "" : "./", in->name);
	for (size_t i = 0; i < pt_n_profile_readers; i++)
		pt_str_addf(&names, "%s%s", i ? ", " : "", pt_profile_readers[i]->name);
	code = pt_err_at(err, PT_ENOTSUP, in->name, 0, 0, "%s, expected one of: %s%s",
			 in->dir ? "no profile in this folder" : "no profile that is known here",
			 pt_str_text(&names), in->dir ? "" : "; --from NAME reads it as one");
	pt_str_release(&names);
	return code;
}

static bool has_weight(const struct pt_tree *tree)
{
	for (uint32_t i = 0; i < tree->n; i++)
		if (tree->self[i] || (tree->base_self && tree->base_self[i]))
			return true;
	return false;
}

/* What was read is finished; a fault after something was read makes it partial. */
static int finish(struct pt_profile *p, const struct pt_profile_input *in, int code,
		  const struct pt_err *fault)
{
	const char *slash = strrchr(in->name, '/');

	if (code == -PT_ECANCELED)
		return code;
	pt_profile_finish(p);
	if (!has_weight(p->tree))
		return code ? code : -PT_ENODATA;
	if (code) {
		p->partial = true;
		p->fault = *fault;
	}
	if (p->tree->total && p->tree->total[PT_TREE_ROOT] == INT64_MAX)
		pt_profile_note(
			p, "its weights add up to more than 2^63: shares are not to be relied on");
	if (!p->n_values)
		pt_profile_add_value(p, "samples", "samples", PT_UNIT_COUNT);
	if (!*p->name)
		pt_strlcpy(p->name, slash && slash[1] ? slash + 1 : in->name, sizeof p->name);
	return 0;
}

static int read_with(const struct pt_profile_reader *reader, const struct pt_profile_input *in,
		     const struct pt_read_options *options, struct pt_profile *ret,
		     struct pt_err *err)
{
	size_t max = options->max_memory ? options->max_memory : PT_READ_MAX_MEMORY;
	struct pt_profile p;
	struct pt_err fault = {0};
	int code;

	pt_profile_init(&p, options->frames, max);
	p.format = reader->name;
	code = reader->read(in, options, &p, &fault);
	code = finish(&p, in, code, &fault);
	if (!code && options->value && strcmp(p.values[p.value].name, options->value) != 0)
		pt_profile_note(&p, "no value \"%s\" in it, only %s", options->value,
				p.values[p.value].name);
	if (code == -PT_ENODATA && !fault.code)
		pt_err_at(&fault, PT_ENODATA, in->name, 0, 0, "no stacks in this %s",
			  reader->title);
	if (code) {
		pt_profile_release(&p);
		if (err)
			*err = fault;
		return code;
	}
	*ret = p;
	return 0;
}

int pt_profile_read_data(const struct pt_profile_input *in, const struct pt_read_options *options,
			 struct pt_profile *ret, struct pt_err *err)
{
	static const struct pt_read_options none;
	const struct pt_profile_reader *reader;
	int sure;

	options = options ? options : &none;
	reader = options->reader ? options->reader : sniff(in, &sure);
	return reader ? read_with(reader, in, options, ret, err) : unknown(in, err);
}

/* What was wrong with the bytes says more than what the reader made of them. */
static int add_fault(struct pt_input *input, int code, struct pt_profile *p, struct pt_err *err)
{
	const struct pt_err *fault = pt_input_fault(input);

	if (!fault || code == -PT_ECANCELED)
		return code;
	if (code && err)
		*err = *fault;
	if (!code) {
		p->partial = true;
		p->fault = *fault;
	}
	return code ? -(int)fault->code : 0;
}

/* Somebody asked for that: either nothing is wanted any more, or what there is by now. */
static bool is_stopped(int code)
{
	return code == -PT_ECANCELED || code == -PT_ETIMEDOUT;
}

/* -- folders -------------------------------------------------------------------------------------- */

struct folder {
	struct pt_read_options options; /* with frames */
	struct pt_profile all;
	size_t n;    /* profiles in all */
	size_t seen; /* files looked at */
};

/* Joins what is measured alike; the first one says what. */
static int join(struct folder *f, struct pt_profile *p)
{
	const struct pt_profile_value *mine, *its = &p->values[p->value];
	const struct pt_tree *both[2] = {f->all.tree, p->tree};
	struct pt_tree *merged;

	if (!f->n++) {
		f->all = *p;
		*p = (struct pt_profile){.format = ""};
		return 0;
	}
	mine = &f->all.values[f->all.value];
	if (mine->unit != its->unit || strcmp(mine->what, its->what) != 0) {
		pt_profile_note(&f->all, "%s left out: it counts %s, not %s", p->name, its->what,
				mine->what);
		return 0;
	}
	merged = pt_tree_merge(both, 2);
	if (!merged)
		return -PT_ELIMIT;
	pt_tree_free(f->all.tree);
	f->all.tree = merged;
	free(f->all.moments); /* they name nodes of the tree before */
	f->all.moments = NULL;
	f->all.n_moments = f->all.cap_moments = 0;
	f->all.samples =
		f->all.samples && p->samples ? pt_weight_add(f->all.samples, p->samples) : 0;
	f->all.lost = pt_weight_add(f->all.lost, p->lost);
	f->all.throttled = pt_weight_add(f->all.throttled, p->throttled);
	if (p->partial && !f->all.partial) {
		f->all.partial = true;
		f->all.fault = p->fault;
	}
	return 0;
}

/* One file of a folder, if it is a profile beyond doubt. */
static int join_file(struct folder *f, const char *path)
{
	struct pt_input input;
	struct pt_profile p = {.format = ""};
	const struct pt_profile_reader *reader;
	struct pt_err fault;
	int sure, code, stop;

	code = pt_input_open(&input, path, NULL, f->options.watch, &fault);
	if (code)
		return is_stopped(code) ? code : 0;
	reader = sniff(&input.in, &sure);
	if (reader && sure >= SURE && !input.in.dir) {
		code = read_with(reader, &input.in, &f->options, &p, &fault);
		code = add_fault(&input, code, &p, &fault);
		stop = code ? code : -p.fault.code;
		code = code ? 0 : join(f, &p);
		code = is_stopped(stop) ? stop : code;
		pt_profile_release(&p);
	}
	if (f->options.watch)
		f->options.watch->before += input.in.len;
	pt_input_close(&input);
	return code;
}

static int join_folder(struct folder *f, const char *path, int depth);

static int join_entry(struct folder *f, const char *folder, const char *name, int depth)
{
	struct pt_str path = PT_STR_INIT;
	struct stat st;
	int code = 0;

	pt_str_addf(&path, "%s/%s", folder, name);
	if (lstat(path.s, &st) == 0) {
		if (S_ISDIR(st.st_mode) && depth < FOLDER_DEPTH)
			code = join_folder(f, path.s, depth + 1);
		else if (S_ISREG(st.st_mode) && f->seen++ < FOLDER_FILES)
			code = join_file(f, path.s);
	}
	pt_str_release(&path);
	return code;
}

static int join_folder(struct folder *f, const char *path, int depth)
{
	struct dirent **names = NULL;
	int n = scandir(path, &names, NULL, alphasort), code = 0;

	for (int i = 0; i < n; i++) {
		if (!code && names[i]->d_name[0] != '.')
			code = join_entry(f, path, names[i]->d_name, depth);
		free(names[i]);
	}
	free(names);
	return code;
}

static int read_folder(const struct pt_profile_input *in, const struct pt_read_options *options,
		       struct pt_profile *ret, struct pt_err *err)
{
	struct folder f = {.options = *options, .all = {.format = ""}};
	int code;

	f.options.reader = NULL;
	f.options.moments = false;
	if (options->watch)
		options->watch->folder = true;
	f.options.frames = options->frames ? pt_frames_ref(options->frames) : pt_frames_new();
	code = join_folder(&f, in->dir, 0);
	pt_frames_unref(f.options.frames);
	if (code == -PT_ECANCELED || (is_stopped(code) && !f.n)) {
		pt_err_at(err, (enum pt_error)(-code), in->name, 0, 0, "reading was stopped");
	} else if (code && f.n) { /* what fitted is shown */
		f.all.partial = true;
		pt_err_at(&f.all.fault, (enum pt_error)(-code), in->name, 0, 0, "%s",
			  is_stopped(code) ? "reading was stopped" : "more than memory allows");
		code = 0;
	} else if (!f.n) {
		code = unknown(in, err);
	}
	if (code) {
		pt_profile_release(&f.all);
		return code;
	}
	if (f.n > 1)
		pt_strlcpy(f.all.name, in->name, sizeof f.all.name);
	*ret = f.all;
	return 0;
}

/* -- paths ---------------------------------------------------------------------------------------- */

int pt_profile_read(const char *path, const struct pt_read_options *options, struct pt_profile *ret,
		    struct pt_err *err)
{
	static const struct pt_read_options none;
	struct pt_input input;
	int code, sure;

	options = options ? options : &none;
	if (options->watch) {
		options->watch->folder = false;
		options->watch->before = 0;
	}
	code = pt_input_open(&input, path, options->name, options->watch, err);
	if (code)
		return code;
	if (input.in.dir && !options->reader && !sniff(&input.in, &sure))
		code = read_folder(&input.in, options, ret, err);
	else
		code = pt_profile_read_data(&input.in, options, ret, err);
	code = add_fault(&input, code, ret, err);
	pt_input_close(&input);
	return code;
}
