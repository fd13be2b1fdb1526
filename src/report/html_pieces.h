/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of memory blocks, one for each piece of memory, with a picture in each row. */
#ifndef HR_HTML_PIECES_H
#define HR_HTML_PIECES_H

#include <stdint.h>
#include <stdio.h>

#include "report/block_rows.h"
#include "report/html_bands.h"

/* Write all of @rows, whose blocks have @block_size bytes, with what @pictures show of them. */
void hr_html_put_pieces(const struct hr_block_rows *rows, const struct hr_html_pictures *pictures,
			uint64_t block_size, FILE *stream);

/*
 * The number of the first piece that has memory in [@start, @end), to which "#p" and the number
 * lead; 0: there is none.
 */
size_t hr_html_piece_around(const struct hr_block_rows *rows, uint64_t start, uint64_t end);

#endif
