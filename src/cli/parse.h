/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the words of the command line to the options. */
#ifndef HR_PARSE_H
#define HR_PARSE_H

#include "cli/options.h"

/*
 * Parse the command line into @ret, which is to be released in any case; @outputs, which must
 * outlive it, are the forms of output that there are. Errors are HR_ERROR_USAGE, or
 * HR_ERROR_NO_MEMORY; those that getopt itself finds print their message and end the program with
 * status 64, as argp does it.
 */
struct hr_error *hr_options_parse(int argc, char **argv, const struct hr_output_table *outputs,
				  struct hr_options *ret);

/* Print the help text, or with @usage the list of options alone, on standard output. */
void hr_options_help(const struct hr_output_table *outputs, bool usage);

#endif
