// SPDX-License-Identifier: GPL-2.0-or-later
#include "kcore_reader.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/zero.h"
#include "os/file_io.h"
#include "os/parallel.h"
#include "source/elf_headers.h"

/* Where the two mappings of the image may differ, they do so page by page. */
enum {
	SMALLEST_PAGE = 4096
};

/* Bytes. */
enum {
	PARALLEL_MIN = 128 << 10, /* a smaller batch is not worth making a thread for */
	PIECE_MIN = 32 << 10,	  /* a thread takes so much at a time: neighbours are read as one */
};

struct elf_core {
	int fd;
	bool live;
	struct hr_segment image;     /* the first of the file; overlaps others if it is the image */
	struct hr_segment *segments; /* the others, or parts of them: ascending, none overlap */
	size_t count;
	struct hr_parallel *parallel; /* NULL until there is much to read */
};

static void elf_core_destroy(void *context)
{
	struct elf_core *core = context;

	if (!core)
		return;
	hr_parallel_destroy(core->parallel);
	free(core->segments);
	free(core);
}

static bool segment_has(const struct hr_segment *segment, uint64_t pa)
{
	return pa >= segment->pa && pa - segment->pa < segment->size;
}

/* The first segment that begins behind @pa. */
static size_t find_behind(const struct elf_core *core, uint64_t pa)
{
	size_t low = 0, high = core->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (core->segments[middle].pa <= pa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The segment that holds @pa; NULL if none does. The image's comes last. */
static const struct hr_segment *find_segment(const struct elf_core *core, uint64_t pa)
{
	size_t low = find_behind(core, pa);

	if (low && segment_has(&core->segments[low - 1], pa))
		return &core->segments[low - 1];
	return segment_has(&core->image, pa) ? &core->image : NULL;
}

/* Is @pa, which @segment has, in the live image too? */
static bool has_two_mappings(const struct elf_core *core, const struct hr_segment *segment,
			     uint64_t pa)
{
	return core->live && segment != &core->image && segment_has(&core->image, pa);
}

/*
 * Bytes from @pa on that are @segment's, and of which none or one page has a second mapping. Where
 * the next segment begins, bytes are its own, however long a read is.
 */
static uint64_t bytes_here(const struct elf_core *core, const struct hr_segment *segment,
			   uint64_t pa)
{
	uint64_t left = segment->size - (pa - segment->pa);
	uint64_t bound = left;
	size_t behind = find_behind(core, pa);

	if (behind < core->count && core->segments[behind].pa - pa < left)
		left = core->segments[behind].pa - pa;
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

/* A batch that is underway; NULL in its place if it is to be read by whoever finishes it. */
struct batch_job {
	struct pieces pieces;
	struct hr_job job;
};

static struct pieces pieces_of(struct elf_core *core, const struct hr_batch *batch)
{
	return (struct pieces){ core, batch->pas, batch->len, batch->buffer, batch->ok };
}

/*
 * Threads are made when there is work for them; without them the work is done all the same. What is
 * read of /proc/kcore goes through a buffer that the kernel keeps for the open file: of two reads at
 * a time through one descriptor, either may return the other's page.
 */
static void elf_core_begin(void *context, struct hr_batch *batch)
{
	struct elf_core *core = context;
	struct batch_job *job;

	batch->job = NULL;
	if (core->live)
		return;
	if (!core->parallel && batch->count * batch->len >= PARALLEL_MIN)
		hr_error_destroy(hr_parallel_create(&core->parallel));
	if (!core->parallel)
		return;
	job = malloc(sizeof(*job));
	if (!job)
		return;
	job->pieces = pieces_of(core, batch);
	job->job = (struct hr_job){
		.piece = read_pieces,
		.context = &job->pieces,
		.count = batch->count,
		.least = (PIECE_MIN + batch->len - 1) / batch->len,
	};
	batch->job = job;
	hr_parallel_begin(core->parallel, &job->job);
}

static void elf_core_finish(void *context, struct hr_batch *batch)
{
	struct elf_core *core = context;
	struct pieces pieces = pieces_of(core, batch);
	struct batch_job *job = batch->job;

	if (job)
		hr_parallel_finish(core->parallel, &job->job);
	else
		read_pieces(&pieces, 0, batch->count);
	free(job);
}

static int compare_segments(const void *a, const void *b)
{
	const struct hr_segment *left = a, *right = b;

	return (left->pa > right->pa) - (left->pa < right->pa);
}

static uint64_t end_of(const struct hr_segment *segment)
{
	return segment->pa + segment->size;
}

/* The parts that segments are cut into, and those that may go on behind @at: the last one has it. */
struct cutting {
	const struct hr_segment *segments;
	struct hr_segment *parts;
	size_t count;
	size_t *open, open_count;
	uint64_t at;
};

/* Cut what is open up to @end. A segment that is over makes room for one that began before it. */
static void cut_until(struct cutting *cutting, uint64_t end)
{
	while (cutting->open_count && cutting->at < end) {
		const struct hr_segment *top =
			&cutting->segments[cutting->open[cutting->open_count - 1]];
		uint64_t stop = end_of(top) < end ? end_of(top) : end;

		if (stop > cutting->at) {
			cutting->parts[cutting->count++] = (struct hr_segment){
				.pa = cutting->at,
				.size = stop - cutting->at,
				.offset = top->offset + (cutting->at - top->pa),
			};
			cutting->at = stop;
		}
		if (end_of(top) > end)
			break;
		cutting->open_count--;
	}
}

/*
 * Cut the segments into parts that do not overlap, so that a search need not go through those that
 * begin earlier: of several that have a byte, the one that begins last has it. Each segment ends one
 * part and begins one.
 */
static struct hr_error *index_segments(struct elf_core *core)
{
	_cleanup_free_ size_t *open = calloc(core->count + 1, sizeof(*open));
	struct cutting cutting = { .segments = core->segments, .open = open };

	cutting.parts = calloc(2 * core->count + 1, sizeof(*cutting.parts));
	if (!open || !cutting.parts) {
		free(cutting.parts);
		return hr_error_no_memory();
	}
	qsort(core->segments, core->count, sizeof(*core->segments), compare_segments);
	for (size_t i = 0; i < core->count; i++) {
		cut_until(&cutting, core->segments[i].pa);
		cutting.at = core->segments[i].pa;
		open[cutting.open_count++] = i;
	}
	cut_until(&cutting, UINT64_MAX);
	free(core->segments);
	core->segments = cutting.parts;
	core->count = cutting.count;
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
	.begin = elf_core_begin,
	.finish = elf_core_finish,
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

bool hr_elf_core_probe(const void *head, size_t len)
{
	return hr_begins_with(head, len, ELFMAG, SELFMAG);
}

struct hr_error *hr_elf_core_open(const int *fds, size_t count, void *helpers,
				  struct hr_source *source)
{
	(void)helpers;
	if (count > 1)
		return hr_error_new(
			HR_ERROR_INPUT,
			"an ELF core is one file: only kdump-compressed dumps are split");
	return hr_elf_core_attach(fds[0], false, source);
}

/* Does lockdown forbid reading kernel memory? Without securityfs nobody can tell. */
static bool is_locked_down(void)
{
	_cleanup_close_ int fd = open("/sys/kernel/security/lockdown", O_RDONLY | O_CLOEXEC);
	char text[128] = "";

	return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 &&
	       strstr(text, "[confidentiality]") != NULL;
}

/* Has this process CAP_SYS_RAWIO, in its own user namespace at least? */
static bool has_rawio(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return !syscall(SYS_capget, &header, data) &&
	       data[CAP_TO_INDEX(CAP_SYS_RAWIO)].effective & CAP_TO_MASK(CAP_SYS_RAWIO);
}

/* Are the users of this process others outside of it? */
static bool in_user_namespace(void)
{
	_cleanup_close_ int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	unsigned long inside = 0, outside = 0, count = UINT32_MAX;
	char text[128] = "";

	return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 &&
	       (sscanf(text, "%lu %lu %lu", &inside, &outside, &count) != 3 || inside || outside ||
		count != UINT32_MAX);
}

/* The file's mode forbids it, or a security module. */
static struct hr_error *explain_eacces(const char *path)
{
	if (in_user_namespace())
		return hr_error_new(HR_ERROR_OS,
				    "%s may not be read from within a user namespace: run on the "
				    "host as root",
				    path);
	if (geteuid())
		return hr_error_new(HR_ERROR_OS, "%s may not be read by this user: run as root",
				    path);
	return hr_error_new(HR_ERROR_OS,
			    "%s may not be read: a security module (SELinux, AppArmor) forbids it, "
			    "its log says by which rule",
			    path);
}

/* The kernel refuses what the file's mode allows, for want of a capability or by lockdown. */
static struct hr_error *explain_eperm(const char *path)
{
	if (is_locked_down() || has_rawio())
		return hr_error_new(HR_ERROR_OS,
				    "%s may not be read: the kernel is locked down in "
				    "confidentiality mode; boot it without, or ask a dump of it "
				    "instead (--vmcore)",
				    path);
	return hr_error_new(HR_ERROR_OS,
			    "%s may not be read without CAP_SYS_RAWIO: run on the host as root, or "
			    "give the container that capability",
			    path);
}

static struct hr_error *explain_open(const char *path, int errnum)
{
	if (errnum == ENOENT && !strncmp(path, "/proc/", strlen("/proc/")))
		return hr_error_new(HR_ERROR_OS,
				    "%s does not exist: mount /proc; if it is mounted, the kernel "
				    "lacks CONFIG_PROC_KCORE, and a dump of it can be asked "
				    "instead (--vmcore)",
				    path);
	if (errnum == EACCES)
		return explain_eacces(path);
	if (errnum == EPERM)
		return explain_eperm(path);
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
