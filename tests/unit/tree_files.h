/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A root directory with files of sysfs that a test has made up. */
#ifndef TREE_FILES_H
#define TREE_FILES_H

struct tree_files {
	char root[32];
};

void tree_files_create(struct tree_files *files);
void tree_files_destroy(const struct tree_files *files);

/* Make a file, or a symbolic link, at the path below the root, with the folders that lead there. */
void tree_files_put(const struct tree_files *files, const char *path, const char *text);
void tree_files_link(const struct tree_files *files, const char *path, const char *target);

/* Make a memory block as kernels show it; @device may be NULL. */
void tree_files_block(const struct tree_files *files, unsigned int number, const char *state,
		      const char *zones, unsigned int node, const char *device);

#endif
