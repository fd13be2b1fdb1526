/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps of hr_layout_init() that have their own file. Each uses @input and what the previous steps
 * stored in @layout. Error HR_ERROR_INPUT: as in hr_layout_init().
 */
#ifndef HR_LAYOUT_STEPS_H
#define HR_LAYOUT_STEPS_H

#include <hotremove/hotremove.h>

#include "kernel/layout.h"

/*
 * Set section_size_bits: from the note, from the length of the array of roots, or from the version.
 */
struct hr_error *hr_layout_find_section_size(const struct hr_layout_input *input,
					     struct hr_layout *layout);

/* Set mem_section_va, section_roots and section_struct_size, if all are known and consistent. */
struct hr_error *hr_layout_find_mem_section(const struct hr_layout_input *input,
					    struct hr_layout *layout);

/*
 * Are all values there that the next steps need? Otherwise one error names all that are missing, so
 * that a caller needs to look for them only once.
 */
struct hr_error *hr_layout_check_missing(const struct hr_layout_input *input,
					 struct hr_layout *layout);

/* Set vmemmap_start and vmemmap_end: from the note, or by the formula of the version. */
struct hr_error *hr_layout_find_vmemmap(const struct hr_layout_input *input,
					struct hr_layout *layout);

#endif
