// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_pages.h"

#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/grow.h"
#include "base/little_endian.h"
#include "base/page_buffer.h"
#include "base/units.h"
#include "base/zero.h"
#include "os/file_io.h"
#include "source/file_part.h"

/*
 * Each unit of the bitmap that has pages has an entry in the index. The unit and the descriptors
 * that were read last are cached, because table pages are neighbours.
 */
enum {
	UNIT = 512,
	UNIT_WORDS = UNIT / 8,
	UNIT_FRAMES = UNIT * 8,
	CHUNK = 1 << 16,
	DESC_SIZE = 24,
	DESC_LEN = 8, /* offsets in a descriptor */
	DESC_FLAGS = 12,
	WINDOW = 128, /* descriptors */
	CHUNK_DESCS = CHUNK / DESC_SIZE,
};

struct unit {
	uint64_t number;
	uint64_t rank; /* number of pages before it */
};

/* The first run of frames at or after @from; none if @end is 0. */
struct run {
	uint64_t from, first, end;
	bool is_known;
};

struct hr_kdump_pages {
	int fd;
	uint64_t file_size;
	struct hr_kdump_header header;
	const struct hr_stretches *written; /* what is in the file */
	uint64_t count;
	uint64_t stored;    /* how many of them have a descriptor in the file */
	struct unit *units; /* ascending */
	size_t unit_count, capacity;
	const struct unit *unit; /* the unit whose words are cached; NULL if none */
	uint64_t words[UNIT_WORDS];
	uint64_t window; /* the first cached descriptor */
	size_t window_count;
	unsigned char descs[WINDOW * DESC_SIZE];
	struct run run; /* that was found last */
};

static void cleanup_pages(struct hr_kdump_pages **pages)
{
	hr_kdump_pages_destroy(*pages);
}

void hr_kdump_pages_destroy(struct hr_kdump_pages *pages)
{
	if (!pages)
		return;
	free(pages->units);
	free(pages);
}

uint64_t hr_kdump_pages_count(const struct hr_kdump_pages *pages)
{
	return pages->count;
}

bool hr_kdump_pages_cover(const struct hr_kdump_pages *pages, uint64_t pfn)
{
	return pfn >= pages->header.pfn_first && pfn < pages->header.pfn_end &&
	       pfn / 8 < pages->header.bitmap_size;
}

/* This is the fastest way without the instruction for it, which not every x86 CPU has. */
static unsigned int count_bits(uint64_t word)
{
	word -= word >> 1 & 0x5555555555555555;
	word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
	word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return (unsigned int)(word * 0x0101010101010101 >> 56);
}

/* Bits [@first, @end) of a word, which has 64. */
static uint64_t mask_of(uint64_t first, uint64_t end)
{
	return (end == 64 ? UINT64_MAX : (UINT64_C(1) << end) - 1) & UINT64_MAX << first % 64;
}

/* How many of the frames [@first, @end) are set in @words, which begin at frame @base. */
static uint64_t count_frames(const uint64_t *words, uint64_t base, uint64_t first, uint64_t end)
{
	uint64_t count = 0;

	for (size_t i = 0; i < UNIT_WORDS; i++, base += 64) {
		uint64_t word = le64toh(words[i]);

		if (!word || base >= end || base + 64 <= first)
			continue;
		if (base < first || base + 64 > end)
			word &= mask_of(first > base ? first - base : 0,
					end - base < 64 ? end - base : 64);
		count += count_bits(word);
	}
	return count;
}

static struct hr_error *add_unit(struct hr_kdump_pages *pages, uint64_t number, uint64_t count)
{
	struct unit *units =
		hr_grow(pages->units, pages->unit_count, &pages->capacity, sizeof(*units));

	if (!units)
		return hr_error_no_memory();
	pages->units = units;
	units[pages->unit_count++] = (struct unit){ number, pages->count };
	pages->count += count;
	return NULL;
}

/* Add the units in @words, which are @len bytes from byte @at of the bitmap on. */
static struct hr_error *index_words(struct hr_kdump_pages *pages, const uint64_t *words, size_t len,
				    uint64_t at)
{
	const struct hr_kdump_header *header = &pages->header;
	struct hr_error *error = NULL;

	if (hr_is_zero(words, len))
		return NULL;
	for (size_t done = 0; !error && done < len; done += UNIT) {
		uint64_t count = count_frames(words + done / 8, (at + done) * 8, header->pfn_first,
					      header->pfn_end);

		if (count)
			error = add_unit(pages, (at + done) / UNIT, count);
	}
	return error;
}

/* The bytes of the bitmap that matter for this file of a split set, in whole units. */
static void bound_bitmap(const struct hr_kdump_header *header, uint64_t *ret_start,
			 uint64_t *ret_end)
{
	*ret_start = header->pfn_first / UNIT_FRAMES * UNIT;
	*ret_end = header->bitmap_size;
	if (header->pfn_end / UNIT_FRAMES < header->bitmap_size / UNIT)
		*ret_end = (header->pfn_end / UNIT_FRAMES + 1) * UNIT;
}

/* Build the index in one pass over the stored part of the bitmap, in whole units. */
static struct hr_error *index_bitmap(struct hr_kdump_pages *pages)
{
	uint64_t base = pages->header.bitmap_offset, at, end, start, stop = 0;
	_cleanup_free_ uint64_t *words = hr_page_buffer(CHUNK);

	if (!words)
		return hr_error_no_memory();
	bound_bitmap(&pages->header, &at, &end);
	while (at < end) {
		struct hr_error *error;
		size_t len;

		if (at >= stop) {
			hr_next_stored(pages->fd, base + at, base + end, &start, &stop);
			at = (start - base) / UNIT * UNIT;
			stop = (stop - base + UNIT - 1) / UNIT * UNIT;
			if (at >= end)
				break;
		}
		len = stop - at < CHUNK ? (size_t)(stop - at) : CHUNK;
		error = hr_file_part_read(pages->fd, words, len, base + at);
		if (error)
			return hr_error_context(error, "its page bitmap");
		error = index_words(pages, words, len, at);
		if (error)
			return error;
		at += len;
	}
	return NULL;
}

/* How many of the descriptors are in the file. */
static uint64_t count_stored(const struct hr_kdump_pages *pages)
{
	uint64_t offset = pages->header.descs_offset;
	uint64_t room = offset < pages->file_size ? (pages->file_size - offset) / DESC_SIZE : 0;

	return room < pages->count ? room : pages->count;
}

/* A part that is missing reads as zeros. Behind it, each page would have another's descriptor. */
static struct hr_error *check_bitmap(const struct hr_kdump_pages *pages)
{
	uint64_t start = pages->header.bitmap_offset, end = start + pages->header.bitmap_size;

	if (!hr_stretches_have_gap(pages->written, start, end))
		return NULL;
	return hr_error_new(
		HR_ERROR_INPUT,
		"it is incomplete: a part of its page bitmap is missing; copy it again");
}

struct hr_error *hr_kdump_pages_create(int fd, uint64_t file_size,
				       const struct hr_kdump_header *header,
				       const struct hr_stretches *stored,
				       struct hr_kdump_pages **ret)
{
	_cleanup_(cleanup_pages) struct hr_kdump_pages *pages = calloc(1, sizeof(*pages));
	struct hr_error *error;

	if (!pages)
		return hr_error_no_memory();
	pages->fd = fd;
	pages->file_size = file_size;
	pages->header = *header;
	pages->written = stored;
	error = check_bitmap(pages);
	if (!error)
		error = index_bitmap(pages);
	if (error)
		return error;
	pages->stored = count_stored(pages);
	*ret = hr_take(pages);
	return NULL;
}

struct hr_error *hr_kdump_pages_between(int fd, const struct hr_kdump_header *header,
					uint64_t first, uint64_t end, uint64_t *ret)
{
	_cleanup_(cleanup_pages) struct hr_kdump_pages *pages = calloc(1, sizeof(*pages));
	struct hr_error *error;

	if (!pages)
		return hr_error_no_memory();
	pages->fd = fd;
	pages->header = *header;
	pages->header.pfn_first = first;
	pages->header.pfn_end = end;
	error = index_bitmap(pages);
	*ret = error ? 0 : pages->count;
	return error;
}

static struct hr_kdump_page parse_desc(const unsigned char *desc)
{
	return (struct hr_kdump_page){
		.offset = hr_get_le64(desc),
		.size = hr_get_le32(desc + DESC_LEN),
		.flags = hr_get_le32(desc + DESC_FLAGS),
	};
}

/* Is the data of @page in the file? A page that was not written any more has size 0. */
static bool is_stored(const struct hr_kdump_pages *pages, const struct hr_kdump_page *page)
{
	return page->size && page->size <= pages->header.block_size &&
	       page->offset <= pages->file_size && page->size <= pages->file_size - page->offset &&
	       hr_stretches_have(pages->written, page->offset, page->size);
}

/* What descriptors have shown so far. */
struct tally {
	uint64_t missing; /* pages */
	uint64_t start;	  /* of the data that is there */
	uint64_t end;	  /* of the data that is missing */
	bool is_vague;	  /* the place of some data is not known */
};

static void look_at_desc(const struct hr_kdump_pages *pages, const unsigned char *desc,
			 struct tally *tally)
{
	const struct hr_kdump_page page = parse_desc(desc);
	uint64_t most = pages->file_size + pages->count * pages->header.block_size;

	if (is_stored(pages, &page)) {
		if (page.offset < tally->start)
			tally->start = page.offset;
		return;
	}
	tally->missing++;
	/* The rest of a file has no more than all pages uncompressed. */
	if (!page.size || page.size > pages->header.block_size || page.offset > most)
		tally->is_vague = true;
	else if (page.offset + page.size > tally->end)
		tally->end = page.offset + page.size;
}

/* Look at the descriptors [@first, pages->stored). */
static struct hr_error *look_at_descs(const struct hr_kdump_pages *pages, uint64_t first,
				      struct tally *tally)
{
	_cleanup_free_ unsigned char *bytes = hr_page_buffer(CHUNK);

	if (!bytes)
		return hr_error_no_memory();
	while (first < pages->stored) {
		uint64_t left = pages->stored - first;
		size_t count = left < CHUNK_DESCS ? (size_t)left : CHUNK_DESCS;
		struct hr_error *error =
			hr_pread_all(pages->fd, bytes, count * DESC_SIZE,
				     pages->header.descs_offset + first * DESC_SIZE);

		if (error)
			return error;
		for (size_t i = 0; i < count; i++)
			look_at_desc(pages, bytes + i * DESC_SIZE, tally);
		first += count;
	}
	return NULL;
}

/*
 * Dumps are written front to back, so the data of the last pages is at the end of the file. The
 * very last ones may share their data with earlier ones.
 */
static struct hr_error *seems_whole(const struct hr_kdump_pages *pages, bool *ret)
{
	struct tally tally = { 0 };
	uint64_t first = pages->count > CHUNK_DESCS ? pages->count - CHUNK_DESCS : 0;
	struct hr_error *error = NULL;

	*ret = !pages->header.is_flagged && pages->stored == pages->count && !pages->written->count;
	if (*ret)
		error = look_at_descs(pages, first, &tally);
	*ret &= !tally.missing;
	return error;
}

struct hr_error *hr_kdump_pages_lack(struct hr_kdump_pages *pages, struct hr_kdump_lack *ret)
{
	struct tally tally = { .start = UINT64_MAX, .is_vague = pages->stored < pages->count };
	uint64_t data = pages->header.descs_offset + pages->count * DESC_SIZE;
	struct hr_error *error;
	bool whole;

	*ret = (struct hr_kdump_lack){ 0 };
	error = seems_whole(pages, &whole);
	if (!error && !whole)
		error = look_at_descs(pages, 0, &tally);
	if (error || whole)
		return error;
	/* With too many bits, the first pages' data would be taken for descriptors. */
	if (tally.start < data)
		return hr_error_new(
			HR_ERROR_INPUT,
			"it is damaged: by its bitmap, page descriptors extend to offset "
			"0x%" PRIx64 ", but a page is stored at offset 0x%" PRIx64,
			data, tally.start);
	ret->pages = pages->count - pages->stored + tally.missing;
	if (tally.is_vague)
		ret->bytes = UINT64_MAX;
	else if (tally.missing)
		ret->bytes = tally.end - pages->file_size;
	return NULL;
}

static int compare_unit(const void *key, const void *element)
{
	uint64_t number = *(const uint64_t *)key;
	const struct unit *unit = element;

	return (number > unit->number) - (number < unit->number);
}

/* Load the unit of @pfn, with its words in pages->words; NULL if it has no pages. */
static struct hr_error *load_unit(struct hr_kdump_pages *pages, uint64_t pfn,
				  const struct unit **ret)
{
	uint64_t number = pfn / UNIT_FRAMES;
	struct hr_error *error;

	*ret = pages->unit;
	if (pages->unit && pages->unit->number == number)
		return NULL;
	*ret = pages->unit_count ? bsearch(&number, pages->units, pages->unit_count,
					   sizeof(*pages->units), compare_unit)
				 : NULL;
	if (!*ret)
		return NULL;
	pages->unit = NULL;
	error = hr_pread_all(pages->fd, pages->words, UNIT,
			     pages->header.bitmap_offset + number * UNIT);
	if (!error)
		pages->unit = *ret;
	return error;
}

/* Find the index of @pfn among the pages of the file; not found if it is not one of them. */
static struct hr_error *find_rank(struct hr_kdump_pages *pages, uint64_t pfn, bool *ret_found,
				  uint64_t *ret)
{
	uint64_t base = pfn / UNIT_FRAMES * UNIT_FRAMES;
	const struct unit *unit = NULL;
	struct hr_error *error = NULL;

	*ret_found = false;
	if (hr_kdump_pages_cover(pages, pfn))
		error = load_unit(pages, pfn, &unit);
	if (error || !unit)
		return error;
	*ret_found = le64toh(pages->words[pfn % UNIT_FRAMES / 64]) >> pfn % 64 & 1;
	*ret = unit->rank + count_frames(pages->words, base, pages->header.pfn_first, pfn);
	return NULL;
}

/* Get the descriptor of page @rank through the cache. */
static struct hr_error *find_desc(struct hr_kdump_pages *pages, uint64_t rank,
				  const unsigned char **ret)
{
	if (rank < pages->window || rank - pages->window >= pages->window_count) {
		uint64_t left = pages->stored - rank;
		size_t count = left < WINDOW ? (size_t)left : WINDOW;
		struct hr_error *error;

		pages->window_count = 0;
		error = hr_pread_all(pages->fd, pages->descs, count * DESC_SIZE,
				     pages->header.descs_offset + rank * DESC_SIZE);
		if (error)
			return error;
		pages->window = rank;
		pages->window_count = count;
	}
	*ret = pages->descs + (rank - pages->window) * DESC_SIZE;
	return NULL;
}

static struct hr_error *lacks(const struct hr_kdump_pages *pages, uint64_t pfn)
{
	return hr_error_new(HR_ERROR_UNREADABLE,
			    "the dump is incomplete: PA 0x%" PRIx64 " is missing",
			    pfn * pages->header.block_size);
}

struct hr_error *hr_kdump_pages_find(struct hr_kdump_pages *pages, uint64_t pfn,
				     struct hr_kdump_page *ret)
{
	const unsigned char *desc;
	uint64_t rank;
	struct hr_error *error;
	bool found;

	error = find_rank(pages, pfn, &found, &rank);
	if (error)
		return error;
	/* If the bitmap changes meanwhile, it may have more pages than were counted. */
	if (!found || rank >= pages->count)
		return hr_error_new(HR_ERROR_UNREADABLE,
				    "PA 0x%" PRIx64 " is not in the dump, or was excluded from it",
				    pfn * pages->header.block_size);
	if (rank >= pages->stored ||
	    !hr_stretches_have(pages->written, pages->header.descs_offset + rank * DESC_SIZE,
			       DESC_SIZE))
		return lacks(pages, pfn);
	error = find_desc(pages, rank, &desc);
	if (error)
		return error;
	*ret = parse_desc(desc);
	if (is_stored(pages, ret))
		return NULL;
	if (!ret->size && !ret->offset)
		return lacks(pages, pfn);
	return hr_error_new(HR_ERROR_UNREADABLE,
			    "the dump is incomplete or damaged: PA 0x%" PRIx64
			    " has %s at offset 0x%" PRIx64,
			    pfn * pages->header.block_size,
			    hr_count_text(ret->size, "byte", "bytes").text, ret->offset);
}

/* Does page @rank have data of its own? One without a descriptor has none. */
static bool has_own_data(struct hr_kdump_pages *pages, uint64_t rank)
{
	const unsigned char *desc;
	struct hr_error *error = NULL;
	uint64_t before = UINT64_MAX;

	if (rank >= pages->stored)
		return false;
	if (rank)
		error = find_desc(pages, rank - 1, &desc);
	if (!error && rank)
		before = parse_desc(desc).offset;
	if (!error)
		error = find_desc(pages, rank, &desc);
	if (!error)
		return parse_desc(desc).offset != before;
	hr_error_destroy(error);
	return false;
}

/* Find the first run of one unit, at or after @pfn. */
static void next_in_unit(struct hr_kdump_pages *pages, const struct unit *unit, uint64_t pfn,
			 struct run *run)
{
	uint64_t base = unit->number * UNIT_FRAMES, end = base + UNIT_FRAMES, at = base, rank;
	const struct unit *loaded = NULL;

	hr_error_destroy(load_unit(pages, base, &loaded));
	if (!loaded || pages->unit != loaded)
		return;
	at = pfn > at ? pfn : at;
	at = pages->header.pfn_first > at ? pages->header.pfn_first : at;
	end = pages->header.pfn_end < end ? pages->header.pfn_end : end;
	rank = unit->rank + count_frames(pages->words, base, pages->header.pfn_first, at);
	for (; at < end; at++) {
		bool is_set = le64toh(pages->words[at % UNIT_FRAMES / 64]) >> at % 64 & 1;

		if (is_set && has_own_data(pages, rank++)) {
			run->first = run->end ? run->first : at;
			run->end = at + 1;
		} else if (run->end) {
			break;
		}
	}
}

/* The first unit that has frames at or after @pfn. */
static size_t find_unit(const struct hr_kdump_pages *pages, uint64_t pfn)
{
	size_t low = 0, high = pages->unit_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pages->units[middle].number < pfn / UNIT_FRAMES)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What was found last is also the answer for any frame from there up to it. */
static bool is_answer(const struct run *run, uint64_t pfn)
{
	return run->is_known && pfn >= run->from && (!run->end || pfn <= run->first);
}

bool hr_kdump_pages_next(struct hr_kdump_pages *pages, uint64_t pfn, uint64_t *ret_first,
			 uint64_t *ret_end)
{
	struct run *run = &pages->run;
	size_t i = find_unit(pages, pfn);

	if (!is_answer(run, pfn)) {
		*run = (struct run){ .from = pfn, .is_known = true };
		while (i < pages->unit_count && !run->end)
			next_in_unit(pages, &pages->units[i++], pfn, run);
	}
	*ret_first = run->first;
	*ret_end = run->end;
	return run->end;
}
