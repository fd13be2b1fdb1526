// SPDX-License-Identifier: GPL-2.0-or-later
#include <hotremove/hotremove.h>

static const char *const rules[HR_REASON_COUNT] = {
	[HR_REASON_SPLITS_LEAF] = "The teardown clears whole entries: unmap_hotplug_range() in "
				  "arch/arm64/mm/mmu.c takes the "
				  "neighbour's memory along when an edge lies inside a block, and "
				  "leaves a CONT group with "
				  "some members missing, which the TLB may still hold as one "
				  "entry. Kernels up to 7.0 do "
				  "just that; from 7.1 on (commit 95a58852b0e5) a check at memory "
				  "offlining is to prevent "
				  "it. A running kernel cannot split the leaf safely on most CPUs, "
				  "and hot-remove never "
				  "tries.",
	[HR_REASON_GUARD_VETO] = "From 7.1 on (commit 95a58852b0e5) taking memory offline is "
				 "refused where unmapping it would "
				 "split a leaf. The check sees one memory block at a time, never "
				 "the range that will be "
				 "removed, so that no block under a 1 GiB leaf or CONT group can "
				 "go offline although "
				 "removing all of it would split nothing. From 7.1.6 and 7.2-rc5 "
				 "on (commit 285f90a4d114) "
				 "it judges the block itself; before that it judged the range "
				 "behind it. A block that "
				 "holds its own memmap (memmap_on_memory) is judged from behind "
				 "that memmap, which always "
				 "lies inside a leaf of the vmemmap.",
	[HR_REASON_BOOT_MEMORY] = "A section that existed at boot is marked early in mem_section. "
				  "A memory notifier of arm64 "
				  "refuses to take such memory offline in every kernel that can "
				  "hot-remove memory at all "
				  "(5.7 on), because boot memory may hold the kernel's own image, "
				  "page tables and firmware "
				  "data.",
	[HR_REASON_MISALIGNED] = "Memory goes offline and is removed in whole memory blocks "
				 "(mm/memory_hotplug.c). On arm64 a "
				 "block is one section: 128 MiB with 4K and 16K pages, 512 MiB "
				 "with 64K pages, and 1 GiB "
				 "in kernels before 5.12.",
	[HR_REASON_NOT_PRESENT] = "mem_section has no such section: there is no memory, or it has "
				  "been removed already.",
	[HR_REASON_MALFORMED_CONT] =
		"The members of a CONT group must all have the CONT bit, and the TLB may hold the "
		"group as "
		"one entry by any one of them. A group that lacks members is what a removal that "
		"split it "
		"leaves behind; by the architecture the result of using it is not predictable.",
	[HR_REASON_NO_HOTREMOVE] =
		"arm64 can remove memory since 5.7 (commit bbd6ec605c0f), and only if the kernel "
		"is "
		"built with CONFIG_MEMORY_HOTREMOVE. Without it there is neither offlining nor a "
		"teardown, whatever the page tables are like. A distribution may have brought it "
		"to an older kernel: {ignored=no-hotremove} answers as if this one had it.",
	[HR_REASON_UNREADABLE] = "What cannot be read, or contradicts itself, proves nothing: it "
				 "may hide a leaf that would "
				 "be split. Absent, excluded and poisoned memory counts as "
				 "unreadable, and so does a page "
				 "table that reads as all zeros while it is in use, since the "
				 "kernel frees a table that "
				 "it has emptied.",
};

const char *hr_explain_reason(enum hr_reason_code code)
{
	return code < HR_REASON_COUNT ? rules[code] : NULL;
}
