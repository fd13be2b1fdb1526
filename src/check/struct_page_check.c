// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/struct_page_check.h"

#include <inttypes.h>

/* Only boot memory may hold its own struct pages, except with memmap_on_memory. */
static void check_pages_in_range(const struct hr_check *check,
				 const struct hr_struct_pages_finding *found,
				 struct hr_check_result *result)
{
	uint64_t value = 0, nr = found->in_range_pa >> check->machine.layout->section_size_bits;
	struct hr_error *error;

	if (!found->in_range || !check->machine.sections)
		return;
	error = hr_section_read(check->machine.sections, nr, &value);
	if (!error && !(value & hr_sections_flags(check->machine.sections)->early))
		hr_reason_add(result, HR_REASON_UNREADABLE,
			      "%s lie%s at 0x%" PRIx64
			      ", inside the range%s: part of the range must go first, or it is a "
			      "device with a memmap of its own, or a table is damaged",
			      found->in_range_is_table ? "a table that maps the range"
						       : "struct pages of the range",
			      found->in_range_is_table ? "s" : "", found->in_range_pa,
			      found->in_range_is_table
				      ? ""
				      : ", but not where memmap_on_memory puts them");
	hr_error_destroy(error);
}

/* Report struct pages at places where no kernel keeps them. */
static void check_places(const struct hr_struct_pages_finding *found,
			 struct hr_check_result *result)
{
	static const char *const phrases[] = {
		[HR_STRUCT_PAGES_DOUBLED] = "which the vmemmap uses twice",
		[HR_STRUCT_PAGES_NO_MEMORY] = "where the linear map has no memory",
		[HR_STRUCT_PAGES_MISPLACED] = "where the linear map has other memory",
		[HR_STRUCT_PAGES_UNLIKE] =
			"in memory of the linear map, unlike those of boot memory",
		[HR_STRUCT_PAGES_FOREIGN] = "mapped as the linear map maps memory",
	};

	if (found->no_memory)
		hr_reason_add(
			result, HR_REASON_UNREADABLE,
			"there is not enough memory to look at the struct pages of the range");
	if (found->flaw == HR_STRUCT_PAGES_SOUND)
		return;
	if (found->flaw == HR_STRUCT_PAGES_TOO_MANY)
		hr_reason_add(result, HR_REASON_UNREADABLE,
			      "the struct pages of the range lie in more than %d pieces, the most "
			      "that are checked",
			      HR_STRUCT_PAGES_MAX);
	else
		hr_reason_add(result, HR_REASON_UNREADABLE,
			      "struct pages of the range lie at 0x%" PRIx64
			      ", %s: a table of the vmemmap is damaged or belongs elsewhere",
			      found->pa, phrases[found->flaw]);
}

void hr_check_struct_pages(const struct hr_check *check,
			   const struct hr_struct_pages_finding *found,
			   struct hr_check_result *result)
{
	check_places(found, result);
	check_pages_in_range(check, found, result);
}
