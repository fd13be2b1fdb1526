/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a memory block is like, as a number that can be compared. */
#ifndef HR_BLOCK_FORM_H
#define HR_BLOCK_FORM_H

#include <hotremove/hotremove.h>

struct hr_block_form hr_block_form_of(const struct hr_listed_block *block);

/* @form as a number, and back. Equal forms have equal numbers; what does not exist has 0. */
uint32_t hr_block_form_pack(const struct hr_block_form *form);
struct hr_block_form hr_block_form_unpack(uint32_t number);

#endif
