// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * VMCOREINFO text, and the layout derived from it. Input: two bytes that say which constants an
 * option gives, eight bytes for each of those, then the text.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arch/pointer.h"
#include "base/cleanup.h"
#include "fuzz.h"
#include "kernel/address.h"
#include "kernel/layout.h"
#include "kernel/vmcoreinfo.h"

/* Lines of the text with the key @key, by a search of our own. */
static size_t count_lines(const char *text, const char *key, size_t len)
{
	size_t count = 0;

	while (*text) {
		size_t line = strcspn(text, "\n");
		const char *equals = memchr(text, '=', line);

		count += equals && (size_t)(equals - text) == len && !memcmp(text, key, len);
		text += line + (text[line] == '\n');
	}
	return count;
}

static void check_number(const struct hr_vmcoreinfo *note, const char *key)
{
	const char *value = hr_vmcoreinfo_get(note, key);
	uint64_t number;
	char copy[64];
	bool found;

	if (!fuzz_succeeded(hr_vmcoreinfo_number(note, key, &found, &number))) {
		require(value, "%s is no number, but is not there", key);
		return;
	}
	require(found == (value != NULL), "%s is there and is not", key);
	if (!found)
		return;
	if (!strncmp(key, "SYMBOL(", 7)) {
		/* A tag in bits 63:56 gives way to copies of bit 55. */
		require(number == hr_untagged(strtoull(value, NULL, 16)), "%s=%s is %" PRIx64, key,
			value, number);
		return;
	}
	if (!strcmp(key, "KERNELOFFSET"))
		snprintf(copy, sizeof(copy), "%" PRIx64, number);
	else if (value[0] == '-')
		snprintf(copy, sizeof(copy), "%" PRId64, (int64_t)number);
	else if (value[0] == '0' && (value[1] | 32) == 'x')
		snprintf(copy, sizeof(copy), "0x%" PRIx64, number);
	else
		snprintf(copy, sizeof(copy), "%" PRIu64, number);
	/* The digits, without leading zeros and ignoring case. */
	value += strcspn(value, "123456789abcdefABCDEF");
	require(!strcasecmp(value, copy + strcspn(copy, "123456789abcdef")), "%s=%s is %s", key,
		value, copy);
}

/* Each key of the text is found, with a value that follows it in some line. */
static void check_lines(const struct hr_vmcoreinfo *note, const char *text)
{
	const char *all = text;

	while (*text) {
		size_t line = strcspn(text, "\n");
		const char *equals = memchr(text, '=', line);

		if (equals) {
			_cleanup_free_ char *key = strndup(text, (size_t)(equals - text));
			const char *value = hr_vmcoreinfo_get(note, key);

			require(value && strlen(value) == line - strlen(key) - 1 &&
					!memcmp(value, equals + 1, strlen(value)),
				"%s has another value", key);
			require(count_lines(all, key, strlen(key)), "%s comes of nowhere", key);
			check_number(note, key);
		}
		text += line + (text[line] == '\n');
	}
}

static void check_linear(const struct hr_layout *layout, uint64_t pa)
{
	uint64_t va, back;

	if (!hr_layout_has_linear(layout, pa))
		return;
	va = hr_layout_linear_va(layout, pa);
	require(va >= layout->page_offset && va < layout->linear_end, "0x%" PRIx64 " at 0x%" PRIx64,
		pa, va);
	require(hr_layout_linear_pa(layout, va) == pa, "0x%" PRIx64 " comes back as another", pa);
	require(hr_layout_pa_of_va(layout, va, &back) && back == pa, "no way back to 0x%" PRIx64,
		pa);
}

static void check_layout(const struct hr_layout *layout)
{
	const struct hr_geometry *geo = &layout->geo;
	struct hr_geometry again;

	require(fuzz_succeeded(hr_geometry_init(hr_page_size(geo), geo->va_bits,
						geo->va_bits_actual, &again)),
		"no such geometry");
	require(layout->pa_bits >= 32 && layout->pa_bits <= 52, "%u PA bits", layout->pa_bits);
	require(layout->section_size_bits < layout->pa_bits, "sections of 2^%u bytes",
		layout->section_size_bits);
	require(layout->page_offset < layout->linear_end &&
			layout->linear_end <= layout->vmemmap_start,
		"the maps overlap");
	require(!(layout->swapper_pa & (hr_page_size(geo) - 1)), "the root is no page");
	require(strlen(layout->release) < sizeof(layout->release), "the release has no end");
	for (const char *at = layout->release; *at; at++)
		require(isprint((unsigned char)*at), "the release cannot be printed");
	check_linear(layout, 0);
	check_linear(layout, layout->phys_offset);
	check_linear(layout, layout->phys_offset + (UINT64_C(1) << 40));
	check_linear(layout, (UINT64_C(1) << layout->pa_bits) - 1);
}

static void take_overrides(struct fuzz_input *input, struct hr_overrides *ret)
{
	uint16_t which = fuzz_take16(input);

	*ret = (struct hr_overrides){ 0 };
	for (enum hr_override_key key = 0; key < HR_OVERRIDE_COUNT; key++) {
		uint64_t value;

		if (!(which >> key & 1))
			continue;
		value = fuzz_take64(input);
		/* Options reject all other values. */
		ret->set[key] = hr_override_is_possible(key, value);
		ret->value[key] = value;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *note = NULL;
	struct fuzz_input input = { data, size };
	struct hr_overrides overrides;
	struct hr_layout layout;
	_cleanup_free_ char *text = NULL;

	take_overrides(&input, &overrides);
	if (!fuzz_succeeded(hr_vmcoreinfo_create((const char *)input.at, input.left, &note)))
		return 0;
	text = fuzz_take_text(&input);
	check_lines(note, text);
	if (fuzz_succeeded(hr_layout_init(note, &overrides, &layout)))
		check_layout(&layout);
	return 0;
}
