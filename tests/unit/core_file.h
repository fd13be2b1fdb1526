/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small core files, good and damaged, as temporary files that vanish with the test. */
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
	uint64_t data; /* where the next content goes */
};

/* An arm64 core without segments yet. */
void core_file_init(struct core_file *core);
/* Close and unlink. */
void core_file_release(struct core_file *core);

/* Append a PT_LOAD of @size bytes, all of them @fill. */
Elf64_Phdr *core_file_load(struct core_file *core, uint64_t pa, uint64_t size, int fill);
/* Append a PT_NOTE with one note in it, padded to @align. */
Elf64_Phdr *core_file_note(struct core_file *core, const char *name, uint32_t type,
			   const char *desc, uint64_t align);
/* Write the headers, the program headers at ehdr.e_phoff. */
void core_file_finish(struct core_file *core);

/* A temporary file with @len bytes of @bytes; core->fd and core->path are set. */
void core_file_raw(struct core_file *core, const void *bytes, size_t len);
void core_file_write(struct core_file *core, const void *bytes, size_t len, uint64_t offset);
uint64_t core_file_size(const struct core_file *core);

/* Turn @core into a flattened file: one piece for each 4 KiB of it, last one first. */
void core_file_flatten(struct core_file *core);

#endif
