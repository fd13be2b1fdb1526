/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image of a kernel, with variables and strings, and the symbols that lead to them. */
#ifndef HR_TEST_IMAGE_FIXTURE_H
#define HR_TEST_IMAGE_FIXTURE_H

#include "fake.h"

#include "kernel/evidence.h"

#define BASE  GIB(16)
#define IMAGE (BASE + MIB(48)) /* PA of the kernel's image */

/* Offsets in the image, each on a page of its own. */
enum {
	REGS = 0x0000,
	ISAR0 = 0x1000,
	ISAR0_NAME = 0x2000,
	CAPS = 0x3000,
	CAPABILITY_NAME = 0x4000,
	OTHER_NAME = 0x5000,
	VARIABLES = 0x6000,
	CAPABILITIES = 0x8000, /* up to the end of the image */
	IMAGE_SIZE = 0x11000,
};

struct fixture {
	struct fake_kernel kernel;
	struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS];
};

/* A kernel of which no symbol is known, and whose image is empty. */
void set_up(struct fixture *fixture);
void tear_down(struct fixture *fixture);

uint64_t image_va(const struct fixture *fixture, uint64_t offset);
void put(struct fixture *fixture, uint64_t offset, uint64_t value);
void put_text(struct fixture *fixture, uint64_t offset, const char *text);

/* The symbol @name is found at @va. */
void know(struct fixture *fixture, const char *name, uint64_t va);

/* Where all text begins and ends. */
void know_all_text(struct fixture *fixture);

/* Write the list @symbol with @name as word @at, followed by the capability's @number. */
void put_capability(struct fixture *fixture, const char *symbol, const char *name, uint64_t at,
		    uint64_t number);

/* Write the bitmap @symbol, in which @number alone is enabled. */
void put_caps(struct fixture *fixture, const char *symbol, uint64_t number);

#endif
