/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the library says, in the words of the command line. The library names what a caller can set
 * by the field of struct hr_config, in braces (hotremove.h, "Words in braces"). A user sets it by
 * an option.
 */
#ifndef HR_FIELDS_H
#define HR_FIELDS_H

#include <hotremove/hotremove.h>
#include <stdio.h>

/*
 * @text with an option in the place of each field in braces: "{va_bits}" becomes "--va-bits".
 * Braces around anything else stay. The caller frees the result, which is NULL without memory.
 */
char *hr_fields_to_options(const char *text);

/*
 * The same for the message of @error, which is consumed, except for the name of a file that
 * @config gives and the message begins with.
 */
struct hr_error *hr_fields_error(struct hr_error *error, const struct hr_config *config)
	__attribute__((returns_nonnull));

/* Print @text of the library in a way that is safe for a terminal; without memory, as it is. */
void hr_fields_print(const char *text, FILE *stream);

#endif
