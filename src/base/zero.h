/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Check whether memory is all zeros. */
#ifndef HR_ZERO_H
#define HR_ZERO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Are all @len bytes at @bytes zero? */
static inline bool hr_is_zero(const void *bytes, size_t len)
{
	const char *at = bytes;
	uint64_t word;
	size_t i = 0;

	/* Memory that is not all zeros usually differs in the first word. */
	for (; i + sizeof(word) <= len; i += sizeof(word)) {
		memcpy(&word, at + i, sizeof(word));
		if (word)
			return false;
	}
	for (; i < len; i++)
		if (at[i])
			return false;
	return true;
}

#endif
