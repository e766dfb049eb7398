/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes become the same events however they are cut: each sequence goes in whole, in two pieces
 * cut at every place, and byte by byte. What comes out is told as text: names of keys, and words
 * for the rest; pieces of a paste are joined.
 */
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/ui/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct told {
	struct pt_str text;
	bool in_paste;
};

static void add_mods(struct pt_str *out, unsigned mods)
{
	pt_str_add(out, mods & UI_KEY_SHIFT ? " shift" : "");
	pt_str_add(out, mods & UI_KEY_ALT ? " alt" : "");
	pt_str_add(out, mods & UI_KEY_CTRL ? " ctrl" : "");
}

static void tell(void *arg, const struct ui_event *e)
{
	struct told *told = arg;
	struct pt_str *out = &told->text;
	char name[32];

	if (e->type == UI_EVENT_PASTE) {
		assert_true(e->text_len > 0 && e->text_len <= 256);
		pt_str_add(out, told->in_paste ? "" : " \"");
		pt_str_addn(out, e->text, e->text_len);
		told->in_paste = true;
		return;
	}
	pt_str_add(out, told->in_paste ? "\" " : " ");
	told->in_paste = false;
	switch (e->type) {
	case UI_EVENT_KEY: pt_str_add(out, ui_key_name(e->key, name, sizeof name)); break;
	case UI_EVENT_CLICK:
		pt_str_addf(out, "click%d@%d,%d", e->button, e->x, e->y);
		add_mods(out, e->mods);
		break;
	case UI_EVENT_WHEEL: pt_str_addf(out, "wheel%+d@%d,%d", (int)e->key, e->x, e->y); break;
	case UI_EVENT_FOCUS: pt_str_addf(out, "focus%d", (int)e->key); break;
	case UI_EVENT_PASTE: break;
	}
}

static void feed(struct ui_input *in, struct told *told, const char *bytes, size_t n)
{
	ui_input_feed(in, (const unsigned char *)bytes, n, tell, told);
}

/* Silence at the end, long enough for everything that silence decides. */
static char *finish(struct ui_input *in, struct told *told)
{
	for (int i = 0; i < 3; i++)
		ui_input_timeout(in, tell, told);
	pt_str_add(&told->text, told->in_paste ? "\"" : "");
	pt_str_add(&told->text, "");
	return told->text.s;
}

/* Cut at `cut` (0: not at all, SIZE_MAX: everywhere). */
static void check_cut(const char *bytes, size_t n, size_t cut, const char *expect)
{
	struct told told = {PT_STR_INIT, false};
	struct ui_input in;
	const char *got;

	ui_input_init(&in);
	if (cut == SIZE_MAX) {
		for (size_t i = 0; i < n; i++)
			feed(&in, &told, bytes + i, 1);
	} else {
		feed(&in, &told, bytes, cut);
		feed(&in, &told, bytes + cut, n - cut);
	}
	got = finish(&in, &told);
	if (strcmp(*got == ' ' ? got + 1 : got, expect))
		fail_msg("cut at %zd: got \"%s\", expected \"%s\"", (ssize_t)cut, got, expect);
	pt_str_release(&told.text);
}

static void check(const char *bytes, size_t n, const char *expect)
{
	for (size_t cut = 0; cut < n; cut++)
		check_cut(bytes, n, cut, expect);
	check_cut(bytes, n, SIZE_MAX, expect);
}

#define CHECK(bytes, expect) check(bytes, sizeof(bytes) - 1, expect)

struct row {
	const char *bytes, *expect;
};

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check(rows[i].bytes, strlen(rows[i].bytes), rows[i].expect);
}

static void test_characters(void **state)
{
	static const struct row rows[] = {
		{"j", "j"},
		{"gG/ ", "g G / Space"},
		{"\x10\r\t\x7F\b\x01", "C-p Enter Tab Backspace Backspace C-a"},
		{"\x1C\x1F", "C-\\ C-_"},
		{"\xC3\xA9\xE6\x97\xA5\xF0\x9F\x98\x80", "\xC3\xA9 \xE6\x97\xA5 \xF0\x9F\x98\x80"},
		{"\033x\033\r\033\x7F", "M-x M-Enter M-Backspace"},
		{"\033\x10", "M-C-p"},
		{"\033", "Esc"},
		{"\033\033", "Esc Esc"},
		{"\033\033j", "Esc M-j"},
		{"\033O", "M-O"},
		{"\033[", "M-["},
		{"\033]", "M-]"},
		{"\033P", "M-P"},
	};

	(void)state;
	check_rows(rows, PT_LEN(rows));
	CHECK("a\0b", "a b"); /* C-Space is no key */
}

static void test_broken_utf8(void **state)
{
	static const struct row rows[] = {
		{"\x80q", "q"},
		{"\xFF\xFEq", "q"},
		{"\xC3q", "q"},
		{"\xE6\x97q", "q"},
		{"\xF0\x9F\x98q", "q"},
		{"\xC0\x80q", "q"},	    /* overlong */
		{"\xE0\x80\x80q", "q"},	    /* overlong */
		{"\xED\xA0\x80q", "q"},	    /* surrogate */
		{"\xF4\x90\x80\x80q", "q"}, /* beyond Unicode */
		{"\xC2\x9B"
		 "31mq",
		 "3 1 m q"}, /* C1 is skipped, not obeyed */
		{"\xE6\x97\xE6\x97\xA5", "\xE6\x97\xA5"},
	};

	(void)state;
	check_rows(rows, PT_LEN(rows));
}

static void test_keys(void **state)
{
	static const struct row rows[] = {
		/* xterm, both modes */
		{"\033[A\033[B\033[C\033[D", "Up Down Right Left"},
		{"\033OA\033OB\033OC\033OD", "Up Down Right Left"},
		{"\033[H\033[F\033OH\033OF", "Home End Home End"},
		{"\033[2~\033[3~\033[5~\033[6~", "Ins Del PgUp PgDn"},
		{"\033OP\033OQ\033OR\033OS", "F1 F2 F3 F4"},
		{"\033[15~\033[17~\033[18~\033[19~\033[20~\033[21~\033[23~\033[24~",
		 "F5 F6 F7 F8 F9 F10 F11 F12"},
		{"\033[Z", "S-Tab"},
		/* modifiers */
		{"\033[1;2A\033[1;3B\033[1;5C\033[1;6D", "S-Up M-Down C-Right C-S-Left"},
		{"\033[1;5P\033[1;2R\033[3;5~\033[5;2~", "C-F1 S-F3 C-Del S-PgUp"},
		{"\033[1;8H\033[15;5~", "C-M-S-Home C-F5"},
		/* linux console, VT220, rxvt */
		{"\033[1~\033[4~\033[7~\033[8~", "Home End Home End"},
		{"\033[[A\033[[B\033[[C\033[[D\033[[E", "F1 F2 F3 F4 F5"},
		{"\033[11~\033[12~\033[13~\033[14~", "F1 F2 F3 F4"},
		{"\033[25~\033[34~", "S-F1 S-F8"},
		{"\033[a\033Oa\033[5^\033[5$\033[5@", "S-Up C-Up C-PgUp S-PgUp C-S-PgUp"},
		{"\033\033[A\033\033OC", "M-Up M-Right"},
		{"\033O5A\033O2P", "C-Up S-F1"},
		/* keypad */
		{"\033OM\033Op\033Oy\033Ok\033Om\033Oj\033OX", "Enter 0 9 + - * ="},
		/* CSI u and modifyOtherKeys */
		{"\033[97u\033[97;5u\033[97;2u\033[97;3u", "a C-a A M-a"},
		{"\033[27u\033[13;2u\033[9;2u\033[127;5u", "Esc S-Enter S-Tab C-Backspace"},
		{"\033[27;5;9~\033[27;6;65~", "C-Tab C-a"},
		{"\033[97:65;2:1u\033[97;1:3uq", "A q"}, /* kitty: pressed; released is nothing */
		{"\033[57441;2uq\033[49;5uq", "q q"},	 /* a lone shift; C-1 */
		{"\033[106;1u", "j"},
		/* unknown ones are nothing */
		{"\033[99~q\033[1;5~q\033Ozq\033[Eq", "q C-Home q q q"},
	};

	(void)state;
	check_rows(rows, PT_LEN(rows));
}

static void test_mouse(void **state)
{
	static const struct row rows[] = {
		{"\033[<0;1;1M\033[<0;1;1m", "click0@0,0"},
		{"\033[<1;223;100M\033[<2;300;400M", "click1@222,99 click2@299,399"},
		{"\033[<64;5;6M\033[<65;5;6M", "wheel-1@4,5 wheel+1@4,5"},
		{"\033[<4;2;3M\033[<24;2;3M", "click0@1,2 shift click0@1,2 alt ctrl"},
		{"\033[<35;5;6Mq\033[<32;5;6Mq", "q q"},       /* motion */
		{"\033[<66;5;6Mq\033[<128;1;1Mq", "q q"},      /* sideways; button 8 */
		{"\033[<0;0;0Mq\033[<0Mq\033[<;;Mq", "q q q"}, /* nowhere */
		{"\033[M !!\033[M#!!", "click0@0,0"},	       /* X10, its release */
		{"\033[M`\"#", "wheel-1@1,2"},
		{"\033[M \rq", "Enter q"}, /* broken off */
		{"\033[Iq\033[O", "focus1 q focus0"},
	};

	(void)state;
	check_rows(rows, PT_LEN(rows));
}

static void test_paste(void **state)
{
	char big[2000], expect[2100];

	(void)state;
	CHECK("\033[200~ls -l\n\033[201~q", "\"ls -l\n\" q");
	CHECK("\033[200~q\033[Aq\033[20q\033\033[201~x", "\"q\033[Aq\033[20q\033\" x");
	CHECK("\033[200~\033[201~q", "q");
	CHECK("\033[201~q", "q"); /* an end without a beginning */
	CHECK("\033[200~a\xC3\xA9\xFF\xE6\033[201~", "\"a\xC3\xA9\xFF\xE6\"");
	CHECK("\033[200~no end", "\"no end\"");
	memset(big, 'x', sizeof big);
	memcpy(big, "\033[200~", 6);
	memcpy(big + sizeof big - 7, "\033[201~q", 7);
	pt_snprintf(expect, sizeof expect, "\"%.*s\" q", (int)sizeof big - 13, big + 6);
	check_cut(big, sizeof big, 0, expect);
	check_cut(big, sizeof big, SIZE_MAX, expect);
	for (size_t cut = 1; cut < 300; cut++)
		check_cut(big, sizeof big, cut, expect);
}

/* A character is never cut between two pieces. */
static void whole_utf8(void *arg, const struct ui_event *e)
{
	int *pieces = arg;

	assert_int_equal(e->type, UI_EVENT_PASTE);
	assert_int_equal(e->text_len % 3, 0);
	assert_int_equal((unsigned char)e->text[0], 0xE6);
	++*pieces;
}

static void test_paste_pieces(void **state)
{
	unsigned char text[900];
	struct ui_input in;
	int pieces = 0;

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (unsigned char)"\xE6\x97\xA5"[i % 3];
	ui_input_init(&in);
	ui_input_feed(&in, (const unsigned char *)"\033[200~", 6, whole_utf8, &pieces);
	for (size_t i = 0; i < sizeof text; i += 50)
		ui_input_feed(&in, text + i, 50, whole_utf8, &pieces);
	assert_true(pieces >= 900 / 256);
	assert_true(in.in_paste);
}

static void test_replies(void **state)
{
	static const struct row rows[] = {
		{"\033[?62;22cq\033[>1;4000;0cq", "q q"},	     /* DA */
		{"\033[12;40Rq\033[1;40Rq", "q q"},		     /* CPR */
		{"\033[?2026;2$yq\033[?1;2;3Sq", "q q"},	     /* DECRPM */
		{"\033]11;rgb:1111/2222/3333\033\\q", "q"},	     /* OSC, ST */
		{"\033]52;c;cHdu\aq", "q"},			     /* OSC, BEL */
		{"\033P>|term(1)\033\\q\033_Gi=1;OK\033\\q", "q q"}, /* DCS, APC */
		{"\033[8;24;80tq", "q"},
		{"\033]l title\033[Aq", "Up q"}, /* broken off by a key */
		{"\033]0;x\rq", "Enter q"},	 /* and by another */
		{"\033[1;2\033[Aq", "Up q"},
		{"\033[1;2\x7Fq", "Backspace q"},
		{"\033[1;\xC3\xA9q", "\xC3\xA9 q"},
	};

	(void)state;
	check_rows(rows, PT_LEN(rows));
}

static void test_replies_are_bounded(void **state)
{
	char long_csi[600], huge[8000];

	(void)state;
	memset(long_csi, '1', sizeof long_csi);
	memcpy(long_csi, "\033[", 2);
	memcpy(long_csi + sizeof long_csi - 2, "Aq", 2);
	check_cut(long_csi, sizeof long_csi, 0, "q");
	check_cut(long_csi, sizeof long_csi, SIZE_MAX, "q");
	for (size_t cut = 1; cut < 200; cut++)
		check_cut(long_csi, sizeof long_csi, cut, "q");

	/* After 4,096 bytes nobody believes in the reply's end any more. */
	memset(huge, 'z', sizeof huge);
	memcpy(huge, "\033]", 2);
	{
		struct told told = {PT_STR_INIT, false};
		struct ui_input in;

		ui_input_init(&in);
		feed(&in, &told, huge, sizeof huge);
		assert_true(told.text.len > 2000);
		assert_int_equal(in.swallow, 0);
		pt_str_release(&told.text);
	}
}

static const char *fed(struct ui_input *in, struct told *told, const char *bytes, bool waits)
{
	bool waiting;

	pt_str_clear(&told->text);
	waiting = ui_input_feed(in, (const unsigned char *)bytes, strlen(bytes), tell, told);
	assert_int_equal(waiting, waits);
	return pt_str_text(&told->text);
}

static const char *silent(struct ui_input *in, struct told *told)
{
	pt_str_clear(&told->text);
	ui_input_timeout(in, tell, told);
	return pt_str_text(&told->text);
}

static void test_silence(void **state)
{
	struct told told = {PT_STR_INIT, false};
	struct ui_input in;

	(void)state;
	ui_input_init(&in);
	assert_string_equal(fed(&in, &told, "q", false), " q");
	assert_string_equal(silent(&in, &told), "");
	assert_string_equal(fed(&in, &told, "\033", true), "");
	assert_string_equal(silent(&in, &told), " Esc");
	assert_string_equal(fed(&in, &told, "[A", false), " [ A"); /* too late */

	/* A slow line: the rest of a sequence may come after the silence. */
	assert_string_equal(fed(&in, &told, "\033[1;5", false), "");
	assert_string_equal(silent(&in, &told), "");
	assert_string_equal(fed(&in, &told, "A", false), " C-Up");
	assert_string_equal(fed(&in, &told, "\xE6\x97", false), "");
	assert_string_equal(silent(&in, &told), "");
	assert_string_equal(fed(&in, &told, "\xA5", false), " \xE6\x97\xA5");

	/* A reply may stall once; one that lost its end is given up. */
	assert_string_equal(fed(&in, &told, "\033]11;rgb:1", true), "");
	assert_string_equal(silent(&in, &told), "");
	assert_string_equal(fed(&in, &told, "2/3\033\\q", false), " q");
	assert_string_equal(fed(&in, &told, "\033]11;rgb:1", true), "");
	assert_string_equal(silent(&in, &told), "");
	assert_string_equal(fed(&in, &told, "j", true), "");
	assert_string_equal(silent(&in, &told), "");
	assert_string_equal(fed(&in, &told, "j", false), " j");

	/* A paste is a paste for as long as it takes. */
	fed(&in, &told, "\033[200~abc", false);
	assert_string_equal(silent(&in, &told), "");
	assert_string_equal(fed(&in, &told, "j", false), "j");
	pt_str_release(&told.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters), cmocka_unit_test(test_broken_utf8),
		cmocka_unit_test(test_keys),	   cmocka_unit_test(test_mouse),
		cmocka_unit_test(test_paste),	   cmocka_unit_test(test_paste_pieces),
		cmocka_unit_test(test_replies),	   cmocka_unit_test(test_replies_are_bounded),
		cmocka_unit_test(test_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
