/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes for people. */
#ifndef HR_UNITS_H
#define HR_UNITS_H

#include <stdint.h>

/* Room for any formatted size. */
struct hr_size_text {
	char text[32];
};

/* @bytes in the largest binary unit that divides it: "1 GiB", "1152 MiB", "4097 B". */
struct hr_size_text hr_size_text(uint64_t bytes);

#endif
