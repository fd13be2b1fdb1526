// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/source_files.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kcore_reader.h"
#include "os/file_io.h"
#include "source/flattened.h"
#include "source/kdump_header.h"
#include "source/kdump_reader.h"
#include "source/ptdump_file.h"

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

static struct hr_error *open_dump_file(const char *path, int *ret_fd)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	*ret_fd = hr_fd_above_standard(fd);
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

/* Open file @i, and what it will be put in order in; *@ret_kdump if it may be kdump-compressed. */
static struct hr_error *open_part(struct hr_source_files *files, size_t i, bool *ret_kdump)
{
	enum format format = FORMAT_UNKNOWN;
	struct hr_error *error = open_dump_file(files->paths[i], &files->fds[i]);

	if (!error)
		error = detect(files->fds[i], &format);
	if (!error && format == FORMAT_FLATTENED)
		error = hr_flattened_open_temporary(&files->rearranged[i]);
	*ret_kdump |= format == FORMAT_KDUMP || format == FORMAT_FLATTENED;
	return error ? hr_error_context(error, "%s", files->paths[i]) : NULL;
}

/* The file that has the dump of part @i, in order. */
static int part_fd(const struct hr_source_files *files, size_t i)
{
	return files->rearranged[i] >= 0 ? files->rearranged[i] : files->fds[i];
}

static struct hr_error *open_parts(struct hr_source_files *files, bool sandbox)
{
	struct hr_error *error = NULL;
	bool kdump = false;
	int fds[HR_SPLIT_MAX];

	for (size_t i = 0; !error && i < files->count; i++)
		error = open_part(files, i, &kdump);
	if (error || !kdump)
		return error;
	for (size_t i = 0; i < files->count; i++)
		fds[i] = part_fd(files, i);
	return hr_kdump_readers_start(fds, files->count, sandbox, &files->readers);
}

struct hr_error *hr_source_files_open(enum hr_source_kind kind, const char *const *paths,
				      size_t count, bool sandbox, struct hr_source_files *ret)
{
	*ret = (struct hr_source_files){ .kind = kind };
	if (count > HR_SPLIT_MAX)
		return hr_error_new(HR_ERROR_INPUT, "a dump in %zu files is beyond the limit of %d",
				    count, HR_SPLIT_MAX);
	for (size_t i = 0; i < count; i++) {
		ret->paths[i] = paths[i];
		ret->fds[i] = ret->rearranged[i] = -1;
	}
	ret->count = count;
	switch (kind) {
	case HR_SOURCE_KCORE:
		return hr_kcore_open(paths[0], &ret->fds[0]);
	case HR_SOURCE_PTDUMP:
		return hr_ptdump_open(paths[0], &ret->fds[0]);
	case HR_SOURCE_VMCORE:
	default:
		return open_parts(ret, sandbox);
	}
}

void hr_source_files_close(struct hr_source_files *files)
{
	hr_kdump_readers_destroy(files->readers);
	files->readers = NULL;
	for (size_t i = 0; i < files->count; i++) {
		if (files->fds[i] > STDERR_FILENO)
			close(files->fds[i]);
		hr_cleanup_close(&files->rearranged[i]);
	}
	files->count = 0;
}

size_t hr_source_files_write_fds(const struct hr_source_files *files, int *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < files->count; i++)
		if (files->rearranged[i] >= 0)
			ret[count++] = files->rearranged[i];
	return count + hr_kdump_readers_write_fds(files->readers, ret + count);
}

/* Put a flattened file in order and look at what that is. */
static struct hr_error *unflatten(const struct hr_source_files *files, size_t i,
				  const struct hr_progress *progress, enum format *format)
{
	struct hr_error *error =
		hr_flattened_rearrange(files->fds[i], progress, files->rearranged[i]);

	if (!error)
		error = detect(files->rearranged[i], format);
	if (!error && *format == FORMAT_FLATTENED)
		error = hr_error_new(HR_ERROR_INPUT, "it is a flattened dump within another");
	return error;
}

/* The format of the parts that @dump had so far, and whether one was flattened. */
struct dump {
	enum format format;
	bool flattened;
};

static struct hr_error *look_at_part(const struct hr_source_files *files, size_t i,
				     const struct hr_progress *progress, struct dump *dump)
{
	enum format format = FORMAT_UNKNOWN;
	struct hr_error *error = detect(files->fds[i], &format);
	bool flattened = format == FORMAT_FLATTENED;

	/* A file that changes under us may be of another format than it was when it was opened. */
	if (!error && flattened && files->rearranged[i] < 0)
		error = hr_error_new(HR_ERROR_INPUT, "it is being written to");
	if (!error && flattened)
		error = unflatten(files, i, progress, &format);
	if (!error && i && format != dump->format)
		error = hr_error_new(HR_ERROR_INPUT,
				     "it is of another format than the file before");
	dump->format = format;
	dump->flattened |= flattened;
	return error ? hr_error_context(error, "%s", files->paths[i]) : NULL;
}

static struct hr_error *attach_dump(struct hr_source_files *files, const struct dump *dump,
				    struct hr_source *source)
{
	if (dump->format == FORMAT_ELF && files->count > 1)
		return hr_error_new(
			HR_ERROR_INPUT,
			"an ELF core is one file: only kdump-compressed dumps are split");
	if (dump->format == FORMAT_ELF) {
		source->format = dump->flattened ? "flattened-elf" : "elf";
		return hr_elf_core_attach(part_fd(files, 0), false, source);
	}
	source->format = dump->flattened ? "flattened-kdump" : "kdump";
	if (!files->readers)
		return hr_error_new(HR_ERROR_INPUT, "it is being written to");
	return hr_kdump_attach(files->readers, source);
}

static struct hr_error *open_dump(struct hr_source_files *files, const struct hr_progress *progress,
				  struct hr_source *source)
{
	struct dump dump = { FORMAT_UNKNOWN, false };
	struct hr_error *error = NULL;

	for (size_t i = 0; !error && i < files->count; i++)
		error = look_at_part(files, i, progress, &dump);
	if (error)
		return error;
	error = attach_dump(files, &dump, source);
	return error ? hr_error_context(error, "%s", files->paths[0]) : NULL;
}

static struct hr_error *open_kcore(const struct hr_source_files *files, struct hr_source *source)
{
	struct hr_error *error;

	source->format = "elf";
	error = hr_elf_core_attach(files->fds[0], true, source);
	return error ? hr_error_context(error, "%s", files->paths[0]) : NULL;
}

static struct hr_error *open_ptdump(const struct hr_source_files *files, struct hr_source *source)
{
	source->format = "ptdump";
	return hr_ptdump_read(files->fds[0], files->paths[0], &source->ptdump);
}

struct hr_error *hr_source_open(struct hr_source_files *files, const struct hr_progress *progress,
				struct hr_source **ret)
{
	_cleanup_(hr_cleanup_source) struct hr_source *source = calloc(1, sizeof(*source));
	struct hr_error *error;

	if (!source)
		return hr_error_no_memory();
	source->kind = files->kind;
	switch (files->kind) {
	case HR_SOURCE_KCORE:
		error = open_kcore(files, source);
		break;
	case HR_SOURCE_PTDUMP:
		error = open_ptdump(files, source);
		break;
	case HR_SOURCE_VMCORE:
	default:
		error = open_dump(files, progress, source);
		break;
	}
	if (error)
		return error;
	*ret = hr_take(source);
	return NULL;
}
