/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Address spaces: what a process has mapped where (pieces.c). An address becomes an
 * offset in a file and, by the file's own program headers, an address of the object, which has a
 * name. Code without a file is a JIT's.
 */
#include "symbols_priv.h"

#include "perftop/base/clock.h"
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAPS_MAX = 64 << 20,
	PIECES_MAX = 1 << 16, /* as the kernel allows */
};

static const int64_t read_again_ns = 200 * PT_MS;

struct pt_space *pt_space_new(struct pt_symbols *symbols, pid_t pid)
{
	struct pt_space *space = pt_calloc(1, sizeof *space);

	space->symbols = symbols;
	space->pid = pid;
	space->pieces.bytes = &symbols->bytes;
	space->next = symbols->spaces;
	if (space->next)
		space->next->prev = space;
	symbols->spaces = space;
	return space;
}

struct pt_space *pt_space_fork(const struct pt_space *parent, pid_t pid)
{
	struct pt_space *space = pt_space_new(parent->symbols, pid);

	space->live = parent->live;
	if (pt_symbols_room(space->symbols, parent->pieces.n_runs * sizeof *space->pieces.runs,
			    NULL))
		pt_pieces_share(&space->pieces, &parent->pieces);
	return space;
}

void pt_space_clear(struct pt_space *space)
{
	pt_pieces_release(&space->pieces);
	pt_jit_map_free(space);
}

void pt_space_free(struct pt_space *space)
{
	if (!space)
		return;
	pt_space_clear(space);
	pt_unwind_let_go(space);
	if (space->prev)
		space->prev->next = space->next;
	else
		space->symbols->spaces = space->next;
	if (space->next)
		space->next->prev = space->prev;
	free(space);
}

/* ---- mappings ---- */

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static enum pt_object_kind kind_of(const char *path)
{
	if (strcmp(path, "[vdso]") == 0)
		return PT_OBJECT_VDSO;
	if (!path[0] || begins(path, "//anon") || begins(path, "/memfd:") ||
	    begins(path, "/dev/zero") || begins(path, "anon_inode:") || begins(path, "/SYSV") ||
	    begins(path, "[heap]") || begins(path, "[stack") || begins(path, "[anon"))
		return PT_OBJECT_ANON;
	return path[0] == '/' ? PT_OBJECT_FILE : PT_OBJECT_NAME;
}

static struct pt_object *add_object(struct pt_symbols *symbols, const struct pt_str *key,
				    const char *path, const struct pt_build_id *wanted)
{
	size_t bytes = sizeof(struct pt_object) + strlen(path) + key->len + PT_ENTRY_BYTES;
	struct pt_object *object;

	if (!pt_symbols_room(symbols, bytes, NULL))
		return NULL;
	symbols->bytes += bytes;
	object = pt_object_new(symbols, path[0] ? path : "//anon", kind_of(path));
	object->wanted = *wanted;
	pt_map_put(&symbols->objects, key->s, object);
	return object;
}

/* Two mappings are of one object when they agree in what is known of its identity. NULL: there is no
 * room for another one. */
static struct pt_object *object_of(struct pt_symbols *symbols, const struct pt_mapping *m)
{
	struct pt_build_id id, *told = pt_map_get(&symbols->ids, m->path);
	struct pt_object *object;
	struct pt_str key = PT_STR_INIT;

	pt_build_id_set(&id, m->build_id, m->n_build_id);
	if (!id.n && told)
		id = *told;
	pt_str_addf(&key, "%s\n", m->path[0] ? m->path : "//anon");
	for (size_t i = 0; i < id.n; i++)
		pt_str_addf(&key, "%02x", id.bytes[i]);
	if (!id.n)
		pt_str_addf(&key, "%u:%u:%" PRIu64, m->major, m->minor, m->inode);
	object = pt_map_get(&symbols->objects, key.s);
	if (!object)
		object = add_object(symbols, &key, m->path, &id);
	pt_str_release(&key);
	return object;
}

void pt_space_map(struct pt_space *space, const struct pt_mapping *m)
{
	struct pt_piece piece = {
		.start = m->start,
		.end = m->start + m->len,
		.pgoff = m->pgoff,
		.inode = m->inode,
		.deleted = pt_path_deleted(m->path),
		.image = m->image,
		.map_start = m->start,
		.map_end = m->start + m->len,
	};

	if (m->len == 0 || piece.end < piece.start)
		return;
	if (space->pieces.n < PIECES_MAX &&
	    pt_symbols_room(space->symbols, pt_pieces_more(&space->pieces), NULL))
		piece.object = object_of(space->symbols, m);
	if (piece.object)
		pt_pieces_put(&space->pieces, &piece);
	else /* nothing is known of what is there */
		pt_pieces_drop(&space->pieces, piece.start, piece.end);
}

void pt_space_map_line(struct pt_space *space, const char *line)
{
	unsigned long long start, end, pgoff, inode;
	unsigned major, minor;
	struct pt_mapping m;
	char perms[8];
	int used = 0;

	if (sscanf(line, "%llx-%llx %7s %llx %x:%x %llu %n", &start, &end, perms, &pgoff, &major,
		   &minor, &inode, &used) < 7 ||
	    !strchr(perms, 'x') || end <= start)
		return;
	m = (struct pt_mapping){
		.start = start,
		.len = end - start,
		.pgoff = pgoff,
		.inode = inode,
		.major = major,
		.minor = minor,
		.path = line + used,
	};
	pt_space_map(space, &m);
}

int pt_space_read(struct pt_space *space, struct pt_err *err)
{
	struct pt_str path = PT_STR_INIT;
	char *text, *line, *end;
	size_t n;
	int code;

	space->read_ns = pt_clock_mono(&pt_clock_system);
	pt_str_addf(&path, "%s/%d/maps", space->symbols->proc, (int)space->pid);
	code = pt_fs_read(path.s, MAPS_MAX, &text, &n, err);
	pt_str_release(&path);
	if (code < 0)
		return code;
	for (line = text; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		pt_space_map_line(space, line);
	}
	free(text);
	space->live = true;
	return 0;
}

/* ---- look-ups ---- */

const struct pt_piece *pt_space_find(struct pt_space *space, uint64_t addr)
{
	return pt_pieces_find(&space->pieces, addr);
}

/* Memory made executable by mprotect() is told by nobody: a running process is asked again. */
static const struct pt_piece *find_anew(struct pt_space *space, uint64_t addr)
{
	const struct pt_piece *piece = pt_space_find(space, addr);

	if (piece || !space->live ||
	    pt_clock_mono(&pt_clock_system) - space->read_ns < read_again_ns)
		return piece;
	return pt_space_read(space, NULL) == 0 ? pt_space_find(space, addr) : NULL;
}

struct pt_object *pt_space_object(struct pt_space *space, uint64_t addr, uint64_t *ret_addr)
{
	const struct pt_piece *piece = pt_space_find(space, addr);

	if (!piece || !pt_object_open(piece->object, space, piece))
		return NULL;
	addr = addr - piece->start + piece->pgoff;
	if (piece->image)
		*ret_addr = piece->object->low + addr;
	else if (!pt_object_address(piece->object, addr, ret_addr))
		return NULL;
	return piece->object;
}

static uint32_t one_frame(struct pt_space *space, uint64_t at)
{
	const struct pt_piece *piece = find_anew(space, at);
	uint32_t frame = PT_NO_FRAME;
	struct pt_object *object;
	uint64_t addr;

	if (!piece || piece->object->kind == PT_OBJECT_ANON)
		frame = pt_jit_map_frame(space, at);
	if (frame != PT_NO_FRAME)
		return frame;
	if (!piece)
		return space->symbols->unknown;
	object = pt_space_object(space, at, &addr);
	return object ? pt_object_frame(object, addr) : pt_object_unknown(piece->object);
}

size_t pt_space_frames(struct pt_space *space, uint64_t ip, bool return_address, uint32_t *ret,
		       size_t max)
{
	uint64_t at = ip - (return_address && ip > 0), addr;
	struct pt_object *object;

	if (max == 0)
		return 0;
	ret[0] = one_frame(space, at);
	if (!space->symbols->options.inlined)
		return 1;
	object = pt_space_object(space, at, &addr);
	return object ? pt_debug_frames(object, addr, ret[0], ret, max) : 1;
}

const char *pt_space_module(struct pt_space *space, uint64_t ip, uint64_t *ret_offset)
{
	const struct pt_piece *piece = pt_space_find(space, ip);

	if (!piece)
		return NULL;
	*ret_offset = ip - piece->start + piece->pgoff;
	return piece->object->path;
}
