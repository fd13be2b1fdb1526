/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRC-32C, the checksum of iSCSI (RFC 3720, 12.1), by the polynomial 0x1edc6f41. */
#ifndef HR_CRC32C_H
#define HR_CRC32C_H

#include <stddef.h>
#include <stdint.h>

enum {
	HR_CRC32C_STEP = 8 /* bytes that are taken at a time */
};

/* For each byte of a step, what it adds to the checksum after the bytes that follow it there. */
struct hr_crc32c {
	uint32_t tables[HR_CRC32C_STEP][256];
};

void hr_crc32c_init(struct hr_crc32c *crc);

/* The checksum of the @len bytes at @bytes. */
uint32_t hr_crc32c_of(const struct hr_crc32c *crc, const void *bytes, size_t len);

#endif
