/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Entries of the procedure linkage table: code that jumps through a slot of the global offset table,
 * which a relocation gives a name. Linkers lay the tables out in several ways, so the entries are
 * read: whatever slot one jumps through, its relocation tells whose it is. x86-64 and aarch64.
 */
#include "symbols_priv.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

enum {
	RELOCATIONS_MAX = 1 << 20,
	PLT_ENTRY = 16,
};

struct slot {
	uint64_t addr;
	const char *name;
};

struct slots {
	struct slot *v;
	size_t n, cap;
};

static void add_relocations(Elf *elf, Elf_Scn *scn, const GElf_Shdr *header, struct slots *slots)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	Elf_Scn *symbols = elf_getscn(elf, header->sh_link);
	Elf_Data *symbol_data = symbols ? elf_getdata(symbols, NULL) : NULL;
	GElf_Shdr symbol_header;
	GElf_Rela rela;
	GElf_Sym sym;

	if (!data || !symbol_data || !gelf_getshdr(symbols, &symbol_header))
		return;
	for (int i = 0; slots->n < RELOCATIONS_MAX && gelf_getrela(data, i, &rela); i++) {
		const char *name;

		if (!GELF_R_SYM(rela.r_info) ||
		    !gelf_getsym(symbol_data, (int)GELF_R_SYM(rela.r_info), &sym))
			continue;
		name = elf_strptr(elf, symbol_header.sh_link, sym.st_name);
		if (name && name[0])
			*PT_PUSH(slots->v, slots->n, slots->cap) =
				(struct slot){rela.r_offset, name};
	}
}

static int by_address(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return (x->addr > y->addr) - (x->addr < y->addr);
}

static uint32_t word(const uint8_t *p)
{
	uint32_t w;

	memcpy(&w, p, sizeof w);
	return w;
}

/* "jmp *slot(%rip)", behind endbr64 or bnd where there is. */
static bool slot_x86_64(const uint8_t *p, size_t n, uint64_t at, uint64_t *ret)
{
	for (size_t i = 0; i + 6 <= n && i <= 5; i++)
		if (p[i] == 0xff && p[i + 1] == 0x25) {
			*ret = at + i + 6 + (uint64_t)(int64_t)(int32_t)word(p + i + 2);
			return true;
		}
	return false;
}

/* "adrp x16, page; ldr x17, [x16, offset]", behind bti where there is. */
static bool slot_aarch64(const uint8_t *p, size_t n, uint64_t at, uint64_t *ret)
{
	for (size_t i = 0; i + 8 <= n && i <= 4; i += 4) {
		uint32_t adrp = word(p + i), ldr = word(p + i + 4);
		uint64_t page;

		if ((adrp & 0x9f00001f) != 0x90000010 || (ldr & 0xffc003ff) != 0xf9400211)
			continue;
		page = (adrp >> 29 & 3) | (adrp >> 3 & 0x1ffffc);
		page = (uint64_t)((int64_t)(page << 43) >> 31);
		*ret = ((at + i) & ~UINT64_C(4095)) + page + (ldr >> 10 & 0xfff) * 8;
		return true;
	}
	return false;
}

static void add_entries(Elf_Scn *scn, const GElf_Shdr *header, GElf_Half machine,
			const struct slots *slots, struct pt_symtab *table)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t n = data ? data->d_size : 0, step = header->sh_entsize == 8 ? 8 : PLT_ENTRY;
	struct pt_str name = PT_STR_INIT;

	/* Of aarch64, .plt begins with 32 bytes of its own and entries may have 24. */
	if (machine == EM_AARCH64)
		step = 8;
	for (size_t at = 0; at + step <= n; at += step) {
		const uint8_t *p = (const uint8_t *)data->d_buf + at;
		struct slot key = {0}, *slot;
		uint64_t addr = header->sh_addr + at;

		if (!(machine == EM_X86_64 ? slot_x86_64(p, n - at, addr, &key.addr)
					   : slot_aarch64(p, n - at, addr, &key.addr)))
			continue;
		slot = bsearch(&key, slots->v, slots->n, sizeof key, by_address);
		if (!slot)
			continue;
		pt_str_clear(&name);
		pt_str_addf(&name, "%.*s@plt", PT_FRAME_NAME_MAX - 4, slot->name);
		pt_symtab_add(table, addr, PLT_ENTRY, name.s, name.len, PT_SYMBOL_LOCAL);
	}
	pt_str_release(&name);
}

void pt_object_plt(Elf *elf, struct pt_symtab *table)
{
	struct slots slots = {0};
	size_t names;
	GElf_Shdr header;
	GElf_Ehdr file;

	if (!gelf_getehdr(elf, &file) || elf_getshdrstrndx(elf, &names) != 0 ||
	    (file.e_machine != EM_X86_64 && file.e_machine != EM_AARCH64))
		return;
	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));)
		if (gelf_getshdr(scn, &header) && header.sh_type == SHT_RELA &&
		    header.sh_flags & SHF_ALLOC)
			add_relocations(elf, scn, &header, &slots);
	if (slots.n)
		qsort(slots.v, slots.n, sizeof *slots.v, by_address);
	for (Elf_Scn *scn = NULL; slots.n && (scn = elf_nextscn(elf, scn));) {
		const char *name;

		if (!gelf_getshdr(scn, &header) || header.sh_type != SHT_PROGBITS ||
		    !(header.sh_flags & SHF_EXECINSTR))
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (name && strncmp(name, ".plt", 4) == 0)
			add_entries(scn, &header, file.e_machine, &slots, table);
	}
	free(slots.v);
}
