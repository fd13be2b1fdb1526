/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --diff has found, as members of the document. */
#ifndef HR_JSON_DIFF_H
#define HR_JSON_DIFF_H

#include <hotremove/hotremove.h>

#include "report/sink.h"

struct json_object;

/* The key of the list of @part: "kernel", "ranges", "blocks", "leaves". */
const char *hr_json_diff_key(enum hr_diff_part part);

/* An item of such a list. */
struct json_object *hr_json_new_fact_change(const struct hr_fact_change *change);
struct json_object *hr_json_new_block_change(const struct hr_block_change *change);
struct json_object *hr_json_new_leaf_change(const struct hr_leaf_change *change);

/* Print the member that names the file, before the lists. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_json_print_diff_file(const struct hr_session *session);

/* Print the one behind them: whether nothing has changed; null if that is not known. */
void hr_json_print_diff_result(const struct hr_summary *summary);

#endif
