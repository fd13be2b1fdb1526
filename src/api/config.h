/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration of a kernel: where its memory is, and what the caller knows about it. */
#ifndef HR_CONFIG_H
#define HR_CONFIG_H

#include "base/memory.h"
#include "kernel/evidence.h"
#include "kernel/kallsyms.h"
#include "kernel/layout.h"
#include "kernel/models.h"
#include "kernel/owner.h"
#include "ptdump_parse.h"

/* What a running kernel tells about itself beside its memory. Each function may be NULL. */
struct hr_host {
	void *context;
	/* Find symbols as in /proc/kallsyms, for when memory does not lead to them. */
	struct hr_error *(*find_symbols)(void *context, struct hr_symbol *symbols, size_t count);
	/*
	 * Read the kernel's BTF into @size bytes at @buffer. Returns its length, 0 if there is
	 * none.
	 */
	size_t (*read_btf)(void *context, void *buffer, size_t size);
	/* Who added the physical memory [@start, @end)? */
	enum hr_owner (*owner)(void *context, uint64_t start, uint64_t end);
	/* Is memory block @number online? */
	enum hr_tristate (*block_online)(void *context, uint64_t number);
};

struct hr_config {
	const char *name; /* the file that errors name; NULL: they name none */
	/* The memory; NULL if there is only the text of its page tables, @ptdump. */
	const struct hr_memory *memory;
	const struct hr_ptdump *ptdump;
	const struct hr_host *host; /* NULL: the kernel is not running */

	/* The VMCOREINFO text; NULL if there is none, which is fine with @ptdump. */
	const char *vmcoreinfo;
	size_t vmcoreinfo_len; /* bytes */
	const char
		/* the file that errors about it name; NULL: it is in the memory itself */
		*vmcoreinfo_of;

	struct hr_overrides overrides;
	enum hr_tristate tlbi_range, repeat_tlbi;
	enum hr_teardown teardown; /* unknown: derived from the release, as are the next two */
	enum hr_flush flush;
	enum hr_guard guard;
	enum hr_calls calls;
	/* bit (1 << enum hr_reason_code): reasons left out of verdicts */
	uint32_t ignored;
	uint64_t memory_block_size; /* bytes; 0 or less than a section: the size of a section */

	bool asks_places;    /* the caller will ask about physical memory, not only for maps */
	bool asks_plans;     /* the caller will ask for TLBI counts */
	const char *warning; /* from the caller, printed before all others; NULL: none */
};

#endif
