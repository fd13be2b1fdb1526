// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/codec_library.h"

#include <stddef.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define LZMA(member)  offsetof(struct hr_lzma_library, member)
#define ZSTD(member)  offsetof(struct hr_zstd_library, member)
#define BZIP2(member) offsetof(struct hr_bzip2_library, member)

static const struct hr_library_function lzma_functions[] = {
	{ "lzma_stream_decoder", LZMA(stream_decoder) },
	{ "lzma_code", LZMA(code) },
	{ "lzma_end", LZMA(end) },
	{ "lzma_stream_footer_decode", LZMA(footer_decode) },
};

static const struct hr_library_function zstd_functions[] = {
	{ "ZSTD_createDStream", ZSTD(create) },
	{ "ZSTD_initDStream", ZSTD(init) },
	{ "ZSTD_decompressStream", ZSTD(decompress) },
	{ "ZSTD_freeDStream", ZSTD(free) },
	{ "ZSTD_isError", ZSTD(is_error) },
	{ "ZSTD_getErrorName", ZSTD(error_name) },
};

static const struct hr_library_function bzip2_functions[] = {
	{ "BZ2_bzDecompressInit", BZIP2(init) },
	{ "BZ2_bzDecompress", BZIP2(decompress) },
	{ "BZ2_bzDecompressEnd", BZIP2(end) },
};

const struct hr_library_form hr_lzma_form = {
	.soname = HR_LZMA_SONAME,
	.name = "liblzma",
	.functions = lzma_functions,
	.count = COUNT(lzma_functions),
	.size = sizeof(struct hr_lzma_library),
};

const struct hr_library_form hr_zstd_form = {
	.soname = HR_ZSTD_SONAME,
	.name = "libzstd",
	.functions = zstd_functions,
	.count = COUNT(zstd_functions),
	.size = sizeof(struct hr_zstd_library),
};

const struct hr_library_form hr_bzip2_form = {
	.soname = HR_BZIP2_SONAME,
	.name = "libbz2",
	.functions = bzip2_functions,
	.count = COUNT(bzip2_functions),
	.size = sizeof(struct hr_bzip2_library),
};
