// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/source_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cli/named_file.h"
#include "cli/source_kind.h"
#include "kcore_reader.h"
#include "os/temporary.h"
#include "source/dump_file.h"
#include "source/kcore_open.h"
#include "source/ptdump_file.h"
#include "source/raw_memory.h"

/* If a file changes meanwhile, its format may differ from that at opening. */
static struct hr_error *being_written(void)
{
	return hr_error_new(HR_ERROR_INPUT,
			    "the file is being written to: wait until it is complete");
}

/* Open file @i, which may be raw memory. */
static struct hr_error *open_named(struct hr_source_files *files, size_t i)
{
	_cleanup_(hr_named_file_release) struct hr_named_file file;
	struct hr_error *error = hr_named_file_parse(files->paths[i], &file);

	files->is_raw[i] = file.is_raw;
	files->pas[i] = file.pa;
	return error ? error : hr_dump_file_open(file.path, &files->fds[i]);
}

/*
 * The format that is to be unwrapped before the content of @fd is raw memory; NULL if it is that
 * memory. A dump in another format says itself where its memory is.
 */
static struct hr_error *detect_raw(int fd, const struct hr_format **ret)
{
	char head[HR_FORMAT_HEAD];
	ssize_t len = pread(fd, head, sizeof(head), 0);

	*ret = len > 0 ? hr_format_of(head, (size_t)len) : NULL;
	if (len < 0)
		return hr_error_errno(errno, "it cannot be read");
	if (!*ret || (*ret)->peek)
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "it is %s, which says itself where its memory is: leave out @PA",
			    (*ret)->what);
}

static struct hr_error *detect(const struct hr_source_files *files, size_t i, int fd,
			       const struct hr_format **ret)
{
	return files->is_raw[i] ? detect_raw(fd, ret) : hr_format_detect(fd, ret);
}

/* Mark the formats with helpers that a dump may turn out to have if a part of it has @format. */
static void want_helpers(const struct hr_format *format, bool wanted[HR_FORMATS_MAX])
{
	const struct hr_format *other;

	for (size_t i = 0; (other = hr_format_at(i)); i++)
		wanted[i] |= other->helpers && (other == format || format->unwrap);
}

/* Make room for the content of @fd, which wraps another file, and load what unwraps it. */
static struct hr_error *prepare_unwrapping(const struct hr_format *format, int fd, const char *what,
					   int *ret)
{
	char head[HR_FORMAT_HEAD];
	struct hr_error *error = NULL;
	ssize_t len = pread(fd, head, sizeof(head), 0);

	if (len < 0)
		return hr_error_errno(errno, "it cannot be read");
	if (format->prepare)
		error = format->prepare(head, (size_t)len);
	return error ? error : hr_temporary_open(what, ret);
}

/* Open file @i, and a file for its content if it wraps another one. */
static struct hr_error *open_part(struct hr_source_files *files, size_t i,
				  bool wanted[HR_FORMATS_MAX])
{
	const struct hr_format *format = NULL;
	struct hr_error *error = open_named(files, i);

	if (!error)
		error = detect(files, i, files->fds[i], &format);
	if (!error && !files->is_raw[i])
		want_helpers(format, wanted);
	if (!error && format && format->unwrap)
		error = prepare_unwrapping(format, files->fds[i], "for the unpacked dump",
					   &files->unwrapped[i]);
	if (!error && format && format->peek)
		error = hr_temporary_open("for the unpacked dump", &files->between[i]);
	return error ? hr_error_context(error, "%s", files->paths[i]) : NULL;
}

/* The files that contain the dump itself. */
static void inner_fds(const struct hr_source_files *files, int *ret)
{
	for (size_t i = 0; i < files->count; i++)
		ret[i] = files->unwrapped[i] >= 0 ? files->unwrapped[i] : files->fds[i];
}

static struct hr_error *open_parts(struct hr_source_files *files, bool sandbox)
{
	bool wanted[HR_FORMATS_MAX] = { false };
	struct hr_error *error = NULL;
	int fds[HR_SPLIT_MAX];

	for (size_t i = 0; !error && i < files->count; i++)
		error = open_part(files, i, wanted);
	if (error)
		return error;
	inner_fds(files, fds);
	for (size_t i = 0; !error && i < HR_FORMATS_MAX; i++)
		if (wanted[i])
			error = hr_format_at(i)->helpers->start(fds, files->count, sandbox,
								&files->helpers[i]);
	return error;
}

/* What the parts of a dump have shown so far. */
struct dump {
	const struct hr_format *format;
	/* the format that wraps the dump, or a part of it; NULL: none */
	const struct hr_format *wrap;
};

/*
 * Take what is known of unwrapped content. What is missing at its end shows in the dump, but not
 * what is missing between its parts, or of a compressed file.
 */
static void take_unwrapped(const struct hr_format *wrap, const struct hr_unwrapped *unwrapped,
			   size_t i, struct hr_source *source)
{
	bool is_vague = wrap->peek || unwrapped->stored.count > 1;

	hr_stretches_release(&source->stored[i]);
	source->stored[i] = unwrapped->stored;
	if (unwrapped->is_cut)
		hr_incomplete_add(&source->incomplete, is_vague ? UINT64_MAX : 0, "%s ends early",
				  wrap->what);
}

/* Write the content of @fd, which has the format dump->format, to @out, and find its format. */
static struct hr_error *unwrap_to(int fd, const struct hr_progress *progress, int out, size_t i,
				  struct dump *dump, struct hr_source *source)
{
	const struct hr_format *wrap = dump->format;
	struct hr_unwrapped unwrapped;
	struct hr_error *error = wrap->unwrap(fd, progress, out, &unwrapped);

	if (!wrap->peek)
		dump->wrap = wrap;
	take_unwrapped(wrap, &unwrapped, i, source);
	if (error)
		return error;
	error = hr_format_detect(out, &dump->format);
	if (error && unwrapped.is_cut)
		error = hr_error_context(error, "%s ends early, and what there is of it",
					 wrap->what);
	if (!error && (wrap->peek ? dump->format->peek != NULL : dump->format->unwrap != NULL))
		error = hr_error_new(HR_ERROR_INPUT, "it is %s inside another one",
				     dump->format->what);
	return error;
}

/*
 * Look into the file @fd if it is compressed, as its @format says: the length of the first bytes of
 * its content, and the format of these, NULL if they have none.
 */
static struct hr_error *peek(const struct hr_format *format, int fd, size_t *ret_len,
			     const struct hr_format **ret)
{
	char head[HR_FORMAT_HEAD];
	struct hr_error *error = NULL;

	*ret = NULL;
	*ret_len = 0;
	if (format->peek)
		error = format->peek(fd, head, ret_len);
	if (!error && *ret_len)
		*ret = hr_format_of(head, *ret_len);
	return error;
}

/* Does the content of the compressed file @fd wrap a dump again? */
static struct hr_error *is_wrapped_again(const struct hr_format *format, int fd, bool *ret)
{
	const struct hr_format *inner;
	size_t len;
	struct hr_error *error = peek(format, fd, &len, &inner);

	*ret = inner && inner->unwrap && !inner->peek;
	return error;
}

/* The result is always in the same file, which the helpers have already got. */
static struct hr_error *unwrap(const struct hr_source_files *files, size_t i,
			       const struct hr_progress *progress, struct dump *dump,
			       struct hr_source *source)
{
	int fd = files->fds[i];
	bool again = false;
	struct hr_error *error = is_wrapped_again(dump->format, fd, &again);

	if (!error && again) {
		error = unwrap_to(fd, progress, files->between[i], i, dump, source);
		fd = files->between[i];
	}
	if (!error && dump->format->unwrap)
		error = unwrap_to(fd, progress, files->unwrapped[i], i, dump, source);
	return error;
}

static struct hr_error *look_at_part(const struct hr_source_files *files, size_t i,
				     const struct hr_progress *progress, struct dump *dump,
				     struct hr_source *source)
{
	const struct hr_format *before = dump->format;
	struct hr_error *error = hr_format_detect(files->fds[i], &dump->format);

	if (!error && dump->format->unwrap &&
	    (files->unwrapped[i] < 0 || (dump->format->peek && files->between[i] < 0)))
		error = being_written();
	if (!error && dump->format->unwrap)
		error = unwrap(files, i, progress, dump, source);
	if (!error && before && before != dump->format)
		error = hr_error_new(HR_ERROR_INPUT,
				     "its format differs from that of the previous file");
	return error ? hr_error_context(error, "%s", files->paths[i]) : NULL;
}

static void *helpers_of(const struct hr_source_files *files, const struct hr_format *format)
{
	size_t i = 0;

	while (hr_format_at(i) != format)
		i++;
	return files->helpers[i];
}

static struct hr_error *attach_dump(const struct hr_source_files *files, const struct dump *dump,
				    struct hr_source *source)
{
	void *helpers = helpers_of(files, dump->format);
	int fds[HR_SPLIT_MAX];

	snprintf(source->format, sizeof(source->format), "%s%s%s",
		 dump->wrap ? dump->wrap->name : "", dump->wrap ? "-" : "", dump->format->name);
	if (dump->format->helpers && !helpers)
		return being_written();
	inner_fds(files, fds);
	return dump->format->open(fds, files->count, helpers, source);
}

/* Raw memory may be compressed, but then it is nothing else. */
static struct hr_error *look_at_raw(const struct hr_source_files *files, size_t i,
				    const struct hr_progress *progress, struct hr_source *source)
{
	const struct hr_format *format = NULL;
	struct hr_unwrapped unwrapped;
	struct hr_error *error = NULL;

	if (!files->is_raw[i])
		error = hr_error_new(HR_ERROR_INPUT,
				     "raw memory (FILE@PA) and a dump cannot be combined");
	if (!error)
		error = detect_raw(files->fds[i], &format);
	if (!error && format && files->unwrapped[i] < 0)
		error = being_written();
	if (!error && format) {
		error = format->unwrap(files->fds[i], progress, files->unwrapped[i], &unwrapped);
		take_unwrapped(format, &unwrapped, i, source);
		if (!error)
			error = detect_raw(files->unwrapped[i], &format);
		if (!error && format)
			error = hr_error_new(HR_ERROR_INPUT, "it is %s inside another one",
					     format->what);
	}
	return error ? hr_error_context(error, "%s", files->paths[i]) : NULL;
}

static struct hr_error *read_raw(const struct hr_source_files *files,
				 const struct hr_progress *progress, struct hr_source *source)
{
	struct hr_error *error = NULL;
	int fds[HR_SPLIT_MAX];

	strcpy(source->format, "raw");
	for (size_t i = 0; !error && i < files->count; i++)
		error = look_at_raw(files, i, progress, source);
	if (error)
		return error;
	inner_fds(files, fds);
	error = hr_raw_attach(fds, files->pas, files->count, source);
	return error ? hr_error_context(error, "%s", files->paths[0]) : NULL;
}

static bool has_raw(const struct hr_source_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		if (files->is_raw[i])
			return true;
	return false;
}

static struct hr_error *read_dump(const struct hr_source_files *files,
				  const struct hr_progress *progress, struct hr_source *source)
{
	struct dump dump = { NULL, NULL };
	struct hr_error *error = look_at_part(files, 0, progress, &dump, source);

	for (size_t i = 1; !error && i < files->count; i++)
		error = look_at_part(files, i, progress, &dump, source);
	if (error)
		return error;
	error = attach_dump(files, &dump, source);
	return error ? hr_error_context(error, "%s", files->paths[0]) : NULL;
}

static struct hr_error *open_kcore(struct hr_source_files *files, bool sandbox)
{
	(void)sandbox;
	return hr_kcore_open(files->paths[0], &files->fds[0]);
}

static struct hr_error *read_kcore(const struct hr_source_files *files,
				   const struct hr_progress *progress, struct hr_source *source)
{
	struct hr_error *error;

	(void)progress;
	strcpy(source->format, "elf");
	error = hr_elf_core_attach(files->fds[0], true, source);
	return error ? hr_error_context(error, "%s", files->paths[0]) : NULL;
}

/* Write the content of a compressed text to files->unwrapped[0]. */
static struct hr_error *unpack_text(const struct hr_source_files *files,
				    const struct hr_progress *progress)
{
	const struct hr_format *format;
	struct hr_unwrapped unwrapped;
	struct hr_error *error = hr_format_detect(files->fds[0], &format);

	if (error)
		return error;
	if (!format->peek)
		return being_written();
	error = format->unwrap(files->fds[0], progress, files->unwrapped[0], &unwrapped);
	hr_stretches_release(&unwrapped.stored);
	/* A line that is missing may be the one that shows that memory is mapped. */
	if (!error && unwrapped.is_cut)
		error = hr_error_new(HR_ERROR_INPUT,
				     "the compressed text ends early: copy it again");
	return error;
}

static struct hr_error *read_text(const struct hr_source_files *files, int fd,
				  struct hr_source *source)
{
	source->kind = HR_SOURCE_PTDUMP;
	strcpy(source->format, "ptdump");
	return hr_ptdump_read(fd, files->paths[0], &source->ptdump);
}

/* May the compressed file @fd hold a text? It does not if it holds a dump, or nothing. */
static struct hr_error *may_hold_text(int fd, bool *ret)
{
	const struct hr_format *format, *inner = NULL;
	size_t len = 0;
	struct hr_error *error = hr_format_detect(fd, &format);

	if (!error)
		error = peek(format, fd, &len, &inner);
	*ret = len && !inner;
	return error;
}

/* Read what is in the file, if that is a text and nothing else that is known. */
static struct hr_error *read_packed_text(const struct hr_source_files *files,
					 const struct hr_progress *progress,
					 struct hr_source *source)
{
	struct hr_found_kind found;
	struct hr_error *error = unpack_text(files, progress);

	if (!error)
		error = hr_source_kind_of(files->unwrapped[0], &found);
	return error ? hr_error_context(error, "%s", files->paths[0])
		     : read_text(files, files->unwrapped[0], source);
}

static struct hr_error *read_parts(const struct hr_source_files *files,
				   const struct hr_progress *progress, struct hr_source *source)
{
	struct hr_error *error = NULL;
	bool is_text = false;

	if (has_raw(files))
		return read_raw(files, progress, source);
	if (files->may_be_text)
		error = may_hold_text(files->fds[0], &is_text);
	if (error)
		return hr_error_context(error, "%s", files->paths[0]);
	return is_text ? read_packed_text(files, progress, source)
		       : read_dump(files, progress, source);
}

/*
 * Refuse @fd if it is a dump. If it is compressed, *@ret_packed is its format, otherwise NULL. A
 * file of the kernel, which is generated when it is read, has size 0 and is not looked at; nor is a
 * pipe, which can be read only once.
 */
static struct hr_error *refuse_dump(int fd, const struct hr_format **ret_packed)
{
	struct hr_error *error = NULL;
	struct stat st;

	*ret_packed = NULL;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size)
		error = hr_format_detect(fd, ret_packed);
	hr_error_destroy(error);
	/* What is compressed may be anything. */
	if (!*ret_packed || (*ret_packed)->peek)
		return NULL;
	return hr_error_new(HR_ERROR_INPUT, "it is %s: use --vmcore", (*ret_packed)->what);
}

/* Make room for the content of a compressed text. Standard input is not unpacked. */
static struct hr_error *prepare_text(struct hr_source_files *files)
{
	const struct hr_format *format = NULL;
	struct hr_error *error = refuse_dump(files->fds[0], &format);

	if (error || !format || files->fds[0] == STDIN_FILENO)
		return error;
	return prepare_unwrapping(format, files->fds[0], "for the unpacked text",
				  &files->unwrapped[0]);
}

static struct hr_error *open_ptdump(struct hr_source_files *files, bool sandbox)
{
	struct hr_error *error = hr_ptdump_open(files->paths[0], &files->fds[0]);

	(void)sandbox;
	if (error)
		return error;
	error = prepare_text(files);
	return error ? hr_error_context(error, "%s", files->paths[0]) : NULL;
}

static struct hr_error *read_ptdump(const struct hr_source_files *files,
				    const struct hr_progress *progress, struct hr_source *source)
{
	const struct hr_format *format;
	struct hr_error *error;

	if (files->unwrapped[0] < 0)
		return read_text(files, files->fds[0], source);
	error = unpack_text(files, progress);
	if (!error)
		error = refuse_dump(files->unwrapped[0], &format);
	return error ? hr_error_context(error, "%s", files->paths[0])
		     : read_text(files, files->unwrapped[0], source);
}

/* What is done for each kind of source before and after the program drops its privileges. */
static const struct {
	struct hr_error *(*open)(struct hr_source_files *files, bool sandbox);
	struct hr_error *(*read)(const struct hr_source_files *files,
				 const struct hr_progress *progress, struct hr_source *source);
} kinds[] = {
	[HR_SOURCE_KCORE] = { open_kcore, read_kcore },
	[HR_SOURCE_VMCORE] = { open_parts, read_parts },
	[HR_SOURCE_PTDUMP] = { open_ptdump, read_ptdump },
};

/* Find out what the file is, where no option says it. */
static struct hr_error *find_kind(struct hr_source_files *files)
{
	struct hr_found_kind found;
	struct hr_error *error = hr_source_kind_find(files->paths[0], &found);

	if (error)
		return error;
	files->kind = found.kind;
	files->may_be_text = found.is_packed;
	return NULL;
}

struct hr_error *hr_source_files_open(enum hr_source_kind kind, const char *const *paths,
				      size_t count, bool sandbox, struct hr_source_files *ret)
{
	struct hr_error *error;

	*ret = (struct hr_source_files){ .kind = kind };
	if (count > HR_SPLIT_MAX)
		return hr_error_new(HR_ERROR_INPUT, "too many files for one dump: the limit is %d",
				    HR_SPLIT_MAX);
	for (size_t i = 0; i < count; i++) {
		ret->paths[i] = paths[i];
		ret->fds[i] = ret->unwrapped[i] = ret->between[i] = -1;
	}
	ret->count = count;
	error = kind == HR_SOURCE_BY_CONTENT ? find_kind(ret) : NULL;
	return error ? error : kinds[ret->kind].open(ret, sandbox);
}

void hr_source_files_close(struct hr_source_files *files)
{
	for (size_t i = 0; i < HR_FORMATS_MAX; i++) {
		if (files->helpers[i])
			hr_format_at(i)->helpers->end(files->helpers[i]);
		files->helpers[i] = NULL;
	}
	for (size_t i = 0; i < files->count; i++) {
		if (files->fds[i] > STDERR_FILENO)
			close(files->fds[i]);
		hr_cleanup_close(&files->unwrapped[i]);
		hr_cleanup_close(&files->between[i]);
	}
	files->count = 0;
}

size_t hr_source_files_write_fds(const struct hr_source_files *files, int *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < files->count; i++) {
		if (files->unwrapped[i] >= 0)
			ret[count++] = files->unwrapped[i];
		if (files->between[i] >= 0)
			ret[count++] = files->between[i];
	}
	for (size_t i = 0; i < HR_FORMATS_MAX; i++)
		if (files->helpers[i] && hr_format_at(i)->helpers->write_fds)
			count +=
				hr_format_at(i)->helpers->write_fds(files->helpers[i], ret + count);
	return count;
}

struct hr_error *hr_source_open(struct hr_source_files *files, const struct hr_progress *progress,
				struct hr_source **ret)
{
	_cleanup_(hr_cleanup_source) struct hr_source *source = calloc(1, sizeof(*source));
	struct hr_error *error;

	if (!source)
		return hr_error_no_memory();
	source->kind = files->kind;
	error = kinds[files->kind].read(files, progress, source);
	if (error)
		return error;
	*ret = hr_take(source);
	return NULL;
}
