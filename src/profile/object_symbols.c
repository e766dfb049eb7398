/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The symbols of an object: .symtab (its own or that of its split debug file), .dynsym and
 * .gnu_debugdata as libdwfl brings them together, and the entries of its procedure linkage table.
 */
#include "symbols_priv.h"

#include "perftop/base/mem.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

enum { LOADS_MAX = 4 /* times that a table is read, when there is not room for all */ };

static bool in_code(Elf *elf, GElf_Word section)
{
	Elf_Scn *scn = elf_getscn(elf, section);
	GElf_Shdr header;

	return scn && gelf_getshdr(scn, &header) && header.sh_flags & SHF_EXECINSTR;
}

/* "$x", "$d" of ARM and RISC-V mark kinds of bytes; ".L…" are the compiler's own. */
static bool is_mark(const char *name)
{
	return (name[0] == '$' && strchr("adtx", name[1])) || strncmp(name, ".L", 2) == 0;
}

/* 0: not the name of code. */
static int rank(const GElf_Sym *sym, Elf *elf, GElf_Word section, const char *name)
{
	switch (GELF_ST_TYPE(sym->st_info)) {
	case STT_FUNC:
	case STT_GNU_IFUNC: break;
	case STT_NOTYPE:
		return section < SHN_LORESERVE && !is_mark(name) && in_code(elf, section)
			       ? PT_SYMBOL_LABEL
			       : 0;
	default: return 0;
	}
	switch (GELF_ST_BIND(sym->st_info)) {
	case STB_LOCAL: return PT_SYMBOL_LOCAL;
	case STB_WEAK: return PT_SYMBOL_WEAK;
	default: return PT_SYMBOL_GLOBAL;
	}
}

/* A string table, up to its last string that ends: libdwfl does not look whether one does. */
struct strings {
	const char *begin, *end;
};

static bool find_strings(Elf *elf, const char *name, struct strings *ret)
{
	GElf_Shdr header;

	for (Elf_Scn *scn = NULL; elf && (scn = elf_nextscn(elf, scn));) {
		Elf_Data *data = gelf_getshdr(scn, &header) && header.sh_type == SHT_STRTAB
					 ? elf_getdata(scn, NULL)
					 : NULL;
		const char *begin = data ? data->d_buf : NULL, *last;

		if (!begin || name < begin || name >= begin + data->d_size)
			continue;
		last = memrchr(begin, '\0', data->d_size);
		*ret = (struct strings){begin, last ? last + 1 : begin};
		return name < ret->end;
	}
	return false;
}

/* Of the i-th symbol; NULL when it has none that can be read. */
static const char *symbol_name(Dwfl_Module *module, int i, GElf_Sym *ret_sym, GElf_Addr *ret_addr,
			       GElf_Word *ret_section, Elf **ret_elf, struct strings *strings)
{
	GElf_Addr bias;
	const char *name =
		dwfl_module_getsym_info(module, i, ret_sym, ret_addr, ret_section, ret_elf, &bias);

	if (!name || ((name < strings->begin || name >= strings->end) &&
		      !find_strings(*ret_elf, name, strings)))
		return NULL;
	return name;
}

static void add_symbol(struct pt_symtab *table, Dwfl_Module *module, int i, struct strings *strings)
{
	GElf_Sym sym;
	GElf_Addr addr;
	GElf_Word section;
	Elf *elf;
	const char *name = symbol_name(module, i, &sym, &addr, &section, &elf, strings), *version;
	size_t n;
	int r;

	if (!name || !name[0] || section == SHN_UNDEF || section == SHN_ABS)
		return;
	r = rank(&sym, elf, section, name);
	if (!r)
		return;
	n = strnlen(name, PT_FRAME_NAME_MAX + 1);
	version = memchr(name, '@', n); /* "memcpy@@GLIBC_2.14" */
	if (version && version > name)
		n = (size_t)(version - name);
	pt_symtab_add(table, addr, sym.st_size, name, n, (enum pt_symbol_rank)r);
}

/* What reading the tables of a file would take; they cannot be larger than the file. */
static size_t size_of_tables(Elf *elf)
{
	size_t bytes = 0;
	GElf_Shdr header;

	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));)
		if (gelf_getshdr(scn, &header) &&
		    (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM ||
		     header.sh_type == SHT_STRTAB))
			bytes += PT_MIN(header.sh_size, SIZE_MAX - bytes);
	return bytes;
}

/* False when it is too much: then there is none. The symbols may come from a larger, split file. */
static bool read_table(struct pt_object *object, Dwfl_Module *module, Elf *elf)
{
	struct pt_symbols *symbols = object->symbols;
	struct pt_symtab *table = &object->table;
	struct strings strings = {NULL, NULL};
	int n = dwfl_module_getsymtab(module);

	for (int i = 1; i < n; i++) {
		add_symbol(table, module, i, &strings);
		if (pt_symtab_bytes(table) > 2 * symbols->options.max_memory)
			break;
	}
	pt_object_plt(elf, table);
	pt_symtab_seal(table);
	if (!pt_symbols_room(symbols, pt_symtab_bytes(table), object)) {
		pt_symtab_release(table);
		return false;
	}
	symbols->bytes += pt_symtab_bytes(table);
	symbols->table_bytes += pt_symtab_bytes(table);
	return true;
}

void pt_object_load(struct pt_object *object)
{
	struct pt_symbols *symbols = object->symbols;
	Dwfl_Module *module;
	Dwfl *dwfl;
	GElf_Addr bias;
	Elf *elf;

	object->used = ++symbols->clock;
	if (object->loaded || !object->open || object->loads >= LOADS_MAX)
		return;
	object->loads++;
	object->loaded = true;
	/* A handle for this alone: libelf keeps all that was read as long as it is open. */
	dwfl = pt_object_dwfl(object, &module);
	if (!dwfl)
		return;
	elf = dwfl_module_getelf(module, &bias);
	if (!pt_symbols_room(symbols, size_of_tables(elf), object) ||
	    !read_table(object, module, elf))
		pt_symbols_add_note(symbols, "%s has more symbols than there is memory for",
				    object->path);
	dwfl_end(dwfl);
}

bool pt_object_symbol(struct pt_object *object, const char *name, uint64_t *ret)
{
	Dwfl_Module *module;
	Dwfl *dwfl = pt_object_dwfl(object, &module);
	int n = dwfl ? dwfl_module_getsymtab(module) : 0;
	struct strings strings = {NULL, NULL};
	bool found = false;

	for (int i = 1; i < n && !found; i++) {
		GElf_Sym sym;
		GElf_Addr addr;
		GElf_Word section;
		Elf *elf;
		const char *own = symbol_name(module, i, &sym, &addr, &section, &elf, &strings);

		found = own && strcmp(own, name) == 0;
		if (found)
			*ret = addr;
	}
	if (dwfl)
		dwfl_end(dwfl);
	return found;
}

void pt_object_unload(struct pt_object *object)
{
	object->symbols->bytes -= pt_symtab_bytes(&object->table);
	object->symbols->table_bytes -= pt_symtab_bytes(&object->table);
	pt_symtab_release(&object->table);
	object->loaded = false;
}

uint32_t pt_object_frame(struct pt_object *object, uint64_t addr)
{
	struct pt_symbol *symbol;

	pt_object_load(object);
	symbol = pt_symtab_find(&object->table, addr);
	if (!symbol)
		return pt_object_unknown(object);
	if (symbol->frame == PT_NO_FRAME)
		symbol->frame =
			pt_symbols_frame(object->symbols, pt_symtab_name(&object->table, symbol),
					 object->path, PT_FRAME_USER);
	return symbol->frame;
}
