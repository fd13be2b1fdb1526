// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/file_part.h"

#include <inttypes.h>

#include "base/units.h"
#include "os/file_io.h"

struct hr_error *hr_file_part_read(int fd, void *buffer, size_t len, uint64_t offset)
{
	struct hr_error *error = hr_pread_all(fd, buffer, len, offset);

	if (error && error->code == HR_ERROR_UNREADABLE)
		error->code = HR_ERROR_INPUT;
	return error;
}

struct hr_error *hr_file_part_check(uint64_t file_size, const char *what, uint64_t offset,
				    uint64_t size)
{
	if (offset <= file_size && size <= file_size - offset)
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "it is truncated: %s to offset 0x%" PRIx64
			    ", but the file has %s; copy it again",
			    what, offset > UINT64_MAX - size ? UINT64_MAX : offset + size,
			    hr_count_text(file_size, "byte", "bytes").text);
}
