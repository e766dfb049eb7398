/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of C++ and Rust, what is none of them, and manglings that ask for too much.
 */
#include "perftop/profile/symbols.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef HAVE_LIBIBERTY_DEMANGLE_H
#include <libiberty/demangle.h>
#else
#include <demangle.h>
#endif

static void check(const char *mangled, const char *expected)
{
	char *plain = pt_demangle(mangled);

	assert_string_equal(plain, expected);
	free(plain);
}

static void test_names(void **state)
{
	(void)state;
	check("_ZN3lab3Eng4leafEd", "lab::Eng::leaf");
	check("_ZNSt6vectorIiSaIiEE9push_backEOi",
	      "std::vector<int, std::allocator<int> >::push_back");
	check("_ZN9__gnu_cxx13new_allocatorIcE8allocateEmPKv.isra.0",
	      "__gnu_cxx::new_allocator<char>::allocate");
	check("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad");
	check("_ZN60_$LT$alloc..string..String$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE",
	      "<alloc::string::String as core::fmt::Display>::fmt");
	check("_Znwm@plt", "operator new@plt");
	check("_ZNSaIcED2Ev@@GLIBCXX_3.4", "std::allocator<char>::~allocator@@GLIBCXX_3.4");
	check("_start@plt", "_start@plt");
}

/* Of Rust since 2021; libiberty knows them since binutils 2.36. */
static void test_rust_v0(void **state)
{
	char *known = rust_demangle("_RNvC1a1b", DMGL_AUTO);

	(void)state;
	if (!known)
		skip();
	free(known);
	check("_RNvC6_123foo3bar", "123foo::bar");
	check("_RINvNtC3std3mem8align_ofjdE", "std::mem::align_of::<usize, f64>");
}

static void test_others(void **state)
{
	static const char *const same[] = {
		"main",
		"",
		"_",
		"_start",
		"_Z",
		"_R",
		"_ZNK",
		"__libc_start_main",
		"net/http.(*Client).Do",
		"LazyCompile:*parse /srv/app.js:12",
		"~anonymous node:internal/timers:3",
		"_D3foo3barFZv",
		"$s4main3fooyyF",
		"_ZN3foo\xff\xfe\x01",
	};

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		check(same[i], same[i]);
}

/* Each parameter of the template is a pair of the one before, twice: 2^17 names in 300 bytes. */
static void test_doubling(void **state)
{
	char name[1200] = "_ZN1AI1B", *plain;

	(void)state;
	for (int i = 0; i < 17; i++) {
		/* What B is called there; then each pair has two numbers, its second is its own. */
		static const char ids[] = "02468ACEGIKMOQSUWY";
		size_t n = strlen(name);

		snprintf(name + n, sizeof name - n, "St4pairIS%c_S%c_E", ids[i], ids[i]);
	}
	strcat(name, "E1fEv");
	plain = pt_demangle(name);
	assert_true(strlen(plain) <= PT_FRAME_NAME_MAX);
	assert_string_equal(plain, name);
	free(plain);
}

static void test_deep(void **state)
{
	static const char *const pieces[] = {"P", "I", "N", "F", "A1_", "R", "X", "_", "B_", "LT"};
	char *name = malloc(PT_FRAME_NAME_MAX + 2);

	(void)state;
	for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
		size_t piece = strlen(pieces[p]);

		for (int kind = 0; kind < 2; kind++) {
			size_t n = 4;
			char *plain;

			memcpy(name, kind ? "_RNv" : "_Z1f", 4);
			while (n + piece < PT_FRAME_NAME_MAX) {
				memcpy(name + n, pieces[p], piece);
				n += piece;
			}
			name[n] = '\0';
			plain = pt_demangle(name);
			assert_true(strlen(plain) <= PT_FRAME_NAME_MAX);
			free(plain);
		}
	}
	memset(name, 'x', PT_FRAME_NAME_MAX + 1);
	memcpy(name, "_Z1f", 4);
	name[PT_FRAME_NAME_MAX + 1] = '\0';
	check(name, name);
	free(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),  cmocka_unit_test(test_rust_v0),
		cmocka_unit_test(test_others), cmocka_unit_test(test_doubling),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
