// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/moved_data.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "arch/pointer.h"
#include "base/cleanup.h"
#include "base/page_buffer.h"
#include "base/smaller.h"
#include "kernel/address.h"
#include "kernel/capability.h"
#include "kernel/section.h"
#include "redact/build_string.h"

enum {
	WORD = 8,
	ROOTS_PER_READ = 512,
	/* struct new_utsname has six fields of this size; these are the third and fourth. */
	UTS_FIELD = 65,
	UTS_RELEASE = 2,
	UTS_VERSION = 3,
};

/* PA; the end is exclusive. */
struct stretch {
	uint64_t start, end;
};

static bool has(const struct stretch *stretch, uint64_t pa)
{
	return pa >= stretch->start && pa < stretch->end;
}

/* The array of roots; empty if it is not known. */
static struct stretch roots_of(const struct hr_layout *layout)
{
	uint64_t pa;

	if (!layout->mem_section_va || !layout->section_struct_size ||
	    !hr_layout_pa_of_va(layout, layout->mem_section_va, &pa))
		return (struct stretch){ 0, 0 };
	return (struct stretch){ pa, pa + hr_section_roots(layout) * WORD };
}

/* A field of init_uts_ns; empty if it is not known. */
static struct stretch uts_of(const struct hr_layout *layout, uint64_t field)
{
	uint64_t pa;

	if (!layout->has_uts ||
	    !hr_layout_pa_of_va(layout, layout->uts_va + field * UTS_FIELD, &pa))
		return (struct stretch){ 0, 0 };
	return (struct stretch){ pa, pa + UTS_FIELD };
}

static bool read_at(const struct hr_moved_data *data, uint64_t pa, void *buffer, size_t len)
{
	struct hr_error *error = hr_memory_read(data->memory, pa, buffer, len);

	hr_error_destroy(error);
	return !error;
}

/* An encoded section_mem_map: the struct page of page frame 0, which may be in no area. */
static uint64_t move_section(const struct hr_moves *moves, uint64_t value)
{
	return (int64_t)hr_untagged(value) < 0 ? value + moves->areas[HR_AREA_VMEMMAP].by : value;
}

/* Of a struct mem_section only the first word is needed; the others are addresses, too. */
static struct hr_error *put_sections(const struct hr_moved_data *data, uint64_t root_va,
				     unsigned char *page, struct hr_data_copy *ret)
{
	size_t size = (size_t)data->layout->section_struct_size;
	size_t len = (size_t)hr_page_size(&data->layout->geo) / size * size;
	uint64_t pa;

	if (!hr_layout_pa_of_va(data->layout, root_va, &pa) ||
	    hr_data_copy_known(ret, pa, len) == len || !read_at(data, pa, page, len))
		return NULL;
	for (size_t at = 0; at < len; at += size) {
		uint64_t value;

		memcpy(&value, page + at, sizeof(value));
		value = htole64(move_section(data->moves, le64toh(value)));
		memset(page + at, 0, size);
		memcpy(page + at, &value, sizeof(value));
	}
	return hr_data_copy_put(ret, pa, page, len);
}

/* The @count roots at @pa, and the sections that they lead to. */
static struct hr_error *put_roots(const struct hr_moved_data *data, uint64_t pa, size_t count,
				  unsigned char *page, struct hr_data_copy *ret)
{
	uint64_t roots[ROOTS_PER_READ], moved[ROOTS_PER_READ];
	struct hr_error *error = NULL;

	if (!read_at(data, pa, roots, count * WORD))
		return NULL;
	for (size_t i = 0; !error && i < count; i++) {
		moved[i] = htole64(hr_moves_word(data->moves, le64toh(roots[i])));
		if (roots[i])
			error = put_sections(data, le64toh(roots[i]), page, ret);
	}
	return error ? error : hr_data_copy_put(ret, pa, moved, count * WORD);
}

static struct hr_error *put_all_sections(const struct hr_moved_data *data, struct hr_data_copy *ret)
{
	_cleanup_free_ unsigned char *page = hr_page_buffer(hr_page_size(&data->layout->geo));
	const struct stretch roots = roots_of(data->layout);
	struct hr_error *error = NULL;

	if (!page)
		return hr_error_no_memory();
	for (uint64_t pa = roots.start; !error && pa < roots.end;
	     pa += (uint64_t)ROOTS_PER_READ * WORD)
		error = put_roots(data, pa,
				  hr_smaller(ROOTS_PER_READ, (size_t)(roots.end - pa) / WORD), page,
				  ret);
	return error;
}

static struct hr_error *put_uts(const struct hr_moved_data *data, uint64_t field,
				struct hr_data_copy *ret)
{
	const struct stretch at = uts_of(data->layout, field);
	char text[UTS_FIELD + 1] = "", kept[UTS_FIELD + 1] = "";

	if (at.start == at.end || !read_at(data, at.start, text, UTS_FIELD))
		return NULL;
	if (field == UTS_VERSION)
		hr_build_string_reduce(text, kept, UTS_FIELD);
	else
		snprintf(kept, sizeof(kept), "%s", text);
	memset(kept + strlen(kept), 0, sizeof(kept) - strlen(kept));
	return hr_data_copy_put(ret, at.start, kept, UTS_FIELD);
}

/* The length of the text that @read begins with; 0 if it is not a text. */
static size_t text_length(const struct hr_logged_read *read)
{
	size_t len = strnlen((const char *)read->bytes, read->len);

	for (size_t i = 0; i < len; i++)
		if (read->bytes[i] < ' ' || read->bytes[i] > '~')
			return 0;
	return len;
}

/* A description, or whatever else a pointer leads to that might lead to one. */
static struct hr_error *put_text(const struct hr_logged_read *read, struct hr_data_copy *ret)
{
	struct hr_error *error = hr_data_copy_put(ret, read->pa, NULL, read->len);

	return error ? error : hr_data_copy_put(ret, read->pa, read->bytes, text_length(read));
}

/* Words as the reader sees them; what is left of the last one is not read. */
static struct hr_error *put_words(const struct hr_moved_data *data,
				  const struct hr_logged_read *read, struct hr_data_copy *ret)
{
	struct hr_error *error = hr_data_copy_put(ret, read->pa, NULL, read->len);

	for (size_t at = 0; !error && at + WORD <= read->len; at += WORD) {
		uint64_t word;

		memcpy(&word, read->bytes + at, sizeof(word));
		word = htole64(hr_moves_word(data->moves, le64toh(word)));
		error = hr_data_copy_put(ret, read->pa + at, &word, sizeof(word));
	}
	return error;
}

/* Reads of one kind, by how much is read. What needs more of a byte comes later. */
enum kind {
	KIND_TEXT,
	KIND_SMALL, /* a variable that is too small for an address */
	KIND_WORDS,
	KINDS,
	KIND_NONE, /* it has been put already, or is a table */
};

static enum kind kind_of(const struct hr_moved_data *data, const struct hr_logged_read *read)
{
	const struct stretch roots = roots_of(data->layout);
	const struct stretch release = uts_of(data->layout, UTS_RELEASE);
	const struct stretch version = uts_of(data->layout, UTS_VERSION);

	if (has(&roots, read->pa) || has(&release, read->pa) || has(&version, read->pa) ||
	    hr_table_survey_find(data->survey, read->pa))
		return KIND_NONE;
	if (read->len == HR_DESCRIPTION_BYTES)
		return KIND_TEXT;
	return read->len < WORD ? KIND_SMALL : KIND_WORDS;
}

static struct hr_error *put_read(const struct hr_moved_data *data, enum kind kind,
				 const struct hr_logged_read *read, struct hr_data_copy *ret)
{
	if (kind == KIND_TEXT)
		return put_text(read, ret);
	if (kind == KIND_SMALL)
		return hr_data_copy_put(ret, read->pa, read->bytes, read->len);
	return put_words(data, read, ret);
}

struct hr_error *hr_moved_data_make(const struct hr_moved_data *data, struct hr_data_copy *ret)
{
	struct hr_error *error = NULL;

	*ret = (struct hr_data_copy){ .count = 0 };
	for (enum kind kind = 0; kind < KINDS; kind++)
		for (size_t i = 0; !error && i < data->log->count; i++)
			if (kind_of(data, &data->log->reads[i]) == kind)
				error = put_read(data, kind, &data->log->reads[i], ret);
	if (!error)
		error = put_uts(data, UTS_RELEASE, ret);
	if (!error)
		error = put_uts(data, UTS_VERSION, ret);
	return error ? error : put_all_sections(data, ret);
}

void hr_moved_data_image(const struct hr_moved_data *data, uint64_t *first, uint64_t *last)
{
	for (size_t i = 0; i < data->log->count; i++) {
		const struct hr_logged_read *read = &data->log->reads[i];
		uint64_t va = read->pa + data->layout->kimage_voffset, end = va + (read->len - 1);

		if (kind_of(data, read) == KIND_NONE ||
		    hr_moves_area(data->moves, va) != HR_AREA_IMAGE ||
		    hr_moves_area(data->moves, end) != HR_AREA_IMAGE)
			continue;
		*first = va < *first ? va : *first;
		*last = end > *last ? end : *last;
	}
}
