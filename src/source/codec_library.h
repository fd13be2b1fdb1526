/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The libraries of codecs that are loaded only for the files that they unpack. */
#ifndef HR_CODEC_LIBRARY_H
#define HR_CODEC_LIBRARY_H

#include <bzlib.h>
#include <lzma.h>
#include <zstd.h>

#include "os/library.h"

/* The functions that are used of each. */
struct hr_lzma_library {
	struct hr_library base;
	__typeof__(lzma_stream_decoder) *stream_decoder;
	__typeof__(lzma_code) *code;
	__typeof__(lzma_end) *end;
	__typeof__(lzma_stream_footer_decode) *footer_decode;
};

struct hr_zstd_library {
	struct hr_library base;
	__typeof__(ZSTD_createDStream) *create;
	__typeof__(ZSTD_initDStream) *init;
	__typeof__(ZSTD_decompressStream) *decompress;
	__typeof__(ZSTD_freeDStream) *free;
	__typeof__(ZSTD_isError) *is_error;
	__typeof__(ZSTD_getErrorName) *error_name;
};

struct hr_bzip2_library {
	struct hr_library base;
	__typeof__(BZ2_bzDecompressInit) *init;
	__typeof__(BZ2_bzDecompress) *decompress;
	__typeof__(BZ2_bzDecompressEnd) *end;
};

/* For hr_library_load(), whose result is one of these structures. */
extern const struct hr_library_form hr_lzma_form, hr_zstd_form, hr_bzip2_form;

#endif
