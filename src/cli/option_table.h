/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of the command line: each is one row, with the setter that takes its value. */
#ifndef HR_OPTION_TABLE_H
#define HR_OPTION_TABLE_H

#include "cli/options.h"

/* The groups in which --help lists the options. */
enum hr_option_group {
	HR_GROUP_SOURCE,
	HR_GROUP_QUERY,
	HR_GROUP_OUTPUT,
	HR_GROUP_OVERRIDE,
	HR_GROUP_OTHER,
	HR_GROUP_COUNT,
};

struct hr_option;

/*
 * Put @value, NULL without one, into @options as @option has it. Errors: HR_ERROR_USAGE, whose
 * message names the option; HR_ERROR_NO_MEMORY.
 */
typedef struct hr_error *hr_option_fn(struct hr_options *options, const struct hr_option *option,
				      const char *value);

struct hr_option {
	const char *name;  /* behind two dashes */
	const char *value; /* what --help calls its value; NULL: it takes none */
	const char *help;
	hr_option_fn *set;
	/* What the setter has to know; see cli/option_setters.h. */
	size_t member;	    /* offset in struct hr_options */
	unsigned int which; /* the source, the override, the largest number ... */
	enum hr_option_group group;
	int letter;	  /* behind one dash; 0: it has none */
	bool is_optional; /* the value */
};

extern const char *const hr_option_groups[HR_GROUP_COUNT];
extern const struct hr_option hr_option_rows[];
extern const size_t hr_option_count;

#endif
