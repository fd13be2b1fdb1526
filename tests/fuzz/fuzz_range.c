// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The syntax of ranges. Input: three bytes of limits, then the text. An accepted range must mean
 * the same in all its spellings.
 */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/range_spec.h"
#include "fuzz.h"

static void check_same(const struct hr_range_spec *spec, const char *text)
{
	struct hr_range_spec again;

	require(fuzz_succeeded(hr_range_spec_parse(text, &again)), "'%s' is refused", text);
	require(again.is_block == spec->is_block && again.block == spec->block &&
			again.start == spec->start && again.last == spec->last,
		"'%s' is another range", text);
}

static void check_spellings(const struct hr_range_spec *spec)
{
	uint64_t size = spec->last - spec->start + 1;
	char text[64];

	if (spec->is_block) {
		snprintf(text, sizeof(text), "memory%" PRIu64, spec->block);
		check_same(spec, text);
		return;
	}
	require(spec->start <= spec->last, "it ends before it starts");
	/* Only a SIZE can make the last byte the first of a page. */
	if (spec->has_end || spec->last % 65536) {
		snprintf(text, sizeof(text), "0x%" PRIx64 "-%" PRIu64, spec->start, spec->last);
		check_same(spec, text);
	}
	if (!size)
		return;
	snprintf(text, sizeof(text), "%" PRIu64 "+0x%" PRIx64, spec->start, size);
	check_same(spec, text);
	if (size % 1024)
		return;
	snprintf(text, sizeof(text), "0x%" PRIX64 "+%" PRIu64 "k", spec->start, size / 1024);
	check_same(spec, text);
}

static void check_resolved(const struct hr_range_spec *spec, const struct hr_range_limits *limits)
{
	uint64_t start, end;

	if (!fuzz_succeeded(hr_range_spec_resolve(spec, limits, &start, &end)))
		return;
	require(start < end && end <= UINT64_C(1) << limits->pa_bits, "0x%" PRIx64 "-0x%" PRIx64,
		start, end);
	if (spec->is_block)
		require(start / limits->memory_block_size == spec->block &&
				end - start == limits->memory_block_size,
			"another block");
	else
		require(start == spec->start && end - 1 == spec->last, "another range");
	if (spec->has_end)
		require((end - 1) % limits->page_size, "END looks exclusive");
}

static void check_number(const char *text, bool suffix)
{
	uint64_t number, again;
	char copy[64];

	if (!hr_number_parse(text, suffix, &number))
		return;
	snprintf(copy, sizeof(copy), "0x%" PRIx64, number);
	require(hr_number_parse(copy, suffix, &again) && again == number, "'%s' as hex", text);
	snprintf(copy, sizeof(copy), "%" PRIu64, number);
	require(hr_number_parse(copy, suffix, &again) && again == number, "'%s' as decimal", text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	const struct hr_range_limits limits = {
		.page_size = UINT64_C(4096) << 2 * (fuzz_take8(&input) % 3),
		.memory_block_size = UINT64_C(1) << (27 + fuzz_take8(&input) % 5),
		.pa_bits = 32 + fuzz_take8(&input) % 21,
	};
	_cleanup_free_ char *text = fuzz_take_text(&input);
	struct hr_range_spec spec;

	check_number(text, false);
	check_number(text, true);
	if (!fuzz_succeeded(hr_range_spec_parse(text, &spec)))
		return 0;
	check_spellings(&spec);
	check_resolved(&spec, &limits);
	return 0;
}
