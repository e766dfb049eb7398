/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stacks from registers and a copy of the stack's top: by the unwind tables of the objects, and
 * where code has none (a JIT's, some assembly) by frame pointers. A stack that ends where the copy
 * ends is told apart from one that was walked to its outermost frame.
 */
#include "unwind_priv.h"

#include "perftop/base/mem.h"

#include <string.h>
#include <unistd.h>

/* perf: AX BX CX DX SI DI BP SP IP FLAGS CS SS DS ES FS GS R8…; DWARF: AX DX CX BX SI DI BP SP R8… */
static const signed char x86_64_of_perf[] = {0,	 3,  2,	 1,  4, 5, 6,  7,  16, -1, -1, -1,
					     -1, -1, -1, -1, 8, 9, 10, 11, 12, 13, 14, 15};
static const signed char aarch64_of_perf[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
					      11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
					      22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32};

const struct pt_machine pt_machine_x86_64 = {
	.n = 17,
	.sp = 7,
	.fp = 6,
	.pc = 16,
	.link = PT_REGS,
	.pc_mask = UINT64_MAX,
	.perf_pc = 8,
	.n_perf = sizeof x86_64_of_perf,
	.of_perf = x86_64_of_perf,
};
/* Return addresses may be signed, in the bits above those of addresses. */
const struct pt_machine pt_machine_aarch64 = {
	.n = 32,
	.sp = 31,
	.fp = 29,
	.pc = 32,
	.link = 30,
	.pc_mask = (UINT64_C(1) << 48) - 1,
	.perf_pc = 32,
	.n_perf = sizeof aarch64_of_perf,
	.of_perf = aarch64_of_perf,
};

struct memory {
	struct pt_space *space;
	const uint8_t *stack;
	uint64_t at, n;
};

/* Of the stack's copy; else of the files that are mapped, which hold what does not change. */
static bool peek(void *arg, uint64_t addr, uint64_t *ret)
{
	struct memory *m = arg;
	const struct pt_piece *piece;
	uint64_t offset, object_addr;

	if (addr >= m->at && m->n >= 8 && addr - m->at <= m->n - 8) {
		memcpy(ret, m->stack + (addr - m->at), 8);
		return true;
	}
	if (!pt_space_object(m->space, addr, &object_addr))
		return false;
	piece = pt_space_find(m->space, addr);
	offset = addr - piece->start + piece->pgoff;
	if (piece->object->image) {
		if (offset > piece->object->n_image || piece->object->n_image - offset < 8)
			return false;
		memcpy(ret, piece->object->image + offset, 8);
		return true;
	}
	return pread(piece->object->fd, ret, 8, (off_t)offset) == 8;
}

/* The chain of frame pointers: at fp the caller's fp, behind it the return address. */
static bool step_by_pointer(const struct pt_machine *machine, const struct pt_registers *callee,
			    struct pt_registers *ret, struct memory *m)
{
	uint64_t fp = callee->v[machine->fp], pc;

	*ret = *callee;
	if (!(callee->known >> machine->fp & 1) || fp < callee->v[machine->sp] ||
	    !peek(m, fp, &ret->v[machine->fp]) || !peek(m, fp + 8, &pc))
		return false;
	ret->v[machine->sp] = fp + 16;
	ret->known = UINT64_C(1) << machine->sp | UINT64_C(1) << machine->fp;
	ret->pc = pc & machine->pc_mask;
	return true;
}

/* A call to where no code is: the return address is where the call left it. */
static bool step_from_nowhere(const struct pt_machine *machine, const struct pt_registers *callee,
			      struct pt_registers *ret, struct memory *m)
{
	*ret = *callee;
	if (machine->link < PT_REGS) {
		ret->pc = callee->v[machine->link] & machine->pc_mask;
		return callee->known >> machine->link & 1;
	}
	ret->v[machine->sp] += 8;
	return peek(m, callee->v[machine->sp], &ret->pc);
}

enum step { STEP_END, STEP_CALLER, STEP_INTERRUPTED, STEP_LOST };

static enum step step(struct memory *m, const struct pt_machine *machine,
		      const struct pt_registers *callee, bool returned, bool first,
		      struct pt_registers *ret)
{
	uint64_t at = callee->pc - (returned && callee->pc > 0), addr;
	struct pt_object *object = pt_space_object(m->space, at, &addr);
	const struct pt_row *row = object ? pt_cfi_row(object, addr, machine->n) : NULL;

	if (row) {
		if (!pt_row_apply(row, machine, callee, ret, peek, m)) {
			for (uint32_t i = 0; i < row->n; i++)
				if (row->rules[i].reg == row->return_reg &&
				    row->rules[i].kind == PT_RULE_UNDEFINED)
					return STEP_END;
			return STEP_LOST;
		}
		return row->signal ? STEP_INTERRUPTED : STEP_CALLER;
	}
	if (first && !pt_space_find(m->space, at))
		return step_from_nowhere(machine, callee, ret, m) ? STEP_CALLER : STEP_LOST;
	if (step_by_pointer(machine, callee, ret, m))
		return ret->pc ? STEP_CALLER : STEP_END;
	/* The outermost frame's is 0. */
	return !first && callee->known >> machine->fp & 1 && !callee->v[machine->fp] ? STEP_END
										     : STEP_LOST;
}

size_t pt_unwind_walk(struct pt_space *space, const struct pt_machine *machine,
		      struct pt_registers *regs, const uint8_t *stack, size_t n_stack,
		      uint64_t *ips, size_t max)
{
	struct memory m = {space, stack, regs->v[machine->sp], n_stack};
	struct pt_registers other, *now = regs, *next = &other;
	bool returned = false;
	size_t n = 0;

	space->whole = false;
	while (n < max) {
		struct pt_registers *swap = now;
		enum step kind;

		now->v[machine->pc] = now->pc; /* entries of the PLT find their CFA by it */
		now->known |= UINT64_C(1) << machine->pc;
		/* An interrupted address is itself where it was: one more, for who takes one off. */
		ips[n] = now->pc + (n > 0 && !returned);
		n++;
		kind = step(&m, machine, now, returned, n == 1, next);
		if (kind == STEP_END || (kind == STEP_CALLER && next->pc == 0)) {
			space->whole = true;
			break;
		}
		/* A stack grows one way; only signals may have one of their own. */
		if (kind == STEP_LOST ||
		    (kind == STEP_CALLER && n > 1 && next->v[machine->sp] <= now->v[machine->sp]))
			break;
		returned = kind == STEP_CALLER;
		now = next;
		next = swap;
	}
	return n;
}

bool pt_space_unwound_whole(const struct pt_space *space)
{
	return space->whole;
}

size_t pt_space_unwind(struct pt_space *space, const struct pt_unwind_state *state, uint64_t *ips,
		       size_t max)
{
	/* perf's numbers 24 to 32 are general registers of aarch64 alone. */
	const struct pt_machine *machine = (state->regs_mask >> 24 & 0x1ff) == 0x1ff
						   ? &pt_machine_aarch64
						   : &pt_machine_x86_64;
	struct pt_registers regs = {.known = 0};
	bool has_pc = false;
	size_t i = 0;

	space->whole = false;
	if (state->abi != 2 || max == 0)
		return 0;
	for (unsigned bit = 0; bit < 64; bit++) {
		if (!(state->regs_mask >> bit & 1))
			continue;
		if (bit == machine->perf_pc) {
			regs.pc = state->regs[i];
			has_pc = true;
		} else if (bit < machine->n_perf && machine->of_perf[bit] >= 0) {
			regs.v[machine->of_perf[bit]] = state->regs[i];
			regs.known |= UINT64_C(1) << machine->of_perf[bit];
		}
		i++;
	}
	if (!has_pc || !(regs.known >> machine->sp & 1))
		return has_pc ? (ips[0] = regs.pc, 1) : 0;
	return pt_unwind_walk(space, machine, &regs, state->stack, state->n_stack, ips, max);
}
