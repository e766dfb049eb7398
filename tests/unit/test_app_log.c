/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The debug log: appended, private, one safe line a call, nothing without a file. */
#include "perftop/app/log.h"

#include "perftop/base/fs.h"

#include "collect_tree.h"

static void test_lines(void **state)
{
	struct tree tree;
	struct stat st;
	char path[PATH_MAX + 16], *text, *line;
	size_t len;
	double seconds;
	int pid, at;

	(void)state;
	tree_init(&tree);
	pt_snprintf(path, sizeof path, "%s/log", tree.dir);
	pt_log("nobody hears %d", 1);
	assert_int_equal(pt_log_open(path, NULL), 0);
	pt_log("first %s", "\x1b[31mred\nline");
	pt_log_close();
	pt_log("nobody hears %d", 2);
	assert_int_equal(pt_log_open(path, NULL), 0);
	for (int i = 0; i < 100; i++)
		pt_log("%s", "");
	pt_log("%0*d", 5000, 7); /* cut, not overrun */
	pt_log_close();

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(pt_fs_read(path, 1 << 20, &text, &len, NULL), 0);
	assert_int_equal(sscanf(text, "%lf %d %n", &seconds, &pid, &at), 2);
	assert_true(seconds > 1.6e9);
	assert_int_equal(pid, getpid());
	line = text + at;
	assert_memory_equal(line, "first ^[[31mred^Jline\n", 22);
	size_t lines = 0;
	for (char *p = text; *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 102);
	assert_int_equal(text[len - 1], '\n');
	free(text);
	tree_release(&tree);
}

static void test_refused(void **state)
{
	struct pt_err err = {0};

	(void)state;
	assert_int_equal(pt_log_open("/nonexistent/log", &err), -PT_EIO);
	assert_string_equal(err.msg, "--debug /nonexistent/log: No such file or directory");
	pt_log("nobody hears");
}

/* A full disk ends the log, not the program. */
static void test_full(void **state)
{
	(void)state;
	if (pt_log_open("/dev/full", NULL) < 0)
		skip();
	pt_log("lost");
	pt_log("not even tried");
	pt_log_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
