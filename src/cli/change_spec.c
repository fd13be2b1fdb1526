// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/change_spec.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/range_text.h"

#define CALLS "calls="

/* How memory is added, by a word after the range. */
static struct hr_error *parse_word(const char *word, struct hr_change_spec *spec)
{
	if (!strcmp(word, "memmap-on-memory")) {
		spec->memmap_on_memory = true;
		return NULL;
	}
	if (!strncmp(word, CALLS, strlen(CALLS)) &&
	    hr_calls_parse(word + strlen(CALLS), &spec->calls))
		return NULL;
	return hr_error_new(HR_ERROR_USAGE,
			    "'%.64s' does not say how memory is added: write memmap-on-memory, "
			    "calls=range or calls=block",
			    word);
}

static struct hr_error *take_release(const char *text, struct hr_change_spec *spec)
{
	size_t len = strlen(text);

	if (!len || len >= sizeof(spec->release))
		return hr_error_new(HR_ERROR_USAGE,
				    "a release has 1 to %zu characters, as uname -r prints it",
				    sizeof(spec->release) - 1);
	memcpy(spec->release, text, len + 1);
	return NULL;
}

static struct hr_error *parse_memory(const char *text, enum hr_predicted_kind kind,
				     struct hr_change_spec *ret)
{
	_cleanup_free_ char *copy = strdup(text);
	char *rest = copy, *word;
	struct hr_error *error;

	if (!copy)
		return hr_error_no_memory();
	word = kind == HR_PREDICTED_ADDED ? strsep(&rest, ",") : rest;
	hr_range_text_clean(word);
	error = hr_range_spec_parse(word, &ret->range);
	while (!error && kind == HR_PREDICTED_ADDED && (word = strsep(&rest, ",")))
		error = parse_word(word, ret);
	if (!error && ret->memmap_on_memory && ret->calls == HR_CALLS_RANGE)
		error = hr_error_new(HR_ERROR_USAGE,
				     "with memmap-on-memory the kernel adds memory block by block: "
				     "calls=range contradicts it");
	return error;
}

struct hr_error *hr_change_spec_parse(const char *text, enum hr_predicted_kind kind,
				      struct hr_change_spec *ret)
{
	*ret = (struct hr_change_spec){ .kind = kind };
	return kind == HR_PREDICTED_RELEASE ? take_release(text, ret)
					    : parse_memory(text, kind, ret);
}
