// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/range_spec.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A multiple of this is a multiple of every page size. */
#define LARGEST_PAGE UINT64_C(65536)

/* The longest text that can be a number, so that a copy fits on the stack. */
enum {
	NUMBER_MAX = 32
};

static bool apply_suffix(const char *suffix, uint64_t *number)
{
	static const char letters[] = "KMGT";
	const char *letter;
	unsigned int shift;

	if (!*suffix)
		return true;
	letter = strchr(letters, toupper((unsigned char)*suffix));
	if (!letter || suffix[1])
		return false;
	shift = 10 * (unsigned int)(letter - letters + 1);
	if (*number > UINT64_MAX >> shift)
		return false;
	*number <<= shift;
	return true;
}

bool hr_number_parse(const char *text, bool suffix, uint64_t *ret)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = hex ? text + 2 : text;
	uint64_t number;
	char *end;

	if (hex ? !isxdigit((unsigned char)*digits) : !isdigit((unsigned char)*digits))
		return false;
	errno = 0;
	number = strtoull(digits, &end, hex ? 16 : 10);
	if (errno || !apply_suffix(suffix ? end : "", &number) || (!suffix && *end))
		return false;
	*ret = number;
	return true;
}

static struct hr_error *no_range(const char *text)
{
	return hr_error_new(
		HR_ERROR_USAGE,
		"'%.100s' is not a range: write START-END (END is inclusive), START+SIZE or "
		"memoryN",
		text);
}

static struct hr_error *looks_exclusive(uint64_t start, uint64_t last)
{
	if (start == last)
		return hr_error_new(HR_ERROR_USAGE,
				    "the range 0x%" PRIx64 "-0x%" PRIx64
				    " is a single byte, because END is inclusive: write START+SIZE",
				    start, last);
	return hr_error_new(HR_ERROR_USAGE,
			    "END is inclusive, and 0x%" PRIx64 " looks exclusive: write 0x%" PRIx64
			    "-0x%" PRIx64 " or 0x%" PRIx64 "+0x%" PRIx64,
			    last, start, last - 1, start, last - start);
}

static bool is_exclusive(const struct hr_range_spec *spec, uint64_t page_size)
{
	return spec->has_end && spec->last % page_size == 0;
}

/* Parse START from @head, and from the text after the separator SIZE or an inclusive END. */
static struct hr_error *parse_pair(const char *text, const char *head, const char *tail, bool size,
				   struct hr_range_spec *ret)
{
	uint64_t number;

	if (!hr_number_parse(head, false, &ret->start) || !hr_number_parse(tail, size, &number))
		return no_range(text);
	if (size && !number)
		return hr_error_new(HR_ERROR_USAGE, "the range '%.100s' has a size of 0", text);
	if (size && number - 1 > UINT64_MAX - ret->start)
		return hr_error_new(HR_ERROR_USAGE, "the range '%.100s' wraps past 2^64", text);
	ret->last = size ? ret->start + (number - 1) : number;
	ret->has_end = !size;
	if (ret->start > ret->last)
		return hr_error_new(HR_ERROR_USAGE, "the range '%.100s' ends before it starts",
				    text);
	if (is_exclusive(ret, LARGEST_PAGE))
		return looks_exclusive(ret->start, ret->last);
	return NULL;
}

struct hr_error *hr_range_spec_parse(const char *text, struct hr_range_spec *ret)
{
	static const char block_name[] = "memory";
	size_t prefix = sizeof(block_name) - 1;
	size_t len = strcspn(text, "+-");
	char head[NUMBER_MAX];

	memset(ret, 0, sizeof(*ret));
	if (!strncmp(text, block_name, prefix)) {
		ret->is_block = true;
		if (!isdigit((unsigned char)text[prefix]) || text[prefix + 1] == 'x' ||
		    text[prefix + 1] == 'X' || !hr_number_parse(text + prefix, false, &ret->block))
			return no_range(text);
		return NULL;
	}
	if (!text[len] || len >= sizeof(head))
		return no_range(text);
	memcpy(head, text, len);
	head[len] = '\0';
	return parse_pair(text, head, text + len + 1, text[len] == '+', ret);
}

struct hr_error *hr_range_spec_resolve(const struct hr_range_spec *spec,
				       const struct hr_range_limits *limits, uint64_t *ret_start,
				       uint64_t *ret_end)
{
	uint64_t width = UINT64_C(1) << limits->pa_bits;
	uint64_t start = spec->start, last = spec->last;

	if (spec->is_block && spec->block >= width / limits->memory_block_size)
		return hr_error_new(HR_ERROR_USAGE,
				    "memory%" PRIu64
				    " is beyond the kernel's physical address width of %u bits",
				    spec->block, limits->pa_bits);
	if (spec->is_block) {
		start = spec->block * limits->memory_block_size;
		last = start + limits->memory_block_size - 1;
	}
	if (is_exclusive(spec, limits->page_size))
		return looks_exclusive(start, last);
	if (last >= width)
		return hr_error_new(HR_ERROR_USAGE,
				    "the range 0x%" PRIx64 "-0x%" PRIx64
				    " is beyond the kernel's physical address width of %u bits",
				    start, last, limits->pa_bits);
	*ret_start = start;
	*ret_end = last + 1;
	return NULL;
}
