/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a kernel maps memory that it adds by pages, by its settings and the CPUs. */
#ifndef HR_BY_PAGES_H
#define HR_BY_PAGES_H

#include <hotremove/hotremove.h>

#include "base/memory.h"
#include "kernel/evidence.h"
#include "kernel/layout.h"
#include "kernel/models.h"

/* What decides, as far as it is known. */
struct hr_page_settings {
	/* rodata=full, KFENCE without an early pool, a realm, or debug_pagealloc. */
	enum hr_tristate wanted;
	enum hr_tristate debug_pagealloc;
	enum hr_tristate bbml2; /* the kernel can split a leaf that is in use */
};

/*
 * Read the settings of the kernel in @memory by @symbols, as hr_kallsyms_find() filled them in:
 * rodata_full, kfence_early_init, rsi_present, _debug_pagealloc_enabled_early, and the capability
 * in arm64_features (5.10 to 7.3). A kernel that keeps data symbols, which rodata_full shows, has
 * none of what it was built without.
 */
struct hr_page_settings hr_page_settings_read(const struct hr_layout *layout,
					      const struct hr_memory *memory,
					      const struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS]);

/*
 * The rule of a kernel whose text symbols are known: split_kernel_leaf_mapping() came with the one
 * that asks for BBML2 (6.18).
 */
enum hr_by_pages hr_by_pages_of_symbols(const struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS]);

/* How a kernel with @rule maps memory that it adds. */
enum hr_mapping hr_by_pages_mapping(enum hr_by_pages rule, const struct hr_page_settings *settings);

/*
 * How a kernel with @rule maps it if nobody has changed the defaults: rodata=full. Unknown if CPUs
 * decide that are not known.
 */
enum hr_mapping hr_by_pages_default(enum hr_by_pages rule, const struct hr_page_settings *settings);

/* Learn about @settings from a kernel with @rule, whose memory is mapped as @seen. */
void hr_by_pages_learn(enum hr_by_pages rule, enum hr_mapping seen,
		       struct hr_page_settings *settings);

#endif
