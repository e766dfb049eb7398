/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_MODEL_PROC_H
#define PT_MODEL_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One process as the scanner saw it last. A process is named by pid and start time, never by row
 * or pid alone: pids are reused. Text fields are as the kernel gave them (hostile); faces make
 * them safe.
 */
struct pt_proc {
	int pid, ppid;
	uint64_t start_ticks; /* since boot, in USER_HZ: with pid the identity */
	unsigned uid;
	char state;  /* R S D Z T t I X as /proc/PID/stat has them */
	bool kernel; /* kernel thread */
	bool gone;   /* not seen by the last whole scan; row is about to be freed */
	bool fresh;  /* first seen by the last scan: no rates yet */
	int nice, priority;
	int threads;
	char comm[16]; /* terminated */
	char *cmdline; /* arguments joined by blanks, or NULL (kernel threads, no right) */
	char *cgroup;  /* path in its v2 (or first v1) hierarchy, or NULL if never read */

	double cpu_ratio; /* of one core over the last interval: 2.5 = two and a half cores;
				   NaN until two readings */
	uint64_t cpu_ns;  /* user + system since start */
	uint64_t rss_bytes, virt_bytes;
	uint64_t pss_bytes;		 /* 0 until asked for */
	double read_rate, write_rate;	 /* bytes a second of real storage I/O; NaN if not read */
	double switches_rate;		 /* context switches a second; NaN if not read */
	double minflt_rate, majflt_rate; /* page faults a second; NaN until two readings */
};

/* Columns that cost reads of their own: a scan reads them only when a visible view wants them. */
enum pt_proc_want {
	PT_PROC_WANT_IO = 1,	   /* /proc/PID/io */
	PT_PROC_WANT_SWITCHES = 2, /* /proc/PID/status */
	PT_PROC_WANT_CGROUP = 4,   /* /proc/PID/cgroup */
	PT_PROC_WANT_CMDLINE = 8,
};

#endif
