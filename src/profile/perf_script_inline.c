/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inlined functions as the collapser's --inline finds them: with addr2line, in the objects that the
 * text names. Every address is collected first, so that an object is opened once for hundreds of
 * them and not once for each.
 */
#include "input.h"
#include "perf_script.h"
#include "scan.h"

#include "perftop/base/child.h"
#include "perftop/base/map.h"
#include "perftop/base/mem.h"

#include <sys/stat.h>

enum {
	AT_ONCE = 500,		 /* addresses a process */
	MAX_ADDRESSES = 1 << 20, /* of all objects; the rest keep their symbols */
	MAX_SYMBOL = 4096,	 /* bytes of one; a longer one is not looked for */
	MAX_OUTPUT = 64 << 20,	 /* bytes of one process */
	MAX_SYMBOLS = 256 << 20, /* of nm */
};

struct address {
	char *key;    /* as the text has it */
	char *symbol; /* with its offset, of the first line that has the address */
	char *asked;  /* what addr2line is asked */
	char *found;  /* functions joined by ";"; NULL: not asked yet */
	bool unknown; /* addr2line has said so in its own words */
};

struct object {
	char *path;
	struct address *addresses;
	size_t n, cap;
	struct pt_map by_key;
};

struct pt_script_inline {
	struct object *objects;
	size_t n, cap, n_addresses;
	struct pt_map by_path; /* index + 1 */
	struct pt_loop *loop;
	const struct pt_read_options *options;
	struct pt_str key;  /* scratch */
	const char *name;   /* of the text, */
	struct pt_err *err; /* and where what is wrong with it is told */
	int stopped;	    /* as of pt_read_step */
	bool no_program;
};

/* -- what is to be asked -------------------------------------------------------------------------- */

/* "[vdso]", kernels and maps of JITs are no objects to look into. */
static bool is_object(struct pt_slice module)
{
	for (size_t i = 0; i < module.n; i++) {
		struct pt_slice rest = {module.s + i, module.n - i};
		size_t k = 5;

		if (rest.s[0] == '[' && pt_slice_find(rest, "]", 1) < rest.n && rest.s[1] != ']')
			return false;
		if (rest.n >= 7 && memcmp(rest.s, "kernel.", 7) == 0)
			return false;
		if (rest.n < 10 || memcmp(rest.s, "perf-", 5) != 0)
			continue;
		while (k < rest.n && PT_SCRIPT_IS(rest.s[k], PT_SCRIPT_DIGIT))
			k++;
		if (k > 5 && rest.n - k >= 4 && memcmp(rest.s + k + 1, "map", 3) == 0)
			return false;
	}
	return module.n > 0;
}

static const char *scratch(struct pt_str *str, struct pt_slice text)
{
	pt_str_clear(str);
	pt_str_addn(str, text.s, text.n);
	return pt_str_text(str);
}

static struct object *object_of(struct pt_script_inline *inlined, struct pt_slice path, bool make)
{
	const char *key = scratch(&inlined->key, path);
	size_t at = (size_t)(uintptr_t)pt_map_get(&inlined->by_path, key);
	struct object *object;

	if (at)
		return &inlined->objects[at - 1];
	if (!make)
		return NULL;
	object = PT_PUSH(inlined->objects, inlined->n, inlined->cap);
	*object = (struct object){.path = pt_strdup(key)};
	pt_map_put(&inlined->by_path, key, (void *)(uintptr_t)inlined->n);
	return object;
}

static void collect(struct pt_script_inline *inlined, const struct pt_script_frame *frame)
{
	struct object *object = object_of(inlined, frame->module, true);
	const char *key = scratch(&inlined->key, frame->address);
	size_t n = frame->symbol.n <= MAX_SYMBOL ? frame->symbol.n : 0;
	struct address *address;

	if (pt_map_get(&object->by_key, key) || inlined->n_addresses == MAX_ADDRESSES)
		return;
	inlined->n_addresses++;
	address = PT_PUSH(object->addresses, object->n, object->cap);
	*address = (struct address){.key = pt_strdup(key),
				    .asked = pt_strdup(key),
				    .symbol = pt_strndup(frame->symbol.s, n)};
	pt_map_put(&object->by_key, address->key, (void *)(uintptr_t)object->n);
}

static void collect_all(struct pt_script_inline *inlined, const struct pt_profile_input *in,
			struct pt_profile *p, struct pt_err *err)
{
	struct pt_script_frame frame;
	struct pt_script_head head;
	struct pt_scan scan;

	pt_scan_init(&scan, in, inlined->options, p, err);
	while (pt_scan_next(&scan)) {
		struct pt_slice line = {scan.start, (size_t)(scan.end - scan.start)};

		if (!pt_script_head_collapse(line, &head) &&
		    pt_script_frame_collapse(line, &frame) && is_object(frame.module))
			collect(inlined, &frame);
	}
	inlined->stopped = scan.stopped;
}

/* -- asking --------------------------------------------------------------------------------------- */

struct answer {
	char *text;
	bool done;
};

static void on_done(void *arg, const struct pt_child_result *result)
{
	struct answer *answer = arg;

	answer->text = pt_strndup(result->out ? result->out : "", result->out_len);
	answer->done = true;
}

/* What a program prints, yours; NULL: it cannot run. */
static char *ask(struct pt_script_inline *inlined, const char *const *argv, size_t max)
{
	struct pt_child_spec spec = {.argv = argv, .max_stdout = max};
	struct answer answer = {.text = NULL};
	struct pt_child *child;
	struct pt_err err;

	if (pt_child_spawn(inlined->loop, &spec, on_done, &answer, &child, &err) < 0) {
		inlined->no_program = true;
		return NULL;
	}
	while (!answer.done) {
		pt_loop_step(inlined->loop, 100 * 1000 * 1000);
		if (inlined->stopped)
			continue;
		inlined->stopped =
			pt_read_step(inlined->options->watch, inlined->name, 0, 0, inlined->err);
		if (inlined->stopped)
			pt_child_cancel(child);
	}
	return answer.text;
}

/* Takes a line off *text; NULL at the end. */
static char *take_line(char **text)
{
	char *line = *text, *newline = strchr(line, '\n');

	if (!*line)
		return NULL;
	if (newline)
		*newline = '\0';
	*text = newline ? newline + 1 : line + strlen(line);
	return line;
}

/* " (discriminator 3)" says nothing to people. */
static void drop_discriminator(char *line)
{
	static const char mark[] = " (discriminator ";
	char *at = strstr(line, mark), *end;

	if (!at)
		return;
	end = at + sizeof mark - 1;
	end += strcspn(end, ") \t");
	if (*end == ')')
		memmove(at, end + 1, strlen(end));
}

/* Functions and places by turns, the innermost first: joined the other way round. */
static void take_answer(struct address *address, char **text, bool context)
{
	char *function, *place, *rest;

	free(address->found);
	address->found = pt_strdup("");
	address->unknown = false;
	while (strncmp(*text, "0x", 2) != 0 && (function = take_line(text)) &&
	       (place = take_line(text))) {
		struct pt_str joined = PT_STR_INIT;

		address->unknown |= !strcmp(function, "??") && !strncmp(place, "??:0", 4);
		drop_discriminator(function);
		drop_discriminator(place);
		rest = address->found;
		pt_str_addf(&joined, "%s%s%s%s%s", function, context ? ":" : "",
			    context ? place : "", *rest ? ";" : "", rest);
		free(rest);
		address->found = pt_str_detach(&joined);
	}
}

/* n addresses of an object, those at list. */
static void ask_some(struct pt_script_inline *inlined, const struct object *object,
		     struct address **list, size_t n)
{
	const char *argv[AT_ONCE + 9] = {"addr2line", "-a", "-e", object->path,
					 "-i",	      "-f", "-s", "-C"};
	char *text, *at;

	for (size_t i = 0; i < n; i++)
		argv[8 + i] = list[i]->asked;
	text = at = ask(inlined, argv, MAX_OUTPUT);
	for (size_t i = 0; text && i < n && take_line(&at); i++)
		take_answer(list[i], &at, inlined->options->names.context);
	free(text);
}

/* Those that have no answer yet. */
static void ask_all(struct pt_script_inline *inlined, struct object *object)
{
	struct address *list[AT_ONCE];
	size_t n = 0;

	for (size_t i = 0; i < object->n && !inlined->stopped; i++) {
		if (!object->addresses[i].found)
			list[n++] = &object->addresses[i];
		if (n == AT_ONCE || (n && i + 1 == object->n)) {
			ask_some(inlined, object, list, n);
			n = 0;
		}
	}
}

/* What nm prints, "0000000000001139 T main", as names and values + 1; of several of one name the first
 * counts. */
static void read_symbols(char *symbols, struct pt_map *ret)
{
	char *line;

	while ((line = take_line(&symbols))) {
		size_t hex = strspn(line, "0123456789abcdef");
		const char *name = line + hex + 3;

		if (hex && line[hex] == ' ' && line[hex + 1] && line[hex + 2] == ' ' &&
		    !pt_map_get(ret, name))
			pt_map_put(ret, name, (void *)(uintptr_t)(strtoull(line, NULL, 16) + 1));
	}
}

/* An address of a function that nm told is asked for there. */
static void move_address(struct pt_script_inline *inlined, struct address *address,
			 const struct pt_map *symbols)
{
	struct pt_slice symbol = {address->symbol, strlen(address->symbol)};
	struct pt_slice name = pt_script_without_offset(symbol);
	unsigned long long at;
	char asked[32];

	at = (uintptr_t)pt_map_get(symbols, scratch(&inlined->key, name));
	if (!at || !name.n || name.n == symbol.n)
		return;
	at += strtoull(symbol.s + name.n + 1, NULL, 16) - 1;
	pt_snprintf(asked, sizeof asked, "0x%llx", at);
	free(address->asked);
	address->asked = pt_strdup(asked);
	free(address->found);
	address->found = NULL;
}

/* Unknown addresses of a function that the object knows are looked for there instead: those of what
 * was loaded elsewhere. */
static void ask_again(struct pt_script_inline *inlined, struct object *object)
{
	const char *argv[] = {"nm", "--", object->path, NULL};
	struct pt_map symbols = {0};
	char *text = NULL;
	size_t i = 0;

	while (i < object->n && !object->addresses[i].unknown)
		i++;
	if (i < object->n && !inlined->stopped)
		text = ask(inlined, argv, MAX_SYMBOLS);
	if (!text)
		return;
	read_symbols(text, &symbols);
	free(text);
	for (; i < object->n; i++)
		if (object->addresses[i].unknown)
			move_address(inlined, &object->addresses[i], &symbols);
	pt_map_release(&symbols);
	ask_all(inlined, object);
}

int pt_script_inline_new(const struct pt_profile_input *in, const struct pt_read_options *options,
			 struct pt_profile *p, struct pt_script_inline **ret, struct pt_err *err)
{
	struct pt_script_inline *inlined = pt_calloc(1, sizeof *inlined);

	inlined->options = options;
	inlined->name = in->name;
	inlined->err = err;
	collect_all(inlined, in, p, err);
	inlined->loop = pt_loop_new();
	for (size_t i = 0; i < inlined->n && !inlined->stopped && !inlined->no_program; i++) {
		struct stat st;

		if (stat(inlined->objects[i].path, &st) != 0 || !S_ISREG(st.st_mode))
			continue;
		ask_all(inlined, &inlined->objects[i]);
		ask_again(inlined, &inlined->objects[i]);
	}
	pt_loop_free(inlined->loop);
	inlined->loop = NULL;
	if (inlined->no_program)
		pt_profile_note(p, "addr2line or nm cannot run (package binutils): inlined "
				   "functions are not shown");
	if (inlined->n_addresses == MAX_ADDRESSES)
		pt_profile_note(p, "inlined functions of the first %d addresses alone are shown",
				MAX_ADDRESSES);
	*ret = inlined;
	return inlined->stopped;
}

void pt_script_inline_free(struct pt_script_inline *inlined)
{
	if (!inlined)
		return;
	for (size_t i = 0; i < inlined->n; i++) {
		struct object *object = &inlined->objects[i];

		for (size_t k = 0; k < object->n; k++) {
			free(object->addresses[k].key);
			free(object->addresses[k].symbol);
			free(object->addresses[k].asked);
			free(object->addresses[k].found);
		}
		free(object->addresses);
		free(object->path);
		pt_map_release(&object->by_key);
	}
	free(inlined->objects);
	pt_map_release(&inlined->by_path);
	pt_str_release(&inlined->key);
	free(inlined);
}

const char *pt_script_inline_find(struct pt_script_inline *inlined,
				  const struct pt_script_frame *frame)
{
	const struct object *object = object_of(inlined, frame->module, false);
	const char *found;
	size_t at = 0;

	if (object)
		at = (size_t)(uintptr_t)pt_map_get(&object->by_key,
						   scratch(&inlined->key, frame->address));
	found = at ? object->addresses[at - 1].found : NULL;
	if (!found || !*found || !strcmp(found, "??") || !strcmp(found, "??:??:0"))
		return NULL;
	return found;
}
