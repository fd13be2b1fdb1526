// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/outputs.h"

#include "report/block_columns.h"

static const struct hr_output rows[] = {
	{ .ops = &hr_text_sink },
	{
		.name = "json",
		.letter = 'J',
		.help = "print one JSON document",
		.ops = &hr_json_sink,
	},
	{
		.name = "pairs",
		.letter = 'P',
		.help = "print the list of --blocks, and nothing else, as KEY=\"value\" pairs",
		.form = HR_TABLE_PAIRS,
		.ops = &hr_table_sink,
	},
	{
		.name = "raw",
		.help = "print the list of --blocks, and nothing else, with a space between "
			"columns and with unsafe characters escaped",
		.form = HR_TABLE_RAW,
		.ops = &hr_table_sink,
	},
	{
		.name = "html",
		.help = "print one page of HTML with pictures; without a query, with --blocks and "
			"--map",
		.is_page = true,
		.ops = &hr_html_sink,
	},
	{
		.name = "quiet",
		.letter = 'q',
		.help = "print nothing: the exit status is the answer",
		.is_mute = true,
		.ops = &hr_quiet_sink,
	},
	{
		.name = "summary",
		.help = "print one line of at most 80 characters",
		.ops = &hr_summary_sink,
	},
	{
		.name = "explain",
		.help = "print text with the rule behind each reason",
		.explains = true,
		.ops = &hr_text_sink,
	},
};

const struct hr_output_table hr_outputs = {
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.column = hr_column_at,
};
