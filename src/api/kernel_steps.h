/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of hr_kernel_create() that have a file of their own, in their order. Each works from
 * what those before it have left in the kernel.
 */
#ifndef HR_KERNEL_STEPS_H
#define HR_KERNEL_STEPS_H

#include "api/kernel.h"

/*
 * Can the user's PHYS_OFFSET, if it is one, be right? In a text, which has no output addresses,
 * HR_ERROR_INPUT if memory would lie where there is none. In a core that the tables do not prove it
 * right gives a warning, and mem_section is let go of, so that nothing is removable that is not
 * mapped.
 */
struct hr_error *hr_kernel_check_phys_offset(struct hr_kernel *kernel);

/*
 * The release in the kernel's memory: it must be the one of the note, stands in for one that tells
 * nothing, and its build text has the point release that Debian's release text may lack.
 */
void hr_kernel_find_release(struct hr_kernel *kernel);

/*
 * What the kernel's symbols lead to: its features, and the flags of its sections, without which
 * these tell nothing and are let go of. Nothing is known where there are none. Error
 * HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_kernel_find_evidence(struct hr_kernel *kernel);

/* What the kernel does when memory goes, by its release, its symbols, and what its user says. */
void hr_kernel_choose_models(struct hr_kernel *kernel);

/* What a flush of the TLB costs on it. */
void hr_kernel_choose_tlbi(struct hr_kernel *kernel);

#endif
