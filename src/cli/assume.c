// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/assume.h"

#include <string.h>

#include "base/error.h"
#include "base/text_append.h"
#include "base/names.h"

static bool parse_flag(const char *value, enum hr_given *ret)
{
	if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
		return false;
	*ret = value[0] == '1' ? HR_GIVEN_YES : HR_GIVEN_NO;
	return true;
}

static bool assume_tlbi_range(struct hr_options *options, const char *value)
{
	return parse_flag(value, &options->tlbi_range);
}

static bool assume_repeat_tlbi(struct hr_options *options, const char *value)
{
	return parse_flag(value, &options->repeat_tlbi);
}

static bool assume_lpa2(struct hr_options *options, const char *value)
{
	enum hr_given lpa2;

	if (!parse_flag(value, &lpa2))
		return false;
	options->overrides.set[HR_OVERRIDE_LPA2] = true;
	options->overrides.value[HR_OVERRIDE_LPA2] = lpa2 == HR_GIVEN_YES;
	return true;
}

static bool assume_teardown(struct hr_options *options, const char *value)
{
	return hr_teardown_parse(value, &options->teardown);
}

static bool assume_flush(struct hr_options *options, const char *value)
{
	return hr_flush_parse(value, &options->flush);
}

static bool assume_guard(struct hr_options *options, const char *value)
{
	return hr_guard_parse(value, &options->guard);
}

static bool assume_calls(struct hr_options *options, const char *value)
{
	return hr_calls_parse(value, &options->calls);
}

static bool assume_mapping(struct hr_options *options, const char *value)
{
	return hr_mapping_parse(value, &options->mapping);
}

static const struct {
	const char *key;
	const char *field; /* the word in braces (hotremove.h) that means it */
	const char *values;
	bool (*assume)(struct hr_options *options, const char *value);
} rows[] = {
	{ "tlbi-range", "tlbi_range", "0 or 1", assume_tlbi_range },
	{ "repeat-tlbi", "repeat_tlbi", "0 or 1", assume_repeat_tlbi },
	{ "lpa2", "lpa2", "0 or 1", assume_lpa2 },
	{ "teardown", "teardown", "per-leaf, batched-wide or batched", assume_teardown },
	{ "flush", "flush", "page-loop or range-ops", assume_flush },
	{ "guard", "guard", "none, next-range or requested", assume_guard },
	{ "mapping", "mapping", "pages or blocks", assume_mapping },
	{ "calls", "calls", "range or block", assume_calls },
};

enum {
	ROWS = sizeof(rows) / sizeof(rows[0])
};

static struct hr_error *unknown_key(const char *item)
{
	char keys[128] = "";

	for (size_t i = 0; i < ROWS; i++)
		hr_text_append(keys, sizeof(keys), i + 1 == ROWS ? " and " : ", ", rows[i].key);
	return hr_error_new(HR_ERROR_USAGE, "--assume=%.64s: there is no such key; the keys are %s",
			    item, keys);
}

struct hr_error *hr_assume(struct hr_options *options, const char *item)
{
	size_t len = strcspn(item, "="), i = 0;

	while (i < ROWS && !hr_is_word(rows[i].key, item, len))
		i++;
	if (i == ROWS)
		return unknown_key(item);
	if (item[len] && rows[i].assume(options, item + len + 1))
		return NULL;
	return hr_error_new(HR_ERROR_USAGE, "--assume=%.64s: the value of %s is %s", item,
			    rows[i].key, rows[i].values);
}

const char *hr_assume_key(const char *field, size_t len)
{
	for (size_t i = 0; i < ROWS; i++)
		if (hr_is_word(rows[i].field, field, len))
			return rows[i].key;
	return NULL;
}
