// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/assume.h"

#include <string.h>

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

static const struct {
	const char *key;
	const char *field; /* the word in braces (hotremove.h) that means it */
	bool (*assume)(struct hr_options *options, const char *value);
} rows[] = {
	{ "tlbi-range", "tlbi_range", assume_tlbi_range },
	{ "repeat-tlbi", "repeat_tlbi", assume_repeat_tlbi },
	{ "lpa2", "lpa2", assume_lpa2 },
	{ "teardown", "teardown", assume_teardown },
	{ "flush", "flush", assume_flush },
	{ "guard", "guard", assume_guard },
	{ "calls", "calls", assume_calls },
};

enum {
	ROWS = sizeof(rows) / sizeof(rows[0])
};

bool hr_assume(struct hr_options *options, const char *item)
{
	size_t len = strcspn(item, "=");

	if (!item[len])
		return false;
	for (size_t i = 0; i < ROWS; i++)
		if (hr_is_word(rows[i].key, item, len))
			return rows[i].assume(options, item + len + 1);
	return false;
}

const char *hr_assume_key(const char *field, size_t len)
{
	for (size_t i = 0; i < ROWS; i++)
		if (hr_is_word(rows[i].field, field, len))
			return rows[i].key;
	return NULL;
}
