/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A word of the command line without an option: a range, or the file of a source. */
#ifndef HR_ARGUMENT_H
#define HR_ARGUMENT_H

#include "cli/options.h"

/*
 * Add @word, which must outlive @options, to them: as a range if it reads as one, otherwise as the
 * file of a source whose kind its content shows later, if there is such a file; "-" is standard
 * input. Errors: HR_ERROR_USAGE if it is neither, or too much of either; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_argument_take(struct hr_options *options, const char *word);

#endif
