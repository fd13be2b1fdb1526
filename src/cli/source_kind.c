// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/source_kind.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cli/formats.h"
#include "cli/named_file.h"
#include "cli/options.h"
#include "kcore_reader.h"
#include "source/dump_file.h"
#include "source/kcore_open.h"
#include "source/other_formats.h"
#include "text/coding.h"

/* The memory of the kernel that crashed, in a kernel that dumps it. */
#define VMCORE_USUAL "/proc/vmcore"

struct hr_error *hr_source_kind_of(int fd, struct hr_found_kind *ret)
{
	char head[HR_TEXT_HEAD];
	ssize_t len = pread(fd, head, sizeof(head), 0);
	const struct hr_format *format;
	size_t first;

	if (len < 0)
		return hr_error_errno(errno, "it cannot be read");
	first = len < HR_FORMAT_HEAD ? (size_t)len : HR_FORMAT_HEAD;
	format = hr_format_of(head, first);
	*ret = (struct hr_found_kind){ HR_SOURCE_VMCORE, format && format->peek };
	if (hr_elf_core_probe(head, first) && hr_kcore_is_live(fd, VMCORE_USUAL))
		ret->kind = HR_SOURCE_KCORE;
	else if (format)
		ret->kind = HR_SOURCE_VMCORE;
	else if (!hr_other_format(head, first) && hr_text_may_be(head, (size_t)len))
		ret->kind = HR_SOURCE_PTDUMP;
	else
		return hr_format_unknown(head, first, ", nor text; raw memory is given as FILE@PA");
	return NULL;
}

static bool is_stream(const char *path)
{
	struct stat st;

	return !strcmp(path, "-") || (!stat(path, &st) && S_ISFIFO(st.st_mode));
}

static struct hr_error *look_at(const char *path, struct hr_found_kind *ret)
{
	_cleanup_(hr_named_file_release) struct hr_named_file file;
	_cleanup_close_ int fd = -1;
	struct hr_error *error = hr_named_file_parse(path, &file);

	if (!error)
		error = hr_dump_file_open(file.path, &fd);
	if (error || file.is_raw)
		return error;
	return hr_source_kind_of(fd, ret);
}

/* Why the running kernel's core cannot be read is known better where it is opened as one. */
static struct hr_error *explain(const char *path, struct hr_error *error)
{
	_cleanup_close_ int fd = -1;
	struct hr_error *better = NULL;

	if (!strcmp(path, HR_KCORE_USUAL))
		better = hr_kcore_open(path, &fd);
	if (!better)
		return hr_error_context(error, "%s", path);
	hr_error_destroy(error);
	return better;
}

struct hr_error *hr_source_kind_find(const char *path, struct hr_found_kind *ret)
{
	struct hr_error *error;

	*ret = (struct hr_found_kind){ HR_SOURCE_PTDUMP, false };
	if (is_stream(path))
		return NULL;
	ret->kind = HR_SOURCE_VMCORE;
	error = look_at(path, ret);
	return error ? explain(path, error) : NULL;
}
