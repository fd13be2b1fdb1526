// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/section_check.h"

#include <inttypes.h>

#include "kernel/address.h"

/* What the sections of a range have shown so far. */
struct section_tally {
	uint64_t absent, absent_first; /* number of sections, and PA of the first */
	uint64_t early, early_first;
	uint64_t wrong_base;   /* pfn_to_page(0) according to a section, 0 if it matches ours */
	struct hr_error *flaw; /* of the first section that no kernel would write */
};

static void tally_absent(struct section_tally *tally, const struct hr_layout *layout, uint64_t nr,
			 uint64_t count)
{
	if (count && !tally->absent)
		tally->absent_first = nr << layout->section_size_bits;
	tally->absent += count;
}

/*
 * Add @count sections from @nr on, all with @value. If no kernel would write such a section,
 * nothing in it is used, not even its flags.
 */
static void tally_sections(struct section_tally *tally, const struct hr_check *check, uint64_t nr,
			   uint64_t count, uint64_t value)
{
	const struct hr_section_flags *flags = hr_sections_flags(check->machine.sections);
	const struct hr_layout *layout = check->machine.layout;
	uint64_t base = hr_section_memmap(value);
	struct hr_error *flaw = hr_section_check(check->machine.sections, nr, value);

	if (flaw) {
		if (tally->flaw)
			hr_error_destroy(flaw);
		else
			tally->flaw = flaw;
		return;
	}
	if (!hr_section_is_present(flags, value)) {
		tally_absent(tally, layout, nr, count);
		return;
	}
	if (value & flags->early) {
		if (!tally->early)
			tally->early_first = nr << layout->section_size_bits;
		tally->early += count;
	}
	if (base && base != hr_layout_page_va(layout, 0))
		tally->wrong_base = base;
}

static struct hr_error *tally_range(const struct hr_check *check, const struct hr_pa_range *range,
				    struct section_tally *tally)
{
	const struct hr_layout *layout = check->machine.layout;
	uint64_t nr = range->start >> layout->section_size_bits;
	uint64_t last = (range->end - 1) >> layout->section_size_bits;

	while (nr <= last) {
		uint64_t next, value, count;
		struct hr_error *error = hr_section_next(check->machine.sections, nr, last, &next);

		if (error)
			return error;
		if (next > last)
			next = last + 1;
		tally_absent(tally, layout, nr, next - nr);
		for (nr = next, value = 1; nr <= last && value; nr += count) {
			error = hr_section_run(check->machine.sections, nr, last, &value, &count);
			if (error)
				return error;
			tally_sections(tally, check, nr, count, value);
		}
	}
	return NULL;
}

static void report_tally(const struct hr_layout *layout, const struct section_tally *tally,
			 bool whole, struct hr_check_result *result)
{
	/* More of them may be among those that could not be read. */
	const char *least = tally->flaw || !whole ? "at least " : "";

	if (tally->early)
		hr_reason_add(result, HR_REASON_BOOT_MEMORY,
			      "%s%" PRIu64 " of its sections %s boot memory, which no kernel takes "
			      "offline; the first is at 0x%" PRIx64,
			      least, tally->early, tally->early == 1 ? "is" : "are",
			      tally->early_first);
	if (tally->absent)
		hr_reason_add(result, HR_REASON_NOT_PRESENT,
			      "%s%" PRIu64
			      " of its sections %s not exist; the first is at 0x%" PRIx64,
			      least, tally->absent, tally->absent == 1 ? "does" : "do",
			      tally->absent_first);
	if (tally->wrong_base)
		hr_reason_add(result, HR_REASON_UNREADABLE,
			      "mem_section puts the vmemmap at 0x%" PRIx64
			      ", but VMEMMAP_START and PHYS_OFFSET put it at 0x%" PRIx64
			      ": one of them is wrong",
			      tally->wrong_base, hr_layout_page_va(layout, 0));
}

void hr_check_sections(const struct hr_check *check, const struct hr_pa_range *range,
		       struct hr_check_result *result)
{
	uint32_t both = 1u << HR_REASON_BOOT_MEMORY | 1u << HR_REASON_NOT_PRESENT;
	struct section_tally tally = { 0 };
	struct hr_error *error;

	if (!check->machine.sections) {
		if ((check->ignored & both) != both)
			hr_reason_add(
				result, HR_REASON_UNREADABLE,
				"%s, so it is not known which memory is boot memory or absent "
				"({ignored=boot-memory,not-present} leaves these reasons out)",
				check->no_sections ? check->no_sections
						   : "the address of mem_section is not known");
		return;
	}
	error = tally_range(check, range, &tally);
	report_tally(check->machine.layout, &tally, !error, result);
	if (tally.flaw)
		hr_reason_add(result, HR_REASON_UNREADABLE, "%s", tally.flaw->message);
	hr_error_destroy(tally.flaw);
	if (error)
		hr_reason_add(result, HR_REASON_UNREADABLE, "%s", error->message);
	hr_error_destroy(error);
}
