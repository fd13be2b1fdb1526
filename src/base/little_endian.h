/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers in files of arm64 kernels: little-endian, at any alignment. */
#ifndef HR_LITTLE_ENDIAN_H
#define HR_LITTLE_ENDIAN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* The number in the 4, or 8, bytes at @at. */
static inline uint32_t hr_get_le32(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

static inline uint64_t hr_get_le64(const unsigned char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

/* Put @value into the 4, or 8, bytes at @at. */
static inline void hr_put_le32(unsigned char *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
}

static inline void hr_put_le64(unsigned char *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof(value));
}

#endif
