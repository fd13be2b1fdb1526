/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why the C library's parser refuses a word of the command line: it does not tell. */
#ifndef HR_REFUSAL_H
#define HR_REFUSAL_H

#include <hotremove/hotremove.h>

#include "cli/option_table.h"

/*
 * The error of @word, which getopt refuses where the @count options of @rows are the known ones.
 * Sets *@rest to the letters of @word that follow the refused one. Errors: HR_ERROR_USAGE,
 * HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_refusal_explain(const struct hr_option *rows, size_t count, const char *word,
				    const char **rest);

#endif
