/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory: growth, copies, and the one way it ends.
 */
#include "perftop/base/mem.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_empty(void **state)
{
	void *p;

	(void)state;
	p = pt_malloc(0);
	assert_non_null(p);
	p = pt_realloc(p, 0);
	assert_non_null(p);
	free(p);
	p = pt_calloc(0, 8);
	assert_non_null(p);
	free(p);
}

static void test_copies(void **state)
{
	char *s = pt_strdup("abc");

	(void)state;
	assert_string_equal(s, "abc");
	free(s);
	s = pt_strndup("abc", 2);
	assert_string_equal(s, "ab");
	free(s);
	s = pt_strndup("abc", 9);
	assert_string_equal(s, "abc");
	free(s);
}

static void test_grow(void **state)
{
	size_t n = 0, cap = 0;
	int *v = NULL;

	(void)state;
	for (int i = 0; i < 1000; i++)
		*PT_PUSH(v, n, cap) = i;
	assert_int_equal(n, 1000);
	assert_int_equal(cap, 1024);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(v[i], i);
	free(v);
}

static void ask_too_much(void)
{
	pt_reallocarray(NULL, SIZE_MAX / 2, 3);
}

static void grow_too_much(void)
{
	size_t cap = SIZE_MAX - 1;

	pt_grow(NULL, SIZE_MAX - 1, &cap, 8);
}

/* Exhaustion is told on stderr and aborts: seen from outside, in a child. */
static void assert_aborts(void (*fn)(void))
{
	const struct rlimit no_core = {0, 0};
	char said[64] = "";
	int fd[2], status;
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGABRT, SIG_DFL);
		dup2(fd[1], STDERR_FILENO);
		fn();
		_exit(0);
	}
	close(fd[1]);
	assert_true(read(fd[0], said, sizeof said - 1) > 0);
	close(fd[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	assert_string_equal(said, "perftop: out of memory\n");
}

static void test_exhaustion(void **state)
{
	(void)state;
	assert_aborts(ask_too_much);
	assert_aborts(grow_too_much);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_exhaustion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
