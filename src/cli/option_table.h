/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line options: one row each, with the setter for its value. */
#ifndef HR_OPTION_TABLE_H
#define HR_OPTION_TABLE_H

#include <hotremove/hotremove.h>

#include "cli/options.h"

/* The groups of options in --help. */
enum hr_option_group {
	HR_GROUP_SOURCE,
	HR_GROUP_QUERY,
	HR_GROUP_CHANGE,
	HR_GROUP_TIME,
	HR_GROUP_OUTPUT,
	HR_GROUP_OVERRIDE,
	HR_GROUP_OTHER,
	HR_GROUP_COUNT,
};

struct hr_option;

/*
 * Store @value (NULL if there is none) in @options, as @option specifies. Errors: HR_ERROR_USAGE,
 * whose message names the option; HR_ERROR_NO_MEMORY.
 */
typedef struct hr_error *hr_option_fn(struct hr_options *options, const struct hr_option *option,
				      const char *value);

struct hr_option {
	const char *name;  /* after two dashes */
	const char *field; /* the word in braces (hotremove.h) that means it; NULL: none */
	const char *value; /* the name of its value in --help; NULL: it takes none */
	const char *help;
	hr_option_fn *set;
	/* For the setter; see cli/option_setters.h. */
	size_t member;	    /* offset in struct hr_options */
	unsigned int which; /* the source, the override, the largest number ... */
	enum hr_option_group group;
	int letter;	  /* after one dash; 0: none */
	bool is_optional; /* the value is optional */
};

extern const char *const hr_option_groups[HR_GROUP_COUNT];
extern const struct hr_option hr_option_rows[];
extern const size_t hr_option_count;

#endif
