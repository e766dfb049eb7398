/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_SAMPLER_PRIV_H
#define PT_PROFILE_SAMPLER_PRIV_H

#include "perftop/profile/sampler.h"

#include "perf_abi.h"
#include "perf_pipe.h"
#include "perftop/base/loop.h"
#include "perftop/base/map.h"
#include "perftop/base/str.h"

#include <pthread.h>
#include <sys/types.h>

/* -- which event (sampler_event.c, sampler_uprobe.c) ---------------------------------------------- */

/* An event as the kernel wants it, with what its weights are. */
struct sampled_event {
	struct perf_event_attr attr; /* type, config…, and how often */
	char name[80];		     /* "cpu-clock", "cache-misses" */
	char what[32];		     /* "samples", "faults" */
	enum pt_unit unit;
	bool periods;	/* a sample weighs its period; else 1 */
	bool user_only; /* its name asks for that: "cycles:u" */
	bool kernel_only;
	char *path; /* that attr points to (uprobes); yours */
};

/* -PT_ENOENT no such event here, -PT_ESYNTAX, -PT_EACCES, -PT_ENOTSUP. */
int pt_sampled_event_find(const struct pt_sampler_options *options, struct sampled_event *ret,
			  struct pt_err *err);
/* Cycles that the machine cannot count become cpu-clock. False: there is nothing softer. */
bool pt_sampled_event_soften(struct sampled_event *event);
/* The file that holds the malloc a process calls, and where in it. */
int pt_sampled_malloc(pid_t pid, char *path, size_t size, uint64_t *ret_offset, struct pt_err *err);
/* What stands in a small file, without the line's end; false when it cannot be read. */
bool pt_small_file(const char *path, char *text, size_t size);

/* -- which tasks (sampler_tasks.c) ---------------------------------------------------------------- */

struct task_list {
	pid_t *tids, *pids; /* of each; pids[i] is the process of tids[i] */
	size_t n, cap, cap_pids;
};

/* The threads of a process and of every one below it. */
void pt_tasks_below(pid_t pid, struct task_list *ret);
void pt_tasks_of(pid_t pid, struct task_list *list); /* its threads alone, added */
void pt_tasks_add(struct task_list *list, pid_t pid, pid_t tid);
void pt_tasks_release(struct task_list *list);
/* May we stop it and look into it? */
bool pt_may_ptrace(pid_t pid);
/* A process with a thread that still runs, or sleeps. */
bool pt_process_lives(pid_t pid);
struct pt_sampler;
/* What ran before: its mappings, its threads, and who of them is off the processors since when. */
void pt_sampler_begin(struct pt_sampler *s);

/* -- rings (sampler_rings.c) ---------------------------------------------------------------------- */

struct ring {
	struct perf_event_mmap_page *page;
	uint8_t *data;
	uint64_t size, pos, head;
	int fd; /* of the event that was mapped */
	int cpu;
	bool hung_up; /* that event has ended: poll would return at once */
	const struct perf_event_header *record; /* the one at pos; NULL: none */
	int64_t time_ns;			/* of it */
	uint8_t *joined;			/* a record that goes around the end */
};

struct rings {
	struct ring *rings;
	size_t n, cap;
	int *fds; /* of all events */
	size_t n_fds, cap_fds;
};

/*
 * Opens attr for each task and each CPU that is online; tasks NULL: for every task of these CPUs, or
 * of the cgroup that fd `cgroup` is (-1: none). Off until they are switched on. Returns 0 or an errno.
 */
struct rings_spec {
	int (*open)(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd);
	struct perf_event_attr *attr;
	const struct task_list *tasks;
	uint64_t size; /* of each, if so much may be had: a power of 2; 0: by what a sample takes */
	int cgroup;
	bool beside; /* others that are open: as large as they should be, or not at all */
};
int pt_rings_open(struct rings *rings, const struct rings_spec *spec);
int pt_rings_add(struct rings *rings, const struct rings_spec *spec); /* tasks, to open rings */
void pt_rings_close(struct rings *rings);
void pt_rings_switch(struct rings *rings, bool on);
/* What all events have counted together, how long their tasks or CPUs have run, and, where the
 * kernel tells it (6.0), how many records had no room. */
struct counted {
	uint64_t events, ns, lost;
};
struct counted pt_rings_counted(const struct rings *rings);
/* Calls fn for each record before until_ns, in order of time over all rings of both. How many. */
size_t pt_rings_drain(struct rings *rings, struct rings *others, int64_t until_ns,
		      void (*fn)(void *arg, const struct perf_event_header *record, int64_t at_ns),
		      void *arg);
size_t pt_online_cpus(int *cpus, size_t max);

/* -- the past (sampler_past.c) -------------------------------------------------------------------- */

/* Moments that have been seen: a ring of (node, time), and of weights where they are not 1. The
 * oldest goes when it is older than keep_ns, or when there is no room. */
struct past_moment {
	uint32_t node, tick;
};

struct past {
	struct past_moment *moments;
	int64_t *weights; /* or NULL: all 1 */
	size_t first, n, cap, max;
	int64_t newest_ns, keep_ns;
	unsigned shift; /* a tick is 2^shift ns */
	bool weighted, shortened;
	uint32_t *frame, *parent; /* of the tree's nodes, as far as they are published */
	uint32_t n_nodes;
	size_t cap_frame, cap_parent;
};

void pt_past_init(struct past *past, int64_t keep_ns, size_t max_memory, bool weighted);
void pt_past_release(struct past *past);
void pt_past_nodes(struct past *past, const struct pt_tree *tree);
/* at_ns is not before the last one's, or hardly. */
void pt_past_add(struct past *past, const struct pt_moment *moment);
/* How many nodes the moments need, the root included. */
size_t pt_past_needed(const struct past *past);
/* Nodes that no moment needs any more are left out: tree gets those that are needed, with its own
 * frames for those of `frames`. *ret (yours) tells for each old node the new one, or PT_NO_NODE. */
void pt_past_compact(struct past *past, const struct pt_frames *frames, struct pt_tree *tree,
		     uint32_t **ret);
void pt_past_halve(struct past *past); /* the older half of the moments goes */
int64_t pt_past_from(const struct past *past, int64_t start_ns);
/* A copy of the moments within [from_ns, to_ns), in ret (yours); how many. */
size_t pt_past_window(const struct past *past, int64_t from_ns, int64_t to_ns,
		      struct pt_moment **ret);

/* -- without perf events (sampler_poll.c) --------------------------------------------------------- */

/* Looks at each task of pid and of those below it: stacks through ptrace, or with `states` what it
 * waits for. */
struct poller {
	pid_t pid;
	struct pt_stacks *stacks;
	struct pt_tree *tree;
	bool states, off_cpu;
	struct task_list tasks;
	unsigned looks;
	int64_t looked_ns,
		since_ns;    /* when last; 0: not yet. How long that was after the look before */
	struct pt_map known; /* processes whose mappings have been read */
};
/* fn gets the node of each task that runs (off_cpu: that does not). Returns how many tasks there
 * are; 0: all have ended. */
size_t pt_poller_look(struct poller *poller, void (*fn)(void *arg, uint32_t node), void *arg);
/* One that has stopped too late to be looked at, and does not run: it would stay so. */
void pt_poller_let_go(struct poller *poller);
void pt_poller_release(struct poller *poller);
/* The node of what a thread waits for, below its root: "[futex_wait_queue]". */
uint32_t pt_wait_node(struct pt_stacks *stacks, struct pt_tree *tree, pid_t pid, pid_t tid);
/* The letter of its state in /proc, or 0. */
char pt_task_state(pid_t pid, pid_t tid);

/* -- through perf (sampler_perf.c) ----------------------------------------------------------------- */

/* A perf record that runs. */
struct perf_child {
	struct pt_loop *loop; /* its own, which nobody else waits on */
	struct pt_watch *kicked;
	int in; /* what it is told */
	int64_t asked_ns;
	unsigned asked, answered; /* to empty its rings; that it has */
	bool ended;
	char said[160]; /* the first line that tells something, or what is wrong with its data */
	struct pt_str data; /* that came and has not been taken in */
	struct pt_perf_pipe pipe;
};

/* Starts it, and waits until it has opened its events: data has its header and what begins the first
 * event's record. NULL, and why in err. */
enum { PERF_BEGIN = 16 + sizeof(struct perf_event_header) + sizeof(uint32_t) };
struct perf_child *pt_perf_child_start(const char *const *argv, struct pt_err *err);
void pt_perf_child_free(struct perf_child *perf);
/* Until something comes from it or kick can be read, and no longer than ns. */
void pt_perf_child_wait(struct perf_child *perf, int kick, int64_t ns);
/* Asks for more now and then; all: waits until it has given whatever it has. */
void pt_perf_child_ask(struct perf_child *perf, bool all);
/* Takes in what has come. */
void pt_perf_child_take(struct perf_child *perf, bool all);

/* The perf that is installed, or wanted, if its file has rights. */
bool pt_perf_with_rights(const char *wanted, char *path, size_t size);

/* -- what is off the processors (sampler_offcpu.c) ------------------------------------------------ */

struct off_cpu {
	struct pt_map tasks; /* struct off_task by tid */
};
struct off_task {
	pid_t tid;
	uint32_t node;	  /* of the stack that it left with; PT_NO_NODE: not known */
	int64_t since_ns; /* 0: it runs */
};

struct off_task *pt_off_task(struct off_cpu *off, pid_t tid); /* made when not there */
void pt_off_drop(struct off_cpu *off, pid_t tid);
void pt_off_release(struct off_cpu *off);

/* -- what is missing, in words (sampler_refused.c) ------------------------------------------------ */

/* Why perf_event_open said errnum, and the one command that would help. */
void pt_refused_text(const struct pt_sampler_options *options, int errnum, const char *event,
		     char *text, size_t size);
/* Names of kernel functions cannot be read: the same. "" when they can. */
void pt_refused_names(char *text, size_t size);

/* -- the sampler itself (sampler.c, sampler_start.c, sampler_by_perf.c) ------------------------------- */

/* Of the stack, for those frames that have no pointers: the leaf's, the C library's. */
enum { PT_LEAF_BYTES = 1024 };
enum sampler_way { BY_EVENTS, BY_PERF, BY_PTRACE, BY_STATES };

struct pt_sampler {
	struct pt_sampler_options options;     /* with texts of our own */
	char *cgroup, *event_name, *perf_path; /* the options' */
	struct sampled_event event;
	struct perf_event_attr attr; /* as it was opened */
	enum sampler_way way;
	bool user_only;
	bool filter;	    /* of the whole machine only `known` is meant */
	bool beside;	    /* events are opened while others are open still */
	bool no_lost;	    /* the kernel does not tell how many were lost (before 6.0) */
	bool no_stacks;	    /* switches can be timed, but not their stacks */
	bool dwarf;	    /* user stacks are dumped, to be unwound whole */
	uint64_t registers; /* of the user that unwinding needs; 0: it cannot be done here */
	int cgroup_fd;
	int errnum;	    /* why there are no events */
	struct rings rings; /* samples */
	struct rings tasks; /* what begins, ends, is called and mapped: no samples crowd it out */
	struct task_list opened; /* tasks whose children do not inherit the event */
	struct perf_child *perf;
	int kick; /* eventfd: there is something to do */
	pthread_t thread;

	/* The thread's own. */
	struct pt_frames *frames; /* which one it is: changed under the lock */
	size_t frames_bytes;	  /* of them when they were begun */
	struct pt_symbols *symbols;
	struct pt_tree *tree;
	struct pt_stacks *stacks;
	struct poller poller;
	struct pt_map known; /* processes that stacks has been told of; those that are sampled */
	struct off_cpu off;
	struct pt_str held;	 /* samples of threads without a name: a time and a record each */
	struct pt_moment *batch; /* not published yet */
	size_t n_batch, cap_batch;
	struct pt_sampler_status now;
	int64_t start_ns, checked_ns, woken_ns;
	bool paused, exited;  /* events are off; a task has ended */
	bool grew;	      /* or begun */
	bool full;	      /* the tree has no room */
	unsigned judged, cut; /* stacks with a user part, and of them those that end too early */
	unsigned short_cut;   /* that would, of a short dump */
	bool decided;	      /* what --unwind auto unwinds */
	int64_t rate_ns, rate_samples; /* when the rate was looked at, and how many there were */
	int64_t taken, weighed;	       /* then, and what those since weigh together */
	int64_t lost_told;	       /* by records, of these rings */
	int64_t lost_known;	       /* of these rings, in now.lost */
	bool still_known;	       /* nothing has come since that: */
	struct counted counted;	       /* when no samples came, */
	int64_t still_samples, still_ns, still_wait_ns; /* since then; how long to wait for some */

	pthread_mutex_t lock;
	pthread_cond_t done; /* a flush */
	/* Under the lock. */
	bool stop, pause;
	unsigned flush_wanted, flush_done;
	struct past past;
	struct pt_sampler_status status;
};

int64_t pt_sampler_mono(void);
/* Opens what can be opened, off; tells mode and refused in s->now. */
int pt_sampler_start(struct pt_sampler *s, struct pt_err *err);
/* The same event again, with or without user stacks, off; s->rings is without any. beside: others are
 * still open, and this may be refused for that alone. An errno. */
int pt_sampler_reopen(struct pt_sampler *s, bool dwarf, bool beside);
bool pt_sampler_soften(struct pt_sampler *s); /* the clock instead of cycles, told; false: it is */
void pt_sampler_mode(struct pt_sampler *s);
/* The event through perf record. False: it cannot be; why in err. */
bool pt_sampler_perf(struct pt_sampler *s, struct pt_err *err);
/* Without events and perf: ptrace where it is allowed, else what /proc says to everybody. False:
 * neither can tell of what is sampled. */
bool pt_sampler_poll(struct pt_sampler *s);
/* The event for tasks that have begun, where they do not inherit it. False: too many have ended
 * meanwhile, it is to be opened again. */
bool pt_sampler_follow(struct pt_sampler *s);

/* -- when there is no more room (sampler_renew.c) -------------------------------------------------- */

struct pt_symbols *pt_sampler_symbols(const struct pt_sampler *s); /* over its frames */
void pt_sampler_stacks(struct pt_sampler *s);			   /* what fills its tree */
/* The processes, after something was begun anew. */
void pt_sampler_know_again(struct pt_sampler *s);
bool pt_sampler_has_room(const struct pt_sampler *s); /* for another round */
/* The tree is full of stacks that no moment needs any more: another one of those that are needed. */
void pt_sampler_renew(struct pt_sampler *s);

/* -- records (sampler_take.c) ---------------------------------------------------------------------- */

/* A record of a ring; moments go into the batch. */
void pt_sampler_take(void *sampler, const struct perf_event_header *record, int64_t at_ns);
/* The samples that were held back for a name. */
void pt_sampler_take_held(struct pt_sampler *s);
/* So many have been lost out of these rings, as is known by now. */
void pt_sampler_take_lost(struct pt_sampler *s, int64_t lost);
void pt_sampler_moment(struct pt_sampler *s, int64_t at_ns, uint32_t node, int64_t weight);
/* Time that threads have been off their processors until now, of those that still are: older than
 * least_ns. */
void pt_sampler_take_off(struct pt_sampler *s, int64_t at_ns, int64_t least_ns);
void pt_sampler_know(struct pt_sampler *s, pid_t pid); /* if it does not yet */

#endif
