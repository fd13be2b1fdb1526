// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_reader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/vmcoreinfo.h"
#include "os/file_io.h"
#include "os/parallel.h"
#include "source/kdump_child.h"
#include "source/kdump_header.h"
#include "source/kdump_pages.h"
#include "source/kdump_process.h"
#include "source/kdump_view.h"

/*
 * The second process and those behind it open the dump, which takes time, when there is a batch of
 * so many pieces, or when so many were read one by one.
 */
enum {
	BATCH_MIN = 32,
	SINGLE_MAX = 256,
};

/* Bytes of memory that one process unpacks before it is the next one's turn: whole blocks. */
enum {
	TURN = 2 * HR_KDUMP_BLOCK_MAX
};

/* A dump with a larger bitmap is read through views, which the library opens at once. */
#ifndef HR_KDUMP_DIRECT_MAX
#define HR_KDUMP_DIRECT_MAX (UINT64_C(16) << 20)
#endif

/* Address space of a process: its code, buffers, and copies of the bitmaps. */
#define SPACE_BASE	 (UINT64_C(512) << 20)
#define SPACE_PER_BITMAP 4

/* Pieces that a process was asked for, by their numbers in the batch. */
struct order {
	size_t count; /* 0: nothing was asked for */
	size_t pieces[HR_KDUMP_PIECES];
};

struct reader {
	struct hr_kdump_process process;
	struct hr_kdump_view view;
	bool asked;  /* to open the dump */
	bool opened; /* it has said how that went */
	struct order orders[HR_KDUMP_SLOTS];
	size_t oldest; /* the slot that is answered first */
	size_t next;   /* piece of the batch to look at */
};

struct hr_kdump_readers {
	int fds[HR_SPLIT_MAX];
	struct hr_kdump_pages *pages[HR_SPLIT_MAX];
	size_t count;
	bool sandbox;
	uint64_t block_size;
	uint64_t space;
	bool through_views;
	struct reader readers[HR_KDUMP_READERS_MAX];
	size_t reader_count;
	size_t usable, in_use; /* of them: the first ones */
	size_t single_reads;
};

/* What a process is started with. */
struct child {
	const struct hr_kdump_readers *readers;
	int view;
};

static void run_child(void *context, const struct hr_link *link, char *shared)
{
	const struct child *start = context;
	struct hr_kdump_child child = {
		.fds = start->readers->fds,
		.count = start->readers->count,
		.view = start->view,
		.link = link,
		.sandbox = start->readers->sandbox,
	};

	child.shared = shared;
	hr_kdump_child_run(&child);
}

static struct hr_error *start_reader(const struct hr_kdump_readers *readers, struct reader *reader)
{
	struct hr_error *error = hr_kdump_view_create(&reader->view);
	struct child child = { readers, reader->view.fd };
	int fds[HR_SPLIT_MAX + 1];

	if (error)
		return error;
	memcpy(fds, readers->fds, sizeof(readers->fds));
	fds[readers->count] = child.view;
	return hr_kdump_process_start(fds, readers->count + 1, run_child, &child, &reader->process);
}

static void forget_pages(struct hr_kdump_readers *readers)
{
	for (size_t i = 0; i < readers->count; i++) {
		hr_kdump_pages_destroy(readers->pages[i]);
		readers->pages[i] = NULL;
	}
}

void hr_kdump_readers_destroy(struct hr_kdump_readers *readers)
{
	if (!readers)
		return;
	for (size_t i = 0; i < readers->reader_count; i++) {
		hr_kdump_process_end(&readers->readers[i].process);
		hr_kdump_view_release(&readers->readers[i].view);
	}
	forget_pages(readers);
	free(readers);
}

static void cleanup_readers(struct hr_kdump_readers **readers)
{
	hr_kdump_readers_destroy(*readers);
}

struct hr_error *hr_kdump_readers_start(const int *fds, size_t count, bool sandbox,
					struct hr_kdump_readers **ret)
{
	_cleanup_(cleanup_readers) struct hr_kdump_readers *readers = calloc(1, sizeof(*readers));
	size_t wanted = hr_cpu_count(HR_KDUMP_READERS_MAX);

	if (!readers)
		return hr_error_no_memory();
	memcpy(readers->fds, fds, count * sizeof(*fds));
	readers->count = count;
	readers->sandbox = sandbox;
	while (readers->reader_count < wanted) {
		struct reader *reader = &readers->readers[readers->reader_count++];
		struct hr_error *error;

		reader->process.link = HR_LINK_CLOSED;
		error = start_reader(readers, reader);
		if (error)
			return error;
	}
	*ret = hr_take(readers);
	return NULL;
}

size_t hr_kdump_readers_write_fds(const struct hr_kdump_readers *readers, int *ret)
{
	size_t readers_count = readers ? readers->reader_count : 0, count = 0;

	for (size_t i = 0; i < readers_count; i++) {
		ret[count++] = readers->readers[i].process.link.out;
		ret[count++] = readers->readers[i].view.fd;
	}
	return count;
}

/* Have @reader open the dump, or its view; it is not waited for. */
static void ask_to_open(const struct hr_kdump_readers *readers, struct reader *reader)
{
	const struct hr_kdump_request request = {
		.magic = HR_KDUMP_MAGIC,
		.op = readers->through_views ? HR_KDUMP_OPEN_VIEW : HR_KDUMP_OPEN,
		.size = readers->block_size,
		.limit = readers->space,
	};

	if (reader->asked)
		return;
	reader->asked = true;
	if (readers->through_views) {
		struct hr_error *error = hr_kdump_view_begin(&reader->view, readers->block_size);

		if (error)
			hr_kdump_process_distrust(&reader->process, error->message);
		hr_error_destroy(error);
	}
	/* Whoever wants the answer hears of what went wrong. */
	hr_error_destroy(hr_kdump_process_send(&reader->process, &request));
}

static struct hr_error *wait_for_open(const struct hr_kdump_readers *readers, struct reader *reader)
{
	enum hr_kdump_op op = readers->through_views ? HR_KDUMP_OPEN_VIEW : HR_KDUMP_OPEN;
	struct hr_kdump_reply reply;
	struct hr_error *error;

	if (reader->opened)
		return NULL;
	reader->opened = true;
	error = hr_kdump_process_receive(&reader->process, op, &reply);
	if (error || reply.status == HR_KDUMP_DONE)
		return error;
	error = hr_error_new(HR_ERROR_INPUT, "the dump cannot be opened (libkdumpfile: %s)",
			     reply.message);
	hr_kdump_process_distrust(&reader->process, error->message);
	return error;
}

/*
 * The process that unpacks what @pa is part of: always the same, as long as no further one has
 * opened the dump, so that it is done once. Neighbours, whose descriptors and data lie in the same
 * pages of the file, have the same.
 */
static struct reader *reader_of(struct hr_kdump_readers *readers, uint64_t pa)
{
	return &readers->readers[pa / TURN % readers->in_use];
}

static bool has_answered(const struct reader *reader)
{
	const struct hr_link *link = &reader->process.link;

	return reader->asked && (!hr_link_is_open(link) || hr_link_has_message(link));
}

/*
 * With @much to read, all processes are to have a part in it. They open the dump meanwhile; those
 * that have done so are used. One that cannot is not missed.
 */
static void call_in(struct hr_kdump_readers *readers, bool much)
{
	for (size_t i = 1; much && i < readers->usable; i++)
		ask_to_open(readers, &readers->readers[i]);
	while (readers->in_use < readers->usable &&
	       has_answered(&readers->readers[readers->in_use])) {
		struct hr_error *error = wait_for_open(readers, &readers->readers[readers->in_use]);

		if (error)
			readers->usable = readers->in_use;
		else
			readers->in_use++;
		hr_error_destroy(error);
	}
}

/* Look block @pfn up in the part of the set that it would be in. */
static struct hr_error *find_block(const struct hr_kdump_readers *readers, uint64_t pfn,
				   struct hr_kdump_page *ret, int *ret_fd)
{
	size_t part = 0;

	while (part + 1 < readers->count && !hr_kdump_pages_cover(readers->pages[part], pfn))
		part++;
	*ret_fd = readers->fds[part];
	return hr_kdump_pages_find(readers->pages[part], pfn, ret);
}

/* The blocks of @len bytes at @pa, the last one inclusive. */
static struct hr_error *find_blocks(const struct hr_kdump_readers *readers, uint64_t pa, size_t len,
				    uint64_t *ret_first, uint64_t *ret_last)
{
	if (!len || pa > UINT64_MAX - (len - 1))
		return hr_error_new(HR_ERROR_UNREADABLE, "PA 0x%" PRIx64 " cannot be", pa);
	*ret_first = pa / readers->block_size;
	*ret_last = (pa + len - 1) / readers->block_size;
	return NULL;
}

/* Are all pages of @len bytes at @pa in the dump, by what it says itself? */
static struct hr_error *check_pages(const struct hr_kdump_readers *readers, uint64_t pa, size_t len)
{
	uint64_t pfn = 1, last = 0;
	struct hr_error *error = find_blocks(readers, pa, len, &pfn, &last);
	struct hr_kdump_page page;
	int fd;

	for (; !error && pfn <= last; pfn++)
		error = find_block(readers, pfn, &page, &fd);
	return error;
}

/*
 * Where @reader finds the @len bytes at @pa of the dump: there, or in its view, into which they are
 * put. There must be room for them.
 */
static struct hr_error *place_piece(const struct hr_kdump_readers *readers, struct reader *reader,
				    uint64_t pa, size_t len, uint64_t *ret)
{
	struct hr_error *error;
	uint64_t pfn, last;

	*ret = pa;
	if (!readers->through_views)
		return NULL;
	error = find_blocks(readers, pa, len, &pfn, &last);
	if (error || hr_kdump_view_has(&reader->view, pa, len, ret))
		return error;
	for (; !error && pfn <= last; pfn++) {
		struct hr_kdump_page page;
		int fd;

		error = find_block(readers, pfn, &page, &fd);
		if (!error)
			error = hr_kdump_view_add(&reader->view, pfn, fd, &page);
	}
	if (!error)
		hr_kdump_view_has(&reader->view, pa, len, ret);
	return error;
}

static struct hr_error *send_request(const struct hr_kdump_readers *readers, struct reader *reader,
				     struct hr_kdump_request *request)
{
	struct hr_error *error = NULL;
	bool renew = false;

	if (readers->through_views)
		error = hr_kdump_view_finish(&reader->view, &renew);
	if (error)
		hr_kdump_process_distrust(&reader->process, error->message);
	request->renew = renew;
	return error ? error : hr_kdump_process_send(&reader->process, request);
}

static struct hr_error *piece_error(const struct hr_kdump_reply *reply, size_t i, uint64_t pa)
{
	if (reply->pieces[i] == HR_KDUMP_DONE)
		return NULL;
	return hr_error_new(HR_ERROR_UNREADABLE,
			    "PA 0x%" PRIx64 " cannot be read from the dump (libkdumpfile: %s)", pa,
			    reply->message);
}

/* The answer to the oldest order of @reader, which must have @order's slot and count. */
static struct hr_error *receive_order(struct reader *reader, struct hr_kdump_reply *ret)
{
	struct hr_error *error = hr_kdump_process_receive(&reader->process, HR_KDUMP_READ, ret);

	if (error)
		return error;
	if (ret->slot == reader->oldest && ret->count == reader->orders[ret->slot].count)
		return NULL;
	hr_kdump_process_distrust(&reader->process,
				  "the process that reads the dump answered what was not asked");
	return hr_kdump_process_error(&reader->process);
}

/* What fits a slot of a process. */
static size_t read_in_parts(size_t left)
{
	return left < HR_KDUMP_SLOT_SIZE ? left : HR_KDUMP_SLOT_SIZE;
}

/* One piece of at most a slot. */
static struct hr_error *read_piece(const struct hr_kdump_readers *readers, struct reader *reader,
				   uint64_t pa, void *buffer, size_t len)
{
	struct hr_kdump_request request = {
		.magic = HR_KDUMP_MAGIC,
		.op = HR_KDUMP_READ,
		.count = 1,
		.size = len,
	};
	struct hr_kdump_reply reply;
	struct hr_error *error;

	hr_kdump_view_next(&reader->view);
	error = place_piece(readers, reader, pa, len, &request.pas[0]);
	if (!error)
		error = send_request(readers, reader, &request);
	reader->oldest = 0;
	reader->orders[0].count = 1;
	if (!error)
		error = receive_order(reader, &reply);
	reader->orders[0].count = 0;
	if (!error)
		error = piece_error(&reply, 0, pa);
	if (!error)
		memcpy(buffer, reader->process.shared, len);
	return error;
}

static struct hr_error *read_physical(void *context, uint64_t pa, void *buffer, size_t len)
{
	struct hr_kdump_readers *readers = context;
	struct hr_error *error = check_pages(readers, pa, len);
	char *at = buffer;

	call_in(readers, ++readers->single_reads > SINGLE_MAX);
	while (!error && len) {
		size_t here = read_in_parts(len);

		error = read_piece(readers, reader_of(readers, pa), pa, at, here);
		pa += here;
		at += here;
		len -= here;
	}
	return error;
}

/* Pieces to be read, and where to. */
struct batch {
	struct hr_kdump_readers *readers;
	const uint64_t *pas;
	size_t count, len;
	char *buffer;
	bool *ok; /* at first: the dump has the piece; in the end: it came */
};

/* How many pieces of @len bytes go into a slot. */
static size_t pieces_in_slot(size_t len)
{
	size_t count = HR_KDUMP_SLOT_SIZE / len;

	return count < HR_KDUMP_PIECES ? count : HR_KDUMP_PIECES;
}

/* Put the next pieces of @reader into @request, as many as there is room for. */
static void fill_request(const struct batch *batch, struct reader *reader, struct order *order,
			 struct hr_kdump_request *request)
{
	const struct hr_kdump_readers *readers = batch->readers;
	size_t most = pieces_in_slot(batch->len);

	for (; reader->next < batch->count && order->count < most; reader->next++) {
		uint64_t pa = batch->pas[reader->next];
		struct hr_error *error;

		if (!batch->ok[reader->next] || reader_of(batch->readers, pa) != reader)
			continue;
		if (readers->through_views &&
		    !hr_kdump_view_has_room(&reader->view, pa, batch->len))
			break;
		error = place_piece(readers, reader, pa, batch->len, &request->pas[order->count]);
		batch->ok[reader->next] = !error;
		if (!error)
			order->pieces[order->count++] = reader->next;
		hr_error_destroy(error);
	}
}

/* Ask @reader for the next of its pieces, if there are any. */
static void send_order(const struct batch *batch, struct reader *reader, size_t slot)
{
	struct hr_kdump_request request = {
		.magic = HR_KDUMP_MAGIC,
		.op = HR_KDUMP_READ,
		.slot = (uint32_t)slot,
		.size = batch->len,
	};
	struct order *order = &reader->orders[slot];

	order->count = 0;
	if (reader->next == batch->count)
		return;
	hr_kdump_view_next(&reader->view);
	fill_request(batch, reader, order, &request);
	request.count = (uint32_t)order->count;
	if (order->count)
		hr_error_destroy(send_request(batch->readers, reader, &request));
}

/* What was asked for first and is in the shared memory goes where it belongs. */
static void take_order(const struct batch *batch, struct reader *reader)
{
	struct order *order = &reader->orders[reader->oldest];
	const char *from = reader->process.shared + reader->oldest * HR_KDUMP_SLOT_SIZE;
	struct hr_kdump_reply reply;
	struct hr_error *error = receive_order(reader, &reply);

	for (size_t i = 0; i < order->count; i++, from += batch->len) {
		size_t piece = order->pieces[i];

		batch->ok[piece] = !error && reply.pieces[i] == HR_KDUMP_DONE;
		if (batch->ok[piece])
			memcpy(batch->buffer + piece * batch->len, from, batch->len);
	}
	order->count = 0;
	hr_error_destroy(error);
}

static void begin_batch(const struct batch *batch)
{
	struct hr_kdump_readers *readers = batch->readers;

	for (size_t i = 0; i < batch->count; i++) {
		/* What goes into a view is looked up then. */
		struct hr_error *error = readers->through_views
						 ? NULL
						 : check_pages(readers, batch->pas[i], batch->len);

		batch->ok[i] = !error;
		hr_error_destroy(error);
	}
	for (size_t i = 0; i < readers->in_use; i++) {
		struct reader *reader = &readers->readers[i];

		reader->next = reader->oldest = 0;
		for (size_t slot = 0; slot < HR_KDUMP_SLOTS; slot++)
			send_order(batch, reader, slot);
	}
}

/* Empty one slot of each process in turn and fill it again, until there is nothing left. */
static void finish_batch(const struct batch *batch)
{
	struct hr_kdump_readers *readers = batch->readers;
	bool busy = true;

	while (busy) {
		busy = false;
		for (size_t i = 0; i < readers->in_use; i++) {
			struct reader *reader = &readers->readers[i];
			size_t slot = reader->oldest;

			if (!reader->orders[slot].count)
				continue;
			take_order(batch, reader);
			send_order(batch, reader, slot);
			reader->oldest = (slot + 1) % HR_KDUMP_SLOTS;
			busy = true;
		}
	}
}

/*
 * All of it at once. A batch that was begun could not be taken back, so that processes would unpack
 * what nobody asks for.
 */
static void kdump_finish(void *context, struct hr_batch *pieces)
{
	const struct batch batch = {
		.readers = context,
		.pas = pieces->pas,
		.count = pieces->count,
		.len = pieces->len,
		.buffer = pieces->buffer,
		.ok = pieces->ok,
	};

	call_in(batch.readers, batch.count >= BATCH_MIN);
	if (batch.len && batch.len <= HR_KDUMP_SLOT_SIZE) {
		begin_batch(&batch);
		finish_batch(&batch);
		return;
	}
	memset(batch.ok, 0, batch.count * sizeof(*batch.ok));
}

/* The processes are of the files, not of the source. */
static void kdump_destroy(void *context)
{
	forget_pages(context);
}

static const struct hr_source_ops kdump_ops = {
	.read = read_physical,
	.finish = kdump_finish,
	.destroy = kdump_destroy,
};

/* All parts of a set are of one dump, so that the last header speaks for all. */
static struct hr_error *read_headers(struct hr_kdump_readers *readers,
				     struct hr_kdump_header headers[HR_SPLIT_MAX],
				     uint64_t sizes[HR_SPLIT_MAX])
{
	uint64_t bitmaps = 0;

	readers->block_size = 0;
	for (size_t i = 0; i < readers->count; i++) {
		struct hr_error *error = hr_file_size(readers->fds[i], &sizes[i]);

		if (!error)
			error = hr_kdump_header_read(readers->fds[i], sizes[i], &headers[i]);
		if (error)
			return error;
		if (i && headers[i].block_size != readers->block_size)
			return hr_error_new(
				HR_ERROR_INPUT,
				"the files are not parts of one dump: their block sizes "
				"differ");
		readers->block_size = headers[i].block_size;
		bitmaps += headers[i].bitmap_size;
	}
	readers->through_views = bitmaps > HR_KDUMP_DIRECT_MAX;
	readers->space = SPACE_BASE;
	if (!readers->through_views)
		readers->space += SPACE_PER_BITMAP * bitmaps;
	return NULL;
}

static struct hr_error *index_pages(struct hr_kdump_readers *readers,
				    const struct hr_kdump_header *headers, const uint64_t *sizes,
				    uint64_t *ret)
{
	struct hr_error *error = NULL;

	*ret = 0;
	for (size_t i = 0; !error && i < readers->count; i++) {
		error = hr_kdump_pages_create(readers->fds[i], sizes[i], &headers[i],
					      &readers->pages[i]);
		if (!error)
			*ret += hr_kdump_pages_count(readers->pages[i]);
	}
	return error;
}

/*
 * The library hands the note out only after it has set its own address translation up, which is
 * not wanted. A dump without the note is fine so far: the user may give one.
 */
static struct hr_error *read_vmcoreinfo(const struct hr_kdump_readers *readers,
					const struct hr_kdump_header *header,
					struct hr_source *source)
{
	size_t len = (size_t)header->vmcoreinfo_size;

	if (!header->vmcoreinfo_offset || !len)
		return NULL;
	if (header->vmcoreinfo_size > HR_VMCOREINFO_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "its VMCOREINFO of %" PRIu64
				    " bytes is larger than the limit of %d",
				    header->vmcoreinfo_size, HR_VMCOREINFO_MAX);
	source->vmcoreinfo = malloc(len);
	if (!source->vmcoreinfo)
		return hr_error_no_memory();
	source->vmcoreinfo_len = len;
	return hr_pread_all(readers->fds[readers->count - 1], source->vmcoreinfo, len,
			    header->vmcoreinfo_offset);
}

/* A process opens the dump while the pages are counted: both read all of a small bitmap. */
struct hr_error *hr_kdump_attach(struct hr_kdump_readers *readers, struct hr_source *source)
{
	struct hr_kdump_header headers[HR_SPLIT_MAX] = { 0 };
	uint64_t sizes[HR_SPLIT_MAX] = { 0 }, pages = 0;
	struct hr_error *error = read_headers(readers, headers, sizes);

	if (error)
		return error;
	readers->usable = readers->reader_count;
	readers->in_use = 1;
	ask_to_open(readers, &readers->readers[0]);
	error = index_pages(readers, headers, sizes, &pages);
	if (!error)
		error = wait_for_open(readers, &readers->readers[0]);
	if (!error)
		error = read_vmcoreinfo(readers, &headers[readers->count - 1], source);
	if (error) {
		/* Without its headers there is no dump. */
		if (error->code == HR_ERROR_UNREADABLE)
			error->code = HR_ERROR_INPUT;
		forget_pages(readers);
		return error;
	}
	hr_source_attach(source, &kdump_ops, readers, pages * readers->block_size, false);
	return NULL;
}

bool hr_kdump_probe(const void *head, size_t len)
{
	return hr_begins_with(head, len, HR_KDUMP_SIGNATURE, HR_KDUMP_SIGNATURE_LEN);
}

/* The files are those that the readers have. */
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
