// SPDX-License-Identifier: GPL-2.0-or-later
#include "leaf_check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "walk/table_cache.h"

static const char *const reason_names[HR_REASON_COUNT] = {
	[HR_REASON_SPLITS_LEAF] = "splits-leaf",   [HR_REASON_GUARD_VETO] = "guard-veto",
	[HR_REASON_BOOT_MEMORY] = "boot-memory",   [HR_REASON_MISALIGNED] = "misaligned",
	[HR_REASON_NOT_PRESENT] = "not-present",   [HR_REASON_MALFORMED_CONT] = "malformed-cont",
	[HR_REASON_NO_HOTREMOVE] = "no-hotremove", [HR_REASON_UNREADABLE] = "unreadable",
};

const char *hr_reason_name(enum hr_reason_code code)
{
	return reason_names[code];
}

bool hr_reason_parse(const char *word, enum hr_reason_code *ret)
{
	for (size_t i = 0; i < HR_REASON_COUNT; i++) {
		if (strcmp(word, reason_names[i]))
			continue;
		*ret = (enum hr_reason_code)i;
		return true;
	}
	return false;
}

const char *hr_verdict_name(enum hr_verdict verdict)
{
	static const char *const names[] = { "removable", "not-removable", "unknown" };

	return names[verdict];
}

const char *hr_edge_name(enum hr_edge edge)
{
	static const char *const names[] = { NULL, "start", "end" };

	return names[edge];
}

static const char *map_phrase(enum hr_map map)
{
	return map == HR_MAP_LINEAR ? "linear map" : "vmemmap";
}

/* Does a reason before @reason say the same? The walk may meet what an edge has met. */
static bool reason_is_known(const struct hr_check_result *result, const struct hr_reason *reason)
{
	for (const struct hr_reason *other = result->reasons; other < reason; other++)
		if (other->code == reason->code && !strcmp(other->message, reason->message))
			return true;
	return false;
}

/* The next free reason, of @code; the table has room for all that one check can find. */
static struct hr_reason *reason_add(struct hr_check_result *result, enum hr_reason_code code,
				    const char *format, ...) __attribute__((format(printf, 3, 4)));

static struct hr_reason *reason_add(struct hr_check_result *result, enum hr_reason_code code,
				    const char *format, ...)
{
	struct hr_reason *reason = &result->reasons[result->count];
	va_list args;

	memset(reason, 0, sizeof(*reason));
	reason->code = code;
	va_start(args, format);
	vsnprintf(reason->message, sizeof(reason->message), format, args);
	va_end(args);
	if (result->count + 1 < HR_REASONS_MAX && !reason_is_known(result, reason))
		result->count++;
	return reason;
}

static void reason_set_leaf(struct hr_reason *reason, enum hr_map map, enum hr_edge edge,
			    uint64_t va, const struct hr_leaf *leaf)
{
	reason->has_leaf = true;
	reason->map = map;
	reason->edge = edge;
	reason->va = va;
	reason->leaf = *leaf;
}

static void check_alignment(const struct hr_check *check, const struct hr_pa_range *range,
			    struct hr_check_result *result)
{
	uint64_t block = check->memory_block_size;

	if (range->start % block || (range->end - range->start) % block)
		reason_add(result, HR_REASON_MISALIGNED,
			   "start and size must be multiples of the memory block size, %s",
			   hr_size_text(block).text);
}

void hr_check_kernel(const struct hr_check *check, struct hr_check_result *result)
{
	if (check->no_hotremove)
		reason_add(result, HR_REASON_NO_HOTREMOVE, "%s", check->no_hotremove);
	/* Whoever ignores what the check may say does without it. */
	if (check->guard_unproven && !(check->ignored & 1u << HR_REASON_GUARD_VETO))
		reason_add(result, HR_REASON_UNREADABLE, "%s", check->guard_unproven);
}

/* What the sections of a range have shown so far. */
struct section_tally {
	uint64_t absent, absent_first; /* sections, and the PA of the first */
	uint64_t early, early_first;
	uint64_t wrong_base;   /* a section's idea of pfn_to_page(0), 0 if it is ours */
	struct hr_error *flaw; /* of the first that no kernel has written */
};

static void tally_absent(struct section_tally *tally, const struct hr_layout *layout, uint64_t nr,
			 uint64_t count)
{
	if (count && !tally->absent)
		tally->absent_first = nr << layout->section_size_bits;
	tally->absent += count;
}

/* A section that no kernel has written says nothing, its flags neither. */
static void tally_section(struct section_tally *tally, const struct hr_check *check, uint64_t nr,
			  uint64_t value)
{
	const struct hr_section_flags *flags = hr_sections_flags(check->sections);
	const struct hr_layout *layout = check->layout;
	uint64_t base = value & ~HR_SECTION_FLAGS;
	struct hr_error *flaw = hr_section_check(check->sections, nr, value);

	if (flaw) {
		if (tally->flaw)
			hr_error_destroy(flaw);
		else
			tally->flaw = flaw;
		return;
	}
	if (!hr_section_is_present(flags, value)) {
		tally_absent(tally, layout, nr, 1);
		return;
	}
	if (value & flags->early && !tally->early++)
		tally->early_first = nr << layout->section_size_bits;
	if (base && base != hr_layout_page_va(layout, 0))
		tally->wrong_base = base;
}

static struct hr_error *tally_range(const struct hr_check *check, const struct hr_pa_range *range,
				    struct section_tally *tally)
{
	const struct hr_layout *layout = check->layout;
	uint64_t nr = range->start >> layout->section_size_bits;
	uint64_t last = (range->end - 1) >> layout->section_size_bits;

	while (nr <= last) {
		uint64_t next, value;
		struct hr_error *error = hr_section_next(check->sections, nr, last, &next);

		if (error)
			return error;
		if (next > last)
			next = last + 1;
		tally_absent(tally, layout, nr, next - nr);
		for (nr = next; nr <= last; nr++) {
			error = hr_section_read(check->sections, nr, &value);
			if (error)
				return error;
			tally_section(tally, check, nr, value);
			if (!value)
				break;
		}
		nr += nr <= last;
	}
	return NULL;
}

static void report_tally(const struct hr_layout *layout, const struct section_tally *tally,
			 bool whole, struct hr_check_result *result)
{
	/* Those that could not be read may be more of them. */
	const char *least = tally->flaw || !whole ? "at least " : "";

	if (tally->early)
		reason_add(result, HR_REASON_BOOT_MEMORY,
			   "%s%" PRIu64 " of its sections %s memory from boot, which no kernel "
			   "takes offline; the first is at 0x%" PRIx64,
			   least, tally->early, tally->early == 1 ? "is" : "are",
			   tally->early_first);
	if (tally->absent)
		reason_add(result, HR_REASON_NOT_PRESENT,
			   "%s%" PRIu64 " of its sections %s not exist; the first is at 0x%" PRIx64,
			   least, tally->absent, tally->absent == 1 ? "does" : "do",
			   tally->absent_first);
	if (tally->wrong_base)
		reason_add(result, HR_REASON_UNREADABLE,
			   "mem_section puts the vmemmap at 0x%" PRIx64 ", VMEMMAP_START and "
			   "PHYS_OFFSET at 0x%" PRIx64 ": one of them is wrong",
			   tally->wrong_base, hr_layout_page_va(layout, 0));
}

void hr_check_sections(const struct hr_check *check, const struct hr_pa_range *range,
		       struct hr_check_result *result)
{
	uint32_t both = 1u << HR_REASON_BOOT_MEMORY | 1u << HR_REASON_NOT_PRESENT;
	struct section_tally tally = { 0 };
	struct hr_error *error;

	if (!check->sections) {
		if ((check->ignored & both) != both)
			reason_add(result, HR_REASON_UNREADABLE,
				   "%s, so boot memory and absent memory cannot be told "
				   "(--ignore=boot-memory,not-present leaves them out)",
				   check->no_sections ? check->no_sections
						      : "the place of mem_section is not known");
		return;
	}
	error = tally_range(check, range, &tally);
	report_tally(check->layout, &tally, !error, result);
	if (tally.flaw)
		reason_add(result, HR_REASON_UNREADABLE, "%s", tally.flaw->message);
	hr_error_destroy(tally.flaw);
	if (error)
		reason_add(result, HR_REASON_UNREADABLE, "%s", error->message);
	hr_error_destroy(error);
}

/* What mem_section says of a page. */
enum presence {
	PRESENCE_NONE,	  /* it has no such memory, or the firmware may keep it for itself */
	PRESENCE_ADDED,	  /* memory that was added exists, and is mapped */
	PRESENCE_BOOT,	  /* memory from boot, which is mapped but for holes */
	PRESENCE_UNKNOWN, /* that could not be read: it must be mapped to be sound */
};

/* Of the pages at the two ends of a range. */
struct existence {
	enum presence first, last;
};

/* section_mem_map of the section at @pa; false if it could not be read, or no kernel wrote it. */
static bool read_sound_section(const struct hr_check *check, uint64_t pa, uint64_t *ret)
{
	uint64_t nr = pa >> check->layout->section_size_bits;
	struct hr_error *error = hr_section_read(check->sections, nr, ret);

	if (!error)
		error = hr_section_check(check->sections, nr, *ret);
	hr_error_destroy(error);
	return !error;
}

/* Is there a section at @pa, or can that not be told? */
static bool section_may_exist(const struct hr_check *check, uint64_t pa)
{
	uint64_t value;

	return !check->sections || !read_sound_section(check, pa, &value) ||
	       hr_section_is_present(hr_sections_flags(check->sections), value);
}

/*
 * Hot-added memory is mapped. Of boot memory, what the firmware keeps for itself has sections and no
 * mapping; it stands in the way of any removal, but where it is ignored a hole may be damage.
 */
static enum presence presence_of(const struct hr_check *check, uint64_t pa)
{
	uint64_t value;

	if (!check->sections || !read_sound_section(check, pa, &value))
		return PRESENCE_UNKNOWN;
	if (value & hr_sections_flags(check->sections)->early)
		return (check->ignored & 1u << HR_REASON_BOOT_MEMORY) ? PRESENCE_BOOT
								      : PRESENCE_NONE;
	return hr_section_is_present(hr_sections_flags(check->sections), value) ? PRESENCE_ADDED
										: PRESENCE_NONE;
}

static struct existence existence_of(const struct hr_check *check, const struct hr_pa_range *range)
{
	return (struct existence){
		.first = presence_of(check, range->start),
		.last = presence_of(check, range->end - 1),
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
	struct hr_reason *reason =
		reason_add(result, HR_REASON_SPLITS_LEAF,
			   "the %s edge lies inside a %s %s %s of the %s", hr_edge_name(edge->edge),
			   hr_size_text(leaf->size).text, hr_level_name(leaf->level, leaf->cont),
			   leaf->cont ? "group" : "leaf", map_phrase(edge->map));

	reason_set_leaf(reason, edge->map, edge->edge, edge->va, leaf);
}

static void report_untrusted(const struct edge *edge, const struct hr_leaf *leaf,
			     struct hr_check_result *result)
{
	reason_add(
		result, HR_REASON_UNREADABLE,
		"the %s edge meets a %s %s leaf in the %s, which Linux never makes: the table is "
		"damaged or is none",
		hr_edge_name(edge->edge), hr_size_text(leaf->size).text,
		hr_level_name(leaf->level, false), map_phrase(edge->map));
}

static void report_misplaced(const struct hr_layout *layout, const struct hr_leaf *leaf,
			     struct hr_check_result *result)
{
	reason_add(result, HR_REASON_UNREADABLE,
		   "the linear map has 0x%" PRIx64 " at 0x%" PRIx64 ", where PHYS_OFFSET puts "
		   "0x%" PRIx64 ": the table is damaged or PHYS_OFFSET wrong",
		   leaf->pa, leaf->va, hr_layout_linear_pa(layout, leaf->va));
}

/* Is a leaf of the range one that Linux makes, and at its place? */
static void check_trust(const struct hr_check *check, const struct edge *edge,
			const struct hr_leaf *leaf, struct hr_check_result *result)
{
	if (!leaf->expected)
		report_untrusted(edge, leaf, result);
	if (edge->map == HR_MAP_LINEAR && leaf->pa != hr_layout_linear_pa(check->layout, leaf->va))
		report_misplaced(check->layout, leaf, result);
}

/* What the leaf around an edge says, if the range touches it. */
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

/* A CONT group that lacks members: the TLB may hold all of it by any one of them. */
static void check_edge_group(const struct edge *edge, const struct hr_leaf *group,
			     struct hr_check_result *result)
{
	struct hr_reason *reason;

	if (group->va != edge->va)
		report_split(edge, group, result);
	reason =
		reason_add(result, HR_REASON_MALFORMED_CONT,
			   "some members of the %s %s group at the %s edge in the %s lack the CONT "
			   "bit",
			   hr_size_text(group->size).text, hr_level_name(group->level, true),
			   hr_edge_name(edge->edge), map_phrase(edge->map));
	reason_set_leaf(reason, edge->map, edge->edge, edge->va, group);
}

static enum hr_map_state check_edge(const struct hr_check *check, const struct edge *edge,
				    struct hr_check_result *result)
{
	struct hr_lookup found;

	if (edge->edge == HR_EDGE_END)
		hr_walk_lookup_end(check->walker, edge->va, &found);
	else
		hr_walk_lookup(check->walker, edge->va, &found);
	if (found.state == HR_MAP_UNREADABLE)
		reason_add(result, HR_REASON_UNREADABLE, "the %s edge in the %s: %s",
			   hr_edge_name(edge->edge), map_phrase(edge->map), found.why);
	else if (found.may_split && !found.splits)
		reason_add(result, HR_REASON_UNREADABLE,
			   "the %s edge in the %s may lie inside a CONT group: nothing is known of "
			   "entries beside it",
			   hr_edge_name(edge->edge), map_phrase(edge->map));
	if (found.state == HR_MAP_MAPPED)
		check_edge_leaf(check, edge, &found, result);
	if (found.in_broken_group)
		check_edge_group(edge, &found.broken_group, result);
	return found.state;
}

/*
 * Memory that exists is mapped: the kernel maps all that it adds, and its struct pages. A first or
 * last page that reads as unmapped means that the tables or the layout are not what they seem, if
 * that memory exists. The sentence says no more of it than what was read.
 */
static void report_hole(const struct edge *edge, enum presence presence,
			struct hr_check_result *result)
{
	static const struct {
		const char *before, *after;
	} texts[] = {
		[PRESENCE_ADDED] = { "mem_section has this memory, yet ",
				     "the tables are not the right ones, or damaged" },
		[PRESENCE_BOOT] = { "mem_section has this memory from boot, yet ",
				    "it is a hole, or the tables are damaged" },
		[PRESENCE_UNKNOWN] = { "", "whether there is such memory is not known" },
	};

	reason_add(result, HR_REASON_UNREADABLE, "%sthe %s does not map its %s page: %s",
		   texts[presence].before, map_phrase(edge->map),
		   edge->edge == HR_EDGE_START ? "first" : "last", texts[presence].after);
}

/*
 * The last page of the range. A leaf that reaches across the end maps it too: where it is damaged,
 * the edge itself may show nothing, but this page is not mapped as it ought to be.
 */
static void check_last_page(const struct hr_check *check, const struct edge *end,
			    enum presence presence, struct hr_check_result *result)
{
	struct hr_lookup found;

	hr_walk_lookup(check->walker, end->va - 1, &found);
	if (found.state == HR_MAP_UNMAPPED)
		report_hole(end, presence, result);
	else if (found.state == HR_MAP_UNREADABLE)
		reason_add(result, HR_REASON_UNREADABLE, "the last page in the %s: %s",
			   map_phrase(end->map), found.why);
	else
		check_trust(check, end, &found.leaf, result);
}

/* Does the vmemmap map a leaf at @va that is for nothing but the section around @pa? */
static bool maps_section_alone(const struct hr_check *check, uint64_t va, uint64_t pa)
{
	const struct hr_layout *layout = check->layout;
	uint64_t section = pa & ~(hr_section_size(layout) - 1), page = hr_page_size(&layout->geo);
	uint64_t start = hr_map_va(layout, HR_MAP_VMEMMAP, section);
	uint64_t end = hr_map_va(layout, HR_MAP_VMEMMAP, section + hr_section_size(layout));
	struct hr_lookup found;

	if (va < hr_layout_vmemmap_used(layout) || va >= layout->vmemmap_end)
		return false;
	hr_walk_lookup(check->walker, va, &found);
	return found.state == HR_MAP_MAPPED &&
	       found.leaf.va >= ((start + page - 1) & ~(page - 1)) &&
	       found.leaf.va + found.leaf.size <= (end & ~(page - 1));
}

bool hr_check_has_stray(const struct hr_check *check, uint64_t pa, enum hr_edge edge)
{
	const struct hr_layout *layout = check->layout;
	uint64_t beside = edge == HR_EDGE_START ? pa - 1 : pa, page = hr_page_size(&layout->geo);
	uint64_t va = hr_map_va(layout, HR_MAP_VMEMMAP, pa);

	if (beside >> layout->pa_bits || section_may_exist(check, beside))
		return false;
	va = edge == HR_EDGE_START ? (va & ~(page - 1)) - 1 : (va + page - 1) & ~(page - 1);
	return maps_section_alone(check, va, beside);
}

/* The vmemmap on both sides of @range. */
static void check_around(const struct hr_check *check, const struct hr_pa_range *range,
			 struct hr_check_result *result)
{
	const uint64_t edges[] = { range->start, range->end };

	for (size_t i = 0; i < 2; i++) {
		enum hr_edge edge = i ? HR_EDGE_END : HR_EDGE_START;

		if (hr_check_has_stray(check, edges[i], edge))
			reason_add(result, HR_REASON_UNREADABLE,
				   "the vmemmap has struct pages beside the %s edge, where no "
				   "section exists: a table of it is damaged or another's",
				   hr_edge_name(edge));
	}
}

static void check_map(const struct hr_check *check, enum hr_map map,
		      const struct hr_pa_range *range, const struct existence *exists,
		      struct hr_check_result *result)
{
	const struct hr_layout *layout = check->layout;
	uint64_t limit = map == HR_MAP_LINEAR ? layout->linear_end : layout->vmemmap_end;
	struct edge start = { map, HR_EDGE_START, 0 }, end = { map, HR_EDGE_END, 0 };

	if (!hr_map_range(layout, map, range->start, range->end, &start.va, &end.va)) {
		if (exists->first || exists->last)
			reason_add(result, HR_REASON_UNREADABLE,
				   "the range has no place in the %s by VA_BITS and PHYS_OFFSET",
				   map_phrase(map));
		return;
	}
	if (check_edge(check, &start, result) == HR_MAP_UNMAPPED && exists->first)
		report_hole(&start, exists->first, result);
	if (end.va < limit)
		check_edge(check, &end, result);
	if (exists->last)
		check_last_page(check, &end, exists->last, result);
}

static void check_maps(const struct hr_check *check, const struct hr_pa_range *range,
		       struct hr_check_result *result)
{
	const struct existence exists = existence_of(check, range);

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		check_map(check, map, range, &exists, result);
}

/*
 * Edges that were never seen together do not make a whole. Where a table could not be read, one of
 * the reasons from @first on says so.
 */
static void require_unreadable(struct hr_check_result *result, size_t first)
{
	for (size_t i = first; i < result->count; i++)
		if (result->reasons[i].code == HR_REASON_UNREADABLE)
			return;
	reason_add(result, HR_REASON_UNREADABLE,
		   "the tables kept changing while the edges were read");
}

/* All edges as they were at one time. */
static void check_edges_together(const struct hr_check *check, const struct hr_pa_range *range,
				 struct hr_check_result *ret)
{
	size_t first = ret->count;

	for (int i = 0; i < HR_LIVE_TRIES; i++) {
		ret->count = first;
		hr_walk_hold(check->walker);
		check_maps(check, range, ret);
		if (hr_walk_confirm(check->walker))
			return;
	}
	ret->count = first;
	check_maps(check, range, ret);
	require_unreadable(ret, first);
}

void hr_check_edges(const struct hr_check *check, const struct hr_pa_range *range,
		    struct hr_check_result *ret)
{
	ret->count = 0;
	hr_check_kernel(check, ret);
	check_alignment(check, range, ret);
	hr_check_sections(check, range, ret);
	check_edges_together(check, range, ret);
	check_around(check, range, ret);
}

/* Malformed groups of @map that the edges have named already. */
static uint64_t groups_reported(const struct hr_check_result *result, enum hr_map map)
{
	uint64_t count = 0;

	for (size_t i = 0; i < result->count; i++)
		count += result->reasons[i].code == HR_REASON_MALFORMED_CONT &&
			 result->reasons[i].map == map;
	return count;
}

/* Only memory that was there at boot may hold its own struct pages, but for memmap_on_memory. */
static void check_struct_pages_in_range(const struct hr_check *check,
					const struct hr_struct_pages_finding *found,
					struct hr_check_result *result)
{
	uint64_t value = 0, nr = found->in_range_pa >> check->layout->section_size_bits;
	struct hr_error *error;

	if (!found->in_range || !check->sections)
		return;
	error = hr_section_read(check->sections, nr, &value);
	if (!error && !(value & hr_sections_flags(check->sections)->early))
		reason_add(
			result, HR_REASON_UNREADABLE,
			"%s lie%s at 0x%" PRIx64 ", inside of it%s: part of the range must go "
			"first, or it is a device with a memmap of its own, or a table is damaged",
			found->in_range_is_table ? "a table that maps the range"
						 : "struct pages of the range",
			found->in_range_is_table ? "s" : "", found->in_range_pa,
			found->in_range_is_table ? "" : ", and not as memmap_on_memory has them");
	hr_error_destroy(error);
}

/* Struct pages that no kernel keeps there. */
static void check_struct_pages(const struct hr_struct_pages_finding *found,
			       struct hr_check_result *result)
{
	static const char *const phrases[] = {
		[HR_STRUCT_PAGES_DOUBLED] = "which the vmemmap uses twice",
		[HR_STRUCT_PAGES_NO_MEMORY] = "where the linear map has no memory",
		[HR_STRUCT_PAGES_MISPLACED] = "where the linear map has other memory",
		[HR_STRUCT_PAGES_UNLIKE] = "where the linear map has memory, unlike at those of "
					   "memory from boot",
		[HR_STRUCT_PAGES_FOREIGN] = "mapped as the linear map maps memory",
	};

	if (found->no_memory)
		reason_add(result, HR_REASON_UNREADABLE,
			   "there is not enough memory to look at the struct pages of the range");
	if (found->flaw == HR_STRUCT_PAGES_SOUND)
		return;
	if (found->flaw == HR_STRUCT_PAGES_TOO_MANY)
		reason_add(result, HR_REASON_UNREADABLE,
			   "the struct pages of the range lie in more than %d pieces, which is the "
			   "limit of what is checked",
			   HR_STRUCT_PAGES_MAX);
	else
		reason_add(result, HR_REASON_UNREADABLE,
			   "struct pages of the range lie at 0x%" PRIx64
			   ", %s: a table of the vmemmap is damaged or another's",
			   found->pa, phrases[found->flaw]);
}

/* The bytes that a memory block has in @map. */
static uint64_t block_span(const struct hr_check *check, enum hr_map map)
{
	const struct hr_layout *layout = check->layout;

	if (map == HR_MAP_LINEAR)
		return check->memory_block_size;
	return (check->memory_block_size >> layout->geo.page_shift) * layout->struct_page_size;
}

/* May a leaf that the walk has met reach across the edge of blocks that have @span bytes each? */
static bool may_cross(const struct hr_geometry *geo, const struct hr_map_survey *survey,
		      uint64_t span)
{
	for (int level = geo->root_level; level <= HR_LEVEL_PTE; level++)
		if (survey->entries[level + 1] &&
		    span % (hr_level_size(geo, level) * hr_cont_entries(geo, level)))
			return true;
	return false;
}

/* The edge of a memory block behind that at @pa, or the last that lies in the hole there. */
static uint64_t next_inner_edge(const struct hr_check *check, enum hr_map map, uint64_t pa)
{
	const struct hr_layout *layout = check->layout;
	uint64_t va = hr_map_va(layout, map, pa), block = check->memory_block_size, size;
	struct hr_lookup found;

	hr_walk_lookup(check->walker, va, &found);
	if (found.state != HR_MAP_UNMAPPED || !found.leaf.size)
		return pa + block;
	size = found.leaf.va + found.leaf.size - va;
	if (map == HR_MAP_VMEMMAP)
		size = size / layout->struct_page_size << layout->geo.page_shift;
	return pa + (size > 2 * block ? size / block * block - block : block);
}

/* The first leaf or group across the edge of two memory blocks inside [@start, @end). */
static void check_inner_edges(const struct hr_check *check, enum hr_map map, uint64_t start,
			      uint64_t end, struct hr_check_result *result)
{
	uint64_t block = check->memory_block_size, va = 0;
	struct hr_lookup found = { .splits = false };
	const struct hr_leaf *leaf;
	struct hr_reason *reason;

	for (uint64_t pa = start - start % block + block; pa < end;
	     pa = next_inner_edge(check, map, pa)) {
		va = hr_map_va(check->layout, map, pa);
		hr_walk_lookup_end(check->walker, va, &found);
		if (found.splits)
			break;
	}
	if (!found.splits)
		return;
	leaf = found.in_broken_group && found.broken_group.va != va ? &found.broken_group
								    : &found.leaf;
	reason = reason_add(result, HR_REASON_SPLITS_LEAF,
			    "a call for each memory block splits the %s %s %s at 0x%" PRIx64
			    " in the %s, which reaches into the next one",
			    hr_size_text(leaf->size).text, hr_level_name(leaf->level, leaf->cont),
			    leaf->cont ? "group" : "leaf", leaf->va, map_phrase(map));
	reason_set_leaf(reason, map, HR_EDGE_NONE, va, leaf);
}

/* What calls for a memory block each would split in the range of @survey. */
static void check_calls(const struct hr_check *check, const struct hr_survey *survey,
			struct hr_check_result *result)
{
	const struct hr_map_survey *linear = &survey->maps[HR_MAP_LINEAR];
	uint64_t start = hr_layout_linear_pa(check->layout, linear->va_start);
	uint64_t end = start + (linear->va_end - linear->va_start);

	for (enum hr_map map = 0; linear->done && map < HR_MAP_COUNT; map++)
		if (survey->maps[map].done &&
		    may_cross(&check->layout->geo, &survey->maps[map], block_span(check, map)))
			check_inner_edges(check, map, start, end, result);
}

static void check_map_survey(const struct hr_check *check, enum hr_map map,
			     const struct hr_map_survey *survey, struct hr_check_result *result)
{
	const struct hr_leaf *group = &survey->broken_groups.first;

	if (survey->broken_groups.count > groups_reported(result, map)) {
		struct hr_reason *reason = reason_add(
			result, HR_REASON_MALFORMED_CONT,
			"%" PRIu64 " CONT groups of the range in the %s have members without the "
			"CONT bit; this is the first",
			survey->broken_groups.count, map_phrase(map));

		reason_set_leaf(reason, map, HR_EDGE_NONE, group->va, group);
	}
	if (survey->unreadable)
		reason_add(result, HR_REASON_UNREADABLE, "%s of its %s cannot be read: %s",
			   hr_size_text(survey->unreadable).text, map_phrase(map), survey->why);
	if (survey->unexpected.count)
		reason_add(result, HR_REASON_UNREADABLE,
			   "the %s has a %s %s leaf at 0x%" PRIx64 ", which Linux never makes: the "
			   "table is damaged or is none",
			   map_phrase(map), hr_size_text(survey->unexpected.first.size).text,
			   hr_level_name(survey->unexpected.first.level, false),
			   survey->unexpected.first.va);
	if (survey->misplaced.count)
		report_misplaced(check->layout, &survey->misplaced.first, result);
	check_struct_pages(&survey->struct_pages, result);
	check_struct_pages_in_range(check, &survey->struct_pages, result);
}

void hr_check_survey(const struct hr_check *check, const struct hr_survey *survey,
		     struct hr_check_result *result)
{
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		check_map_survey(check, map, &survey->maps[map], result);
	if (check->by_block)
		check_calls(check, survey, result);
}

bool hr_check_has(const struct hr_check_result *result, enum hr_reason_code code)
{
	for (size_t i = 0; i < result->count; i++)
		if (result->reasons[i].code == code)
			return true;
	return false;
}

void hr_check_guard(const struct hr_check *check, const struct hr_guard_result *guard,
		    enum hr_guard model, struct hr_check_result *result)
{
	if (guard->vetoed && !hr_check_has(result, HR_REASON_SPLITS_LEAF))
		reason_add(result, HR_REASON_GUARD_VETO,
			   "%sthis kernel refuses to take %" PRIu64
			   " of its memory blocks offline; the first is at 0x%" PRIx64,
			   hr_check_has(result, HR_REASON_UNREADABLE)
				   ? ""
				   : "nothing would be split, but ",
			   guard->vetoed, guard->vetoed_first);
	if (guard->outcome != HR_GUARD_CANNOT_TELL || !guard->undecided)
		return;
	if (model != HR_GUARD_UNKNOWN)
		reason_add(
			result, HR_REASON_UNREADABLE,
			"what this kernel's check would say cannot be told: a table or section of "
			"a memory block could not be read");
	else if (!(check->ignored & 1u << HR_REASON_GUARD_VETO) &&
		 !hr_check_has(result, HR_REASON_SPLITS_LEAF))
		reason_add(result, HR_REASON_UNREADABLE,
			   "this kernel may have a check that refuses to take some of its memory "
			   "blocks offline; which one it has is not known (--assume=guard=... or "
			   "--kernel-release=... tells)");
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
