/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a word says about the file that it names: FILE, or FILE@PA for raw memory. */
#ifndef HR_NAMED_FILE_H
#define HR_NAMED_FILE_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stdint.h>

struct hr_named_file {
	char *path;  /* of the file */
	bool is_raw; /* it is raw memory that begins at @pa */
	uint64_t pa;
};

/*
 * Find out what @word names. It is FILE@PA if a number (cli/number.h) follows its last @, unless
 * there is a file with this whole name. The file need not exist. Release @ret in any case. Error
 * HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_named_file_parse(const char *word, struct hr_named_file *ret);
void hr_named_file_release(struct hr_named_file *file);

#endif
