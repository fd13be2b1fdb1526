/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The syntax of changes that have not happened: RANGE[,memmap-on-memory][,calls=range|block], or
 * the release of another kernel.
 */
#ifndef HR_CHANGE_SPEC_H
#define HR_CHANGE_SPEC_H

#include <hotremove/hotremove.h>

#include "cli/range_spec.h"

enum {
	HR_CHANGE_RELEASE_SIZE = 66 /* as that of utsname */
};

struct hr_change_spec {
	enum hr_predicted_kind kind;
	struct hr_range_spec range;
	bool memmap_on_memory;
	enum hr_calls calls;
	char release[HR_CHANGE_RELEASE_SIZE];
};

/*
 * Parse @text, a change of @kind; what follows the range is for memory that is added. A release is
 * only copied. Errors: HR_ERROR_USAGE: those of hr_range_spec_parse(), another word, or more than a
 * release can have; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_change_spec_parse(const char *text, enum hr_predicted_kind kind,
				      struct hr_change_spec *ret);

#endif
