/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that appears under its name when it is complete, or not at all. A process of its own keeps
 * it until then: the program that writes it may have no access to files by name, and may end at any
 * time. That process only knows its own arguments and one number, the size of the file.
 */
#ifndef HR_SAVED_FILE_H
#define HR_SAVED_FILE_H

#include <hotremove/hotremove.h>
#include <stdint.h>
#include <sys/types.h>

#include "os/link.h"

/* @fd is -1 if there is none. */
struct hr_saved_file {
	int fd; /* to write to, at any offset */
	struct hr_link keeper;
	pid_t pid;
};

#define HR_SAVED_FILE_NONE                                                                         \
	((struct hr_saved_file){                                                                   \
		.fd = -1,                                                                          \
		.keeper = HR_LINK_CLOSED,                                                          \
	})

/*
 * Prepare to save a file at @path that only its user can read. What is there stays until then.
 * Error HR_ERROR_OS: it cannot be created there, or what is there is not a regular file.
 */
struct hr_error *hr_saved_file_open(const char *path, struct hr_saved_file *ret);

/*
 * The first @size bytes of @file are all of it: give it its name, in the place of what has it.
 * Returns when it is on disk. Error HR_ERROR_OS.
 */
struct hr_error *hr_saved_file_commit(const struct hr_saved_file *file, uint64_t size);

/* Close @file, if it is open. Without a commit, nothing is left of it. */
void hr_saved_file_close(struct hr_saved_file *file);

#endif
