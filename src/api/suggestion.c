// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "api/answer.h"
#include "api/kernel_views.h"
#include "base/cleanup.h"
#include "search/suggest.h"

static uint64_t next_block(void *context, uint64_t start, bool *ret_unread)
{
	const struct hr_kernel *kernel = context;

	hr_kernel_progress(kernel, start);
	return hr_kernel_next_block(kernel, start, ret_unread);
}

/*
 * Is @suggestion removable when it is checked by itself? On a running kernel that may have changed.
 * If it is removable, it gets the plan's exact figures.
 */
static struct hr_error *confirm(struct hr_kernel *kernel, struct hr_suggestion *suggestion,
				enum hr_verdict *ret)
{
	_cleanup_(hr_cleanup_answer) struct hr_answer *answer = NULL;
	struct hr_error *error;

	*ret = HR_VERDICT_UNKNOWN;
	error = hr_answer_create(kernel, &suggestion->range, HR_DEPTH_PLAN, &answer);
	if (error)
		return error;
	*ret = answer->verdict;
	suggestion->tlbi = hr_answer_tlbi(kernel, answer);
	return NULL;
}

static struct hr_error *confirm_all(struct hr_kernel *kernel, struct hr_suggestions *suggestions)
{
	struct hr_suggestion largest = { .range = suggestions->largest };
	size_t count = suggestions->count;
	struct hr_error *error = NULL;
	enum hr_verdict verdict;

	suggestions->count = 0;
	for (size_t i = 0; !error && i < count; i++) {
		error = confirm(kernel, &suggestions->list[i], &verdict);
		suggestions->unread |= verdict == HR_VERDICT_UNKNOWN;
		if (verdict == HR_VERDICT_REMOVABLE)
			suggestions->list[suggestions->count++] = suggestions->list[i];
	}
	hr_suggest_sort(suggestions);
	if (error || suggestions->count || !suggestions->has_largest)
		return error;
	error = confirm(kernel, &largest, &verdict);
	suggestions->has_largest = verdict == HR_VERDICT_REMOVABLE;
	return error;
}

struct hr_error *hr_kernel_suggest(struct hr_kernel *kernel, uint64_t size,
				   struct hr_suggestions *ret)
{
	const struct hr_check check = hr_kernel_check(kernel);
	const struct hr_guard_check guard = hr_kernel_guard(kernel);
	const struct hr_teardown_form form = hr_kernel_teardown(kernel);
	const struct hr_suggest_query query = {
		.check = &check,
		.guard = &guard,
		.form = &form,
		.size = size,
		.next_block = next_block,
		.context = kernel,
	};
	struct hr_error *error = hr_kernel_check_purpose(kernel);

	*ret = (struct hr_suggestions){ .count = 0 };
	if (!error && !size)
		error = hr_error_new(HR_ERROR_USAGE, "a range has at least one byte");
	if (!error)
		error = hr_suggest_find(&query, ret);
	return error ? error : confirm_all(kernel, ret);
}
