// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/names.h"

#include <string.h>

const char *hr_name_of(const struct hr_names *names, unsigned int value)
{
	return value < names->count ? names->words[value] : NULL;
}

bool hr_name_parse(const struct hr_names *names, const char *word, unsigned int *ret)
{
	for (size_t i = 0; i < names->count; i++) {
		if (!names->words[i] || strcmp(word, names->words[i]) != 0)
			continue;
		*ret = (unsigned int)i;
		return true;
	}
	return false;
}
