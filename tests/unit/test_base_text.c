/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hostile text: every family of code points that a terminal must not get, broken UTF-8, cuts,
 * widths, and the fuzzy match.
 */
#include "perftop/base/text.h"

#include "perftop/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void assert_safe(const char *in, size_t n, bool ascii, const char *expected)
{
	char out[256];
	size_t len = pt_text_safe(out, sizeof out, in, n, ascii);

	assert_string_equal(out, expected);
	assert_int_equal(len, strlen(expected));
}

#define SAFE(in, expected) assert_safe(in, sizeof(in) - 1, false, expected)
#define ASCII(in, expected) assert_safe(in, sizeof(in) - 1, true, expected)

static void test_plain(void **state)
{
	(void)state;
	SAFE("", "");
	SAFE("perftop 1.0 ~", "perftop 1.0 ~");
	SAFE("caf\xC3\xA9 \xE4\xB8\xAD\xE6\x96\x87 \xF0\x9F\x9A\x80",
	     "caf\xC3\xA9 \xE4\xB8\xAD"
	     "\xE6\x96\x87 \xF0\x9F\x9A\x80");
	SAFE("<202E>^[", "<202E>^["); /* what looks like a mark is only text */
}

static void test_escapes(void **state)
{
	(void)state;
	SAFE("\x1B[31mred", "^[[31mred");		  /* CSI */
	SAFE("\x1B]0;title\x07", "^[]0;title^G");	  /* OSC, BEL */
	SAFE("\x1B]52;c;eA==\x1B\\", "^[]52;c;eA==^[\\"); /* clipboard, ST */
	SAFE("\x1BP+q\x1B\\", "^[P+q^[\\");		  /* DCS */
	SAFE("\xC2\x9B"
	     "31m",
	     "<9B>31m"); /* CSI as C1 */
	SAFE("\xC2\x80\xC2\x9F", "<80><9F>");
	SAFE("a\tb\r\nc\x7F", "a^Ib^M^Jc^?");
	SAFE("a\0b", "a^@b");
	SAFE("\x9B"
	     "31m",
	     "<9B>31m"); /* the raw byte is no UTF-8 */
}

static void test_invisible(void **state)
{
	static const uint32_t hidden[] =
		{
			0x00AD,	 0x034F,  0x061C,  0x115F,   0x1160,   0x17B4,	0x180B,	 0x180E,
			0x200B,	 0x200C,  0x200D,  0x200E,   0x200F,   0x2028,	0x2029,	 0x202A,
			0x202B,	 0x202C,  0x202D,  0x202E,   0x2060,   0x2061,	0x2064,	 0x2065,
			0x2066,	 0x2067,  0x2068,  0x2069,   0x206A,   0x3164,	0xFE00,	 0xFE0F,
			0xFEFF,	 0xFFA0,  0xFFF9,  0xFFFA,   0xFFFB,   0x1D173, 0xE0001, 0xE0020,
			0xE0041, 0xE007F, 0xE0100, 0xE01EF,	       /* tags, selectors */
			0xE000,	 0xF8FF,  0xF0000, 0x10FFFD,	       /* private use */
			0xFDD0,	 0xFFFE,  0xFFFF,  0x1FFFE,  0x10FFFF, /* noncharacters */
			0x0378,	 0x2FE0,  0x3FFFD,		       /* unassigned */
			0x0600,	 0x110BD,			       /* format, though drawn */
		};

	(void)state;
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
		char in[5] = "", expected[16];

		pt_utf8_put(in, hidden[i]);
		snprintf(expected, sizeof expected, hidden[i] < 256 ? "<%02X>" : "<%04X>",
			 (unsigned)hidden[i]);
		assert_safe(in, strlen(in), false, expected);
	}
}

static void test_broken(void **state)
{
	(void)state;
	SAFE("\xFF", "<FF>");
	SAFE("\x80", "<80>");
	SAFE("\xC3", "<C3>"); /* cut short */
	SAFE("\xE2\x82", "<E2><82>");
	SAFE("\xE2\x82z", "<E2><82>z");
	SAFE("\xC0\xAF", "<C0><AF>"); /* overlong slash */
	SAFE("\xE0\x80\xAF", "<E0><80><AF>");
	SAFE("\xED\xA0\x80", "<ED><A0><80>");	      /* surrogate */
	SAFE("\xED\xB2\x9B", "<ED><B2><9B>");	      /* the escape of a broken byte, itself */
	SAFE("\xF4\x90\x80\x80", "<F4><90><80><80>"); /* beyond 10FFFF */
	SAFE("\xF8\x88\x80\x80\x80", "<F8><88><80><80><80>");
	/* The length counts: what follows the sequence is not ours to read. */
	assert_safe("\xE2\x82\xAC", 2, false, "<E2><82>");
}

static void test_combining(void **state)
{
	(void)state;
	SAFE("e\xCC\x81", "e\xCC\x81");
	SAFE("e\xCC\x81\xCC\x82\xCC\x83\xCC\x84z\xCC\x81", "e\xCC\x81\xCC\x82z\xCC\x81");
	SAFE("\xCC\x81z", "<0301>z"); /* nothing to stand on: would join what is left of it */
	SAFE("\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8", "\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8");
}

static void test_ascii(void **state)
{
	(void)state;
	ASCII("2 \u00B5s\u2026 \u2212a\u2013b", "2 us~ -a-b");
	ASCII("caf\xC3\xA9 \xE4\xB8\xAD", "caf? ?");
	ASCII("\x1B[m\xFF\xE2\x80\xAE"
	      "e\xCC\x81\x7F",
	      "^[[m??e??");
}

static void test_cut(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(pt_text_safe(out, 8,
				      "abc\xE2\x80\xAE"
				      "d",
				      7, false),
			 3);
	assert_string_equal(out, "abc"); /* <202E> would not fit whole */
	assert_int_equal(pt_text_safe(out, 8, "abcdef\xC3\xA9", 8, false), 6);
	assert_string_equal(out, "abcdef");
	assert_int_equal(pt_text_safe(out, 8, "abcdefgh", 8, false), 7);
	assert_int_equal(pt_text_safe(out, 1, "abc", 3, false), 0);
	assert_string_equal(out, "");
	out[0] = 'x';
	assert_int_equal(pt_text_safe(out, 0, "abc", 3, false), 0);
	assert_int_equal(out[0], 'x');
}

/* Whatever is put in: twice safe is once safe, and nothing that was hidden comes out. */
static void test_all_code_points(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp += cp < 0x20000 || cp >> 12 == 0xE0 ? 1 : 61) {
		char in[6] = "a", once[32], twice[32];
		size_t n, m;

		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		n = 1 + pt_utf8_put(in + 1, cp);
		m = pt_text_safe(once, sizeof once, in, n, false);
		if (pt_text_safe(twice, sizeof twice, once, m, false) != m ||
		    memcmp(once, twice, m))
			fail_msg("U+%04X: %s, then %s", (unsigned)cp, once, twice);
		if (m == n && !memcmp(once, in, n))
			assert_true(pt_text_width(once) >= 1);
		n = 0;
		while (n < m && (unsigned char)once[n] >= 0x20 && once[n] != 0x7F)
			n++;
		if (n < m)
			fail_msg("U+%04X leaves a control", (unsigned)cp);
	}
}

static void test_utf8(void **state)
{
	const char *s = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x9A\x80\xFF\xC3";
	static const uint32_t expected[] = {'a', 0xE9, 0x20AC, 0x1F680, 0xDCFF, 0xDCC3, 0, 0};
	static const uint32_t edges[] = {1,	 0x7F,	 0x80,	 0x7FF,	  0x800,
					 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};

	(void)state;
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		assert_int_equal(pt_utf8_next(&s), expected[i]);
	for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
		char buf[5] = "";
		const char *p = buf;
		size_t n = pt_utf8_put(buf, edges[i]);

		assert_int_equal(pt_utf8_next(&p), edges[i]);
		assert_int_equal(p - buf, n);
	}
}

static void test_width(void **state)
{
	(void)state;
	assert_int_equal(pt_text_cp_width('a'), 1);
	assert_int_equal(pt_text_cp_width(0xE9), 1);
	assert_int_equal(pt_text_cp_width(0x2500), 1); /* box drawing: ambiguous */
	assert_int_equal(pt_text_cp_width(0x2588), 1);
	assert_int_equal(pt_text_cp_width(0x28FF), 1); /* Braille */
	assert_int_equal(pt_text_cp_width(0x301), 0);
	assert_int_equal(pt_text_cp_width(0x200B), 0);
	assert_int_equal(pt_text_cp_width(0x4E2D), 2);
	assert_int_equal(pt_text_cp_width(0xFF21), 2);
	assert_int_equal(pt_text_cp_width(0xFF71), 1); /* half-width katakana */
	assert_int_equal(pt_text_cp_width(0x1F680), 2);
	assert_int_equal(pt_text_cp_width(0x231A), 2); /* a watch: emoji by default */
	assert_int_equal(pt_text_cp_width(0x2764), 1); /* a heart: text by default */
	assert_int_equal(pt_text_width(""), 0);
	assert_int_equal(pt_text_width("e\xCC\x81\xE4\xB8\xAD!"), 4);
}

static void test_fit(void **state)
{
	static const char s[] = "e\xCC\x81\xE4\xB8\xAD!"; /* 1 + 2 + 1 columns */

	(void)state;
	assert_int_equal(pt_text_fit(s, 0), 0);
	assert_int_equal(pt_text_fit(s, 1), 3);
	assert_int_equal(pt_text_fit(s, 2), 3);
	assert_int_equal(pt_text_fit(s, 3), 6);
	assert_int_equal(pt_text_fit(s, 4), 7);
	assert_int_equal(pt_text_fit(s, 99), 7);
	assert_int_equal(pt_text_fit(s, -1), 0);
}

static void test_fuzzy(void **state)
{
	int pos[4] = {-1, -1, -1, -1};

	(void)state;
	assert_int_equal(pt_text_fuzzy("abc", "acb", pos, 4), 0);
	assert_int_equal(pt_text_fuzzy("a", "", pos, 4), 0);
	assert_int_equal(pt_text_fuzzy("abc", "ab", pos, 4), 0);
	assert_true(pt_text_fuzzy("", "anything", pos, 4) > 0);
	assert_int_equal(pos[0], -1);
	assert_true(pt_text_fuzzy("GM", "goto Metric", pos, 4) > 0);
	assert_int_equal(pos[0], 0);
	assert_int_equal(pos[1], 5); /* the word's start, not a later m */
	assert_true(pt_text_fuzzy("abc", "a b bc", pos, 4) > 0);
	assert_int_equal(pos[0], 0);
	assert_int_equal(pos[1], 4); /* consecutive beats near */
	assert_int_equal(pos[2], 5);
	assert_true(pt_text_fuzzy("\xC3\xA9z", "a\xC3\xA9-z", pos, 2) > 0);
	assert_int_equal(pos[0], 1); /* bytes, not characters */
	assert_int_equal(pos[1], 4);
	pos[1] = -1;
	assert_true(pt_text_fuzzy("ab", "ab", pos, 1) > 0);
	assert_int_equal(pos[1], -1);
}

static void test_fuzzy_order(void **state)
{
	(void)state;
	assert_true(pt_text_fuzzy("cpu", "cpu", NULL, 0) > pt_text_fuzzy("cpu", "c_p_u", NULL, 0));
	assert_true(pt_text_fuzzy("cpu", "x cpu", NULL, 0) > pt_text_fuzzy("cpu", "xcpu", NULL, 0));
	assert_true(pt_text_fuzzy("mb", "memory bytes", NULL, 0) >
		    pt_text_fuzzy("mb", "ambient", NULL, 0));
	assert_true(pt_text_fuzzy("ab", "a-b", NULL, 0) >
		    pt_text_fuzzy("ab", "a----------b", NULL, 0));
	assert_true(pt_text_fuzzy("gb", "getBytes", NULL, 0) >
		    pt_text_fuzzy("gb", "getabytes", NULL, 0));
}

/* Whether there is a match is the same question, without its price. */
static void test_fuzzy_match(void **state)
{
	static const char *const texts[] = {"",	   "a",	   "abc", "a b bc", "goto Metric",
					    "cba", "aÉ-z", "ABC", "a\xff",  "x cpu"};

	(void)state;
	for (size_t p = 0; p < PT_LEN(texts); p++)
		for (size_t t = 0; t < PT_LEN(texts); t++)
			assert_int_equal(pt_text_fuzzy_match(texts[p], texts[t]),
					 pt_text_fuzzy(texts[p], texts[t], NULL, 0) > 0);
}

/* A text longer than what is ranked, and a pattern longer than any: an answer in bounded time. */
static void test_fuzzy_bounds(void **state)
{
	char text[8000], pattern[200];

	(void)state;
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	memset(pattern, 'a', sizeof pattern - 1);
	pattern[sizeof pattern - 1] = '\0';
	assert_int_equal(pt_text_fuzzy(pattern, text, NULL, 0), 0);
	assert_false(pt_text_fuzzy_match(pattern, text));
	pattern[64] = '\0';
	assert_true(pt_text_fuzzy(pattern, text, NULL, 0) > 0);
	assert_int_equal(pt_text_fuzzy("ab", text, NULL, 0), 0);
}

static void test_last_line(void **state)
{
	static const char *const cases[][2] = {
		{"", ""},
		{"one", "one"},
		{"one\ntwo\n", "two"},
		{"one\n \r\n\n", "one"},
		{"\n", ""},
		{"one\r\n two\t", " two"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t n;
		const char *line = pt_text_last_line(cases[i][0], strlen(cases[i][0]), &n);

		assert_int_equal(n, strlen(cases[i][1]));
		assert_memory_equal(line, cases[i][1], n);
	}
}

static void test_distance(void **state)
{
	(void)state;
	assert_int_equal(pt_text_distance("", ""), 0);
	assert_int_equal(pt_text_distance("abc", ""), 3);
	assert_int_equal(pt_text_distance("", "abc"), 3);
	assert_int_equal(pt_text_distance("command", "Command"), 0);
	assert_int_equal(pt_text_distance("command", "comand"), 1);
	assert_int_equal(pt_text_distance("command", "commnad"), 1);
	assert_int_equal(pt_text_distance("repeats", "repeat"), 1);
	assert_int_equal(pt_text_distance("kitten", "sitting"), 3);
	/* Too long for a word that somebody has mistyped. */
	assert_true(pt_text_distance("a", "0123456789012345678901234567890123456789"
					  "0123456789012345678901234567890") > PT_TEXT_NEAR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),	     cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_invisible),    cmocka_unit_test(test_broken),
		cmocka_unit_test(test_combining),    cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_cut),	     cmocka_unit_test(test_all_code_points),
		cmocka_unit_test(test_utf8),	     cmocka_unit_test(test_width),
		cmocka_unit_test(test_fit),	     cmocka_unit_test(test_fuzzy),
		cmocka_unit_test(test_fuzzy_order),  cmocka_unit_test(test_fuzzy_match),
		cmocka_unit_test(test_fuzzy_bounds), cmocka_unit_test(test_distance),
		cmocka_unit_test(test_last_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
