// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/range_spec.h"

#include <ctype.h>
#include <inttypes.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/number.h"

/* A multiple of this is a multiple of every page size. */
#define LARGEST_PAGE UINT64_C(65536)

enum {
	TEXT_MAX = 512,	 /* a longer text is not a range */
	NUMBER_MAX = 32, /* the longest text that can be a number, and its end */
	GROUPS_MAX = 5	 /* of a pattern, with the whole of it */
};

/* What two groups of a pattern have matched; empty if nothing. */
struct numbers {
	const char *text; /* all of it */
	char first[NUMBER_MAX], second[NUMBER_MAX];
};

static struct hr_error *not_a_range(const char *text)
{
	return hr_error_new(
		HR_ERROR_USAGE,
		"'%.100s' is not a range: write START-END (END is inclusive), START+SIZE or "
		"memoryN",
		text);
}

/* For a START, SIZE or END that is not a number: say what is missing if it is clear. */
static struct hr_error *not_a_number(const char *text, const char *number)
{
	size_t len = strlen(number);

	if (hr_number_lacks_prefix(number))
		return hr_error_new(HR_ERROR_USAGE, "'%.100s' is not a range: did you mean 0x%s?",
				    text, number);
	if (len > 2 && strspn(number, "0123456789") == len - 2 &&
	    strchr("KMGTkmgt", number[len - 2]) && toupper((unsigned char)number[len - 1]) == 'B')
		return hr_error_new(
			HR_ERROR_USAGE,
			"'%.100s' is ambiguous: did you mean %.*siB, in powers of 1024, "
			"or fewer bytes, in powers of 1000?",
			text, (int)len - 1, number);
	return not_a_range(text);
}

/* Numbers without 0x are decimal; but many a one that ends in zeros was copied without its 0x. */
static struct hr_error *check_base(const char *text, const char *number)
{
	uint64_t value;

	if (!hr_number_looks_hex(number) || !hr_number_parse(number, false, &value))
		return NULL;
	return hr_error_new(HR_ERROR_USAGE,
			    "'%.100s' is ambiguous: did you mean 0x%s, or decimal %s, which is "
			    "0x%" PRIx64 "? Write it with 0x",
			    text, number, number, value);
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

static struct hr_error *set_bytes(const char *text, uint64_t start, uint64_t last,
				  struct hr_range_spec *ret)
{
	if (start > last)
		return hr_error_new(HR_ERROR_USAGE, "the range '%.100s' ends before it starts",
				    text);
	ret->start = start;
	ret->last = last;
	if (is_exclusive(ret, LARGEST_PAGE))
		return looks_exclusive(start, last);
	return NULL;
}

/* START+SIZE */
static struct hr_error *read_size(const struct numbers *numbers, struct hr_range_spec *ret)
{
	const char *text = numbers->text;
	struct hr_error *error;
	uint64_t start, size;

	if (!hr_number_parse(numbers->first, false, &start))
		return not_a_number(text, numbers->first);
	if (!hr_number_parse(numbers->second, true, &size))
		return not_a_number(text, numbers->second);
	error = check_base(text, numbers->first);
	if (!error)
		error = check_base(text, numbers->second);
	if (error)
		return error;
	if (!size)
		return hr_error_new(HR_ERROR_USAGE, "the range '%.100s' has a size of 0", text);
	if (size - 1 > UINT64_MAX - start)
		return hr_error_new(HR_ERROR_USAGE, "the range '%.100s' wraps past 2^64", text);
	return set_bytes(text, start, start + (size - 1), ret);
}

/* START-END with both numbers in hexadecimal, whether they have a 0x or not */
static struct hr_error *read_hex_end(const struct numbers *numbers, struct hr_range_spec *ret)
{
	uint64_t start, last;

	if (!hr_number_parse_hex(numbers->first, &start) ||
	    !hr_number_parse_hex(numbers->second, &last))
		return not_a_range(numbers->text);
	ret->has_end = true;
	return set_bytes(numbers->text, start, last, ret);
}

/* START-END. A letter in one number without 0x makes all such numbers hexadecimal. */
static struct hr_error *read_end(const struct numbers *numbers, struct hr_range_spec *ret)
{
	const char *text = numbers->text;
	struct hr_error *error;
	uint64_t start, last;

	if (hr_number_lacks_prefix(numbers->first) || hr_number_lacks_prefix(numbers->second))
		return read_hex_end(numbers, ret);
	if (!hr_number_parse(numbers->first, false, &start) ||
	    !hr_number_parse(numbers->second, false, &last))
		return not_a_range(text);
	error = check_base(text, numbers->first);
	if (!error)
		error = check_base(text, numbers->second);
	if (error)
		return error;
	ret->has_end = true;
	return set_bytes(text, start, last, ret);
}

/* A line of /proc/iomem, which shows zeros to those who may not know the addresses. */
static struct hr_error *read_iomem(const struct numbers *numbers, struct hr_range_spec *ret)
{
	uint64_t last;

	if (hr_number_parse_hex(numbers->second, &last) && !last)
		return hr_error_new(HR_ERROR_USAGE,
				    "'%.100s' has no addresses: only root sees them in /proc/iomem",
				    numbers->text);
	return read_hex_end(numbers, ret);
}

/* memoryN or memoryN-memoryM */
static struct hr_error *read_blocks(const struct numbers *numbers, struct hr_range_spec *ret)
{
	const char *second = *numbers->second ? numbers->second : numbers->first;

	ret->is_block = true;
	if (!hr_number_parse(numbers->first, false, &ret->block) ||
	    !hr_number_parse(second, false, &ret->last_block))
		return not_a_range(numbers->text);
	if (ret->block > ret->last_block)
		return hr_error_new(HR_ERROR_USAGE, "the range '%.100s' ends before it starts",
				    numbers->text);
	return NULL;
}

#define SPACE	"[ \t]*"
#define NUMBER	"([0-9a-fA-F][0-9a-fA-FxX]*)"
#define SIZE	"([0-9][0-9a-zA-Z]*|[0-9][0-9a-fA-FxX]* [a-zA-Z]+)"
#define PAIR	NUMBER SPACE "-" SPACE NUMBER
#define FOLDERS "(/sys/devices/system/(memory|node/node[0-9]+)/|/sys/bus/memory/devices/)?"
#define STATES	"(online|offline|going-offline)"

/* All forms of a range: what a text looks like, and the groups that are its numbers. */
static const struct {
	const char *pattern; /* an extended regular expression */
	struct hr_error *(*read)(const struct numbers *numbers, struct hr_range_spec *ret);
	unsigned int first, second; /* 0: it has no second number */
} forms[] = {
	{ PAIR, read_end, 1, 2 },
	{ NUMBER SPACE "\\+" SPACE SIZE, read_size, 1, 2 },
	/* with a file of its folder in sysfs, and the content of the file as grep prints it */
	{ FOLDERS "memory([0-9]+)(/[a-z_]*(:.*)?)?", read_blocks, 3, 0 },
	{ "memory([0-9]+)" SPACE "-" SPACE "(memory)?([0-9]+)", read_blocks, 1, 3 },
	/* of /proc/iomem */
	{ PAIR SPACE ":.*", read_iomem, 1, 2 },
	/* of lsmem or of --blocks: a size and more columns, or a size in bytes and the state */
	{ PAIR "[ \t]+[0-9.]+ ?([KMGTPE](iB)?|B)([ \t].*)?", read_end, 1, 2 },
	{ PAIR "[ \t]+[0-9]+[ \t]+" STATES "([ \t].*)?", read_end, 1, 2 },
};

enum {
	FORMS = sizeof(forms) / sizeof(forms[0])
};

/* A pattern takes far longer to compile than to match, and a list can have thousands of ranges. */
static struct {
	regex_t regex;
	bool is_ready;
} compiled[FORMS];

static int compile(size_t form)
{
	char whole[256];
	int code;

	snprintf(whole, sizeof(whole), "^%s$", forms[form].pattern);
	code = regcomp(&compiled[form].regex, whole, REG_EXTENDED);
	compiled[form].is_ready = !code;
	return code;
}

/* Find the form of @text, and the places of its groups. Returns 0 or the C library's code. */
static int find_form(const char *text, size_t *ret_form, regmatch_t *ret_groups)
{
	int code = REG_NOMATCH;

	for (size_t i = 0; code == REG_NOMATCH && i < FORMS; i++) {
		code = compiled[i].is_ready ? 0 : compile(i);
		if (!code)
			code = regexec(&compiled[i].regex, text, GROUPS_MAX, ret_groups, 0);
		*ret_form = i;
	}
	return code;
}

/* Copy what a group has matched, without blanks. Returns false if it is too long for a number. */
static bool copy_number(const char *text, const regmatch_t *group, char *ret)
{
	size_t len = 0;

	for (regoff_t i = group->rm_so; i < group->rm_eo; i++) {
		if (text[i] == ' ')
			continue;
		if (len + 1 == NUMBER_MAX)
			return false;
		ret[len++] = text[i];
	}
	ret[len] = '\0';
	return true;
}

struct hr_error *hr_range_spec_parse(const char *text, struct hr_range_spec *ret)
{
	struct numbers numbers = { .text = text };
	regmatch_t groups[GROUPS_MAX];
	size_t form = 0;
	int code;

	memset(ret, 0, sizeof(*ret));
	code = strlen(text) > TEXT_MAX ? REG_NOMATCH : find_form(text, &form, groups);
	if (code && code != REG_NOMATCH)
		return hr_error_no_memory();
	if (code || !copy_number(text, &groups[forms[form].first], numbers.first) ||
	    (forms[form].second && !copy_number(text, &groups[forms[form].second], numbers.second)))
		return not_a_range(text);
	return forms[form].read(&numbers, ret);
}

struct hr_error *hr_range_spec_resolve(const struct hr_range_spec *spec,
				       const struct hr_range_limits *limits, uint64_t *ret_start,
				       uint64_t *ret_end)
{
	uint64_t width = UINT64_C(1) << limits->pa_bits;
	uint64_t start = spec->start, last = spec->last;

	if (spec->is_block && spec->last_block >= width / limits->memory_block_size)
		return hr_error_new(HR_ERROR_USAGE,
				    "memory%" PRIu64
				    " is beyond the kernel's physical address width of %u bits",
				    spec->last_block, limits->pa_bits);
	if (spec->is_block) {
		start = spec->block * limits->memory_block_size;
		last = (spec->last_block + 1) * limits->memory_block_size - 1;
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
