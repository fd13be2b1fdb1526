/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a kernel keeps things: the linear map, the vmemmap, its root table, its sections. All of
 * it comes from VMCOREINFO, from a formula of the kernel's version where the note has no key, or
 * from the user, who always wins.
 */
#ifndef HR_LAYOUT_H
#define HR_LAYOUT_H

#include "arch/geometry.h"
#include "kernel/release.h"
#include "kernel/vmcoreinfo.h"

/* The constants that an option can set. */
enum hr_override_key {
	HR_OVERRIDE_PAGE_SIZE,
	HR_OVERRIDE_VA_BITS,
	HR_OVERRIDE_VA_BITS_ACTUAL,
	HR_OVERRIDE_PHYS_OFFSET,
	HR_OVERRIDE_KIMAGE_VOFFSET,
	HR_OVERRIDE_SWAPPER_PA,
	HR_OVERRIDE_VMEMMAP_START,
	HR_OVERRIDE_STRUCT_PAGE_SIZE,
	HR_OVERRIDE_SECTION_SIZE_BITS,
	HR_OVERRIDE_LPA2,
	HR_OVERRIDE_COUNT,
};

struct hr_overrides {
	bool set[HR_OVERRIDE_COUNT];
	uint64_t value[HR_OVERRIDE_COUNT]; /* bytes, bits, addresses, or 0 and 1 for LPA2 */
	const char *release;		   /* NULL: the note's */
};

struct hr_vmemmap_index;

struct hr_layout {
	struct hr_geometry geo;
	char release[HR_RELEASE_SIZE]; /* printable; empty if unknown */
	struct hr_release version;     /* of @release */
	unsigned int pa_bits;	       /* physical addresses are below 1 << pa_bits */
	bool has_pa_bits;	       /* the note has it; otherwise it is what descriptors hold */
	uint64_t page_offset;	       /* VA: start of the linear map */
	uint64_t linear_end;	       /* VA, exclusive: PAGE_END */
	uint64_t phys_offset;	       /* memstart_addr as unsigned; may be "negative" */
	uint64_t kimage_voffset;       /* VA of the image less its PA; 0 if unknown */
	bool has_kimage_voffset;
	uint64_t swapper_pa;	      /* PA of swapper_pg_dir */
	uint64_t vmemmap_start;	      /* VA: VMEMMAP_START */
	uint64_t vmemmap_end;	      /* VA, exclusive: VMEMMAP_END */
	bool vmemmap_is_derived;      /* by formula, not from the note or the user */
	bool hides_vmemmap_pa;	      /* the source does not tell what PAs the vmemmap maps */
	bool struct_pages_are_mapped; /* learned: the linear map maps the memory they lie in, */
	bool struct_pages_are_apart;  /* or it was read, and does not */
	/*
	 * Learned: the memory types (AttrIndx) of a leaf of each map; alike if they tell nothing.
	 * Newer kernels map what may hold tags as such, in the linear map alone.
	 */
	unsigned int vmemmap_type, linear_type;
	const struct hr_vmemmap_index *vmemmap_index; /* learned: what it maps; NULL: not known */
	uint64_t struct_page_size;		      /* bytes */
	unsigned int section_size_bits;		      /* log2 of a section in bytes */
	bool has_mem_section;			      /* the three below are known */
	uint64_t mem_section_va;		      /* VA of the array of section roots */
	uint64_t section_roots;			      /* entries of that array */
	uint64_t section_struct_size;		      /* bytes of struct mem_section */
	bool has_uts;				      /* init_uts_ns is known */
	uint64_t uts_va;			      /* VA of its struct new_utsname */
};

/*
 * Work out the layout from @note and @overrides. Error HR_ERROR_INPUT: a key is missing (the
 * message names the option that gives it), a value is not possible, or two contradict each other.
 */
struct hr_error *hr_layout_init(const struct hr_vmcoreinfo *note,
				const struct hr_overrides *overrides, struct hr_layout *ret);

/* How kernels have placed the vmemmap. */
enum hr_vmemmap_form {
	HR_VMEMMAP_BELOW_2M,	 /* up to 5.10: it ends 2 MiB below the top */
	HR_VMEMMAP_POWER_OF_TWO, /* 5.11 to 6.8: it begins at a power of two */
	HR_VMEMMAP_BELOW_1G,	 /* 6.9 on: it ends 1 GiB below the top */
	HR_VMEMMAP_FORMS,
};

/* The form that kernels of @version have. */
enum hr_vmemmap_form hr_vmemmap_form_of(const struct hr_release *version);

/* The VAs of VMEMMAP_START and VMEMMAP_END, exclusive, for pages described by @struct_page_size. */
void hr_vmemmap_place(const struct hr_geometry *geo, uint64_t struct_page_size,
		      enum hr_vmemmap_form form, uint64_t *ret_start, uint64_t *ret_end);

/*
 * What @note, which may be NULL, says of the constant @key, as an option would say it; *@ret_found
 * is false if nothing. Error HR_ERROR_INPUT: the value is no number.
 */
struct hr_error *hr_layout_note_value(const struct hr_vmcoreinfo *note, enum hr_override_key key,
				      bool *ret_found, uint64_t *ret);

/* Can @value of the constant @key be that of some arm64 kernel, whatever the others are? */
bool hr_override_is_possible(enum hr_override_key key, uint64_t value);

/* Is the physical address @pa inside the linear map? */
bool hr_layout_has_linear(const struct hr_layout *layout, uint64_t pa);

/*
 * Linear map address of @pa: (pa - memstart) modulo 2^64, OR PAGE_OFFSET (an OR in every kernel
 * from 5.10 to 7.3; memory.h). Meaningful only where hr_layout_has_linear().
 */
uint64_t hr_layout_linear_va(const struct hr_layout *layout, uint64_t pa);

/* Physical address of @va in the linear map; the inverse of hr_layout_linear_va(). */
uint64_t hr_layout_linear_pa(const struct hr_layout *layout, uint64_t va);

/* Physical address of a linear map or kernel image address @va; false if it is neither. */
bool hr_layout_pa_of_va(const struct hr_layout *layout, uint64_t va, uint64_t *ret_pa);

/*
 * VA of the first struct page that the vmemmap can have. A kernel for 52 VA bits that runs with fewer
 * has no page for what it cannot map, and its image may lie between VMEMMAP_START and here.
 */
uint64_t hr_layout_vmemmap_used(const struct hr_layout *layout);

/* VA of the struct page of @pfn (pfn_to_page(); memory.h, pgtable.h, 5.10 to 7.3). */
uint64_t hr_layout_page_va(const struct hr_layout *layout, uint64_t pfn);

static inline uint64_t hr_section_size(const struct hr_layout *layout)
{
	return UINT64_C(1) << layout->section_size_bits;
}

#endif
