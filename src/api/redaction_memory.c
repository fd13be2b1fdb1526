// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/redaction_memory.h"

#include <inttypes.h>
#include <string.h>

#include "base/page_buffer.h"
#include "base/smaller.h"

static struct hr_error *no_form(struct hr_redaction *redaction, uint64_t pa)
{
	redaction->is_unforeseen = true;
	return hr_error_new(HR_ERROR_UNREADABLE,
			    "what is at PA 0x%" PRIx64 " cannot be redacted: it is not what the "
			    "kernel's tables were",
			    pa);
}

/* Change the table at @pa in @page. */
static struct hr_error *change_table(struct hr_redaction *redaction,
				     const struct hr_table_piece *piece, uint64_t pa, void *page)
{
	size_t size = hr_page_size(&redaction->tables.survey.geo);
	uint64_t *before = redaction->page;

	memcpy(before, page, size);
	return hr_moved_table(&redaction->tables, piece, before, page) ? NULL
								       : no_form(redaction, pa);
}

/* Read the bytes from @pa on that are in the table of @piece, at most @len, of which there are. */
static struct hr_error *read_table(struct hr_redaction *redaction,
				   const struct hr_table_piece *piece, uint64_t pa, void *buffer,
				   size_t len, size_t *ret_len)
{
	size_t size = hr_page_size(&redaction->tables.survey.geo);
	size_t offset = (size_t)(pa & (size - 1));
	unsigned char *page = (unsigned char *)redaction->page + size;
	struct hr_error *error = hr_memory_read(&redaction->below, pa - offset, page, size);

	*ret_len = hr_smaller(len, size - offset);
	if (!error)
		error = change_table(redaction, piece, pa - offset, page);
	if (!error)
		memcpy(buffer, page + offset, *ret_len);
	return error;
}

/* What the source lacks is lacking for the reason that the source has. */
static struct hr_error *read_unknown(struct hr_redaction *redaction, uint64_t pa, void *buffer,
				     size_t len)
{
	struct hr_error *error = hr_memory_read(&redaction->below, pa, buffer, len);

	memset(buffer, 0, len);
	return error ? error : no_form(redaction, pa);
}

static struct hr_error *read_moved(void *context, uint64_t pa, void *buffer, size_t len)
{
	struct hr_redaction *redaction = context;
	unsigned char *to = buffer;
	struct hr_error *error = NULL;

	for (size_t at = 0, done; !error && at < len; at += done) {
		const struct hr_table_piece *piece =
			hr_table_survey_find(&redaction->tables.survey, pa + at);

		if (piece) {
			error = read_table(redaction, piece, pa + at, to + at, len - at, &done);
			continue;
		}
		done = hr_data_copy_known(&redaction->data, pa + at, len - at);
		if (!done)
			return read_unknown(redaction, pa, buffer, len);
		hr_data_copy_read(&redaction->data, pa + at, to + at, done);
	}
	return error;
}

static void begin(void *context, struct hr_batch *batch)
{
	const struct hr_redaction *redaction = context;

	hr_memory_begin(&redaction->below, batch);
}

/* A page that is not a table, or not one anymore, is read again by itself. */
static void finish(void *context, struct hr_batch *batch)
{
	struct hr_redaction *redaction = context;
	size_t size = hr_page_size(&redaction->tables.survey.geo);

	hr_memory_finish(&redaction->below, batch);
	for (size_t i = 0; i < batch->count; i++) {
		const struct hr_table_piece *piece =
			hr_table_survey_find(&redaction->tables.survey, batch->pas[i]);
		struct hr_error *error = NULL;

		if (!batch->ok[i])
			continue;
		batch->ok[i] = piece && batch->len == size && !(batch->pas[i] & (size - 1));
		if (batch->ok[i])
			error = change_table(redaction, piece, batch->pas[i],
					     (unsigned char *)batch->buffer + i * size);
		batch->ok[i] &= !error;
		hr_error_destroy(error);
	}
}

struct hr_error *hr_redaction_begin(struct hr_redaction *redaction)
{
	const struct hr_memory *below = &redaction->below;

	redaction->page = hr_page_buffer(2 * hr_page_size(&redaction->tables.survey.geo));
	if (!redaction->page)
		return hr_error_no_memory();
	redaction->memory = *below;
	redaction->memory.read = read_moved;
	redaction->memory.begin = below->begin ? begin : NULL;
	redaction->memory.finish = below->finish ? finish : NULL;
	redaction->memory.context = redaction;
	return NULL;
}
