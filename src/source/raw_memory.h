/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw memory: files that have nothing but the bytes of memory, whose place the user knows. */
#ifndef HR_RAW_MEMORY_H
#define HR_RAW_MEMORY_H

#include <hotremove/hotremove.h>

#include "source/source.h"

/*
 * Make @source read the @count files @fds, at most HR_SPLIT_MAX, which must outlive it. File i has
 * the memory from @pas[i] on. Error HR_ERROR_INPUT: they overlap, are empty, or go beyond all
 * addresses.
 */
struct hr_error *hr_raw_attach(const int *fds, const uint64_t *pas, size_t count,
			       struct hr_source *source);

#endif
