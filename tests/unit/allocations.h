/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that runs out. A program that has this file is linked with --wrap of all the functions
 * below, so that what the code under test and the test itself allocate comes by here.
 */
#ifndef HR_TEST_ALLOCATIONS_H
#define HR_TEST_ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From here on allocation number @nth, counted from 0, fails, and all behind it if @for_ever. */
void allocations_begin(uint64_t nth, bool for_ever);

/* No more of them fail. Has one? *@ret_left is how many made since then have not been freed. */
bool allocations_end(size_t *ret_left);

#endif
