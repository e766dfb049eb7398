/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stacks of the test itself: from a copy of registers and stack, through a signal, by frame pointers
 * where there are no tables, of a child that runs; and copies that are too short or make no sense.
 */
#include "../../src/profile/unwind_priv.h"
#include "perftop/base/mem.h"
#include "profile_names.h"

#include <dwarf.h>
#include <signal.h>
#include <sys/wait.h>

enum { DUMP = 32768, DEPTH = 64 };

static struct {
	uint64_t regs[17];
	uint8_t stack[DUMP];
	size_t n;
} sample;

static bool peek_sample(void *arg, uint64_t addr, uint64_t *ret)
{
	(void)arg;
	*ret = addr + 1;
	return addr != 13;
}

/* The CFA within the procedure linkage table, as linkers write it. */
static void test_expression(void **state)
{
	static Dwarf_Op ops[] = {
		{DW_OP_breg0 + 7, 8, 0, 0}, {DW_OP_breg0 + 16, 0, 0, 2}, {DW_OP_lit15, 0, 0, 4},
		{DW_OP_and, 0, 0, 5},	    {DW_OP_lit11, 0, 0, 6},	 {DW_OP_ge, 0, 0, 7},
		{DW_OP_lit3, 0, 0, 8},	    {DW_OP_shl, 0, 0, 9},	 {DW_OP_plus, 0, 0, 10},
	};
	struct pt_row *row = pt_calloc(1, sizeof *row + sizeof *row->rules);
	struct pt_registers regs = {.known = 1 << 7 | 1 << 16}, caller;

	(void)state;
	row->return_reg = 16;
	row->cfa = (struct pt_rule){.kind = PT_RULE_RESULT, .n_ops = PT_LEN(ops)};
	row->ops = ops;
	row->n = 1;
	row->rules[0] = (struct pt_rule){.reg = 16, .kind = PT_RULE_AT, .offset = -8};
	regs.v[7] = 0x7000;
	regs.v[16] = 0x401020;
	assert_true(pt_row_apply(row, &pt_machine_x86_64, &regs, &caller, peek_sample, NULL));
	assert_int_equal(caller.v[7], 0x7008);
	assert_int_equal(caller.pc, 0x7001);
	regs.v[16] = 0x40102b; /* behind its push */
	assert_true(pt_row_apply(row, &pt_machine_x86_64, &regs, &caller, peek_sample, NULL));
	assert_int_equal(caller.v[7], 0x7010);
	/* What is not known, runs dry, cannot be read, or goes round and round. */
	regs.known = 1 << 7;
	assert_false(pt_row_apply(row, &pt_machine_x86_64, &regs, &caller, peek_sample, NULL));
	regs.known = UINT32_MAX;
	row->cfa.n_ops = 0;
	assert_false(pt_row_apply(row, &pt_machine_x86_64, &regs, &caller, peek_sample, NULL));
	regs.v[7] = 21;
	row->cfa = (struct pt_rule){.reg = 7, .kind = PT_RULE_OTHER};
	assert_false(pt_row_apply(row, &pt_machine_x86_64, &regs, &caller, peek_sample, NULL));
	ops[0] = (Dwarf_Op){DW_OP_skip, (Dwarf_Word)-3, 0, 0};
	row->cfa = (struct pt_rule){.kind = PT_RULE_RESULT, .n_ops = PT_LEN(ops)};
	assert_false(pt_row_apply(row, &pt_machine_x86_64, &regs, &caller, peek_sample, NULL));
	ops[0] = (Dwarf_Op){DW_OP_lit0, 0, 0, 0};
	ops[1] = (Dwarf_Op){DW_OP_div, 0, 0, 1};
	assert_false(pt_row_apply(row, &pt_machine_x86_64, &regs, &caller, peek_sample, NULL));
	free(row);
}

/* A made-up stack: words at 2^20, code of a JIT at 2^16. */
static void make_jit(struct names *n, uint64_t *stack, size_t words)
{
	const struct pt_mapping m = {.start = 1 << 16, .len = 1 << 16, .path = "//anon"};

	names_init(n, NULL, 1);
	pt_space_map(n->space, &m);
	for (size_t i = 0; i < words; i++)
		stack[i] = 0;
}

static void test_frame_pointers(void **state)
{
	static const uint64_t at = 1 << 20;
	uint64_t regs[17] = {0}, aarch64[33] = {0}, stack[64], ips[DEPTH];
	struct pt_unwind_state unwind = {.abi = 2,
					 .regs_mask = 0xff01ff,
					 .regs = regs,
					 .stack = (const uint8_t *)stack,
					 .n_stack = sizeof stack};
	struct names n;

	(void)state;
	make_jit(&n, stack, 64);
	regs[6] = at + 32; /* BP, in perf's order */
	regs[7] = at;
	regs[8] = 0x10010;
	stack[4] = at + 64;
	stack[5] = 0x10020;
	stack[8] = at + 128;
	stack[9] = 0x10030;
	assert_int_equal(pt_space_unwind(n.space, &unwind, ips, DEPTH), 3);
	assert_true(pt_space_unwound_whole(n.space)); /* a return address of 0 is the end */
	assert_int_equal(ips[0], 0x10010);
	assert_int_equal(ips[1], 0x10020);
	assert_int_equal(ips[2], 0x10030);
	assert_int_equal(pt_space_unwind(n.space, &unwind, ips, 2), 2);
	/* Beyond the copy; around in a circle; down instead of up. */
	unwind.n_stack = 72;
	assert_int_equal(pt_space_unwind(n.space, &unwind, ips, DEPTH), 2);
	assert_false(pt_space_unwound_whole(n.space));
	unwind.n_stack = sizeof stack;
	stack[8] = at + 32;
	assert_int_equal(pt_space_unwind(n.space, &unwind, ips, DEPTH), 3);
	assert_false(pt_space_unwound_whole(n.space));
	/* A call to nowhere leaves its return address on top of the stack. */
	regs[8] = 0x666;
	stack[0] = 0x10040;
	stack[8] = at + 128;
	assert_int_equal(pt_space_unwind(n.space, &unwind, ips, DEPTH), 4);
	assert_int_equal(ips[1], 0x10040);
	unwind.abi = 1;
	assert_int_equal(pt_space_unwind(n.space, &unwind, ips, DEPTH), 0);
	unwind.abi = 2;
	unwind.regs_mask = 1 << 8; /* IP alone */
	assert_int_equal(pt_space_unwind(n.space, &unwind, ips, DEPTH), 1);
	/* aarch64: x29 is the pointer, and addresses may be signed. */
	unwind.regs_mask = (UINT64_C(1) << 33) - 1;
	unwind.regs = aarch64;
	aarch64[29] = at + 32;
	aarch64[31] = at;
	aarch64[32] = 0x10010;
	stack[5] = 0x10020 | UINT64_C(0x2a) << 48;
	assert_int_equal(pt_space_unwind(n.space, &unwind, ips, DEPTH), 3);
	assert_int_equal(ips[1], 0x10020);
	names_release(&n);
}

#if defined __x86_64__
static void *stack_end;

static __attribute__((noinline, no_sanitize("address"))) void capture(void)
{
	uint64_t *r = sample.regs;

	__asm__ volatile("movq %%rbx, 8(%0)\n\tmovq %%rbp, 48(%0)\n\tmovq %%rsp, 56(%0)\n\t"
			 "leaq 1f(%%rip), %%rax\n\tmovq %%rax, 64(%0)\n\t"
			 "movq %%r12, 104(%0)\n\tmovq %%r13, 112(%0)\n\tmovq %%r14, 120(%0)\n\t"
			 "movq %%r15, 128(%0)\n1:"
			 :
			 : "r"(r)
			 : "rax", "memory");
	sample.n = (size_t)((uint64_t)stack_end - r[7]);
	if (sample.n > DUMP)
		sample.n = DUMP;
	for (size_t i = 0; i < sample.n; i++)
		sample.stack[i] = ((volatile uint8_t *)r[7])[i];
}

static __attribute__((noinline)) int deeper(int n)
{
	volatile int kept = n;

	/* The result is used: else gcc makes a clone of another name. */
	if (n > 0)
		kept += deeper(n - 1);
	else
		capture();
	return kept;
}

static const struct pt_symbols_options live = {.this_machine = true};

static const struct pt_unwind_state captured = {
	.abi = 2, .regs_mask = 0xff01ff, .regs = sample.regs, .stack = sample.stack};

static const char *name_of(struct names *n, uint64_t ip, bool return_address)
{
	uint32_t id;

	assert_int_equal(pt_space_frames(n->space, ip, return_address, &id, 1), 1);
	return pt_frames_get(n->frames, id)->name;
}

static void test_copy(void **state)
{
	struct pt_unwind_state unwind = captured;
	uint64_t ips[DEPTH];
	struct names n;
	size_t k, shorter;

	(void)state;
	deeper(4);
	names_init(&n, &live, getpid());
	assert_int_equal(pt_space_read(n.space, NULL), 0);
	unwind.n_stack = sample.n;
	k = pt_space_unwind(n.space, &unwind, ips, DEPTH);
	assert_true(k > 8);
	assert_string_equal(name_of(&n, ips[0], false), "capture");
	for (size_t i = 1; i <= 5; i++)
		assert_string_equal(name_of(&n, ips[i], true), "deeper");
	assert_string_equal(name_of(&n, ips[6], true), "test_copy");
	assert_true(pt_space_unwound_whole(n.space) == (sample.n < DUMP));
	unwind.n_stack = 200;
	shorter = pt_space_unwind(n.space, &unwind, ips, DEPTH);
	assert_true(shorter > 0 && shorter < k);
	assert_false(pt_space_unwound_whole(n.space));
	assert_int_equal(pt_space_unwind(n.space, &unwind, ips, 0), 0);
	names_release(&n);
}

/* Faults at its first instruction: what stands before it is another function. */
int fault_at_once(void);
__asm__(".text\n.type before_fault, @function\nbefore_fault:\nnop\nret\n"
	".size before_fault, . - before_fault\n"
	".type fault_at_once, @function\nfault_at_once:\n.cfi_startproc\nud2\nret\n"
	".cfi_endproc\n.size fault_at_once, . - fault_at_once\n");

static sigjmp_buf out_of_signal;

static void on_fault(int signo)
{
	(void)signo;
	capture();
	siglongjmp(out_of_signal, 1);
}

static void test_signal(void **state)
{
	struct sigaction action = {.sa_handler = on_fault}, before;
	struct pt_unwind_state unwind = captured;
	uint64_t ips[DEPTH];
	struct names n;
	size_t k, i;

	(void)state;
	assert_int_equal(sigaction(SIGILL, &action, &before), 0);
	if (sigsetjmp(out_of_signal, 1) == 0)
		fault_at_once();
	sigaction(SIGILL, &before, NULL);
	names_init(&n, &live, getpid());
	pt_space_read(n.space, NULL);
	unwind.n_stack = sample.n;
	k = pt_space_unwind(n.space, &unwind, ips, DEPTH);
	assert_true(k > 4);
	for (i = 1; i < k && strcmp(name_of(&n, ips[i], true), "on_fault") != 0; i++)
		;
	assert_true(i + 3 < k); /* the kernel's frame, then who was interrupted */
	assert_string_equal(name_of(&n, ips[i + 2], true), "fault_at_once");
	assert_string_equal(name_of(&n, ips[i + 3], true), "test_signal");
	names_release(&n);
}

static void test_nonsense(void **state)
{
	struct pt_unwind_state unwind = captured;
	uint64_t ips[DEPTH], good[17];
	uint32_t random = 3;
	struct names n;

	(void)state;
	deeper(4);
	memcpy(good, sample.regs, sizeof good);
	names_init(&n, &live, getpid());
	pt_space_read(n.space, NULL);
	unwind.n_stack = sample.n;
	for (int round = 0; round < 2000; round++) {
		memcpy(sample.regs, good, sizeof good);
		for (int i = 0; i < 40; i++) {
			random = random * 1664525 + 1013904223;
			sample.stack[(random >> 8) % sample.n] = (uint8_t)random;
		}
		if (round & 1)
			sample.regs[(random >> 16) % 9] = (uint64_t)random << (random >> 27);
		assert_true(pt_space_unwind(n.space, &unwind, ips, DEPTH) <= DEPTH);
	}
	names_release(&n);
}
#endif

static __attribute__((noinline)) void wait_here(int fd)
{
	char byte;

	/* Until the test closes its end, whatever interrupts. */
	while (read(fd, &byte, 1) != 0)
		;
}

static void check_running(pid_t pid)
{
	char path[64], *text;
	struct pt_err err;
	size_t n;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	assert_int_equal(pt_fs_read(path, 65536, &text, &n, &err), 0);
	assert_non_null(strstr(text, "TracerPid:\t0\n"));
	assert_null(strstr(text, "State:\tt"));
	free(text);
}

static void test_thread(void **state)
{
	const struct pt_symbols_options options = {.this_machine = true};
	uint64_t ips[DEPTH];
	int pipe_fds[2], got = 0;
	struct names n;
	struct pt_err err;
	bool found = false;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(pipe_fds), 0);
	pid = fork();
	if (pid == 0) {
		close(pipe_fds[1]);
		wait_here(pipe_fds[0]);
		_exit(0);
	}
	close(pipe_fds[0]);
	names_init(&n, &options, pid);
	pt_space_read(n.space, NULL);
	for (int tries = 0; tries < 5000 && !found; tries++) {
		uint32_t id;

		got = pt_space_unwind_thread(n.space, pid, ips, DEPTH, &err);
		for (int i = 0; i < got; i++) {
			pt_space_frames(n.space, ips[i], i > 0, &id, 1);
			found |= strcmp(pt_frames_get(n.frames, id)->name, "wait_here") == 0;
		}
		if (got < 0)
			break;
		usleep(1000);
	}
	check_running(pid);
	close(pipe_fds[1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(pt_space_unwind_thread(n.space, pid, ips, DEPTH, &err), -PT_ENOENT);
	names_release(&n);
	if (got == -PT_EACCES || got == -PT_ENOTSUP)
		skip();
	assert_true(found);
}

/* Whoever waits for a child gets its exit status, although it was traced when it ended. */
static void test_child_ends(void **state)
{
	struct pt_symbols_options options = {.this_machine = true};
	uint64_t ips[DEPTH];
	bool traced = false;
	struct names n;

	(void)state;
	for (int i = 0; i < 300; i++) {
		pid_t pid = fork();
		int got, status = 0;

		if (pid == 0) {
			for (volatile int k = 0; k < 20000 + 300 * i; k++)
				;
			_exit(7);
		}
		names_init(&n, &options, pid);
		/* On a busy machine it may not stop in time: then it is let go when it does. */
		while ((got = pt_space_unwind_thread(n.space, pid, ips, DEPTH, NULL)) >= 0 ||
		       got == -PT_ETIMEDOUT)
			traced |= got >= 0;
		names_release(&n);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	}
	if (!traced)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expression),
		cmocka_unit_test(test_frame_pointers),
#if defined __x86_64__
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_nonsense),
#endif
		cmocka_unit_test(test_thread),
		cmocka_unit_test(test_child_ends),
	};

#if defined __x86_64__
	stack_end = (char *)__builtin_frame_address(0) + 256;
#endif
	return cmocka_run_group_tests(tests, NULL, NULL);
}
