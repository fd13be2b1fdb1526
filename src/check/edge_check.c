// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/edge_check.h"

#include <inttypes.h>

#include "base/units.h"
#include "check/presence.h"
#include "kernel/address.h"
#include "map/survey.h"
#include "walk/lookup.h"
#include "walk/table_cache.h"

/* Existence of the pages at the two ends of a range. */
struct existence {
	enum hr_presence first, last;
};

static struct existence existence_of(const struct hr_check *check, const struct hr_pa_range *range)
{
	return (struct existence){
		.first = hr_presence_of(check, range->start),
		.last = hr_presence_of(check, range->end - 1),
	};
}

/* One edge of the range in one map. */
struct edge {
	enum hr_map map;
	enum hr_edge edge;
	uint64_t va;
};

static void report_split(const struct edge *edge, const struct hr_leaf *leaf,
			 struct hr_check_result *result)
{
	struct hr_reason *reason = hr_reason_add(
		result, HR_REASON_SPLITS_LEAF, "the %s edge lies inside a %s %s %s of the %s",
		hr_edge_name(edge->edge), hr_size_text(leaf->size).text,
		hr_level_name(leaf->level, leaf->cont), leaf->cont ? "group" : "leaf",
		hr_map_phrase(edge->map));

	hr_reason_set_leaf(reason, edge->map, edge->edge, edge->va, leaf);
}

static void report_untrusted(const struct edge *edge, const struct hr_leaf *leaf,
			     struct hr_check_result *result)
{
	hr_reason_add(result, HR_REASON_UNREADABLE,
		      "the %s edge meets a %s %s leaf in the %s, which Linux never makes: the "
		      "table is damaged or is not a table",
		      hr_edge_name(edge->edge), hr_size_text(leaf->size).text,
		      hr_level_name(leaf->level, false), hr_map_phrase(edge->map));
}

void hr_check_report_misplaced(const struct hr_layout *layout, const struct hr_leaf *leaf,
			       struct hr_check_result *result)
{
	hr_reason_add(result, HR_REASON_UNREADABLE,
		      "the linear map has PA 0x%" PRIx64 " at VA 0x%" PRIx64
		      ", where PHYS_OFFSET puts PA 0x%" PRIx64
		      ": the table is damaged, or PHYS_OFFSET is wrong",
		      leaf->pa, leaf->va, hr_layout_linear_pa(layout, leaf->va));
}

/* Could Linux have created this leaf, and does it map the right memory? */
static void check_trust(const struct hr_check *check, const struct edge *edge,
			const struct hr_leaf *leaf, struct hr_check_result *result)
{
	if (!leaf->expected)
		report_untrusted(edge, leaf, result);
	if (edge->map == HR_MAP_LINEAR &&
	    leaf->pa != hr_layout_linear_pa(check->machine.layout, leaf->va))
		hr_check_report_misplaced(check->machine.layout, leaf, result);
}

/* Check the leaf around an edge, if the range touches it. */
static void check_edge_leaf(const struct hr_check *check, const struct edge *edge,
			    const struct hr_lookup *found, struct hr_check_result *result)
{
	const struct hr_leaf *leaf = &found->leaf;
	bool inside = leaf->va != edge->va;

	if (inside && !(found->in_broken_group && found->broken_group.va != edge->va))
		report_split(edge, leaf, result);
	if (inside || edge->edge == HR_EDGE_START)
		check_trust(check, edge, leaf, result);
}

/* A CONT group that lacks members: the TLB may cache the whole group through any member. */
static void check_edge_group(const struct edge *edge, const struct hr_leaf *group,
			     struct hr_check_result *result)
{
	struct hr_reason *reason;

	if (group->va != edge->va)
		report_split(edge, group, result);
	reason = hr_reason_add(
		result, HR_REASON_MALFORMED_CONT,
		"some members of the %s %s group at the %s edge in the %s lack the CONT "
		"bit",
		hr_size_text(group->size).text, hr_level_name(group->level, true),
		hr_edge_name(edge->edge), hr_map_phrase(edge->map));
	hr_reason_set_leaf(reason, edge->map, edge->edge, edge->va, group);
}

static enum hr_map_state check_edge(const struct hr_check *check, const struct edge *edge,
				    struct hr_check_result *result)
{
	struct hr_lookup found;

	if (edge->edge == HR_EDGE_END)
		hr_walk_lookup_end(check->machine.walker, edge->va, &found);
	else
		hr_walk_lookup(check->machine.walker, edge->va, &found);
	if (found.state == HR_MAP_UNREADABLE)
		hr_reason_add(result, HR_REASON_UNREADABLE, "the %s edge in the %s: %s",
			      hr_edge_name(edge->edge), hr_map_phrase(edge->map), found.why);
	else if (found.may_split && !found.splits)
		hr_reason_add(result, HR_REASON_UNREADABLE,
			      "the %s edge in the %s may lie inside a CONT group: nothing is known "
			      "about the entries beside it",
			      hr_edge_name(edge->edge), hr_map_phrase(edge->map));
	if (found.state == HR_MAP_MAPPED)
		check_edge_leaf(check, edge, &found, result);
	if (found.in_broken_group)
		check_edge_group(edge, &found.broken_group, result);
	return found.state;
}

/*
 * The kernel maps all memory that it adds, and its struct pages. So if the first or last page
 * exists but reads as unmapped, the tables or the layout are wrong. The sentence only states what
 * was read.
 */
static void report_hole(const struct edge *edge, enum hr_presence presence,
			struct hr_check_result *result)
{
	static const struct {
		const char *before, *after;
	} texts[] = {
		[HR_PRESENCE_ADDED] = { "mem_section has this memory, but ",
					"the tables are the wrong ones, or are damaged" },
		[HR_PRESENCE_BOOT] = { "mem_section has this as boot memory, but ",
				       "it is a hole, or the tables are damaged" },
		[HR_PRESENCE_UNKNOWN] = { "", "it is not known whether such memory exists" },
	};

	hr_reason_add(result, HR_REASON_UNREADABLE, "%sthe %s does not map its %s page: %s",
		      texts[presence].before, hr_map_phrase(edge->map),
		      edge->edge == HR_EDGE_START ? "first" : "last", texts[presence].after);
}

/*
 * Check the last page of the range. A leaf that extends across the end maps it too. If that leaf is
 * damaged, the edge itself may show nothing, but this page is then not mapped as it should be.
 */
static void check_last_page(const struct hr_check *check, const struct edge *end,
			    enum hr_presence presence, struct hr_check_result *result)
{
	struct hr_lookup found;

	hr_walk_lookup(check->machine.walker, end->va - 1, &found);
	if (found.state == HR_MAP_UNMAPPED)
		report_hole(end, presence, result);
	else if (found.state == HR_MAP_UNREADABLE)
		hr_reason_add(result, HR_REASON_UNREADABLE, "the last page in the %s: %s",
			      hr_map_phrase(end->map), found.why);
	else
		check_trust(check, end, &found.leaf, result);
}

static void check_map(const struct hr_check *check, enum hr_map map,
		      const struct hr_pa_range *range, const struct existence *exists,
		      struct hr_check_result *result)
{
	const struct hr_layout *layout = check->machine.layout;
	uint64_t limit = map == HR_MAP_LINEAR ? layout->linear_end : layout->vmemmap_end;
	struct edge start = { map, HR_EDGE_START, 0 }, end = { map, HR_EDGE_END, 0 };

	if (!hr_map_range(layout, map, range->start, range->end, &start.va, &end.va)) {
		if (exists->first || exists->last)
			hr_reason_add(
				result, HR_REASON_UNREADABLE,
				"VA_BITS and PHYS_OFFSET leave no room for the range in the %s",
				hr_map_phrase(map));
		return;
	}
	if (check_edge(check, &start, result) == HR_MAP_UNMAPPED && exists->first)
		report_hole(&start, exists->first, result);
	if (end.va < limit)
		check_edge(check, &end, result);
	if (exists->last)
		check_last_page(check, &end, exists->last, result);
}

/* The edges of a range, and the place of the first reason that they add. */
struct edges {
	const struct hr_check *check;
	const struct hr_pa_range *range;
	struct hr_check_result *result;
	size_t first;
};

static void check_maps(void *context)
{
	const struct edges *edges = context;
	const struct existence exists = existence_of(edges->check, edges->range);

	edges->result->count = edges->first;
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		check_map(edges->check, map, edges->range, &exists, edges->result);
}

/*
 * Edges that were never read together do not make a consistent answer. If a table could not be
 * read, one of the reasons from @first on says so.
 */
static void require_unreadable(struct hr_check_result *result, size_t first)
{
	for (size_t i = first; i < result->count; i++)
		if (result->reasons[i].code == HR_REASON_UNREADABLE)
			return;
	hr_reason_add(result, HR_REASON_UNREADABLE,
		      "the tables kept changing while the edges were read");
}

void hr_check_leaves_at_edges(const struct hr_check *check, const struct hr_pa_range *range,
			      struct hr_check_result *ret)
{
	struct edges edges = { check, range, ret, ret->count };

	if (!hr_walk_together(check->machine.walker, check_maps, &edges))
		require_unreadable(ret, edges.first);
}
