/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps of hr_kernel_create() that have their own file, in order. Each relies on what the previous
 * steps stored in the kernel.
 */
#ifndef HR_KERNEL_STEPS_H
#define HR_KERNEL_STEPS_H

#include <hotremove/hotremove.h>

#include "api/kernel.h"

/*
 * If the note does not say where the maps lie, take from the tables and mem_section what they prove
 * (kernel/placement.h), with a warning. What contradicts the note and is not proven has a warning
 * that names the option which helps; without a proven PHYS_OFFSET mem_section is of no use. Error
 * HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_kernel_place_maps(struct hr_kernel *kernel);

/*
 * Open mem_section, if its address is known. What the user gives is of no use, and has a warning,
 * if nothing shows the size of its structures, or if it has no section where the linear map begins
 * or ends. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_kernel_open_sections(struct hr_kernel *kernel);

/* mem_section is of no use. @why, which is consumed, says why not, as a clause. */
void hr_kernel_drop_sections(struct hr_kernel *kernel, struct hr_error *why);

/*
 * Check whether the user's PHYS_OFFSET, if given, can be right. A text has no output addresses:
 * error HR_ERROR_INPUT if memory would lie where no output address can be. If the tables of a core
 * do not confirm the value, add a warning and drop mem_section, so that unmapped memory is never
 * removable.
 */
struct hr_error *hr_kernel_check_phys_offset(struct hr_kernel *kernel);

/*
 * Find the release in the kernel's memory. It must match the note's, and replaces one that is not
 * recognized. The build string beside it has the point release that Debian's release string may
 * lack.
 */
void hr_kernel_find_release(struct hr_kernel *kernel);

/*
 * Follow the kernel's symbols to its features and to the flags of its sections. Sections without
 * known flags are of no use and are dropped. Without symbols nothing is known. Error
 * HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_kernel_find_evidence(struct hr_kernel *kernel);

/*
 * Choose what the kernel does on removal, from its release, its symbols and the user's overrides.
 */
void hr_kernel_choose_models(struct hr_kernel *kernel);

/* All that follows from the kernel's version, release and features: models, flushes and facts. */
void hr_kernel_choose_behaviour(struct hr_kernel *kernel);

/* Put the predicted @release, which is copied, at the end of the kernel's changes. */
struct hr_error *hr_kernel_add_release(struct hr_kernel *kernel, const char *release);

/* Let the kernel's walker tell the caller how far it is. */
void hr_kernel_watch_tables(struct hr_kernel *kernel);

/*
 * Read the tables and sections as they are after the last change of kernel->prediction. Error
 * HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_kernel_look_anew(struct hr_kernel *kernel);

/*
 * Make the changes that @kernel was told of in @prediction too. Errors: those of the changes.
 */
struct hr_error *hr_kernel_repeat_changes(const struct hr_kernel *kernel,
					  struct hr_prediction *prediction);

/* Free what belongs to predictions. */
void hr_kernel_forget_changes(struct hr_kernel *kernel);

/* Choose what a TLB flush costs on this kernel. */
void hr_kernel_choose_tlbi(struct hr_kernel *kernel);

/* Sum up for callers what the steps have found. */
void hr_kernel_state_facts(struct hr_kernel *kernel);

#endif
