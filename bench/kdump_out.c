// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "kdump_format.h"
#include "machine.h"

/*
 * A kdump-compressed dump of the pages that the kernel keeps, in the order of their addresses, as
 * makedumpfile writes it. Its bitmaps extend to the end of the hot-added memory, none of whose
 * pages is in the dump.
 */
struct dump {
	const struct machine *m;
	const struct compression *compression;
	FILE *out;
	const char *path;
	uint64_t max_pfn;
	uint64_t bitmap_blocks; /* of one of the two bitmaps */
	uint64_t data_at;
	struct page_desc *descs;
	size_t count;
	unsigned char *packed;
};

bool is_compression(const char *name)
{
	const struct compression *compression = find_compression(name);

	return compression && compression->compress;
}

static void put(const struct dump *dump, uint64_t offset, const void *data, size_t size)
{
	if (fseeko(dump->out, (off_t)offset, SEEK_SET) || fwrite(data, 1, size, dump->out) != size)
		err(EXIT_FAILURE, "%s", dump->path);
}

static void put_page(struct dump *dump, const void *page, uint64_t *at)
{
	size_t size = page_size(dump->m);
	size_t len = dump->compression->compress(page, size, dump->packed, size * 2);
	bool smaller = len && len < size;

	if (!smaller)
		len = size;
	dump->descs[dump->count++] = (struct page_desc){
		.offset = *at,
		.size = (uint32_t)len,
		.flags = smaller ? dump->compression->flag : 0,
	};
	put(dump, *at, smaller ? dump->packed : page, len);
	*at += len;
}

static uint64_t count_dumped(const struct machine *m)
{
	uint64_t count = 0;

	for (uint64_t page = 0; page < m->pool.count; page++)
		count += is_taken(m, page);
	return count;
}

static void put_pages(struct dump *dump)
{
	const struct machine *m = dump->m;
	uint64_t count = count_dumped(m);
	uint64_t at = dump->data_at + count * sizeof(struct page_desc);

	dump->descs = calloc(count + 1, sizeof(*dump->descs));
	dump->packed = malloc(page_size(m) * 2);
	if (!dump->descs || !dump->packed)
		err(EXIT_FAILURE, "malloc");
	for (uint64_t page = 0; page < m->pool.count; page++)
		if (is_taken(m, page))
			put_page(dump, m->memory + (page << m->geo.page_shift), &at);
	put(dump, dump->data_at, dump->descs, count * sizeof(*dump->descs));
	free(dump->packed);
	free(dump->descs);
}

static void set_bits(unsigned char *bitmap, uint64_t first, uint64_t end)
{
	for (uint64_t pfn = first; pfn < end; pfn++)
		bitmap[pfn >> 3] |= (unsigned char)(1u << (pfn & 7));
}

/* First what exists, then what was dumped. Both are sparse where the memory is. */
static void put_bitmaps(const struct dump *dump, uint64_t at)
{
	const struct machine *m = dump->m;
	unsigned int shift = m->geo.page_shift;
	uint64_t size = dump->bitmap_blocks << shift;
	unsigned char *bitmap = calloc(1, size);

	if (!bitmap)
		err(EXIT_FAILURE, "calloc");
	set_bits(bitmap, m->boot_pa >> shift, (m->boot_pa + m->boot_size) >> shift);
	set_bits(bitmap, m->hot_pa >> shift, (m->hot_pa + m->size) >> shift);
	put(dump, at, bitmap, size);
	memset(bitmap, 0, size);
	for (uint64_t page = 0; page < m->pool.count; page++)
		if (is_taken(m, page))
			set_bits(bitmap, m->pool.start + page, m->pool.start + page + 1);
	put(dump, at + size, bitmap, size);
	free(bitmap);
}

/* The sub header, followed by the note. */
static uint64_t put_sub_header(const struct dump *dump)
{
	struct {
		uint32_t namesz, descsz, type;
		char name[12];
	} note = { sizeof("VMCOREINFO"), 0, 0, "VMCOREINFO" };
	uint64_t block = page_size(dump->m), at = block + sizeof(struct sub_header);
	size_t info_size;
	char *info = make_note(dump->m, &info_size);
	struct sub_header header = {
		.dump_level = DUMP_LEVEL,
		.vmcoreinfo_offset = at + sizeof(note),
		.vmcoreinfo_size = info_size,
		.notes_offset = at,
		.notes_size = sizeof(note) + (info_size + 3) / 4 * 4,
		.max_mapnr_64 = dump->max_pfn,
	};

	note.descsz = (uint32_t)info_size;
	put(dump, block, &header, sizeof(header));
	put(dump, at, &note, sizeof(note));
	put(dump, at + sizeof(note), info, info_size);
	free(info);
	return (sizeof(header) + sizeof(note) + info_size + block - 1) / block;
}

static void put_main_header(const struct dump *dump, uint64_t sub_blocks)
{
	struct main_header header = {
		.signature = "KDUMP   ",
		.version = HEADER_VERSION,
		.utsname = { "Linux", "bench", "", "#1 SMP", "aarch64", "(none)" },
		.status = dump->compression->flag,
		.block_size = (uint32_t)page_size(dump->m),
		.sub_blocks = (uint32_t)sub_blocks,
		.bitmap_blocks = (uint32_t)dump->bitmap_blocks * 2,
		.max_mapnr = dump->max_pfn > UINT32_MAX ? UINT32_MAX : (uint32_t)dump->max_pfn,
		.cpus = 1,
	};

	strncpy(header.utsname[2], dump->m->release, UTSNAME_LEN - 1);
	put(dump, 0, &header, sizeof(header));
}

void kdump_write(const struct machine *m, const char *path)
{
	struct dump dump = {
		.m = m,
		.compression = find_compression(m->format),
		.out = fopen(path, "we"),
		.path = path,
		.max_pfn = (m->hot_pa + m->size) >> m->geo.page_shift,
	};
	uint64_t block = page_size(m), sub_blocks;

	if (!dump.out)
		err(EXIT_FAILURE, "%s", path);
	if (!init_compression())
		errx(EXIT_FAILURE, "the lzo library does not work here");
	dump.bitmap_blocks = (dump.max_pfn / 8 + block - 1) / block;
	sub_blocks = put_sub_header(&dump);
	put_main_header(&dump, sub_blocks);
	put_bitmaps(&dump, (1 + sub_blocks) * block);
	dump.data_at = (1 + sub_blocks + dump.bitmap_blocks * 2) * block;
	put_pages(&dump);
	if (fclose(dump.out))
		err(EXIT_FAILURE, "%s", path);
}
