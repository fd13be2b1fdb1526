/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flags of a kernel's sections, by all that the source has: its types, memory and release. */
#ifndef HR_KERNEL_BTF_H
#define HR_KERNEL_BTF_H

#include "kernel/kallsyms.h"
#include "kernel/section.h"

/* The kernel whose sections @sections has. */
struct hr_section_question {
	const struct hr_layout *layout;
	const char *release; /* the kernel's own, whatever the user says; NULL: not known */
	const struct hr_memory *memory;
	struct hr_sections *sections;
	const struct hr_symbol *btf_start, *btf_stop; /* __start_BTF and __stop_BTF */
	/*
	 * Reads the BTF into @size bytes at @buffer: its length, 0 for none; NULL: only memory has
	 * it.
	 */
	size_t (*read_btf)(void *context, void *buffer, size_t size);
	void *context;
};

/*
 * Find the flags and set them in @question->sections. Errors: HR_ERROR_UNREADABLE, with the reason
 * as a clause: they are not known, and nothing can be told by these sections; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_section_flags_find(const struct hr_section_question *question);

#endif
