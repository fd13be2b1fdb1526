// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_pages.h"

#include "report/json_writer.h"

void hr_json_put_pages(struct json_object *object, const struct hr_pages *pages)
{
	struct json_object *child, *first;

	if (!pages) {
		hr_json_put_null(object, "pages");
		return;
	}
	child = hr_json_put_new(object, "pages");
	for (enum hr_page_kind kind = 0; kind < HR_PAGES_KINDS; kind++)
		hr_json_put_count(child, hr_page_kind_name(kind), pages->kinds[kind].pages);
	hr_json_put_count(child, "unmovable", pages->unmovable.pages);
	hr_json_put_count(child, "to_move", pages->to_move);
	hr_json_put_bool(child, "zone_movable", pages->in_zone_movable);
	first = hr_json_put_new(child, "first_pfn");
	for (enum hr_page_kind kind = 0; kind < HR_PAGES_KINDS; kind++)
		if (hr_page_kind_is_unmovable(kind))
			hr_json_put_known(first, hr_page_kind_name(kind), pages->kinds[kind].pages,
					  pages->kinds[kind].first_pfn);
}
