/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a kernel keeps what matters for removal: the linear map, the vmemmap, its root table, its
 * sections. Each comes from VMCOREINFO, from a formula for the kernel's version if the note has no
 * key, or from the user, who always takes precedence.
 */
#ifndef HR_LAYOUT_H
#define HR_LAYOUT_H

#include <hotremove/hotremove.h>

#include "arch/geometry.h"
#include "kernel/override.h"
#include "kernel/release.h"

struct hr_vmemmap_index;

/* Possible sizes of struct mem_section. */
enum {
	HR_SECTION_STRUCT_SMALL = 16,
	HR_SECTION_STRUCT_LARGE = 32, /* with CONFIG_PAGE_EXTENSION */
};

struct hr_layout {
	struct hr_geometry geo;
	char release[HR_RELEASE_SIZE]; /* printable; empty if unknown */
	struct hr_release version;     /* parsed from @release */
	unsigned int pa_bits;	       /* physical addresses are below 1 << pa_bits */
	/* from the note; otherwise pa_bits is what descriptors hold */
	bool has_pa_bits;
	uint64_t page_offset;	 /* VA: start of the linear map */
	uint64_t linear_end;	 /* VA, exclusive: PAGE_END */
	uint64_t phys_offset;	 /* memstart_addr as unsigned; may be "negative" */
	uint64_t kimage_voffset; /* VA minus PA of the image; 0 if unknown */
	bool has_kimage_voffset;
	uint64_t swapper_pa;	      /* PA of swapper_pg_dir */
	uint64_t vmemmap_start;	      /* VA: VMEMMAP_START */
	uint64_t vmemmap_end;	      /* VA, exclusive: VMEMMAP_END */
	bool vmemmap_is_derived;      /* by formula, not from the note or the user */
	bool hides_vmemmap_pa;	      /* the source does not tell which PAs the vmemmap maps */
	bool struct_pages_are_mapped; /* learned: the linear map maps the memory they lie in */
	bool struct_pages_are_apart;  /* learned: it does not, and this was read */
	/*
	 * Learned: the memory type (AttrIndx) is MT_NORMAL_TAGGED in the linear map and MT_NORMAL
	 * in the vmemmap, as newer kernels have it. False: the types do not tell the maps apart.
	 */
	bool linear_map_is_tagged;
	const struct hr_vmemmap_index *vmemmap_index; /* learned: what it maps; NULL: unknown */
	uint64_t struct_page_size;		      /* bytes */
	unsigned int section_size_bits;		      /* log2 of a section in bytes */
	bool has_mem_section;			      /* the next three fields are known */
	uint64_t mem_section_va;		      /* VA of the array of section roots */
	uint64_t section_roots;			      /* entries of that array */
	/* bytes of struct mem_section; 0: hr_section_stride_find() finds it and section_roots */
	uint64_t section_struct_size;
	bool has_uts;	 /* init_uts_ns is known */
	uint64_t uts_va; /* VA of its struct new_utsname */
};

/*
 * Derive the layout from @note and @overrides. Error HR_ERROR_INPUT: a key is missing (the message
 * names the option for it), a value is not possible, or two values contradict each other.
 */
struct hr_error *hr_layout_init(const struct hr_vmcoreinfo *note,
				const struct hr_overrides *overrides, struct hr_layout *ret);

static inline uint64_t hr_section_size(const struct hr_layout *layout)
{
	return UINT64_C(1) << layout->section_size_bits;
}

#endif
