/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel symbols from its own memory: the tables behind /proc/kallsyms. */
#ifndef HR_KALLSYMS_H
#define HR_KALLSYMS_H

#include <hotremove/hotremove.h>

#include "base/memory.h"
#include "kernel/layout.h"

/* The most symbols that one search can take. */
enum {
	HR_SYMBOLS_MAX = 32
};

/* In the note, and a text symbol, so it is in every kallsyms. */
#define HR_KALLSYMS_SELF_TEST "_stext"

/*
 * Does @symbols have HR_KALLSYMS_SELF_TEST at the same address as @note? If not, the symbols belong
 * to another kernel, or are hidden.
 */
struct hr_error *hr_kallsyms_self_test(const struct hr_vmcoreinfo *note,
				       const struct hr_symbol *symbols, size_t count);

/*
 * Look up the @count symbols in one pass over the tables, whose addresses @note has from 6.1 on.
 * They must pass hr_kallsyms_self_test(). Addresses are relative to kallsyms_relative_base, or from
 * 7.0 on to their own place. A name that several symbols share counts as not found. Names take at
 * most 64 MiB, and no more than @memory has. Error: there are no tables, they cannot be read, are
 * not what a kernel has, or fail that test. Then nothing is known about any symbol.
 */
struct hr_error *hr_kallsyms_find(const struct hr_layout *layout, const struct hr_vmcoreinfo *note,
				  const struct hr_memory *memory, struct hr_symbol *symbols,
				  size_t count);

#endif
