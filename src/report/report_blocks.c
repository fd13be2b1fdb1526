// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "report/block_text.h"
#include "report/report_block_table.h"
#include "walk/lookup.h"

static struct hr_error *watch_block(const struct hr_report *report,
				    const struct hr_listed_block *block)
{
	const struct hr_name_text name =
		hr_block_name(block->answer->range.start, report->kernel->memory_block_size);
	char value[HR_BLOCK_LINE_SIZE];

	hr_block_line_text(block, value);
	return hr_watch_put(report->watch, name.text, value);
}

static struct hr_error *report_block(struct hr_report *report, struct hr_block_table *table,
				     const struct hr_listed_block *block)
{
	const struct hr_kernel *kernel = report->kernel;
	struct hr_error *error = NULL;

	report->summary.blocks++;
	report->summary.removable_blocks += block->answer->verdict == HR_VERDICT_REMOVABLE;
	report->summary.block_size = kernel->memory_block_size;
	if (table)
		error = hr_block_table_add(table, block);
	if (!error && hr_report_is_json(report) && !hr_json_block(&report->json, kernel, block))
		error = hr_error_no_memory();
	if (!error)
		error = hr_report_check_output();
	if (!error && report->watch)
		error = watch_block(report, block);
	return error;
}

static struct hr_error *answer_block(struct hr_report *report, struct hr_block_table *table,
				     uint64_t start)
{
	const struct hr_pa_range range = { start, start + report->kernel->memory_block_size };
	struct hr_answer *answer = malloc(sizeof(*answer));
	struct hr_listed_block block;
	struct hr_error *error;

	if (!answer)
		return hr_error_no_memory();
	error = hr_kernel_ask(report->kernel, &range, HR_DEPTH_LEAVES, answer);
	if (!error) {
		hr_kernel_list_block(report->kernel, answer, &block);
		error = report_block(report, table, &block);
	}
	hr_answer_release(answer);
	free(answer);
	return error;
}

/* Beyond what there can be, mem_section has led to a block more than once. */
static void end_list(struct hr_kernel *kernel, bool *ret_unread)
{
	hr_kernel_warn(kernel, "mem_section has more memory blocks than the source has room for "
			       "sections: it is damaged, and the list ends there");
	*ret_unread = true;
}

static struct hr_error *list_blocks(struct hr_report *report, struct hr_block_table *table)
{
	struct hr_kernel *kernel = report->kernel;
	const struct hr_blocks blocks = hr_kernel_blocks(kernel);
	uint64_t left = hr_block_most(&blocks);
	struct hr_error *error = NULL;
	bool unread = false;

	if (!kernel->sections)
		hr_kernel_warn(kernel, "which memory blocks exist cannot be told: those that the "
				       "linear map maps are listed");
	/* For itself, and for the memory that the struct pages of others lie in. */
	hr_walk_pass_begin(kernel->walker, 2);
	for (uint64_t start = hr_kernel_next_block(kernel, 0, &unread);
	     !error && start != HR_NO_BLOCK;
	     start = hr_kernel_next_block(kernel, start + kernel->memory_block_size, &unread)) {
		if (!left--) {
			end_list(kernel, &unread);
			break;
		}
		error = answer_block(report, table, start);
	}
	hr_walk_pass_end(kernel->walker);
	if (unread)
		hr_kernel_warn(kernel,
			       kernel->sections
				       ? "parts of mem_section could not be read: the "
					 "blocks there are missing"
				       : "parts of the linear map could not be read: blocks "
					 "there may be missing");
	report->summary.incomplete |= unread;
	return error;
}

struct hr_error *hr_report_blocks(struct hr_report *report)
{
	_cleanup_(hr_cleanup_block_table) struct hr_block_table *table = NULL;
	struct hr_error *error = NULL;

	if (hr_report_is_text(report))
		error = hr_block_table_create(report->session, &table);
	if (hr_report_is_json(report))
		hr_json_begin_list(&report->json, "blocks");
	if (!error)
		error = list_blocks(report, table);
	if (!error && table)
		error = hr_block_table_print(table);
	if (hr_report_is_json(report))
		hr_json_end_list(&report->json, false);
	return error;
}
