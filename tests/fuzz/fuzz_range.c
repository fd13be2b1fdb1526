// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The syntax of ranges. Input: three bytes of limits, then the text. An accepted range must mean
 * the same in all its spellings.
 */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/number.h"
#include "cli/range_spec.h"
#include "cli/range_text.h"
#include "fuzz.h"

static void check_same(const struct hr_range_spec *spec, const char *text)
{
	struct hr_range_spec again;

	require(fuzz_succeeded(hr_range_spec_parse(text, &again)), "'%s' is refused", text);
	require(again.is_block == spec->is_block && again.block == spec->block &&
			again.last_block == spec->last_block && again.start == spec->start &&
			again.last == spec->last,
		"'%s' is another range", text);
}

/* The same for @text with a number in decimal, unless that could be meant as hexadecimal. */
static void check_decimal(const struct hr_range_spec *spec, const char *text, uint64_t number)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, number);
	if (!hr_number_looks_hex(digits))
		check_same(spec, text);
}

static void check_blocks(const struct hr_range_spec *spec)
{
	char text[64];

	require(spec->block <= spec->last_block, "it ends before it starts");
	snprintf(text, sizeof(text), "memory%" PRIu64 "-memory%" PRIu64, spec->block,
		 spec->last_block);
	check_same(spec, text);
}

static void check_bytes(const struct hr_range_spec *spec)
{
	uint64_t size = spec->last - spec->start + 1;
	char text[64];

	require(spec->start <= spec->last, "it ends before it starts");
	/* Only a SIZE can make the last byte the first of a page. */
	if (spec->has_end || spec->last % 65536) {
		snprintf(text, sizeof(text), "0x%" PRIx64 "-%" PRIu64, spec->start, spec->last);
		check_decimal(spec, text, spec->last);
	}
	if (spec->has_end) {
		snprintf(text, sizeof(text), "%" PRIx64 "-%" PRIx64 " : memory", spec->start,
			 spec->last);
		check_same(spec, text);
	}
	if (!size)
		return;
	snprintf(text, sizeof(text), "%" PRIu64 "+0x%" PRIx64, spec->start, size);
	check_decimal(spec, text, spec->start);
	if (size % 1024)
		return;
	snprintf(text, sizeof(text), "0x%" PRIX64 " + %" PRIu64 "kib", spec->start, size / 1024);
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
				(end - 1) / limits->memory_block_size == spec->last_block,
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
	hr_range_text_clean(text);
	if (!fuzz_succeeded(hr_range_spec_parse(text, &spec)))
		return 0;
	if (spec.is_block)
		check_blocks(&spec);
	else
		check_bytes(&spec);
	check_resolved(&spec, &limits);
	return 0;
}
