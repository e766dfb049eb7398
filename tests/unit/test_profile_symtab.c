/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which of several symbols names an address: aliases, labels, sizes that are missing, functions
 * inside of others.
 */
#include "../../src/profile/symtab.h"

#include "perftop/profile/frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct pt_symtab table;

static void add(uint64_t addr, uint64_t size, const char *name, enum pt_symbol_rank rank)
{
	pt_symtab_add(&table, addr, size, name, strlen(name), rank);
}

static const char *at(uint64_t addr)
{
	const struct pt_symbol *symbol = pt_symtab_find(&table, addr);

	return symbol ? pt_symtab_name(&table, symbol) : "";
}

static int drop(void **state)
{
	(void)state;
	pt_symtab_release(&table);
	return 0;
}

static void test_bounds(void **state)
{
	(void)state;
	assert_string_equal(at(0), "");
	pt_symtab_seal(&table);
	assert_string_equal(at(5), "");
	add(0x200, 0x10, "second", PT_SYMBOL_GLOBAL);
	add(0x100, 0x20, "first", PT_SYMBOL_GLOBAL);
	pt_symtab_seal(&table);
	assert_string_equal(at(0xff), "");
	assert_string_equal(at(0x100), "first");
	assert_string_equal(at(0x11f), "first");
	assert_string_equal(at(0x120), "");
	assert_string_equal(at(0x20f), "second");
	assert_string_equal(at(0x210), "");
	assert_string_equal(at(UINT64_MAX), "");
	assert_true(pt_symtab_bytes(&table) > 0);
}

static void test_aliases(void **state)
{
	(void)state;
	add(0x10, 8, "__memcpy", PT_SYMBOL_GLOBAL);
	add(0x10, 8, "memcpy", PT_SYMBOL_GLOBAL);
	add(0x20, 8, "local", PT_SYMBOL_LOCAL);
	add(0x20, 8, "weak", PT_SYMBOL_WEAK);
	add(0x20, 8, "global", PT_SYMBOL_GLOBAL);
	add(0x30, 0, "without_a_size", PT_SYMBOL_GLOBAL);
	add(0x30, 8, "sized", PT_SYMBOL_LOCAL);
	add(0x40, 8, "long_name", PT_SYMBOL_GLOBAL);
	add(0x40, 8, "name", PT_SYMBOL_GLOBAL);
	add(0x50, 0, "label", PT_SYMBOL_LABEL);
	add(0x50, 0, "f", PT_SYMBOL_LOCAL);
	add(0x60, 0, "", PT_SYMBOL_GLOBAL);
	pt_symtab_seal(&table);
	assert_int_equal(table.n, 5);
	assert_string_equal(at(0x10), "memcpy");
	assert_string_equal(at(0x20), "global");
	assert_string_equal(at(0x30), "sized");
	assert_string_equal(at(0x40), "long_name");
	assert_string_equal(at(0x50), "f");
}

static void test_sizes(void **state)
{
	(void)state;
	add(0x1000, 0, "asm_entry", PT_SYMBOL_LABEL);
	add(0x1040, 0, "asm_next", PT_SYMBOL_LABEL);
	add(0x2000, 0x100, "function", PT_SYMBOL_GLOBAL);
	add(0x2010, 0, "jump_target", PT_SYMBOL_LABEL); /* inside of it: no function of its own */
	add(0x2080, 0x10, "inner", PT_SYMBOL_LOCAL);
	add(0x90000000, 0, "last", PT_SYMBOL_GLOBAL);
	pt_symtab_seal(&table);
	assert_string_equal(at(0x103f), "asm_entry");
	assert_string_equal(at(0x1040), "asm_next");
	assert_string_equal(at(0x1fff), "asm_next");
	assert_string_equal(at(0x2010), "function");
	assert_string_equal(at(0x2085), "inner");
	assert_string_equal(at(0x2090), "function");
	assert_string_equal(at(0x2100), "");
	assert_string_equal(at(0x90000fff), "last");
	assert_string_equal(at(0x90001000), "");
}

static void test_long_names(void **state)
{
	size_t n = PT_FRAME_NAME_MAX * 3;
	char *name = malloc(n + 1);

	(void)state;
	memset(name, 'x', n);
	name[n] = '\0';
	add(0x10, 1, name, PT_SYMBOL_GLOBAL);
	pt_symtab_seal(&table);
	assert_int_equal(strlen(at(0x10)), PT_FRAME_NAME_MAX);
	free(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_bounds, drop),
		cmocka_unit_test_teardown(test_aliases, drop),
		cmocka_unit_test_teardown(test_sizes, drop),
		cmocka_unit_test_teardown(test_long_names, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
