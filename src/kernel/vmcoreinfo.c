// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/vmcoreinfo.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/pointer.h"
#include "base/cleanup.h"

/* Lines are sorted by key, so that a hostile note of many lines costs only a sort. */
struct line {
	const char *key;
	const char *value;
};

struct hr_vmcoreinfo {
	char *text;
	struct line *lines;
	size_t count;
	struct hr_vmcoreinfo *fallback; /* NULL: none */
};

static int compare_lines(const void *a, const void *b)
{
	return strcmp(((const struct line *)a)->key, ((const struct line *)b)->key);
}

static size_t count_lines(const char *text)
{
	size_t count = 1;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

/* Split the text into keys and values. Lines without '=' are ignored. */
static void split_lines(struct hr_vmcoreinfo *info)
{
	char *save = NULL;

	for (char *line = strtok_r(info->text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *equals = strchr(line, '=');

		if (!equals)
			continue;
		*equals = '\0';
		info->lines[info->count++] = (struct line){ line, equals + 1 };
	}
}

static struct hr_error *check_duplicates(const struct hr_vmcoreinfo *info)
{
	for (size_t i = 1; i < info->count; i++) {
		const struct line *a = &info->lines[i - 1], *b = &info->lines[i];

		if (!strcmp(a->key, b->key) && strcmp(a->value, b->value))
			return hr_error_new(
				HR_ERROR_INPUT,
				"VMCOREINFO contradicts itself: %.64s is both %.64s and "
				"%.64s",
				a->key, a->value, b->value);
	}
	return NULL;
}

struct hr_error *hr_vmcoreinfo_create(const char *text, size_t len, struct hr_vmcoreinfo **ret)
{
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = NULL;
	struct hr_error *error;

	if (len > HR_VMCOREINFO_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "VMCOREINFO of %zu bytes is larger than the limit of %d", len,
				    HR_VMCOREINFO_MAX);
	info = calloc(1, sizeof(*info));
	if (!info)
		return hr_error_no_memory();
	info->text = strndup(text, len);
	if (!info->text)
		return hr_error_no_memory();
	info->lines = calloc(count_lines(info->text), sizeof(*info->lines));
	if (!info->lines)
		return hr_error_no_memory();
	split_lines(info);
	qsort(info->lines, info->count, sizeof(*info->lines), compare_lines);
	error = check_duplicates(info);
	if (error)
		return error;
	*ret = hr_take(info);
	return NULL;
}

void hr_vmcoreinfo_destroy(struct hr_vmcoreinfo *info)
{
	if (!info)
		return;
	hr_vmcoreinfo_destroy(info->fallback);
	free(info->lines);
	free(info->text);
	free(info);
}

const char *hr_vmcoreinfo_get(const struct hr_vmcoreinfo *info, const char *key)
{
	const struct line wanted = { .key = key };

	for (; info; info = info->fallback) {
		const struct line *found = bsearch(&wanted, info->lines, info->count,
						   sizeof(*info->lines), compare_lines);

		if (found)
			return found->value;
	}
	return NULL;
}

void hr_vmcoreinfo_set_fallback(struct hr_vmcoreinfo *info, struct hr_vmcoreinfo *fallback)
{
	info->fallback = fallback;
}

static bool is_pointer(const char *key)
{
	return !strncmp(key, "SYMBOL(", 7);
}

static int radix_of(const char *key, const char *value)
{
	if (is_pointer(key) || !strcmp(key, "KERNELOFFSET"))
		return 16;
	return value[0] == '0' && (value[1] == 'x' || value[1] == 'X') ? 16 : 10;
}

struct hr_error *hr_vmcoreinfo_number(const struct hr_vmcoreinfo *info, const char *key,
				      bool *ret_found, uint64_t *ret)
{
	const char *value = hr_vmcoreinfo_get(info, key);
	bool is_signed;
	uint64_t number;
	int radix;
	char *end;

	*ret_found = false;
	if (!value)
		return NULL;
	radix = radix_of(key, value);
	is_signed = radix == 10 && value[0] == '-';
	errno = 0;
	if (is_signed)
		number = (uint64_t)strtoll(value, &end, radix);
	else
		number = strtoull(value, &end, radix);
	if (errno || end == value || *end || (!is_signed && !isxdigit((unsigned char)value[0])))
		return hr_error_new(HR_ERROR_INPUT,
				    "VMCOREINFO says %s=%.64s, which is not a number", key, value);
	*ret_found = true;
	*ret = is_pointer(key) ? hr_untagged(number) : number;
	return NULL;
}
