// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/capability.h"

#include <endian.h>
#include <string.h>

#include "arch/pointer.h"
#include "kernel/address.h"

enum {
	LIST_MAX_BYTES = 1 << 15, /* how much of a list is searched */
	LIST_CHUNK = 256,	  /* words */
	NUMBERS_MAX = 512,
};

/* A capability that is looked for. */
struct search {
	const struct hr_layout *layout;
	const struct hr_memory *memory;
	const struct hr_capability *capability;
};

static bool read_at(const struct search *search, uint64_t va, void *buffer, size_t len)
{
	return hr_kernel_try_read(search->layout, search->memory, va, buffer, len);
}

/* Is the string at @va a description of the capability? */
static bool is_description(const struct search *search, uint64_t va)
{
	const struct hr_capability *capability = search->capability;
	char text[HR_DESCRIPTION_BYTES + 1] = "";

	if (hr_untagged(va) < search->layout->linear_end ||
	    !read_at(search, va, text, HR_DESCRIPTION_BYTES))
		return false;
	for (size_t i = 0; i < capability->name_count; i++)
		if (strstr(text, capability->names[i]))
			return true;
	return false;
}

static bool find_number(const struct search *search, uint16_t *ret)
{
	const struct hr_symbol *list = search->capability->list;
	uint64_t words[LIST_CHUNK + 1];

	for (uint64_t at = 0; list->found && at < LIST_MAX_BYTES;
	     at += sizeof(words) - sizeof(words[0])) {
		if (!read_at(search, list->va + at, words, sizeof(words)))
			return false;
		for (size_t i = 0; i < LIST_CHUNK; i++) {
			if (!is_description(search, le64toh(words[i])))
				continue;
			*ret = (uint16_t)le64toh(words[i + 1]);
			return *ret < NUMBERS_MAX;
		}
	}
	return false;
}

enum hr_tristate hr_capability_find(const struct hr_layout *layout, const struct hr_memory *memory,
				    const struct hr_capability *capability)
{
	const struct search search = { layout, memory, capability };
	uint16_t number;
	uint64_t word;

	if (!capability->enabled->found || !find_number(&search, &number) ||
	    !read_at(&search, capability->enabled->va + number / 64 * sizeof(word), &word,
		     sizeof(word)))
		return HR_UNKNOWN;
	return le64toh(word) >> number % 64 & 1 ? HR_YES : HR_NO;
}
