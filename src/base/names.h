/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of an enum's values: one table beside the enum, for printing and for parsing. */
#ifndef HR_NAMES_H
#define HR_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Names, indexed by value; NULL if a value has none. */
struct hr_names {
	const char *const *words;
	size_t count;
};

/* A table at file scope: HR_NAMES([HR_SOME_VALUE] = "some-value", ...). */
#define HR_NAMES(...) HR_NAMES_IN(((const char *const[]){ __VA_ARGS__ }))

#define HR_NAMES_IN(words) ((struct hr_names){ words, sizeof(words) / sizeof((words)[0]) })

/* Is @word, which may be NULL, the @len bytes at @text? */
static inline bool hr_is_word(const char *word, const char *text, size_t len)
{
	return word && strlen(word) == len && !memcmp(word, text, len);
}

/* The name of @value, NULL if it has none. */
const char *hr_name_of(const struct hr_names *names, unsigned int value);

/* The value of @word, which must match completely. Returns false if no value has this name. */
bool hr_name_parse(const struct hr_names *names, const char *word, unsigned int *ret);

#endif
