/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_UNWIND_PRIV_H
#define PT_PROFILE_UNWIND_PRIV_H

#include "symbols_priv.h"

/* Registers in DWARF's numbering; 33 of aarch64 are the most. */
enum { PT_REGS = 33 };

struct pt_registers {
	uint64_t v[PT_REGS];
	uint64_t known; /* one bit a register */
	uint64_t pc;
};

struct pt_machine {
	unsigned n;		    /* registers */
	unsigned sp, fp, pc;	    /* pc: as unwind tables count */
	unsigned link;		    /* holds the return address of leaves; PT_REGS: none does */
	uint64_t pc_mask;	    /* what of a return address is the address */
	unsigned perf_pc, n_perf;   /* perf's numbering: */
	const signed char *of_perf; /* its registers in DWARF's; -1: none */
};

extern const struct pt_machine pt_machine_x86_64, pt_machine_aarch64;

/* What the registers of the caller are made of, at one address. */
enum pt_rule_kind {
	PT_RULE_UNDEFINED,
	PT_RULE_AT,	/* in memory, at CFA + offset */
	PT_RULE_VALUE,	/* CFA + offset */
	PT_RULE_OTHER,	/* another register */
	PT_RULE_DWARF,	/* in memory where an expression says */
	PT_RULE_RESULT, /* what an expression says */
};

struct pt_rule {
	uint8_t reg, kind;
	uint32_t n_ops; /* of expressions */
	int64_t offset; /* or the number of the other register, or the index of the first op */
};

struct pt_row {
	uint8_t return_reg;
	bool signal;	    /* the caller was interrupted, not calling */
	bool found;	    /* false: nothing is known of this address */
	struct pt_rule cfa; /* PT_RULE_OTHER: register reg + offset; PT_RULE_RESULT */
	uint32_t n;
	Dwarf_Op *ops;
	struct pt_rule rules[]; /* registers without one stay as they are */
};

/* Reads 8 bytes of the process. */
typedef bool pt_peek(void *arg, uint64_t addr, uint64_t *ret);

const struct pt_row *pt_cfi_row(struct pt_object *object, uint64_t addr, unsigned n_regs);
/* Registers of the caller; false when one that is needed cannot be had. */
bool pt_row_apply(const struct pt_row *row, const struct pt_machine *machine,
		  const struct pt_registers *callee, struct pt_registers *ret, pt_peek *peek,
		  void *arg);

/* Walks from regs outwards; space->whole: the end of the stack was reached. */
size_t pt_unwind_walk(struct pt_space *space, const struct pt_machine *machine,
		      struct pt_registers *regs, const uint8_t *stack, size_t n_stack,
		      uint64_t *ips, size_t max);

#endif
