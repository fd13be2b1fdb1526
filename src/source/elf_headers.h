/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The headers of an ELF core: its segments by physical address, and its VMCOREINFO note. */
#ifndef HR_ELF_HEADERS_H
#define HR_ELF_HEADERS_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A core with more segments, or larger notes, is refused. */
enum {
	HR_SEGMENTS_MAX = 1 << 20,
	HR_NOTES_MAX = 4 << 20
};

struct hr_segment {
	uint64_t pa;	 /* first byte */
	uint64_t size;	 /* bytes of it in the file */
	uint64_t offset; /* in the file */
};

struct hr_elf_headers {
	struct hr_segment *segments; /* with a physical address and content, in file order */
	size_t count;
	char *vmcoreinfo; /* NULL if there is no note */
	size_t vmcoreinfo_len;
	uint64_t vmcoreinfo_offset; /* in the file */
	char *snapshot;		    /* the note of a snapshot, in the same segment; else NULL */
	size_t snapshot_len;
	uint64_t snapshot_offset; /* in the file */
	uint64_t note_bytes;	  /* bytes of notes that were read, at most HR_NOTES_MAX */
	uint64_t missing;	  /* bytes of segments beyond the end of the file */
	bool is_flagged;	  /* makedumpfile ran out of space when it wrote the core */
};

/*
 * Read the headers of the core @fd. Segments without a physical address (all ones, as in
 * /proc/kcore) are left out. The file has @file_size bytes, and may end early: a segment has only
 * what is in the file. UINT64_MAX is for files whose size means nothing. Error HR_ERROR_INPUT: not
 * a 64-bit little-endian arm64 ELF core, truncated in its headers, damaged, or beyond the limits
 * above.
 */
struct hr_error *hr_elf_headers_read(int fd, uint64_t file_size, struct hr_elf_headers *ret);

/* Free what @headers owns. */
void hr_elf_headers_release(struct hr_elf_headers *headers);

#endif
