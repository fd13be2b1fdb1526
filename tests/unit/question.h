/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that the core says about a range, asked in the program's order. */
#ifndef HR_TEST_QUESTION_H
#define HR_TEST_QUESTION_H

#include "leaf_check.h"
#include "search/nearest.h"
#include "search/suggest.h"

struct question {
	const struct hr_layout *layout;
	const struct hr_memory *memory;
	struct hr_pa_range range;
	enum hr_guard guard;
	bool without_sections;
	uint32_t ignored;
};

struct said {
	enum hr_verdict verdict;
	uint32_t codes; /* bit (1 << code) for each reason */
	uint64_t tlbi;	/* of the batched teardown */
	struct hr_nearest nearest;
};

/* Ask, with a walker and sections created for this question. Errors: HR_ERROR_NO_MEMORY. */
struct hr_error *question_ask(const struct question *question, struct said *ret);

/* Ask which ranges of at least the size of @question's range can be removed. Errors as above. */
struct hr_error *question_suggest(const struct question *question, struct hr_suggestions *ret);

#endif
