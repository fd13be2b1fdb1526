// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/argument.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cli/named_file.h"
#include "cli/range_text.h"

static bool looks_like_range(const char *text)
{
	return isdigit((unsigned char)text[0]) || !strncmp(text, "memory", strlen("memory"));
}

/* Whether a file exists that may not be looked at shows when it is opened. */
static bool is_missing(const char *path)
{
	return access(path, F_OK) && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG);
}

static struct hr_error *find_file(const char *word, bool *ret)
{
	_cleanup_(hr_named_file_release) struct hr_named_file file;
	struct hr_error *error = hr_named_file_parse(word, &file);

	if (!error)
		*ret = !strcmp(word, "-") || !is_missing(file.path);
	return error;
}

static struct hr_error *is_neither(const char *word)
{
	return hr_error_new(HR_ERROR_USAGE,
			    "'%.100s' is neither a range nor a file that exists: a range is "
			    "START-END (END is inclusive), START+SIZE or memoryN; a file is a "
			    "dump, FILE@PA for raw memory, or a text of kernel_page_tables",
			    word);
}

struct hr_error *hr_argument_take(struct hr_options *options, const char *word)
{
	_cleanup_free_ char *text = strdup(word);
	_cleanup_(hr_cleanup_error) struct hr_error *no_range = NULL;
	struct hr_range_spec spec;
	struct hr_error *error;
	bool is_file = false;

	if (!text)
		return hr_error_no_memory();
	hr_range_text_clean(text);
	no_range = hr_range_spec_parse(text, &spec);
	if (!no_range)
		return hr_options_add_range(options, text);
	if (no_range->code != HR_ERROR_USAGE)
		return hr_take(no_range);
	error = find_file(word, &is_file);
	if (error)
		return error;
	if (is_file)
		return hr_options_add_source(options, HR_SOURCE_BY_CONTENT, word);
	return looks_like_range(text) ? hr_take(no_range) : is_neither(word);
}
