// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/formats.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text_append.h"
#include "kcore_reader.h"
#include "source/avml.h"
#include "source/avml_blocks.h"
#include "source/compressed.h"
#include "source/flattened.h"
#include "source/kdump_reader.h"
#include "source/lime.h"
#include "source/other_formats.h"

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
		.name = "lime",
		.what = "a LiME file",
		.all = "LiME files, also as written by AVML",
		.probe = hr_lime_probe,
		.open = hr_lime_open,
	},
	{
		.name = "avml",
		.what = "an AVML file",
		.all = "AVML files, compressed with snappy",
		.probe = hr_avml_probe,
		.open = hr_avml_open,
		.helpers = &hr_avml_helpers,
	},
	{
		.name = "flattened",
		.what = "a flattened dump",
		.all = "flattened dumps",
		.probe = hr_flattened_probe,
		.unwrap = hr_flattened_rearrange,
	},
	{
		.name = "compressed",
		.what = "a file compressed with gzip, xz, zstd or bzip2",
		.all = "each of these compressed with gzip, xz, zstd or bzip2",
		.probe = hr_compressed_probe,
		.prepare = hr_compressed_prepare,
		.unwrap = hr_compressed_unwrap,
		.peek = hr_compressed_peek,
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

/* Is it text? That of a terminal may have colours, and one in UTF-16 is not seen. */
static bool is_text(const unsigned char *head, size_t len)
{
	static const unsigned char controls[] = { '\t', '\n', '\r', '\f', '\033' };

	for (size_t i = 0; i < len; i++)
		if (head[i] == 0x7f ||
		    (head[i] < ' ' && !memchr(controls, head[i], sizeof(controls))))
			return false;
	return true;
}

struct hr_error *hr_format_unknown(const void *head, size_t len, const char *advice)
{
	const char *other = len ? hr_other_format(head, len) : NULL;
	char text[256] = "";

	if (!len)
		return hr_error_new(HR_ERROR_INPUT, "the file is empty");
	for (size_t i = 0; i < COUNT; i++)
		hr_text_append(text, sizeof(text), i + 1 == COUNT ? " or " : ", ", formats[i].what);
	return other ? hr_error_new(HR_ERROR_INPUT, "it is %s", other)
		     : hr_error_new(HR_ERROR_INPUT, "it is not %s%s", text, advice);
}

const struct hr_format *hr_format_of(const void *head, size_t len)
{
	for (size_t i = 0; i < COUNT; i++)
		if (formats[i].probe(head, len))
			return &formats[i];
	return NULL;
}

struct hr_error *hr_format_detect(int fd, const struct hr_format **ret)
{
	unsigned char head[HR_FORMAT_HEAD];
	ssize_t len = pread(fd, head, sizeof(head), 0);

	*ret = NULL;
	if (len < 0)
		return hr_error_errno(errno, "it cannot be read");
	*ret = hr_format_of(head, (size_t)len);
	if (*ret)
		return NULL;
	return hr_format_unknown(head, (size_t)len,
				 is_text(head, (size_t)len) ? "; the text of kernel_page_tables is "
							      "read with --ptdump"
							    : "");
}
