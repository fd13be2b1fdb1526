// SPDX-License-Identifier: GPL-2.0-or-later
#include "kcore_reader.h"

#include <elf.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "base/zero.h"
#include "os/file_io.h"
#include "os/parallel.h"
#include "source/segment_index.h"

/* If the two mappings of the image differ, they differ by whole pages. */
enum {
	SMALLEST_PAGE = 4096
};

/* Bytes. */
enum {
	PARALLEL_MIN = 128 << 10, /* a smaller batch is not worth creating a thread for */
	PIECE_MIN = 32 << 10,	  /* what a thread takes at a time: neighbours are read together */
};

struct elf_core {
	int fd;
	bool live;
	struct hr_segment image; /* the first in the file; overlaps others if it is the image */
	struct hr_segment_index others;
	const struct hr_stretches *stored;  /* what is in the file */
	const struct hr_snapshot *snapshot; /* NULL: it is not one */
	struct hr_parallel *parallel;	    /* NULL until there is much to read */
};

static void elf_core_destroy(void *context)
{
	struct elf_core *core = context;

	if (!core)
		return;
	hr_parallel_destroy(core->parallel);
	hr_segment_index_release(&core->others);
	free(core);
}

/* The segment that holds @pa; NULL if none does. The image's segment is tried last. */
static const struct hr_segment *find_segment(const struct elf_core *core, uint64_t pa)
{
	const struct hr_segment *segment = hr_segment_index_find(&core->others, pa);

	return segment || !hr_segment_has(&core->image, pa) ? segment : &core->image;
}

/* Is @pa, which is in @segment, also in the live image? */
static bool has_two_mappings(const struct elf_core *core, const struct hr_segment *segment,
			     uint64_t pa)
{
	return core->live && segment != &core->image && hr_segment_has(&core->image, pa);
}

/*
 * The number of bytes from @pa on that belong to @segment and of which no page, or exactly one
 * page, has a second mapping. Bytes after the start of the next segment belong to that one, however
 * long a read is.
 */
static uint64_t bytes_here(const struct elf_core *core, const struct hr_segment *segment,
			   uint64_t pa)
{
	uint64_t left = segment->size - (pa - segment->pa);
	uint64_t gap = hr_segment_index_gap(&core->others, pa);
	uint64_t bound = left;

	left = gap < left ? gap : left;
	if (has_two_mappings(core, segment, pa)) {
		bound = SMALLEST_PAGE - pa % SMALLEST_PAGE;
		if (bound > core->image.size - (pa - core->image.pa))
			bound = core->image.size - (pa - core->image.pa);
	} else if (core->live && core->image.pa > pa) {
		bound = core->image.pa - pa;
	}
	return bound < left ? bound : left;
}

/* What is not in the file would read as zeros. */
static struct hr_error *read_file(const struct elf_core *core, void *buffer, size_t len,
				  uint64_t offset)
{
	if (hr_stretches_have(core->stored, offset, len))
		return hr_pread_all(core->fd, buffer, len, offset);
	return hr_error_new(HR_ERROR_UNREADABLE,
			    "the dump is incomplete: %s at file offset 0x%" PRIx64 " %s missing",
			    hr_count_text(len, "byte", "bytes").text, offset,
			    len == 1 ? "is" : "are");
}

/*
 * Read what one segment has at @pa. In a live core, either mapping of the image can be gone and
 * read as zeros: the image's own one where init memory was freed and may hold anything since,
 * including page tables; the linear one of .data and .bss from 7.3 on. So what is zero in one
 * mapping is looked up in the other, one page at a time.
 */
static struct hr_error *read_piece(const void *context, uint64_t pa, char *buffer, size_t *len)
{
	const struct elf_core *core = context;
	const struct hr_segment *segment = find_segment(core, pa);
	struct hr_error *error;
	uint64_t here;

	if (!segment)
		return hr_segment_missing(pa);
	here = bytes_here(core, segment, pa);
	if (*len > here)
		*len = (size_t)here;
	error = read_file(core, buffer, *len, segment->offset + (pa - segment->pa));
	if (error || !has_two_mappings(core, segment, pa) || !hr_is_zero(buffer, *len))
		return error;
	return read_file(core, buffer, *len, core->image.offset + (pa - core->image.pa));
}

static struct hr_error *elf_core_read(void *context, uint64_t pa, void *buffer, size_t len)
{
	const struct elf_core *core = context;
	struct hr_error *error = hr_segments_read(read_piece, context, pa, buffer, len);

	return error && core->snapshot ? hr_snapshot_explain(core->snapshot, pa, error) : error;
}

/*
 * How many of the pieces at @pas, from the first on, are contiguous in the file; 0 if the first is
 * not completely in one segment, or has two mappings.
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

/* Pieces to read, and their destination. */
struct pieces {
	struct elf_core *core;
	const uint64_t *pas;
	size_t len;
	char *buffer;
	bool *ok;
};

/* Pieces that cannot be joined, or that fail together, are read one by one. */
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
			error = read_file(pieces->core, at, found * len, offset);
		else
			error = elf_core_read(pieces->core, pieces->pas[first], at, len);
		found = found ? found : 1;
		memset(pieces->ok + first, !error, found * sizeof(*pieces->ok));
		hr_error_destroy(error);
	}
}

/* A batch in progress; NULL in its place if it is read when it is finished. */
struct batch_job {
	struct pieces pieces;
	struct hr_job job;
};

static struct pieces pieces_of(struct elf_core *core, const struct hr_batch *batch)
{
	return (struct pieces){ core, batch->pas, batch->len, batch->buffer, batch->ok };
}

/*
 * Threads are created when there is work for them; without them the caller does the work. Reads of
 * /proc/kcore go through a buffer that the kernel keeps for each open file: of two concurrent reads
 * through one descriptor, either may return the other's page.
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

static uint64_t total_size(const struct elf_core *core)
{
	uint64_t total = core->image.size;

	for (size_t i = 0; i < core->others.count; i++)
		if (__builtin_add_overflow(total, core->others.parts[i].size, &total))
			return UINT64_MAX;
	return total;
}

static bool elf_core_next(void *context, uint64_t pa, uint64_t *ret_start, uint64_t *ret_end)
{
	const struct elf_core *core = context;
	bool found = hr_segment_index_next(&core->others, pa, ret_start, ret_end);

	return hr_segment_next(&core->image, pa, found, ret_start, ret_end);
}

static const struct hr_source_ops elf_core_ops = {
	.next = elf_core_next,
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

/* Record what @headers promise beyond what the file has. The flag is known in dumps only. */
static void note_missing(const struct hr_elf_headers *headers, bool live,
			 struct hr_incomplete *incomplete)
{
	if (headers->is_flagged && !live)
		hr_incomplete_because(incomplete, HR_INCOMPLETE_NO_SPACE);
	if (headers->missing)
		hr_incomplete_add_end(incomplete, headers->missing);
}

static struct hr_error *no_memory_in_it(const struct hr_elf_headers *headers)
{
	return hr_error_new(HR_ERROR_INPUT,
			    headers->missing
				    ? "it is truncated before its first memory; copy it again"
				    : "it contains no memory");
}

/* Take what the core says of itself if it is a snapshot. */
static struct hr_error *take_snapshot(const struct hr_elf_headers *headers, struct elf_core *core,
				      struct hr_source *source)
{
	struct hr_snapshot *snapshot;
	struct hr_error *error;

	if (!headers->snapshot || core->live)
		return NULL;
	if (!hr_stretches_have(core->stored, headers->snapshot_offset, headers->snapshot_len))
		return hr_error_new(HR_ERROR_INPUT, "its note is incomplete: copy it again");
	source->snapshot = snapshot = calloc(1, sizeof(*snapshot));
	if (!snapshot)
		return hr_error_no_memory();
	error = hr_snapshot_parse(headers->snapshot, headers->snapshot_len, snapshot);
	if (error)
		return error;
	core->snapshot = snapshot;
	strcpy(source->format, "snapshot");
	if (snapshot->incomplete.is_set)
		source->incomplete = snapshot->incomplete;
	return NULL;
}

static struct hr_error *fill_core(struct elf_core *core, struct hr_elf_headers *headers,
				  struct hr_source *source)
{
	struct hr_error *error;

	core->stored = &source->stored[0];
	core->image = headers->segments[0];
	error = hr_segment_index_init(headers->segments + 1, headers->count - 1, &core->others);
	return error ? error : take_snapshot(headers, core, source);
}

/*
 * A snapshot has the room of its source, so that limits that follow from it are the same. A small
 * file cannot make much work by that: it has all tables, and few of them are used often.
 */
static uint64_t room_of(const struct elf_core *core, uint64_t size)
{
	uint64_t most;

	if (!core->snapshot)
		return size;
	if (__builtin_mul_overflow(size, HR_SNAPSHOT_ROOM_TIMES, &most) ||
	    __builtin_add_overflow(most, HR_SNAPSHOT_ROOM_FREE, &most))
		most = UINT64_MAX;
	return core->snapshot->room < most ? core->snapshot->room : most;
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
		return no_memory_in_it(&headers);
	core = calloc(1, sizeof(*core));
	if (!core)
		return hr_error_no_memory();
	core->fd = fd;
	core->live = live;
	error = fill_core(core, &headers, source);
	if (error) {
		elf_core_destroy(core);
		return error;
	}
	note_missing(&headers, live, &source->incomplete);
	if (hr_stretches_have(core->stored, headers.vmcoreinfo_offset, headers.vmcoreinfo_len)) {
		source->vmcoreinfo = hr_take(headers.vmcoreinfo);
		source->vmcoreinfo_len = headers.vmcoreinfo_len;
	}
	size = total_size(core);
	if (size > file_size)
		size = file_size;
	hr_source_attach(source, &elf_core_ops, core, room_of(core, size), live);
	return NULL;
}

bool hr_elf_core_probe(const void *head, size_t len)
{
	return hr_begins_with(head, len, ELFMAG, SELFMAG);
}

struct hr_error *hr_elf_core_open(const int *fds, size_t count, void *helpers,
				  struct hr_source *source)
{
	struct hr_error *error = hr_source_refuse_parts(count, "an ELF core");

	(void)helpers;
	return error ? error : hr_elf_core_attach(fds[0], false, source);
}
