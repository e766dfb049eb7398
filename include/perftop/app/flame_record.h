/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_FLAME_RECORD_H
#define PT_APP_FLAME_RECORD_H

#include "perftop/profile/profile.h"
#include "perftop/profile/sampler.h"

/*
 * One recording from start to end, of what runs or of a command that is started for it.
 */
struct pt_record_spec {
	/* What and how; open is set here, pid too for a command. cgroup: its name or folder. */
	struct pt_sampler_options sampling;
	char *const *argv;   /* the command, looked up in PATH, ends with NULL; NULL: none */
	bool stdout_aside;   /* what it prints goes to stderr */
	int64_t duration_ns; /* 0: until what is sampled ends, or a signal */
	/* Sampling has begun, like this; or NULL. */
	void (*started)(void *arg, const struct pt_sampler_status *status);
	void *arg;
};

struct pt_record_result {
	struct pt_sampler_status status; /* at the end */
	int64_t wall_ns;
	/* Of the command, 128 + N when signal N ended it; 0 when we did after duration_ns; -1 without
	 * one. */
	int exit_status;
};

/*
 * Records until the command or what is sampled ends, duration_ns have passed, or SIGINT, SIGTERM or
 * SIGHUP comes; a command that still runs then is sent SIGTERM and waited for. *ret is yours, also
 * when it is empty.
 * Errors  as pt_sampler_new, pt_cgroup_folder; -PT_ENOENT, -PT_EACCES the command
 */
int pt_record(const struct pt_record_spec *spec, struct pt_profile *ret,
	      struct pt_record_result *ret_result, struct pt_err *err);

#endif
