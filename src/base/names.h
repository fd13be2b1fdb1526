/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of an enum: one table beside the enum, which prints them and reads them. */
#ifndef HR_NAMES_H
#define HR_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Words by the value that they stand for; NULL where a value has none. */
struct hr_names {
	const char *const *words;
	size_t count;
};

/* The initializer of a table at file scope: HR_NAMES([HR_SOME_VALUE] = "some-value", ...). */
#define HR_NAMES(...)                                                                              \
	{                                                                                          \
		(const char *const[]){ __VA_ARGS__ },                                              \
			sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *)        \
	}

/* The word of @value, NULL if it has none. */
const char *hr_name_of(const struct hr_names *names, unsigned int value);

/* The value of @word, which must match as a whole; false if no value has it. */
bool hr_name_parse(const struct hr_names *names, const char *word, unsigned int *ret);

#endif
