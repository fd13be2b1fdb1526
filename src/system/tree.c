// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

enum {
	ENTRIES_BYTES = 4096,
	ENTRIES_MAX = 1 << 20, /* of a folder: what comes after them is not looked at */
};

/* What a row's path names. */
enum form {
	FOLDER_OF_BLOCK,
	LIST, /* a folder, of whose entries those count that begin with the word */
	TEXT, /* a file */
	LINK, /* a symbolic link */
};

/* The path has a place for the name in the question. */
static const struct {
	const char *path, *word;
	enum form form;
} rows[HR_TREE_FILES] = {
	[HR_TREE_BLOCK] = { "devices/system/memory/memory", NULL, FOLDER_OF_BLOCK },
	[HR_TREE_DIMMS] = { "bus/acpi/devices", "PNP0C80:", LIST },
	[HR_TREE_DIMM_STATUS] = { "bus/acpi/devices/*/status", NULL, TEXT },
	[HR_TREE_VIRTIO_MEMS] = { "bus/virtio/drivers/virtio_mem", "virtio", LIST },
	[HR_TREE_DAXES] = { "bus/dax/devices", "dax", LIST },
	[HR_TREE_DAX_DRIVER] = { "bus/dax/devices/*/driver", NULL, LINK },
	[HR_TREE_DAX_ON_MEMORY] = { "bus/dax/devices/*/memmap_on_memory", NULL, TEXT },
	[HR_TREE_DAX_STATE] = { "bus/dax/devices/*/state", NULL, TEXT },
	[HR_TREE_NODES] = { "devices/system/node", "node", LIST },
	[HR_TREE_NODE_MEMINFO] = { "devices/system/node/*/meminfo", NULL, TEXT },
};

bool hr_tree_is_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789:._-");

	return len && len < HR_TREE_NAME && !name[len] && name[0] != '.';
}

/* A pipe or a device in a tree that somebody has made up must not make us wait. */
static int open_below(int folder, const char *path, int flags)
{
	return openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
}

static size_t read_text(int folder, const char *path, char *text, size_t size)
{
	_cleanup_close_ int fd = open_below(folder, path, 0);
	ssize_t len = fd < 0 ? 0 : read(fd, text, size);

	return len > 0 ? (size_t)len : 0;
}

/* The last part of what a symbolic link names. */
static size_t read_link(int folder, const char *path, char *text, size_t size)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(folder, path, target, sizeof(target) - 1);
	const char *name;
	size_t name_len;

	if (len <= 0)
		return 0;
	target[len] = '\0';
	name = strrchr(target, '/');
	name = name ? name + 1 : target;
	name_len = strlen(name);
	if (name_len > size)
		return 0;
	memcpy(text, name, name_len);
	return name_len;
}

/* Takes the name of an entry; returns false if no more are wanted. */
typedef bool entry_fn(void *context, const char *name);

/* opendir(3) makes a call that the sandbox forbids: see fstat.c. */
static void read_entries(int folder, entry_fn *fn, void *context)
{
	char buffer[ENTRIES_BYTES] __attribute__((aligned(__alignof__(struct dirent64))));
	unsigned int count = 0;
	ssize_t len;

	while ((len = getdents64(folder, buffer, sizeof(buffer))) > 0) {
		for (const char *at = buffer; at < buffer + len;
		     at += ((const struct dirent64 *)at)->d_reclen) {
			if (++count > ENTRIES_MAX ||
			    !fn(context, ((const struct dirent64 *)at)->d_name))
				return;
		}
	}
}

struct list {
	const char *word;
	uint32_t first; /* names that are still to be left out */
	char *text;
	size_t len;
};

static bool add_to_list(void *context, const char *name)
{
	struct list *list = context;
	size_t len = strlen(name);

	if (strncmp(name, list->word, strlen(list->word)) != 0 || !hr_tree_is_name(name))
		return true;
	if (list->first) {
		list->first--;
		return true;
	}
	if (list->len + len + 1 > HR_TREE_TEXT)
		return false;
	memcpy(list->text + list->len, name, len);
	list->text[list->len + len] = '\n';
	list->len += len + 1;
	return true;
}

static size_t read_list(const char *path, struct list *list)
{
	_cleanup_close_ int fd = open_below(AT_FDCWD, path, O_DIRECTORY);

	if (fd >= 0)
		read_entries(fd, add_to_list, list);
	return list->len;
}

static bool find_node(void *context, const char *name)
{
	struct hr_block_text *text = context;
	size_t len = strlen(name);

	if (strncmp(name, "node", 4) != 0 || len >= sizeof(text->node))
		return true;
	memcpy(text->node, name, len);
	return false;
}

/* One byte of each text stays zero, its end. */
static void read_block(const char *path, struct hr_block_text *ret)
{
	_cleanup_close_ int fd = open_below(AT_FDCWD, path, O_DIRECTORY);

	*ret = (struct hr_block_text){ .state = "" };
	if (fd < 0)
		return;
	read_text(fd, "state", ret->state, sizeof(ret->state) - 1);
	read_text(fd, "valid_zones", ret->zones, sizeof(ret->zones) - 1);
	read_link(fd, "firmware_node", ret->device, sizeof(ret->device) - 1);
	read_entries(fd, find_node, ret);
}

/* The path of @question, in which the name takes the place of a star. Returns false if too long. */
static bool find_path(const char *root, const struct hr_tree_question *question,
		      char path[PATH_MAX])
{
	const char *row = rows[question->file].path, *star = strchr(row, '*');
	int len;

	if (rows[question->file].form == FOLDER_OF_BLOCK)
		len = snprintf(path, PATH_MAX, "%s/sys/%s%" PRIu64, root, row, question->number);
	else if (star)
		len = snprintf(path, PATH_MAX, "%s/sys/%.*s%s%s", root, (int)(star - row), row,
			       question->name, star + 1);
	else
		len = snprintf(path, PATH_MAX, "%s/sys/%s", root, row);
	return len < PATH_MAX;
}

static size_t answer(const char *root, const struct hr_tree_question *question, char *text)
{
	struct list list = {
		.word = rows[question->file].word,
		.first = question->first,
		.text = text,
	};
	struct hr_block_text block;
	char path[PATH_MAX];

	if (!find_path(root, question, path))
		return 0;
	switch (rows[question->file].form) {
	case FOLDER_OF_BLOCK:
		read_block(path, &block);
		memcpy(text, &block, sizeof(block));
		return sizeof(block);
	case LIST:
		return read_list(path, &list);
	case TEXT:
		return read_text(AT_FDCWD, path, text, HR_TREE_TEXT);
	case LINK:
		return read_link(AT_FDCWD, path, text, HR_TREE_TEXT);
	}
	return 0;
}

static bool is_question(const struct hr_tree_question *question)
{
	return question->file < HR_TREE_FILES &&
	       memchr(question->name, '\0', sizeof(question->name)) &&
	       (!question->name[0] || hr_tree_is_name(question->name));
}

size_t hr_tree_ask(const struct hr_tree *tree, const struct hr_tree_question *question, void *text)
{
	uint32_t len;

	if (!is_question(question))
		return 0;
	if (!tree->link || !hr_link_is_open(tree->link))
		return answer(tree->root, question, text);
	if (!hr_link_send(tree->link, question, sizeof(*question)) ||
	    hr_link_receive(tree->link, &len, sizeof(len)) != HR_LINK_RECEIVED ||
	    len > HR_TREE_TEXT ||
	    (len && hr_link_receive(tree->link, text, len) != HR_LINK_RECEIVED))
		return 0;
	return len;
}

void hr_tree_ask_block(const struct hr_tree *tree, uint64_t number, struct hr_block_text *ret)
{
	const struct hr_tree_question question = { .file = HR_TREE_BLOCK, .number = number };
	char text[HR_TREE_TEXT];

	*ret = (struct hr_block_text){ .state = "" };
	if (hr_tree_ask(tree, &question, text) != sizeof(*ret))
		return;
	memcpy(ret, text, sizeof(*ret));
	ret->state[sizeof(ret->state) - 1] = '\0';
	ret->zones[sizeof(ret->zones) - 1] = '\0';
	ret->node[sizeof(ret->node) - 1] = '\0';
	ret->device[sizeof(ret->device) - 1] = '\0';
}

bool hr_tree_serve(const char *root, const struct hr_link *link)
{
	struct hr_tree_question question;
	struct {
		uint32_t len;
		char text[HR_TREE_TEXT];
	} reply;

	if (hr_link_receive(link, &question, sizeof(question)) != HR_LINK_RECEIVED ||
	    !is_question(&question))
		return false;
	reply.len = (uint32_t)answer(root, &question, reply.text);
	return hr_link_send(link, &reply, sizeof(reply.len) + reply.len);
}
