/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fixture folders as a root: frames, what they take over from the one before, their clock; and
 * files that stay open.
 */
#include "collect_tree.h"

static struct tree tree;
static struct pt_root *root;

static int setup(void **state)
{
	(void)state;
	tree_init(&tree);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pt_root_free(root);
	root = NULL;
	tree_release(&tree);
	return 0;
}

static void open_tree(void)
{
	struct pt_err err = {0};

	if (pt_root_open(tree.dir, &root, &err) < 0)
		fail_msg("%s", err.msg);
}

static const char *text_of(const char *path)
{
	static char text[64];

	return pt_root_read_text(root, path, text, sizeof(text)) < 0 ? "(none)" : text;
}

static void single_tree(void **state)
{
	(void)state;
	tree_put(&tree, "proc/loadavg", "0.50 1.00\n");
	open_tree();
	assert_true(pt_root_is_fixture(root));
	assert_int_equal(pt_root_frames(root), 1);
	assert_string_equal(text_of("proc/loadavg"), "0.50 1.00");
	assert_false(pt_root_advance(root));
}

static void frames_fall_back(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/a", "a0");
	tree_put(&tree, "000/proc/b", "b0");
	tree_put(&tree, "001/proc/b", "b1");
	tree_put(&tree, "002/proc/c", "c2");
	open_tree();
	assert_int_equal(pt_root_frames(root), 3);
	assert_string_equal(text_of("proc/b"), "b0");
	assert_string_equal(text_of("proc/c"), "(none)");
	assert_true(pt_root_advance(root));
	assert_string_equal(text_of("proc/a"), "a0");
	assert_string_equal(text_of("proc/b"), "b1");
	assert_true(pt_root_advance(root));
	assert_string_equal(text_of("proc/b"), "b1");
	assert_string_equal(text_of("proc/c"), "c2");
	assert_false(pt_root_advance(root));
	assert_string_equal(text_of("proc/c"), "c2");
}

static void what_a_frame_takes_away(void **state)
{
	(void)state;
	tree_put(&tree, "000/proc/12/stat", "x");
	tree_put(&tree, "000/proc/123/stat", "y");
	tree_put(&tree, "001/.gone", "proc/12\n");
	tree_put(&tree, "002/proc/12/stat", "back");
	open_tree();
	pt_root_advance(root);
	assert_string_equal(text_of("proc/12/stat"), "(none)");
	assert_string_equal(text_of("proc/123/stat"), "y");
	pt_root_advance(root);
	assert_string_equal(text_of("proc/12/stat"), "back");
}

static void add_name(void *arg, const char *name)
{
	pt_str_addf(arg, "[%s]", name);
}

static void listing_shows_each_name_once(void **state)
{
	struct pt_str names = PT_STR_INIT;

	(void)state;
	tree_put(&tree, "000/sys/block/sda/size", "1");
	tree_put(&tree, "000/sys/block/sdb/size", "1");
	tree_put(&tree, "001/sys/block/sda/size", "2");
	tree_put(&tree, "001/sys/block/sdc/size", "2");
	tree_put(&tree, "001/.gone", "sys/block/sdb");
	open_tree();
	pt_root_advance(root);
	assert_int_equal(pt_root_list(root, "sys/block", add_name, &names), 0);
	assert_int_equal(names.len, strlen("[sda][sdc]"));
	assert_non_null(strstr(names.s, "[sda]"));
	assert_non_null(strstr(names.s, "[sdc]"));
	assert_int_equal(pt_root_list(root, "sys/none", add_name, &names), -1);
	assert_int_equal(errno, ENOENT);
	pt_str_release(&names);
}

static void clock_of_the_frames(void **state)
{
	const struct pt_clock *clock;

	(void)state;
	for (int i = 0; i < 3; i++) {
		char path[32];

		snprintf(path, sizeof(path), "%03d/proc/x", i);
		tree_put(&tree, path, "");
	}
	tree_put(&tree, "clock",
		 "# mono real\n5000000000 1700000000000000000\n\n"
		 "5250000000\t1700000000250000000\n");
	open_tree();
	clock = pt_root_clock(root);
	assert_int_equal(pt_clock_mono(clock), 5 * PT_S);
	pt_root_advance(root);
	assert_int_equal(pt_clock_mono(clock), 5250 * PT_MS);
	assert_int_equal(pt_clock_real(clock), INT64_C(1700000000250000000));
	/* No line: a second later. */
	pt_root_advance(root);
	assert_int_equal(pt_clock_mono(clock), 6250 * PT_MS);
	assert_int_equal(pt_clock_real(clock), INT64_C(1700000001250000000));
	pt_root_advance(root);
	assert_int_equal(pt_clock_mono(clock), 6250 * PT_MS);
}

static void broken_clocks(void **state)
{
	static const char *const broken[] = {"1\n",    "1 2 3\n",    "a b\n",
					     "1 -2\n", "5 1\n5 2\n", "99999999999999999999 1\n"};
	struct pt_err err;

	(void)state;
	tree_put(&tree, "000/x", "");
	tree_put(&tree, "001/x", "");
	for (size_t i = 0; i < PT_LEN(broken); i++) {
		tree_put(&tree, "clock", broken[i]);
		assert_int_equal(pt_root_open(tree.dir, &root, &err), -PT_ESYNTAX);
		assert_int_equal(err.line, i == 4 ? 2 : 1);
		assert_non_null(strstr(err.file, "/clock"));
	}
}

static void no_such_folder(void **state)
{
	struct pt_err err;

	(void)state;
	assert_int_equal(pt_root_open("/no/such/folder", &root, &err), -PT_ENOENT);
	assert_non_null(strstr(err.msg, "/no/such/folder"));
}

static void this_machine(void **state)
{
	(void)state;
	assert_int_equal(pt_root_open(NULL, &root, NULL), 0);
	assert_false(pt_root_is_fixture(root));
	assert_ptr_equal(pt_root_clock(root), &pt_clock_system);
	assert_int_equal(strncmp(text_of("proc/stat"), "cpu ", 4), 0);
}

static void files_stay_open_and_are_read_anew(void **state)
{
	struct pt_pfile file = PT_PFILE("proc/x");
	char *text;

	(void)state;
	tree_put(&tree, "000/proc/x", "one");
	tree_put(&tree, "001/y", "");
	tree_put(&tree, "002/proc/x", "three");
	open_tree();
	assert_int_equal(pt_pfile_read(&file, root, &text), 3);
	assert_string_equal(text, "one");
	tree_put(&tree, "000/proc/x", "two, longer");
	assert_int_equal(pt_pfile_read(&file, root, &text), 11);
	assert_string_equal(text, "two, longer");
	pt_root_advance(root);
	assert_int_equal(pt_pfile_read(&file, root, &text), 11);
	pt_root_advance(root);
	assert_int_equal(pt_pfile_read(&file, root, &text), 5);
	assert_string_equal(text, "three");
	pt_pfile_close(&file);
}

static void a_file_that_comes_later(void **state)
{
	struct pt_pfile file = PT_PFILE("proc/x");
	char *text;

	(void)state;
	tree_put(&tree, "000/proc/y", "");
	open_tree();
	assert_int_equal(pt_pfile_read(&file, root, &text), -1);
	assert_int_equal(errno, ENOENT);
	tree_put(&tree, "000/proc/x", "there");
	assert_int_equal(pt_pfile_read(&file, root, &text), 5);
	pt_pfile_close(&file);
}

static void large_files_are_whole(void **state)
{
	enum { SIZE = 300000 };
	struct pt_pfile file = PT_PFILE("proc/x");
	char *large = pt_malloc(SIZE + 1), *text;

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		large[i] = (char)('a' + i % 23);
	large[SIZE] = '\0';
	tree_put(&tree, "proc/x", large);
	open_tree();
	assert_int_equal(pt_pfile_read(&file, root, &text), SIZE);
	assert_string_equal(text, large);
	pt_pfile_close(&file);
	free(large);
}

static void lists_longer_than_a_page(void **state)
{
	struct pt_pfile file = PT_PFILE("proc/vmstat"), processors = PT_PFILE("proc/cpuinfo");
	size_t lines = 0;
	char *text;

	(void)state;
	assert_int_equal(pt_root_open(NULL, &root, NULL), 0);
	assert_true(pt_pfile_read(&file, root, &text) > 0);
	assert_int_equal(text[strlen(text) - 1], '\n');
	processors.long_records = true;
	assert_true(pt_pfile_read(&processors, root, &text) > 0);
	for (const char *p = text; (p = strstr(p, "processor")); p++)
		lines += p == text || p[-1] == '\n';
	if (lines > 0)
		assert_int_equal(lines, sysconf(_SC_NPROCESSORS_ONLN));
	pt_pfile_close(&file);
	pt_pfile_close(&processors);
}

static void small_files(void **state)
{
	uint64_t value = 7;
	char text[4];

	(void)state;
	tree_put(&tree, "sys/n", "1234\n");
	tree_put(&tree, "sys/max", "max\n");
	tree_put(&tree, "sys/neg", "-1\n");
	tree_put(&tree, "sys/big", "99999999999999999999\n");
	tree_put(&tree, "sys/empty", "");
	open_tree();
	assert_int_equal(pt_root_read_u64(root, "sys/max", &value), -1);
	assert_int_equal(pt_root_read_u64(root, "sys/neg", &value), -1);
	assert_int_equal(pt_root_read_u64(root, "sys/big", &value), -1);
	assert_int_equal(pt_root_read_u64(root, "sys/empty", &value), -1);
	assert_int_equal(pt_root_read_u64(root, "sys/none", &value), -1);
	assert_int_equal(value, 7);
	assert_int_equal(pt_root_read_u64(root, "sys/n", &value), 0);
	assert_int_equal(value, 1234);
	assert_int_equal(pt_root_read_text(root, "sys/n", text, sizeof(text)), 3);
	assert_string_equal(text, "123");
}

static void a_pipe_does_not_hold_us(void **state)
{
	char path[PATH_MAX + 8], text[8];

	(void)state;
	open_tree();
	snprintf(path, sizeof(path), "%s/fifo", tree.dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_true(pt_root_read_text(root, "fifo", text, sizeof(text)) <= 0);
}

static void reasons(void **state)
{
	char buf[128];

	(void)state;
	assert_string_equal(pt_root_reason(ENOENT, "proc/pressure/cpu", buf, sizeof(buf)),
			    "this kernel has no /proc/pressure/cpu");
	assert_string_equal(pt_root_reason(EACCES, "proc/x", buf, sizeof(buf)),
			    "no right to read /proc/x");
	assert_non_null(strstr(pt_root_reason(EIO, "proc/x", buf, sizeof(buf)), strerror(EIO)));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(single_tree),
		TEST(frames_fall_back),
		TEST(what_a_frame_takes_away),
		TEST(listing_shows_each_name_once),
		TEST(clock_of_the_frames),
		TEST(broken_clocks),
		TEST(no_such_folder),
		TEST(this_machine),
		TEST(files_stay_open_and_are_read_anew),
		TEST(a_file_that_comes_later),
		TEST(large_files_are_whole),
		TEST(lists_longer_than_a_page),
		TEST(small_files),
		TEST(a_pipe_does_not_hold_us),
		TEST(reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
