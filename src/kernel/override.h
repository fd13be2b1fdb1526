/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The constants of a kernel that the user can set. Each comes from the user or from VMCOREINFO. */
#ifndef HR_OVERRIDE_H
#define HR_OVERRIDE_H

#include <hotremove/hotremove.h>

#include "kernel/vmcoreinfo.h"

/* Limits that no kernel exceeds: a note that does is not from a kernel. */
enum {
	HR_STRUCT_PAGE_MIN = 32, /* bytes */
	HR_STRUCT_PAGE_MAX = 256,
	HR_PHYS_OFFSET_ALIGN = 512 << 20,
	/* memory_present() aligns the roots to a cache line (INTERNODE_CACHE_SHIFT). */
	HR_MEM_SECTION_ALIGN = 64,
};

/* No address of any kernel is lower: 52 bits of VA at most. */
#define HR_KERNEL_HALF UINT64_C(0xfff0000000000000)

/* The inputs that a layout is derived from. */
struct hr_layout_input {
	const struct hr_vmcoreinfo *note;
	const struct hr_overrides *overrides;
};

/* The key of the constant @key in a note, and the word that means it: "PAGESIZE", "{page_size}". */
const char *hr_layout_key(enum hr_override_key key);
const char *hr_layout_word(enum hr_override_key key);

/*
 * The value of the constant @key in @note (may be NULL), in the unit of the option; *@ret_found is
 * false if there is none. Error HR_ERROR_INPUT: the value is not a number.
 */
struct hr_error *hr_layout_note_value(const struct hr_vmcoreinfo *note, enum hr_override_key key,
				      bool *ret_found, uint64_t *ret);

/*
 * The user's value of @key, or the note's; *@ret_found is false if there is neither. Error
 * HR_ERROR_INPUT: the note's value is not a number.
 */
struct hr_error *hr_layout_optional(const struct hr_layout_input *input, enum hr_override_key key,
				    bool *ret_found, uint64_t *ret);

/* The same, but if there is no value, error HR_ERROR_INPUT names the option for it. */
struct hr_error *hr_layout_required(const struct hr_layout_input *input, enum hr_override_key key,
				    uint64_t *ret);

/*
 * Read the numbers of the @count @keys in @note, each into the value beside it. *@ret_found is true
 * only if all are there. Error HR_ERROR_INPUT: one of them is not a number.
 */
struct hr_error *hr_layout_find_all(const struct hr_vmcoreinfo *note, size_t count,
				    const char *const keys[], uint64_t *const values[],
				    bool *ret_found);

/* Can a struct page have @size bytes? */
bool hr_is_struct_page_size(uint64_t size);

#endif
