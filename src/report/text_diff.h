/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --diff has found, as text for people. */
#ifndef HR_TEXT_DIFF_H
#define HR_TEXT_DIFF_H

#include <hotremove/hotremove.h>

#include "report/sink.h"

/* Print one change; @block_size is in bytes. */
void hr_text_fact_change(const struct hr_fact_change *change);
void hr_text_range_change(const struct hr_block_change *change);
void hr_text_block_change(const struct hr_block_change *change, uint64_t block_size);
void hr_text_leaf_change(const struct hr_leaf_change *change);

/* Print what came of the comparison with the file at @path. */
void hr_text_diff_result(const char *path, const struct hr_summary *summary);

#endif
