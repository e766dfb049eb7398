/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stack of a thread that runs: ptrace stops it for as long as copying registers and the stack's
 * top takes, some ten microseconds; it is unwound when it runs again. What was stopped is let go in
 * every case.
 */
#include "unwind_priv.h"

#include "perftop/base/clock.h"
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STACK_COPY = 64 << 10 };

static const int64_t stop_ns = 100 * PT_MS;

/* The letter of its state, and its parent; 0: it has gone. */
static char look_at(const char *proc, pid_t tid, pid_t *ret_parent)
{
	struct pt_str path = PT_STR_INIT;
	char *text, *end, state = '\0';
	size_t n;

	pt_str_addf(&path, "%s/%d/stat", proc, (int)tid);
	if (pt_fs_read(path.s, 4096, &text, &n, NULL) == 0) {
		end = strrchr(text, ')');
		if (end && end[1] == ' ' && end[2]) {
			state = end[2];
			*ret_parent = (pid_t)strtol(end + 3, NULL, 10);
		}
		free(text);
	}
	pt_str_release(&path);
	return state;
}

/* Waiting for a device, it would not stop for as long as that takes: it is left alone. */
static bool is_waiting(const char *proc, pid_t tid)
{
	pid_t parent;

	return look_at(proc, tid, &parent) == 'D';
}

#if defined __x86_64__
static const struct pt_machine *const machine = &pt_machine_x86_64;

static void take_registers(const struct user_regs_struct *u, struct pt_registers *r)
{
	const uint64_t v[] = {u->rax, u->rdx, u->rcx, u->rbx, u->rsi, u->rdi, u->rbp, u->rsp,
			      u->r8,  u->r9,  u->r10, u->r11, u->r12, u->r13, u->r14, u->r15};

	memcpy(r->v, v, sizeof v);
	r->known = (UINT64_C(1) << PT_LEN(v)) - 1;
	r->pc = u->rip;
}
#elif defined __aarch64__
static const struct pt_machine *const machine = &pt_machine_aarch64;

static void take_registers(const struct user_regs_struct *u, struct pt_registers *r)
{
	memcpy(r->v, u->regs, 31 * sizeof *r->v);
	r->v[31] = u->sp;
	r->known = UINT32_MAX;
	r->pc = u->pc;
}
#endif

#if defined __x86_64__ || defined __aarch64__
enum change { NOTHING_YET, STOPPED, ENDED };

/* What has become of it; a stop's signal. The end of a child of ours is left to who waits for that. */
static enum change see_change(const struct pt_space *space, pid_t tid, int *ret_signal)
{
	siginfo_t info = {.si_pid = 0};
	pid_t parent = 0;
	int status;

	if (waitid(P_PID, (id_t)tid, &info, WSTOPPED | WEXITED | WNOWAIT | WNOHANG | __WALL) < 0)
		return ENDED;
	if (info.si_pid != tid)
		return NOTHING_YET;
	*ret_signal = info.si_status >> 8 ? 0 : info.si_status;
	if (info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED)
		return STOPPED;
	look_at(space->symbols->proc, tid, &parent);
	if (tid != space->pid || parent != getpid())
		waitpid(tid, &status, __WALL | WNOHANG);
	return ENDED;
}

/* Waits until it has stopped; *ret_signal is one that was about to be delivered. */
static bool wait_for_stop(const struct pt_space *space, pid_t tid, int *ret_signal)
{
	const struct timespec nap = {.tv_nsec = 20000};
	int64_t end = pt_clock_mono(&pt_clock_system) + stop_ns;
	enum change change;

	do {
		change = see_change(space, tid, ret_signal);
		if (change != NOTHING_YET)
			return change == STOPPED;
		nanosleep(&nap, NULL);
	} while (pt_clock_mono(&pt_clock_system) < end);
	return false;
}

static size_t copy_stack(pid_t tid, uint64_t sp, uint8_t *copy)
{
	size_t done = 0;

	/* In pages: a read that leaves the mapping fails as a whole. */
	while (done < STACK_COPY) {
		size_t n = 4096 - (size_t)((sp + done) & 4095);
		struct iovec to = {copy + done, PT_MIN(n, STACK_COPY - done)};
		struct iovec from = {(void *)(uintptr_t)(sp + done), to.iov_len};

		if (process_vm_readv(tid, &to, 1, &from, 1, 0) != (ssize_t)to.iov_len)
			break;
		done += to.iov_len;
	}
	return done;
}

static int copy_thread(const struct pt_space *space, pid_t tid, struct pt_registers *regs,
		       uint8_t *stack, size_t *ret_n)
{
	struct user_regs_struct user;
	struct iovec io = {&user, sizeof user};
	int signal = 0, error;
	bool stopped;

	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) < 0)
		return errno;
	stopped = ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) == 0 &&
		  wait_for_stop(space, tid, &signal);
	error = stopped && ptrace(PTRACE_GETREGSET, tid, (void *)NT_PRSTATUS, &io) == 0 ? 0 : ESRCH;
	/* A 32-bit program has other registers. */
	if (!error && io.iov_len != sizeof user)
		error = ENOTSUP;
	if (!error) {
		take_registers(&user, regs);
		*ret_n = copy_stack(tid, regs->v[machine->sp], stack);
	}
	if (ptrace(PTRACE_DETACH, tid, NULL, (void *)(intptr_t)signal) < 0 && !stopped)
		error = EBUSY;
	return error;
}

/* One that did not stop in time stops when it can: then it is let go. */
bool pt_unwind_let_go(struct pt_space *space)
{
	int signal = 0;

	if (space->stuck && see_change(space, space->stuck, &signal) != NOTHING_YET) {
		ptrace(PTRACE_DETACH, space->stuck, NULL, (void *)(intptr_t)signal);
		space->stuck = 0;
	}
	return !space->stuck;
}

int pt_space_unwind_thread(struct pt_space *space, pid_t tid, uint64_t *ips, size_t max,
			   struct pt_err *err)
{
	struct pt_registers regs = {.known = 0};
	size_t n_stack = 0, n = 0;
	uint8_t *stack;
	int error = EBUSY;

	if (pt_unwind_let_go(space) && !is_waiting(space->symbols->proc, tid)) {
		stack = pt_malloc(STACK_COPY);
		error = copy_thread(space, tid, &regs, stack, &n_stack);
		if (error == 0)
			n = pt_unwind_walk(space, machine, &regs, stack, n_stack, ips, max);
		else if (error == EBUSY)
			space->stuck = tid;
		free(stack);
	}
	switch (error) {
	case 0: return (int)n;
	case EPERM:
		return pt_err_set(err, PT_EACCES,
				  "thread %d may not be traced (ptrace: kernel.yama.ptrace_scope, "
				  "another user, or traced already)",
				  (int)tid);
	case ENOTSUP: return pt_err_set(err, PT_ENOTSUP, "thread %d is of 32 bits", (int)tid);
	case EBUSY: return pt_err_set(err, PT_ETIMEDOUT, "thread %d does not stop", (int)tid);
	default: return pt_err_set(err, PT_ENOENT, "no thread %d", (int)tid);
	}
}
#else
bool pt_unwind_let_go(struct pt_space *space)
{
	(void)space;
	return true;
}

int pt_space_unwind_thread(struct pt_space *space, pid_t tid, uint64_t *ips, size_t max,
			   struct pt_err *err)
{
	(void)space, (void)tid, (void)ips, (void)max;
	return pt_err_set(err, PT_ENOTSUP, "stacks of threads are not read on this machine");
}
#endif
