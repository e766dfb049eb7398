/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_LAUNCH_H
#define PT_BENCH_LAUNCH_H

#include "perftop/base/child.h"
#include "perftop/bench/runner.h"

/* One launch: what it is started with, and what is to be made of its end. */

/* Our own environment with the suite's variables over it: *ret_path points to the PATH in it. The
 * strings and the array are yours (launch_env_free). */
char **launch_env(const struct pt_suite *suite, const char **ret_path);
void launch_env_free(char **env);

/* Where the suite's commands start; false if it is not there. */
bool launch_folder(const struct pt_suite *suite, const char *project, char *out, size_t size,
		   struct pt_err *err);

/* The time that files written from now on have at least. */
int64_t launch_file_time(void);

/* Status, error and results. since_ns: launch_file_time() before it was started; full: somebody in
 * it was killed for want of memory. */
void launch_judge(struct pt_launch *launch, const struct pt_suite *suite, const char *folder,
		  int64_t since_ns, bool full, const struct pt_child_result *result);

/* What was wished for and refused, in words; nothing is added when all was granted. */
void launch_refusals(const struct pt_suite *suite, const int *refused, struct pt_str *out);

/* The program whose version says which compiler made what is measured, by what the suite runs:
 * {"rustc", "--version", NULL}; NULL: nothing is known. */
const char *const *launch_compiler(const struct pt_suite *suite);

#endif
