// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/named_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/number.h"

struct hr_error *hr_named_file_parse(const char *word, struct hr_named_file *ret)
{
	const char *at = strrchr(word, '@');

	*ret = (struct hr_named_file){ NULL, false, 0 };
	if (at && at != word && access(word, F_OK))
		ret->is_raw = hr_number_parse(at + 1, true, &ret->pa);
	ret->path = ret->is_raw ? strndup(word, (size_t)(at - word)) : strdup(word);
	return ret->path ? NULL : hr_error_no_memory();
}

void hr_named_file_release(struct hr_named_file *file)
{
	free(file->path);
	file->path = NULL;
}
