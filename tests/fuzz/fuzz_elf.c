// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ELF cores: headers, notes, and reading by physical address. Input: a byte that says whether the
 * core is live, then the file, or with another bit the pieces of a sparse one.
 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fuzz.h"
#include "kcore_reader.h"
#include "source/elf_headers.h"

enum {
	FILE_MAX = 1 << 20,
	READ = 512,
	PIECES = 40, /* enough for more than one thread */
};

static void destroy_source(struct hr_source *source)
{
	if (source->ops)
		source->ops->destroy(source->context);
	free(source->vmcoreinfo);
	hr_snapshot_destroy(source->snapshot);
}

/* A dump's segments lie in its file, and its notes together are not larger than the limit. */
static void check_headers(const struct hr_elf_headers *headers, size_t file_size)
{
	for (size_t i = 0; i < headers->count; i++) {
		const struct hr_segment *segment = &headers->segments[i];

		require(segment->size && segment->offset <= file_size &&
				segment->size <= file_size - segment->offset,
			"segment %zu is not in the file", i);
		require(segment->pa + (segment->size - 1) >= segment->pa, "segment %zu wraps", i);
	}
	require(headers->note_bytes <= HR_NOTES_MAX, "%" PRIu64 " bytes of notes",
		headers->note_bytes);
	require(headers->vmcoreinfo_len <= headers->note_bytes, "the note is larger than all");
}

/* How many segments contain the byte at @pa; *@ret is its file offset in the last of them. */
static size_t find_byte(const struct hr_elf_headers *headers, uint64_t pa, uint64_t *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < headers->count; i++) {
		const struct hr_segment *segment = &headers->segments[i];

		if (pa - segment->pa >= segment->size)
			continue;
		count++;
		*ret = segment->offset + (pa - segment->pa);
	}
	return count;
}

static size_t count_segments(const struct hr_elf_headers *headers, uint64_t pa)
{
	uint64_t offset;

	return find_byte(headers, pa, &offset);
}

/* A read returns what the file has there, or fails because some byte is in no segment. */
static void check_read(const struct hr_memory *memory, const struct hr_elf_headers *headers,
		       const uint8_t *file, uint64_t pa)
{
	static uint8_t buffer[READ];
	uint64_t offset = 0;
	bool all = true;

	for (size_t i = 0; all && i < sizeof(buffer); i++)
		all = count_segments(headers, pa + i);
	require(fuzz_succeeded(hr_memory_read(memory, pa, buffer, sizeof(buffer))) == all,
		"the page at 0x%" PRIx64, pa);
	for (size_t i = 0; all && i < sizeof(buffer); i++)
		require(find_byte(headers, pa + i, &offset) > 1 || file[offset] == buffer[i],
			"the byte at 0x%" PRIx64, pa + i);
}

/*
 * Pieces that are read together equal those read individually. In a live core, where zeros are
 * looked up in a second mapping, this holds if segments do not contradict each other.
 */
static void check_many(const struct hr_memory *memory, const struct hr_elf_headers *headers,
		       uint64_t pa)
{
	static uint8_t together[PIECES * 64], alone[64];
	uint64_t pas[PIECES];
	bool ok[PIECES];
	struct hr_batch batch = {
		.pas = pas,
		.count = PIECES,
		.len = 64,
		.buffer = together,
		.ok = ok,
	};

	for (size_t i = 0; i < PIECES; i++)
		pas[i] = pa + i * 64 + (i % 7 == 0) * 4096;
	hr_memory_begin(memory, &batch);
	hr_memory_finish(memory, &batch);
	for (size_t i = 0; i < PIECES; i++) {
		bool one = fuzz_succeeded(hr_memory_read(memory, pas[i], alone, sizeof(alone)));

		require(one == ok[i], "piece %zu", i);
		for (size_t at = 0; one && at < sizeof(alone); at++)
			require(alone[at] == together[i * 64 + at] ||
					(memory->live && count_segments(headers, pas[i] + at) > 1),
				"piece %zu is another", i);
	}
}

static void check_core(const uint8_t *file, size_t len, bool live)
{
	struct hr_source source __attribute__((__cleanup__(destroy_source))) = { 0 };
	_cleanup_(hr_elf_headers_release) struct hr_elf_headers headers = { 0 };
	_cleanup_close_ int fd = fuzz_file(file, len);
	bool ok = fuzz_succeeded(hr_elf_headers_read(fd, len, &headers));
	bool attached = fuzz_succeeded(hr_elf_core_attach(fd, live, &source));

	require(attached == (ok && headers.count), "the core opens by the one way only");
	if (!attached)
		return;
	check_headers(&headers, len);
	require(source.vmcoreinfo_len == headers.vmcoreinfo_len &&
			(!source.vmcoreinfo_len ||
			 !memcmp(source.vmcoreinfo, headers.vmcoreinfo, headers.vmcoreinfo_len)),
		"another note");
	for (size_t i = 0; i < headers.count && i < 8; i++) {
		const struct hr_segment *segment = &headers.segments[i];

		if (!live) {
			check_read(&source.memory, &headers, file, segment->pa);
			check_read(&source.memory, &headers, file, segment->pa + segment->size - 1);
			check_read(&source.memory, &headers, file, segment->pa - 8);
		}
		if (!i)
			check_many(&source.memory, &headers, segment->pa);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	uint8_t flags = fuzz_take8(&input);
	_cleanup_free_ uint8_t *sparse = NULL;
	size_t len;

	if (flags & 2) {
		sparse = fuzz_take_sparse(&input, FILE_MAX, &len);
		check_core(sparse, len, flags & 1);
	} else {
		check_core(input.at, input.left, flags & 1);
	}
	return 0;
}
