// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_part.h"

#include <stdlib.h>

#include "base/error.h"

struct hr_error *hr_html_part_open(struct hr_html_part *part, size_t room)
{
	*part = (struct hr_html_part){ .room = room };
	part->stream = open_memstream(&part->text, &part->size);
	return part->stream ? NULL : hr_error_no_memory();
}

bool hr_html_part_has_room(const struct hr_html_part *part)
{
	long used = ftell(part->stream);

	return used >= 0 && (size_t)used < part->room;
}

struct hr_error *hr_html_part_copy(const struct hr_html_part *part, FILE *stream)
{
	if (ferror(part->stream) || fflush(part->stream))
		return hr_error_no_memory();
	fwrite(part->text, 1, part->size, stream);
	return NULL;
}

void hr_html_part_release(struct hr_html_part *part)
{
	if (part->stream)
		fclose(part->stream);
	free(part->text);
	*part = (struct hr_html_part){ 0 };
}
