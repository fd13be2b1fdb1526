/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the environment says about how much a test tries. */
#ifndef HR_TEST_ENVIRONMENT_H
#define HR_TEST_ENVIRONMENT_H

#include <stdint.h>
#include <stdlib.h>

/* The number in the variable @name, @otherwise if it is not set. */
static inline uint64_t number_from(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

/*
 * How many rounds of random cases a test tries: of 400, or of HOTREMOVE_TEST_ROUNDS, one of @share,
 * which says how long a round of this test takes.
 */
static inline uint64_t rounds_of(uint64_t share)
{
	uint64_t rounds = number_from("HOTREMOVE_TEST_ROUNDS", 400) / share;

	return rounds ? rounds : 1;
}

/* Where a test takes very long, as under valgrind, only one of so many cases is tried. */
static inline uint64_t one_of(void)
{
	return number_from("HOTREMOVE_TEST_ONE_OF", 1);
}

#endif
