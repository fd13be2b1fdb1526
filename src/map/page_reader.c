// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/page_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/page_buffer.h"
#include "kernel/address.h"
#include "walk/walk.h"

enum {
	PIECES = 64 /* pages of the vmemmap that are read together */
};

struct hr_page_reader {
	struct hr_machine machine;
	const struct hr_memory *memory;
	const struct hr_page_form *form;
	uint64_t left; /* bytes that may still be read */
	/*
	 * The pages of the vmemmap that have the struct pages, from a multiple of the page size on,
	 * and what is known of each.
	 */
	unsigned char *buffer, *read;
	size_t pages;
	uint64_t va, va_end; /* of the buffer; the end is exclusive */
	unsigned char states[HR_PAGE_WINDOW];
	char why[HR_MESSAGE_SIZE];
};

static uint64_t page_size(const struct hr_page_reader *reader)
{
	return hr_page_size(&reader->machine.layout->geo);
}

struct hr_error *hr_page_reader_create(const struct hr_machine *machine,
				       const struct hr_memory *memory,
				       const struct hr_page_form *form, struct hr_page_reader **ret)
{
	struct hr_page_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return hr_error_no_memory();
	reader->machine = *machine;
	reader->memory = memory;
	reader->form = form;
	/* They may begin and end within a page. */
	reader->pages = HR_PAGE_WINDOW * form->size / page_size(reader) + 2;
	reader->buffer = hr_page_buffer(reader->pages * page_size(reader));
	reader->read = calloc(reader->pages, sizeof(*reader->read));
	if (!reader->buffer || !reader->read) {
		hr_page_reader_destroy(reader);
		return hr_error_no_memory();
	}
	*ret = reader;
	return NULL;
}

void hr_page_reader_destroy(struct hr_page_reader *reader)
{
	if (!reader)
		return;
	free(reader->buffer);
	free(reader->read);
	free(reader);
}

void hr_page_reader_allow(struct hr_page_reader *reader, uint64_t bytes)
{
	reader->left = bytes;
}

uint64_t hr_page_reader_left(const struct hr_page_reader *reader)
{
	return reader->left;
}

const char *hr_page_reader_why(const struct hr_page_reader *reader)
{
	return reader->why;
}

static void explain(struct hr_page_reader *reader, const char *why)
{
	if (!reader->why[0])
		snprintf(reader->why, sizeof(reader->why), "%s", why);
}

/* Read a page by itself: a batch does not say why it could not be read. */
static bool read_page(struct hr_page_reader *reader, uint64_t pa, unsigned char *buffer)
{
	struct hr_error *error = hr_memory_read(reader->memory, pa, buffer, page_size(reader));

	if (error)
		explain(reader, error->message);
	hr_error_destroy(error);
	return !error;
}

/* Read @count pages, at most PIECES, from physical address @pa on to page @index of the buffer. */
static void read_pieces(struct hr_page_reader *reader, uint64_t pa, size_t index, size_t count)
{
	uint64_t size = page_size(reader), pas[PIECES];
	bool ok[PIECES] = { false };
	struct hr_batch batch = {
		.pas = pas,
		.count = count,
		.len = size,
		.buffer = reader->buffer + index * size,
		.ok = ok,
	};

	for (size_t i = 0; i < count; i++)
		pas[i] = pa + i * size;
	if (reader->memory->finish) {
		hr_memory_begin(reader->memory, &batch);
		hr_memory_finish(reader->memory, &batch);
	}
	for (size_t i = 0; i < count; i++)
		if (ok[i] || read_page(reader, pas[i], reader->buffer + (index + i) * size))
			reader->read[index + i] = HR_PAGE_READ;
}

/* Read what the vmemmap maps from @va to @end, multiples of the page size, from @pa on. */
static void read_stretch(struct hr_page_reader *reader, uint64_t va, uint64_t end, uint64_t pa)
{
	uint64_t size = page_size(reader);

	while (va < end) {
		size_t index = (va - reader->va) / size, count = (end - va) / size;

		if (count > PIECES)
			count = PIECES;
		if (count * size > reader->left) {
			explain(reader, "there are more struct pages than the source has memory "
					"for: a table of the vmemmap is damaged");
			return;
		}
		reader->left -= count * size;
		read_pieces(reader, pa, index, count);
		va += count * size;
		pa += count * size;
	}
}

/* The part of a run of the vmemmap that the buffer has room for. */
static struct hr_error *on_run(void *context, const struct hr_run *run)
{
	struct hr_page_reader *reader = context;
	const struct hr_leaf *leaf = &run->leaf;
	uint64_t end = leaf->va + leaf->size * run->count, size = page_size(reader);
	uint64_t from = leaf->va > reader->va ? leaf->va : reader->va;
	uint64_t to = end < reader->va_end ? end : reader->va_end;

	if (run->state == HR_MAP_UNREADABLE)
		explain(reader, run->why);
	else if (run->state == HR_MAP_UNMAPPED)
		explain(reader, "the vmemmap does not map them");
	else if (!leaf->expected)
		explain(reader, "a table of the vmemmap is damaged");
	else if (leaf->pa & HR_PA_PREDICTED)
		memset(reader->read + (from - reader->va) / size, HR_PAGE_EXPECTED,
		       (to - from) / size);
	else
		read_stretch(reader, from, to, leaf->pa + (from - leaf->va));
	return NULL;
}

/* The state of a struct page that may begin in one page of the vmemmap and end in the next. */
static unsigned char state_of(const struct hr_page_reader *reader, uint64_t va)
{
	uint64_t size = page_size(reader);
	unsigned char first = reader->read[(va - reader->va) / size];
	unsigned char last = reader->read[(va + reader->form->size - 1 - reader->va) / size];

	return first == last ? first : HR_PAGE_UNREAD;
}

void hr_page_reader_read(struct hr_page_reader *reader, uint64_t pfn, size_t count,
			 struct hr_page_run *ret)
{
	const struct hr_visitor visitor = { .context = reader, .run = on_run };
	const struct hr_layout *layout = reader->machine.layout;
	uint64_t va = hr_layout_page_va(layout, pfn), size = reader->form->size;

	reader->va = va & -page_size(reader);
	reader->va_end = (va + count * size + page_size(reader) - 1) & -page_size(reader);
	reader->why[0] = '\0';
	memset(reader->read, HR_PAGE_UNREAD, reader->pages);
	if (layout->hides_vmemmap_pa)
		explain(reader, "a text of page tables has no struct pages");
	else
		/* The visitor's function does not fail. */
		hr_error_destroy(hr_walk_range(reader->machine.walker, reader->va,
					       reader->va_end - 1, &visitor));
	for (size_t i = 0; i < count; i++)
		reader->states[i] = state_of(reader, va + i * size);
	*ret = (struct hr_page_run){
		.form = reader->form,
		.pages = reader->buffer + (va - reader->va),
		.states = reader->states,
		.pfn = pfn,
		.count = count,
	};
}
