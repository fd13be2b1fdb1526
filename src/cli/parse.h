/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parse the words of the command line into options. */
#ifndef HR_PARSE_H
#define HR_PARSE_H

#include <hotremove/hotremove.h>

#include "cli/options.h"

/*
 * Parse the command line into @ret, which must be released in any case. @outputs, which must
 * outlive it, are the available forms of output. Errors
 * are HR_ERROR_USAGE or HR_ERROR_NO_MEMORY; the form of output is set even then.
 */
struct hr_error *hr_options_parse(int argc, char **argv, const struct hr_output_table *outputs,
				  struct hr_options *ret);

/*
 * Print the help text, which also has the columns of @outputs, or with @usage only the list of
 * options, on standard output.
 */
void hr_options_help(const struct hr_output_table *outputs, bool usage);

#endif
