// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/refusal.h"

#include <string.h>

#include "base/error.h"

/* How many options a name may mean, and one of them. */
struct found {
	const struct hr_option *option;
	size_t count;
};

/* The whole name of one option may be the beginning of others. */
static struct found find_name(const struct hr_option *rows, size_t count, const char *name,
			      size_t len)
{
	struct found found = { 0 };

	for (size_t row = 0; row < count; row++) {
		if (strncmp(rows[row].name, name, len) != 0)
			continue;
		if (!rows[row].name[len])
			return (struct found){ &rows[row], 1 };
		found.option = &rows[row];
		found.count++;
	}
	return found;
}

static const struct hr_option *find_letter(const struct hr_option *rows, size_t count, int letter)
{
	for (size_t row = 0; row < count; row++)
		if (letter && rows[row].letter == letter)
			return &rows[row];
	return NULL;
}

static struct hr_error *needs_value(const struct hr_option *option)
{
	return hr_error_new(HR_ERROR_USAGE, "option '--%s' needs a value: %s", option->name,
			    option->value);
}

/* @word has two dashes, and may have a value. */
static struct hr_error *explain_name(const struct hr_option *rows, size_t count, const char *word)
{
	size_t len = strcspn(word + 2, "=");
	struct found found = find_name(rows, count, word + 2, len);

	if (!found.count)
		return hr_error_new(HR_ERROR_USAGE, "'%.100s' is not an option: see --help", word);
	if (found.count > 1)
		return hr_error_new(HR_ERROR_USAGE,
				    "'%.100s' is the beginning of more than one option: see --help",
				    word);
	if (word[2 + len])
		return hr_error_new(HR_ERROR_USAGE, "option '--%s' takes no value",
				    found.option->name);
	return needs_value(found.option);
}

/* The letters of @word are taken one after the other: the first that cannot be is refused. */
static struct hr_error *explain_letters(const struct hr_option *rows, size_t count,
					const char *word, const char **rest)
{
	const char *letter = word + 1;
	const struct hr_option *option = find_letter(rows, count, *letter);

	while (option && !option->value && letter[1])
		option = find_letter(rows, count, *++letter);
	*rest = letter + 1;
	if (option)
		return needs_value(option);
	return hr_error_new(HR_ERROR_USAGE, "'-%c' is not an option: see --help", *letter);
}

struct hr_error *hr_refusal_explain(const struct hr_option *rows, size_t count, const char *word,
				    const char **rest)
{
	*rest = "";
	return word[1] == '-' ? explain_name(rows, count, word)
			      : explain_letters(rows, count, word, rest);
}
