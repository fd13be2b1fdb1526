// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_orders.h"

#include <inttypes.h>
#include <string.h>

/*
 * Determine where @reader finds the @len bytes at @pa of the dump: at that address, or in its view,
 * to which they are added. There must be room for them.
 */
static struct hr_error *place_piece(const struct hr_kdump_readers *readers,
				    struct hr_kdump_reader *reader, uint64_t pa, size_t len,
				    uint64_t *ret)
{
	struct hr_error *error;
	uint64_t pfn, last;

	*ret = pa;
	if (!readers->through_views)
		return NULL;
	error = hr_kdump_set_blocks(&readers->set, pa, len, &pfn, &last);
	if (error || hr_kdump_view_has(&reader->view, pa, len, ret))
		return error;
	for (; !error && pfn <= last; pfn++) {
		struct hr_kdump_page page;
		int fd;

		error = hr_kdump_set_find(&readers->set, pfn, &page, &fd);
		if (!error)
			error = hr_kdump_view_add(&reader->view, pfn, fd, &page);
	}
	if (!error)
		hr_kdump_view_has(&reader->view, pa, len, ret);
	return error;
}

static struct hr_error *send_request(const struct hr_kdump_readers *readers,
				     struct hr_kdump_reader *reader,
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

/* Receive the answer to the oldest order of @reader. It must match @order's slot and count. */
static struct hr_error *receive_order(struct hr_kdump_reader *reader, struct hr_kdump_reply *ret)
{
	struct hr_error *error = hr_kdump_process_receive(&reader->process, HR_KDUMP_READ, ret);

	if (error)
		return error;
	if (ret->slot == reader->oldest && ret->count == reader->orders[ret->slot].count)
		return NULL;
	hr_kdump_process_distrust(&reader->process,
				  "the process that reads the dump sent an unexpected reply");
	return hr_kdump_process_error(&reader->process);
}

struct hr_error *hr_kdump_read_piece(struct hr_kdump_readers *readers, uint64_t pa, void *buffer,
				     size_t len)
{
	struct hr_kdump_reader *reader = hr_kdump_reader_of(readers, pa);
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

/* The number of pieces of @len bytes that fit in a slot. */
static size_t pieces_in_slot(size_t len)
{
	size_t count = HR_KDUMP_SLOT_SIZE / len;

	return count < HR_KDUMP_PIECES ? count : HR_KDUMP_PIECES;
}

/* Put the next pieces of @reader into @request, as many as fit. */
static void fill_request(struct hr_kdump_readers *readers, const struct hr_batch *batch,
			 struct hr_kdump_reader *reader, struct hr_kdump_order *order,
			 struct hr_kdump_request *request)
{
	size_t most = pieces_in_slot(batch->len);

	for (; reader->next < batch->count && order->count < most; reader->next++) {
		uint64_t pa = batch->pas[reader->next];
		struct hr_error *error;

		if (!batch->ok[reader->next] || hr_kdump_reader_of(readers, pa) != reader)
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

/* Ask @reader for its next pieces, if there are any. */
static void send_order(struct hr_kdump_readers *readers, const struct hr_batch *batch,
		       struct hr_kdump_reader *reader, size_t slot)
{
	struct hr_kdump_request request = {
		.magic = HR_KDUMP_MAGIC,
		.op = HR_KDUMP_READ,
		.slot = (uint32_t)slot,
		.size = batch->len,
	};
	struct hr_kdump_order *order = &reader->orders[slot];

	order->count = 0;
	if (reader->next == batch->count)
		return;
	hr_kdump_view_next(&reader->view);
	fill_request(readers, batch, reader, order, &request);
	request.count = (uint32_t)order->count;
	if (order->count)
		hr_error_destroy(send_request(readers, reader, &request));
}

/* Copy the result of the oldest order from the shared memory to its destination. */
static void take_order(const struct hr_batch *batch, struct hr_kdump_reader *reader)
{
	struct hr_kdump_order *order = &reader->orders[reader->oldest];
	const char *from = reader->process.shared + reader->oldest * HR_KDUMP_SLOT_SIZE;
	struct hr_kdump_reply reply;
	struct hr_error *error = receive_order(reader, &reply);

	for (size_t i = 0; i < order->count; i++, from += batch->len) {
		size_t piece = order->pieces[i];

		batch->ok[piece] = !error && reply.pieces[i] == HR_KDUMP_DONE;
		if (batch->ok[piece])
			memcpy((char *)batch->buffer + piece * batch->len, from, batch->len);
	}
	order->count = 0;
	hr_error_destroy(error);
}

/* Determine which pieces the dump has. Pieces that go into a view are looked up later. */
static void check_pieces(const struct hr_kdump_readers *readers, const struct hr_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct hr_error *error = NULL;

		if (!readers->through_views)
			error = hr_kdump_set_check(&readers->set, batch->pas[i], batch->len);
		batch->ok[i] = !error;
		hr_error_destroy(error);
	}
}

static void begin_batch(struct hr_kdump_readers *readers, const struct hr_batch *batch)
{
	check_pieces(readers, batch);
	for (size_t i = 0; i < readers->in_use; i++) {
		struct hr_kdump_reader *reader = &readers->readers[i];

		reader->next = reader->oldest = 0;
		for (size_t slot = 0; slot < HR_KDUMP_SLOTS; slot++)
			send_order(readers, batch, reader, slot);
	}
}

/* Empty one slot of each process in turn and refill it, until nothing is left. */
static void finish_batch(struct hr_kdump_readers *readers, const struct hr_batch *batch)
{
	bool busy = true;

	while (busy) {
		busy = false;
		for (size_t i = 0; i < readers->in_use; i++) {
			struct hr_kdump_reader *reader = &readers->readers[i];
			size_t slot = reader->oldest;

			if (!reader->orders[slot].count)
				continue;
			take_order(batch, reader);
			send_order(readers, batch, reader, slot);
			reader->oldest = (slot + 1) % HR_KDUMP_SLOTS;
			busy = true;
		}
	}
}

void hr_kdump_read_batch(struct hr_kdump_readers *readers, const struct hr_batch *batch)
{
	if (batch->len && batch->len <= HR_KDUMP_SLOT_SIZE) {
		begin_batch(readers, batch);
		finish_batch(readers, batch);
		return;
	}
	memset(batch->ok, 0, batch->count * sizeof(*batch->ok));
}
