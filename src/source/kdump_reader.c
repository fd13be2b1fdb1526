// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_reader.h"

#include "source/kdump_lack.h"
#include "source/kdump_orders.h"

/*
 * Further processes open the dump, which takes time, only for a batch of this many pieces, or after
 * this many single reads.
 */
enum {
	BATCH_MIN = 32,
	SINGLE_MAX = 256,
};

/* If its bitmap is larger, a dump is read through views, which the library opens quickly. */
#ifndef HR_KDUMP_DIRECT_MAX
#define HR_KDUMP_DIRECT_MAX (UINT64_C(16) << 20)
#endif

/* The address space of a process: its code, its buffers, and copies of the bitmaps. */
#define SPACE_BASE	 (UINT64_C(512) << 20)
#define SPACE_PER_BITMAP 4

/* A page of a few bytes may stand for a block of zeros, so a small file would take long. */
#define SEARCH_FREE	(UINT64_C(512) << 20)
#define SEARCH_TIMES	64
#define SEARCH_SIZE_MAX (UINT64_C(1) << 40) /* of a file: more than is ever searched */

static struct hr_error *kdump_read(void *context, uint64_t pa, void *buffer, size_t len)
{
	struct hr_kdump_readers *readers = context;
	struct hr_error *error = hr_kdump_set_check(&readers->set, pa, len);
	char *at = buffer;

	hr_kdump_readers_call_in(readers, ++readers->single_reads > SINGLE_MAX);
	while (!error && len) {
		size_t here = len < HR_KDUMP_SLOT_SIZE ? len : HR_KDUMP_SLOT_SIZE;

		error = hr_kdump_read_piece(readers, pa, at, here);
		pa += here;
		at += here;
		len -= here;
	}
	return error;
}

/*
 * Batches are read here and not in begin: one that has begun cannot be cancelled, so processes
 * would unpack data that is not needed.
 */
static void kdump_finish(void *context, struct hr_batch *batch)
{
	hr_kdump_readers_call_in(context, batch->count >= BATCH_MIN);
	hr_kdump_read_batch(context, batch);
}

static bool kdump_next(void *context, uint64_t pa, uint64_t *ret_start, uint64_t *ret_end)
{
	const struct hr_kdump_readers *readers = context;
	uint64_t block = readers->set.block_size, first, end;

	if (!hr_kdump_set_next(&readers->set, pa / block, &first, &end))
		return false;
	*ret_start = first * block > pa ? first * block : pa;
	*ret_end = end * block;
	return true;
}

/* The processes belong to the files, not to the source. */
static void kdump_destroy(void *context)
{
	struct hr_kdump_readers *readers = context;

	hr_kdump_set_forget(&readers->set);
}

static const struct hr_source_ops kdump_ops = {
	.read = kdump_read,
	.next = kdump_next,
	.finish = kdump_finish,
	.destroy = kdump_destroy,
};

/* Only what may be descriptors and data counts: a bitmap may be a hole. */
static uint64_t search_limit(const struct hr_kdump_set *set)
{
	uint64_t limit = SEARCH_FREE;

	for (size_t i = 0; i < set->count; i++) {
		uint64_t size = set->sizes[i] - set->headers[i].descs_offset;

		limit += SEARCH_TIMES * (size < SEARCH_SIZE_MAX ? size : SEARCH_SIZE_MAX);
	}
	return limit;
}

/* libkdumpfile may not accept a file that lacks its end, so it gets a view, which is whole. */
static void choose_way(struct hr_kdump_readers *readers, uint64_t bitmaps)
{
	readers->through_views = bitmaps > HR_KDUMP_DIRECT_MAX;
	for (size_t i = 0; i < readers->set.count; i++)
		readers->through_views |= readers->set.headers[i].is_cut;
	readers->space = SPACE_BASE;
	if (!readers->through_views)
		readers->space += SPACE_PER_BITMAP * bitmaps;
}

/*
 * A process opens the dump while the pages are counted: both read all of a small bitmap. A dump
 * without VMCOREINFO is accepted here, because the user may supply one.
 */
static struct hr_error *open_set(struct hr_kdump_readers *readers, struct hr_source *source,
				 uint64_t *ret_pages)
{
	uint64_t bitmaps = 0;
	struct hr_error *error = hr_kdump_set_read_headers(&readers->set, &bitmaps);

	if (error)
		return error;
	choose_way(readers, bitmaps);
	hr_kdump_readers_open(readers);
	error = hr_kdump_set_index(&readers->set, ret_pages);
	if (!error)
		error = hr_kdump_lack_find(&readers->set, &source->incomplete);
	if (!error)
		error = hr_kdump_readers_wait(readers);
	if (!error)
		error = hr_kdump_set_read_vmcoreinfo(&readers->set, &source->vmcoreinfo,
						     &source->vmcoreinfo_len);
	return error;
}

struct hr_error *hr_kdump_attach(struct hr_kdump_readers *readers, struct hr_source *source)
{
	uint64_t pages = 0;
	struct hr_error *error;

	readers->set.stored = source->stored;
	error = open_set(readers, source, &pages);
	if (!error && !pages)
		error = hr_error_new(HR_ERROR_INPUT, "it contains no memory");
	if (error) {
		/* A dump without its headers is not a dump. */
		if (error->code == HR_ERROR_UNREADABLE)
			error->code = HR_ERROR_INPUT;
		hr_kdump_set_forget(&readers->set);
		return error;
	}
	source->search_limit = search_limit(&readers->set);
	hr_source_attach(source, &kdump_ops, readers, pages * readers->set.block_size, false);
	return NULL;
}

bool hr_kdump_probe(const void *head, size_t len)
{
	return hr_begins_with(head, len, HR_KDUMP_SIGNATURE, HR_KDUMP_SIGNATURE_LEN);
}

/* The files are those that the readers already have. */
struct hr_error *hr_kdump_open(const int *fds, size_t count, void *helpers,
			       struct hr_source *source)
{
	(void)fds;
	(void)count;
	return hr_kdump_attach(helpers, source);
}

static struct hr_error *start_helpers(const int *fds, size_t count, bool sandbox, void **ret)
{
	struct hr_kdump_readers *readers = NULL;
	struct hr_error *error = hr_kdump_readers_start(fds, count, sandbox, &readers);

	*ret = readers;
	return error;
}

static size_t helpers_write_fds(const void *helpers, int *ret)
{
	return hr_kdump_readers_write_fds(helpers, ret);
}

static void end_helpers(void *helpers)
{
	hr_kdump_readers_destroy(helpers);
}

_Static_assert(2 * HR_KDUMP_READERS_MAX <= HR_HELPERS_WRITE_FDS_MAX, "a pipe and a view each");

const struct hr_format_helpers hr_kdump_helpers = {
	.start = start_helpers,
	.write_fds = helpers_write_fds,
	.end = end_helpers,
};
