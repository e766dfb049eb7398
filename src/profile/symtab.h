/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_SYMTAB_H
#define PT_PROFILE_SYMTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A sorted table of symbols, of an object or of the kernel. Names are kept as they stand in the
 * file; `frame` is for the owner, who fills it when a symbol is first hit. Zero-initialise.
 */
enum pt_symbol_rank { /* of several at one address the one that tells most stays */
		      PT_SYMBOL_LABEL = 1, /* of assembly, without type */
		      PT_SYMBOL_LOCAL,
		      PT_SYMBOL_WEAK,
		      PT_SYMBOL_GLOBAL
};

struct pt_symbol {
	uint64_t addr;
	uint32_t size; /* 0 until sealed: up to the next one */
	uint32_t name; /* offset in names */
	uint32_t frame;
	uint32_t rank;
};

struct pt_symtab {
	struct pt_symbol *v;
	size_t n, cap;
	char *names;
	size_t n_names, cap_names;
};

/* Names are cut at PT_FRAME_NAME_MAX; "" is not added. */
void pt_symtab_add(struct pt_symtab *table, uint64_t addr, uint64_t size, const char *name,
		   size_t n, enum pt_symbol_rank rank);
/* Sorts, keeps one symbol an address, gives sizes to those without. */
void pt_symtab_seal(struct pt_symtab *table);
/* The innermost one that holds addr, or NULL. */
struct pt_symbol *pt_symtab_find(const struct pt_symtab *table, uint64_t addr);
const char *pt_symtab_name(const struct pt_symtab *table, const struct pt_symbol *symbol);
size_t pt_symtab_bytes(const struct pt_symtab *table);
void pt_symtab_release(struct pt_symtab *table);

#endif
