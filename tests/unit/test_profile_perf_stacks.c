/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Side-band records and samples made by hand: whose stack it is, and in which object each frame. */
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/perf_stacks.h"

#include "../../src/profile/perf_procs.h"
#include "perf_records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cmocka.h>

static const struct perf_event_attr attr = {
	.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_CALLCHAIN,
};

struct setup {
	struct pt_frames *frames;
	struct pt_tree *tree;
	struct pt_symbols *symbols;
	struct pt_stacks *stacks;
	struct pt_str text;
};

static struct setup setup(struct pt_stacks_options options)
{
	static const struct pt_symbols_options nowhere = {.symfs = "/nonexistent",
							  .proc = "/nonexistent"};
	struct setup s = {.frames = pt_frames_new()};

	s.tree = pt_tree_new(s.frames, 0);
	s.symbols = pt_symbols_new(s.frames, &nowhere);
	s.stacks = pt_stacks_new(s.tree, s.symbols, &options);
	return s;
}

static void teardown(struct setup *s)
{
	pt_stacks_free(s->stacks);
	pt_symbols_free(s->symbols);
	pt_tree_free(s->tree);
	pt_frames_unref(s->frames);
	pt_str_release(&s->text);
}

static int feed(struct setup *s, struct record_buffer *b)
{
	record_end(b);
	return pt_stacks_record(s->stacks, &attr, record_last(b));
}

static void comm(struct setup *s, uint32_t pid, uint32_t tid, const char *name, bool exec)
{
	struct record_buffer b = {0};

	record_begin(&b, PERF_RECORD_COMM, exec ? PERF_RECORD_MISC_COMM_EXEC : 0);
	record_u32(&b, pid), record_u32(&b, tid);
	record_text(&b, name);
	assert_int_equal(feed(s, &b), 0);
}

static void task(struct setup *s, uint32_t type, uint32_t pid, uint32_t ppid, uint32_t tid,
		 uint32_t ptid)
{
	struct record_buffer b = {0};

	record_begin(&b, type, 0);
	record_u32(&b, pid), record_u32(&b, ppid), record_u32(&b, tid), record_u32(&b, ptid);
	record_u64(&b, 0);
	assert_int_equal(feed(s, &b), 0);
}

static void map(struct setup *s, uint32_t pid, uint64_t start, uint64_t len, const char *path)
{
	struct record_buffer b = {0};

	record_begin(&b, PERF_RECORD_MMAP, PERF_RECORD_MISC_USER);
	record_u32(&b, pid), record_u32(&b, pid);
	record_u64(&b, start), record_u64(&b, len), record_u64(&b, 0);
	record_text(&b, path);
	assert_int_equal(feed(s, &b), 0);
}

static uint32_t add(struct setup *s, uint32_t pid, uint32_t tid, const uint64_t *ips, size_t n)
{
	struct pt_perf_sample sample = {.pid = pid,
					.tid = tid,
					.ip = n ? ips[n - 1] : 0x10,
					.misc = PERF_RECORD_MISC_USER,
					.ips = ips,
					.n_ips = n};

	return pt_stacks_node(s->stacks, &sample);
}

/* "comm;[outer];[inner]" of a node. */
static const char *stack(struct setup *s, uint32_t node)
{
	uint32_t path[64];
	size_t n = 0;

	assert_int_not_equal(node, PT_NO_NODE);
	for (; node != PT_TREE_ROOT && n < 64; node = s->tree->parent[node])
		path[n++] = s->tree->frame[node];
	pt_str_clear(&s->text);
	while (n--)
		pt_str_addf(&s->text, "%s%s", pt_frames_get(s->frames, path[n])->name,
			    n ? ";" : "");
	return pt_str_text(&s->text);
}

static const char *root(struct setup *s, pid_t pid)
{
	return stack(s, pt_stacks_thread(s->stacks, pid, pid));
}

#define USER ((uint64_t)PERF_CONTEXT_USER)
#define KERNEL ((uint64_t)PERF_CONTEXT_KERNEL)
#define CHAIN(s, pid, tid, ...)                                    \
	stack(s, add(s, pid, tid, (const uint64_t[]){__VA_ARGS__}, \
		     sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t)))

static void marks_and_callers(void **state)
{
	struct setup s = setup((struct pt_stacks_options){.unwind = PT_UNWIND_AUTO});

	(void)state;
	comm(&s, 10, 10, "prog", true);
	map(&s, 10, 0x1000, 0x1000, "/x/a.so");
	map(&s, 10, 0x2000, 0x1000, "/x/b.so");
	assert_string_equal(CHAIN(&s, 10, 10, USER, 0x1500, 0x2500), "prog;[b.so];[a.so]");
	/* The leaf is where it is; a caller is looked up before its return address. */
	assert_string_equal(CHAIN(&s, 10, 10, USER, 0x2000, 0x2000), "prog;[a.so];[b.so]");
	/* So is the first one behind each mark. */
	assert_string_equal(CHAIN(&s, 10, 10, KERNEL, 0xffffffff81000000, 0xffffffff81000100, USER,
				  0x2000, 0x1800),
			    "prog;[a.so];[b.so];[kernel];[kernel]");
	assert_string_equal(CHAIN(&s, 10, 10, USER, 0x9000), "prog;[unknown]");
	/* A cookie is no address; a guest has no names. */
	assert_string_equal(CHAIN(&s, 10, 10, USER, 0x1100, (uint64_t)-640, 0x2222), "prog;[a.so]");
	assert_string_equal(CHAIN(&s, 10, 10, (uint64_t)PERF_CONTEXT_GUEST_KERNEL, 0x1100),
			    "prog;[guest]");
	assert_string_equal(CHAIN(&s, 10, 10, (uint64_t)PERF_CONTEXT_HV, 0x1100),
			    "prog;[hypervisor]");
	teardown(&s);
}

/* Who runs is asked for its name; who has ended without one is called as its parent. */
static void late_names(void **state)
{
	struct setup s = setup((struct pt_stacks_options){.unwind = PT_UNWIND_FP});
	pid_t own = getpid(), gone = INT32_MAX;
	char name[16];

	(void)state;
	assert_int_equal(prctl(PR_GET_NAME, name), 0);
	assert_false(pt_stacks_named(s.stacks, own, own, false));
	assert_int_equal(root(&s, own)[0], ':');
	assert_true(pt_stacks_named(s.stacks, own, own, true));
	assert_string_equal(root(&s, own), name);
	assert_false(pt_stacks_named(s.stacks, gone, gone, true));
	pt_stacks_nameless(s.stacks, gone, gone, gone - 1);
	assert_string_equal(root(&s, gone), ":2147483647");
	pt_stacks_nameless(s.stacks, gone, gone, own);
	assert_string_equal(root(&s, gone), name);
	comm(&s, 10, 10, "prog", true);
	pt_stacks_nameless(s.stacks, gone, gone, 10);
	assert_string_equal(root(&s, gone), name);
	teardown(&s);
}

/* Without a chain, or with an empty one, the sample's address is the stack. */
static void no_chain(void **state)
{
	struct setup s = setup((struct pt_stacks_options){.no_root = true});
	struct pt_perf_sample sample = {.pid = 10, .tid = 10, .ip = 0x1800};

	(void)state;
	map(&s, 10, 0x1000, 0x1000, "/x/a.so");
	assert_string_equal(stack(&s, pt_stacks_node(s.stacks, &sample)), "[a.so]");
	sample.ip = 0xffffffff81000000;
	assert_string_equal(stack(&s, pt_stacks_node(s.stacks, &sample)), "[kernel]");
	assert_string_equal(CHAIN(&s, 10, 10, USER), "[unknown]");
	teardown(&s);
}

static void processes(void **state)
{
	struct setup s = setup((struct pt_stacks_options){.unwind = PT_UNWIND_AUTO});

	(void)state;
	comm(&s, 10, 10, "parent", true);
	map(&s, 10, 0x1000, 0x1000, "/x/a.so");
	assert_string_equal(CHAIN(&s, 10, 10, USER, 0x1500), "parent;[a.so]");
	task(&s, PERF_RECORD_FORK, 20, 10, 20, 10);
	assert_string_equal(CHAIN(&s, 20, 20, USER, 0x1500), "parent;[a.so]");
	/* A thread has its process's mappings and its parent's name, until it has its own. */
	task(&s, PERF_RECORD_FORK, 20, 20, 21, 20);
	assert_string_equal(CHAIN(&s, 20, 21, USER, 0x1500), "parent;[a.so]");
	comm(&s, 20, 21, "worker", false);
	assert_string_equal(CHAIN(&s, 20, 21, USER, 0x1500), "worker;[a.so]");
	assert_string_equal(CHAIN(&s, 20, 20, USER, 0x1500), "parent;[a.so]");
	/* What it runs then has nothing of that, and its parent keeps all. */
	comm(&s, 20, 20, "child", true);
	assert_string_equal(CHAIN(&s, 20, 20, USER, 0x1500), "child;[unknown]");
	map(&s, 20, 0x1000, 0x1000, "/x/c");
	assert_string_equal(CHAIN(&s, 20, 20, USER, 0x1500), "child;[c]");
	assert_string_equal(CHAIN(&s, 10, 10, USER, 0x1500), "parent;[a.so]");
	/* Its number comes again: another process. */
	task(&s, PERF_RECORD_EXIT, 20, 10, 20, 10);
	assert_string_equal(CHAIN(&s, 20, 20, USER, 0x1500), "child;[c]");
	task(&s, PERF_RECORD_FORK, 20, 10, 20, 10);
	assert_string_equal(CHAIN(&s, 20, 20, USER, 0x1500), "parent;[a.so]");
	teardown(&s);
}

/* What one maps after the fork the other does not have, and what a JIT may make stays apart. */
static void forked(void **state)
{
	struct setup s = setup((struct pt_stacks_options){.unwind = PT_UNWIND_AUTO});

	(void)state;
	comm(&s, 10, 10, "prog", true);
	map(&s, 10, 0x1000, 0x1000, "/x/a.so");
	map(&s, 10, 0x20000, 0x1000, "//anon");
	assert_string_equal(CHAIN(&s, 10, 10, USER, 0x1500, 0x1501), "prog;[a.so];[a.so]");
	for (uint32_t pid = 20; pid < 23; pid++)
		task(&s, PERF_RECORD_FORK, pid, 10, pid, 10);
	map(&s, 20, 0x9000, 0x1000, "/x/child.so");
	map(&s, 10, 0x9000, 0x1000, "/x/parent.so");
	for (int i = 0; i < 2; i++) {
		assert_string_equal(CHAIN(&s, 10, 10, USER, 0x9500, 0x1501, 0x9502, 0x9503, 0x9504,
					  0x9505, 0x9506, 0x9507, 0x9508, 0x1509),
				    "prog;[a.so];[parent.so];[parent.so];[parent.so];[parent.so];"
				    "[parent.so];[parent.so];[parent.so];[a.so];[parent.so]");
		assert_string_equal(CHAIN(&s, 20, 20, USER, 0x9500, 0x1501, 0x9502, 0x9503, 0x9504,
					  0x9505, 0x9506, 0x9507, 0x9508, 0x1509),
				    "prog;[a.so];[child.so];[child.so];[child.so];[child.so];"
				    "[child.so];[child.so];[child.so];[a.so];[child.so]");
		assert_string_equal(CHAIN(&s, 21, 21, USER, 0x20500, 0x1501, 0x20500, 0x9502),
				    "prog;[unknown];[anon];[a.so];[anon]");
		assert_string_equal(CHAIN(&s, 22, 22, USER, 0x1501, 0x9502, 0x9503),
				    "prog;[unknown];[unknown];[a.so]");
	}
	task(&s, PERF_RECORD_FORK, 30, 10, 30, 10);
	assert_string_equal(CHAIN(&s, 30, 30, USER, 0x9500), "prog;[parent.so]");
	teardown(&s);
}

/* A mapping put over addresses that have been looked up. */
static void remapped(void **state)
{
	struct setup s = setup((struct pt_stacks_options){.unwind = PT_UNWIND_AUTO});

	(void)state;
	comm(&s, 10, 10, "prog", true);
	map(&s, 10, 0x10000, 0x10000, "/x/a.so");
	assert_string_equal(CHAIN(&s, 10, 10, USER, 0x18000, 0x19000), "prog;[a.so];[a.so]");
	map(&s, 10, 0x18000, 0x1000, "/x/b.so");
	assert_string_equal(CHAIN(&s, 10, 10, USER, 0x18000, 0x19001), "prog;[a.so];[b.so]");
	map(&s, 10, 0, UINT64_MAX, "/x/c.so");
	assert_string_equal(CHAIN(&s, 10, 10, USER, 0x18000, 0x19001), "prog;[c.so];[c.so]");
	teardown(&s);
}

/* Addresses and processes that only differ together have names of their own. */
static void no_mix_up(void **state)
{
	struct setup s = setup((struct pt_stacks_options){.unwind = PT_UNWIND_AUTO});

	(void)state;
	for (uint32_t pid = 1; pid < 64; pid++) {
		map(&s, pid, 0x100, 0x40, pid % 2 ? "/x/odd" : "/x/even");
		for (uint64_t ip = 0x100; ip < 0x140; ip++) {
			const char *got = CHAIN(&s, pid, pid, USER, ip, ip + 1);

			assert_non_null(strstr(got, pid % 2 ? ";[odd];[odd]" : ";[even];[even]"));
		}
	}
	teardown(&s);
}

static void roots(void **state)
{
	struct setup s = setup((struct pt_stacks_options){.threads = true});
	const struct pt_frame *frame;
	uint32_t node;

	(void)state;
	assert_string_equal(CHAIN(&s, 0, 0, USER, 1), "swapper;[unknown]");
	assert_string_equal(CHAIN(&s, 30, 31, USER, 1), ":31;[unknown]");
	comm(&s, 30, 30, "a;b", false);
	assert_string_equal(CHAIN(&s, 30, 32, USER, 1), "a:b;[unknown]");
	node = pt_stacks_thread(s.stacks, 30, 32);
	frame = pt_frames_get(s.frames, s.tree->frame[node]);
	assert_int_equal(frame->kind, PT_FRAME_THREAD);
	assert_int_equal(frame->pid, 30);
	assert_int_equal(frame->tid, 32);
	teardown(&s);
}

static void broken_records(void **state)
{
	static const uint32_t types[] = {PERF_RECORD_COMM, PERF_RECORD_FORK, PERF_RECORD_EXIT,
					 PERF_RECORD_MMAP, PERF_RECORD_MMAP2};
	struct setup s = setup((struct pt_stacks_options){.unwind = PT_UNWIND_AUTO});

	(void)state;
	for (size_t i = 0; i < PT_LEN(types); i++)
		for (size_t words = 0; words < 16; words++) {
			struct record_buffer b = {0};
			bool short_task =
				(types[i] == PERF_RECORD_FORK || types[i] == PERF_RECORD_EXIT) &&
				words < 3;

			record_begin(&b, types[i], 0);
			for (size_t j = 0; j < words; j++)
				record_u64(&b, UINT64_C(0x0101010101010101)); /* no end of text */
			if (types[i] == PERF_RECORD_FORK || types[i] == PERF_RECORD_EXIT)
				assert_int_equal(feed(&s, &b), short_task ? -PT_ESYNTAX : 0);
			else
				assert_int_equal(feed(&s, &b), -PT_ESYNTAX);
		}
	teardown(&s);
}

/* More processes than a machine has: what has ended is forgotten, at worst all; the tree stays. */
static void too_many(void **state)
{
	struct setup s = setup((struct pt_stacks_options){.unwind = PT_UNWIND_AUTO});
	uint32_t first;

	(void)state;
	comm(&s, 1, 1, "init", false);
	map(&s, 1, 0x1000, 0x1000, "/x/a.so");
	first = add(&s, 1, 1, (const uint64_t[]){USER, 0x1500}, 2);
	for (uint32_t pid = 2; pid < 100000; pid++) {
		task(&s, PERF_RECORD_FORK, pid, 1, pid, 1);
		task(&s, PERF_RECORD_EXIT, pid, 1, pid, 1);
	}
	assert_int_equal(add(&s, 1, 1, (const uint64_t[]){USER, 0x1500}, 2), first);
	for (uint32_t pid = 100000; pid < 200000; pid++)
		task(&s, PERF_RECORD_FORK, pid, 1, pid, 1);
	assert_string_equal(CHAIN(&s, 1, 1, USER, 0x1500), ":1;[unknown]");
	teardown(&s);
}

/* Of very many that come and go: those that are gone are forgotten; a process whose main thread alone
 * has exited is not. */
static void come_and_go(void **state)
{
	struct setup s = setup((struct pt_stacks_options){.unwind = PT_UNWIND_AUTO});
	struct pt_perf_procs procs;

	(void)state;
	map(&s, 50, 0x1000, 0x1000, "/main.so");
	task(&s, PERF_RECORD_FORK, 50, 50, 51, 50);
	task(&s, PERF_RECORD_EXIT, 50, 1, 50, 1);
	pt_perf_procs_init(&procs, s.symbols);
	for (uint32_t pid = 100; pid < 20000; pid++) {
		task(&s, PERF_RECORD_FORK, pid, 1, pid, 1);
		task(&s, PERF_RECORD_EXIT, pid, 1, pid, 1);
		pt_perf_procs_thread(&procs, pid, pid)->exited = true;
		pt_perf_procs_process(&procs, pid)->exited = true;
		pt_perf_procs_limit(&procs);
		assert_in_range(procs.processes.n + procs.threads.n, 0, 10000);
	}
	assert_string_equal(CHAIN(&s, 50, 51, USER, 0x1500), ":51;[main.so]");
	pt_perf_procs_release(&procs);
	teardown(&s);
}

enum { MANY = 100 };

/* a.so becomes many frames, b.so none, and below java every other one is called Java. */
static const uint32_t *other_names(void *arg, uint32_t frame, bool java, size_t *ret_n)
{
	static uint32_t ids[MANY];
	struct pt_frames *frames = *(struct pt_frames **)arg;
	const char *name = pt_frames_get(frames, frame)->name;

	*ret_n = strcmp(name, "[a.so]") == 0 ? MANY : strcmp(name, "[b.so]") == 0 ? 0 : 1;
	for (size_t i = 0; i < *ret_n; i++)
		ids[i] = java ? pt_frames_name(frames, "Java", 4, PT_FRAME_USER) : frame;
	return ids;
}

static void renamed(void **state)
{
	struct pt_frames *frames;
	struct setup s =
		setup((struct pt_stacks_options){.rename = other_names, .rename_arg = &frames});
	uint64_t deep[601] = {USER};
	uint32_t node, depth = 0;

	(void)state;
	frames = s.frames;
	for (uint32_t pid = 10; pid < 12; pid++) {
		comm(&s, pid, pid, pid == 10 ? "prog" : "java x", true);
		map(&s, pid, 0x1000, 0x1000, "/x/a.so");
		map(&s, pid, 0x2000, 0x1000, "/x/b.so");
		map(&s, pid, 0x3000, 0x1000, "/x/c.so");
	}
	assert_string_equal(CHAIN(&s, 10, 10, USER, 0x2400, 0x2401), "prog");
	for (size_t i = 1; i < PT_LEN(deep); i++)
		deep[i] = (i % 3 + 1) * 0x1000 + i;
	for (int i = 0; i < 2; i++) {
		node = add(&s, 10, 10, deep, PT_LEN(deep));
		for (depth = 0; node != PT_TREE_ROOT; node = s.tree->parent[node])
			depth++;
		assert_int_equal(depth, 1 + 200 * MANY + 200);
		assert_string_equal(CHAIN(&s, 10, 10, USER, 0x2500, 0x3501), "prog;[c.so]");
		assert_string_equal(CHAIN(&s, 10, 10, USER, 0x2500, 0x2501), "prog");
		assert_string_equal(CHAIN(&s, 11, 11, USER, 0x3500, 0x3501), "java x;Java;Java");
	}
	teardown(&s);
}

static void full_tree(void **state)
{
	struct setup s = setup((struct pt_stacks_options){.unwind = PT_UNWIND_AUTO});
	uint32_t node = 0;

	(void)state;
	s.tree->max_bytes = 1;
	for (uint64_t i = 0; i < 10000 && node != PT_NO_NODE; i++) {
		char name[32];

		pt_snprintf(name, sizeof name, "name%d", (int)i);
		comm(&s, 10, 10, name, false);
		node = add(&s, 10, 10, (const uint64_t[]){USER, 0x10, 0x20}, 3);
	}
	assert_int_equal(node, PT_NO_NODE);
	teardown(&s);
}

/* A stack unwound by frame pointers: pairs of a pointer and a return address from 0x7000 on. */
static const char *unwound(struct setup *s, uint64_t ip, const uint64_t *words, size_t n)
{
	enum { TOP = 0x7000 };
	const uint64_t regs[] = {TOP, TOP, ip}; /* bp, sp, ip */
	struct pt_perf_sample sample = {.pid = 10,
					.tid = 10,
					.misc = PERF_RECORD_MISC_USER,
					.ip = ip,
					.regs_abi = 2,
					.regs_mask = 7 << 6,
					.regs = regs,
					.stack = (const uint8_t *)words,
					.n_stack = n * sizeof *words};

	return stack(s, pt_stacks_node(s->stacks, &sample));
}

/* Whatever of what starts a thread is in a stack, it begins with the thread's function. */
static void from_main(void **state)
{
	struct setup s = setup((struct pt_stacks_options){.from_main = true});
	static const uint64_t whole[] = {0x7010, 0x1100, 0x7020, 0x2200, 0, 0x2300};

	(void)state;
	comm(&s, 10, 10, "prog", true);
	map(&s, 10, 0x1000, 0x1000, "/x/prog");
	map(&s, 10, 0x2000, 0x1000, "/x/libc.so.6");
	/* Two places in the C library are around the thread's function. */
	assert_string_equal(unwound(&s, 0x1500, whole, 6), "prog;[prog];[prog]");
	assert_int_equal(pt_stacks_end(s.stacks), PT_STACK_WHOLE);
	/* Frame pointers led to one of them. */
	assert_string_equal(unwound(&s, 0x1500, whole, 4), "prog;[prog];[prog]");
	assert_int_equal(pt_stacks_end(s.stacks), PT_STACK_WHOLE);
	/* One that no whole stack began with: sorting, perhaps. */
	assert_string_equal(
		unwound(&s, 0x1500, (const uint64_t[]){0x7010, 0x1100, 0x7020, 0x2500}, 4),
		"prog;[callers unknown];[libc.so.6];[prog];[prog]");
	assert_int_equal(pt_stacks_end(s.stacks), PT_STACK_CUT);
	assert_string_equal(unwound(&s, 0x1500, whole, 2), "prog;[callers unknown];[prog];[prog]");
	/* The innermost stays, and so does the kernel's part. */
	assert_string_equal(unwound(&s, 0x2500, (const uint64_t[]){0, 0}, 2), "prog;[libc.so.6]");
	assert_string_equal(CHAIN(&s, 10, 10, KERNEL, 0xffffffff81000000), "prog;[kernel]");
	assert_int_equal(pt_stacks_end(s.stacks), PT_STACK_NO_USER);
	teardown(&s);
}

/* Without unwinding nothing tells more of the C library than that it is outermost. */
static void from_main_by_pointers(void **state)
{
	struct setup s = setup((struct pt_stacks_options){.from_main = true});

	(void)state;
	comm(&s, 10, 10, "prog", true);
	map(&s, 10, 0x1000, 0x1000, "/x/prog");
	map(&s, 10, 0x2000, 0x1000, "/x/libc.so.6");
	assert_string_equal(CHAIN(&s, 10, 10, USER, 0x1500, 0x1100, 0x2200), "prog;[prog];[prog]");
	assert_int_equal(pt_stacks_end(s.stacks), PT_STACK_WHOLE);
	assert_string_equal(CHAIN(&s, 10, 10, KERNEL, 0xffffffff81000000, USER, 0x2200),
			    "prog;[callers unknown];[libc.so.6];[kernel]");
	assert_string_equal(CHAIN(&s, 10, 10, USER, 0x2200, 0x1100),
			    "prog;[callers unknown];[prog];[libc.so.6]");
	teardown(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_and_callers),
		cmocka_unit_test(late_names),
		cmocka_unit_test(no_chain),
		cmocka_unit_test(processes),
		cmocka_unit_test(remapped),
		cmocka_unit_test(no_mix_up),
		cmocka_unit_test(roots),
		cmocka_unit_test(broken_records),
		cmocka_unit_test(too_many),
		cmocka_unit_test(full_tree),
		cmocka_unit_test(forked),
		cmocka_unit_test(come_and_go),
		cmocka_unit_test(renamed),
		cmocka_unit_test(from_main),
		cmocka_unit_test(from_main_by_pointers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
