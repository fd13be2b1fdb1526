// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/layout_steps.h"

#include <string.h>

#include "base/text_append.h"

enum {
	MISSING_MAX = 16
};

/* What is missing: keys of the note, and the words that mean them. */
struct missing {
	const char *keys[MISSING_MAX], *words[MISSING_MAX];
	size_t count;
};

static void add(struct missing *missing, const char *key, const char *word)
{
	missing->keys[missing->count] = key;
	missing->words[missing->count++] = word;
}

/* Is there a value? One that is not a number is for the step that needs it to refuse. */
static bool has(const struct hr_layout_input *input, enum hr_override_key key, uint64_t *ret)
{
	bool found = false;
	struct hr_error *error = hr_layout_optional(input, key, &found, ret);

	hr_error_destroy(error);
	return found || error;
}

static void want(const struct hr_layout_input *input, enum hr_override_key key,
		 struct missing *missing)
{
	uint64_t value;

	if (!has(input, key, &value))
		add(missing, hr_layout_key(key), hr_layout_word(key));
}

/* The width in use is that of the configuration, unless that may be 52. */
static void want_geometry(const struct hr_layout_input *input, struct missing *missing)
{
	uint64_t va_bits = UINT64_MAX;

	want(input, HR_OVERRIDE_PAGE_SIZE, missing);
	want(input, HR_OVERRIDE_VA_BITS, missing);
	if (!has(input, HR_OVERRIDE_VA_BITS, &va_bits) || va_bits > 48)
		want(input, HR_OVERRIDE_VA_BITS_ACTUAL, missing);
}

/* The root table has a physical address, or a virtual one in the image. */
static void want_tables(const struct hr_layout_input *input, struct missing *missing)
{
	uint64_t va;

	want(input, HR_OVERRIDE_PHYS_OFFSET, missing);
	want(input, HR_OVERRIDE_SWAPPER_PA, missing);
	if (!input->overrides->set[HR_OVERRIDE_SWAPPER_PA] &&
	    has(input, HR_OVERRIDE_SWAPPER_PA, &va))
		want(input, HR_OVERRIDE_KIMAGE_VOFFSET, missing);
	want(input, HR_OVERRIDE_STRUCT_PAGE_SIZE, missing);
}

/* A release that is known tells what depends on it. */
static void want_places(const struct hr_layout_input *input, const struct hr_layout *layout,
			struct missing *missing)
{
	struct missing places = { .count = 0 };

	if (layout->version.known)
		return;
	want(input, HR_OVERRIDE_VMEMMAP_START, &places);
	if (!hr_vmcoreinfo_get(input->note, "LENGTH(mem_section)") ||
	    !hr_vmcoreinfo_get(input->note, "SIZE(mem_section)"))
		want(input, HR_OVERRIDE_SECTION_SIZE_BITS, &places);
	if (places.count && !*layout->release)
		add(missing, "OSRELEASE", "{release}");
	else
		for (size_t i = 0; i < places.count; i++)
			add(missing, places.keys[i], places.words[i]);
}

/* "one, two and three" */
static void list(const char *const words[], size_t count, char *ret, size_t size)
{
	*ret = '\0';
	for (size_t i = 0; i < count; i++)
		hr_text_append(ret, size, i + 1 == count ? " and " : ", ", words[i]);
}

struct hr_error *hr_layout_check_missing(const struct hr_layout_input *input,
					 struct hr_layout *layout)
{
	struct missing missing = { .count = 0 };
	char keys[512], words[512];

	want_geometry(input, &missing);
	want_tables(input, &missing);
	want_places(input, layout, &missing);
	if (!missing.count)
		return NULL;
	/* Verdicts need it too. A text of page tables has no use for it, but lacks nothing else. */
	if (!input->overrides->set[HR_OVERRIDE_SWAPPER_PA] || !input->note)
		want(input, HR_OVERRIDE_MEM_SECTION, &missing);
	list(missing.keys, missing.count, keys, sizeof(keys));
	list(missing.words, missing.count, words, sizeof(words));
	if (!input->note)
		return hr_error_new(
			HR_ERROR_INPUT,
			"it has no VMCOREINFO: give it with {vmcoreinfo}, or its values "
			"with %s",
			words);
	return hr_error_new(HR_ERROR_INPUT, "VMCOREINFO has no %s: give the value%s with %s", keys,
			    missing.count > 1 ? "s" : "", words);
}
