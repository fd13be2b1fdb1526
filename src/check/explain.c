// SPDX-License-Identifier: GPL-2.0-or-later
#include <hotremove/hotremove.h>

static const char *const rules[HR_REASON_COUNT] = {
	[HR_REASON_SPLITS_LEAF] =
		"The teardown clears whole entries. When an edge lies inside a block, "
		"unmap_hotplug_range() in arch/arm64/mm/mmu.c takes the neighbour's memory along; "
		"when it lies inside a CONT group, the group loses some of its members, and the "
		"TLB may still hold it as one entry. Kernels up to 7.0 do just that; from 7.1 on "
		"(commit 95a58852b0e5), a check at memory offlining is meant to prevent it. A "
		"running kernel cannot split the leaf safely on most CPUs, and hot-remove never "
		"tries.",
	[HR_REASON_GUARD_VETO] =
		"From 7.1 on (commit 95a58852b0e5), the kernel refuses to take memory offline if "
		"unmapping it would split a leaf. The check sees one memory block at a time, never "
		"the range that will be removed. So no block under a 1 GiB leaf or CONT group can "
		"go offline, although removing all memory under it would split nothing. From 7.1.6 "
		"and 7.2-rc5 on (commit 285f90a4d114), the check looks at the block itself; before "
		"that, it looked at the range after the block. A block that holds its own memmap "
		"(memmap_on_memory) is checked from the end of that memmap on, which always lies "
		"inside a leaf of the vmemmap.",
	[HR_REASON_BOOT_MEMORY] =
		"A section that existed at boot is marked early in mem_section. In every kernel "
		"that can hot-remove memory (5.7 on), a memory notifier of arm64 refuses to take "
		"such memory offline, because it may hold the kernel's own image, page tables and "
		"firmware data.",
	[HR_REASON_MISALIGNED] =
		"Memory goes offline and is removed in whole memory blocks (mm/memory_hotplug.c). "
		"On arm64 a block is one section: 128 MiB with 4K and 16K pages, 512 MiB with 64K "
		"pages, and 1 GiB in kernels before 5.12.",
	[HR_REASON_NOT_PRESENT] = "mem_section has no such section: the memory does not exist, or "
				  "has already been removed.",
	[HR_REASON_MALFORMED_CONT] =
		"All members of a CONT group must have the CONT bit, because the TLB may hold the "
		"whole group as one entry through any of them. A removal that splits a group "
		"leaves some of its members behind; by the architecture, the result of using them "
		"is unpredictable.",
	[HR_REASON_NO_HOTREMOVE] =
		"arm64 can remove memory from 5.7 on (commit bbd6ec605c0f), if the kernel is built "
		"with CONFIG_MEMORY_HOTREMOVE. Without it there is neither offlining nor a "
		"teardown, whatever the page tables look like. A distribution may have brought it "
		"to an older kernel: {ignored=no-hotremove} answers as if this one had it.",
	[HR_REASON_UNREADABLE] =
		"What cannot be read, or contradicts itself, proves nothing: it may hide a leaf "
		"that would be split. Absent, excluded and poisoned memory counts as unreadable. "
		"So does a page table that reads as all zeros while it is in use, since the kernel "
		"frees a table that it has emptied.",
	[HR_REASON_UNMOVABLE_PAGES] =
		"A memory block goes offline once all its pages were moved elsewhere. Slab, page "
		"tables and other pages of the kernel cannot be moved outside of ZONE_MOVABLE, and "
		"reserved pages nowhere: has_unmovable_pages() in mm/page_isolation.c then ends "
		"the attempt (EBUSY). A page that somebody holds, as for direct I/O, vmsplice or "
		"io_uring, passes that test, and so does the page cache of ramfs and "
		"memfd_secret. Its migration fails again and again, and the attempt goes on until "
		"a signal comes: give it a time limit. All this was so at the moment of the "
		"look.",
};

const char *hr_explain_reason(enum hr_reason_code code)
{
	return code < HR_REASON_COUNT ? rules[code] : NULL;
}
