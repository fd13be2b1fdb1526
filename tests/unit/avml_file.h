/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compressed AVML files, good and damaged, as temporary files that disappear with the test. */
#ifndef HR_TEST_AVML_FILE_H
#define HR_TEST_AVML_FILE_H

#include "core_file.h"

enum {
	AVML_FULL = 65536, /* content of a full chunk */
	AVML_HEADER = 32,
	AVML_IDENTIFIER = 10,
	AVML_TRAILER = 8,
	/* types of chunks */
	AVML_COMPRESSED = 0x00,
	AVML_STORED = 0x01,
	AVML_PADDING = 0xfe,
};

struct avml_file {
	struct core_file file;
	uint64_t end;	 /* of what was written */
	uint64_t stream; /* where the last stream began */
};

/* An empty file. */
void avml_file_init(struct avml_file *avml);
void avml_file_release(struct avml_file *avml);
void avml_file_cut(struct avml_file *avml, uint64_t size);

/* Append any bytes; or a header, after which a stream is to begin; or the chunk with which it does;
 * or what follows it. */
void avml_file_add(struct avml_file *avml, const void *bytes, size_t len);
void avml_file_header(struct avml_file *avml, uint64_t start, uint64_t last);
void avml_file_identifier(struct avml_file *avml);
void avml_file_trailer(struct avml_file *avml);

/* Append a chunk of @type with the @len bytes of @data. */
void avml_file_chunk(struct avml_file *avml, unsigned char type, const void *data, size_t len);
/* Append a chunk with @len bytes of content, at most AVML_FULL, stored or compressed. */
void avml_file_stored(struct avml_file *avml, const void *content, size_t len);
void avml_file_compressed(struct avml_file *avml, const void *content, size_t len);

/* Append a block as AVML writes it. Its bytes are @fill, @fill + 1 in the next chunk, and so on. */
void avml_file_block(struct avml_file *avml, uint64_t start, uint64_t last, int fill);

#endif
