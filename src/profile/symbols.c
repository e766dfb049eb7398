/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What all spaces share: objects, the kernel's symbols, build ids that a recording told, and the
 * count of memory. Tables that were not asked for longest go first when there is no more room.
 */
#include "perftop/profile/symbols.h"

#include "symbols_priv.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>

static const size_t default_memory = (size_t)256 << 20;

struct pt_symbols *pt_symbols_new(struct pt_frames *frames,
				  const struct pt_symbols_options *options)
{
	struct pt_symbols *symbols = pt_calloc(1, sizeof *symbols);

	symbols->frames = pt_frames_ref(frames);
	if (options)
		symbols->options = *options;
	symbols->symfs = pt_strdup(symbols->options.symfs ? symbols->options.symfs : "");
	symbols->proc = pt_strdup(symbols->options.proc ? symbols->options.proc : "/proc");
	if (!symbols->options.max_memory)
		symbols->options.max_memory = default_memory;
	symbols->unknown = pt_frames_name(frames, "[unknown]", 9, PT_FRAME_USER);
	return symbols;
}

void pt_symbols_free(struct pt_symbols *symbols)
{
	size_t pos = 0;
	void *value;

	if (!symbols)
		return;
	while (symbols->spaces)
		pt_space_free(symbols->spaces);
	while (pt_map_next(&symbols->objects, &pos, NULL, NULL, &value))
		pt_object_free(value);
	pt_map_release(&symbols->objects);
	pos = 0;
	while (pt_map_next(&symbols->ids, &pos, NULL, NULL, &value))
		free(value);
	pt_map_release(&symbols->ids);
	pt_kernel_free(symbols->kernel);
	pt_frames_unref(symbols->frames);
	free(symbols->symfs);
	free(symbols->proc);
	free(symbols->note);
	free(symbols);
}

void pt_symbols_build_id(struct pt_symbols *symbols, const char *path, const uint8_t *id, size_t n)
{
	size_t bytes = sizeof(struct pt_build_id) + strlen(path) + PT_ENTRY_BYTES;
	struct pt_build_id *own;

	if (!pt_symbols_room(symbols, bytes, NULL))
		return;
	symbols->bytes += bytes;
	own = pt_malloc(sizeof *own);
	pt_build_id_set(own, id, n);
	free(pt_map_put(&symbols->ids, path, own));
}

const char *pt_symbols_note(const struct pt_symbols *symbols)
{
	return symbols->note ? symbols->note : "";
}

void pt_symbols_add_note(struct pt_symbols *symbols, const char *fmt, ...)
{
	struct pt_str s = PT_STR_INIT;
	va_list ap;

	if (symbols->note)
		return;
	va_start(ap, fmt);
	pt_str_addv(&s, fmt, ap);
	va_end(ap);
	symbols->note = pt_str_detach(&s);
}

uint32_t pt_symbols_frame(struct pt_symbols *symbols, const char *mangled, const char *module,
			  enum pt_frame_kind kind)
{
	char *name = pt_demangle(mangled);
	struct pt_frame frame = {.name = name, .module = module, .kind = kind};
	uint32_t id = pt_frames_intern(symbols->frames, &frame);

	free(name);
	return id;
}

/* The table that was not used for longest; NULL: there is no other. */
static struct pt_object *oldest(struct pt_symbols *symbols, const struct pt_object *keep)
{
	struct pt_object *found = NULL;
	size_t pos = 0;
	void *value;

	while (pt_map_next(&symbols->objects, &pos, NULL, NULL, &value)) {
		struct pt_object *object = value;

		if (object != keep && object->table.n && (!found || object->used < found->used))
			found = object;
	}
	return found;
}

bool pt_symbols_room(struct pt_symbols *symbols, size_t bytes, const struct pt_object *keep)
{
	struct pt_object *object;

	/* A hostile recording has many objects: none is looked at in vain. */
	if (bytes > symbols->options.max_memory ||
	    symbols->bytes - symbols->table_bytes > symbols->options.max_memory - bytes)
		return false;
	while (symbols->bytes > symbols->options.max_memory - bytes) {
		object = oldest(symbols, keep);
		if (!object)
			return false;
		pt_object_unload(object);
	}
	return true;
}
