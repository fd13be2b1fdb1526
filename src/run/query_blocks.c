// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "base/units.h"
#include "report/block_text.h"
#include "run/round.h"

static struct hr_error *watch_block(const struct hr_round *round,
				    const struct hr_listed_block *block)
{
	const struct hr_name_text name =
		hr_block_name(block->answer->range.start, round->kernel->memory_block_size);
	char value[HR_BLOCK_LINE_SIZE];

	hr_block_line_text(block, value);
	return hr_watch_put(round->watch, name.text, value);
}

static struct hr_error *tell(struct hr_round *round, const struct hr_listed_block *block)
{
	struct hr_summary *summary = &round->summary;
	struct hr_error *error;

	summary->blocks++;
	summary->removable_blocks += block->answer->verdict == HR_VERDICT_REMOVABLE;
	summary->block_size = round->kernel->memory_block_size;
	error = hr_sink_block(round->sink, block);
	return error || !round->watch ? error : watch_block(round, block);
}

static struct hr_error *answer_block(struct hr_round *round, uint64_t start)
{
	const struct hr_pa_range range = { start, start + round->kernel->memory_block_size };
	struct hr_answer *answer = malloc(sizeof(*answer));
	struct hr_listed_block block;
	struct hr_error *error;

	if (!answer)
		return hr_error_no_memory();
	error = hr_kernel_ask(round->kernel, &range, HR_DEPTH_LEAVES, answer);
	if (!error) {
		hr_kernel_list_block(round->kernel, answer, &block);
		error = tell(round, &block);
	}
	hr_answer_release(answer);
	free(answer);
	return error;
}

/* If there are more blocks than possible, mem_section has led to a block more than once. */
static void end_list(struct hr_kernel *kernel, bool *ret_unread)
{
	hr_kernel_warn(kernel, "mem_section has more memory blocks than the source has room for "
			       "sections: it is damaged, and the list ends there");
	*ret_unread = true;
}

static struct hr_error *answer_blocks(struct hr_round *round, bool *ret_unread)
{
	struct hr_kernel *kernel = round->kernel;
	const struct hr_blocks blocks = hr_kernel_blocks(kernel);
	uint64_t left = hr_block_most(&blocks);
	struct hr_error *error = NULL;

	for (uint64_t start = hr_kernel_next_block(kernel, 0, ret_unread);
	     !error && start != HR_NO_BLOCK;
	     start = hr_kernel_next_block(kernel, start + kernel->memory_block_size, ret_unread)) {
		if (!left--) {
			end_list(kernel, ret_unread);
			break;
		}
		error = answer_block(round, start);
	}
	return error;
}

static void warn_of_missing(struct hr_kernel *kernel)
{
	hr_kernel_warn(kernel, kernel->sections
				       ? "parts of mem_section could not be read: the "
					 "blocks there are missing"
				       : "parts of the linear map could not be read: blocks "
					 "there may be missing");
}

struct hr_error *hr_round_blocks(struct hr_round *round)
{
	struct hr_kernel *kernel = round->kernel;
	struct hr_error *error;
	bool unread = false;

	if (!kernel->sections)
		hr_kernel_warn(kernel, "which memory blocks exist cannot be told: those that the "
				       "linear map maps are listed");
	/* Once for the block, and once for the memory that holds struct pages of other blocks. */
	hr_walk_pass_begin(kernel->walker, 2);
	error = answer_blocks(round, &unread);
	hr_walk_pass_end(kernel->walker);
	if (unread)
		warn_of_missing(kernel);
	round->summary.incomplete |= unread;
	return error;
}
