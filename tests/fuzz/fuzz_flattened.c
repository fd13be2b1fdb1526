// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * makedumpfile's flattened format. Input: the file. The rearranged result must equal our own
 * assembly of the pieces.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fuzz.h"
#include "source/flattened.h"

enum {
	HEADER = 4096,
	PIECES_MAX = 4096
};

struct piece {
	uint64_t offset, len;
	const uint8_t *bytes;
};

static uint64_t big_endian(const uint8_t *at)
{
	uint64_t value = 0;

	for (size_t i = 0; i < 8; i++)
		value = value << 8 | at[i];
	return value;
}

/*
 * Find the pieces up to the end mark. Returns false if the file has none, or too many for this
 * check.
 */
static bool find_pieces(const uint8_t *file, size_t len, struct piece *pieces, size_t *ret_count)
{
	size_t at = HEADER, *count = ret_count;

	*count = 0;
	while (at + 16 <= len && *count < PIECES_MAX) {
		uint64_t offset = big_endian(file + at), size = big_endian(file + at + 8);

		at += 16;
		if (offset == UINT64_MAX && size == UINT64_MAX)
			return true;
		if (size > len - at)
			return false;
		pieces[(*count)++] = (struct piece){ offset, size, file + at };
		at += size;
	}
	return false;
}

/* Does a later piece overwrite the byte of @pieces[@index] at @at? */
static bool is_overwritten(const struct piece *pieces, size_t count, size_t index, uint64_t at)
{
	for (size_t i = index + 1; i < count; i++)
		if (at - pieces[i].offset < pieces[i].len)
			return true;
	return false;
}

static void check_pieces(int fd, const struct piece *pieces, size_t count)
{
	uint64_t end = 0;
	struct stat st;

	for (size_t i = 0; i < count; i++) {
		const struct piece *piece = &pieces[i];
		_cleanup_free_ uint8_t *found = malloc(piece->len);

		require(found && pread(fd, found, piece->len, (off_t)piece->offset) ==
					 (ssize_t)piece->len,
			"piece %zu is not there", i);
		for (uint64_t at = 0; at < piece->len; at++)
			require(found[at] == piece->bytes[at] ||
					is_overwritten(pieces, count, i, piece->offset + at),
				"piece %zu has another byte at %" PRIu64, i, at);
		end = piece->offset + piece->len > end ? piece->offset + piece->len : end;
	}
	require(!fstat(fd, &st) && (uint64_t)st.st_size == end, "it is not %" PRIu64 " bytes", end);
}

/* Each piece was written, and what follows the last one was not. */
static void check_stretches(const struct hr_unwrapped *unwrapped, const struct piece *pieces,
			    size_t count)
{
	uint64_t end = 0;

	for (size_t i = 0; i < count; i++) {
		require(hr_stretches_have(&unwrapped->stored, pieces[i].offset, pieces[i].len),
			"piece %zu counts as missing", i);
		end = pieces[i].offset + pieces[i].len > end ? pieces[i].offset + pieces[i].len
							     : end;
	}
	require(!unwrapped->is_cut || !hr_stretches_have(&unwrapped->stored, end, 1),
		"what follows the last piece counts as written");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct hr_progress progress = { 0 };
	static struct piece pieces[PIECES_MAX];
	_cleanup_close_ int fd = fuzz_file(data, size);
	_cleanup_close_ int rearranged = fuzz_file(NULL, 0);
	struct hr_unwrapped unwrapped;
	size_t count = 0;
	bool has_end;

	if (fuzz_succeeded(hr_flattened_rearrange(fd, &progress, rearranged, &unwrapped))) {
		has_end = find_pieces(data, size, pieces, &count);
		if (has_end || count < PIECES_MAX) {
			require(unwrapped.is_cut == !has_end, "the end mark is mistaken");
			check_pieces(rearranged, pieces, count);
			check_stretches(&unwrapped, pieces, count);
		}
	}
	hr_stretches_release(&unwrapped.stored);
	return 0;
}
