// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/page_text.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text_append.h"
#include "base/units.h"

enum {
	PART_SIZE = 128
};

/* What follows a size; or, of pages that cannot be moved, a number. */
static const struct {
	const char *one, *many;
} phrases[HR_PAGES_KINDS] = {
	[HR_PAGES_FREE] = { "free", NULL },
	[HR_PAGES_IDLE] = { "idle", NULL },
	[HR_PAGES_MOVABLE] = { "movable", NULL },
	[HR_PAGES_HUGETLB] = { "hugetlb", NULL },
	[HR_PAGES_HWPOISON] = { "broken", NULL },
	[HR_PAGES_MEMMAP] = { "struct pages", NULL },
	[HR_PAGES_OFFLINE] = { "unplugged or ballooned, of which the driver decides", NULL },
	[HR_PAGES_OTHER] = { "in unknown use", NULL },
	[HR_PAGES_RESERVED] = { "reserved page", "reserved pages" },
	[HR_PAGES_SLAB] = { "slab page", "slab pages" },
	[HR_PAGES_TABLE] = { "page table", "page tables" },
	[HR_PAGES_KERNEL] = { "other page of the kernel", "other pages of the kernel" },
	[HR_PAGES_CACHE] = { "page of ramfs or memfd_secret", "pages of ramfs or memfd_secret" },
	[HR_PAGES_PINNED] = { "page that somebody holds", "pages that somebody holds" },
	[HR_PAGES_NOT_ONLINE] = { "offline", NULL },
	[HR_PAGES_UNREADABLE] = { "unreadable", NULL },
};

static void describe(enum hr_page_kind kind, const struct hr_page_count *count, uint64_t page_size,
		     char part[PART_SIZE])
{
	if (phrases[kind].many)
		snprintf(part, PART_SIZE, "%s from PFN 0x%" PRIx64 " on",
			 hr_count_text(count->pages, phrases[kind].one, phrases[kind].many).text,
			 count->first_pfn);
	else
		snprintf(part, PART_SIZE, "%s %s", hr_size_text(count->pages * page_size).text,
			 phrases[kind].one);
}

void hr_pages_text(const struct hr_pages *pages, uint64_t page_size, char text[HR_PAGE_TEXT_SIZE])
{
	text[0] = '\0';
	for (enum hr_page_kind kind = 0; kind < HR_PAGES_KINDS; kind++) {
		char part[PART_SIZE];

		if (!pages->kinds[kind].pages)
			continue;
		describe(kind, &pages->kinds[kind], page_size, part);
		hr_text_append(text, HR_PAGE_TEXT_SIZE, ", ", part);
	}
	if (!text[0])
		hr_text_append(text, HR_PAGE_TEXT_SIZE, "", "none exist");
	else if (!pages->unmovable.pages && !pages->kinds[HR_PAGES_UNREADABLE].pages)
		hr_text_append(text, HR_PAGE_TEXT_SIZE, "; ", "no unmovable page seen");
}

void hr_pages_word(const struct hr_pages *pages, char *text, size_t size)
{
	text[0] = '\0';
	for (enum hr_page_kind kind = 0; pages && kind < HR_PAGES_KINDS; kind++) {
		uint64_t count = pages->kinds[kind].pages;
		char part[PART_SIZE];

		if (!count || kind == HR_PAGES_FREE || kind == HR_PAGES_IDLE)
			continue;
		snprintf(part, sizeof(part), "%s:%" PRIu64, hr_page_kind_name(kind), count);
		hr_text_append(text, size, ",", part);
	}
	if (!text[0])
		hr_text_append(text, size, "", pages ? "free" : "?");
}
