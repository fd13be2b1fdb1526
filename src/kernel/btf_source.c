// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/btf_source.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/little_endian.h"
#include "base/page_buffer.h"
#include "kernel/address.h"

/* The header (struct btf_header of include/uapi/linux/btf.h), whose form is that of version 1. */
enum {
	PIECE = 1 << 16,
	HEADER_SIZE = 24,
	TYPES_OFFSET = 8, /* of the number, as are the next three */
	TYPES_LENGTH = 12,
	WORDS_OFFSET = 16,
	WORDS_LENGTH = 20,
	ALIGNMENT = 4,
	/* Larger than what describes a module, or than bytes that look like a header by chance. */
	LENGTH_LEAST = 1 << 18,
	TRIES_MAX = 16
};

static const unsigned char magic[TYPES_OFFSET] = { 0x9f, 0xeb, 1, 0, HEADER_SIZE };

static bool read_at(const struct hr_btf_source *source, uint64_t va, void *buffer, size_t len)
{
	return hr_kernel_try_read(source->layout, source->memory, va, buffer, len);
}

/* Read @len bytes from @va on. Returns 0 if they cannot be read. */
static size_t read_all(const struct hr_btf_source *source, uint64_t va, char *buffer, size_t len)
{
	for (size_t done = 0; done < len; done += PIECE)
		if (!read_at(source, va + done, buffer + done,
			     len - done < PIECE ? len - done : PIECE))
			return 0;
	return len;
}

/* Read what lies between the symbols. */
static size_t read_symbols(const struct hr_btf_source *source, char *buffer, size_t size)
{
	uint64_t len = source->stop->va - source->start->va;

	if (!source->start->found || !source->stop->found || len > size)
		return 0;
	return read_all(source, source->start->va, buffer, (size_t)len);
}

/* The length of the BTF with the header at @at; 0 if that cannot be the kernel's. */
static size_t length_of(const unsigned char *at, size_t size)
{
	uint64_t types = (uint64_t)hr_get_le32(at + TYPES_OFFSET) + hr_get_le32(at + TYPES_LENGTH);
	uint64_t words = (uint64_t)hr_get_le32(at + WORDS_OFFSET) + hr_get_le32(at + WORDS_LENGTH);
	uint64_t len = HEADER_SIZE + (types > words ? types : words);

	return len >= LENGTH_LEAST && len <= size ? (size_t)len : 0;
}

/* A search of the image, piece by piece. */
struct search {
	const struct hr_btf_source *source;
	unsigned char piece[PIECE];
	unsigned int tries;
};

/* Try each header that begins in the piece at @va. Returns the length of what was read, or 0. */
static size_t search_piece(struct search *search, uint64_t va, char *buffer, size_t size)
{
	for (size_t at = 0; at + HEADER_SIZE <= PIECE; at += ALIGNMENT) {
		size_t len;

		if (memcmp(search->piece + at, magic, sizeof(magic)) != 0)
			continue;
		len = length_of(search->piece + at, size);
		if (!len || !search->tries)
			continue;
		search->tries--;
		if (read_all(search->source, va + at, buffer, len))
			return len;
	}
	return 0;
}

/*
 * Pieces overlap by a header. Where the image has a hole, as between its sections of text and data,
 * the search goes on behind it.
 */
static size_t search_image(const struct hr_btf_source *source, char *buffer, size_t size)
{
	_cleanup_free_ struct search *search = hr_page_buffer(sizeof(*search));
	size_t len = 0;

	if (!search)
		return 0;
	search->source = source;
	search->tries = TRIES_MAX;
	for (uint64_t at = 0; !len && at < HR_BTF_SEARCH_MAX; at += PIECE - HEADER_SIZE)
		if (read_at(source, source->text + at, search->piece, PIECE))
			len = search_piece(search, source->text + at, buffer, size);
	return len;
}

size_t hr_btf_read(const struct hr_btf_source *source, void *buffer, size_t size)
{
	size_t len = source->read ? source->read(source->context, buffer, size) : 0;

	if (!len)
		len = read_symbols(source, buffer, size);
	if (!len && source->text)
		len = search_image(source, buffer, size);
	return len;
}
