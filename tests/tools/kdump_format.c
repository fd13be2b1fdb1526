// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump_format.h"

#include <lzo/lzo1x.h>
#include <snappy-c.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

static size_t compress_zlib(const void *in, size_t size, void *out, size_t room)
{
	uLongf len = room;

	return compress2(out, &len, in, size, Z_BEST_SPEED) == Z_OK ? len : 0;
}

static size_t compress_lzo(const void *in, size_t size, void *out, size_t room)
{
	static lzo_align_t work[LZO1X_1_MEM_COMPRESS / sizeof(lzo_align_t) + 1];
	lzo_uint len = room;

	return lzo1x_1_compress(in, size, out, &len, work) == LZO_E_OK ? len : 0;
}

static size_t compress_snappy(const void *in, size_t size, void *out, size_t room)
{
	size_t len = room;

	return snappy_compress(in, size, out, &len) == SNAPPY_OK ? len : 0;
}

static size_t compress_zstd(const void *in, size_t size, void *out, size_t room)
{
	size_t len = ZSTD_compress(out, room, in, size, 1);

	return ZSTD_isError(len) ? 0 : len;
}

static const struct compression compressions[] = {
	{ "none", 0, NULL },
	{ "zlib", 0x1, compress_zlib },
	{ "lzo", 0x2, compress_lzo },
	{ "snappy", 0x4, compress_snappy },
	{ "zstd", 0x20, compress_zstd },
};

bool init_compression(void)
{
	return lzo_init() == LZO_E_OK;
}

const struct compression *find_compression(const char *name)
{
	for (size_t i = 0; i < sizeof(compressions) / sizeof(compressions[0]); i++)
		if (!strcmp(compressions[i].name, name))
			return &compressions[i];
	return NULL;
}
