// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/evidence.h"

#include <endian.h>
#include <string.h>

#include "kernel/address.h"
#include "kernel/capability.h"

/*
 * arm64_ftr_regs holds pairs of a register's encoding and a pointer, in ascending order. The
 * pointer leads to a struct that begins with the register's name and has the sanitised value at
 * offset 24 (cpufeature.h, 5.10 to 7.3).
 */
enum {
	FTR_ENTRIES_MAX = 256,
	FTR_VALUE_OFFSET = 24,
	ISAR0_ENCODING = 0x180600,
	ISAR0_TLB_SHIFT = 56,
	TLB_RANGE = 2,
};

#define ISAR0_NAME "ID_AA64ISAR0_EL1"

/*
 * The erratum's descriptions. The first one is from mid 2026 on, along with the stable releases of
 * that time.
 */
static const char *const repeat_names[] = {
	"Broken broadcast TLBI completion",
	"ARM erratum 1286807",
};

enum {
	SYM_SELF_TEST,
	SYM_LEAF_CHECK,
	SYM_BOOT_CHECK,
	SYM_FTR_REGS,
	SYM_ERRATA,
	SYM_CPUCAPS,
	SYM_HWCAPS, /* the name of system_cpucaps up to 6.4 */
	SYM_ETEXT,
	SYM_REMOVE, /* the first of REMOVERS */
};

/*
 * Functions in mm/memory_hotplug.c that only CONFIG_MEMORY_HOTREMOVE builds. Two are exported and
 * two are called from other files, so no compiler drops all of them (5.7 to 7.3).
 */
static const char *const removers[] = {
	"remove_memory", "__remove_memory",	      "try_remove_memory",
	"offline_pages", "offline_and_remove_memory",
};

enum {
	REMOVERS = sizeof(removers) / sizeof(removers[0])
};

_Static_assert(SYM_REMOVE + REMOVERS - HR_SYMBOL_BTF_START == 0, "all have a place");

/* A kernel whose symbols are known. */
struct evidence {
	const struct hr_layout *layout;
	const struct hr_memory *memory;
	const struct hr_symbol *symbols;
};

static bool read_at(const struct evidence *evidence, uint64_t va, void *buffer, size_t len)
{
	return hr_kernel_try_read(evidence->layout, evidence->memory, va, buffer, len);
}

static bool read_u64(const struct evidence *evidence, uint64_t va, uint64_t *ret)
{
	bool ok = read_at(evidence, va, ret, sizeof(*ret));

	*ret = ok ? le64toh(*ret) : 0;
	return ok;
}

/* Does the string at @va begin or end with @name? A prefix such as SYS_ may vary. */
static bool has_name(const struct evidence *evidence, uint64_t va, const char *name)
{
	char text[HR_DESCRIPTION_BYTES + 1] = "";

	return read_at(evidence, va, text, HR_DESCRIPTION_BYTES) && strstr(text, name) != NULL;
}

static enum hr_tristate find_leaf_check(const struct evidence *evidence)
{
	if (evidence->symbols[SYM_LEAF_CHECK].found)
		return HR_YES;
	return evidence->symbols[SYM_BOOT_CHECK].found ? HR_NO : HR_UNKNOWN;
}

bool hr_evidence_has_all_text(const struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS])
{
	return symbols[SYM_SELF_TEST].found && symbols[SYM_ETEXT].found &&
	       symbols[SYM_ETEXT].va > symbols[SYM_SELF_TEST].va;
}

const struct hr_symbol *hr_evidence_cpucaps(const struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS])
{
	return &symbols[symbols[SYM_CPUCAPS].found ? SYM_CPUCAPS : SYM_HWCAPS];
}

static enum hr_tristate find_hotremove(const struct evidence *evidence)
{
	const struct hr_symbol *symbols = evidence->symbols;

	for (size_t i = 0; i < REMOVERS; i++)
		if (symbols[SYM_REMOVE + i].found)
			return HR_YES;
	return hr_evidence_has_all_text(symbols) ? HR_NO : HR_UNKNOWN;
}

/* Find the struct for ID_AA64ISAR0_EL1 in arm64_ftr_regs. */
static bool find_isar0(const struct evidence *evidence, uint64_t *ret)
{
	const struct hr_symbol *regs = &evidence->symbols[SYM_FTR_REGS];
	uint64_t last = 0;

	for (unsigned int i = 0; regs->found && i < FTR_ENTRIES_MAX; i++) {
		uint64_t entry[2];

		if (!read_at(evidence, regs->va + i * sizeof(entry), entry, sizeof(entry)))
			return false;
		entry[0] = le64toh(entry[0]) & UINT32_MAX;
		if (entry[0] == ISAR0_ENCODING) {
			*ret = le64toh(entry[1]);
			return true;
		}
		if (entry[0] <= last)
			return false;
		last = entry[0];
	}
	return false;
}

static enum hr_tristate find_tlbi_range(const struct evidence *evidence)
{
	uint64_t reg, name, value;

	if (!find_isar0(evidence, &reg) || !read_u64(evidence, reg, &name) ||
	    !has_name(evidence, name, ISAR0_NAME) ||
	    !read_u64(evidence, reg + FTR_VALUE_OFFSET, &value))
		return HR_UNKNOWN;
	return (value >> ISAR0_TLB_SHIFT & 0xf) >= TLB_RANGE ? HR_YES : HR_NO;
}

static enum hr_tristate find_repeat_tlbi(const struct evidence *evidence)
{
	const struct hr_capability capability = {
		.list = &evidence->symbols[SYM_ERRATA],
		.enabled = hr_evidence_cpucaps(evidence->symbols),
		.names = repeat_names,
		.name_count = sizeof(repeat_names) / sizeof(repeat_names[0]),
	};

	return hr_capability_find(evidence->layout, evidence->memory, &capability);
}

void hr_evidence_symbols(struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS])
{
	static const char *const names[HR_EVIDENCE_SYMBOLS] = {
		[SYM_SELF_TEST] = HR_KALLSYMS_SELF_TEST,
		[SYM_LEAF_CHECK] = "prevent_memory_remove_notifier",
		[SYM_BOOT_CHECK] = "prevent_bootmem_remove_notifier",
		[SYM_FTR_REGS] = "arm64_ftr_regs",
		[SYM_ERRATA] = "arm64_errata",
		[SYM_CPUCAPS] = "system_cpucaps",
		[SYM_HWCAPS] = "cpu_hwcaps",
		[HR_SYMBOL_BTF_START] = "__start_BTF",
		[HR_SYMBOL_BTF_STOP] = "__stop_BTF",
		[HR_SYMBOL_RODATA_FULL] = "rodata_full",
		[HR_SYMBOL_DEBUG_PAGEALLOC] = "_debug_pagealloc_enabled_early",
		[HR_SYMBOL_KFENCE_EARLY] = "kfence_early_init",
		[HR_SYMBOL_KFENCE_POOL] = "__kfence_pool",
		[HR_SYMBOL_REALM] = "rsi_present",
		[HR_SYMBOL_FEATURES] = "arm64_features",
		[HR_SYMBOL_SPLIT] = "split_kernel_leaf_mapping",
		[SYM_ETEXT] = "_etext",
	};

	for (size_t i = 0; i < HR_EVIDENCE_SYMBOLS; i++)
		symbols[i] = (struct hr_symbol){ .name = names[i] };
	for (size_t i = 0; i < REMOVERS; i++)
		symbols[SYM_REMOVE + i].name = removers[i];
}

struct hr_features hr_features_read(const struct hr_layout *layout, const struct hr_memory *memory,
				    const struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS])
{
	const struct evidence evidence = { layout, memory, symbols };

	return (struct hr_features){
		.leaf_check = find_leaf_check(&evidence),
		.hotremove = find_hotremove(&evidence),
		.tlbi_range = find_tlbi_range(&evidence),
		.repeat_tlbi = find_repeat_tlbi(&evidence),
		.root_writable = HR_UNKNOWN,
	};
}
