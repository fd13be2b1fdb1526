/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel's own description of its types (BTF) says about the flags of its sections. */
#ifndef HR_BTF_H
#define HR_BTF_H

#include <hotremove/hotremove.h>
#include <stddef.h>

#include "kernel/section_flags.h"

/*
 * Look in the @size bytes of BTF at @data for the enum of mmzone.h that numbers the flags of
 * section_mem_map (6.0 on; before that, the flags were macros, which BTF lacks). *@ret_found is
 * false if it is not there. Errors: HR_ERROR_UNREADABLE if the data is not BTF or is damaged, or if
 * the enum makes no sense; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_btf_section_flags(const void *data, size_t size, bool *ret_found,
				      struct hr_section_flags *ret);

/*
 * Write a BTF with the enum of @flags and nothing else into @size bytes at @buffer, in which
 * hr_btf_section_flags() finds them. Returns its length; 0 if that is more, or without memory.
 */
size_t hr_btf_of_flags(const struct hr_section_flags *flags, void *buffer, size_t size);

#endif
