// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk/tables_ahead.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "arch/descriptor.h"
#include "base/cleanup.h"
#include "base/page_buffer.h"

void hr_tables_ahead_init(struct hr_tables_ahead *ahead, const struct hr_geometry *geo,
			  const struct hr_memory *memory)
{
	*ahead = (struct hr_tables_ahead){ .geo = geo, .memory = memory };
}

static struct hr_ahead_batch *batch_at(const struct hr_tables_ahead *ahead, size_t index)
{
	return &ahead->batches[(ahead->first + index) % HR_AHEAD_BATCHES];
}

static void batch_begin(const struct hr_tables_ahead *ahead, struct hr_ahead_batch *batch)
{
	size_t place = (size_t)(batch - ahead->batches);

	batch->finished = false;
	batch->taken = 0;
	batch->batch.pas = batch->pas;
	batch->batch.ok = batch->ok;
	/* A source that says nothing of a piece has not read it. */
	memset(batch->ok, 0, sizeof(batch->ok));
	batch->batch.len = hr_page_size(ahead->geo);
	batch->batch.buffer = ahead->buffer + place * HR_AHEAD_BYTES;
	hr_memory_begin(ahead->memory, &batch->batch);
}

static void batch_finish(const struct hr_tables_ahead *ahead, struct hr_ahead_batch *batch)
{
	if (batch->finished)
		return;
	batch->finished = true;
	hr_memory_finish(ahead->memory, &batch->batch);
}

bool hr_tables_ahead_is_used_up(const struct hr_tables_ahead *ahead)
{
	const struct hr_ahead_batch *batch = ahead->count ? batch_at(ahead, 0) : NULL;

	return !batch || (ahead->count == 1 && batch->taken == batch->batch.count);
}

/* Reads that the source has begun cannot be cancelled, so this waits for them. */
void hr_tables_ahead_drop(struct hr_tables_ahead *ahead)
{
	for (; ahead->count; ahead->count--) {
		if (ahead->memory->begin)
			batch_finish(ahead, batch_at(ahead, 0));
		ahead->first = (ahead->first + 1) % HR_AHEAD_BATCHES;
	}
}

static void free_batches(struct hr_tables_ahead *ahead)
{
	free(ahead->batches);
	free(ahead->buffer);
	ahead->batches = NULL;
	ahead->buffer = NULL;
}

void hr_tables_ahead_release(struct hr_tables_ahead *ahead)
{
	hr_tables_ahead_drop(ahead);
	free_batches(ahead);
}

/* Without memory, nothing is read ahead. */
static bool make_batches(struct hr_tables_ahead *ahead)
{
	if (ahead->batches)
		return true;
	ahead->batches = calloc(HR_AHEAD_BATCHES, sizeof(*ahead->batches));
	ahead->buffer = hr_page_buffer((size_t)HR_AHEAD_BATCHES * HR_AHEAD_BYTES);
	if (ahead->batches && ahead->buffer)
		return true;
	free_batches(ahead);
	return false;
}

/*
 * A page of a buffer costs more when it is used for the first time, as the kernel must find memory
 * for it, than a table costs to read. So as long as there is little to read, there is one small
 * batch at a time, always in the same buffer.
 */
static bool reads_little(const struct hr_tables_ahead *ahead)
{
	return ahead->begun < HR_AHEAD_LITTLE;
}

static size_t batch_bytes(const struct hr_tables_ahead *ahead)
{
	uint64_t bytes = ahead->begun / HR_AHEAD_SHARE;

	if (!ahead->memory->begin || bytes > HR_AHEAD_BYTES)
		return HR_AHEAD_BYTES;
	return reads_little(ahead) ? HR_AHEAD_FIRST : (size_t)bytes;
}

/* A source that reads batches only when they are finished gains nothing from a second one. */
static size_t batch_most(const struct hr_tables_ahead *ahead)
{
	return ahead->memory->begin && !reads_little(ahead) ? HR_AHEAD_BATCHES : 1;
}

/* In tables. A batch of one would have no benefit. */
static size_t batch_room(const struct hr_tables_ahead *ahead)
{
	size_t room = batch_bytes(ahead) / hr_page_size(ahead->geo);

	return room < 2 ? 2 : room;
}

/* Collect a batch of the next tables that entries of @parent up to @final point to. */
static size_t gather(struct hr_tables_ahead *ahead, const struct hr_ahead_parent *parent,
		     size_t final, struct hr_ahead_batch *batch)
{
	size_t room = batch_room(ahead), count = 0;

	for (; ahead->index <= final && count < room; ahead->index++) {
		struct hr_entry entry = hr_desc_decode(ahead->geo, parent->level,
						       le64toh(parent->desc[ahead->index]));

		if (entry.kind != HR_ENTRY_TABLE)
			continue;
		batch->indices[count] = ahead->index;
		batch->pas[count++] = entry.pa;
	}
	batch->batch.count = count;
	return count;
}

/* Begin as many batches as there is room for. Reading a single table ahead has no benefit. */
static void fill(struct hr_tables_ahead *ahead, const struct hr_ahead_parent *parent, size_t final)
{
	if (!ahead->count)
		ahead->first = 0;
	while (ahead->count < batch_most(ahead)) {
		struct hr_ahead_batch *batch = batch_at(ahead, ahead->count);
		size_t count = gather(ahead, parent, final, batch);

		if (count < 2 && !(count && ahead->count))
			return;
		batch_begin(ahead, batch);
		ahead->begun += count * batch->batch.len;
		ahead->count++;
	}
}

/* On live memory, read the entries that led to the tables of @batch again, after the tables. */
static void confirm(const struct hr_tables_ahead *ahead, const struct hr_ahead_parent *parent,
		    struct hr_ahead_batch *batch)
{
	size_t count = batch->batch.count, first = batch->indices[0];
	size_t span = batch->indices[count - 1] + 1 - first;
	_cleanup_free_ uint64_t *again = hr_page_buffer(span * sizeof(*again));
	bool sound = again;

	if (again) {
		struct hr_error *error =
			hr_memory_read(ahead->memory, parent->pa + first * sizeof(*again), again,
				       span * sizeof(*again));

		sound = !error;
		hr_error_destroy(error);
	}
	for (size_t i = 0; i < count; i++)
		batch->ok[i] = batch->ok[i] && sound &&
			       again[batch->indices[i] - first] == parent->desc[batch->indices[i]];
}

/* Free the room of batches whose tables have all been taken. */
static void retire(struct hr_tables_ahead *ahead)
{
	while (ahead->count && batch_at(ahead, 0)->taken == batch_at(ahead, 0)->batch.count) {
		ahead->first = (ahead->first + 1) % HR_AHEAD_BATCHES;
		ahead->count--;
	}
}

uint64_t *hr_tables_ahead_take(struct hr_tables_ahead *ahead, const struct hr_ahead_parent *parent,
			       size_t index, size_t final, uint64_t pa)
{
	struct hr_ahead_batch *batch;
	size_t at;

	if (!ahead->memory->finish || !make_batches(ahead))
		return NULL;
	retire(ahead);
	if (!ahead->count)
		ahead->index = index;
	fill(ahead, parent, final);
	if (!ahead->count)
		return NULL;
	batch = batch_at(ahead, 0);
	at = batch->taken;
	if (batch->indices[at] != index || batch->pas[at] != pa)
		return NULL;
	if (!batch->finished) {
		batch_finish(ahead, batch);
		if (ahead->memory->live)
			confirm(ahead, parent, batch);
	}
	batch->taken++;
	if (!batch->ok[at])
		return NULL;
	return (uint64_t *)batch->batch.buffer + at * (batch->batch.len / sizeof(uint64_t));
}
