/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mem_section: which sections of memory exist, and whether they were present at boot. */
#ifndef HR_SECTION_H
#define HR_SECTION_H

#include <hotremove/hotremove.h>

#include "arch/pointer.h"
#include "base/memory.h"
#include "kernel/layout.h"
#include "kernel/section_flags.h"

/* Bits of section_mem_map that are not part of an address, in any version. */
#define HR_SECTION_FLAGS UINT64_C(0x3f)

/* The VA of pfn_to_page(0) that @value of hr_section_read() has, 0 if it has none. */
static inline uint64_t hr_section_memmap(uint64_t value)
{
	return hr_untagged(value & ~HR_SECTION_FLAGS);
}

struct hr_sections;

/* Of the array of roots, whose size is known, as many as physical addresses need. */
uint64_t hr_section_roots(const struct hr_layout *layout);

/*
 * Create a reader of the sections of the kernel that @layout describes, in @memory; both must
 * outlive it. @layout must have mem_section.
 */
struct hr_error *hr_sections_create(const struct hr_layout *layout, const struct hr_memory *memory,
				    struct hr_sections **ret);
void hr_sections_destroy(struct hr_sections *sections);

static inline void hr_cleanup_sections(struct hr_sections **sections)
{
	hr_sections_destroy(*sections);
}

/* The flags of the sections: hr_section_flags_marked until others are set. */
const struct hr_section_flags *hr_sections_flags(const struct hr_sections *sections);
void hr_sections_set_flags(struct hr_sections *sections, const struct hr_section_flags *flags);

/* Sections that a change makes present and online, as added memory is, or absent. */
struct hr_section_change {
	uint64_t first, last; /* numbers, inclusive */
	bool present;
};

/*
 * From now on, read sections as they would be after @count changes, of which later ones replace
 * earlier ones. @changes must outlive @sections.
 */
void hr_sections_set_changes(struct hr_sections *sections, const struct hr_section_change *changes,
			     size_t count);

/*
 * section_mem_map of section @nr (its PA >> section_size_bits): the flags, and what
 * hr_section_memmap() takes from it. 0 if there is no section. Error HR_ERROR_UNREADABLE: a
 * page of the arrays could not be read.
 */
struct hr_error *hr_section_read(struct hr_sections *sections, uint64_t nr, uint64_t *ret);

/*
 * Like hr_section_read(). Sets *@ret_count, unless there is an error, to how many sections from @nr
 * on are known to have that value, at least 1 and none after @last. A dump is not read again for
 * the run of equal sections that was read last.
 */
struct hr_error *hr_section_run(struct hr_sections *sections, uint64_t nr, uint64_t last,
				uint64_t *ret, uint64_t *ret_count);

/*
 * Could a kernel have written @value for section @nr? The error, HR_ERROR_UNREADABLE, says what is
 * wrong with it. A section that is present has struct pages, except for the moments in which it
 * comes and goes, and has an address only if it has struct pages. The caller must compare an
 * address that comes with the flag for struct pages.
 */
struct hr_error *hr_section_check(const struct hr_sections *sections, uint64_t nr, uint64_t value);

/*
 * The first section after @nr that a failure to read the arrays at @nr does not affect: the first
 * one of the next root.
 */
uint64_t hr_section_skip(const struct hr_sections *sections, uint64_t nr);

/*
 * The first section from @nr to @last (inclusive) whose root exists or that a change makes present,
 * UINT64_MAX if there is none. On an error, *@ret is the section whose root could not be read.
 */
struct hr_error *hr_section_next(struct hr_sections *sections, uint64_t nr, uint64_t last,
				 uint64_t *ret);

#endif
