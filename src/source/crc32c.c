// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/crc32c.h"

#include "base/little_endian.h"

/* The polynomial with its lowest power first, as bits are taken. */
#define POLYNOMIAL UINT32_C(0x82f63b78)

void hr_crc32c_init(struct hr_crc32c *crc)
{
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t sum = byte;

		for (int bit = 0; bit < 8; bit++)
			sum = sum & 1 ? sum >> 1 ^ POLYNOMIAL : sum >> 1;
		crc->tables[0][byte] = sum;
	}
	for (size_t i = 1; i < HR_CRC32C_STEP; i++)
		for (size_t byte = 0; byte < 256; byte++) {
			uint32_t sum = crc->tables[i - 1][byte];

			crc->tables[i][byte] = sum >> 8 ^ crc->tables[0][sum & 0xff];
		}
}

/*
 * The checksum after the 8 bytes of a step, into the first of which the one before has been mixed.
 * Compilers do not unroll such a loop, which is what takes most of the time.
 */
static uint32_t take_step(const struct hr_crc32c *crc, uint32_t low, uint32_t high)
{
	return crc->tables[7][low & 0xff] ^ crc->tables[6][low >> 8 & 0xff] ^
	       crc->tables[5][low >> 16 & 0xff] ^ crc->tables[4][low >> 24] ^
	       crc->tables[3][high & 0xff] ^ crc->tables[2][high >> 8 & 0xff] ^
	       crc->tables[1][high >> 16 & 0xff] ^ crc->tables[0][high >> 24];
}

uint32_t hr_crc32c_of(const struct hr_crc32c *crc, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint32_t sum = UINT32_MAX;

	for (; len >= HR_CRC32C_STEP; at += HR_CRC32C_STEP, len -= HR_CRC32C_STEP)
		sum = take_step(crc, hr_get_le32(at) ^ sum, hr_get_le32(at + 4));
	for (; len; at++, len--)
		sum = sum >> 8 ^ crc->tables[0][(sum ^ *at) & 0xff];
	return ~sum;
}
