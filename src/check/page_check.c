// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/page_check.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text_append.h"
#include "base/units.h"

enum {
	LIST_SIZE = 256
};

/* What pages of a kind are called, after their number. */
static const struct {
	const char *one, *many;
} nouns[HR_PAGES_KINDS] = {
	[HR_PAGES_RESERVED] = { "reserved page", "reserved pages" },
	[HR_PAGES_SLAB] = { "slab page", "slab pages" },
	[HR_PAGES_TABLE] = { "page table", "page tables" },
	[HR_PAGES_KERNEL] = { "other page of the kernel", "other pages of the kernel" },
	[HR_PAGES_CACHE] = { "page of ramfs or memfd_secret", "pages of ramfs or memfd_secret" },
	[HR_PAGES_PINNED] = { "page that somebody holds", "pages that somebody holds" },
};

/* "12 slab pages, 1 page table": the kinds in the way. */
static void list_kinds(const struct hr_pages *pages, char list[LIST_SIZE])
{
	list[0] = '\0';
	for (enum hr_page_kind kind = 0; kind < HR_PAGES_KINDS; kind++) {
		uint64_t count = pages->kinds[kind].pages;

		if (count && hr_page_kind_is_unmovable(kind))
			hr_text_append(
				list, LIST_SIZE, ", ",
				hr_count_text(count, nouns[kind].one, nouns[kind].many).text);
	}
}

void hr_check_pages(const struct hr_check *check, const struct hr_pages *pages,
		    struct hr_check_result *result)
{
	uint64_t unread = pages->kinds[HR_PAGES_UNREADABLE].pages;

	if (pages->unmovable.pages) {
		char list[LIST_SIZE];

		list_kinds(pages, list);
		hr_reason_add(
			result, HR_REASON_UNMOVABLE_PAGES,
			"pages that cannot be moved were seen: %s; the first is PFN 0x%" PRIx64,
			list, pages->unmovable.first_pfn);
	}
	/* If the user ignores what the pages may say, the verdict does not need them. */
	if (unread && !(check->ignored & 1u << HR_REASON_UNMOVABLE_PAGES))
		hr_reason_add(result, HR_REASON_UNREADABLE,
			      "it is not known what is in %s of its memory: %s",
			      hr_size_text(unread << check->machine.layout->geo.page_shift).text,
			      pages->why);
}
