// SPDX-License-Identifier: GPL-2.0-or-later
#include "leaf_check.h"

#include <inttypes.h>

#include "base/units.h"
#include "check/call_check.h"
#include "check/edge_check.h"
#include "check/section_check.h"
#include "check/stray.h"
#include "check/struct_page_check.h"

static void check_alignment(const struct hr_check *check, const struct hr_pa_range *range,
			    struct hr_check_result *result)
{
	uint64_t block = check->machine.block_size;

	if (range->start % block || (range->end - range->start) % block)
		hr_reason_add(result, HR_REASON_MISALIGNED,
			      "start and size must be multiples of the memory block size, %s",
			      hr_size_text(block).text);
}

void hr_check_kernel(const struct hr_check *check, struct hr_check_result *result)
{
	if (check->no_hotremove)
		hr_reason_add(result, HR_REASON_NO_HOTREMOVE, "%s", check->no_hotremove);
	/* If the user ignores what the check may say, the verdict does not need it. */
	if (check->guard_unproven && !(check->ignored & 1u << HR_REASON_GUARD_VETO))
		hr_reason_add(result, HR_REASON_UNREADABLE, "%s", check->guard_unproven);
}

void hr_check_edges(const struct hr_check *check, const struct hr_pa_range *range,
		    struct hr_check_result *ret)
{
	ret->count = 0;
	hr_check_kernel(check, ret);
	check_alignment(check, range, ret);
	hr_check_sections(check, range, ret);
	hr_check_leaves_at_edges(check, range, ret);
	hr_check_strays(check, range, ret);
}

/* The number of malformed groups of @map that the edge checks already reported. */
static uint64_t groups_reported(const struct hr_check_result *result, enum hr_map map)
{
	uint64_t count = 0;

	for (size_t i = 0; i < result->count; i++)
		count += result->reasons[i].code == HR_REASON_MALFORMED_CONT &&
			 result->reasons[i].map == map;
	return count;
}

/* The range has more malformed groups than its edges have shown. */
static void report_groups(enum hr_map map, const struct hr_map_survey *survey,
			  struct hr_check_result *result)
{
	const struct hr_leaf *group = &survey->broken_groups.first;
	uint64_t count = survey->broken_groups.count;
	struct hr_reason *reason;

	if (count == 1)
		reason = hr_reason_add(result, HR_REASON_MALFORMED_CONT,
				       "a CONT group of the range in the %s has members without "
				       "the CONT bit",
				       hr_map_phrase(map));
	else
		reason =
			hr_reason_add(result, HR_REASON_MALFORMED_CONT,
				      "%" PRIu64 " CONT groups of the range in the %s have members "
				      "without the CONT bit; this is the first",
				      count, hr_map_phrase(map));
	hr_reason_set_leaf(reason, map, HR_EDGE_NONE, group->va, group);
}

static void check_map_survey(const struct hr_check *check, enum hr_map map,
			     const struct hr_map_survey *survey, struct hr_check_result *result)
{
	if (survey->broken_groups.count > groups_reported(result, map))
		report_groups(map, survey, result);
	if (survey->unreadable)
		hr_reason_add(result, HR_REASON_UNREADABLE, "%s of its %s cannot be read: %s",
			      hr_size_text(survey->unreadable).text, hr_map_phrase(map),
			      survey->why);
	if (survey->unexpected.count)
		hr_reason_add(result, HR_REASON_UNREADABLE,
			      "the %s has a %s %s leaf at 0x%" PRIx64
			      ", which Linux never makes: the table is damaged or is not a table",
			      hr_map_phrase(map), hr_size_text(survey->unexpected.first.size).text,
			      hr_level_name(survey->unexpected.first.level, false),
			      survey->unexpected.first.va);
	if (survey->misplaced.count)
		hr_check_report_misplaced(check->machine.layout, &survey->misplaced.first, result);
	hr_check_struct_pages(check, &survey->struct_pages, result);
}

void hr_check_survey(const struct hr_check *check, const struct hr_survey *survey,
		     struct hr_check_result *result)
{
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		check_map_survey(check, map, &survey->maps[map], result);
	if (check->by_block)
		hr_check_calls(check, survey, result);
}

void hr_check_guard(const struct hr_check *check, const struct hr_guard_result *guard,
		    enum hr_guard model, struct hr_check_result *result)
{
	if (guard->vetoed && !hr_check_has(result, HR_REASON_SPLITS_LEAF))
		hr_reason_add(result, HR_REASON_GUARD_VETO,
			      "%sthis kernel refuses to take %" PRIu64
			      " of the range's memory blocks offline; the first is at 0x%" PRIx64,
			      hr_check_has(result, HR_REASON_UNREADABLE)
				      ? ""
				      : "nothing would be split, but ",
			      guard->vetoed, guard->vetoed_first);
	if (guard->outcome != HR_GUARD_CANNOT_TELL || !guard->undecided)
		return;
	if (model != HR_GUARD_UNKNOWN)
		hr_reason_add(result, HR_REASON_UNREADABLE,
			      "it is not known what this kernel's check would say: a table or "
			      "section of a memory block could not be read");
	else if (!(check->ignored & 1u << HR_REASON_GUARD_VETO) &&
		 !hr_check_has(result, HR_REASON_SPLITS_LEAF))
		hr_reason_add(result, HR_REASON_UNREADABLE,
			      "this kernel may have a check that refuses to take some of the "
			      "range's memory blocks offline; it is not known which check it has "
			      "({guard} or {release} tells)");
}

enum hr_verdict hr_check_verdict(const struct hr_check *check, const struct hr_check_result *result)
{
	bool unreadable = false;

	for (size_t i = 0; i < result->count; i++) {
		enum hr_reason_code code = result->reasons[i].code;

		if (check->ignored & 1u << code)
			continue;
		if (code != HR_REASON_UNREADABLE)
			return HR_VERDICT_NOT_REMOVABLE;
		unreadable = true;
	}
	return unreadable ? HR_VERDICT_UNKNOWN : HR_VERDICT_REMOVABLE;
}
