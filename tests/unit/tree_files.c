// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree_files.h"

#include "fake.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PATH_SIZE = 512
};

void tree_files_create(struct tree_files *files)
{
	strcpy(files->root, "/tmp/hrc-tree-XXXXXX");
	assert_non_null(mkdtemp(files->root));
}

static int remove_one(const char *path, const struct stat *file, int type, struct FTW *ftw)
{
	(void)file;
	(void)type;
	(void)ftw;
	return remove(path);
}

void tree_files_destroy(const struct tree_files *files)
{
	nftw(files->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Make the folders on the way to @path, which is returned whole. */
static void make_way(const struct tree_files *files, const char *path, char whole[PATH_SIZE])
{
	snprintf(whole, PATH_SIZE, "%s/%s", files->root, path);
	for (char *slash = whole + strlen(files->root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(whole, 0700);
		*slash = '/';
	}
}

void tree_files_put(const struct tree_files *files, const char *path, const char *text)
{
	char whole[PATH_SIZE];
	FILE *file;

	make_way(files, path, whole);
	file = fopen(whole, "we");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

void tree_files_link(const struct tree_files *files, const char *path, const char *target)
{
	char whole[PATH_SIZE];

	make_way(files, path, whole);
	assert_int_equal(symlink(target, whole), 0);
}

void tree_files_block(const struct tree_files *files, unsigned int number, const char *state,
		      const char *zones, unsigned int node, const char *device)
{
	char path[128], target[128];

	snprintf(path, sizeof(path), "sys/devices/system/memory/memory%u/state", number);
	tree_files_put(files, path, state);
	snprintf(path, sizeof(path), "sys/devices/system/memory/memory%u/valid_zones", number);
	tree_files_put(files, path, zones);
	snprintf(path, sizeof(path), "sys/devices/system/memory/memory%u/node%u", number, node);
	snprintf(target, sizeof(target), "../../node/node%u", node);
	tree_files_link(files, path, target);
	if (!device)
		return;
	snprintf(path, sizeof(path), "sys/devices/system/memory/memory%u/firmware_node", number);
	snprintf(target, sizeof(target), "../../../LNXSYSTM:00/%s", device);
	tree_files_link(files, path, target);
}
