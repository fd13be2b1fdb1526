// SPDX-License-Identifier: GPL-2.0-or-later
#include "kcore_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "cleanup.h"
#include "elf_headers.h"
#include "file_io.h"
#include "parallel.h"
#include "zero.h"

/* Where the two mappings of the image may differ, they do so page by page. */
enum {
	SMALLEST_PAGE = 4096
};

/* Fewer pieces than this are not worth waking a thread for. */
enum {
	PARALLEL_MIN = 32
};

struct elf_core {
	int fd;
	bool live;
	struct hr_segment image;     /* the first of the file; overlaps others if it is the image */
	struct hr_segment *segments; /* the others, ascending */
	uint64_t *reach;	     /* how far the segments up to each one go */
	size_t count;
	struct hr_parallel *parallel; /* NULL until there is much to read */
};

static void elf_core_destroy(void *context)
{
	struct elf_core *core = context;

	if (!core)
		return;
	hr_parallel_destroy(core->parallel);
	free(core->reach);
	free(core->segments);
	free(core);
}

static bool segment_has(const struct hr_segment *segment, uint64_t pa)
{
	return pa >= segment->pa && pa - segment->pa < segment->size;
}

/* The segment that holds @pa, NULL if none does; the image's comes last. */
static const struct hr_segment *find_segment(const struct elf_core *core, uint64_t pa)
{
	size_t low = 0, high = core->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (core->segments[middle].pa <= pa)
			low = middle + 1;
		else
			high = middle;
	}
	/* One that begins earlier may reach over those behind it. */
	for (; low && core->reach[low - 1] > pa; low--)
		if (segment_has(&core->segments[low - 1], pa))
			return &core->segments[low - 1];
	return segment_has(&core->image, pa) ? &core->image : NULL;
}

/* Is @pa, which @segment has, in the live image too? */
static bool has_two_mappings(const struct elf_core *core, const struct hr_segment *segment,
			     uint64_t pa)
{
	return core->live && segment != &core->image && segment_has(&core->image, pa);
}

/* Bytes from @pa on that @segment has, and of which none or one page has a second mapping. */
static uint64_t bytes_here(const struct elf_core *core, const struct hr_segment *segment,
			   uint64_t pa)
{
	uint64_t left = segment->size - (pa - segment->pa);
	uint64_t bound = left;

	if (has_two_mappings(core, segment, pa)) {
		bound = SMALLEST_PAGE - pa % SMALLEST_PAGE;
		if (bound > core->image.size - (pa - core->image.pa))
			bound = core->image.size - (pa - core->image.pa);
	} else if (core->live && core->image.pa > pa) {
		bound = core->image.pa - pa;
	}
	return bound < left ? bound : left;
}

/*
 * Read what one segment has at @pa. In a live core either mapping of the image can be gone and
 * read as zeros: the image's own where init memory was freed and has become anything since, page
 * tables too; the linear one of .data and .bss from 7.3 on. So what is zero in the one is looked
 * for in the other, a page at a time.
 */
static struct hr_error *read_piece(const struct elf_core *core, uint64_t pa, char *buffer,
				   size_t *len)
{
	const struct hr_segment *segment = find_segment(core, pa);
	struct hr_error *error;
	uint64_t here;

	if (!segment)
		return hr_error_new(HR_ERROR_UNREADABLE, "PA 0x%" PRIx64 " is not in the source",
				    pa);
	here = bytes_here(core, segment, pa);
	if (*len > here)
		*len = (size_t)here;
	error = hr_pread_all(core->fd, buffer, *len, segment->offset + (pa - segment->pa));
	if (error || !has_two_mappings(core, segment, pa) || !hr_is_zero(buffer, *len))
		return error;
	return hr_pread_all(core->fd, buffer, *len, core->image.offset + (pa - core->image.pa));
}

static struct hr_error *elf_core_read(void *context, uint64_t pa, void *buffer, size_t len)
{
	const struct elf_core *core = context;
	char *at = buffer;

	while (len) {
		size_t here = len;
		struct hr_error *error = read_piece(core, pa, at, &here);

		if (error)
			return error;
		at += here;
		pa += here;
		len -= here;
	}
	return NULL;
}

/*
 * How many of the pieces at @pas, from the first on, lie one behind the other in the file; 0 if the
 * first is not all in one segment, or has two mappings.
 */
static size_t count_neighbours(const struct elf_core *core, const uint64_t *pas, size_t count,
			       size_t len, uint64_t *ret_offset)
{
	const struct hr_segment *segment = find_segment(core, pas[0]);
	size_t found = 1;
	uint64_t here;

	if (!segment)
		return 0;
	here = bytes_here(core, segment, pas[0]);
	if (here < len || has_two_mappings(core, segment, pas[0]))
		return 0;
	*ret_offset = segment->offset + (pas[0] - segment->pa);
	while (found < count && pas[found] == pas[0] + found * len && here >= (found + 1) * len)
		found++;
	return found;
}

/* Pieces to be read, and where to. */
struct pieces {
	struct elf_core *core;
	const uint64_t *pas;
	size_t len;
	char *buffer;
	bool *ok;
};

/* What cannot be joined, or fails together, is read piece by piece. */
static void read_pieces(void *context, size_t first, size_t end)
{
	const struct pieces *pieces = context;
	size_t len = pieces->len, found;

	for (; first < end; first += found) {
		char *at = pieces->buffer + first * len;
		struct hr_error *error;
		uint64_t offset;

		found = count_neighbours(pieces->core, pieces->pas + first, end - first, len,
					 &offset);
		if (found)
			error = hr_pread_all(pieces->core->fd, at, found * len, offset);
		else
			error = elf_core_read(pieces->core, pieces->pas[first], at, len);
		found = found ? found : 1;
		memset(pieces->ok + first, !error, found * sizeof(*pieces->ok));
		hr_error_destroy(error);
	}
}

static void elf_core_read_many(void *context, const uint64_t *pas, size_t count, size_t len,
			       void *buffer, bool *ret_ok)
{
	struct elf_core *core = context;
	struct pieces pieces = { .core = core, .pas = pas, .len = len, .buffer = buffer };

	pieces.ok = ret_ok;
	/* Threads are made when there is work for them; without them the work is done all the same. */
	if (count >= PARALLEL_MIN && !core->parallel)
		hr_error_destroy(hr_parallel_create(&core->parallel));
	if (count >= PARALLEL_MIN && core->parallel)
		hr_parallel_run(core->parallel, read_pieces, &pieces, count);
	else
		read_pieces(&pieces, 0, count);
}

static int compare_segments(const void *a, const void *b)
{
	const struct hr_segment *left = a, *right = b;

	return (left->pa > right->pa) - (left->pa < right->pa);
}

/* Sort the segments and note how far they reach. */
static struct hr_error *index_segments(struct elf_core *core)
{
	uint64_t reach = 0;

	qsort(core->segments, core->count, sizeof(*core->segments), compare_segments);
	core->reach = calloc(core->count + 1, sizeof(*core->reach));
	if (!core->reach)
		return hr_error_no_memory();
	for (size_t i = 0; i < core->count; i++) {
		uint64_t end = core->segments[i].pa + core->segments[i].size;

		reach = end > reach ? end : reach;
		core->reach[i] = reach;
	}
	return NULL;
}

static uint64_t total_size(const struct elf_core *core)
{
	uint64_t total = core->image.size;

	for (size_t i = 0; i < core->count; i++)
		if (__builtin_add_overflow(total, core->segments[i].size, &total))
			return UINT64_MAX;
	return total;
}

static const struct hr_source_ops elf_core_ops = {
	.read = elf_core_read,
	.read_many = elf_core_read_many,
	.destroy = elf_core_destroy,
};

static struct hr_error *size_of_dump(int fd, bool live, uint64_t *ret)
{
	struct statfs fs;

	*ret = UINT64_MAX;
	if (live && !fstatfs(fd, &fs) && fs.f_type == PROC_SUPER_MAGIC)
		return NULL;
	return hr_file_size(fd, ret);
}

struct hr_error *hr_elf_core_attach(int fd, bool live, struct hr_source *source)
{
	_cleanup_(hr_elf_headers_release) struct hr_elf_headers headers = { 0 };
	struct elf_core *core;
	uint64_t file_size, size;
	struct hr_error *error = size_of_dump(fd, live, &file_size);

	if (!error)
		error = hr_elf_headers_read(fd, file_size, &headers);
	if (error)
		return error;
	if (!headers.count)
		return hr_error_new(HR_ERROR_INPUT, "it has no memory in it");
	core = calloc(1, sizeof(*core));
	if (!core)
		return hr_error_no_memory();
	core->fd = fd;
	core->live = live;
	core->image = headers.segments[0];
	core->count = headers.count - 1;
	memmove(headers.segments, headers.segments + 1, core->count * sizeof(*core->segments));
	core->segments = hr_take(headers.segments);
	error = index_segments(core);
	if (error) {
		elf_core_destroy(core);
		return error;
	}
	source->vmcoreinfo = hr_take(headers.vmcoreinfo);
	source->vmcoreinfo_len = headers.vmcoreinfo_len;
	size = total_size(core);
	hr_source_attach(source, &elf_core_ops, core, size < file_size ? size : file_size, live);
	return NULL;
}

/* Is kernel lockdown in the mode that forbids reading kernel memory? */
static bool is_locked_down(void)
{
	_cleanup_close_ int fd = open("/sys/kernel/security/lockdown", O_RDONLY | O_CLOEXEC);
	char text[128] = "";

	return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 &&
	       strstr(text, "[confidentiality]") != NULL;
}

static struct hr_error *explain_open(const char *path, int errnum)
{
	if (errnum == ENOENT)
		return hr_error_new(
			HR_ERROR_OS,
			"%s does not exist: the kernel lacks CONFIG_PROC_KCORE, or /proc "
			"is mounted without it",
			path);
	if (errnum == EPERM && is_locked_down())
		return hr_error_new(
			HR_ERROR_OS,
			"%s may not be read: the kernel is locked down in confidentiality "
			"mode",
			path);
	if (errnum == EACCES)
		return hr_error_new(HR_ERROR_OS, "%s may not be read: run as root", path);
	if (errnum == EPERM)
		return hr_error_new(HR_ERROR_OS,
				    "%s may not be read: it takes root with CAP_SYS_RAWIO", path);
	return hr_error_errno(errnum, "cannot open %s", path);
}

struct hr_error *hr_kcore_open(const char *path, int *ret_fd)
{
	_cleanup_close_ int fd =
		hr_fd_above_standard(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
	struct stat st;
	char byte;

	if (fd < 0)
		return explain_open(path, errno);
	if (fstat(fd, &st))
		return hr_error_errno(errno, "cannot look at %s", path);
	if (S_ISDIR(st.st_mode))
		return hr_error_new(HR_ERROR_INPUT, "%s is a directory, not a core", path);
	if (!S_ISREG(st.st_mode) || pread(fd, &byte, 1, 0) == 0)
		return hr_error_new(HR_ERROR_INPUT,
				    "%s is empty: a container hides it; run on the host, or in a "
				    "container that does not mask /proc/kcore",
				    path);
	*ret_fd = hr_take_fd(&fd);
	return NULL;
}
