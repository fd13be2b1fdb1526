// SPDX-License-Identifier: GPL-2.0-or-later
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"

/*
 * An ELF core of the boot memory. It is sparse: only what the kernel keeps is there. The image
 * comes first, as in /proc/kcore and /proc/vmcore. Hot-added memory is not in the dump.
 */
enum {
	DATA_AT = 1 << 20, /* also the distance from a physical address to its offset in the file */
	PHDRS = 3,
};

struct headers {
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdrs[PHDRS];
	Elf64_Nhdr note;
	char name[12];
};

static Elf64_Phdr load(const struct machine *m, uint64_t va, uint64_t pa, uint64_t size)
{
	return (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = 7,
		.p_offset = DATA_AT + (pa - m->boot_pa),
		.p_vaddr = va,
		.p_paddr = pa,
		.p_filesz = size,
		.p_memsz = size,
	};
}

static void fill_headers(const struct machine *m, struct headers *headers, size_t info_size)
{
	*headers = (struct headers){
		.ehdr = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_CORE,
			.e_machine = EM_AARCH64,
			.e_version = EV_CURRENT,
			.e_phoff = offsetof(struct headers, phdrs),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = PHDRS,
		},
		.note = { sizeof("VMCOREINFO"), (Elf64_Word)info_size, 0 },
		.name = "VMCOREINFO",
	};
	headers->phdrs[0] = (Elf64_Phdr){
		.p_type = PT_NOTE,
		.p_offset = offsetof(struct headers, note),
		.p_filesz = sizeof(headers->note) + sizeof(headers->name) + (info_size + 3) / 4 * 4,
		.p_align = 4,
	};
	headers->phdrs[1] = load(m, image_va(), m->image_pa, m->image_size);
	headers->phdrs[2] = load(m, linear_va(m, m->boot_pa), m->boot_pa, m->boot_size);
}

static void write_headers(const struct machine *m, int fd, const char *path)
{
	struct headers headers;
	size_t info_size;
	char *info = make_note(m, &info_size);

	fill_headers(m, &headers, info_size);
	if (pwrite(fd, &headers, sizeof(headers), 0) != sizeof(headers) ||
	    pwrite(fd, info, info_size, sizeof(headers)) != (ssize_t)info_size)
		err(EXIT_FAILURE, "%s", path);
	free(info);
}

static bool is_zero(const unsigned char *page, size_t size)
{
	return !page[0] && !memcmp(page, page + 1, size - 1);
}

/* Write existing pages in the order of their addresses, with holes for the rest. */
static void write_pages(const struct machine *m, int fd, const char *path)
{
	size_t size = page_size(m);

	for (uint64_t page = 0; page < m->pool.count; page++) {
		uint64_t at = page << m->geo.page_shift;

		if (!is_taken(m, page) || is_zero(m->memory + at, size))
			continue;
		if (pwrite(fd, m->memory + at, size, (off_t)(DATA_AT + at)) != (ssize_t)size)
			err(EXIT_FAILURE, "%s", path);
	}
}

void elf_write(const struct machine *m, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0 || ftruncate(fd, (off_t)(DATA_AT + m->boot_size)))
		err(EXIT_FAILURE, "%s", path);
	write_headers(m, fd, path);
	write_pages(m, fd, path);
	if (close(fd))
		err(EXIT_FAILURE, "%s", path);
}
