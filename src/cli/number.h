/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as users write them. */
#ifndef HR_NUMBER_H
#define HR_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Parse all of @text as a number, 0x hex or decimal. With @suffix it may end in K, M, G or T, or in
 * KiB, MiB, GiB or TiB, in either case, which are powers of 1024.
 */
bool hr_number_parse(const char *text, bool suffix, uint64_t *ret);

/* Parse all of @text as hexadecimal digits, with or without 0x. */
bool hr_number_parse_hex(const char *text, uint64_t *ret);

/* Is @text a number that only lacks its 0x: hexadecimal digits, with a letter among them? */
bool hr_number_lacks_prefix(const char *text);

/*
 * Is @text a decimal number that looks like the hexadecimal digits of a physical address? That is
 * so if these are a multiple of the smallest page, of a larger power of two than the decimal
 * number, and below 2^52.
 */
bool hr_number_looks_hex(const char *text);

#endif
