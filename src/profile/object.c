/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files with code. A path in a mapping is a name in somebody's mount namespace at some time past:
 * the file is looked for through the process that maps it (its root, its map_files, its exe), then
 * by its path here, then by its build id, and counts only when it is the one that was mapped. What
 * is read of it is read, not mapped, for a file that gets shorter under a mapping ends the reader.
 */
#include "symbols_priv.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
	TRIES_MAX = 8, /* processes that an object's file is looked for through */
	SEGMENTS_MAX = 256,
	VDSO_MAX = 1 << 20,
};

static const long overlay_magic = 0x794c7630, btrfs_magic = 0x9123683e;

static const char deleted[] = " (deleted)";

bool pt_path_deleted(const char *path)
{
	size_t n = strlen(path), k = sizeof deleted - 1;

	return n > k && strcmp(path + n - k, deleted) == 0;
}

struct pt_object *pt_object_new(struct pt_symbols *symbols, const char *path,
				enum pt_object_kind kind)
{
	struct pt_object *object = pt_calloc(1, sizeof *object);

	object->symbols = symbols;
	object->kind = kind;
	object->fd = -1;
	object->path =
		pt_strndup(path, strlen(path) - (pt_path_deleted(path) ? sizeof deleted - 1 : 0));
	object->unknown = PT_NO_FRAME;
	return object;
}

uint32_t pt_object_unknown(struct pt_object *object)
{
	const char *slash = strrchr(object->path, '/'), *base = slash ? slash + 1 : object->path;
	struct pt_frame frame = {.module = object->path, .kind = PT_FRAME_USER};
	struct pt_str name = PT_STR_INIT;

	if (object->unknown == PT_NO_FRAME) {
		if (base[0] == '[' || !base[0])
			pt_str_add(&name, base[0] ? base : "[unknown]");
		else
			pt_str_addf(&name, "[%s]", base);
		frame.name = name.s;
		object->unknown = pt_frames_intern(object->symbols->frames, &frame);
		pt_str_release(&name);
	}
	return object->unknown;
}

void pt_object_free(struct pt_object *object)
{
	pt_object_unload(object);
	pt_object_close_module(object);
	if (object->fd >= 0)
		close(object->fd);
	free(object->segments);
	free(object->image);
	free(object->found);
	free(object->path);
	free(object);
}

/* ---- finding the file ---- */

/* Is the file at path the one that was mapped, as far as can be told? lenient: where mappings have
 * the inodes of a layer below (containers), the path alone counts. */
static bool is_it(struct pt_object *object, int fd, const struct pt_piece *piece, bool lenient)
{
	const struct pt_symbols *symbols = object->symbols;
	struct pt_build_id id;
	struct statfs fs;
	struct stat st;

	if (object->wanted.n)
		return pt_build_id_of_fd(fd, &id) && pt_build_id_equal(&id, &object->wanted);
	if (!symbols->options.this_machine || symbols->symfs[0] || !piece->inode)
		return true;
	if (fstat(fd, &st) == 0 && (uint64_t)st.st_ino == piece->inode)
		return true;
	return lenient && !piece->deleted && fstatfs(fd, &fs) == 0 &&
	       ((long)fs.f_type == overlay_magic || (long)fs.f_type == btrfs_magic);
}

static bool try_file(struct pt_object *object, const struct pt_piece *piece, const char *path,
		     bool lenient)
{
	int fd = pt_open_file(path);

	if (fd < 0)
		return false;
	if (!is_it(object, fd, piece, lenient)) {
		object->other = true;
		close(fd);
		return false;
	}
	object->fd = fd;
	object->found = pt_strdup(path);
	return true;
}

/* Through the process, while it runs. */
static bool try_process(struct pt_object *object, const struct pt_space *space,
			const struct pt_piece *piece)
{
	const char *proc = object->symbols->proc;
	struct pt_str root = PT_STR_INIT, path = PT_STR_INIT;
	bool done = false;

	if (object->path[0] == '/') {
		pt_str_addf(&root, "%s/%d/root%s", proc, (int)space->pid, object->path);
		done = try_file(object, piece, root.s, false);
	}
	if (!done) {
		pt_str_addf(&path, "%s/%d/map_files/%" PRIx64 "-%" PRIx64, proc, (int)space->pid,
			    piece->map_start, piece->map_end);
		done = try_file(object, piece, path.s, false);
	}
	if (!done && piece->inode) {
		pt_str_clear(&path);
		pt_str_addf(&path, "%s/%d/exe", proc, (int)space->pid);
		done = try_file(object, piece, path.s, false);
	}
	if (!done && root.len)
		done = try_file(object, piece, root.s, true);
	pt_str_release(&root);
	pt_str_release(&path);
	return done;
}

static bool try_path(struct pt_object *object, const struct pt_piece *piece)
{
	struct pt_str path = PT_STR_INIT;
	bool done;

	if (object->path[0] != '/')
		return false;
	pt_str_addf(&path, "%s%s", object->symbols->symfs, object->path);
	done = try_file(object, piece, path.s, true);
	pt_str_release(&path);
	return done;
}

static bool try_build_id(struct pt_object *object)
{
	if (!object->wanted.n)
		return false;
	object->fd = pt_build_id_find_object(&object->wanted, &object->found);
	if (object->fd < 0 && object->symbols->options.debuginfod)
		object->fd = pt_build_id_download(&object->wanted, "executable", &object->found);
	return object->fd >= 0;
}

/* The kernel maps the same vdso into every process: ours is at hand. */
static bool copy_vdso(struct pt_object *object)
{
	const char *own = (const char *)getauxval(AT_SYSINFO_EHDR);
	const GElf_Ehdr *header = (const void *)own;
	size_t n;

	if (!object->symbols->options.this_machine && !object->wanted.n)
		return false;
	/* Its section headers are its end. */
	if (!own || memcmp(own, ELFMAG, SELFMAG) != 0 || own[EI_CLASS] != ELFCLASS64)
		return false;
	n = header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;
	if (n > VDSO_MAX)
		return false;
	object->image = pt_malloc(n);
	memcpy(object->image, own, n);
	object->n_image = n;
	return true;
}

/* ---- what it says of itself ---- */

Elf *pt_object_elf(struct pt_object *object, bool mapped)
{
	elf_version(EV_CURRENT);
	if (object->image)
		return elf_memory(object->image, object->n_image);
	return elf_begin(object->fd, mapped ? ELF_C_READ_MMAP_PRIVATE : ELF_C_READ, NULL);
}

static bool read_segments(struct pt_object *object)
{
	Elf *elf = pt_object_elf(object, false);
	size_t n = 0;
	const void *id;
	ssize_t n_id;

	if (!elf || elf_kind(elf) != ELF_K_ELF || elf_getphdrnum(elf, &n) != 0 ||
	    n > SEGMENTS_MAX) {
		elf_end(elf);
		return false;
	}
	object->segments = pt_calloc(n ? n : 1, sizeof *object->segments);
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr p;

		if (!gelf_getphdr(elf, (int)i, &p) || p.p_type != PT_LOAD)
			continue;
		if (object->n_segments == 0)
			object->low = p.p_vaddr & -p.p_align;
		object->high = PT_MAX(object->high, p.p_vaddr + p.p_memsz);
		object->segments[object->n_segments++] =
			(struct pt_segment){p.p_offset, p.p_vaddr, p.p_filesz, p.p_flags & PF_X};
	}
	n_id = dwelf_elf_gnu_build_id(elf, &id);
	pt_build_id_set(&object->id, n_id > 0 ? id : NULL, n_id > 0 ? (size_t)n_id : 0);
	elf_end(elf);
	return object->n_segments > 0;
}

static bool find_file(struct pt_object *object, const struct pt_space *space,
		      const struct pt_piece *piece)
{
	if (object->kind == PT_OBJECT_VDSO)
		/* That of a 32-bit process is another one. */
		return (piece->end > UINT32_MAX && copy_vdso(object)) || try_build_id(object);
	if (object->symbols->options.this_machine && try_process(object, space, piece))
		return true;
	return (object->kind == PT_OBJECT_FILE && try_path(object, piece)) || try_build_id(object);
}

bool pt_object_open(struct pt_object *object, const struct pt_space *space,
		    const struct pt_piece *piece)
{
	if (object->open || object->tries >= TRIES_MAX || object->kind == PT_OBJECT_NAME)
		return object->open;
	object->tries++;
	if (!find_file(object, space, piece)) {
		if (object->other)
			pt_symbols_add_note(
				object->symbols,
				"%s is another file than the one that ran: without symbols",
				object->path);
		return false;
	}
	if (!read_segments(object) || (object->image && object->wanted.n &&
				       !pt_build_id_equal(&object->wanted, &object->id))) {
		object->tries = TRIES_MAX;
		return false;
	}
	return object->open = true;
}

bool pt_object_adopt(struct pt_object *object, int fd, char *path)
{
	object->fd = fd;
	object->found = path;
	return object->open = read_segments(object);
}

bool pt_object_address(const struct pt_object *object, uint64_t offset, uint64_t *ret)
{
	/* Pages are mapped whole, so that two segments can have one: code goes first. */
	for (int exec = 1; exec >= 0; exec--)
		for (size_t i = 0; i < object->n_segments; i++) {
			const struct pt_segment *s = &object->segments[i];

			if (s->exec == exec && offset >= s->offset &&
			    offset - s->offset < s->size) {
				*ret = offset - s->offset + s->vaddr;
				return true;
			}
		}
	return false;
}
