// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/section_flags.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "kernel/release_table.h"

/* Two constants of one value, because an initializer cannot use the other constant. */
#define MARKED_FLAGS .present = 1 << 0, .has_mem_map = 1 << 1, .online = 1 << 2, .early = 1 << 3

const struct hr_section_flags hr_section_flags_marked = { MARKED_FLAGS };

/*
 * The known forms, including a future one. Without SECTION_MARKED_PRESENT, whose removal was queued
 * for 7.4 in October 2026, all other flags move down by one bit.
 */
static const struct form {
	enum hr_section_form form;
	const char *name;
	struct hr_section_flags flags;
} forms[] = {
	{ HR_SECTION_FORM_MARKED, "with SECTION_MARKED_PRESENT", { MARKED_FLAGS } },
	{ HR_SECTION_FORM_UNMARKED,
	  "without SECTION_MARKED_PRESENT",
	  { 0, 1 << 0, 1 << 1, 1 << 2 } },
};

enum {
	FORMS = sizeof(forms) / sizeof(forms[0])
};

/* By @flags, is @value that of a section that was present at boot? */
static bool is_boot_section(const struct hr_section_flags *flags, uint64_t value)
{
	uint64_t wanted = flags->present | flags->has_mem_map | flags->online | flags->early;

	return (value & wanted) == wanted;
}

/*
 * A name that is not kernel.org's, or that of a git tree, may belong to a kernel on the way to the
 * next release, such as linux-next, and already have the next release's form.
 */
static bool is_proven(const struct hr_release *version, enum hr_section_form form)
{
	struct hr_release last = *version;

	if (version->distro == HR_DISTRO_OTHER || version->span == HR_SPAN_GIT)
		last.minor++;
	return version->known && !hr_release_is_newer(&last) &&
	       hr_release_trait(&last, HR_TRAIT_SECTION_FLAGS) == form;
}

/* The form in the release table, NULL if it has none. */
static const struct form *form_of_release(const struct hr_release *version)
{
	enum hr_section_form form = hr_release_trait(version, HR_TRAIT_SECTION_FLAGS);

	if (!is_proven(version, form))
		return NULL;
	for (size_t i = 0; i < FORMS; i++)
		if (forms[i].form == form)
			return &forms[i];
	return NULL;
}

/*
 * The form that fits the boot section, NULL if none does. 15 is boot memory in both forms, but bit
 * 3 of the second form marks device memory, which no kernel runs from. So the first form applies.
 */
static const struct form *form_of_section(uint64_t value)
{
	for (size_t i = 0; i < FORMS; i++)
		if (is_boot_section(&forms[i].flags, value))
			return &forms[i];
	return NULL;
}

bool hr_section_flags_want_btf(const struct hr_section_flags_evidence *evidence)
{
	const struct form *proven = form_of_release(evidence->version);

	return !proven || !evidence->has_boot_section ||
	       form_of_section(evidence->boot_section) != proven;
}

/* Are @flags those of a known form, although the boot section has another one? */
static bool has_another_form(const struct hr_section_flags *flags, uint64_t value)
{
	const struct form *form = form_of_section(value);

	for (size_t i = 0; i < FORMS; i++)
		if (!memcmp(flags, &forms[i].flags, sizeof(*flags)))
			return form && form != &forms[i];
	return false;
}

static struct hr_error *choose_by_btf(const struct hr_section_flags_evidence *evidence,
				      struct hr_section_flags *ret)
{
	*ret = *evidence->btf;
	if (!evidence->has_boot_section || (is_boot_section(ret, evidence->boot_section) &&
					    !has_another_form(ret, evidence->boot_section)))
		return NULL;
	return hr_error_new(HR_ERROR_UNREADABLE,
			    "the flags of mem_section are not known: the section that holds "
			    "swapper_pg_dir has 0x%" PRIx64
			    ", which by the kernel's BTF is not boot memory",
			    evidence->boot_section);
}

static struct hr_error *choose_by_section(const struct hr_section_flags_evidence *evidence,
					  struct hr_section_flags *ret)
{
	const struct form *form = form_of_section(evidence->boot_section);
	const struct form *expected = form_of_release(evidence->version);

	if (!form)
		return hr_error_new(HR_ERROR_UNREADABLE,
				    "the flags of mem_section are not known: the section that "
				    "holds swapper_pg_dir has 0x%" PRIx64
				    ", which is not boot memory in any known form",
				    evidence->boot_section);
	if (expected && expected != form)
		return hr_error_new(
			HR_ERROR_UNREADABLE,
			"the flags of mem_section are not known: the section that holds "
			"swapper_pg_dir has 0x%" PRIx64
			", a form %s, which kernel %.64s is not known to have",
			evidence->boot_section, form->name, evidence->release);
	*ret = form->flags;
	return NULL;
}

struct hr_error *hr_section_flags_choose(const struct hr_section_flags_evidence *evidence,
					 struct hr_section_flags *ret)
{
	const struct form *form;

	if (evidence->btf)
		return choose_by_btf(evidence, ret);
	if (evidence->has_boot_section)
		return choose_by_section(evidence, ret);
	form = form_of_release(evidence->version);
	if (!form)
		return hr_error_new(HR_ERROR_UNREADABLE,
				    "the flags of mem_section are not known: neither the kernel's "
				    "BTF nor the section that holds swapper_pg_dir can be read, "
				    "and kernel %.64s is not one whose flags were verified",
				    evidence->release[0] ? evidence->release
							 : "of unknown release");
	*ret = form->flags;
	return NULL;
}
