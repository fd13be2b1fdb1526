/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of the page tables of a small kernel. */
#ifndef HR_TEST_PTDUMP_TEXT_H
#define HR_TEST_PTDUMP_TEXT_H

/*
 * 4K pages, 48 bits, and 1 GiB of memory from PHYS_OFFSET on; both maps consist of PMD leaves. The
 * fixture of api/api_fixture.h has the same maps.
 */
extern const char ptdump_text[];

#endif
