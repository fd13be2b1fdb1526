// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/elf_headers.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/little_endian.h"
#include "base/units.h"
#include "source/file_part.h"

#define NOTE_NAME "VMCOREINFO"

enum {
	PIECE = 1 << 16,     /* program headers are read in pieces of this many bytes */
	FLAG_INCOMPLETE = 1, /* makedumpfile's DUMP_ELF_INCOMPLETE */
};

/* A core whose headers are being read. */
struct reader {
	int fd;
	uint64_t file_size;
	uint64_t phoff;
	uint32_t count; /* of program headers, each of @stride bytes */
	uint32_t stride;
	uint64_t whole_end; /* the end of the last segment that ends inside the file */
	uint64_t
		cut_start; /* the start of the one that the end of the file cuts; else UINT64_MAX */
	uint64_t promised; /* the end of the last segment */
	struct hr_elf_headers *headers;
};

/* The fields of a program header that matter. */
struct phdr {
	uint32_t type;
	uint64_t offset, pa, size, align;
};

#define FIELD32(bytes, type, field) hr_get_le32((bytes) + offsetof(type, field))
#define FIELD64(bytes, type, field) hr_get_le64((bytes) + offsetof(type, field))
#define FIELD16(bytes, type, field)                                                                \
	((bytes)[offsetof(type, field)] | (bytes)[offsetof(type, field) + 1] << 8)

void hr_elf_headers_release(struct hr_elf_headers *headers)
{
	free(headers->segments);
	free(headers->vmcoreinfo);
	*headers = (struct hr_elf_headers){ 0 };
}

static const char *machine_name(unsigned int machine)
{
	static const struct {
		unsigned int machine;
		const char *name;
	} names[] = {
		{ EM_X86_64, "x86-64" }, { EM_386, "x86" },   { EM_ARM, "32-bit arm" },
		{ EM_PPC64, "ppc64" },	 { EM_S390, "s390" }, { EM_RISCV, "riscv" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return "unknown";
}

/* What differs in a header of 32 bits, or of the other byte order, is told by its first bytes. */
static struct hr_error *check_ident(const unsigned char *ehdr)
{
	if (memcmp(ehdr, ELFMAG, SELFMAG) != 0)
		return hr_error_new(HR_ERROR_INPUT, "it is not an ELF core");
	if (ehdr[EI_CLASS] == ELFCLASS32)
		return hr_error_new(HR_ERROR_INPUT,
				    "it is a 32-bit core, but arm64 kernels have 64-bit cores");
	if (ehdr[EI_DATA] == ELFDATA2MSB)
		return hr_error_new(HR_ERROR_INPUT,
				    "it is a core of a big-endian kernel, which cannot be read: "
				    "only little-endian arm64 kernels are supported");
	/* Some writers leave the version 0. */
	if (ehdr[EI_CLASS] != ELFCLASS64 || ehdr[EI_DATA] != ELFDATA2LSB ||
	    ehdr[EI_VERSION] > EV_CURRENT)
		return hr_error_new(HR_ERROR_INPUT,
				    "its ELF header is damaged: it has class %u, "
				    "byte order %u and version %u",
				    ehdr[EI_CLASS], ehdr[EI_DATA], ehdr[EI_VERSION]);
	return NULL;
}

static struct hr_error *check_kind(const unsigned char *ehdr)
{
	unsigned int machine = FIELD16(ehdr, Elf64_Ehdr, e_machine);

	if (FIELD16(ehdr, Elf64_Ehdr, e_type) != ET_CORE)
		return hr_error_new(HR_ERROR_INPUT, "it is an ELF file, but not a core");
	if (machine != EM_AARCH64)
		return hr_error_new(
			HR_ERROR_INPUT,
			"its architecture is %s (ELF machine %u): only arm64 is supported",
			machine_name(machine), machine);
	return NULL;
}

/* A header of 32 bits is shorter, so the first bytes decide before the rest is read. */
static struct hr_error *read_ehdr(int fd, unsigned char ehdr[sizeof(Elf64_Ehdr)])
{
	struct hr_error *error = hr_file_part_read(fd, ehdr, EI_NIDENT, 0);

	if (!error)
		error = check_ident(ehdr);
	if (error)
		return error;
	error = hr_file_part_read(fd, ehdr, sizeof(Elf64_Ehdr), 0);
	return error ? hr_error_context(error, "its ELF header") : check_kind(ehdr);
}

/* With 65535 program headers or more, their number is in the first section header. */
static struct hr_error *find_phdrs(struct reader *reader, const unsigned char *ehdr)
{
	uint64_t shoff = FIELD64(ehdr, Elf64_Ehdr, e_shoff);
	unsigned char section[sizeof(Elf64_Shdr)];
	struct hr_error *error;

	reader->phoff = FIELD64(ehdr, Elf64_Ehdr, e_phoff);
	reader->count = FIELD16(ehdr, Elf64_Ehdr, e_phnum);
	reader->stride = FIELD16(ehdr, Elf64_Ehdr, e_phentsize);
	reader->headers->is_flagged = FIELD32(ehdr, Elf64_Ehdr, e_flags) & FLAG_INCOMPLETE;
	if (reader->count == PN_XNUM && shoff) {
		error = hr_file_part_read(reader->fd, section, sizeof(section), shoff);
		if (error)
			return hr_error_context(error, "its first section header");
		reader->count = FIELD32(section, Elf64_Shdr, sh_info);
	}
	if (!reader->count || reader->count > HR_SEGMENTS_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "it has %" PRIu32
				    " program headers: only 1 to %d are supported",
				    reader->count, HR_SEGMENTS_MAX);
	if (reader->stride < sizeof(Elf64_Phdr))
		return hr_error_new(HR_ERROR_INPUT,
				    "its ELF header is damaged: program headers of %" PRIu32
				    " bytes are too small",
				    reader->stride);
	return NULL;
}

/* A file that ends early cuts one segment, and has nothing behind the start of that one. */
static struct hr_error *overlap_error(const struct reader *reader)
{
	return hr_error_new(HR_ERROR_INPUT,
			    "its program headers are damaged: the segment at offset 0x%" PRIx64
			    " runs over others and beyond the end of the file",
			    reader->cut_start);
}

/* Keep of a segment what is in the file. */
static struct hr_error *clip(struct reader *reader, struct phdr *phdr, size_t index)
{
	uint64_t file_size = reader->file_size, end;

	if (file_size == UINT64_MAX || !phdr->size)
		return NULL;
	if (phdr->size > INT64_MAX || phdr->offset > INT64_MAX - phdr->size)
		return hr_error_new(HR_ERROR_INPUT,
				    "its program headers are damaged: segment %zu has %s at offset "
				    "0x%" PRIx64,
				    index, hr_count_text(phdr->size, "byte", "bytes").text,
				    phdr->offset);
	end = phdr->offset + phdr->size;
	if (end > reader->promised)
		reader->promised = end;
	if (end <= file_size) {
		if (end > reader->whole_end)
			reader->whole_end = end;
		return NULL;
	}
	phdr->size = phdr->offset < file_size ? file_size - phdr->offset : 0;
	if (!phdr->size)
		return NULL;
	if (reader->cut_start != UINT64_MAX)
		return overlap_error(reader);
	reader->cut_start = phdr->offset;
	return NULL;
}

/* The kernel gives its note type 0, other writers other types. The name decides. */
static bool is_vmcoreinfo(const unsigned char *name, size_t size)
{
	size_t len = sizeof(NOTE_NAME) - 1;

	return size >= len && !memcmp(name, NOTE_NAME, len) && (size == len || !name[len]);
}

static size_t round_up(size_t value, size_t align)
{
	return (value + align - 1) / align * align;
}

/* Keep the first VMCOREINFO note in @len @bytes. A note that leads out of them ends the search. */
static struct hr_error *find_note(const unsigned char *bytes, size_t len, size_t align,
				  struct hr_elf_headers *headers)
{
	size_t at = 0;

	while (len - at >= sizeof(Elf64_Nhdr)) {
		size_t name_size = FIELD32(bytes + at, Elf64_Nhdr, n_namesz);
		size_t desc_size = FIELD32(bytes + at, Elf64_Nhdr, n_descsz);
		size_t name = at + sizeof(Elf64_Nhdr);
		size_t desc = round_up(name + name_size, align);

		if (desc > len || desc_size > len - desc)
			break;
		if (desc_size && is_vmcoreinfo(bytes + name, name_size)) {
			headers->vmcoreinfo = malloc(desc_size);
			if (!headers->vmcoreinfo)
				return hr_error_no_memory();
			memcpy(headers->vmcoreinfo, bytes + desc, desc_size);
			headers->vmcoreinfo_len = desc_size;
			break;
		}
		at = round_up(desc + desc_size, align);
		if (at > len)
			break;
	}
	return NULL;
}

static struct hr_error *read_notes(struct reader *reader, const struct phdr *phdr)
{
	struct hr_elf_headers *headers = reader->headers;
	_cleanup_free_ unsigned char *bytes = NULL;
	struct hr_error *error;

	if (headers->vmcoreinfo || !phdr->size)
		return NULL;
	if (phdr->size > HR_NOTES_MAX - headers->note_bytes)
		return hr_error_new(HR_ERROR_INPUT,
				    "its notes exceed the limit of %d bytes in total",
				    HR_NOTES_MAX);
	headers->note_bytes += phdr->size;
	bytes = malloc((size_t)phdr->size);
	if (!bytes)
		return hr_error_no_memory();
	error = hr_file_part_read(reader->fd, bytes, (size_t)phdr->size, phdr->offset);
	if (error)
		return hr_error_context(error, "its notes");
	return find_note(bytes, (size_t)phdr->size, phdr->align == 8 ? 8 : 4, headers);
}

/* A segment without a physical address has all ones in that field. */
static bool has_memory(const struct phdr *phdr)
{
	return phdr->type == PT_LOAD && phdr->size && phdr->pa != UINT64_MAX &&
	       phdr->size <= UINT64_MAX - phdr->pa;
}

static struct hr_error *take_phdr(struct reader *reader, const unsigned char *bytes, size_t index)
{
	struct phdr phdr = {
		.type = FIELD32(bytes, Elf64_Phdr, p_type),
		.offset = FIELD64(bytes, Elf64_Phdr, p_offset),
		.pa = FIELD64(bytes, Elf64_Phdr, p_paddr),
		.size = FIELD64(bytes, Elf64_Phdr, p_filesz),
		.align = FIELD64(bytes, Elf64_Phdr, p_align),
	};
	struct hr_elf_headers *headers = reader->headers;
	struct hr_error *error = clip(reader, &phdr, index);

	if (!error && phdr.type == PT_NOTE)
		error = read_notes(reader, &phdr);
	if (!error && has_memory(&phdr))
		headers->segments[headers->count++] = (struct hr_segment){
			.pa = phdr.pa,
			.size = phdr.size,
			.offset = phdr.offset,
		};
	return error;
}

/* A program header may be larger than what is known of it. */
static struct hr_error *read_phdrs(struct reader *reader)
{
	_cleanup_free_ unsigned char *bytes = malloc(PIECE);
	uint32_t most = PIECE / reader->stride;

	reader->headers->segments = calloc(reader->count, sizeof(*reader->headers->segments));
	if (!bytes || !reader->headers->segments)
		return hr_error_no_memory();
	for (uint32_t first = 0; first < reader->count; first += most) {
		uint32_t count = reader->count - first < most ? reader->count - first : most;
		uint64_t offset = reader->phoff + (uint64_t)first * reader->stride;
		struct hr_error *error = hr_file_part_read(reader->fd, bytes,
							   (size_t)count * reader->stride, offset);

		if (error)
			return hr_error_context(error, "its program headers");
		for (uint32_t i = 0; !error && i < count; i++)
			error = take_phdr(reader, bytes + (size_t)i * reader->stride, first + i);
		if (error)
			return error;
	}
	if (reader->whole_end > reader->cut_start)
		return overlap_error(reader);
	if (reader->promised > reader->file_size)
		reader->headers->missing = reader->promised - reader->file_size;
	return NULL;
}

struct hr_error *hr_elf_headers_read(int fd, uint64_t file_size, struct hr_elf_headers *ret)
{
	_cleanup_(hr_elf_headers_release) struct hr_elf_headers headers = { 0 };
	struct reader reader = {
		.fd = fd,
		.file_size = file_size,
		.cut_start = UINT64_MAX,
		.headers = &headers,
	};
	unsigned char ehdr[sizeof(Elf64_Ehdr)];
	struct hr_error *error = read_ehdr(fd, ehdr);

	if (!error)
		error = find_phdrs(&reader, ehdr);
	if (!error)
		error = read_phdrs(&reader);
	if (error)
		return error;
	*ret = headers;
	headers = (struct hr_elf_headers){ 0 };
	return NULL;
}
