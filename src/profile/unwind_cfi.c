/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Call frame information: libdw finds and runs the unwind tables; what it says for an address is
 * kept as a row of rules with the object, for every process that maps it. A sample's frames are
 * nearly always at addresses that were met before, and then cost a look-up each.
 */
#include "unwind_priv.h"

#include "perftop/base/mem.h"

#include <dwarf.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROWS_MAX = 1 << 16, /* of an object; then it begins anew */
	OPS_MAX = 4096,	    /* of a row's expressions together */
	STACK_MAX = 64,
	STEPS_MAX = 1024,
};

struct pt_cfi {
	struct pt_map rows; /* by address */
	Dwarf_CFI *eh, *debug;
	Dwarf_Addr eh_bias, debug_bias;
	bool debug_tried;
};

static void free_rows(struct pt_cfi *cfi)
{
	size_t pos = 0;
	void *value;

	while (pt_map_next(&cfi->rows, &pos, NULL, NULL, &value)) {
		struct pt_row *row = value;

		free(row->ops);
		free(row);
	}
	pt_map_release(&cfi->rows);
}

void pt_cfi_free(struct pt_cfi *cfi)
{
	if (!cfi)
		return;
	free_rows(cfi); /* the tables are the module's */
	free(cfi);
}

/* ---- rows ---- */

/* A row under construction. */
struct maker {
	struct pt_rule rules[PT_REGS];
	uint32_t n;
	Dwarf_Op *ops;
	size_t n_ops, cap_ops;
};

static bool keep_ops(struct maker *m, struct pt_rule *rule, const Dwarf_Op *ops, size_t n)
{
	if (m->n_ops + n > OPS_MAX)
		return false;
	rule->offset = (int64_t)m->n_ops;
	rule->n_ops = (uint32_t)n;
	for (size_t i = 0; i < n; i++)
		*PT_PUSH(m->ops, m->n_ops, m->cap_ops) = ops[i];
	return true;
}

static bool make_cfa(struct maker *m, Dwarf_Frame *frame, struct pt_rule *cfa)
{
	Dwarf_Op *ops;
	size_t n;

	if (dwarf_frame_cfa(frame, &ops, &n) != 0 || n == 0)
		return false;
	if (n == 1 && ops[0].atom == DW_OP_bregx && ops[0].number < PT_REGS) {
		*cfa = (struct pt_rule){(uint8_t)ops[0].number, PT_RULE_OTHER, 0,
					(int64_t)ops[0].number2};
		return true;
	}
	*cfa = (struct pt_rule){.kind = PT_RULE_RESULT};
	return keep_ops(m, cfa, ops, n);
}

/* libdw tells every rule as an expression; the usual ones are simple. */
static bool make_rule(struct maker *m, Dwarf_Frame *frame, unsigned reg)
{
	struct pt_rule *rule = &m->rules[m->n];
	Dwarf_Op mem[3], *ops;
	size_t n;
	bool value;

	if (dwarf_frame_register(frame, (int)reg, mem, &ops, &n) != 0)
		return false;
	if (n == 0 && !ops)
		return true; /* it stays as it is */
	m->n++;
	*rule = (struct pt_rule){.reg = (uint8_t)reg, .kind = PT_RULE_UNDEFINED};
	if (n == 0)
		return true;
	if (n == 1 && ops[0].atom == DW_OP_regx && ops[0].number < PT_REGS) {
		rule->kind = PT_RULE_OTHER;
		rule->offset = (int64_t)ops[0].number;
		return true;
	}
	value = ops[n - 1].atom == DW_OP_stack_value;
	n -= value;
	if (n > 0 && n <= 2 && ops[0].atom == DW_OP_call_frame_cfa &&
	    (n == 1 || ops[1].atom == DW_OP_plus_uconst)) {
		rule->kind = value ? PT_RULE_VALUE : PT_RULE_AT;
		rule->offset = n == 2 ? (int64_t)ops[1].number : 0;
		return true;
	}
	rule->kind = value ? PT_RULE_RESULT : PT_RULE_DWARF;
	return keep_ops(m, rule, ops, n);
}

static struct pt_row *make_row(Dwarf_Frame *frame, unsigned n_regs)
{
	struct maker m = {.n = 0};
	struct pt_rule cfa = {0};
	struct pt_row *row;
	bool signal = false, ok = false;
	int return_reg = -1;

	if (frame) {
		return_reg = dwarf_frame_info(frame, NULL, NULL, &signal);
		ok = return_reg >= 0 && return_reg < PT_REGS && make_cfa(&m, frame, &cfa);
		for (unsigned reg = 0; ok && reg < n_regs; reg++)
			ok = make_rule(&m, frame, reg);
	}
	row = pt_calloc(1, sizeof *row + m.n * sizeof *row->rules);
	row->found = ok;
	row->signal = signal;
	row->return_reg = (uint8_t)return_reg;
	row->cfa = cfa;
	row->n = m.n;
	row->ops = m.ops;
	memcpy(row->rules, m.rules, m.n * sizeof *row->rules);
	return row;
}

static struct pt_cfi *open_cfi(struct pt_object *object)
{
	Dwfl_Module *module = pt_object_module(object);

	if (!object->cfi && module) {
		object->cfi = pt_calloc(1, sizeof *object->cfi);
		object->cfi->eh = dwfl_module_eh_cfi(module, &object->cfi->eh_bias);
	}
	return object->cfi;
}

/* Of Go, which has no .eh_frame. Asked first, for libdw reads all debug info to get at it. */
static bool has_debug_frame(Dwfl_Module *module)
{
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(module, &bias);
	size_t names;

	if (!elf || elf_getshdrstrndx(elf, &names) != 0)
		return false;
	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));) {
		GElf_Shdr header;
		const char *name =
			gelf_getshdr(scn, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;

		if (name &&
		    (strcmp(name, ".debug_frame") == 0 || strcmp(name, ".zdebug_frame") == 0))
			return true;
	}
	return false;
}

static Dwarf_Frame *find_frame(struct pt_object *object, struct pt_cfi *cfi, uint64_t addr)
{
	Dwarf_Frame *frame = NULL;

	if (cfi->eh && dwarf_cfi_addrframe(cfi->eh, addr - cfi->eh_bias, &frame) == 0)
		return frame;
	if (!cfi->debug_tried) {
		cfi->debug_tried = true;
		if (has_debug_frame(object->module))
			cfi->debug = dwfl_module_dwarf_cfi(object->module, &cfi->debug_bias);
	}
	if (cfi->debug && dwarf_cfi_addrframe(cfi->debug, addr - cfi->debug_bias, &frame) == 0)
		return frame;
	return NULL;
}

const struct pt_row *pt_cfi_row(struct pt_object *object, uint64_t addr, unsigned n_regs)
{
	struct pt_cfi *cfi = open_cfi(object);
	struct pt_row *row;
	Dwarf_Frame *frame;

	if (!cfi)
		return NULL;
	row = pt_map_get_u64(&cfi->rows, addr);
	if (!row) {
		if (cfi->rows.n >= ROWS_MAX)
			free_rows(cfi);
		frame = find_frame(object, cfi, addr);
		row = make_row(frame, n_regs);
		free(frame);
		pt_map_put_u64(&cfi->rows, addr, row);
	}
	return row->found ? row : NULL;
}

/* ---- expressions ---- */

struct machine_stack {
	uint64_t v[STACK_MAX];
	size_t n;
};

static bool push(struct machine_stack *s, uint64_t value)
{
	if (s->n == STACK_MAX)
		return false;
	s->v[s->n++] = value;
	return true;
}

static bool is_binary(unsigned op)
{
	return op == DW_OP_and || op == DW_OP_or || op == DW_OP_xor || op == DW_OP_plus ||
	       op == DW_OP_minus || op == DW_OP_mul || op == DW_OP_div || op == DW_OP_mod ||
	       op == DW_OP_shl || op == DW_OP_shr || op == DW_OP_shra ||
	       (op >= DW_OP_eq && op <= DW_OP_ne);
}

static bool binary(struct machine_stack *s, unsigned op)
{
	uint64_t a, b, r = 0;

	if (s->n < 2)
		return false;
	b = s->v[--s->n];
	a = s->v[--s->n];
	switch (op) {
	case DW_OP_and: r = a & b; break;
	case DW_OP_or: r = a | b; break;
	case DW_OP_xor: r = a ^ b; break;
	case DW_OP_plus: r = a + b; break;
	case DW_OP_minus: r = a - b; break;
	case DW_OP_mul: r = a * b; break;
	case DW_OP_shl: r = b < 64 ? a << b : 0; break;
	case DW_OP_shr: r = b < 64 ? a >> b : 0; break;
	case DW_OP_shra: r = (uint64_t)((int64_t)a >> PT_MIN(b, 63)); break;
	case DW_OP_eq: r = a == b; break;
	case DW_OP_ne: r = a != b; break;
	case DW_OP_ge: r = (int64_t)a >= (int64_t)b; break;
	case DW_OP_gt: r = (int64_t)a > (int64_t)b; break;
	case DW_OP_le: r = (int64_t)a <= (int64_t)b; break;
	case DW_OP_lt: r = (int64_t)a < (int64_t)b; break;
	case DW_OP_div:
		/* Dividing the least number by -1 overflows. */
		if (!b)
			return false;
		r = b == UINT64_MAX ? -a : (uint64_t)((int64_t)a / (int64_t)b);
		break;
	default:
		if (!b)
			return false;
		r = a % b;
	}
	return push(s, r);
}

/* What moves values about on the stack. */
static bool shuffle(struct machine_stack *s, const Dwarf_Op *op)
{
	uint64_t swap;

	switch (op->atom) {
	case DW_OP_dup: return s->n > 0 && push(s, s->v[s->n - 1]);
	case DW_OP_drop: return s->n > 0 && s->n-- > 0;
	case DW_OP_over: return s->n > 1 && push(s, s->v[s->n - 2]);
	case DW_OP_pick: return op->number < s->n && push(s, s->v[s->n - 1 - op->number]);
	case DW_OP_swap:
		if (s->n < 2)
			return false;
		swap = s->v[s->n - 1];
		s->v[s->n - 1] = s->v[s->n - 2];
		s->v[s->n - 2] = swap;
		return true;
	default: return false;
	}
}

static bool is_constant(unsigned op)
{
	return op == DW_OP_addr || (op >= DW_OP_const1u && op <= DW_OP_consts);
}

struct evaluation {
	const struct pt_registers *regs;
	uint64_t cfa;
	pt_peek *peek;
	void *arg;
	struct machine_stack stack;
};

static bool push_register(struct evaluation *e, uint64_t reg, uint64_t offset)
{
	return reg < PT_REGS && e->regs->known >> reg & 1 &&
	       push(&e->stack, e->regs->v[reg] + offset);
}

/* One operation that neither reads on nor jumps. */
static bool operate(struct evaluation *e, const Dwarf_Op *op)
{
	struct machine_stack *s = &e->stack;

	if (op->atom >= DW_OP_lit0 && op->atom <= DW_OP_lit31)
		return push(s, op->atom - DW_OP_lit0);
	if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31)
		return push_register(e, op->atom - DW_OP_breg0, op->number);
	if (is_constant(op->atom))
		return push(s, op->number);
	if (is_binary(op->atom))
		return binary(s, op->atom);
	switch (op->atom) {
	case DW_OP_nop: return true;
	case DW_OP_bregx: return push_register(e, op->number, op->number2);
	case DW_OP_call_frame_cfa: return push(s, e->cfa);
	case DW_OP_plus_uconst: return s->n > 0 && (s->v[s->n - 1] += op->number, true);
	case DW_OP_neg: return s->n > 0 && (s->v[s->n - 1] = -s->v[s->n - 1], true);
	case DW_OP_not: return s->n > 0 && (s->v[s->n - 1] = ~s->v[s->n - 1], true);
	case DW_OP_deref: return s->n > 0 && e->peek(e->arg, s->v[s->n - 1], &s->v[s->n - 1]);
	default: return shuffle(s, op);
	}
}

/* Jumps are in bytes of the expression: to the operation that begins there, or its end. */
static bool jump(const Dwarf_Op *ops, size_t n, size_t *at)
{
	uint64_t target = ops[*at].offset + 3 + ops[*at].number;

	for (size_t i = 0; i < n; i++)
		if (ops[i].offset == target) {
			*at = i;
			return true;
		}
	return false;
}

static bool evaluate(struct evaluation *e, const Dwarf_Op *ops, size_t n, uint64_t *ret)
{
	size_t steps = 0;

	e->stack.n = 0;
	for (size_t i = 0; i < n;) {
		if (++steps > STEPS_MAX)
			return false;
		if (ops[i].atom == DW_OP_skip ||
		    (ops[i].atom == DW_OP_bra && e->stack.n > 0 && e->stack.v[--e->stack.n])) {
			if (!jump(ops, n, &i))
				return false;
		} else if (ops[i].atom == DW_OP_bra || operate(e, &ops[i]))
			i++;
		else
			return false;
	}
	if (e->stack.n == 0)
		return false;
	*ret = e->stack.v[e->stack.n - 1];
	return true;
}

/* ---- a step ---- */

static bool rule_value(struct evaluation *e, const struct pt_row *row, const struct pt_rule *rule,
		       uint64_t *ret)
{
	uint64_t addr;

	switch (rule->kind) {
	case PT_RULE_AT: return e->peek(e->arg, e->cfa + (uint64_t)rule->offset, ret);
	case PT_RULE_VALUE: *ret = e->cfa + (uint64_t)rule->offset; return true;
	case PT_RULE_OTHER:
		*ret = e->regs->v[rule->offset];
		return e->regs->known >> rule->offset & 1;
	case PT_RULE_RESULT: return evaluate(e, row->ops + rule->offset, rule->n_ops, ret);
	case PT_RULE_DWARF:
		return evaluate(e, row->ops + rule->offset, rule->n_ops, &addr) &&
		       e->peek(e->arg, addr, ret);
	default: return false;
	}
}

bool pt_row_apply(const struct pt_row *row, const struct pt_machine *machine,
		  const struct pt_registers *callee, struct pt_registers *ret, pt_peek *peek,
		  void *arg)
{
	struct evaluation e;

	e.regs = callee;
	e.peek = peek;
	e.arg = arg;
	e.cfa = 0;
	if (row->cfa.kind == PT_RULE_OTHER) {
		if (!(callee->known >> row->cfa.reg & 1))
			return false;
		e.cfa = callee->v[row->cfa.reg] + (uint64_t)row->cfa.offset;
	} else if (!evaluate(&e, row->ops + row->cfa.offset, row->cfa.n_ops, &e.cfa)) {
		return false;
	}
	*ret = *callee;
	ret->v[machine->sp] = e.cfa; /* unless a rule says otherwise */
	ret->known |= UINT64_C(1) << machine->sp;
	for (uint32_t i = 0; i < row->n; i++) {
		const struct pt_rule *rule = &row->rules[i];

		if (rule_value(&e, row, rule, &ret->v[rule->reg]))
			ret->known |= UINT64_C(1) << rule->reg;
		else
			ret->known &= ~(UINT64_C(1) << rule->reg);
	}
	if (!(ret->known >> row->return_reg & 1))
		return false;
	ret->pc = ret->v[row->return_reg] & machine->pc_mask;
	return true;
}
