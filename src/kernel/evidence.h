/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel's own memory says about it, found by symbols. This evidence beats the release. */
#ifndef HR_EVIDENCE_H
#define HR_EVIDENCE_H

#include <hotremove/hotremove.h>

#include "base/memory.h"
#include "kernel/kallsyms.h"
#include "kernel/layout.h"

/* The number of symbols that evidence comes from. */
enum {
	HR_SYMBOL_BTF_START = 13,
	HR_SYMBOL_BTF_STOP,
	HR_SYMBOL_RODATA_FULL, /* this one and those below: see kernel/by_pages.h */
	HR_SYMBOL_DEBUG_PAGEALLOC,
	HR_SYMBOL_KFENCE_EARLY,
	HR_SYMBOL_KFENCE_POOL,
	HR_SYMBOL_REALM,
	HR_SYMBOL_FEATURES,
	HR_SYMBOL_SPLIT,
	HR_EVIDENCE_SYMBOLS
};

struct hr_features {
	/*
	 * The notifier that refuses memory offlining checks leaves: its name is
	 * prevent_memory_remove_notifier() from 7.1 on, prevent_bootmem_remove_notifier() before.
	 */
	enum hr_tristate leaf_check;
	/*
	 * All CPUs have TLB range operations: the kernel's sanitised ID_AA64ISAR0_EL1.TLB is 2 or
	 * more.
	 */
	enum hr_tristate tlbi_range;
	/*
	 * The kernel can remove memory (CONFIG_MEMORY_HOTREMOVE): it has one of the functions that
	 * only that option builds. It cannot if all of its text is known (_stext and _etext are)
	 * and none of them is in it.
	 */
	enum hr_tristate hotremove;
	/* ARM64_WORKAROUND_REPEAT_TLBI is one of the capabilities that the kernel has enabled. */
	enum hr_tristate repeat_tlbi;
	/* hr_root_table_is_writable(), which uses the tables and not symbols. */
	enum hr_tristate root_writable;
};

/* Fill @symbols with the names of the symbols that are needed. */
void hr_evidence_symbols(struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS]);

/* Are the symbols of all of the kernel's text known, so that what is not found is not there? */
bool hr_evidence_has_all_text(const struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS]);

/* The bitmap of the capabilities that the kernel has enabled: cpu_hwcaps up to 6.4. */
const struct hr_symbol *hr_evidence_cpucaps(const struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS]);

/*
 * Get the evidence in @memory by @symbols, as hr_kallsyms_find() filled them in. What is not found,
 * cannot be read, or fails its check stays unknown.
 */
struct hr_features hr_features_read(const struct hr_layout *layout, const struct hr_memory *memory,
				    const struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS]);

#endif
