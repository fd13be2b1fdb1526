/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms of output: one file of operations and one row each. */
#ifndef HR_OUTPUTS_H
#define HR_OUTPUTS_H

#include <hotremove/hotremove.h>

#include "report/sink.h"

/* The rows; the first is the default form, which has no option. */
extern const struct hr_output_table hr_outputs;

/* The operations of each form; see the file of that name. */
extern const struct hr_sink_ops hr_text_sink, hr_json_sink, hr_html_sink, hr_summary_sink,
	hr_quiet_sink, hr_table_sink;

/* The change operation of all forms that print text. */
struct hr_error *hr_text_change(bool is_first, const char *key, const char *before,
				const char *after);

#endif
