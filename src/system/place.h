/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether memory blocks of the running kernel are online, from sysfs. The process that may still
 * open files answers. A question is the number of a block, 8 bytes; an answer is one byte.
 */
#ifndef HR_BLOCK_SERVICE_H
#define HR_BLOCK_SERVICE_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stdint.h>

#include "os/link.h"

#define HR_SYSFS_MEMORY "/sys/devices/system/memory"

/* Read the state of memory block @number; unknown if it is neither online nor offline. */
enum hr_tristate hr_block_state_read(uint64_t number);

/* Ask for the state over @link. Unknown if there is no answer. */
enum hr_tristate hr_block_state_ask(const struct hr_link *link, uint64_t number);

/* Answer one question from @link. Returns false if there are no more, or if it was malformed. */
bool hr_block_state_serve(const struct hr_link *link);

#endif
