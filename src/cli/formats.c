// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/formats.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "kcore_reader.h"
#include "source/flattened.h"
#include "source/kdump_reader.h"

static const struct hr_format formats[] = {
	{
		.name = "elf",
		.what = "an ELF core",
		.all = "ELF cores",
		.probe = hr_elf_core_probe,
		.open = hr_elf_core_open,
	},
	{
		.name = "kdump",
		.what = "a kdump-compressed dump",
		.all = "kdump-compressed dumps (zlib, lzo, snappy, zstd; split sets)",
		.probe = hr_kdump_probe,
		.open = hr_kdump_open,
		.helpers = &hr_kdump_helpers,
	},
	{
		.name = "flattened",
		.what = "a flattened dump",
		.all = "flattened dumps",
		.probe = hr_flattened_probe,
		.unwrap = hr_flattened_rearrange,
	},
};

enum {
	COUNT = sizeof(formats) / sizeof(formats[0])
};

_Static_assert(sizeof(formats) <= sizeof(formats[0]) * HR_FORMATS_MAX,
	       "HR_FORMATS_MAX is to grow with the table");

const struct hr_format *hr_format_at(size_t i)
{
	return i < COUNT ? &formats[i] : NULL;
}

static struct hr_error *explain_unknown(void)
{
	char text[256];
	size_t len = (size_t)snprintf(text, sizeof(text), "%s", formats[0].what);

	for (size_t i = 1; i < COUNT && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
					i + 1 == COUNT ? " or " : ", ", formats[i].what);
	return hr_error_new(HR_ERROR_INPUT, "it is not %s", text);
}

struct hr_error *hr_format_detect(int fd, const struct hr_format **ret)
{
	char head[HR_FORMAT_HEAD];
	ssize_t len = pread(fd, head, sizeof(head), 0);

	*ret = NULL;
	if (len < 0)
		return hr_error_errno(errno, "it cannot be read");
	if (!len)
		return hr_error_new(HR_ERROR_INPUT, "the file is empty");
	for (size_t i = 0; !*ret && i < COUNT; i++)
		if (formats[i].probe(head, (size_t)len))
			*ret = &formats[i];
	return *ret ? NULL : explain_unknown();
}
