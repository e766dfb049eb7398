/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An object as libdwfl sees it: one module at the object's own addresses. libdwfl would ask
 * debuginfod by itself where the environment names a server, so what it lacks is found here: split
 * debug files by build id or by the link in the object, with the checksum that goes with it.
 */
#include "symbols_priv.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* Debug info beyond this is mapped rather than read, although the file might get shorter meanwhile. */
static const off_t read_max = (off_t)128 << 20;

static int find_elf(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
		    char **file_name, Elf **elf)
{
	struct pt_object *object = *data;
	struct stat st;

	(void)module, (void)name, (void)base;
	*elf = pt_object_elf(object, object->fd >= 0 && fstat(object->fd, &st) == 0 &&
					     st.st_size > read_max);
	*file_name = strdup(object->found ? object->found : object->path);
	return -1;
}

/* What stands before the object's path where it was found: the root of a container, a folder. */
static char *root_of(const struct pt_object *object)
{
	size_t n = object->found ? strlen(object->found) : 0, k = strlen(object->path);
	bool below = n > k && strcmp(object->found + n - k, object->path) == 0;

	return pt_strndup(object->found ? object->found : "", below ? n - k : 0);
}

static bool has_checksum(int fd, uint32_t crc)
{
	unsigned char block[65536];
	uLong sum = crc32(0, NULL, 0);
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, block, sizeof block, at)) > 0) {
		sum = crc32(sum, block, (uInt)n);
		at += n;
	}
	return n == 0 && sum == crc;
}

static bool belongs(const struct pt_object *object, int fd, uint32_t crc)
{
	struct pt_build_id id;

	if (object->id.n && pt_build_id_of_fd(fd, &id))
		return pt_build_id_equal(&id, &object->id);
	return has_checksum(fd, crc);
}

/* Beside the object, in .debug/ there, or below /usr/lib/debug. */
static int find_link(const struct pt_object *object, const char *root, const char *link,
		     uint32_t crc, char **ret_path)
{
	static const char *const places[][2] = {{"", ""}, {"", "/.debug"}, {"/usr/lib/debug", ""}};
	const char *slash = strrchr(object->path, '/');
	int folder = slash ? (int)(slash - object->path) : 0, fd = -1;

	for (size_t i = 0; i < PT_LEN(places) && fd < 0; i++) {
		struct pt_str path = PT_STR_INIT;

		pt_str_addf(&path, "%s%s%.*s%s/%s", root, places[i][0], folder, object->path,
			    places[i][1], link);
		fd = pt_open_file(path.s);
		if (fd >= 0 && !belongs(object, fd, crc)) {
			close(fd);
			fd = -1;
		}
		if (fd >= 0)
			*ret_path = pt_str_detach(&path);
		pt_str_release(&path);
	}
	return fd;
}

static int find_debuginfo(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
			  const char *file_name, const char *link, GElf_Word crc, char **ret_name)
{
	struct pt_object *object = *data;
	char *root;
	int fd;

	(void)module, (void)name, (void)base, (void)file_name;
	/* A path is one of a file that several have in common, which libdw finds by its own id. */
	if (link && strchr(link, '/'))
		return -1;
	root = root_of(object);
	fd = pt_build_id_find_debug(&object->id, root, ret_name);
	if (fd < 0 && link)
		fd = find_link(object, root, link, crc, ret_name);
	if (fd < 0 && object->symbols->options.debuginfod && !object->asked) {
		object->asked = true;
		fd = pt_build_id_download(&object->id, "debuginfo", ret_name);
	}
	free(root);
	return fd;
}

Dwfl *pt_object_dwfl(struct pt_object *object, Dwfl_Module **ret)
{
	static const Dwfl_Callbacks callbacks = {.find_elf = find_elf,
						 .find_debuginfo = find_debuginfo};
	Dwfl *dwfl = object->open ? dwfl_begin(&callbacks) : NULL;
	Dwfl_Module *module;
	GElf_Addr bias;
	void **data;

	if (!dwfl)
		return NULL;
	dwfl_report_begin(dwfl);
	module = dwfl_report_module(dwfl, object->path, object->low, object->high);
	if (module && dwfl_module_info(module, &data, NULL, NULL, NULL, NULL, NULL, NULL))
		*data = object;
	dwfl_report_end(dwfl, NULL, NULL);
	if (!module || !dwfl_module_getelf(module, &bias)) {
		dwfl_end(dwfl);
		return NULL;
	}
	*ret = module;
	return dwfl;
}

Dwfl_Module *pt_object_module(struct pt_object *object)
{
	if (!object->module_tried) {
		object->module_tried = true;
		object->dwfl = pt_object_dwfl(object, &object->module);
	}
	return object->module;
}

void pt_object_close_module(struct pt_object *object)
{
	pt_cfi_free(object->cfi);
	pt_debug_free(object->debug);
	if (object->dwfl)
		dwfl_end(object->dwfl);
}
