// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/presence.h"

/*
 * Read section_mem_map of the section at @pa. Returns false if it could not be read, or if no
 * kernel would write such a value.
 */
static bool read_sound_section(const struct hr_check *check, uint64_t pa, uint64_t *ret)
{
	uint64_t nr = pa >> check->machine.layout->section_size_bits;
	struct hr_error *error = hr_section_read(check->machine.sections, nr, ret);

	if (!error)
		error = hr_section_check(check->machine.sections, nr, *ret);
	hr_error_destroy(error);
	return !error;
}

bool hr_section_may_exist(const struct hr_check *check, uint64_t pa)
{
	uint64_t value;

	return !check->machine.sections || !read_sound_section(check, pa, &value) ||
	       hr_section_is_present(hr_sections_flags(check->machine.sections), value);
}

enum hr_presence hr_presence_of(const struct hr_check *check, uint64_t pa)
{
	uint64_t value;

	if (!check->machine.sections || !read_sound_section(check, pa, &value))
		return HR_PRESENCE_UNKNOWN;
	if (value & hr_sections_flags(check->machine.sections)->early)
		return (check->ignored & 1u << HR_REASON_BOOT_MEMORY) ? HR_PRESENCE_BOOT
								      : HR_PRESENCE_NONE;
	return hr_section_is_present(hr_sections_flags(check->machine.sections), value)
		       ? HR_PRESENCE_ADDED
		       : HR_PRESENCE_NONE;
}
