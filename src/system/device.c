// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/device.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The list of such devices, and how their names begin. */
static const struct {
	const char *name, *prefix;
	enum hr_tree_file list;
} kinds[HR_DEVICE_KINDS] = {
	[HR_DEVICE_OTHER] = { "other", NULL, HR_TREE_FILES },
	[HR_DEVICE_DIMM] = { "DIMM", "PNP0C80:", HR_TREE_DIMMS },
	[HR_DEVICE_VIRTIO_MEM] = { "virtio-mem", "virtio", HR_TREE_VIRTIO_MEMS },
	[HR_DEVICE_DAX] = { "DAX", "dax", HR_TREE_DAXES },
};

enum hr_device_kind hr_device_kind_of(const char *name)
{
	for (enum hr_device_kind kind = 0; kind < HR_DEVICE_KINDS; kind++) {
		const char *prefix = kinds[kind].prefix;

		if (prefix && !strncmp(name, prefix, strlen(prefix)))
			return kind;
	}
	return HR_DEVICE_OTHER;
}

const char *hr_device_kind_name(enum hr_device_kind kind)
{
	return kinds[kind].name;
}

void hr_device_text(const struct hr_tree *tree, enum hr_tree_file file, const char *name, char *ret,
		    size_t size)
{
	struct hr_tree_question question = { .file = file };
	char text[HR_TREE_TEXT];
	size_t len;

	ret[0] = '\0';
	if (!hr_tree_is_name(name))
		return;
	snprintf(question.name, HR_TREE_NAME, "%s", name);
	len = hr_tree_ask(tree, &question, text);
	if (len && text[len - 1] == '\n')
		len--;
	if (len < size && !memchr(text, '\0', len))
		snprintf(ret, size, "%.*s", (int)len, text);
}

/* Of an ACPI device that is there and works, all four low bits are set (_STA). */
static bool is_there(const struct hr_tree *tree, enum hr_device_kind kind, const char *name)
{
	char status[16];

	if (kind != HR_DEVICE_DIMM)
		return true;
	hr_device_text(tree, HR_TREE_DIMM_STATUS, name, status, sizeof(status));
	return !strcmp(status, "15");
}

struct listing {
	const struct hr_tree *tree;
	enum hr_device_kind kind;
	struct hr_error *(*fn)(void *context, const char *name);
	void *context;
};

/* Pass on the names in @text, whose lines it cuts. *@ret_count is their number. */
static struct hr_error *pass_names(const struct listing *listing, char *text, uint32_t *ret_count)
{
	struct hr_error *error = NULL;
	char *name, *rest = text;

	*ret_count = 0;
	while (!error && (name = strsep(&rest, "\n")) && rest) {
		++*ret_count;
		if (hr_tree_is_name(name) && is_there(listing->tree, listing->kind, name))
			error = listing->fn(listing->context, name);
	}
	return error;
}

static struct hr_error *list_kind(const struct listing *listing)
{
	struct hr_tree_question question = { .file = kinds[listing->kind].list };
	struct hr_error *error = NULL;
	char text[HR_TREE_TEXT + 1];
	uint32_t count = 1;

	while (!error && count && question.first < HR_DEVICES_MAX) {
		text[hr_tree_ask(listing->tree, &question, text)] = '\0';
		error = pass_names(listing, text, &count);
		question.first += count;
	}
	return error;
}

struct hr_error *hr_devices_list(const struct hr_tree *tree,
				 struct hr_error *(*fn)(void *context, const char *name),
				 void *context)
{
	struct listing listing = { tree, HR_DEVICE_DIMM, fn, context };
	struct hr_error *error = NULL;

	for (; !error && listing.kind < HR_DEVICE_KINDS; listing.kind++)
		error = list_kind(&listing);
	return error;
}
