/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kernels do and how they are laid out, by their release: all of it in one table. A row is a
 * branch: what its first candidate does, and the candidates, point releases and uploads of Ubuntu
 * that changed it. A new kernel is a new row.
 */
#ifndef HR_RELEASE_TABLE_H
#define HR_RELEASE_TABLE_H

#include "kernel/release.h"

/* What differs between releases; each has a value of the type beside it. */
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
	HR_TRAIT_COUNT,
};

/* PAGE_END, the end of the linear map, without KASAN. */
enum hr_linear_end {
	HR_LINEAR_END_UNKNOWN,	 /* the layout of the addresses was never studied */
	HR_LINEAR_END_BY_ACTUAL, /* up to 5.10: by the VA width in use */
	HR_LINEAR_END_BY_LEAST,	 /* 5.11 on: by the least VA width that the kernel can run with */
};

/* The width of physical addresses that MAX_PHYSMEM_BITS of VMCOREINFO has. */
enum hr_pa_bits_form {
	HR_PA_BITS_CONFIGURED, /* up to 6.8: what the kernel was built for, and no more */
	HR_PA_BITS_IN_USE,     /* 6.9 on */
};

/* How the length of a name is stored in kallsyms_names. */
enum hr_kallsyms_form {
	HR_KALLSYMS_BYTE,     /* up to 6.0 */
	HR_KALLSYMS_TWO_BYTE, /* 6.1 on: bit 7 says that a second byte follows */
};

/*
 * What @release has of @trait. What is behind the newest row, and a release that is not known, have
 * what the newest branch has; a branch without a row of its own has what the one before it began
 * with. The span of @release does not matter: it is taken as it is written.
 */
unsigned int hr_release_trait(const struct hr_release *release, enum hr_trait trait);

/*
 * What hr_release_trait() is not sure of for @release, as a sentence; NULL if nothing. The
 * change is known to have reached the branch, but not when.
 */
const char *hr_release_gap(const struct hr_release *release, enum hr_trait trait);

/* Are the uploads of Ubuntu in the table, for the branch of @release? */
bool hr_release_has_uploads(const struct hr_release *release);

/* Is @release, if it is known, of a branch behind the newest row? */
bool hr_release_is_newer(const struct hr_release *release);

/* Room for the name of any branch. */
struct hr_branch_text {
	char text[24];
};

/* The branch of the newest row, "7.3". */
struct hr_branch_text hr_release_newest(void);

#endif
