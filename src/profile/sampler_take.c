/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records of the rings to moments. The stack that a thread leaves its processor with comes as a
 * sample just before the record that tells the time of it; the time weighs when the thread is back,
 * or once a second for who stays away.
 */
#include "sampler_priv.h"

#include "perftop/base/mem.h"

#include <string.h>

enum { HELD_MAX = 1 << 20 };

void pt_sampler_moment(struct pt_sampler *s, int64_t at_ns, uint32_t node, int64_t weight)
{
	if (node == PT_NO_NODE) {
		s->full = true;
		s->now.lost++;
		return;
	}
	*PT_PUSH(s->batch, s->n_batch, s->cap_batch) =
		(struct pt_moment){.at_ns = at_ns, .node = node, .weight = weight};
	s->now.samples++;
	s->weighed = pt_weight_add(s->weighed, weight);
}

void pt_sampler_know(struct pt_sampler *s, pid_t pid)
{
	if (pid > 0 && !pt_map_put_u64(&s->known, (uint64_t)pid, s))
		pt_stacks_running(s->stacks, pid);
}

/* Of the whole machine: is this one meant? The idle task never is. */
static bool is_meant(struct pt_sampler *s, uint32_t pid)
{
	if (pid == 0 || pid == UINT32_MAX)
		return false;
	if (s->filter)
		return pt_map_get_u64(&s->known, pid) != NULL;
	pt_sampler_know(s, (pid_t)pid);
	return true;
}

static void judge(struct pt_sampler *s, const struct pt_perf_sample *sample)
{
	enum pt_stack_end end = pt_stacks_end(s->stacks);

	s->judged += end != PT_STACK_NO_USER;
	s->cut += end == PT_STACK_CUT;
	s->now.unwound_short += end == PT_STACK_CUT;
	if (!s->decided)
		s->short_cut +=
			pt_stacks_short_end(s->stacks, sample, PT_LEAF_BYTES) == PT_STACK_CUT;
}

static int64_t weight_of(const struct pt_sampler *s, const struct pt_perf_sample *sample)
{
	if (!s->event.periods)
		return 1;
	if (s->attr.sample_type & PERF_SAMPLE_PERIOD)
		return PT_MAX((int64_t)sample->period, 1);
	return (int64_t)s->attr.sample_period;
}

static void take_sample(struct pt_sampler *s, const struct perf_event_header *record, int64_t at_ns,
			bool late)
{
	struct pt_perf_sample sample;
	bool hold;
	uint32_t node;

	if (pt_perf_sample_parse(&s->attr, record, &sample) < 0 ||
	    (!late && !is_meant(s, sample.pid)))
		return;
	/* Switches need their stack at once; other attributes may come from perf. */
	hold = !late && s->way == BY_EVENTS && s->options.event != PT_SAMPLE_OFFCPU &&
	       s->held.len < HELD_MAX;
	if (!pt_stacks_named(s->stacks, (pid_t)sample.pid, (pid_t)sample.tid, !hold) && hold) {
		pt_str_addn(&s->held, (const char *)&at_ns, sizeof at_ns);
		pt_str_addn(&s->held, (const char *)record, record->size);
		return;
	}
	node = pt_stacks_node(s->stacks, &sample);
	if (node != PT_NO_NODE)
		judge(s, &sample);
	if (s->options.event == PT_SAMPLE_OFFCPU)
		pt_off_task(&s->off, (pid_t)sample.tid)->node = node;
	else
		pt_sampler_moment(s, at_ns, node, weight_of(s, &sample));
}

/* The kernel turns a command's events on a moment before it tells its name, and of who ran before
 * them it tells none: by now that has come, or /proc says it. */
void pt_sampler_take_held(struct pt_sampler *s)
{
	for (size_t pos = 0; pos < s->held.len;) {
		const char *at = s->held.s + pos;
		const struct perf_event_header *record = (const void *)(at + sizeof(int64_t));
		int64_t at_ns;

		memcpy(&at_ns, at, sizeof at_ns);
		take_sample(s, record, at_ns, true);
		pos += sizeof at_ns + record->size;
	}
	pt_str_clear(&s->held);
}

static uint32_t named_below(struct pt_sampler *s, uint32_t node, const char *name)
{
	if (node == PT_NO_NODE)
		return node;
	return pt_tree_child(s->tree, node,
			     pt_frames_name(s->frames, name, strlen(name), PT_FRAME_KERNEL));
}

static void take_switch(struct pt_sampler *s, const struct perf_event_header *record, int64_t at_ns)
{
	struct pt_perf_sample who = {0};
	struct off_task *task;

	if (!pt_perf_sample_id(&s->attr, record, &who) || !is_meant(s, who.pid))
		return;
	task = pt_off_task(&s->off, (pid_t)who.tid);
	if (record->misc & PERF_RECORD_MISC_SWITCH_OUT) {
		task->since_ns = at_ns;
		if (task->node == PT_NO_NODE) /* no right to stacks, or it was lost */
			task->node = named_below(
				s, pt_stacks_thread(s->stacks, (pid_t)who.pid, (pid_t)who.tid),
				"[off-CPU]");
		if (record->misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT)
			task->node = named_below(s, task->node, "[preempted]");
		return;
	}
	if (task->since_ns)
		pt_sampler_moment(s, at_ns, task->node, at_ns - task->since_ns);
	task->since_ns = 0;
	task->node = PT_NO_NODE;
}

void pt_sampler_take_off(struct pt_sampler *s, int64_t at_ns, int64_t least_ns)
{
	size_t pos = 0;
	void *value;

	while (pt_map_next(&s->off.tasks, &pos, NULL, NULL, &value)) {
		struct off_task *task = value;

		if (!task->since_ns || at_ns - task->since_ns <= least_ns)
			continue;
		pt_sampler_moment(s, at_ns, task->node, at_ns - task->since_ns);
		task->since_ns = at_ns;
	}
}

void pt_sampler_take_lost(struct pt_sampler *s, int64_t lost)
{
	if (lost <= s->lost_known)
		return;
	s->now.lost += lost - s->lost_known;
	s->lost_known = lost;
}

/* A record tells it when there is room for one. */
static void lost_more(struct pt_sampler *s, int64_t n)
{
	s->lost_told += n;
	pt_sampler_take_lost(s, s->lost_told);
}

/* The bodies of FORK and EXIT. */
struct task_record {
	struct perf_event_header header;
	uint32_t pid, ppid, tid, ptid;
};

static void take_fork(struct pt_sampler *s, const struct task_record *record, int64_t at_ns)
{
	if (record->header.size < sizeof *record)
		return;
	if (at_ns && !s->now.ended) /* else perf tells of one that ran before */
		s->now.threads++;
	s->grew = true;
	if (at_ns && !s->filter) /* of the whole machine it may be seen here first */
		pt_sampler_know(s, (pid_t)record->ppid);
	/* What is known of the parent has been handed down to it. */
	if (record->pid != record->ppid && pt_map_get_u64(&s->known, record->ppid))
		pt_map_put_u64(&s->known, record->pid, s);
}

static void take_exit(struct pt_sampler *s, const struct task_record *record)
{
	if (record->header.size < sizeof *record)
		return;
	s->now.threads -= s->now.threads > 0;
	s->exited = true;
	if (s->held.len)
		pt_stacks_nameless(s->stacks, (pid_t)record->pid, (pid_t)record->tid,
				   (pid_t)record->ptid);
	pt_off_drop(&s->off, (pid_t)record->tid);
	if (record->pid == record->tid &&
	    (s->options.pid <= 0 || !pt_process_lives((pid_t)record->pid)))
		pt_map_del_u64(&s->known, record->pid);
}

static int64_t number_at(const struct perf_event_header *record, size_t offset)
{
	int64_t n = 0;

	if (record->size >= sizeof *record + offset + sizeof n)
		memcpy(&n, (const uint8_t *)record + sizeof *record + offset, sizeof n);
	return n;
}

void pt_sampler_take(void *sampler, const struct perf_event_header *record, int64_t at_ns)
{
	struct pt_sampler *s = sampler;

	switch (record->type) {
	case PERF_RECORD_SAMPLE: take_sample(s, record, at_ns, false); return;
	case PERF_RECORD_SWITCH:
	case PERF_RECORD_SWITCH_CPU_WIDE: take_switch(s, record, at_ns); return;
	case PERF_RECORD_LOST: lost_more(s, number_at(record, 8)); return;
	case PERF_RECORD_LOST_SAMPLES: lost_more(s, number_at(record, 0)); return;
	case PERF_RECORD_THROTTLE: s->now.throttled++; return;
	case PERF_RECORD_FORK: take_fork(s, (const struct task_record *)record, at_ns); break;
	case PERF_RECORD_EXIT: take_exit(s, (const struct task_record *)record); break;
	default: break;
	}
	(void)pt_stacks_record(s->stacks, &s->attr, record);
}
