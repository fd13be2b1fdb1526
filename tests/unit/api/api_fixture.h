/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole kernel: its memory, its note, and what hr_kernel_create() makes of them. */
#ifndef HR_TEST_API_FIXTURE_H
#define HR_TEST_API_FIXTURE_H

#include "fake.h"

#include "api/kernel.h"

#define BASE  GIB(16)	       /* PA: start of the memory from boot, of 1 GiB */
#define HOT   (BASE + GIB(16)) /* PA: where memory is added */
#define BLOCK MIB(128)

enum {
	SHAPE_4K = 1 /* of fake_shapes: 48 bits of VA */
};

struct fixture {
	struct fake_kernel fake;
	struct fake_note note;
	struct hr_config config;
	struct hr_kernel *kernel; /* NULL until it is made */
};

/* A test that has a struct fixture as its state. */
#define test_of_kernel(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

/*
 * Memory, a note, and a configuration that asks for everything of a kernel 7.2.12 with 4K pages and
 * memory from boot alone.
 */
int set_up(void **state);
/* The same of the shape of that number, with memory blocks of a section. */
int set_up_shape(void **state, size_t shape);
/* The same with a linear map that begins at PA @memstart, and with struct pages of this size. */
int set_up_at(void **state, size_t shape, uint64_t memstart, uint64_t struct_page_size);
int tear_down(void **state);

/* Set @key of the note. */
void set_note(struct fixture *fixture, const char *key, const char *value);

/* Make the kernel as it is configured; it takes the place of the one before. */
struct hr_error *create_kernel(struct fixture *fixture);

/* The same, which succeeds. */
struct hr_kernel *make_kernel(struct fixture *fixture);

/* 1 GiB of hot-added memory by leaves of @kind, and the kernel of it all. */
struct hr_kernel *add_memory(struct fixture *fixture, enum fake_kind kind);

/* Ask about [@start, @start + @size). The caller destroys the answer. */
struct hr_answer *ask(struct fixture *fixture, uint64_t start, uint64_t size, enum hr_depth depth);

/* Does a warning of the kernel say @part? */
bool warns_of(const struct fixture *fixture, const char *part);

#endif
