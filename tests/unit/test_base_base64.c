/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Base64 as RFC 4648 has it, out and in again. */
#include "perftop/base/base64.h"

#include "perftop/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* RFC 4648, section 10. */
static void test_known(void **state)
{
	static const char *const rows[][2] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct pt_str text = PT_STR_INIT, back = PT_STR_INIT;

		pt_base64_add(&text, rows[i][0], strlen(rows[i][0]));
		assert_string_equal(pt_str_text(&text), rows[i][1]);
		pt_base64_read(&back, pt_str_text(&text), text.len);
		assert_string_equal(pt_str_text(&back), rows[i][0]);
		pt_str_release(&text);
		pt_str_release(&back);
	}
}

static void test_every_byte(void **state)
{
	struct pt_str text = PT_STR_INIT, back = PT_STR_INIT;
	unsigned char bytes[256];

	(void)state;
	for (size_t n = 0; n <= sizeof bytes; n++) {
		for (size_t i = 0; i < n; i++)
			bytes[i] = (unsigned char)(i * 7 + n);
		pt_str_clear(&text);
		pt_str_clear(&back);
		pt_base64_add(&text, bytes, n);
		pt_base64_read(&back, pt_str_text(&text), text.len);
		assert_int_equal(back.len, n);
		assert_memory_equal(pt_str_text(&back), bytes, n);
	}
	pt_str_release(&text);
	pt_str_release(&back);
}

/* What follows is not looked at, whatever it is. */
static void test_end(void **state)
{
	static const char *const texts[] = {"Zm9v</x>",	  "Zm9v=Zm9v",	  "Zm9v Zm9v",
					    "Zm9v\0Zm9v", "Zm9v\xc3\xa9", "Zm9vZ"};

	(void)state;
	for (size_t i = 0; i < PT_LEN(texts); i++) {
		struct pt_str back = PT_STR_INIT;

		pt_base64_read(&back, texts[i], 5);
		assert_string_equal(pt_str_text(&back), "foo");
		pt_str_release(&back);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
