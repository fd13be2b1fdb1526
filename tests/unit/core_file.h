/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small core files, good and damaged, as temporary files that disappear with the test. */
#ifndef HR_TEST_CORE_FILE_H
#define HR_TEST_CORE_FILE_H

#include <elf.h>

#include "fake.h"

enum {
	CORE_PHDRS_MAX = 8
};

struct core_file {
	int fd;
	char path[64];
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdrs[CORE_PHDRS_MAX];
	uint64_t data; /* place of the next content */
};

/* An arm64 core without any segments. */
void core_file_init(struct core_file *core);
/* Close and unlink, if there is a file: not twice, and not if @core is all zeros. */
void core_file_release(struct core_file *core);

/* Append a PT_LOAD of @size bytes, filled with @fill. */
Elf64_Phdr *core_file_load(struct core_file *core, uint64_t pa, uint64_t size, int fill);
/* Append a PT_NOTE that contains one note, padded to @align. */
Elf64_Phdr *core_file_note(struct core_file *core, const char *name, uint32_t type,
			   const char *desc, uint64_t align);
/* Write the ELF header, and the program headers at ehdr.e_phoff. */
void core_file_finish(struct core_file *core);

/* Create a temporary file with the @len bytes of @bytes. Sets core->fd and core->path. */
void core_file_raw(struct core_file *core, const void *bytes, size_t len);
void core_file_write(struct core_file *core, const void *bytes, size_t len, uint64_t offset);
uint64_t core_file_size(const struct core_file *core);

/* Turn @core into a flattened file: one piece for each 4 KiB of it, last piece first. */
void core_file_flatten(struct core_file *core);

/*
 * Turn @core into a gzip file of its first @len bytes, as blocks that are not compressed. It ends
 * early: what should follow is missing.
 */
void core_file_gzip_cut(struct core_file *core, size_t len);

#endif
