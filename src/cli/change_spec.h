/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The syntax of changes that have not happened: RANGE[,memmap-on-memory][,calls=range|block]. */
#ifndef HR_CHANGE_SPEC_H
#define HR_CHANGE_SPEC_H

#include <hotremove/hotremove.h>

#include "cli/range_spec.h"

struct hr_change_spec {
	enum hr_predicted_kind kind;
	struct hr_range_spec range;
	bool memmap_on_memory;
	enum hr_calls calls;
};

/*
 * Parse @text, a change of @kind; what follows the range is for memory that is added. Error
 * HR_ERROR_USAGE: those of hr_range_spec_parse(), or another word; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_change_spec_parse(const char *text, enum hr_predicted_kind kind,
				      struct hr_change_spec *ret);

#endif
