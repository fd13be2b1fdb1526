/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flags of a kernel's sections, from everything that the source has: its types, memory and
 * release.
 */
#ifndef HR_KERNEL_BTF_H
#define HR_KERNEL_BTF_H

#include <hotremove/hotremove.h>

#include "kernel/kallsyms.h"
#include "kernel/section.h"

/* What the types of a kernel say about the flags of its sections. */
struct hr_btf_flags {
	bool found; /* false: they were not needed, are not there, or do not say it */
	struct hr_section_flags flags;
};

/* The kernel that @sections belongs to. */
struct hr_section_question {
	const struct hr_layout *layout;
	/* the kernel's own, regardless of the user's override; NULL: unknown */
	const char *release;
	const struct hr_memory *memory;
	struct hr_sections *sections;
	const struct hr_symbol *btf_start, *btf_stop; /* __start_BTF and __stop_BTF */
	/*
	 * Reads the BTF into @size bytes at @buffer. Returns its length, 0 if there is none. NULL:
	 * only memory has it.
	 */
	size_t (*read_btf)(void *context, void *buffer, size_t size);
	void *context;
	struct hr_btf_flags *btf; /* set to what the types say; may be NULL */
};

/*
 * Find the flags and set them in @question->sections. Errors: HR_ERROR_UNREADABLE, with the reason
 * as a clause, if they are unknown, so that the sections are of no use; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_section_flags_find(const struct hr_section_question *question);

#endif
