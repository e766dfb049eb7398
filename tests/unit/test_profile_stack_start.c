/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is around main and the functions of threads, by name. */
#include "../../src/profile/stack_start.h"

#include "perftop/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static enum pt_start start(const char *name, enum pt_frame_kind kind)
{
	return pt_start_of(&(struct pt_frame){.name = name, .kind = kind});
}

static void test_names(void **state)
{
	static const struct {
		const char *name;
		enum pt_start start;
	} names[] = {
		{"_start", PT_START_CODE},
		{"__libc_start_main", PT_START_CODE},
		{"__libc_start_main_impl", PT_START_CODE},
		{"__libc_start_call_main", PT_START_CODE},
		{"start_thread", PT_START_CODE},
		{"clone3", PT_START_CLONE},
		{"[libc.so.6]", PT_START_LIBC},
		{"[libc-2.31.so]", PT_START_LIBC},
		{"main", PT_START_MAIN},
		{"runtime.goexit.abi0", PT_START_ROOT},
		{"maintain", PT_START_NONE},
		{"_starts", PT_START_NONE},
		{"prog::main", PT_START_NONE},
		{"[libcurl.so.4]", PT_START_NONE},
		{"", PT_START_NONE},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(names); i++)
		if (start(names[i].name, PT_FRAME_USER) != names[i].start)
			fail_msg("%s", names[i].name);
	assert_int_equal(start("main", PT_FRAME_JIT), PT_START_NONE);
	assert_int_equal(start("main", PT_FRAME_THREAD), PT_START_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
