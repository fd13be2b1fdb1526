/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of hr_layout_init() that have a file of their own. Each works from @input and what the
 * steps before it have left in @layout. Error HR_ERROR_INPUT: as hr_layout_init() says.
 */
#ifndef HR_LAYOUT_STEPS_H
#define HR_LAYOUT_STEPS_H

#include "kernel/layout.h"

/* section_size_bits: the note's, by the length of the array of roots, or the version's. */
struct hr_error *hr_layout_find_section_size(const struct hr_layout_input *input,
					     struct hr_layout *layout);

/* mem_section_va, section_roots and section_struct_size, if all are known and make sense. */
struct hr_error *hr_layout_find_mem_section(const struct hr_layout_input *input,
					    struct hr_layout *layout);

/* vmemmap_start and vmemmap_end: the note's, or by the formula of the version. */
struct hr_error *hr_layout_find_vmemmap(const struct hr_layout_input *input,
					struct hr_layout *layout);

#endif
