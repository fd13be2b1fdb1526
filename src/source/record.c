// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/grow.h"
#include "base/memory.h"

enum {
	FIRST_ROOM = 1024
};

static int compare_ranges(const void *a, const void *b)
{
	const struct hr_read_range *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static void join_ranges(struct hr_record *record)
{
	struct hr_read_range *last = record->ranges;

	if (record->count < 2)
		return;
	qsort(record->ranges, record->count, sizeof(*record->ranges), compare_ranges);
	for (size_t i = 1; i < record->count; i++) {
		const struct hr_read_range *next = &record->ranges[i];

		if (next->start > last->end)
			*++last = *next;
		else if (next->end > last->end)
			last->end = next->end;
	}
	record->count = (size_t)(last - record->ranges) + 1;
}

/*
 * The ranges with room for one more, NULL without memory. Tables are read many times, so joining
 * makes room more often than more room is needed.
 */
static struct hr_read_range *make_room(struct hr_record *record)
{
	struct hr_read_range *ranges = record->ranges;

	if (record->count < record->room)
		return ranges;
	join_ranges(record);
	if (record->count < record->room / 2)
		return ranges;
	ranges = reallocarray(ranges, 2 * record->room + FIRST_ROOM, sizeof(*ranges));
	if (!ranges)
		return NULL;
	record->ranges = ranges;
	record->room = 2 * record->room + FIRST_ROOM;
	return ranges;
}

static void note_read(struct hr_record *record, uint64_t pa, size_t len)
{
	struct hr_read_range *ranges = record->ranges;

	if (record->count && ranges[record->count - 1].end == pa) {
		ranges[record->count - 1].end += len;
		return;
	}
	ranges = make_room(record);
	if (ranges)
		ranges[record->count++] = (struct hr_read_range){ pa, pa + len };
	else
		record->is_lost = true;
}

static int compare_failed(const void *a, const void *b)
{
	const struct hr_failed_read *left = a, *right = b;

	return (left->pa > right->pa) - (left->pa < right->pa);
}

/* Of reads at one address, which fail for one reason, keep one. */
static void join_failed(struct hr_record *record)
{
	size_t kept = 0;

	if (!record->failed_count)
		return;
	qsort(record->failed, record->failed_count, sizeof(*record->failed), compare_failed);
	for (size_t i = 1; i < record->failed_count; i++) {
		if (record->failed[i].pa != record->failed[kept].pa)
			record->failed[++kept] = record->failed[i];
		else
			free(record->failed[i].why);
	}
	record->failed_count = kept + 1;
}

static bool make_failed_room(struct hr_record *record)
{
	struct hr_failed_read *failed;

	if (record->failed_count == HR_FAILED_READS_MAX)
		join_failed(record);
	if (record->failed_count == HR_FAILED_READS_MAX)
		return false;
	failed = hr_grow(record->failed, record->failed_count, &record->failed_room,
			 sizeof(*failed));
	if (!failed)
		return false;
	record->failed = failed;
	return true;
}

/* A reason that is lost is another reason, and no memory is lost with it. */
static void note_failed(struct hr_record *record, uint64_t pa, const struct hr_error *error)
{
	char *why;

	if (record->failed_count && record->failed[record->failed_count - 1].pa == pa)
		return;
	if (!make_failed_room(record))
		return;
	why = strdup(error->message);
	if (why)
		record->failed[record->failed_count++] = (struct hr_failed_read){ pa, why };
}

static struct hr_error *read_one(void *context, uint64_t pa, void *buffer, size_t len)
{
	struct hr_record *record = context;
	struct hr_error *error = hr_memory_read(&record->below, pa, buffer, len);

	if (error)
		note_failed(record, pa, error);
	else
		note_read(record, pa, len);
	return error;
}

static void begin(void *context, struct hr_batch *batch)
{
	struct hr_record *record = context;

	hr_memory_begin(&record->below, batch);
}

/* A piece that was not read is read again by itself, and then fails for a reason. */
static void finish(void *context, struct hr_batch *batch)
{
	struct hr_record *record = context;

	hr_memory_finish(&record->below, batch);
	for (size_t i = 0; i < batch->count; i++)
		if (batch->ok[i])
			note_read(record, batch->pas[i], batch->len);
}

void hr_record_begin(const struct hr_memory *below, struct hr_record *record, struct hr_memory *ret)
{
	*record = (struct hr_record){ .below = *below };
	*ret = *below;
	ret->read = read_one;
	ret->begin = below->begin ? begin : NULL;
	ret->finish = below->finish ? finish : NULL;
	ret->context = record;
}

void hr_record_release(struct hr_record *record)
{
	for (size_t i = 0; i < record->failed_count; i++)
		free(record->failed[i].why);
	free(record->failed);
	free(record->ranges);
	*record = (struct hr_record){ .count = 0 };
}

struct hr_error *hr_record_settle(struct hr_record *record)
{
	join_ranges(record);
	join_failed(record);
	return record->is_lost ? hr_error_no_memory() : NULL;
}

struct hr_error *hr_record_tell_failed(const struct hr_record *record, struct hr_snapshot *snapshot)
{
	struct hr_error *error = NULL;

	for (size_t i = 0; !error && i < record->failed_count; i++)
		error = hr_snapshot_add_unread(snapshot, record->failed[i].pa,
					       record->failed[i].why);
	return error;
}
