// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/number.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SMALLEST_PAGE	   UINT64_C(4096)
#define PA_BITS_MAX	   52 /* no physical address has more */
#define DECIMAL_DIGITS	   "0123456789"
#define HEXADECIMAL_DIGITS DECIMAL_DIGITS "abcdefABCDEF"

static bool apply_suffix(const char *suffix, uint64_t *number)
{
	static const char letters[] = "KMGT";
	const char *letter;
	unsigned int shift;

	if (!*suffix)
		return true;
	letter = strchr(letters, toupper((unsigned char)*suffix));
	if (!letter || (suffix[1] && strcasecmp(suffix + 1, "iB") != 0))
		return false;
	shift = 10 * (unsigned int)(letter - letters + 1);
	if (*number > UINT64_MAX >> shift)
		return false;
	*number <<= shift;
	return true;
}

static bool has_prefix(const char *text)
{
	return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

bool hr_number_parse(const char *text, bool suffix, uint64_t *ret)
{
	bool hex = has_prefix(text);
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

bool hr_number_parse_hex(const char *text, uint64_t *ret)
{
	const char *digits = has_prefix(text) ? text + 2 : text;

	if (!*digits || digits[strspn(digits, HEXADECIMAL_DIGITS)])
		return false;
	errno = 0;
	*ret = strtoull(digits, NULL, 16);
	return !errno;
}

bool hr_number_lacks_prefix(const char *text)
{
	return text[strspn(text, DECIMAL_DIGITS)] && !text[strspn(text, HEXADECIMAL_DIGITS)];
}

/* The largest power of two that @number, which is not 0, is a multiple of. */
static uint64_t alignment_of(uint64_t number)
{
	return number & -number;
}

bool hr_number_looks_hex(const char *text)
{
	uint64_t decimal, hex;

	return !text[strspn(text, DECIMAL_DIGITS)] && hr_number_parse(text, false, &decimal) &&
	       hr_number_parse_hex(text, &hex) && decimal && hex % SMALLEST_PAGE == 0 &&
	       !(hex >> PA_BITS_MAX) && alignment_of(hex) > alignment_of(decimal);
}
