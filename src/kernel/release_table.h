/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kernels do and how they are laid out, by release, all in one table. A row is a branch: what
 * its first candidate does, and the candidates, point releases and Ubuntu uploads that changed it.
 * A new kernel is a new row.
 */
#ifndef HR_RELEASE_TABLE_H
#define HR_RELEASE_TABLE_H

#include "kernel/release.h"

/* What differs between releases, with the type of its values. */
enum hr_trait {
	HR_TRAIT_HOTREMOVE,	/* bool: arm64 can remove memory */
	HR_TRAIT_TEARDOWN,	/* enum hr_teardown */
	HR_TRAIT_FLUSH,		/* enum hr_flush */
	HR_TRAIT_GUARD,		/* enum hr_guard */
	HR_TRAIT_REPEAT,	/* enum hr_repeat */
	HR_TRAIT_ROOT,		/* enum hr_root */
	HR_TRAIT_SECTION_SIZE,	/* enum hr_section_size */
	HR_TRAIT_SECTION_FLAGS, /* enum hr_section_form */
	HR_TRAIT_VMEMMAP,	/* enum hr_vmemmap_form */
	HR_TRAIT_LINEAR_END,	/* enum hr_linear_end */
	HR_TRAIT_PA_BITS,	/* enum hr_pa_bits_form */
	HR_TRAIT_KALLSYMS,	/* enum hr_kallsyms_form */
	HR_TRAIT_STANDING,	/* enum hr_standing */
	HR_TRAIT_BY_PAGES,	/* enum hr_by_pages */
	HR_TRAIT_COUNT,
};

/* PAGE_END, the end of the linear map, without KASAN. */
enum hr_linear_end {
	HR_LINEAR_END_UNKNOWN, /* the address layout was never studied */
	/*
	 * 5.4 to 5.9: by the VA width in use. The map begins at the first value of memstart_addr,
	 * which VMCOREINFO has only if it did not change later (commit 7bc1a0f9e176).
	 */
	HR_LINEAR_END_BEFORE_OFFSET,
	HR_LINEAR_END_BY_ACTUAL, /* 5.10: the same, but the map begins at memstart_addr */
	/* 5.11 on: by the smallest VA width that the kernel can run with */
	HR_LINEAR_END_BY_LEAST,
};

/* Which width of physical addresses MAX_PHYSMEM_BITS of VMCOREINFO holds. */
enum hr_pa_bits_form {
	HR_PA_BITS_CONFIGURED, /* up to 6.8: exactly what the kernel was built for */
	HR_PA_BITS_IN_USE,     /* 6.9 on */
};

/* How the length of a name is stored in kallsyms_names. */
enum hr_kallsyms_form {
	HR_KALLSYMS_BYTE,     /* up to 6.0 */
	HR_KALLSYMS_TWO_BYTE, /* 6.1 on: bit 7 says that a second byte follows */
};

/*
 * The value of @trait for @release. Releases after the last row, and unknown ones, have the values
 * of the newest branch. A branch without its own row has the initial values of the row before it.
 * The span of @release is ignored: the release is taken as written.
 */
unsigned int hr_release_trait(const struct hr_release *release, enum hr_trait trait);

/*
 * What is uncertain about hr_release_trait() for @release, as a sentence; NULL if nothing is. A
 * change is known to have reached the branch, but not in which release.
 */
const char *hr_release_gap(const struct hr_release *release, enum hr_trait trait);

/* Does the table have Ubuntu's uploads for the branch of @release? */
bool hr_release_has_uploads(const struct hr_release *release);

/* Is @release, if known, of a branch after the last row? */
bool hr_release_is_newer(const struct hr_release *release);

/* Room for the name of any branch. */
struct hr_branch_text {
	char text[24];
};

/* The branch of the last row, "7.3". */
struct hr_branch_text hr_release_newest(void);

#endif
