/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers that follow from a seed and look random. */
#ifndef HR_RANDOM_H
#define HR_RANDOM_H

#include <stdint.h>

/* The next number of the sequence in *@state, which begins with a seed (SplitMix64). */
static inline uint64_t hr_random_next(uint64_t *state)
{
	uint64_t number = *state += UINT64_C(0x9e3779b97f4a7c15);

	number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
	return number ^ number >> 31;
}

#endif
