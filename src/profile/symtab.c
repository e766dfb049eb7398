/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Symbols sorted by address. Tables of real objects have aliases, labels without size, and labels
 * inside of functions; after sealing there is one symbol an address and every one has a size.
 */
#include "symtab.h"

#include "perftop/base/mem.h"
#include "perftop/profile/frames.h"

#include <stdlib.h>
#include <string.h>

enum {
	GAP_MAX = 1 << 20, /* a function without size reaches no further, */
	LABEL_MAX = 4096,  /* nor a label: what follows may be a function whose name was stripped */
	LAST_SIZE = 4096,
	NESTED_MAX = 16, /* how many symbols inside of another are looked past */
};

void pt_symtab_add(struct pt_symtab *table, uint64_t addr, uint64_t size, const char *name,
		   size_t n, enum pt_symbol_rank rank)
{
	struct pt_symbol *symbol;

	if (n > PT_FRAME_NAME_MAX)
		n = PT_FRAME_NAME_MAX;
	if (n == 0 || table->n_names + n + 1 > UINT32_MAX)
		return;
	if (table->n_names + n + 1 > table->cap_names) {
		table->cap_names = PT_MAX(table->cap_names * 2, table->n_names + n + 4096);
		table->names = pt_realloc(table->names, table->cap_names);
	}
	symbol = PT_PUSH(table->v, table->n, table->cap);
	*symbol = (struct pt_symbol){
		.addr = addr,
		.size = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size,
		.name = (uint32_t)table->n_names,
		.frame = PT_NO_FRAME,
		.rank = rank,
	};
	memcpy(table->names + table->n_names, name, n);
	table->names[table->n_names + n] = '\0';
	table->n_names += n + 1;
}

/* Equal addresses in the order of the file: names follow that order. */
static int by_address(const void *a, const void *b)
{
	const struct pt_symbol *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

static size_t underscores(const char *name)
{
	return strspn(name, "_");
}

/* Of two at one address: has a size, is global, has fewer underscores in front, is longer. */
static bool is_better(const struct pt_symtab *table, const struct pt_symbol *a,
		      const struct pt_symbol *b)
{
	const char *x = table->names + a->name, *y = table->names + b->name;

	if ((a->rank == PT_SYMBOL_LABEL) != (b->rank == PT_SYMBOL_LABEL))
		return a->rank != PT_SYMBOL_LABEL;
	if (!a->size != !b->size)
		return a->size;
	if (a->rank != b->rank)
		return a->rank > b->rank;
	if (underscores(x) != underscores(y))
		return underscores(x) < underscores(y);
	return strlen(x) > strlen(y);
}

/* As the kernel's are, and what was sealed before. */
static bool is_sorted(const struct pt_symtab *table)
{
	size_t i = 1;

	while (i < table->n && table->v[i - 1].addr <= table->v[i].addr)
		i++;
	return i >= table->n;
}

void pt_symtab_seal(struct pt_symtab *table)
{
	struct pt_symbol *v = table->v;
	uint64_t end = 0;
	size_t n = 0;

	if (!is_sorted(table))
		qsort(v, table->n, sizeof *v, by_address);
	for (size_t i = 0; i < table->n; i++) {
		if (n > 0 && v[n - 1].addr == v[i].addr) {
			if (is_better(table, &v[i], &v[n - 1]))
				v[n - 1] = v[i];
			continue;
		}
		/* What comes before is settled now: does it hold this label? */
		if (n > 0 && v[n - 1].size)
			end = PT_MAX(end, v[n - 1].addr + v[n - 1].size);
		if (v[i].rank == PT_SYMBOL_LABEL && v[i].addr < end)
			continue;
		v[n++] = v[i];
	}
	table->n = n;
	for (size_t i = 0; i < n; i++)
		if (!v[i].size) {
			uint64_t gap = i + 1 < n ? v[i + 1].addr - v[i].addr : LAST_SIZE;

			v[i].size = (uint32_t)PT_MIN(gap, v[i].rank == PT_SYMBOL_LABEL ? LABEL_MAX
										       : GAP_MAX);
		}
	if (n == 0)
		return;
	table->v = pt_reallocarray(v, n, sizeof *v);
	table->cap = n;
	table->names = pt_realloc(table->names, table->n_names);
	table->cap_names = table->n_names;
}

struct pt_symbol *pt_symtab_find(const struct pt_symtab *table, uint64_t addr)
{
	size_t low = 0, high = table->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->v[middle].addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i > 0 && low - i < NESTED_MAX; i--)
		if (addr - table->v[i - 1].addr < table->v[i - 1].size)
			return &table->v[i - 1];
	return NULL;
}

const char *pt_symtab_name(const struct pt_symtab *table, const struct pt_symbol *symbol)
{
	return table->names + symbol->name;
}

size_t pt_symtab_bytes(const struct pt_symtab *table)
{
	return table->cap * sizeof *table->v + table->cap_names;
}

void pt_symtab_release(struct pt_symtab *table)
{
	free(table->v);
	free(table->names);
	*table = (struct pt_symtab){0};
}
