// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_guard.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/units.h"

/* The line that the kernel would log when it refuses @block. */
static void print_message(const struct hr_guard_block *block)
{
	static const char *const texts[] = {
		[HR_RULE_SPLITS_LINEAR] = "splits a leaf entry in linear map",
		[HR_RULE_SPLITS_VMEMMAP] = "splits a leaf entry in vmemmap",
		[HR_RULE_BOOT_MEMORY] = "offlining attempted",
	};

	printf("  %-14s  its log will say: %s[%" PRIx64 " %" PRIx64 "] %s\n", "",
	       block->rule == HR_RULE_BOOT_MEMORY ? "Boot memory " : "", block->message_start,
	       block->message_end, texts[block->rule]);
}

static void print_refusal(const struct hr_guard_result *guard, uint64_t block_size)
{
	const struct hr_guard_block *first = NULL;
	struct hr_name_text name;
	uint64_t refused = 0;

	for (size_t i = 0; i < guard->count; i++) {
		if (guard->blocks[i].rule != HR_RULE_NONE && !refused++)
			first = &guard->blocks[i];
	}
	if (!first) {
		printf("refuses\n");
		return;
	}
	name = hr_block_name(first->start, block_size);
	if (guard->count == 1)
		printf("refuses %s\n", name.text);
	else
		printf("refuses %" PRIu64 " of %s%zu memory blocks%s %s\n", refused,
		       guard->cut ? "the first " : "", guard->count,
		       refused == 1 ? ":" : "; the first is", name.text);
	print_message(first);
}

void hr_text_guard(const struct hr_kernel *kernel, const struct hr_answer *answer)
{
	const struct hr_facts *facts = hr_kernel_facts(kernel);
	/* A kernel that cannot remove memory corrupts nothing. */
	bool splits = !facts->no_hotremove && hr_check_has(&answer->check, HR_REASON_SPLITS_LEAF) &&
		      !hr_check_has(&answer->check, HR_REASON_MISALIGNED);

	printf("  %-14s  ", "kernel's check");
	switch (answer->guard.outcome) {
	case HR_GUARD_ACCEPTS:
		puts(answer->guard.count ? "accepts"
					 : "has nothing to check: there is no memory block");
		break;
	case HR_GUARD_REFUSES:
		print_refusal(&answer->guard, facts->memory_block_size);
		break;
	case HR_GUARD_ACCEPTS_UNSAFELY:
		printf("ACCEPTS ANYWAY: this kernel would corrupt its mapping of other memory\n");
		break;
	case HR_GUARD_NO_CHECK:
		printf("%s\n",
		       splits ? "NONE: this kernel would corrupt its mapping of other memory"
			      : "none: this kernel does not check for split leaves");
		break;
	case HR_GUARD_CANNOT_TELL:
		printf("unknown\n");
		break;
	}
}
