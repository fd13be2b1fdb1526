/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel that is checked, and the reasons that were found. */
#ifndef HR_TEST_CHECK_FIXTURE_H
#define HR_TEST_CHECK_FIXTURE_H

#include "fake.h"

#include "check/check.h"

#define BASE GIB(16)	      /* PA: start of the memory from boot */
#define HOT  (BASE + GIB(16)) /* PA: where memory is added */

enum {
	SHAPE_4K = 1,
	SHAPE_16K = 5,
	SHAPE_64K = 10,
};

struct fixture {
	struct fake_kernel kernel;
	struct hr_walker *walker;
	struct hr_sections *sections;
	struct hr_check check;
	struct hr_check_result result;
};

/* A test that has a struct fixture as its state, of a kernel with 4K pages. */
#define test_of_kernel(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

/* A kernel with its boot memory mapped, in which mem_section lies, and nothing else. */
int set_up(void **state);
int tear_down(void **state);

/* The same with another kernel, of the geometry of @shape. */
void start_over(struct fixture *fixture, size_t shape);

/* Keep no reasons, and say which range [@pa, @pa + @size) is. */
struct hr_pa_range begin_check(struct fixture *fixture, uint64_t pa, uint64_t size);

/* What the reasons amount to. */
enum hr_verdict verdict_of(const struct fixture *fixture);

/* The first reason of @code, NULL if there is none. */
const struct hr_reason *find_reason(const struct fixture *fixture, enum hr_reason_code code);

/* There is a reason of @code, and the first one says @part. */
void assert_reason(const struct fixture *fixture, enum hr_reason_code code, const char *part);

/* The only reason there is has @code and says @part. */
void assert_only(const struct fixture *fixture, enum hr_reason_code code, const char *part);

/* There is no reason. */
void assert_nothing(const struct fixture *fixture);

#endif
