/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Simulated lack of memory. A program with this file is linked with --wrap for all the functions
 * below, so that allocations by the code under test and by the test itself go through here.
 */
#ifndef HR_TEST_ALLOCATIONS_H
#define HR_TEST_ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * From now on, allocation number @nth, counted from 0, fails, and with @for_ever all later ones
 * too.
 */
void allocations_begin(uint64_t nth, bool for_ever);

/*
 * Stop failing allocations. Returns whether one has failed. *@ret_left is the number of allocations
 * made since then that were not freed.
 */
bool allocations_end(size_t *ret_left);

#endif
