/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Build ids as tools pad them, and that a file found under one counts only when it carries it.
 */
#include "../../src/profile/build_id.h"
#include "profile_names.h"

static void test_lengths(void **state)
{
	static const uint8_t full[20] = {1,  2,	 3,  4,	 5,  6,	 7,  8,	 9,  10,
					 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
	uint8_t padded[20] = {0}, large[64] = {1};
	struct pt_build_id a, b;

	(void)state;
	pt_build_id_set(&a, full, 20);
	assert_int_equal(a.n, 20);
	memcpy(padded, full, 16);
	pt_build_id_set(&a, padded, 20);
	assert_int_equal(a.n, 16);
	pt_build_id_set(&b, full, 16);
	assert_true(pt_build_id_equal(&a, &b));
	pt_build_id_set(&b, full, 20);
	assert_false(pt_build_id_equal(&a, &b));
	memset(padded + 8, 0, 12);
	pt_build_id_set(&a, padded, 20);
	assert_int_equal(a.n, 8);
	pt_build_id_set(&a, large, sizeof large);
	assert_int_equal(a.n, 0);
	pt_build_id_set(&a, NULL, 20);
	assert_int_equal(a.n, 0);
}

static void test_files(void **state)
{
	static const uint8_t id[20] = {0xab, 0xcd, 0xef};
	char path[700], *found = NULL;
	struct pt_build_id wanted, own;
	int fd;

	(void)state;
	snprintf(path, sizeof path, "%s/home", names_folder());
	setenv("HOME", path, 1);
	snprintf(path, sizeof path, "%s/fetched", names_folder());
	setenv("DEBUGINFOD_CACHE_PATH", path, 1);
	pt_build_id_set(&wanted, id, sizeof id);
	/* Another file under its name, and one that is no object at all. */
	snprintf(path, sizeof path, "%s/home/.debug/.build-id/ab/cdef%034d/elf", names_folder(), 0);
	names_write(path, "not an object");
	wanted.n = 20;
	assert_int_equal(pt_build_id_find_object(&wanted, &found), -1);
	assert_true(names_run("cp /proc/self/exe %s", path));
	assert_int_equal(pt_build_id_find_object(&wanted, &found), -1);
	assert_int_equal(pt_build_id_find_debug(&wanted, "", &found), -1);
	assert_null(found);
	/* The test's own, where debuginfod's client would put it. */
	fd = pt_open_file("/proc/self/exe");
	assert_true(fd >= 0);
	if (!pt_build_id_of_fd(fd, &own)) {
		close(fd);
		skip();
	}
	close(fd);
	snprintf(path, sizeof path, "%s/fetched/", names_folder());
	for (size_t i = 0; i < own.n; i++)
		snprintf(path + strlen(path), sizeof path - strlen(path), "%02x", own.bytes[i]);
	assert_true(names_run("mkdir -p %s && cp /proc/%d/exe %s/debuginfo", path, (int)getpid(),
			      path));
	fd = pt_build_id_find_debug(&own, "", &found);
	assert_true(fd >= 0);
	close(fd);
	assert_non_null(strstr(found, "/fetched/"));
	free(found);
	assert_int_equal(pt_open_file(names_folder()), -1);
	assert_int_equal(pt_open_file("/dev/null"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
