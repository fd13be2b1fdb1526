// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mkkdump - turn an ELF core into a kdump-compressed dump, the format of makedumpfile and QEMU.
 *
 *   mkkdump [OPTION...] IN.elf OUT
 *
 *   --compress=none|zlib|lzo|snappy|zstd   how pages are stored (default: zlib)
 *   --block-size=BYTES                     4096 (default), 16384 or 65536
 *   --split=N                              N files, OUT.0 and so on
 *   --machine=NAME                         the machine's name in the header (default: aarch64)
 *   --exclude=PA                           leave the block around PA out, as a filter would
 *   --flatten                              as a stream of records, headers last
 *
 * A block of which the core has only a part is filled up with POISON, so that a reader that takes
 * one page for another finds neither zeros nor what it looked for.
 */
#include <elf.h>
#include <endian.h>
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kdump_format.h"

#define INFO_NAME    "VMCOREINFO"
#define RELEASE_KEY  "OSRELEASE="
#define NOT_EXCLUDED UINT64_MAX

enum {
	POISON = 0xa5,
	FLAT_HEADER_SIZE = 4096,
};

struct settings {
	const struct compression *compression;
	size_t block_size;
	unsigned int parts;
	const char *machine;
	uint64_t exclude;
	bool flatten;
};

struct piece {
	uint64_t pa;
	uint64_t size;
	const unsigned char *data;
};

/* The ELF core, mapped. */
struct core {
	const unsigned char *bytes;
	size_t size;
	struct piece *pieces;
	size_t count;
	const unsigned char *notes;
	size_t notes_size;
	size_t info_at; /* the VMCOREINFO text in the notes */
	size_t info_size;
};

struct dump {
	const struct core *core;
	const struct settings *settings;
	uint64_t *pfns; /* of the blocks of which the core has a part, ascending */
	size_t count;
	uint64_t max_mapnr;
	size_t sub_blocks;
	size_t bitmap_blocks; /* of one bitmap; there are two */
};

struct output {
	const char *path;
	int fd;
	bool flatten;
};

/* One file of the dump: the blocks [@first, @end) of the list, with @descs in that order. */
struct part {
	const struct dump *dump;
	struct output out;
	size_t first, end;
	struct page_desc *descs;
};

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count + 1, size);

	if (!memory)
		err(EXIT_FAILURE, "calloc");
	return memory;
}

static void read_core_file(const char *path, struct core *core)
{
	struct stat st;
	void *bytes;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st))
		err(EXIT_FAILURE, "%s", path);
	core->size = (size_t)st.st_size;
	bytes = mmap(NULL, core->size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		err(EXIT_FAILURE, "%s", path);
	close(fd);
	core->bytes = bytes;
}

/* The @count items of @size bytes at @offset of the core. */
static const void *core_at(const struct core *core, uint64_t offset, uint64_t count, size_t size)
{
	if (offset > core->size || count > (core->size - offset) / size)
		errx(EXIT_FAILURE, "the ELF core is cut short");
	return core->bytes + offset;
}

static void parse_core(struct core *core)
{
	const Elf64_Ehdr *header = core_at(core, 0, 1, sizeof(*header));
	const Elf64_Phdr *phdr = core_at(core, header->e_phoff, header->e_phnum, sizeof(*phdr));
	const Elf64_Phdr *end = phdr + header->e_phnum;

	if (memcmp(header->e_ident, ELFMAG "\2\1", SELFMAG + 2) || header->e_phnum == PN_XNUM)
		errx(EXIT_FAILURE, "not a small 64-bit little-endian ELF core");
	core->pieces = allocate(header->e_phnum, sizeof(*core->pieces));
	for (; phdr < end; phdr++) {
		const void *data = core_at(core, phdr->p_offset, phdr->p_filesz, 1);

		if (phdr->p_type == PT_LOAD && phdr->p_filesz && phdr->p_paddr != UINT64_MAX)
			core->pieces[core->count++] =
				(struct piece){ phdr->p_paddr, phdr->p_filesz, data };
		if (phdr->p_type != PT_NOTE)
			continue;
		core->notes = data;
		core->notes_size = phdr->p_filesz;
	}
}

static size_t note_align(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

static void find_vmcoreinfo(struct core *core)
{
	size_t at = 0;

	while (at + sizeof(Elf64_Nhdr) <= core->notes_size) {
		Elf64_Nhdr note;
		size_t name = at + sizeof(note), desc;

		memcpy(&note, core->notes + at, sizeof(note));
		desc = name + note_align(note.n_namesz);
		at = desc + note_align(note.n_descsz);
		if (at > core->notes_size)
			break;
		if (note.n_namesz != sizeof(INFO_NAME) ||
		    memcmp(core->notes + name, INFO_NAME, sizeof(INFO_NAME)))
			continue;
		core->info_at = desc;
		core->info_size = note.n_descsz;
	}
}

static int compare_pfns(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static void remove_duplicates(struct dump *dump)
{
	size_t kept = 0;

	qsort(dump->pfns, dump->count, sizeof(*dump->pfns), compare_pfns);
	for (size_t i = 0; i < dump->count; i++)
		if (!kept || dump->pfns[kept - 1] != dump->pfns[i])
			dump->pfns[kept++] = dump->pfns[i];
	dump->count = kept;
}

static void list_blocks(struct dump *dump)
{
	const struct core *core = dump->core;
	size_t block = dump->settings->block_size, room = 0;

	for (const struct piece *piece = core->pieces; piece < core->pieces + core->count; piece++)
		room += piece->size / block + 2;
	dump->pfns = allocate(room, sizeof(*dump->pfns));
	for (const struct piece *piece = core->pieces; piece < core->pieces + core->count;
	     piece++) {
		uint64_t last = (piece->pa + piece->size - 1) / block;

		for (uint64_t pfn = piece->pa / block; pfn <= last; pfn++)
			dump->pfns[dump->count++] = pfn;
	}
	remove_duplicates(dump);
	if (!dump->count)
		errx(EXIT_FAILURE, "the ELF core has no memory");
	dump->max_mapnr = dump->pfns[dump->count - 1] + 1;
}

static size_t blocks_of(const struct dump *dump, uint64_t bytes)
{
	return (size_t)((bytes + dump->settings->block_size - 1) / dump->settings->block_size);
}

static void plan_dump(struct dump *dump)
{
	list_blocks(dump);
	dump->sub_blocks = blocks_of(dump, sizeof(struct sub_header) + dump->core->notes_size);
	dump->bitmap_blocks = blocks_of(dump, (dump->max_mapnr + 7) / 8);
}

static bool is_excluded(const struct dump *dump, uint64_t pfn)
{
	uint64_t pa = dump->settings->exclude;

	return pa != NOT_EXCLUDED && pa / dump->settings->block_size == pfn;
}

/* The block @pfn: poison, and over it what the core has. */
static void load_block(const struct dump *dump, uint64_t pfn, unsigned char *block)
{
	const struct core *core = dump->core;
	uint64_t size = dump->settings->block_size, start = pfn * size;

	memset(block, POISON, size);
	for (const struct piece *piece = core->pieces; piece < core->pieces + core->count;
	     piece++) {
		uint64_t low = piece->pa > start ? piece->pa : start;
		uint64_t high = piece->pa + piece->size;

		if (high > start + size)
			high = start + size;
		if (low < high)
			memcpy(block + (low - start), piece->data + (low - piece->pa), high - low);
	}
}

static void write_all(const struct output *out, const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		ssize_t written = write(out->fd, at, size);

		if (written < 0)
			err(EXIT_FAILURE, "%s", out->path);
		at += written;
		size -= (size_t)written;
	}
}

static void put_record(const struct output *out, uint64_t offset, uint64_t size)
{
	uint64_t place[] = { htobe64(offset), htobe64(size) };

	write_all(out, place, sizeof(place));
}

/* Put the bytes at @offset of the dump: there in a plain file, next in a stream. */
static void put(const struct output *out, uint64_t offset, const void *data, size_t size)
{
	if (out->flatten)
		put_record(out, offset, size);
	else if (lseek(out->fd, (off_t)offset, SEEK_SET) < 0)
		err(EXIT_FAILURE, "%s", out->path);
	write_all(out, data, size);
}

static void open_output(struct output *out)
{
	char header[FLAT_HEADER_SIZE] = "makedumpfile";
	const uint64_t type_version[] = { htobe64(1), htobe64(1) };

	out->fd = open(out->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (out->fd < 0)
		err(EXIT_FAILURE, "%s", out->path);
	memcpy(header + 16, type_version, sizeof(type_version));
	if (out->flatten)
		write_all(out, header, sizeof(header));
}

static void close_output(const struct output *out)
{
	if (out->flatten)
		put_record(out, UINT64_MAX, UINT64_MAX);
	if (close(out->fd))
		err(EXIT_FAILURE, "%s", out->path);
}

/* OSRELEASE of the note, as the kernel would have it in its utsname. */
static void copy_release(const struct core *core, char *release)
{
	const char *text = (const char *)core->notes + core->info_at;
	const char *found =
		core->info_size ? memmem(text, core->info_size, RELEASE_KEY, strlen(RELEASE_KEY))
				: NULL;

	if (!found)
		return;
	found += strlen(RELEASE_KEY);
	for (size_t i = 0; i + 1 < UTSNAME_LEN && found + i < text + core->info_size; i++) {
		if (found[i] == '\n')
			break;
		release[i] = found[i];
	}
}

static void put_main_header(const struct part *part)
{
	const struct dump *dump = part->dump;
	struct main_header header = {
		.signature = "KDUMP   ",
		.version = htole32(HEADER_VERSION),
		.utsname = { "Linux", "localhost", "", "#1 SMP", "", "(none)" },
		.status = htole32(dump->settings->compression->flag),
		.block_size = htole32((uint32_t)dump->settings->block_size),
		.sub_blocks = htole32((uint32_t)dump->sub_blocks),
		.bitmap_blocks = htole32((uint32_t)dump->bitmap_blocks * 2),
		.max_mapnr = htole32((uint32_t)dump->max_mapnr),
		.cpus = htole32(1),
	};

	copy_release(dump->core, header.utsname[2]);
	stpncpy(header.utsname[4], dump->settings->machine, UTSNAME_LEN - 1);
	put(&part->out, 0, &header, sizeof(header));
}

/* The first page frame of the part whose first block is @index in the list. */
static uint64_t boundary(const struct dump *dump, size_t index)
{
	if (!index)
		return 0;
	return index == dump->count ? dump->max_mapnr : dump->pfns[index];
}

static void put_sub_header(const struct part *part)
{
	const struct dump *dump = part->dump;
	const struct core *core = dump->core;
	uint64_t at = dump->settings->block_size, notes_at = at + sizeof(struct sub_header);
	struct sub_header header = {
		.dump_level = htole32(DUMP_LEVEL),
		.vmcoreinfo_offset = htole64(core->info_size ? notes_at + core->info_at : 0),
		.vmcoreinfo_size = htole64(core->info_size),
		.notes_offset = htole64(notes_at),
		.notes_size = htole64(core->notes_size),
		.max_mapnr_64 = htole64(dump->max_mapnr),
	};

	if (dump->settings->parts > 1) {
		header.split = htole32(1);
		header.start_pfn = header.start_pfn_64 = htole64(boundary(dump, part->first));
		header.end_pfn = header.end_pfn_64 = htole64(boundary(dump, part->end));
	}
	put(&part->out, at, &header, sizeof(header));
	put(&part->out, notes_at, core->notes, core->notes_size);
}

/* The block of a bitmap in which the bit of block @i of the list is. */
static uint64_t bitmap_block(const struct dump *dump, size_t i)
{
	return dump->pfns[i] / 8 / dump->settings->block_size;
}

/*
 * Write a bitmap at @offset, block by block: of what exists, or of what was @dumped. Blocks of
 * zeros are holes in a plain file; a stream has all of them.
 */
static void put_bitmap(const struct part *part, uint64_t offset, bool dumped)
{
	const struct dump *dump = part->dump;
	size_t size = dump->settings->block_size, next = 0;
	unsigned char *bits = allocate(size, 1);

	for (uint64_t block = 0; block < dump->bitmap_blocks; block++) {
		if (!part->out.flatten && next < dump->count)
			block = bitmap_block(dump, next);
		memset(bits, 0, size);
		for (; next < dump->count && bitmap_block(dump, next) == block; next++)
			if (!dumped || !is_excluded(dump, dump->pfns[next]))
				bits[dump->pfns[next] / 8 % size] |=
					(unsigned char)(1u << dump->pfns[next] % 8);
		put(&part->out, offset + block * size, bits, size);
	}
	free(bits);
}

/* What exists, and what was dumped; each file of a set has all of both. */
static void put_bitmaps(const struct part *part)
{
	const struct dump *dump = part->dump;
	uint64_t size = dump->settings->block_size;
	uint64_t offset = (1 + dump->sub_blocks) * size;

	put_bitmap(part, offset, false);
	put_bitmap(part, offset + dump->bitmap_blocks * size, true);
}

static uint64_t descs_offset(const struct dump *dump)
{
	return (1 + dump->sub_blocks + 2 * dump->bitmap_blocks) * dump->settings->block_size;
}

/* Put one block, packed if that makes it smaller, at @at, and its place into @desc. */
static void put_block(const struct part *part, const unsigned char *block, uint64_t at,
		      struct page_desc *desc)
{
	const struct compression *compression = part->dump->settings->compression;
	size_t size = part->dump->settings->block_size, room = size * 2;
	unsigned char *packed = allocate(room, 1);
	size_t len =
		compression->compress ? compression->compress(block, size, packed, room) : size;
	bool smaller = len < size;

	if (!len)
		errx(EXIT_FAILURE, "%s failed", compression->name);
	*desc = (struct page_desc){
		.offset = htole64(at),
		.size = htole32((uint32_t)len),
		.flags = htole32(smaller ? compression->flag : 0),
	};
	if (!smaller)
		desc->size = htole32((uint32_t)size);
	put(&part->out, at, smaller ? packed : block, le32toh(desc->size));
	free(packed);
}

/* Write the data first, because only then are the descriptors known. */
static void put_pages(const struct part *part)
{
	const struct dump *dump = part->dump;
	unsigned char *block = allocate(dump->settings->block_size, 1);
	size_t count = 0, excluded = 0;
	uint64_t at;

	for (size_t i = part->first; i < part->end; i++)
		excluded += is_excluded(dump, dump->pfns[i]);
	at = descs_offset(dump) + (part->end - part->first - excluded) * sizeof(*part->descs);
	for (size_t i = part->first; i < part->end; i++) {
		if (is_excluded(dump, dump->pfns[i]))
			continue;
		load_block(dump, dump->pfns[i], block);
		put_block(part, block, at, &part->descs[count]);
		at += le32toh(part->descs[count++].size);
	}
	put(&part->out, descs_offset(dump), part->descs, count * sizeof(*part->descs));
	free(block);
}

static void write_part(const struct dump *dump, const char *path, size_t first, size_t end)
{
	struct part part = {
		.dump = dump,
		.out = { .path = path, .flatten = dump->settings->flatten },
		.first = first,
		.end = end,
		.descs = allocate(end - first, sizeof(struct page_desc)),
	};

	open_output(&part.out);
	put_pages(&part);
	put_bitmaps(&part);
	put_sub_header(&part);
	put_main_header(&part);
	close_output(&part.out);
	free(part.descs);
}

static void write_dump(const struct dump *dump, const char *path)
{
	unsigned int parts = dump->settings->parts;

	if (parts == 1)
		write_part(dump, path, 0, dump->count);
	for (unsigned int i = 0; parts > 1 && i < parts; i++) {
		char *part_path;

		if (asprintf(&part_path, "%s.%u", path, i) < 0)
			err(EXIT_FAILURE, "asprintf");
		write_part(dump, part_path, dump->count * i / parts, dump->count * (i + 1) / parts);
		free(part_path);
	}
}

static const struct compression *compression_of(const char *name)
{
	const struct compression *compression = find_compression(name);

	if (!compression)
		errx(EXIT_FAILURE, "no such compression: %s", name);
	return compression;
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (end == text || *end)
		errx(EXIT_FAILURE, "not a number: %s", text);
	return value;
}

static void set_option(struct settings *settings, int option)
{
	switch (option) {
	case 'c':
		settings->compression = compression_of(optarg);
		return;
	case 'b':
		settings->block_size = number(optarg);
		return;
	case 's':
		settings->parts = (unsigned int)number(optarg);
		return;
	case 'm':
		settings->machine = optarg;
		return;
	case 'x':
		settings->exclude = number(optarg);
		return;
	case 'f':
		settings->flatten = true;
		return;
	default:
		exit(EXIT_FAILURE);
	}
}

static void parse_options(int argc, char **argv, struct settings *settings)
{
	static const struct option options[] = {
		{ "compress", required_argument, NULL, 'c' },
		{ "block-size", required_argument, NULL, 'b' },
		{ "split", required_argument, NULL, 's' },
		{ "machine", required_argument, NULL, 'm' },
		{ "exclude", required_argument, NULL, 'x' },
		{ "flatten", no_argument, NULL, 'f' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		set_option(settings, option);
	if (argc - optind != 2 || !settings->parts)
		errx(EXIT_FAILURE, "usage: mkkdump [OPTION...] IN.elf OUT");
	if (settings->block_size != 4096 && settings->block_size != 16384 &&
	    settings->block_size != 65536)
		errx(EXIT_FAILURE, "the block size must be 4096, 16384 or 65536");
}

int main(int argc, char **argv)
{
	struct settings settings = {
		.compression = compression_of("zlib"),
		.block_size = 4096,
		.parts = 1,
		.machine = "aarch64",
		.exclude = NOT_EXCLUDED,
	};
	struct core core = { 0 };
	struct dump dump = { .core = &core, .settings = &settings };

	parse_options(argc, argv, &settings);
	if (!init_compression())
		errx(EXIT_FAILURE, "the lzo library does not work here");
	read_core_file(argv[optind], &core);
	parse_core(&core);
	find_vmcoreinfo(&core);
	plan_dump(&dump);
	write_dump(&dump, argv[optind + 1]);
	free(dump.pfns);
	free(core.pieces);
	return EXIT_SUCCESS;
}
