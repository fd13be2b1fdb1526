/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about a kernel that --assume can set. */
#ifndef HR_ASSUME_H
#define HR_ASSUME_H

#include <stddef.h>

#include "cli/options.h"

/* Put "KEY=VALUE" into @options. Error HR_ERROR_USAGE, which lists what is possible instead. */
struct hr_error *hr_assume(struct hr_options *options, const char *item);

/*
 * The KEY that sets the field of struct hr_config whose name is the @len bytes at @field, NULL if
 * none does.
 */
const char *hr_assume_key(const char *field, size_t len);

#endif
