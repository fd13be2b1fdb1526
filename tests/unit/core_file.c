// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DATA_START = 4096,
	PIECE = 4096,
};

static void open_file(struct core_file *core)
{
	const char *dir = getenv("TMPDIR");

	snprintf(core->path, sizeof(core->path), "%.40s/hotremove.XXXXXX", dir ? dir : "/tmp");
	core->fd = mkstemp(core->path);
	assert_true(core->fd >= 0);
}

void core_file_init(struct core_file *core)
{
	memset(core, 0, sizeof(*core));
	open_file(core);
	memcpy(core->ehdr.e_ident, ELFMAG, SELFMAG);
	core->ehdr.e_ident[EI_CLASS] = ELFCLASS64;
	core->ehdr.e_ident[EI_DATA] = ELFDATA2LSB;
	core->ehdr.e_ident[EI_VERSION] = EV_CURRENT;
	core->ehdr.e_type = ET_CORE;
	core->ehdr.e_machine = EM_AARCH64;
	core->ehdr.e_version = EV_CURRENT;
	core->ehdr.e_phoff = sizeof(Elf64_Ehdr);
	core->ehdr.e_ehsize = sizeof(Elf64_Ehdr);
	core->ehdr.e_phentsize = sizeof(Elf64_Phdr);
	core->data = DATA_START;
}

void core_file_release(struct core_file *core)
{
	if (!core->path[0])
		return;
	close(core->fd);
	unlink(core->path);
	core->path[0] = '\0';
}

void core_file_write(struct core_file *core, const void *bytes, size_t len, uint64_t offset)
{
	assert_int_equal(pwrite(core->fd, bytes, len, (off_t)offset), len);
}

static Elf64_Phdr *add_phdr(struct core_file *core, uint32_t type, const void *bytes, size_t len)
{
	Elf64_Phdr *phdr = &core->phdrs[core->ehdr.e_phnum++];

	assert_true(core->ehdr.e_phnum <= CORE_PHDRS_MAX);
	*phdr = (Elf64_Phdr){
		.p_type = type,
		.p_offset = core->data,
		.p_filesz = len,
		.p_memsz = len,
	};
	core_file_write(core, bytes, len, core->data);
	core->data += (len + 15) & ~(uint64_t)15;
	return phdr;
}

Elf64_Phdr *core_file_load(struct core_file *core, uint64_t pa, uint64_t size, int fill)
{
	char *bytes = malloc(size);
	Elf64_Phdr *phdr;

	assert_non_null(bytes);
	memset(bytes, fill, size);
	phdr = add_phdr(core, PT_LOAD, bytes, size);
	phdr->p_paddr = pa;
	free(bytes);
	return phdr;
}

static size_t append(char *buffer, size_t at, const void *bytes, size_t len, uint64_t align)
{
	memcpy(buffer + at, bytes, len);
	return (at + len + align - 1) & ~(size_t)(align - 1);
}

Elf64_Phdr *core_file_note(struct core_file *core, const char *name, uint32_t type,
			   const char *desc, uint64_t align)
{
	Elf64_Nhdr nhdr = { (uint32_t)strlen(name) + 1, (uint32_t)strlen(desc), type };
	char buffer[8192] = "";
	size_t len = append(buffer, 0, &nhdr, sizeof(nhdr), 4);
	Elf64_Phdr *phdr;

	len = append(buffer, len, name, nhdr.n_namesz, align);
	len = append(buffer, len, desc, nhdr.n_descsz, align);
	phdr = add_phdr(core, PT_NOTE, buffer, len);
	phdr->p_align = align;
	return phdr;
}

void core_file_finish(struct core_file *core)
{
	core_file_write(core, &core->ehdr, sizeof(core->ehdr), 0);
	core_file_write(core, core->phdrs, core->ehdr.e_phnum * sizeof(core->phdrs[0]),
			core->ehdr.e_phoff);
}

void core_file_raw(struct core_file *core, const void *bytes, size_t len)
{
	memset(core, 0, sizeof(*core));
	open_file(core);
	core_file_write(core, bytes, len, 0);
}

uint64_t core_file_size(const struct core_file *core)
{
	struct stat st;

	assert_int_equal(fstat(core->fd, &st), 0);
	return (uint64_t)st.st_size;
}

static size_t put_piece(char *out, uint64_t offset, uint64_t len, const char *bytes)
{
	uint64_t place[2] = { htobe64(offset), htobe64(len) };

	memcpy(out, place, sizeof(place));
	if (bytes)
		memcpy(out + sizeof(place), bytes, len);
	return sizeof(place) + (bytes ? len : 0);
}

void core_file_flatten(struct core_file *core)
{
	size_t size = core_file_size(core), pieces = (size + PIECE - 1) / PIECE;
	char *in = malloc(size), *out = calloc(1, PIECE + size + (pieces + 1) * 16);
	uint64_t head[2] = { htobe64(1), htobe64(1) };
	size_t len = PIECE;

	assert_true(in && out);
	assert_int_equal(pread(core->fd, in, size, 0), size);
	memcpy(out, "makedumpfile", 12);
	memcpy(out + 16, head, sizeof(head));
	for (size_t i = pieces; i-- > 0;) {
		size_t at = i * PIECE, left = size - at;

		len += put_piece(out + len, at, left < PIECE ? left : PIECE, in + at);
	}
	len += put_piece(out + len, UINT64_MAX, UINT64_MAX, NULL);
	core_file_write(core, out, len, 0);
	free(in);
	free(out);
}

void core_file_gzip_cut(struct core_file *core, size_t len)
{
	static const unsigned char head[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255 };
	char *in = malloc(len);
	uint64_t at = sizeof(head);

	assert_non_null(in);
	assert_int_equal(pread(core->fd, in, len, 0), len);
	assert_int_equal(ftruncate(core->fd, 0), 0);
	core_file_write(core, head, sizeof(head), 0);
	for (size_t done = 0; done < len;) {
		uint16_t here = (uint16_t)(len - done < PIECE ? len - done : PIECE);
		const uint16_t sizes[2] = { htole16(here), htole16((uint16_t)~here) };

		core_file_write(core, "", 1, at);
		core_file_write(core, sizes, sizeof(sizes), at + 1);
		core_file_write(core, in + done, here, at + 5);
		at += 5 + here;
		done += here;
	}
	free(in);
}
