// SPDX-License-Identifier: GPL-2.0-or-later
#include "avml_file.h"

#include <endian.h>
#include <snappy-c.h>
#include <string.h>
#include <unistd.h>

#define MAGIC UINT64_C(0x24c4d5641) /* "AVML", version 2 */

enum {
	CHUNK_HEADER = 4,
	SUM = 4,
	ROOM = 1 << 17,
};

void avml_file_init(struct avml_file *avml)
{
	*avml = (struct avml_file){ .end = 0 };
	core_file_raw(&avml->file, "", 0);
}

void avml_file_release(struct avml_file *avml)
{
	core_file_release(&avml->file);
}

void avml_file_cut(struct avml_file *avml, uint64_t size)
{
	assert_int_equal(ftruncate(avml->file.fd, (off_t)size), 0);
}

void avml_file_add(struct avml_file *avml, const void *bytes, size_t len)
{
	core_file_write(&avml->file, bytes, len, avml->end);
	avml->end += len;
}

void avml_file_header(struct avml_file *avml, uint64_t start, uint64_t last)
{
	const uint64_t header[] = { htole64(MAGIC), htole64(start), htole64(last), 0 };

	avml_file_add(avml, header, sizeof(header));
	avml->stream = avml->end;
}

void avml_file_trailer(struct avml_file *avml)
{
	uint64_t size = htole64(avml->end - avml->stream);

	avml_file_add(avml, &size, sizeof(size));
}

void avml_file_chunk(struct avml_file *avml, unsigned char type, const void *data, size_t len)
{
	uint32_t header = htole32((uint32_t)len << 8 | type);

	avml_file_add(avml, &header, CHUNK_HEADER);
	avml_file_add(avml, data, len);
}

void avml_file_identifier(struct avml_file *avml)
{
	avml_file_chunk(avml, 0xff, "sNaPpY", 6);
}

/* CRC-32C bit by bit, and masked as chunks have it. */
static uint32_t sum_of(const unsigned char *bytes, size_t len)
{
	uint32_t sum = UINT32_MAX;

	for (size_t i = 0; i < len * 8; i++) {
		uint32_t bit = (sum ^ bytes[i / 8] >> i % 8) & 1;

		sum = sum >> 1 ^ (bit ? 0x82f63b78 : 0);
	}
	sum = ~sum;
	return htole32((sum << 17 | sum >> 15) + 0xa282ead8);
}

static void add_content(struct avml_file *avml, unsigned char type, const void *content, size_t len,
			const char *data, size_t data_len)
{
	static char bytes[ROOM];
	uint32_t sum = sum_of(content, len);

	assert_true(data_len <= sizeof(bytes) - SUM);
	memcpy(bytes, &sum, SUM);
	memcpy(bytes + SUM, data, data_len);
	avml_file_chunk(avml, type, bytes, SUM + data_len);
}

void avml_file_stored(struct avml_file *avml, const void *content, size_t len)
{
	add_content(avml, AVML_STORED, content, len, content, len);
}

void avml_file_compressed(struct avml_file *avml, const void *content, size_t len)
{
	static char data[ROOM];
	size_t data_len = sizeof(data);

	assert_int_equal(snappy_compress(content, len, data, &data_len), SNAPPY_OK);
	add_content(avml, AVML_COMPRESSED, content, len, data, data_len);
}

void avml_file_block(struct avml_file *avml, uint64_t start, uint64_t last, int fill)
{
	static char content[AVML_FULL];
	uint64_t left = last - start + 1;

	avml_file_header(avml, start, last);
	avml_file_identifier(avml);
	for (; left; fill++) {
		size_t here = left < AVML_FULL ? left : AVML_FULL;

		memset(content, fill, here);
		avml_file_compressed(avml, content, here);
		left -= here;
	}
	avml_file_trailer(avml);
}
