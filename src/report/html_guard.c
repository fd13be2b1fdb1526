// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_guard.h"

#include <inttypes.h>

#include "base/units.h"
#include "report/html_table.h"
#include "report/html_text.h"

enum {
	ROWS_MAX = 64
};

/* Does the range split a leaf, and can this kernel do that at all? */
static bool splits(const struct hr_kernel *kernel, const struct hr_answer *answer)
{
	return !hr_kernel_facts(kernel)->no_hotremove &&
	       hr_check_has(&answer->check, HR_REASON_SPLITS_LEAF) &&
	       !hr_check_has(&answer->check, HR_REASON_MISALIGNED);
}

void hr_html_put_guard(FILE *stream, const struct hr_kernel *kernel, const struct hr_answer *answer)
{
	static const char accepts_anyway[] = "accepts it anyway: this kernel would corrupt its "
					     "mapping of other memory.";
	static const char *const sentences[] = {
		[HR_GUARD_ACCEPTS] = "accepts it.",
		[HR_GUARD_REFUSES] = "refuses it.",
		[HR_GUARD_ACCEPTS_UNSAFELY] = accepts_anyway,
		[HR_GUARD_NO_CHECK] = "does not exist.",
		[HR_GUARD_CANNOT_TELL] = "is not known.",
	};
	enum hr_guard_outcome outcome = answer->guard.outcome;

	fputs("The kernel\xe2\x80\x99s own check ", stream);
	if (outcome == HR_GUARD_ACCEPTS && !answer->guard.count)
		fputs("has nothing to check: there is no memory block.", stream);
	else if (outcome == HR_GUARD_NO_CHECK && splits(kernel, answer))
		fputs("does not exist: this kernel would corrupt its mapping of other memory.",
		      stream);
	else
		fputs(sentences[outcome], stream);
}

static bool is_alike(const struct hr_guard_block *one, const struct hr_guard_block *other)
{
	return one->outcome == other->outcome && one->rule == other->rule &&
	       !one->message_end == !other->message_end;
}

/* The line that the kernel logs when it refuses @block; empty without one. */
static void put_message(FILE *stream, const struct hr_guard_block *block)
{
	static const char *const texts[] = {
		[HR_RULE_SPLITS_LINEAR] = "splits a leaf entry in linear map",
		[HR_RULE_SPLITS_VMEMMAP] = "splits a leaf entry in vmemmap",
		[HR_RULE_BOOT_MEMORY] = "offlining attempted",
	};

	if (block->rule == HR_RULE_NONE || !block->message_end)
		hr_html_cell(stream, "%s", "");
	else
		hr_html_cell(stream, "%s[%" PRIx64 " %" PRIx64 "] %s",
			     block->rule == HR_RULE_BOOT_MEMORY ? "Boot memory " : "",
			     block->message_start, block->message_end, texts[block->rule]);
}

/* The blocks [@first, @end) of the list, which are alike. */
static void put_blocks(FILE *stream, const struct hr_guard_result *guard, size_t first, size_t end,
		       uint64_t block_size)
{
	const struct hr_guard_block *block = &guard->blocks[first];
	const char *rule = hr_guard_rule_name(block->rule);
	const struct hr_name_text one = hr_block_name(block->start, block_size);
	const struct hr_name_text last = hr_block_name(guard->blocks[end - 1].start, block_size);

	hr_html_row_begin(stream);
	hr_html_head(stream, "%s%s%s", one.text, end - first > 1 ? "-" : "",
		     end - first > 1 ? last.text : "");
	hr_html_count(stream, end - first);
	hr_html_cell(stream, "%s", hr_guard_outcome_name(block->outcome));
	hr_html_cell(stream, "%s", rule ? rule : "");
	put_message(stream, block);
	hr_html_row_end(stream);
}

void hr_html_put_guard_blocks(FILE *stream, const struct hr_kernel *kernel,
			      const struct hr_answer *answer)
{
	const struct hr_guard_result *guard = &answer->guard;
	uint64_t block_size = hr_kernel_facts(kernel)->memory_block_size;
	size_t end = 0, rows = 0;

	if (!guard->count)
		return;
	hr_html_table_begin(stream,
			    HR_HTML_HEADS("Memory blocks", "#Blocks", "Kernel's check", "Rule",
					  "What it logs of the first"),
			    "The kernel's check of %s",
			    hr_range_text(answer->range.start, answer->range.end).text);
	while (end < guard->count && rows++ < ROWS_MAX) {
		size_t first = end++;

		while (end < guard->count && is_alike(&guard->blocks[first], &guard->blocks[end]))
			end++;
		put_blocks(stream, guard, first, end, block_size);
	}
	hr_html_table_end(stream);
	if (end < guard->count || guard->cut)
		fputs("<p>There are more memory blocks; --json lists them.</p>\n", stream);
}
