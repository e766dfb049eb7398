/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sampler's thread, and what others may ask of it. The thread alone has the rings, the symbols
 * and the tree that stacks grow in; a few times a second it publishes under the lock what is new:
 * moments, the nodes that they name, the status. Who wants a profile copies from there, so a symbol
 * table that takes seconds to load holds up nobody.
 */
#include "sampler_priv.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define KEEP_NS (600 * PT_S)
#define ROUND_NS (200 * PT_MS)
#define WORSE 0.1	       /* so much more of the stacks may be cut for being cheaper */
#define STILL_NS (100 * PT_MS) /* so long something runs and nothing is counted */
#define STILL_MAX_NS (5 * PT_S)
#define SETTLE_NS (2 * PT_MS) /* a record is in its ring so long after its time */
#define MAX_MEMORY ((size_t)32 << 20)
#define MAX_STACKS ((size_t)96 << 20)

enum {
	STILL_SAMPLES = 20, /* so many should have come */
	JUDGED = 100,	    /* stacks that --unwind auto looks at before it decides */
	EASE_FACTOR = 5,    /* so many times hz are too many */
	PERIOD_MAX = 1 << 30,
};

int64_t pt_sampler_mono(void)
{
	return pt_clock_mono(&pt_clock_system);
}

/* -- the thread ----------------------------------------------------------------------------------- */

static struct ring *nth_ring(struct pt_sampler *s, size_t i)
{
	return i < s->rings.n ? &s->rings.rings[i] : &s->tasks.rings[i - s->rings.n];
}

/* Until a ring is a quarter full, perf writes, someone kicks, or a round is over. */
static void wait_round(struct pt_sampler *s)
{
	struct pollfd *fds;
	int64_t ns = s->way == BY_EVENTS ? ROUND_NS : (int64_t)(1e9 / s->options.hz);
	size_t n = 1 + s->rings.n + s->tasks.n;
	uint64_t count;

	if (s->way == BY_PERF) {
		pt_perf_child_wait(s->perf, s->kick, ROUND_NS);
		(void)!read(s->kick, &count, sizeof count);
		return;
	}
	fds = pt_calloc(n, sizeof *fds);
	if (!s->decided && s->now.samples < 3 * JUDGED)
		ns /= 8;
	fds[0] = (struct pollfd){.fd = s->kick, .events = POLLIN};
	for (size_t i = 1; i < n; i++) {
		const struct ring *ring = nth_ring(s, i - 1);

		fds[i] = (struct pollfd){.fd = ring->hung_up ? -1 : ring->fd, .events = POLLIN};
	}
	poll(fds, (nfds_t)n, (int)(ns / PT_MS));
	if (fds[0].revents)
		(void)!read(s->kick, &count, sizeof count);
	for (size_t i = 1; i < n; i++)
		if (fds[i].revents & (POLLHUP | POLLERR | POLLNVAL))
			nth_ring(s, i - 1)->hung_up = true;
	free(fds);
}

static void on_looked(void *arg, uint32_t node)
{
	struct pt_sampler *s = arg;
	int64_t weight = s->event.periods ? s->poller.since_ns : 1;

	if (node != PT_NO_NODE || s->way == BY_STATES)
		pt_sampler_moment(s, pt_sampler_mono(), node, weight);
}

static void take_in(struct pt_sampler *s, bool all)
{
	int64_t now = pt_sampler_mono();
	int64_t until = all ? now : now - (s->way == BY_PERF ? 2 * ROUND_NS : SETTLE_NS);

	if (s->way == BY_PERF)
		pt_perf_child_ask(s->perf, all);
	pt_frames_lock(s->frames);
	pt_stacks_refresh(s->stacks);
	if (s->way <= BY_PERF) {
		if (s->way == BY_EVENTS)
			pt_rings_drain(&s->rings, &s->tasks, all ? INT64_MAX : until,
				       pt_sampler_take, s);
		else
			pt_perf_child_take(s->perf, all);
		pt_sampler_take_held(s);
		if (s->options.event == PT_SAMPLE_OFFCPU && !s->paused)
			pt_sampler_take_off(s, until, all ? 0 : PT_S);
	} else if (s->paused) {
		pt_poller_let_go(&s->poller);
	} else {
		s->poller.since_ns = s->poller.looked_ns ? now - s->poller.looked_ns
							 : (int64_t)(1e9 / s->options.hz);
		s->poller.looked_ns = now;
		s->now.threads = (int)pt_poller_look(&s->poller, on_looked, s);
		s->now.ended = s->now.threads == 0;
	}
	pt_frames_unlock(s->frames);
	if (all && s->way == BY_EVENTS) /* what is lost last, no record tells */
		pt_sampler_take_lost(s, (int64_t)pt_rings_counted(&s->rings).lost);
	s->now.to_ns = until;
}

static bool any_lives(struct pt_sampler *s)
{
	bool lives = pt_process_lives(s->options.pid);
	uint64_t pid;
	size_t pos = 0;

	while (!lives && pt_map_next(&s->known, &pos, NULL, &pid, NULL))
		lives = pt_process_lives((pid_t)pid);
	return lives;
}

/* When a task has ended, and now and then: is any left? */
static void check_ended(struct pt_sampler *s)
{
	int64_t now = pt_sampler_mono();

	if (s->way != BY_EVENTS || s->now.ended || (!s->exited && now - s->checked_ns < PT_S))
		return;
	s->checked_ns = now;
	s->exited = false;
	if (s->cgroup)
		s->now.ended = access(s->cgroup, F_OK) != 0;
	if (s->options.pid <= 0 || any_lives(s))
		return;
	s->now.threads = 0; /* the last one's record may come later */
	s->now.ended = true;
}

static void stop_perf(struct pt_sampler *s)
{
	pt_perf_child_free(s->perf);
	s->perf = NULL;
}

/* perf record ends with what it samples. If that still runs, something ended perf: the next way. */
static void check_perf(struct pt_sampler *s)
{
	char said[sizeof s->perf->said];

	if (s->way != BY_PERF || s->now.ended || !s->perf->ended)
		return;
	if (s->options.pid > 0 && !any_lives(s)) {
		s->now.threads = 0;
		s->now.ended = true;
		return;
	}
	pt_strlcpy(said, *s->perf->said ? s->perf->said : "ended by a signal", sizeof said);
	if (!pt_sampler_poll(s)) {
		s->now.ended = true;
	} else {
		stop_perf(s);
		pt_frames_lock(s->frames);
		pt_sampler_know_again(s);
		pt_frames_unlock(s->frames);
	}
	pt_snprintf(s->now.refused, sizeof s->now.refused, "perf record has ended: %s", said);
	pt_sampler_mode(s);
}

static void publish(struct pt_sampler *s, unsigned flushed)
{
	struct timespec used;
	bool is_new = s->n_batch > 0;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	s->now.own_cpu_ns = used.tv_sec * PT_S + used.tv_nsec;
	pt_strlcpy(s->now.note, pt_symbols_note(s->symbols), sizeof s->now.note);
	pthread_mutex_lock(&s->lock);
	pt_past_nodes(&s->past, s->tree);
	for (size_t i = 0; i < s->n_batch; i++)
		pt_past_add(&s->past, &s->batch[i]);
	s->now.shortened = s->past.shortened;
	s->now.from_ns = pt_past_from(&s->past, s->start_ns);
	is_new = is_new || s->now.ended != s->status.ended;
	s->status = s->now;
	s->flush_done = flushed;
	pthread_cond_broadcast(&s->done);
	pthread_mutex_unlock(&s->lock);
	s->n_batch = 0;
	if (is_new && s->options.wake && s->now.to_ns - s->woken_ns >= ROUND_NS - 20 * PT_MS) {
		s->woken_ns = s->now.to_ns;
		s->options.wake(s->options.wake_arg);
	}
}

static void set_paused(struct pt_sampler *s, bool paused)
{
	size_t pos = 0;
	void *task;

	if (paused == s->paused)
		return;
	if (s->way == BY_PERF)
		take_in(s, true); /* what came until now belongs to before */
	s->paused = paused;
	s->poller.looked_ns = 0;
	pt_rings_switch(&s->rings, !paused);
	while (!paused && pt_map_next(&s->off.tasks, &pos, NULL, NULL, &task))
		((struct off_task *)task)->since_ns = 0; /* where it was meanwhile is not known */
}

/* -- changes of mind ------------------------------------------------------------------------------ */

/*
 * Opens the event anew, as s->event and dwarf say now: beside the old one, so that next to nothing is
 * missed, where so much memory and so many files may be had. (For another period alone there is
 * PERF_EVENT_IOC_PERIOD. But of a software event that is asked for its period the kernel makes a
 * sample each time, whatever the period is, and threads that have inherited it keep theirs.) An errno.
 */
static int reopen(struct pt_sampler *s, bool dwarf)
{
	const struct perf_event_attr old_attr = s->attr;
	const struct rings old = s->rings;
	struct perf_event_attr attr;
	struct rings rings;
	bool before = s->dwarf;
	int code;

	s->rings = (struct rings){0};
	code = pt_sampler_reopen(s, dwarf, true);
	rings = s->rings;
	attr = s->attr;
	s->rings = old;
	s->attr = old_attr;
	take_in(s, true); /* so that there is room until the new ones are on */
	pt_rings_switch(&s->rings, false);
	if (!s->paused)
		pt_rings_switch(&rings, true);
	take_in(s, true);
	pt_rings_close(&s->rings);
	s->lost_told = s->lost_known = 0;
	s->rings = rings;
	s->attr = attr;
	if (code)
		code = pt_sampler_reopen(s, dwarf, false);
	if (code && dwarf != before) /* as it was: that was allowed a moment ago */
		code = pt_sampler_reopen(s, before, false);
	if (code && code != ESRCH) /* ended meanwhile */
		pt_refused_text(&s->options, code, s->event.name, s->now.refused,
				sizeof s->now.refused);
	if (!s->paused)
		pt_rings_switch(&s->rings, true);
	s->counted = (struct counted){0};
	pt_frames_lock(s->frames);
	pt_sampler_know_again(s);
	pt_frames_unlock(s->frames);
	pt_sampler_mode(s);
	return code;
}

/*
 * Events of which each is taken come too often: only each 8th of them from now on. One may count for
 * many (a tracepoint of bytes, of ns), so the period is in what they weigh.
 */
static void ease_off(struct pt_sampler *s)
{
	int64_t now = pt_sampler_mono(), n = s->now.samples + s->now.lost - s->rate_samples;
	double seconds = (double)(now - s->rate_ns) / PT_S, mean = 1;

	if (seconds < 0.1)
		return;
	if (s->now.samples > s->taken)
		mean = (double)s->weighed / (double)(s->now.samples - s->taken);
	s->taken = s->now.samples;
	s->weighed = 0;
	s->rate_ns = now;
	s->rate_samples += n;
	if (s->way != BY_EVENTS || s->event.attr.freq || s->options.event == PT_SAMPLE_OFFCPU ||
	    (double)n < EASE_FACTOR * s->options.hz * seconds || mean > PERIOD_MAX)
		return;
	s->event.attr.sample_period = (uint64_t)(8 * PT_MAX(mean, 1.0));
	reopen(s, s->dwarf);
	/* What was in the rings came at the old rate. */
	s->taken = s->now.samples;
	s->weighed = 0;
	s->rate_samples = s->now.samples + s->now.lost;
	s->rate_ns = pt_sampler_mono();
}

/*
 * At first user stacks are unwound of 8 KiB, which shows what can be had. Frame pointers with their
 * first frames unwound, of a kilobyte, cost several times less, and are taken where they would have
 * led nearly as often to where threads begin, or where unwinding hardly does better (a quarter fewer).
 */
static void judge_unwinding(struct pt_sampler *s)
{
	if (s->decided || s->judged < JUDGED)
		return;
	s->decided = true;
	if (s->short_cut <= s->cut + WORSE * s->judged || s->cut > 0.75 * s->short_cut)
		reopen(s, false);
}

/* Of perf's events nothing is known but what comes. */
static struct counted count(const struct pt_sampler *s)
{
	struct counted counted = {0};
	struct timespec used;
	clockid_t clock;

	if (s->way == BY_EVENTS)
		return pt_rings_counted(&s->rings);
	if (clock_getcpuclockid(s->options.pid, &clock) == 0 && clock_gettime(clock, &used) == 0)
		counted.ns = (uint64_t)used.tv_sec * (uint64_t)PT_S + (uint64_t)used.tv_nsec;
	return counted;
}

static void soften(struct pt_sampler *s)
{
	struct perf_child *perf = s->perf;

	if (!pt_sampler_soften(s))
		return;
	if (s->way == BY_EVENTS)
		reopen(s, s->dwarf);
	else if (pt_sampler_perf(s, NULL))
		pt_perf_child_free(perf);
	pt_sampler_mode(s);
}

/*
 * No samples, but what is sampled runs: the processor's counters stand still, or their interrupts do
 * not come, because the host of a virtual machine or somebody's pinned events have them. The clock
 * does not. Cycles are taken for those of 1 GHz.
 */
static void check_counting(struct pt_sampler *s)
{
	const int64_t now = pt_sampler_mono(), n = s->now.samples + s->now.lost;
	const struct counted before = s->counted;
	bool knew = s->still_known;
	uint64_t events;

	if (s->way > BY_PERF || s->paused || s->event.attr.type != PERF_TYPE_HARDWARE ||
	    (s->way == BY_PERF && s->options.pid <= 0))
		return;
	if (n != s->still_samples) {
		s->still_samples = n;
		s->still_ns = now;
		s->still_wait_ns = s->way == BY_PERF ? PT_S : ROUND_NS;
		s->still_known = false;
	}
	if (now - s->still_ns < s->still_wait_ns)
		return;
	s->still_ns = now;
	s->still_wait_ns = PT_MIN(2 * s->still_wait_ns, STILL_MAX_NS);
	s->counted = count(s);
	s->still_known = true;
	events = s->counted.events - before.events;
	if (!knew || (double)events < (events ? STILL_SAMPLES / s->options.hz * 1e9 : 0) ||
	    s->counted.ns - before.ns < STILL_NS)
		return;
	soften(s);
}

/* -- the round ------------------------------------------------------------------------------------ */

static void *run(void *arg)
{
	struct pt_sampler *s = arg;
	unsigned flush = 0;
	bool stop = false;

	pt_sampler_begin(s);
	while (!stop) {
		bool paused;

		if (flush == s->flush_done)
			wait_round(s);
		pthread_mutex_lock(&s->lock);
		stop = s->stop;
		paused = s->pause;
		flush = s->flush_wanted;
		pthread_mutex_unlock(&s->lock);
		set_paused(s, paused);
		take_in(s, flush != s->flush_done);
		if (!pt_sampler_follow(s))
			reopen(s, s->dwarf);
		check_ended(s);
		check_perf(s);
		publish(s, flush);
		if (!pt_sampler_has_room(s))
			pt_sampler_renew(s);
		judge_unwinding(s);
		ease_off(s);
		check_counting(s);
	}
	return NULL;
}

static void kick(struct pt_sampler *s)
{
	uint64_t one = 1;

	while (write(s->kick, &one, sizeof one) < 0 && errno == EINTR)
		;
}

/* -- outside -------------------------------------------------------------------------------------- */

static void destroy(struct pt_sampler *s)
{
	pt_rings_close(&s->rings);
	pt_rings_close(&s->tasks);
	pt_tasks_release(&s->opened);
	stop_perf(s);
	pt_stacks_free(s->stacks);
	pt_tree_free(s->tree);
	pt_symbols_free(s->symbols);
	pt_frames_unref(s->frames);
	pt_poller_release(&s->poller);
	pt_map_release(&s->known);
	pt_off_release(&s->off);
	pt_past_release(&s->past);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->done);
	if (s->kick >= 0)
		close(s->kick);
	if (s->cgroup_fd >= 0)
		close(s->cgroup_fd);
	free(s->event.path);
	pt_str_release(&s->held);
	free(s->batch);
	free(s->cgroup);
	free(s->event_name);
	free(s->perf_path);
	free(s);
}

/* Signals are for the thread of the loop. */
static int start_thread(struct pt_sampler *s)
{
	sigset_t all, before;
	int code;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = pthread_create(&s->thread, NULL, run, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
#ifdef __linux__
	if (code == 0)
		pthread_setname_np(s->thread, "pt-sampler");
#endif
	return code;
}

static struct pt_sampler *prepare(const struct pt_sampler_options *options)
{
	struct pt_sampler *s = pt_calloc(1, sizeof *s);

	s->options = *options;
	s->cgroup = options->cgroup ? pt_strdup(options->cgroup) : NULL;
	s->event_name = options->event_name ? pt_strdup(options->event_name) : NULL;
	s->perf_path = options->perf ? pt_strdup(options->perf) : NULL;
	s->options.cgroup = s->cgroup;
	s->options.perf = s->perf_path;
	s->options.event_name = s->event_name;
	if (!(s->options.hz > 0))
		s->options.hz = 997;
	if (s->options.keep_ns <= 0)
		s->options.keep_ns = KEEP_NS;
	if (!s->options.max_memory)
		s->options.max_memory = MAX_MEMORY;
	if (!s->options.max_stacks)
		s->options.max_stacks = MAX_STACKS;
	s->cgroup_fd = s->kick = -1;
	s->frames = options->frames ? pt_frames_ref(options->frames) : pt_frames_new();
	s->frames_bytes = pt_frames_bytes(s->frames);
	s->symbols = pt_sampler_symbols(s);
	s->tree = pt_tree_new(s->frames, 0);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->done, NULL);
	return s;
}

int pt_sampler_new(const struct pt_sampler_options *options, struct pt_sampler **ret,
		   struct pt_err *err)
{
	struct pt_sampler *s = prepare(options);
	int code = pt_sampler_start(s, err);

	if (code < 0)
		goto out;
	pt_sampler_stacks(s);
	pt_past_init(&s->past, s->options.keep_ns, s->options.max_memory,
		     s->event.periods || s->options.event == PT_SAMPLE_OFFCPU);
	s->start_ns = s->checked_ns = s->rate_ns = s->still_ns = pt_sampler_mono();
	s->still_wait_ns = s->way == BY_PERF ? PT_S : ROUND_NS;
	s->still_known = s->way == BY_EVENTS;
	s->now.from_ns = s->now.to_ns = s->start_ns;
	s->decided = s->options.unwind != PT_UNWIND_AUTO || s->way != BY_EVENTS || s->no_stacks ||
		     !s->registers;
	s->status = s->now;
	s->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->kick < 0) {
		code = pt_err_set(err, PT_EIO, "eventfd: %s", strerror(errno));
		goto out;
	}
	if (!s->options.on_exec) {
		pt_rings_switch(&s->tasks, true);
		pt_rings_switch(&s->rings, true);
	}
	code = start_thread(s);
	if (code)
		code = pt_err_set(err, PT_EIO, "a thread: %s", strerror(code));
out:
	if (code < 0)
		destroy(s);
	else
		*ret = s;
	return code;
}

void pt_sampler_free(struct pt_sampler *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_mutex_unlock(&s->lock);
	kick(s);
	pthread_join(s->thread, NULL);
	destroy(s);
}

void pt_sampler_pause(struct pt_sampler *s, bool paused)
{
	pthread_mutex_lock(&s->lock);
	s->pause = paused;
	pthread_mutex_unlock(&s->lock);
	kick(s);
}

void pt_sampler_status(struct pt_sampler *s, struct pt_sampler_status *ret)
{
	pthread_mutex_lock(&s->lock);
	*ret = s->status;
	pthread_mutex_unlock(&s->lock);
}

void pt_sampler_flush(struct pt_sampler *s)
{
	unsigned wanted;

	pthread_mutex_lock(&s->lock);
	wanted = ++s->flush_wanted;
	kick(s);
	while ((int)(s->flush_done - wanted) < 0)
		pthread_cond_wait(&s->done, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

static void describe(const struct pt_sampler *s, const struct pt_sampler_status *status,
		     struct pt_profile *p)
{
	if (s->options.pid > 0)
		pt_snprintf(p->name, sizeof p->name, "live: pid %d", (int)s->options.pid);
	else
		pt_snprintf(p->name, sizeof p->name, "live: %s",
			    s->cgroup ? s->cgroup : "the whole machine");
	p->format = "live";
	pt_profile_add_value(p, s->event.name, s->event.what, s->event.unit);
	p->lost = status->lost;
	p->throttled = status->throttled;
	p->has_real = true;
	p->real_ns = pt_clock_real(&pt_clock_system) - pt_clock_mono(&pt_clock_system);
	pt_profile_note(p, "%s", status->mode);
	if (*status->refused)
		pt_profile_note(p, "%s", status->refused);
	if (*status->note)
		pt_profile_note(p, "%s", status->note);
}

/* The stacks of some moments, out of the published nodes. */
static void grow_tree(struct pt_tree *tree, struct pt_profile *p, struct pt_moment *moments,
		      size_t n, const struct past *nodes)
{
	uint32_t *map = pt_calloc((size_t)nodes->n_nodes + 1, sizeof *map);

	for (size_t i = 0; i < n; i++)
		map[moments[i].node] = 1;
	for (uint32_t i = nodes->n_nodes; i-- > 1;)
		if (map[i])
			map[nodes->parent[i]] = 1;
	map[PT_TREE_ROOT] = PT_TREE_ROOT;
	for (uint32_t i = 1; i < nodes->n_nodes; i++)
		if (map[i])
			map[i] = pt_tree_child(tree, map[nodes->parent[i]], nodes->frame[i]);
	for (size_t i = 0; i < n; i++) {
		moments[i].node = map[moments[i].node];
		pt_tree_add_sample(tree, moments[i].node, moments[i].weight);
	}
	p->moments = moments;
	p->n_moments = p->cap_moments = n;
	p->samples = (int64_t)n;
	free(map);
}

int pt_sampler_profile(struct pt_sampler *s, int64_t from_ns, int64_t to_ns, struct pt_profile *ret,
		       struct pt_err *err)
{
	struct pt_sampler_status status;
	struct past nodes = {0};
	struct pt_moment *moments;
	struct pt_frames *frames;
	size_t n;

	pthread_mutex_lock(&s->lock);
	frames = pt_frames_ref(s->frames); /* those that the nodes speak of */
	status = s->status;
	n = pt_past_window(&s->past, from_ns, to_ns, &moments);
	nodes.n_nodes = n ? s->past.n_nodes : 0;
	nodes.frame = pt_malloc(((size_t)nodes.n_nodes + 1) * sizeof *nodes.frame);
	nodes.parent = pt_malloc(((size_t)nodes.n_nodes + 1) * sizeof *nodes.parent);
	if (nodes.n_nodes) {
		memcpy(nodes.frame, s->past.frame, nodes.n_nodes * sizeof *nodes.frame);
		memcpy(nodes.parent, s->past.parent, nodes.n_nodes * sizeof *nodes.parent);
	}
	pthread_mutex_unlock(&s->lock);

	(void)err; /* an empty window is a profile too */
	pt_profile_init(ret, frames, 0);
	pt_frames_unref(frames);
	describe(s, &status, ret);
	grow_tree(ret->tree, ret, moments, n, &nodes);
	pt_profile_finish(ret);
	free(nodes.frame);
	free(nodes.parent);
	return 0;
}
