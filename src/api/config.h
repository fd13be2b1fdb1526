/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel is made from: where its memory is, and what its user knows of it. */
#ifndef HR_CONFIG_H
#define HR_CONFIG_H

#include "base/memory.h"
#include "kernel/evidence.h"
#include "kernel/kallsyms.h"
#include "kernel/layout.h"
#include "kernel/models.h"
#include "kernel/owner.h"
#include "ptdump_parse.h"

/* What a running kernel says of itself beside its memory. Each function may be NULL. */
struct hr_host {
	void *context;
	/* Find symbols as /proc/kallsyms has them, where memory does not lead to them. */
	struct hr_error *(*find_symbols)(void *context, struct hr_symbol *symbols, size_t count);
	/* Read the kernel's BTF into @size bytes at @buffer: its length, 0 if there is none. */
	size_t (*read_btf)(void *context, void *buffer, size_t size);
	/* Who has added the physical memory [@start, @end)? */
	enum hr_owner (*owner)(void *context, uint64_t start, uint64_t end);
	/* Is memory block @number online? */
	enum hr_tristate (*block_online)(void *context, uint64_t number);
};

struct hr_config {
	const char *name; /* what errors are about, a file; NULL: they say nothing of it */
	/* The memory; NULL with the text of its page tables, @ptdump, in its place. */
	const struct hr_memory *memory;
	const struct hr_ptdump *ptdump;
	const struct hr_host *host; /* NULL: the kernel is not running */

	/* The text of its VMCOREINFO; NULL if there is none, which a text can do without. */
	const char *vmcoreinfo;
	size_t vmcoreinfo_len; /* bytes */
	const char
		*vmcoreinfo_of; /* the file that errors are about; NULL: the memory has it itself */

	struct hr_overrides overrides;
	enum hr_tristate tlbi_range, repeat_tlbi;
	enum hr_teardown teardown; /* unknown: what the release suggests, as with the next two */
	enum hr_flush flush;
	enum hr_guard guard;
	enum hr_calls calls;
	uint32_t ignored;	    /* bit (1 << enum hr_reason_code): left out of verdicts */
	uint64_t memory_block_size; /* bytes; 0, or less than a section: that of a section */

	bool asks_places;    /* physical memory will be asked about, not maps alone */
	bool asks_plans;     /* TLBIs will be counted */
	const char *warning; /* of the caller, before all others; NULL if there is none */
};

#endif
