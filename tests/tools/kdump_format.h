/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the writers of kdump-compressed dumps for tests and for the benchmark have in common. */
#ifndef KDUMP_FORMAT_H
#define KDUMP_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	UTSNAME_LEN = 65,
	UTSNAME_COUNT = 6, /* sysname, nodename, release, version, machine, domainname */
	HEADER_VERSION = 6,
	DUMP_LEVEL = 31,
};

struct main_header {
	char signature[8];
	uint32_t version;
	char utsname[UTSNAME_COUNT][UTSNAME_LEN];
	char padding[6];
	uint64_t timestamp[2];
	uint32_t status;
	uint32_t block_size;
	uint32_t sub_blocks;
	uint32_t bitmap_blocks;
	uint32_t max_mapnr;
	uint32_t total_ram_blocks;
	uint32_t device_blocks;
	uint32_t written_blocks;
	uint32_t current_cpu;
	uint32_t cpus;
};

struct sub_header {
	uint64_t phys_base;
	uint32_t dump_level;
	uint32_t split;
	uint64_t start_pfn, end_pfn;
	uint64_t vmcoreinfo_offset, vmcoreinfo_size;
	uint64_t notes_offset, notes_size;
	uint64_t eraseinfo_offset, eraseinfo_size;
	uint64_t start_pfn_64, end_pfn_64;
	uint64_t max_mapnr_64;
};

struct page_desc {
	uint64_t offset;
	uint32_t size;
	uint32_t flags;
	uint64_t page_flags;
};

_Static_assert(sizeof(struct main_header) == 464, "the format's layout");
_Static_assert(sizeof(struct sub_header) == 104, "the format's layout");
_Static_assert(sizeof(struct page_desc) == 24, "the format's layout");

/* Writes the @size bytes at @in into @out; the size there, or 0 if the library failed. */
typedef size_t compress_fn(const void *in, size_t size, void *out, size_t room);

struct compression {
	const char *name;
	uint32_t flag;
	compress_fn *compress; /* NULL: pages are stored as they are */
};

/* To be called before anything is compressed; false if a library cannot be used. */
bool init_compression(void);

/* The compression called @name; NULL if there is none. */
const struct compression *find_compression(const char *name);

#endif
