/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TESTS_COLLECT_PROBE_H
#define PT_TESTS_COLLECT_PROBE_H

/*
 * For the tests of one collector each: a fixture and a probe of it for every test.
 */
#include "collect_tree.h"

static struct tree tree;
static struct probe probe;

static inline int probe_setup(void **state)
{
	(void)state;
	tree_init(&tree);
	return 0;
}

static inline int probe_teardown(void **state)
{
	(void)state;
	probe_close(&probe);
	tree_release(&tree);
	return 0;
}

#define PROBE_TEST(f) cmocka_unit_test_setup_teardown(f, probe_setup, probe_teardown)

#endif
