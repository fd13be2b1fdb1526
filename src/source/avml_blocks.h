/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blocks of a compressed AVML file (version 2). Each has a header like LiME's, with the first
 * and the last byte of its memory; that memory as a stream of snappy; and the size of this stream
 * in 8 bytes (src/image.rs and src/io/snappy.rs of AVML 0.20). AVML leaves out blocks of zeros.
 */
#ifndef HR_AVML_BLOCKS_H
#define HR_AVML_BLOCKS_H

#include <hotremove/hotremove.h>

#include "source/incomplete.h"
#include "source/snappy_frame.h"

/*
 * A file with more blocks is refused. AVML writes blocks of at most 16 MiB, so that these are 16
 * TiB; its early versions write larger ones.
 */
#ifndef HR_AVML_BLOCKS_MAX
#define HR_AVML_BLOCKS_MAX (1 << 20)
#endif

struct hr_avml_block {
	uint64_t pa;	 /* first byte */
	uint64_t size;	 /* bytes of memory that are in the file */
	uint64_t offset; /* of their chunks in the file */
	uint64_t end;	 /* of their chunks, exclusive */
};

struct hr_avml_blocks {
	struct hr_avml_block *list; /* ascending by physical address, and apart */
	size_t count;
	uint64_t size; /* most bytes of memory that they can have */
};

/* Does a file that begins with the @len bytes of @head have such blocks? */
bool hr_avml_probe(const void *head, size_t len);

/*
 * Find the blocks of @fd. If it ends early, the last of them has only what is known to be in its
 * place, and @incomplete says so. Only headers are known to be good; the chunks may be damaged.
 * Error HR_ERROR_INPUT: damaged, without memory, or beyond the limit; HR_ERROR_OS.
 */
struct hr_error *hr_avml_blocks_find(int fd, struct hr_incomplete *incomplete,
				     struct hr_avml_blocks *ret);
void hr_avml_blocks_release(struct hr_avml_blocks *blocks);

/* A walk along the chunks of a block. */
struct hr_avml_walk {
	const struct hr_avml_block *block;
	int fd;
	uint64_t at;	  /* offset of the next chunk; begins with that of the block */
	uint64_t content; /* bytes of memory in the chunks before it */
};

/*
 * Go beyond the next chunk, which is @ret, unless it is cut at @end of the file. Errors as of
 * hr_snappy_look(); HR_ERROR_INPUT also if it cannot be the first chunk of a block, or has more
 * memory than the block.
 */
struct hr_error *hr_avml_step(struct hr_avml_walk *walk, uint64_t end, struct hr_snappy_chunk *ret);

#endif
