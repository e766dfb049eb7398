/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Compiled terminfo, and what doctor says of TERM, colours and locale for it.
 */
#include "../../src/cli/doctor_terminal.h"

#include "collect_tree.h"
#include "perftop/face/command.h"

#include <locale.h>

const struct pt_command *const pt_commands[] = {NULL};
const size_t pt_n_commands = 0;

/* An entry with `n` numbers, the last of which is colors. */
static size_t entry(unsigned char *out, unsigned magic, const char *names, size_t bools, size_t n,
		    unsigned colors)
{
	size_t wide = magic == 01036 ? 4 : 2, at = 12;

	memset(out, 0, 256);
	out[0] = magic & 0xff;
	out[1] = (unsigned char)(magic >> 8);
	out[2] = (unsigned char)(strlen(names) + 1);
	out[4] = (unsigned char)bools;
	out[6] = (unsigned char)n;
	strcpy((char *)out + at, names);
	at += strlen(names) + 1 + bools;
	at += at % 2 + n * wide;
	for (size_t i = 0; n > 0 && i < wide; i++)
		out[at - wide + i] = colors >> (8 * i) & 0xff;
	return at;
}

static void test_entries(void **state)
{
	unsigned char e[256];
	size_t n;

	(void)state;
	n = entry(e, 0432, "xterm|even", 1, 14, 256);
	assert_int_equal(doctor_terminfo_colors(e, n), 256);
	n = entry(e, 0432, "xterm|odd", 1, 14, 8);
	assert_int_equal(doctor_terminfo_colors(e, n), 8);
	assert_int_equal(doctor_terminfo_colors(e, n - 1), -PT_ESYNTAX);
	assert_int_equal(doctor_terminfo_colors(e, 11), -PT_ESYNTAX);
	n = entry(e, 01036, "xterm-direct", 3, 14, 0x1000000);
	assert_int_equal(doctor_terminfo_colors(e, n), 0x1000000);
	assert_int_equal(doctor_terminfo_colors(e, n - 2), -PT_ESYNTAX);
	n = entry(e, 0432, "vt100", 1, 13, 3);
	assert_int_equal(doctor_terminfo_colors(e, n), 0);
	n = entry(e, 0432, "vt220", 1, 14, 0xffff); /* absent */
	assert_int_equal(doctor_terminfo_colors(e, n), 0);
	n = entry(e, 01036, "vt220", 1, 14, 0xfffffffe); /* cancelled */
	assert_int_equal(doctor_terminfo_colors(e, n), 0);
	n = entry(e, 0433, "new", 1, 14, 8);
	assert_int_equal(doctor_terminfo_colors(e, n), -PT_ESYNTAX);
}

static void put_entry(struct tree *tree, const char *path, unsigned colors)
{
	char full[PATH_MAX + 64];
	unsigned char e[256];
	size_t n = entry(e, 0432, "x", 0, 14, colors);
	FILE *file;

	tree_put(tree, path, "");
	pt_snprintf(full, sizeof full, "%s/%s", tree->dir, path);
	file = fopen(full, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(e, 1, n, file), n);
	fclose(file);
}

static struct pt_finding look(const char *name)
{
	struct pt_finding finding = {0};

	for (size_t i = 0; i < doctor_n_checks_terminal; i++)
		if (strcmp(doctor_checks_terminal[i].name, name) == 0)
			doctor_checks_terminal[i].look(NULL, &finding);
	return finding;
}

static void expect(const char *name, enum pt_health health, const char *found)
{
	struct pt_finding finding = look(name);

	assert_string_equal(finding.found, found);
	assert_int_equal(finding.health, health);
}

static void test_terms(void **state)
{
	struct tree tree;

	(void)state;
	tree_init(&tree);
	put_entry(&tree, "p/perftop-test", 256);
	put_entry(&tree, "70/perftop-hex", 8); /* where folders are letters' numbers */
	tree_put(&tree, "p/perftop-broken", "no terminfo");
	setenv("TERMINFO", tree.dir, 1);
	unsetenv("NO_COLOR");

	setenv("TERM", "perftop-test", 1);
	expect("TERM", PT_HEALTH_OK, "perftop-test");
	expect("colours", PT_HEALTH_OK, "256");
	setenv("TERM", "perftop-hex", 1);
	expect("TERM", PT_HEALTH_OK, "perftop-hex");
	expect("colours", PT_HEALTH_WARN, "8");
	setenv("TERM", "perftop-none", 1);
	expect("TERM", PT_HEALTH_WARN,
	       "perftop-none is not known here; perftop takes it for xterm-256color");
	expect("colours", PT_HEALTH_UNKNOWN, "this TERM is not known here");
	setenv("TERM", "perftop-broken", 1);
	expect("colours", PT_HEALTH_UNKNOWN, "this TERM is not known here");
	setenv("TERM", "../p/perftop-test", 1);
	expect("colours", PT_HEALTH_UNKNOWN, "this TERM is not known here");
	setenv("TERM", "dumb", 1);
	expect("TERM", PT_HEALTH_WARN, "dumb: `perftop snapshot` and `perftop --plain` work in it");
	unsetenv("TERM");
	expect("TERM", PT_HEALTH_WARN, "not set");
	setenv("NO_COLOR", "1", 1);
	expect("colours", PT_HEALTH_OK, "none: NO_COLOR is set");
	tree_release(&tree);
}

static void test_locale(void **state)
{
	(void)state;
	setlocale(LC_ALL, "C");
	setenv("LC_ALL", "xx_XX.UTF-8", 1);
	expect("locale", PT_HEALTH_WARN, "ANSI_X3.4-1968, LC_ALL=xx_XX.UTF-8");
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	setenv("LANG", "", 1);
	expect("locale", PT_HEALTH_WARN, "ANSI_X3.4-1968, no locale is set");
	if (!setlocale(LC_ALL, "C.UTF-8"))
		skip();
	expect("locale", PT_HEALTH_OK, "UTF-8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_locale),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
