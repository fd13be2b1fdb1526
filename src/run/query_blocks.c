// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/units.h"
#include "report/block_text.h"
#include "run/round.h"

static uint64_t block_size(const struct hr_round *round)
{
	return hr_kernel_facts(round->kernel)->memory_block_size;
}

static struct hr_error *watch_block(const struct hr_round *round,
				    const struct hr_listed_block *block)
{
	const struct hr_name_text name =
		hr_block_name(block->answer->range.start, block_size(round));
	char value[HR_BLOCK_LINE_SIZE];

	hr_block_line_text(block, value);
	return hr_watch_put(round->watch, name.text, value);
}

static struct hr_error *tell(void *context, const struct hr_listed_block *block)
{
	struct hr_round *round = context;
	struct hr_summary *summary = &round->summary;
	struct hr_error *error;

	summary->blocks++;
	summary->removable_blocks += block->answer->verdict == HR_VERDICT_REMOVABLE;
	summary->block_size = block_size(round);
	error = hr_sink_block(round->sink, block);
	return error || !round->watch ? error : watch_block(round, block);
}

struct hr_error *hr_round_blocks(struct hr_round *round)
{
	struct hr_block_list list = { .block = tell, .context = round };
	struct hr_error *error = hr_kernel_list_blocks(round->kernel, &list);

	round->summary.incomplete |= list.incomplete;
	return error;
}
