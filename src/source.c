// SPDX-License-Identifier: GPL-2.0-or-later
#include "source.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "file_io.h"
#include "flattened.h"
#include "kcore_reader.h"
#include "kdump_header.h"
#include "kdump_reader.h"
#include "ptdump_file.h"

enum format {
	FORMAT_UNKNOWN,
	FORMAT_ELF,
	FORMAT_KDUMP,
	FORMAT_FLATTENED,
};

enum {
	MAGIC_LEN = 16
};

static const struct {
	enum format format;
	const char *magic;
	size_t len;
} magics[] = {
	{ FORMAT_ELF, ELFMAG, SELFMAG },
	{ FORMAT_KDUMP, HR_KDUMP_SIGNATURE, HR_KDUMP_SIGNATURE_LEN },
	{ FORMAT_FLATTENED, HR_FLATTENED_SIGNATURE, HR_FLATTENED_SIGNATURE_LEN },
};

/* The files of a dump as they are opened; they are closed unless a reader takes them over. */
struct parts {
	int fds[HR_SPLIT_MAX];
	size_t count;
	enum format format;
	bool flattened;
};

static void close_parts(struct parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		hr_cleanup_close(&parts->fds[i]);
	parts->count = 0;
}

const char *hr_source_kind_name(enum hr_source_kind kind)
{
	static const char *const names[] = {
		[HR_SOURCE_KCORE] = "kcore",
		[HR_SOURCE_VMCORE] = "vmcore",
		[HR_SOURCE_PTDUMP] = "ptdump",
	};

	return names[kind];
}

static struct hr_error *detect(int fd, enum format *ret)
{
	char head[MAGIC_LEN];
	ssize_t len = pread(fd, head, sizeof(head), 0);

	*ret = FORMAT_UNKNOWN;
	if (len < 0)
		return hr_error_errno(errno, "it cannot be read");
	if (!len)
		return hr_error_new(HR_ERROR_INPUT, "it is empty");
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if ((size_t)len >= magics[i].len && !memcmp(head, magics[i].magic, magics[i].len))
			*ret = magics[i].format;
	if (*ret == FORMAT_UNKNOWN)
		return hr_error_new(HR_ERROR_INPUT,
				    "it is neither an ELF core nor a kdump-compressed or flattened "
				    "dump");
	return NULL;
}

static struct hr_error *open_file(const char *path, int *ret_fd)
{
	struct stat st;

	*ret_fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*ret_fd < 0)
		return hr_error_errno(errno, "cannot open it");
	if (fstat(*ret_fd, &st))
		return hr_error_errno(errno, "cannot look at it");
	if (S_ISDIR(st.st_mode))
		return hr_error_new(HR_ERROR_INPUT, "it is a directory, not a dump");
	if (!S_ISREG(st.st_mode))
		return hr_error_new(HR_ERROR_INPUT, "it is not a regular file");
	return NULL;
}

/* Replace a flattened file by its rearranged copy and look at what that is. */
static struct hr_error *unflatten(const struct hr_progress *progress, int *fd, enum format *format)
{
	struct hr_error *error;
	int rearranged;

	if (*format != FORMAT_FLATTENED)
		return NULL;
	error = hr_flattened_rearrange(*fd, progress, &rearranged);
	if (error)
		return error;
	close(*fd);
	*fd = rearranged;
	error = detect(*fd, format);
	if (!error && *format == FORMAT_FLATTENED)
		error = hr_error_new(HR_ERROR_INPUT, "it is a flattened dump within another");
	return error;
}

static struct hr_error *add_part(struct parts *parts, const char *path,
				 const struct hr_progress *progress)
{
	int *fd = &parts->fds[parts->count++];
	enum format format = FORMAT_UNKNOWN;
	struct hr_error *error;
	bool flattened;

	*fd = -1;
	error = open_file(path, fd);
	if (!error)
		error = detect(*fd, &format);
	flattened = format == FORMAT_FLATTENED;
	if (!error)
		error = unflatten(progress, fd, &format);
	if (!error && parts->count > 1 && format != parts->format)
		error = hr_error_new(HR_ERROR_INPUT,
				     "it is of another format than the file before");
	parts->format = format;
	parts->flattened |= flattened;
	return error ? hr_error_context(error, "%s", path) : NULL;
}

static struct hr_error *attach_dump(struct parts *parts, struct hr_source *source)
{
	size_t count = parts->count;

	if (parts->format == FORMAT_ELF && count > 1)
		return hr_error_new(
			HR_ERROR_INPUT,
			"an ELF core is one file: only kdump-compressed dumps are split");
	parts->count = 0;
	if (parts->format == FORMAT_ELF) {
		source->format = parts->flattened ? "flattened-elf" : "elf";
		return hr_elf_core_attach(parts->fds[0], false, source);
	}
	source->format = parts->flattened ? "flattened-kdump" : "kdump";
	return hr_kdump_attach(parts->fds, count, source);
}

static struct hr_error *open_dump(const char *const *paths, size_t count,
				  const struct hr_progress *progress, struct hr_source *source)
{
	_cleanup_(close_parts) struct parts parts = { 0 };
	struct hr_error *error = NULL;

	if (count > HR_SPLIT_MAX)
		return hr_error_new(HR_ERROR_INPUT, "a dump in %zu files is beyond the limit of %d",
				    count, HR_SPLIT_MAX);
	for (size_t i = 0; !error && i < count; i++)
		error = add_part(&parts, paths[i], progress);
	if (error)
		return error;
	error = attach_dump(&parts, source);
	return error ? hr_error_context(error, "%s", paths[0]) : NULL;
}

static struct hr_error *open_kcore(const char *path, struct hr_source *source)
{
	struct hr_error *error;
	int fd;

	source->format = "elf";
	error = hr_kcore_open(path, &fd);
	if (error)
		return error;
	error = hr_elf_core_attach(fd, true, source);
	return error ? hr_error_context(error, "%s", path) : NULL;
}

static struct hr_error *open_ptdump(const char *path, struct hr_source *source)
{
	source->format = "ptdump";
	return hr_ptdump_read(path, &source->ptdump);
}

void hr_source_attach(struct hr_source *source, const struct hr_source_ops *ops, void *context,
		      uint64_t size, bool live)
{
	source->ops = ops;
	source->context = context;
	source->memory = (struct hr_memory){
		.read = ops->read,
		.read_many = ops->read_many,
		.begin = ops->begin,
		.finish = ops->finish,
		.context = context,
		.size = size,
		.live = live,
	};
}

struct hr_error *hr_source_open(enum hr_source_kind kind, const char *const *paths, size_t count,
				const struct hr_progress *progress, struct hr_source **ret)
{
	_cleanup_(hr_cleanup_source) struct hr_source *source = calloc(1, sizeof(*source));
	struct hr_error *error;

	if (!source)
		return hr_error_no_memory();
	source->kind = kind;
	switch (kind) {
	case HR_SOURCE_KCORE:
		error = open_kcore(paths[0], source);
		break;
	case HR_SOURCE_PTDUMP:
		error = open_ptdump(paths[0], source);
		break;
	case HR_SOURCE_VMCORE:
	default:
		error = open_dump(paths, count, progress, source);
		break;
	}
	if (error)
		return error;
	*ret = hr_take(source);
	return NULL;
}

void hr_source_destroy(struct hr_source *source)
{
	if (!source)
		return;
	if (source->ops)
		source->ops->destroy(source->context);
	hr_ptdump_destroy(source->ptdump);
	free(source->vmcoreinfo);
	free(source);
}
