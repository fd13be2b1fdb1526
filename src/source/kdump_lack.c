// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_lack.h"

#include <hotremove/hotremove.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *are(uint64_t count)
{
	return count == 1 ? "is" : "are";
}

/* Pages that the files should have. */
static struct hr_error *find_missing_pages(const struct hr_kdump_set *set,
					   struct hr_incomplete *ret)
{
	uint64_t all = 0, missing = 0, bytes = 0;
	bool is_cut = false;

	for (size_t i = 0; i < set->count; i++) {
		struct hr_kdump_lack lack;
		struct hr_error *error = hr_kdump_pages_lack(set->pages[i], &lack);

		if (error)
			return error;
		if (set->headers[i].is_flagged)
			hr_incomplete_because(ret, HR_INCOMPLETE_NO_SPACE);
		is_cut |= set->headers[i].is_cut;
		all += hr_kdump_pages_count(set->pages[i]);
		missing += lack.pages;
		if (__builtin_add_overflow(bytes, lack.bytes, &bytes))
			bytes = UINT64_MAX;
	}
	if (missing && missing == all)
		return hr_error_new(HR_ERROR_INPUT,
				    "it is truncated before its first page; copy it again");
	if (missing)
		hr_incomplete_add(ret, is_cut ? UINT64_MAX : bytes,
				  "%" PRIu64 " of its %" PRIu64 " pages %s missing", missing, all,
				  are(missing));
	else if (is_cut)
		hr_incomplete_add(ret, UINT64_MAX, "its end is missing");
	return NULL;
}

static int compare_headers(const void *a, const void *b)
{
	const struct hr_kdump_header *left = a, *right = b;

	return (left->pfn_first > right->pfn_first) - (left->pfn_first < right->pfn_first);
}

/* Count pages of the set that belong to none of its files. */
static struct hr_error *count_other_pages(const struct hr_kdump_set *set, uint64_t *ret)
{
	struct hr_kdump_header sorted[HR_SPLIT_MAX];
	struct hr_error *error = NULL;
	uint64_t end = 0, count;

	*ret = 0;
	memcpy(sorted, set->headers, sizeof(sorted));
	qsort(sorted, set->count, sizeof(*sorted), compare_headers);
	for (size_t i = 0; !error && i <= set->count; i++) {
		uint64_t next = i < set->count ? sorted[i].pfn_first : UINT64_MAX;

		if (next > end) {
			error = hr_kdump_pages_between(set->fds[0], &set->headers[0], end, next,
						       &count);
			*ret += count;
		}
		if (i < set->count && sorted[i].pfn_end > end)
			end = sorted[i].pfn_end;
	}
	return error;
}

struct hr_error *hr_kdump_lack_find(const struct hr_kdump_set *set, struct hr_incomplete *ret)
{
	uint64_t others = 0;
	struct hr_error *error = find_missing_pages(set, ret);

	if (!error)
		error = count_other_pages(set, &others);
	if (!error && others)
		hr_incomplete_add(ret, UINT64_MAX, "%" PRIu64 " %s in files that were not given",
				  others, others == 1 ? "page is" : "pages are");
	return error;
}
