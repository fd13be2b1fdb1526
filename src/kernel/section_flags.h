/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which bits of section_mem_map are flags, and what they mean. The kernel's BTF says so, and the
 * section that holds swapper_pg_dir shows which of the known forms fits. The release alone is the
 * weakest evidence.
 */
#ifndef HR_SECTION_FLAGS_H
#define HR_SECTION_FLAGS_H

#include "kernel/release.h"

#include <hotremove/hotremove.h>
#include <stdint.h>

/* The forms of the flags, by release. */
enum hr_section_form {
	HR_SECTION_FORM_UNPROVEN,
	HR_SECTION_FORM_MARKED,	  /* with SECTION_MARKED_PRESENT */
	HR_SECTION_FORM_UNMARKED, /* without it: all other flags move down by one bit */
};

/* Masks of section_mem_map. */
struct hr_section_flags {
	uint64_t present;     /* 0: there is no such flag, and a section with a memmap is present */
	uint64_t has_mem_map; /* SECTION_HAS_MEM_MAP */
	uint64_t online;      /* SECTION_IS_ONLINE */
	/* SECTION_IS_EARLY: set only at boot; such a section never goes offline */
	uint64_t early;
};

/* The flags of HR_SECTION_FORM_MARKED. */
extern const struct hr_section_flags hr_section_flags_marked;

/* What is known about the flags of one kernel. */
struct hr_section_flags_evidence {
	const struct hr_release *version;
	const char *release;		    /* the same as text, for messages */
	const struct hr_section_flags *btf; /* from the kernel's own types; NULL if unknown */
	/* section_mem_map of the section that holds swapper_pg_dir, if it could be read. */
	bool has_boot_section;
	uint64_t boot_section;
};

/*
 * Determine the flags of this kernel. The section of swapper_pg_dir must be present, with a memmap,
 * online and early. Error HR_ERROR_UNREADABLE, with the reason as a clause: the sources contradict
 * each other, or none of them tells.
 */
struct hr_error *hr_section_flags_choose(const struct hr_section_flags_evidence *evidence,
					 struct hr_section_flags *ret);

/*
 * Is more evidence needed than the release and the boot section? No if the boot section has the
 * form that is proven for the release: reading the types costs more than all other queries.
 */
bool hr_section_flags_want_btf(const struct hr_section_flags_evidence *evidence);

static inline bool hr_section_is_present(const struct hr_section_flags *flags, uint64_t value)
{
	return value & (flags->present ? flags->present : flags->has_mem_map);
}

#endif
