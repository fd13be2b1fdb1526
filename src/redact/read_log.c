// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/read_log.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/memory.h"

/* Is it a page of any size that arm64 has? */
static bool is_page(uint64_t pa, size_t len)
{
	return (len == 4096 || len == 16384 || len == 65536) && !(pa % len);
}

/* Is it the read before, again? */
static bool is_repeated(const struct hr_read_log *log, uint64_t pa, const void *bytes, size_t len)
{
	const struct hr_logged_read *last = log->count ? &log->reads[log->count - 1] : NULL;

	return last && last->pa == pa && last->len == len && !memcmp(last->bytes, bytes, len);
}

static bool keep(struct hr_read_log *log, uint64_t pa, const void *bytes, size_t len)
{
	struct hr_logged_read *reads;
	unsigned char *copy;

	if (len > HR_READ_LOG_BYTES_MAX - log->bytes)
		return false;
	reads = hr_grow(log->reads, log->count, &log->room, sizeof(*log->reads));
	if (!reads)
		return false;
	log->reads = reads;
	copy = malloc(len);
	if (!copy)
		return false;
	memcpy(copy, bytes, len);
	reads[log->count++] = (struct hr_logged_read){ pa, len, copy };
	log->bytes += len;
	return true;
}

static struct hr_error *read_one(void *context, uint64_t pa, void *buffer, size_t len)
{
	struct hr_read_log *log = context;
	struct hr_error *error = hr_memory_read(&log->below, pa, buffer, len);

	if (!error && len && !is_page(pa, len) && !log->is_lost && !log->is_closed &&
	    !is_repeated(log, pa, buffer, len))
		log->is_lost = !keep(log, pa, buffer, len);
	return error;
}

static void begin(void *context, struct hr_batch *batch)
{
	const struct hr_read_log *log = context;

	hr_memory_begin(&log->below, batch);
}

static void finish(void *context, struct hr_batch *batch)
{
	const struct hr_read_log *log = context;

	hr_memory_finish(&log->below, batch);
}

void hr_read_log_begin(const struct hr_memory *below, struct hr_read_log *log,
		       struct hr_memory *ret)
{
	*log = (struct hr_read_log){ .below = *below };
	*ret = *below;
	ret->read = read_one;
	ret->begin = below->begin ? begin : NULL;
	ret->finish = below->finish ? finish : NULL;
	ret->context = log;
}

void hr_read_log_release(struct hr_read_log *log)
{
	for (size_t i = 0; i < log->count; i++)
		free(log->reads[i].bytes);
	free(log->reads);
	*log = (struct hr_read_log){ .count = 0 };
}
