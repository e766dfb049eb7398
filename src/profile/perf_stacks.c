/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Samples to stacks. Three things keep it quick, as a recording repeats itself: the node of a chain
 * of callers is found by a hash of the whole chain, or of its outer part, so that little is walked; an
 * address is turned into frames once for each process; and both tables are forgotten at a size, not
 * weeded. The hash of a chain has 64 bits and is taken for the chain itself: of a million distinct
 * ones two are the same once in forty million recordings.
 */
#include "perftop/profile/perf_stacks.h"

#include "perf_procs.h"
#include "stack_start.h"
#include "tree_build.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <dirent.h>
#include <string.h>

enum {
	FRAMES_MAX = 64,   /* of one address: a function and what is inlined there */
	UNWIND_MAX = 1024, /* addresses of a user stack */
	IPS_MAX = 8192,	   /* of a chain: a record has 64 KiB */
	EVERY = 8,	   /* steps of a chain have a key */
	BATCH = 256,	   /* steps whose nodes the tree is asked for at once */
	START_MAX = 4,	   /* steps until main: _start, __libc_start_main, __libc_start_call_main */
	CACHE_SHARE = 512, /* bytes of the tree for an entry of up to 64 */
	CACHE_MIN = 1 << 10,
	CACHE_MAX = 1 << 20, /* entries of each cache */
};

/* One address of a chain that the marks have been taken out of. */
enum ip_kind { IP_USER, IP_KERNEL, IP_GUEST, IP_HYPERVISOR };
struct step {
	uint64_t ip;
	uint8_t kind;
	bool caller; /* a return address */
};

struct pt_stacks {
	struct pt_tree *tree;
	struct pt_symbols *symbols;
	struct pt_stacks_options options;
	struct pt_perf_procs procs;
	struct pt_map chains;	 /* hash of (root, process, outer part) → node + 1 */
	struct pt_map addresses; /* hash of (process, step) → place in found + 1 */
	struct pt_map starts; /* hash of (module, offset) → enum pt_start, as unwinding taught */
	enum pt_stack_end end;
	uint32_t *found; /* count, then so many frames */
	size_t n_found, cap_found;
	size_t cache_max; /* entries of each cache: at most an eighth of the tree's memory */
	uint32_t *frames, *nodes; /* of a batch */
	size_t cap_frames;
	bool java;	 /* the process at hand, to who renames frames */
	uint32_t serial; /* of the process, when keys were made */
	uint64_t keys[(IPS_MAX + UNWIND_MAX) / EVERY + 1];
	struct step steps[IPS_MAX + UNWIND_MAX];
	uint32_t ends[BATCH];
};

static void cache_put(struct pt_stacks *s, struct pt_map *map, uint64_t key, uint32_t value)
{
	if (map->n >= s->cache_max)
		pt_map_release(map);
	pt_map_put_u64(map, key, (void *)((uintptr_t)value + 1));
}

static bool cache_get(const struct pt_map *map, uint64_t key, uint32_t *ret)
{
	const void *value = pt_map_get_u64(map, key);

	if (value)
		*ret = (uint32_t)((uintptr_t)value - 1);
	return value;
}

/* Begin with BEGIN: two words that are only put together by it would change places. */
#define BEGIN UINT64_C(0x243f6a8885a308d3)

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9fb21c651e98df25);
	return hash ^ hash >> 32;
}

/* -- addresses ------------------------------------------------------------------------------------ */

static size_t look_up(struct pt_stacks *s, struct pt_perf_process *process, const struct step *step,
		      uint32_t *ret)
{
	struct pt_frames *frames = s->tree->frames;
	const struct pt_frame *frame;
	size_t n;

	switch ((enum ip_kind)step->kind) {
	case IP_KERNEL: ret[0] = pt_symbols_kernel(s->symbols, step->ip - step->caller); return 1;
	case IP_GUEST: ret[0] = pt_frames_name(frames, "[guest]", 7, PT_FRAME_KERNEL); return 1;
	case IP_HYPERVISOR:
		ret[0] = pt_frames_name(frames, "[hypervisor]", 12, PT_FRAME_KERNEL);
		return 1;
	case IP_USER: break;
	}
	pt_perf_process_saw(process, step->ip);
	n = pt_space_frames(process->space, step->ip, step->caller, ret, FRAMES_MAX);
	frame = pt_frames_get(frames, ret[0]);
	/* Of code in no file a later look may know more. */
	process->jit |= frame->kind == PT_FRAME_JIT || strcmp(frame->name, "[anon]") == 0;
	return n;
}

static uint64_t step_key(const struct pt_stacks *s, const struct pt_perf_process *process,
			 const struct step *step)
{
	uint32_t serial = step->kind == IP_USER ? process->serial : 0;

	return mix(mix(mix(BEGIN, serial), step->ip),
		   (uint64_t)step->kind << 2 | (uint64_t)s->java << 1 | step->caller);
}

static void add_found(struct pt_stacks *s, const uint32_t *frames, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*PT_PUSH(s->found, s->n_found, s->cap_found) = frames[i];
}

/* Its frames, the outermost first; valid until the next call. */
static const uint32_t *step_frames(struct pt_stacks *s, struct pt_perf_process *process,
				   const struct step *step, size_t *ret_n)
{
	uint64_t key = step_key(s, process, step);
	uint32_t frames[FRAMES_MAX], at;
	size_t n;

	if (cache_get(&s->addresses, key, &at)) {
		*ret_n = s->found[at];
		return s->found + at + 1;
	}
	n = look_up(s, process, step, frames);
	/* What a JIT makes in one process is not in the one that it was forked from. */
	if (process->jit && process->shared) {
		pt_perf_process_renew(&s->procs, process);
		key = step_key(s, process, step);
	}
	if (s->n_found >= s->cache_max) {
		s->n_found = 0;
		pt_map_release(&s->addresses);
	}
	at = (uint32_t)s->n_found;
	*PT_PUSH(s->found, s->n_found, s->cap_found) = 0;
	for (size_t i = 0; i < n; i++) {
		const uint32_t *renamed = &frames[i];
		size_t k = 1;

		if (s->options.rename)
			renamed = s->options.rename(s->options.rename_arg, frames[i], s->java, &k);
		add_found(s, renamed, k);
	}
	s->found[at] = (uint32_t)(s->n_found - at - 1);
	cache_put(s, &s->addresses, key, at);
	*ret_n = s->found[at];
	return s->found + at + 1;
}

static uint32_t step_node(struct pt_stacks *s, struct pt_perf_process *process, uint32_t node,
			  const struct step *step)
{
	size_t n;
	const uint32_t *frames = step_frames(s, process, step, &n);

	for (size_t i = 0; i < n && node != PT_NO_NODE; i++)
		node = pt_tree_child(s->tree, node, frames[i]);
	return node;
}

/* -- chains --------------------------------------------------------------------------------------- */

static enum ip_kind mode_kind(unsigned misc, uint64_t ip)
{
	switch (misc & PERF_RECORD_MISC_CPUMODE_MASK) {
	case PERF_RECORD_MISC_KERNEL: return IP_KERNEL;
	case PERF_RECORD_MISC_USER: return IP_USER;
	case PERF_RECORD_MISC_HYPERVISOR: return IP_HYPERVISOR;
	case PERF_RECORD_MISC_GUEST_KERNEL:
	case PERF_RECORD_MISC_GUEST_USER: return IP_GUEST;
	default: return ip >> 63 ? IP_KERNEL : IP_USER;
	}
}

/* The steps of a callchain up to max, marks taken out. */
static size_t chain_steps(const struct pt_perf_sample *sample, struct step *ret, size_t max)
{
	size_t n = 0;
	enum ip_kind kind = mode_kind(sample->misc, sample->ip);
	bool caller = false;

	for (uint64_t i = 0; i < sample->n_ips && n < max; i++) {
		uint64_t ip = sample->ips[i];

		if (ip < (uint64_t)PERF_CONTEXT_MAX) {
			ret[n++] = (struct step){ip, (uint8_t)kind, caller};
			caller = true;
			continue;
		}
		caller = false; /* after a mark comes where it was interrupted */
		switch (ip) {
		case (uint64_t)PERF_CONTEXT_KERNEL: kind = IP_KERNEL; break;
		case (uint64_t)PERF_CONTEXT_USER: kind = IP_USER; break;
		case (uint64_t)PERF_CONTEXT_HV: kind = IP_HYPERVISOR; break;
		case (uint64_t)PERF_CONTEXT_GUEST:
		case (uint64_t)PERF_CONTEXT_GUEST_KERNEL:
		case (uint64_t)PERF_CONTEXT_GUEST_USER: kind = IP_GUEST; break;
		case PT_PERF_CONTEXT_USER_DEFERRED: i++; break;
		default: break;
		}
	}
	return n;
}

static size_t unwind_steps(struct pt_perf_process *process, const struct pt_perf_sample *sample,
			   struct step *ret)
{
	uint64_t ips[UNWIND_MAX];
	struct pt_unwind_state state = {
		.abi = sample->regs_abi,
		.regs_mask = sample->regs_mask,
		.regs = sample->regs,
		.stack = sample->stack,
		.n_stack = sample->n_stack,
		.tid = (pid_t)sample->tid,
	};
	size_t n = pt_space_unwind(process->space, &state, ips, UNWIND_MAX);

	for (size_t i = 0; i < n; i++)
		ret[i] = (struct step){ips[i], IP_USER, i > 0};
	return n;
}

/*
 * A short dump of the stack reaches a few frames, frame pointers miss the callers of functions that
 * keep none: where both agree the one goes on as the other. The longest stack of the three counts.
 * user has n_user steps by frame pointers, and room for UNWIND_MAX more.
 */
static size_t join(struct pt_perf_process *process, const struct pt_perf_sample *sample,
		   struct step *user, size_t n_user)
{
	struct step unwound[UNWIND_MAX];
	size_t n = unwind_steps(process, sample, unwound);
	bool whole = n && pt_space_unwound_whole(process->space);

	for (size_t i = 1; i < n && !whole; i++)
		for (size_t k = 1; k < n_user; k++) {
			if (unwound[i].ip != user[k].ip)
				continue;
			if (i + n_user - k > n) {
				memmove(user + i, user + k, (n_user - k) * sizeof *user);
				memcpy(user, unwound, i * sizeof *user);
				return i + n_user - k;
			}
			i = n - 1;
			break;
		}
	if (n < n_user && !whole)
		return n_user;
	memcpy(user, unwound, n * sizeof *user);
	return n;
}

/* -- where they begin ----------------------------------------------------------------------------- */

/* Where a step is in its file, whichever process has mapped that. */
static uint64_t place_key(const struct pt_perf_process *process, const struct step *step)
{
	uint64_t offset = 0;
	const char *module = pt_space_module(process->space, step->ip - step->caller, &offset);

	return mix(mix(BEGIN, (uintptr_t)module), module ? offset : step->ip);
}

enum outer {
	OUTER_WHOLE,   /* unwound to the stack's end */
	OUTER_SHORT,   /* unwinding did not come so far */
	OUTER_POINTERS /* without unwinding nothing teaches what has no name */
};

/*
 * What the step is; next: all steps around it are left out. Where the C library has no names, whole
 * stacks teach which of its places are around main and threads' functions; frame pointers lead to
 * some of the same. So they do with programs that have no names at all.
 */
static enum pt_start start_of(struct pt_stacks *s, struct pt_perf_process *process,
			      const struct step *step, enum outer outer, bool outermost, bool next)
{
	size_t n;
	const uint32_t *frames = step_frames(s, process, step, &n);
	enum pt_start start =
		n ? pt_start_of(pt_frames_get(s->tree->frames, frames[0])) : PT_START_NONE;
	uint64_t key;
	uint32_t taught;

	if (start == PT_START_CLONE)
		return outermost ? PT_START_CODE : PT_START_NONE;
	if (start != PT_START_LIBC && (start != PT_START_NONE || !outermost))
		return start;
	if (outer == OUTER_POINTERS)
		return start == PT_START_LIBC && next ? PT_START_CODE : PT_START_NONE;
	key = place_key(process, step);
	if (cache_get(&s->starts, key, &taught))
		return (enum pt_start)taught;
	if (outer == OUTER_SHORT || !next)
		return PT_START_NONE;
	start = start == PT_START_LIBC ? PT_START_CODE : PT_START_ROOT;
	cache_put(s, &s->starts, key, start);
	return start;
}

static bool has_jit(struct pt_stacks *s, struct pt_perf_process *process, size_t user, size_t n)
{
	size_t n_frames;

	for (size_t i = user; i < n; i++) {
		const uint32_t *frames = step_frames(s, process, &s->steps[i], &n_frames);

		if (n_frames && pt_frames_get(s->tree->frames, frames[0])->kind == PT_FRAME_JIT)
			return true;
	}
	return false;
}

/* How many of the n steps there are from main, or the thread's function, on. */
static size_t from_main(struct pt_stacks *s, struct pt_perf_process *process, size_t user, size_t n,
			bool unwound)
{
	enum outer outer = !unwound				    ? OUTER_POINTERS
			   : pt_space_unwound_whole(process->space) ? OUTER_WHOLE
								    : OUTER_SHORT;
	size_t keep = n;

	s->end = user == n		? PT_STACK_NO_USER
		 : outer == OUTER_WHOLE ? PT_STACK_WHOLE
					: PT_STACK_CUT;
	for (size_t i = n; i-- > user && n - i <= START_MAX;) {
		bool next = i + 1 == keep && (i > user || outer == OUTER_WHOLE);
		enum pt_start start = start_of(s, process, &s->steps[i], outer, i + 1 == n, next);

		if (start == PT_START_NONE && keep < n)
			break;
		if (start != PT_START_NONE)
			s->end = PT_STACK_WHOLE;
		if (start == PT_START_CODE)
			keep = i;
		if (start == PT_START_MAIN) {
			keep = i + 1;
			break;
		}
	}
	/* A JIT's code has no tables that anything could be unwound by. */
	if (s->end == PT_STACK_CUT && has_jit(s, process, user, n))
		s->end = PT_STACK_WHOLE;
	return PT_MAX(keep, PT_MIN(user + 1, n));
}

/* All steps of a sample, the innermost first; at least one. */
static size_t sample_steps(struct pt_stacks *s, struct pt_perf_process *process,
			   const struct pt_perf_sample *sample)
{
	size_t n = chain_steps(sample, s->steps, IPS_MAX), user = 0;
	bool unwound = s->options.unwind != PT_UNWIND_FP && sample->regs && sample->n_stack;

	while (user < n && s->steps[user].kind != IP_USER)
		user++;
	if (unwound)
		n = user + join(process, sample, s->steps + user, n - user);
	if (!n)
		s->steps[n++] = (struct step){sample->ip,
					      (uint8_t)mode_kind(sample->misc, sample->ip), false};
	return s->options.from_main ? from_main(s, process, user, n, unwound) : n;
}

/* Hashes of the chain's outer part, a level every EVERY steps; that of all callers is returned. */
static uint64_t chain_keys(struct pt_stacks *s, uint64_t key, size_t n)
{
	for (size_t i = n; i-- > 1;) {
		const struct step *step = &s->steps[i];

		key = mix(key,
			  step->ip ^ (uint64_t)step->kind << 60 ^ (uint64_t)step->caller << 59);
		if ((n - i) % EVERY == 0)
			s->keys[(n - i) / EVERY] = key;
	}
	return key;
}

static void room_for_frames(struct pt_stacks *s, size_t n)
{
	if (n <= s->cap_frames)
		return;
	s->cap_frames = PT_MAX(n, 2 * s->cap_frames);
	s->frames = pt_reallocarray(s->frames, s->cap_frames, sizeof *s->frames);
	s->nodes = pt_reallocarray(s->nodes, s->cap_frames, sizeof *s->nodes);
}

/* The node behind the first n frames of a batch that was walked from that node. */
static uint32_t node_at(const struct pt_stacks *s, size_t n, uint32_t from)
{
	return n ? s->nodes[n - 1] : from;
}

/* Walks from the node of steps[i] inwards as far as there is room at once; *i is where it came to. */
static uint32_t walk(struct pt_stacks *s, struct pt_perf_process *process, uint32_t node, size_t n,
		     size_t *i)
{
	size_t begin = *i, at = 0, n_found;
	uint32_t first = node;

	for (; *i > 1 && begin - *i < BATCH; (*i)--) {
		const uint32_t *found = step_frames(s, process, &s->steps[*i - 1], &n_found);

		room_for_frames(s, at + n_found);
		memcpy(s->frames + at, found, n_found * sizeof *found);
		at += n_found;
		s->ends[begin - *i] = (uint32_t)at;
	}
	node = pt_tree_walk(s->tree, node, s->frames, at, s->nodes);
	for (size_t k = *i; k < begin && node != PT_NO_NODE && process->serial == s->serial; k++)
		if ((n - k) % EVERY == 0)
			cache_put(s, &s->chains, s->keys[(n - k) / EVERY],
				  node_at(s, s->ends[begin - 1 - k], first));
	return node;
}

/* The node of all steps but the leaf, walked from the deepest level that is known. */
static uint32_t callers_node(struct pt_stacks *s, struct pt_perf_process *process, uint32_t root,
			     size_t n)
{
	uint64_t key = chain_keys(s, mix(mix(BEGIN, root), process->serial), n);
	uint32_t node = root;
	size_t level = (n - 1) / EVERY, i;

	s->serial = process->serial;
	if (n == 1 || cache_get(&s->chains, key, &node))
		return node;
	while (level && !cache_get(&s->chains, s->keys[level], &node))
		level--;
	for (i = n - level * EVERY; i > 1 && node != PT_NO_NODE;)
		node = walk(s, process, node, n, &i);
	if (node != PT_NO_NODE && process->serial == s->serial)
		cache_put(s, &s->chains, key, node);
	return node;
}

static uint32_t make_root(struct pt_stacks *s, const struct pt_perf_thread *thread)
{
	struct pt_frame frame = {.name = thread->comm, .kind = PT_FRAME_THREAD};
	const uint32_t *renamed;
	uint32_t id;
	size_t n = 1;

	if (s->options.threads) {
		frame.pid = (int32_t)thread->pid;
		frame.tid = (int32_t)thread->tid;
	}
	id = pt_frames_intern(s->tree->frames, &frame);
	renamed = s->options.rename ? s->options.rename(s->options.rename_arg, id, false, &n) : &id;
	return pt_tree_stack(s->tree, PT_TREE_ROOT, renamed, n);
}

static uint32_t thread_root(struct pt_stacks *s, struct pt_perf_thread *thread)
{
	if (s->options.no_root)
		return PT_TREE_ROOT;
	if (thread->root == PT_NO_NODE)
		thread->root = make_root(s, thread);
	return thread->root;
}

/* -- outside -------------------------------------------------------------------------------------- */

struct pt_stacks *pt_stacks_new(struct pt_tree *tree, struct pt_symbols *symbols,
				const struct pt_stacks_options *options)
{
	struct pt_stacks *s = pt_malloc(sizeof *s);

	memset(s, 0, offsetof(struct pt_stacks, keys));
	s->tree = tree;
	s->symbols = symbols;
	s->options = *options;
	s->cache_max = tree->max_bytes ? tree->max_bytes / CACHE_SHARE : CACHE_MAX;
	s->cache_max = PT_MIN(PT_MAX(s->cache_max, (size_t)CACHE_MIN), (size_t)CACHE_MAX);
	room_for_frames(s, BATCH);
	pt_perf_procs_init(&s->procs, symbols);
	return s;
}

void pt_stacks_free(struct pt_stacks *stacks)
{
	if (!stacks)
		return;
	pt_perf_procs_release(&stacks->procs);
	pt_map_release(&stacks->chains);
	pt_map_release(&stacks->addresses);
	pt_map_release(&stacks->starts);
	free(stacks->found);
	free(stacks->frames);
	free(stacks->nodes);
	free(stacks);
}

int pt_stacks_record(struct pt_stacks *stacks, const struct perf_event_attr *attr,
		     const struct perf_event_header *record)
{
	return pt_perf_procs_record(&stacks->procs, attr, record);
}

/* The command in a file of /proc, into a thread. */
static void read_comm(struct pt_perf_thread *thread, const char *path)
{
	char *text;
	size_t len;

	if (pt_fs_read(path, 256, &text, &len, NULL))
		return;
	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
	pt_perf_thread_name(thread, text);
	free(text);
}

void pt_stacks_running(struct pt_stacks *stacks, pid_t pid)
{
	char path[96];
	const struct dirent *entry;
	struct pt_perf_process *process;
	long long tid;
	DIR *dir;

	pt_perf_procs_limit(&stacks->procs);
	process = pt_perf_procs_process(&stacks->procs, (uint32_t)pid);
	pt_space_read(process->space, NULL);
	pt_perf_process_renew(&stacks->procs, process);
	pt_snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (pt_parse_i64(entry->d_name, 1, INT32_MAX, &tid))
			continue;
		pt_snprintf(path, sizeof path, "/proc/%d/task/%lld/comm", (int)pid, tid);
		read_comm(pt_perf_procs_thread(&stacks->procs, (uint32_t)pid, (uint32_t)tid), path);
	}
	if (dir)
		closedir(dir);
}

bool pt_stacks_named(struct pt_stacks *stacks, pid_t pid, pid_t tid, bool ask)
{
	struct pt_perf_thread *thread = pt_map_get_u64(&stacks->procs.threads, (uint64_t)tid);
	char path[96];

	if (thread && thread->named)
		return true;
	if (!ask)
		return false;
	pt_perf_procs_limit(&stacks->procs);
	thread = pt_perf_procs_thread(&stacks->procs, (uint32_t)pid, (uint32_t)tid);
	pt_snprintf(path, sizeof path, "/proc/%d/task/%d/comm", (int)pid, (int)tid);
	read_comm(thread, path);
	return thread->named;
}

void pt_stacks_nameless(struct pt_stacks *stacks, pid_t pid, pid_t tid, pid_t parent)
{
	const struct pt_perf_thread *from =
		pt_map_get_u64(&stacks->procs.threads, (uint64_t)parent);

	if (pt_stacks_named(stacks, pid, tid, false) || !from || !from->named)
		return;
	pt_perf_thread_name(pt_perf_procs_thread(&stacks->procs, (uint32_t)pid, (uint32_t)tid),
			    from->comm);
}

void pt_stacks_refresh(struct pt_stacks *stacks)
{
	struct pt_map *all = &stacks->procs.processes;
	size_t pos = 0;
	void *value;

	while (pt_map_next(all, &pos, NULL, NULL, &value)) {
		struct pt_perf_process *process = value;

		if (process->jit)
			pt_perf_process_renew(&stacks->procs, process);
		process->jit = false;
	}
}

uint32_t pt_stacks_node(struct pt_stacks *stacks, const struct pt_perf_sample *sample)
{
	struct pt_perf_thread *thread;
	size_t n;
	uint32_t node;

	pt_perf_procs_limit(&stacks->procs);
	thread = pt_perf_procs_thread(&stacks->procs, sample->pid, sample->tid);
	node = thread_root(stacks, thread);
	if (node == PT_NO_NODE)
		return node;
	stacks->java = stacks->options.rename && strncmp(thread->comm, "java", 4) == 0;
	n = sample_steps(stacks, thread->process, sample);
	if (stacks->options.from_main && stacks->end == PT_STACK_CUT)
		node = pt_tree_child(stacks->tree, node,
				     pt_frames_name(stacks->tree->frames, "[callers unknown]", 17,
						    PT_FRAME_USER));
	if (node == PT_NO_NODE)
		return node;
	node = callers_node(stacks, thread->process, node, n);
	return node == PT_NO_NODE ? node : step_node(stacks, thread->process, node, stacks->steps);
}

enum pt_stack_end pt_stacks_end(const struct pt_stacks *stacks)
{
	return stacks->end;
}

enum pt_stack_end pt_stacks_short_end(struct pt_stacks *stacks, const struct pt_perf_sample *sample,
				      uint64_t bytes)
{
	struct pt_perf_sample cut = *sample;

	cut.n_stack = PT_MIN(cut.n_stack, bytes);
	pt_perf_procs_limit(&stacks->procs);
	sample_steps(stacks,
		     pt_perf_procs_thread(&stacks->procs, sample->pid, sample->tid)->process, &cut);
	return stacks->end;
}

uint32_t pt_stacks_thread(struct pt_stacks *stacks, pid_t pid, pid_t tid)
{
	pt_perf_procs_limit(&stacks->procs);
	return thread_root(stacks,
			   pt_perf_procs_thread(&stacks->procs, (uint32_t)pid, (uint32_t)tid));
}

struct pt_space *pt_stacks_space(struct pt_stacks *stacks, pid_t pid)
{
	pt_perf_procs_limit(&stacks->procs);
	return pt_perf_procs_process(&stacks->procs, (uint32_t)pid)->space;
}
