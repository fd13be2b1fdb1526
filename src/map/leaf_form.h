/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a leaf is like, as a number that can be compared. */
#ifndef HR_LEAF_FORM_H
#define HR_LEAF_FORM_H

#include <hotremove/hotremove.h>

/* The form of the leaves of @run; that of memory without a mapping has its state only. */
struct hr_leaf_form hr_leaf_form_of(const struct hr_run *run);

/*
 * @form as a number, and back. Equal forms have equal numbers, and unmapped memory has 0. Sizes are
 * powers of two, or 0.
 */
uint32_t hr_leaf_form_pack(const struct hr_leaf_form *form);
struct hr_leaf_form hr_leaf_form_unpack(uint32_t number);

#endif
