// SPDX-License-Identifier: GPL-2.0-or-later
#include "ptdump/ptdump_geometry.h"

#include <inttypes.h>

#include "arch/descriptor.h"
#include "base/cleanup.h"
#include "base/units.h"
#include "kernel/release_table.h"
#include "kernel/section_array.h"

/* The usual size unless given: 64 bytes on Debian and with most configurations. */
enum {
	USUAL_STRUCT_PAGE = 64,
};

int hr_ptdump_level_of(const struct hr_geometry *geo, const struct hr_ptdump_entry *entry)
{
	static const int levels[] = {
		[HR_PTDUMP_P4D] = HR_LEVEL_P4D,
		[HR_PTDUMP_PUD] = HR_LEVEL_PUD,
		[HR_PTDUMP_PMD] = HR_LEVEL_PMD,
		[HR_PTDUMP_PTE] = HR_LEVEL_PTE,
	};

	return entry->level == HR_PTDUMP_PGD ? geo->root_level : levels[entry->level];
}

static struct hr_error *misfit(const struct hr_geometry *geo, const struct hr_ptdump_entry *entry,
			       const char *what)
{
	return hr_error_new(HR_ERROR_INPUT,
			    "line %" PRIu32 ": 0x%" PRIx64 "-0x%" PRIx64
			    " %s %s in a kernel with %s pages and %u VA bits",
			    entry->line, entry->va, entry->last + 1,
			    hr_ptdump_level_name(entry->level), what,
			    hr_size_text(hr_page_size(geo)).text, geo->va_bits_actual);
}

static struct hr_error *check_entry(const struct hr_geometry *geo,
				    const struct hr_ptdump_entry *entry)
{
	int level = hr_ptdump_level_of(geo, entry);
	uint64_t size;

	if (level < geo->root_level)
		return misfit(geo, entry, "is impossible: there is no such level");
	size = hr_level_size(geo, level);
	if (entry->va % size || (entry->last + 1) % size)
		return misfit(geo, entry, "is impossible: it is not a whole number of entries");
	/* Before the half there is only a hole, from 0 on or from the configured half on. */
	if (entry->mapped && entry->va < hr_half_base(geo))
		return misfit(geo, entry, "is impossible: it lies below the kernel's half");
	if (entry->mapped && !hr_leaf_is_expected(geo, level, entry->cont))
		return misfit(geo, entry, "is not a leaf that Linux makes");
	return NULL;
}

/* Up to 5.3 the linear map was above everything else, and all formulas were different. */
static struct hr_error *check_order(const struct hr_ptdump *ptdump)
{
	size_t first = ptdump->markers[HR_PTDUMP_LINEAR_START];

	for (size_t i = 0; first != SIZE_MAX && i < first; i++)
		if (ptdump->entries[i].mapped)
			return hr_error_new(HR_ERROR_INPUT,
					    "line %" PRIu32
					    ": something is mapped below the linear map: kernels "
					    "before 5.4 are not supported",
					    ptdump->entries[i].line);
	return NULL;
}

/* The index of @ptdump's first entry that contradicts @geo, @ptdump->count if none does. */
static size_t find_misfit(const struct hr_ptdump *ptdump, const struct hr_geometry *geo,
			  struct hr_error **ret_error)
{
	size_t index = 0;

	*ret_error = check_order(ptdump);
	while (!*ret_error && index < ptdump->count) {
		*ret_error = check_entry(geo, &ptdump->entries[index]);
		index += !*ret_error;
	}
	return index;
}

struct hr_error *hr_ptdump_check(const struct hr_ptdump *ptdump, const struct hr_geometry *geo)
{
	struct hr_error *error;

	find_misfit(ptdump, geo, &error);
	return error;
}

static bool wanted(const struct hr_overrides *overrides, enum hr_override_key key, uint64_t value)
{
	return !overrides->set[key] || overrides->value[key] == value;
}

/* Does @geo agree with the user's overrides? */
static bool is_wanted(const struct hr_geometry *geo, const struct hr_overrides *overrides)
{
	uint64_t offset = overrides->value[HR_OVERRIDE_PHYS_OFFSET];
	/*
	 * memstart_addr may lie below 0 by almost the size of the linear map, where that was
	 * randomised. If VA bits are configured but not usable, it lies 2^52 minus 2^47 or 2^48
	 * below memory (arm64_memblock_init()), which then lies below 2^48.
	 */
	bool wraps = offset >> 63 && offset < -((UINT64_C(1) << 52) - (UINT64_C(1) << 49));

	if (overrides->set[HR_OVERRIDE_PHYS_OFFSET] && wraps && geo->va_bits == geo->va_bits_actual)
		return false;
	return wanted(overrides, HR_OVERRIDE_PAGE_SIZE, hr_page_size(geo)) &&
	       wanted(overrides, HR_OVERRIDE_VA_BITS, geo->va_bits) &&
	       wanted(overrides, HR_OVERRIDE_VA_BITS_ACTUAL, geo->va_bits_actual);
}

/* According to the markers, does the line at @index belong to the linear map or the vmemmap? */
static bool is_in_maps(const struct hr_ptdump *ptdump, size_t index)
{
	const size_t *markers = ptdump->markers;

	return (index >= markers[HR_PTDUMP_LINEAR_START] &&
		index < markers[HR_PTDUMP_LINEAR_END]) ||
	       (index >= markers[HR_PTDUMP_VMEMMAP_START] &&
		index < markers[HR_PTDUMP_VMEMMAP_END]);
}

/*
 * Count holes that contain a whole table of @geo. If @geo is right, each is an empty table, which
 * the linear map and the vmemmap almost never have. If the page size is too small, every larger
 * hole looks like one.
 */
static size_t count_empty_tables(const struct hr_ptdump *ptdump, const struct hr_geometry *geo)
{
	size_t count = 0;

	for (size_t i = 0; i < ptdump->count; i++) {
		const struct hr_ptdump_entry *entry = &ptdump->entries[i];
		int level = hr_ptdump_level_of(geo, entry);
		uint64_t span, first;

		if (entry->mapped || level <= geo->root_level || !is_in_maps(ptdump, i))
			continue;
		span = hr_level_size(geo, level - 1);
		first = (entry->va + span - 1) & ~(span - 1);
		/* After the last table, addresses wrap to 0. */
		count += first >= entry->va && first + (span - 1) <= entry->last;
	}
	return count;
}

/* Does the text have a line for every address from the start of the linear map on? */
static bool is_whole(const struct hr_ptdump *ptdump)
{
	size_t first = ptdump->markers[HR_PTDUMP_LINEAR_START];

	if (first >= ptdump->count)
		return false;
	for (size_t i = first + 1; i < ptdump->count; i++)
		if (ptdump->entries[i].va != ptdump->entries[i - 1].last + 1)
			return false;
	return ptdump->entries[ptdump->count - 1].last == UINT64_MAX;
}

/* Candidates for the geometry of a text, and what is wrong with the one that fitted best. */
struct candidates {
	struct hr_geometry geos[16];
	size_t empty_tables[16];
	size_t count;
	size_t reached;
	struct hr_error *error;
};

static void release_candidates(struct candidates *found)
{
	hr_error_destroy(found->error);
}

static void try_geometry(const struct hr_ptdump *ptdump, const struct hr_geometry *geo,
			 struct candidates *found)
{
	struct hr_error *error;
	size_t reached = find_misfit(ptdump, geo, &error);

	if (!error) {
		found->empty_tables[found->count] = count_empty_tables(ptdump, geo);
		found->geos[found->count++] = *geo;
		return;
	}
	if (!found->error || reached > found->reached) {
		hr_error_destroy(found->error);
		found->error = error;
		found->reached = reached;
	} else {
		hr_error_destroy(error);
	}
}

static void find_candidates(const struct hr_ptdump *ptdump, const struct hr_overrides *overrides,
			    struct candidates *found)
{
	struct hr_geometry geo;

	for (size_t i = 0; found->count < 16 && hr_geometry_nth(i, &geo); i++)
		if (is_wanted(&geo, overrides))
			try_geometry(ptdump, &geo, found);
}

/*
 * Does the first line of the linear map begin where @geo puts its start? Lines may be missing
 * there.
 */
static bool begins_at_base(const struct hr_ptdump *ptdump, const struct hr_geometry *geo)
{
	size_t index = ptdump->markers[HR_PTDUMP_LINEAR_START];

	return index < ptdump->count &&
	       (ptdump->entries[index].va == -(UINT64_C(1) << geo->va_bits) ||
		ptdump->entries[index].va == hr_half_base(geo));
}

/* If some VA width explains where the linear map begins, drop those that do not. */
static void prefer_base(const struct hr_ptdump *ptdump, struct candidates *found)
{
	size_t kept = 0;

	for (size_t i = 0; i < found->count; i++) {
		if (!begins_at_base(ptdump, &found->geos[i]))
			continue;
		found->geos[kept] = found->geos[i];
		found->empty_tables[kept++] = found->empty_tables[i];
	}
	found->count = kept ? kept : found->count;
}

/* If the text is whole and some page size has no empty tables, drop those that have. */
static void prefer_full_tables(const struct hr_ptdump *ptdump, struct candidates *found)
{
	size_t kept = 0;
	bool any = false;

	for (size_t i = 0; i < found->count; i++)
		any |= !found->empty_tables[i];
	if (!any || !is_whole(ptdump))
		return;
	for (size_t i = 0; i < found->count; i++)
		if (!found->empty_tables[i])
			found->geos[kept++] = found->geos[i];
	found->count = kept;
}

/* Whether all of the configured bits are in use does not affect any leaf. */
static bool differ_in_use_alone(const struct hr_geometry *a, const struct hr_geometry *b)
{
	return a->va_bits == b->va_bits && a->va_bits_actual != b->va_bits_actual;
}

/*
 * Of geometries that differ only in the configured VA bits, take the one whose bits are all in use:
 * the tables are the same, and PHYS_OFFSET does not wrap then.
 */
static struct hr_error *choose_geometry(const struct candidates *found,
					struct hr_ptdump_facts *facts)
{
	facts->geo = found->geos[0];
	for (size_t i = 1; i < found->count; i++) {
		const struct hr_geometry *geo = &found->geos[i];

		if (geo->page_shift != facts->geo.page_shift)
			return hr_error_new(HR_ERROR_INPUT,
					    "the lines fit kernels with pages of more than one "
					    "size: give {page_size}");
		if (differ_in_use_alone(geo, &facts->geo)) {
			if (geo->va_bits_actual > facts->geo.va_bits_actual)
				facts->geo = *geo;
			continue;
		}
		if (geo->va_bits_actual != facts->geo.va_bits_actual)
			return hr_error_new(HR_ERROR_INPUT,
					    "the lines fit kernels with %u and with %u VA bits: "
					    "give {va_bits}",
					    facts->geo.va_bits_actual, geo->va_bits_actual);
		facts->assumed_va_bits = true;
		if (geo->va_bits < facts->geo.va_bits)
			facts->geo = *geo;
	}
	return NULL;
}

static struct hr_error *deduce_geometry(const struct hr_ptdump *ptdump,
					const struct hr_overrides *overrides,
					struct hr_ptdump_facts *facts)
{
	_cleanup_(release_candidates) struct candidates found = { .count = 0 };

	find_candidates(ptdump, overrides, &found);
	prefer_base(ptdump, &found);
	prefer_full_tables(ptdump, &found);
	if (found.count)
		return choose_geometry(&found, facts);
	if (found.error)
		return hr_take(found.error);
	return hr_error_new(HR_ERROR_INPUT, "no arm64 kernel has the page size and VA bits given");
}

/* Do the lines around the marker allow the vmemmap to begin at @start? */
static bool may_begin_at(const struct hr_ptdump *ptdump, const struct hr_geometry *geo,
			 uint64_t start)
{
	size_t index = ptdump->markers[HR_PTDUMP_VMEMMAP_START];
	const struct hr_ptdump_entry *before;
	uint64_t size;

	/* The marker is printed at the first entry that begins at or after it. */
	if (index == SIZE_MAX)
		return true;
	if (index < ptdump->count && start > ptdump->entries[index].va)
		return false;
	if (!index)
		return true;
	before = &ptdump->entries[index - 1];
	size = hr_level_size(geo, hr_ptdump_level_of(geo, before));
	/* The last entry of the previous line begins before it. But lines may be missing. */
	if (index < ptdump->count && before->last + 1 == ptdump->entries[index].va)
		return start > before->last + 1 - size;
	return start > before->last;
}

/*
 * If the configured VA bits are not all in use, the marker is at VMEMMAP_START (up to 6.8), or
 * where VMEMMAP_START would be if they were not configured (6.12 on; ptdump.c).
 */
static bool fits_marker(const struct hr_ptdump *ptdump, const struct hr_ptdump_facts *facts,
			enum hr_vmemmap_form form)
{
	const uint64_t widths[] = { facts->geo.va_bits_actual, 52 };
	struct hr_geometry geo;
	uint64_t start, end;

	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		struct hr_error *error = hr_geometry_init(hr_page_size(&facts->geo), widths[i],
							  facts->geo.va_bits_actual, &geo);

		hr_error_destroy(error);
		if (error)
			continue;
		hr_vmemmap_place(&geo, facts->struct_page_size, form, &start, &end);
		if (may_begin_at(ptdump, &facts->geo, start))
			return true;
	}
	return false;
}

/* Markers are in ascending order: the fixmap is above the vmemmap in only one form. */
static bool fits_fixmap(const struct hr_ptdump *ptdump, enum hr_vmemmap_form form)
{
	size_t vmemmap = ptdump->markers[HR_PTDUMP_VMEMMAP_START];
	size_t fixmap = ptdump->markers[HR_PTDUMP_FIXMAP_START];

	if (vmemmap == SIZE_MAX || fixmap == SIZE_MAX || vmemmap == fixmap)
		return true;
	return (fixmap > vmemmap) == (form == HR_VMEMMAP_BELOW_1G);
}

/* According to the lines, is anything mapped from @start on? */
static bool is_vmemmap_used(const struct hr_ptdump *ptdump, uint64_t start)
{
	for (size_t i = hr_ptdump_find(ptdump, start); i < ptdump->count; i++)
		if (ptdump->entries[i].mapped)
			return true;
	return false;
}

/* A release that the markers contradict would put the whole vmemmap elsewhere. */
static struct hr_error *check_release(const struct hr_ptdump *ptdump,
				      const struct hr_ptdump_facts *facts, const char *release)
{
	struct hr_release version = hr_release_parse(release, NULL);
	enum hr_vmemmap_form form = hr_release_trait(&version, HR_TRAIT_VMEMMAP);

	if (!version.known || (fits_marker(ptdump, facts, form) && fits_fixmap(ptdump, form)))
		return NULL;
	return hr_error_new(
		HR_ERROR_INPUT,
		"the vmemmap's marker is not where kernel %.64s has its vmemmap: give the "
		"right {release}, or {vmemmap_start}",
		release);
}

static struct hr_error *deduce_vmemmap(const struct hr_ptdump *ptdump,
				       const struct hr_overrides *overrides,
				       struct hr_ptdump_facts *facts)
{
	bool marked = ptdump->markers[HR_PTDUMP_VMEMMAP_START] != SIZE_MAX;
	size_t fitting = 0, used = 0;

	for (enum hr_vmemmap_form form = 0; form < HR_VMEMMAP_FORMS; form++) {
		uint64_t start, end;

		hr_vmemmap_place(&facts->geo, facts->struct_page_size, form, &start, &end);
		used += is_vmemmap_used(ptdump, start);
		if (!fits_marker(ptdump, facts, form) || !fits_fixmap(ptdump, form))
			continue;
		fitting++;
		facts->vmemmap_start = start;
		facts->vmemmap_end = end;
		facts->form = form;
	}
	if (overrides->set[HR_OVERRIDE_VMEMMAP_START])
		return NULL;
	if (overrides->release)
		return check_release(ptdump, facts, overrides->release);
	facts->assumed_vmemmap = !marked && !used;
	if ((marked && fitting == 1) || facts->assumed_vmemmap)
		return NULL;
	return hr_error_new(
		HR_ERROR_INPUT,
		"the lines do not tell where the vmemmap begins: give {vmemmap_start} or "
		"{release}");
}

struct hr_error *hr_ptdump_deduce(const struct hr_ptdump *ptdump,
				  const struct hr_overrides *overrides, struct hr_ptdump_facts *ret)
{
	struct hr_error *error;

	*ret = (struct hr_ptdump_facts){
		.struct_page_size = USUAL_STRUCT_PAGE,
		.form = HR_VMEMMAP_BELOW_1G,
	};
	if (overrides->set[HR_OVERRIDE_STRUCT_PAGE_SIZE])
		ret->struct_page_size = overrides->value[HR_OVERRIDE_STRUCT_PAGE_SIZE];
	error = deduce_geometry(ptdump, overrides, ret);
	if (error)
		return error;
	error = deduce_vmemmap(ptdump, overrides, ret);
	/* As of 5.12, unless the kernel is certainly older. */
	ret->section_size_bits = hr_section_bits_of(
		ret->form == HR_VMEMMAP_BELOW_2M ? HR_SECTION_SIZE_1G : HR_SECTION_SIZE_BY_GRANULE,
		&ret->geo);
	return error;
}
