/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols of the kernel out of its own memory: the tables behind /proc/kallsyms. */
#ifndef HR_KALLSYMS_H
#define HR_KALLSYMS_H

#include "base/memory.h"
#include "kernel/layout.h"

/* Symbols that can be looked for at once. */
enum {
	HR_SYMBOLS_MAX = 32
};

/* In the note, and a text symbol: those are in every kallsyms. */
#define HR_KALLSYMS_SELF_TEST "_stext"

struct hr_symbol {
	const char *name;
	bool found;
	uint64_t va;
};

/*
 * Does @symbols have HR_KALLSYMS_SELF_TEST where @note has it? Otherwise the symbols are those of
 * another kernel, or hidden.
 */
struct hr_error *hr_kallsyms_self_test(const struct hr_vmcoreinfo *note,
				       const struct hr_symbol *symbols, size_t count);

/*
 * Look for the @count symbols in one pass over the tables that @note leads to; it has their
 * addresses from 6.1 on. They must pass hr_kallsyms_self_test(). Addresses are relative to
 * kallsyms_relative_base, or from 7.0 on to their own place. A name that several symbols have is
 * not found. Names take 64 MiB at most, and no more than @memory has. Error: there are no tables,
 * they cannot be read, are none that a kernel has, or fail that test; then nothing is known about
 * any symbol.
 */
struct hr_error *hr_kallsyms_find(const struct hr_layout *layout, const struct hr_vmcoreinfo *note,
				  const struct hr_memory *memory, struct hr_symbol *symbols,
				  size_t count);

#endif
