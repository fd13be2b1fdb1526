/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snappy's framing format: a stream is a row of chunks, each with its type, its length and, if it
 * has content, a checksum of that (framing_format.txt of snappy, revision of 2013-10-25).
 */
#ifndef HR_SNAPPY_FRAME_H
#define HR_SNAPPY_FRAME_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/crc32c.h"
#include "source/snappy_library.h"

/* Bytes. */
enum {
	HR_SNAPPY_CONTENT_MAX = 65536, /* of the content of a chunk */
	/* of the data that this can become: what snappy_max_compressed_length() returns for it */
	HR_SNAPPY_DATA_MAX = 32 + HR_SNAPPY_CONTENT_MAX + HR_SNAPPY_CONTENT_MAX / 6,
	/* content for each byte of data: three bytes can stand for 64 earlier ones */
	HR_SNAPPY_RATIO_MAX = 22,
};

/* What the header of a chunk says. */
struct hr_snappy_chunk {
	uint64_t end;	  /* offset of what follows it in the file */
	uint64_t data;	  /* offset of its data, behind its checksum; if it has content */
	uint32_t len;	  /* bytes of that data */
	uint32_t sum;	  /* as stored */
	uint32_t content; /* bytes of its content; 0 if it has none, as padding */
	bool is_compressed;
	bool is_identifier; /* the one that begins a stream */
	/* It goes on behind the end of what there is; nothing else is known of it. */
	bool is_cut;
};

/*
 * Look at the chunk at @offset of @fd, of which there is what lies before @end. Error
 * HR_ERROR_INPUT, whose message is a clause: it is damaged, or of a type that is not known and may
 * not be skipped; HR_ERROR_OS.
 */
struct hr_error *hr_snappy_look(int fd, uint64_t offset, uint64_t end, struct hr_snappy_chunk *ret);

/* What unpacks chunks, one at a time. */
struct hr_snappy {
	struct hr_crc32c crc;
	const struct hr_snappy_library *library;
	char *data; /* room for HR_SNAPPY_DATA_MAX bytes */
};

/* @library must outlive @snappy, which hr_snappy_release() releases in any case. */
struct hr_error *hr_snappy_init(struct hr_snappy *snappy, const struct hr_snappy_library *library);
void hr_snappy_release(struct hr_snappy *snappy);

/*
 * Unpack @chunk of @fd, and check it. Its @content has room for HR_SNAPPY_CONTENT_MAX bytes, all of
 * which may change even if this fails. Error HR_ERROR_UNREADABLE: its data or its checksum is
 * wrong, or no longer there; HR_ERROR_OS.
 */
struct hr_error *hr_snappy_unpack(struct hr_snappy *snappy, int fd,
				  const struct hr_snappy_chunk *chunk, char *content);

#endif
