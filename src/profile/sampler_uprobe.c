/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a process has its malloc: the file and the place in it that a uprobe is put at. An allocator
 * that stands in for the C library's (the program's own, jemalloc, a preloaded one) is taken before
 * it. Files are opened through the process's own root.
 */
#include "sampler_priv.h"

#include "perftop/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SYMBOLS_MAX = 4000000 };

/* From an address of the object to a place in its file. */
static bool file_offset(Elf *elf, uint64_t addr, uint64_t *ret)
{
	size_t n = 0;
	GElf_Phdr ph;

	elf_getphdrnum(elf, &n);
	for (size_t i = 0; i < n; i++)
		if (gelf_getphdr(elf, (int)i, &ph) && ph.p_type == PT_LOAD && addr >= ph.p_vaddr &&
		    addr - ph.p_vaddr < ph.p_filesz) {
			*ret = addr - ph.p_vaddr + ph.p_offset;
			return true;
		}
	return false;
}

static bool find_symbol(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, const char *name,
			uint64_t *ret)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t n = data && header->sh_entsize ? data->d_size / header->sh_entsize : 0;
	GElf_Sym symbol;

	for (size_t i = 0; i < n && i < SYMBOLS_MAX; i++) {
		const char *found;

		if (!gelf_getsym(data, (int)i, &symbol) || symbol.st_shndx == SHN_UNDEF ||
		    GELF_ST_TYPE(symbol.st_info) != STT_FUNC)
			continue;
		found = elf_strptr(elf, header->sh_link, symbol.st_name);
		if (found && strcmp(found, name) == 0)
			return file_offset(elf, symbol.st_value, ret);
	}
	return false;
}

static bool find_function(const char *path, const char *name, uint64_t *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool found = false;
	struct stat st;
	Elf *elf = NULL;

	elf_version(EV_CURRENT);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		elf = elf_begin(fd, ELF_C_READ, NULL); /* not mapped: it may get shorter */
	for (Elf_Scn *s = NULL; elf && !found && (s = elf_nextscn(elf, s));) {
		GElf_Shdr header;

		found = gelf_getshdr(s, &header) &&
			(header.sh_type == SHT_DYNSYM || header.sh_type == SHT_SYMTAB) &&
			find_symbol(elf, s, &header, name, ret);
	}
	if (elf)
		elf_end(elf);
	if (fd >= 0)
		close(fd);
	return found;
}

static bool is_c_library(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	return strncmp(name, "libc.", 5) == 0 || strncmp(name, "libc-", 5) == 0 ||
	       strncmp(name, "ld-", 3) == 0;
}

/* Executable mappings, first those of others than the C library. */
static bool find_mapped(FILE *maps, pid_t pid, bool library, char *path, size_t size,
			uint64_t *ret_offset)
{
	char line[4400], last[4096] = "";

	rewind(maps);
	while (fgets(line, sizeof line, maps)) {
		char *name = strchr(line, '/'), *rights = strchr(line, ' ');

		if (!name || !rights || rights + 4 > name || rights[3] != 'x')
			continue;
		name[strcspn(name, "\n")] = '\0';
		if (is_c_library(name) != library || strcmp(name, last) == 0)
			continue;
		pt_strlcpy(last, name, sizeof last);
		pt_snprintf(path, size, "/proc/%d/root%s", (int)pid, name);
		if (find_function(path, "malloc", ret_offset))
			return true;
	}
	return false;
}

int pt_sampled_malloc(pid_t pid, char *path, size_t size, uint64_t *ret_offset, struct pt_err *err)
{
	char name[64];
	FILE *maps;
	bool found;

	pt_snprintf(name, sizeof name, "/proc/%d/maps", (int)pid);
	maps = fopen(name, "re");
	if (!maps)
		return pt_err_set(err, errno == ENOENT ? PT_ENOENT : PT_EACCES, "%s: %s", name,
				  strerror(errno));
	found = find_mapped(maps, pid, false, path, size, ret_offset) ||
		find_mapped(maps, pid, true, path, size, ret_offset);
	fclose(maps);
	if (!found)
		return pt_err_set(err, PT_ENODATA, "process %d maps no file with a malloc",
				  (int)pid);
	return 0;
}
