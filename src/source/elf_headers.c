// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/elf_headers.h"

#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/page_buffer.h"
#include "base/units.h"
#include "source/file_part.h"
#include "source/snapshot.h"

#define NOTE_NAME "VMCOREINFO"

enum {
	PIECE = 1 << 16,     /* program headers are read in pieces of this many bytes */
	FLAG_INCOMPLETE = 1, /* makedumpfile's DUMP_ELF_INCOMPLETE */
};

/* A core whose headers are being read. */
struct reader {
	int fd;
	uint64_t file_size;
	Elf64_Ehdr ehdr;
	uint32_t count; /* of program headers, each of @stride bytes */
	uint32_t stride;
	uint64_t whole_end; /* the end of the last segment that ends inside the file */
	uint64_t
		cut_start; /* the start of the one that the end of the file cuts; else UINT64_MAX */
	uint64_t promised; /* the end of the last segment */
	struct hr_elf_headers *headers;
};

/*
 * Translate the @size bytes of @type at @from, as the file has them, to the structure @to. libelf
 * refuses files without a version or with larger program headers, so it is given the parts.
 */
static struct hr_error *translate(Elf_Type type, const void *from, void *to, size_t size)
{
	Elf_Data in = { .d_type = type, .d_version = EV_CURRENT, .d_size = size };
	Elf_Data out = in;

	in.d_buf = (void *)from;
	out.d_buf = to;
	return elf64_xlatetom(&out, &in, ELFDATA2LSB)
		       ? NULL
		       : hr_error_new(HR_ERROR_INPUT, "its headers cannot be read: %s",
				      elf_errmsg(-1));
}

void hr_elf_headers_release(struct hr_elf_headers *headers)
{
	free(headers->segments);
	free(headers->vmcoreinfo);
	free(headers->snapshot);
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

static struct hr_error *check_kind(const Elf64_Ehdr *ehdr)
{
	if (ehdr->e_type != ET_CORE)
		return hr_error_new(HR_ERROR_INPUT, "it is an ELF file, but not a core");
	if (ehdr->e_machine != EM_AARCH64)
		return hr_error_new(
			HR_ERROR_INPUT,
			"its architecture is %s (ELF machine %u): only arm64 is supported",
			machine_name(ehdr->e_machine), ehdr->e_machine);
	return NULL;
}

/* A header of 32 bits is shorter, so the first bytes decide before the rest is read. */
static struct hr_error *read_ehdr(int fd, Elf64_Ehdr *ret)
{
	unsigned char bytes[sizeof(*ret)];
	struct hr_error *error = hr_file_part_read(fd, bytes, EI_NIDENT, 0);

	if (!error)
		error = check_ident(bytes);
	if (error)
		return error;
	error = hr_file_part_read(fd, bytes, sizeof(bytes), 0);
	if (error)
		return hr_error_context(error, "its ELF header");
	error = translate(ELF_T_EHDR, bytes, ret, sizeof(*ret));
	return error ? error : check_kind(ret);
}

/* With 65535 program headers or more, their number is in the first section header. */
static struct hr_error *read_phdr_count(struct reader *reader, uint64_t shoff)
{
	unsigned char bytes[sizeof(Elf64_Shdr)];
	Elf64_Shdr section;
	struct hr_error *error = hr_file_part_read(reader->fd, bytes, sizeof(bytes), shoff);

	if (!error)
		error = translate(ELF_T_SHDR, bytes, &section, sizeof(section));
	if (error)
		return hr_error_context(error, "its first section header");
	reader->count = section.sh_info;
	return NULL;
}

static struct hr_error *find_phdrs(struct reader *reader)
{
	const Elf64_Ehdr *ehdr = &reader->ehdr;

	reader->count = ehdr->e_phnum;
	reader->stride = ehdr->e_phentsize;
	reader->headers->is_flagged = ehdr->e_flags & FLAG_INCOMPLETE;
	if (reader->count == PN_XNUM && ehdr->e_shoff)
		return read_phdr_count(reader, ehdr->e_shoff);
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
static struct hr_error *clip(struct reader *reader, Elf64_Phdr *phdr, size_t index)
{
	uint64_t file_size = reader->file_size, end;

	if (file_size == UINT64_MAX || !phdr->p_filesz)
		return NULL;
	if (phdr->p_filesz > INT64_MAX || phdr->p_offset > INT64_MAX - phdr->p_filesz)
		return hr_error_new(HR_ERROR_INPUT,
				    "its program headers are damaged: segment %zu has %s at offset "
				    "0x%" PRIx64,
				    index, hr_count_text(phdr->p_filesz, "byte", "bytes").text,
				    phdr->p_offset);
	end = phdr->p_offset + phdr->p_filesz;
	if (end > reader->promised)
		reader->promised = end;
	if (end <= file_size) {
		if (end > reader->whole_end)
			reader->whole_end = end;
		return NULL;
	}
	phdr->p_filesz = phdr->p_offset < file_size ? file_size - phdr->p_offset : 0;
	if (!phdr->p_filesz)
		return NULL;
	if (reader->cut_start != UINT64_MAX)
		return overlap_error(reader);
	reader->cut_start = phdr->p_offset;
	return NULL;
}

/* The kernel gives its note type 0, other writers other types. The name decides. */
static bool is_vmcoreinfo(const unsigned char *name, size_t size)
{
	size_t len = sizeof(NOTE_NAME) - 1;

	return size >= len && !memcmp(name, NOTE_NAME, len) && (size == len || !name[len]);
}

static void cleanup_elf(Elf **elf)
{
	elf_end(*elf);
}

/* A note with its terminating NUL, as everybody but the kernel's oldest writers has it. */
static bool is_snapshot(const unsigned char *name, const GElf_Nhdr *nhdr)
{
	return nhdr->n_type == HR_SNAPSHOT_TYPE && nhdr->n_namesz == sizeof(HR_SNAPSHOT_NOTE) &&
	       !memcmp(name, HR_SNAPSHOT_NOTE, sizeof(HR_SNAPSHOT_NOTE));
}

/* The content of a note, of which the first of each kind counts. */
struct found {
	char **text;
	size_t *len;
	uint64_t *offset;
};

static struct hr_error *keep(const unsigned char *bytes, size_t offset, size_t len,
			     const struct found *found)
{
	if (*found->text || !len)
		return NULL;
	*found->text = malloc(len);
	if (!*found->text)
		return hr_error_no_memory();
	memcpy(*found->text, bytes + offset, len);
	*found->len = len;
	*found->offset = offset;
	return NULL;
}

/*
 * Keep the first notes of @data, which is at @place in the file. A note that leads out of it ends
 * the search.
 */
static struct hr_error *keep_notes(Elf_Data *data, uint64_t place, struct hr_elf_headers *headers)
{
	const struct found vmcoreinfo = { &headers->vmcoreinfo, &headers->vmcoreinfo_len,
					  &headers->vmcoreinfo_offset };
	const struct found snapshot = { &headers->snapshot, &headers->snapshot_len,
					&headers->snapshot_offset };
	const unsigned char *bytes = data->d_buf;
	size_t offset = 0, name, desc;
	struct hr_error *error = NULL;
	GElf_Nhdr nhdr;

	while (!error && (offset = gelf_getnote(data, offset, &nhdr, &name, &desc)) > 0) {
		const struct found *found = NULL;

		if (is_vmcoreinfo(bytes + name, nhdr.n_namesz))
			found = &vmcoreinfo;
		else if (is_snapshot(bytes + name, &nhdr))
			found = &snapshot;
		if (found && !*found->text) {
			error = keep(bytes, desc, nhdr.n_descsz, found);
			*found->offset += place;
		}
	}
	return error;
}

/* libelf reads notes only of a file, so it is given one that has nothing else. */
static struct hr_error *find_notes(char *image, size_t len, const Elf64_Phdr *phdr,
				   struct hr_elf_headers *headers)
{
	static const Elf64_Ehdr ehdr = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
	};
	_cleanup_(cleanup_elf) Elf *elf = NULL;
	Elf_Data *data;

	memcpy(image, &ehdr, sizeof(ehdr));
	elf = elf_memory(image, sizeof(ehdr) + len);
	data = elf_getdata_rawchunk(elf, sizeof(ehdr), len,
				    phdr->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
	if (!data)
		return hr_error_new(HR_ERROR_INPUT, "its notes cannot be read: %s", elf_errmsg(-1));
	return keep_notes(data, phdr->p_offset, headers);
}

static struct hr_error *read_notes(struct reader *reader, const Elf64_Phdr *phdr)
{
	struct hr_elf_headers *headers = reader->headers;
	size_t len = (size_t)phdr->p_filesz;
	_cleanup_free_ char *image = NULL;
	struct hr_error *error;

	if (headers->vmcoreinfo || !phdr->p_filesz)
		return NULL;
	if (phdr->p_filesz > HR_NOTES_MAX - headers->note_bytes)
		return hr_error_new(HR_ERROR_INPUT,
				    "its notes exceed the limit of %d bytes in total",
				    HR_NOTES_MAX);
	headers->note_bytes += len;
	image = malloc(sizeof(Elf64_Ehdr) + len);
	if (!image)
		return hr_error_no_memory();
	error = hr_file_part_read(reader->fd, image + sizeof(Elf64_Ehdr), len, phdr->p_offset);
	if (error)
		return hr_error_context(error, "its notes");
	return find_notes(image, len, phdr, headers);
}

/* A segment without a physical address has all ones in that field. */
static bool has_memory(const Elf64_Phdr *phdr)
{
	return phdr->p_type == PT_LOAD && phdr->p_filesz && phdr->p_paddr != UINT64_MAX &&
	       phdr->p_filesz <= UINT64_MAX - phdr->p_paddr;
}

static struct hr_error *take_phdr(struct reader *reader, const unsigned char *bytes, size_t index)
{
	struct hr_elf_headers *headers = reader->headers;
	Elf64_Phdr phdr;
	struct hr_error *error = translate(ELF_T_PHDR, bytes, &phdr, sizeof(phdr));

	if (!error)
		error = clip(reader, &phdr, index);
	if (!error && phdr.p_type == PT_NOTE)
		error = read_notes(reader, &phdr);
	if (!error && has_memory(&phdr))
		headers->segments[headers->count++] = (struct hr_segment){
			.pa = phdr.p_paddr,
			.size = phdr.p_filesz,
			.offset = phdr.p_offset,
		};
	return error;
}

/* Read @count program headers from number @first on. @bytes has room for them. */
static struct hr_error *read_piece(struct reader *reader, unsigned char *bytes, uint32_t first,
				   uint32_t count)
{
	uint64_t offset = reader->ehdr.e_phoff + (uint64_t)first * reader->stride;
	struct hr_error *error =
		hr_file_part_read(reader->fd, bytes, (size_t)count * reader->stride, offset);

	if (error)
		return hr_error_context(error, "its program headers");
	for (uint32_t i = 0; !error && i < count; i++)
		error = take_phdr(reader, bytes + (size_t)i * reader->stride, first + i);
	return error;
}

/* A program header may be larger than what is known of it. */
static struct hr_error *read_phdrs(struct reader *reader)
{
	_cleanup_free_ unsigned char *bytes = hr_page_buffer(PIECE);
	struct hr_error *error = NULL;
	uint32_t most;

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
	most = PIECE / reader->stride;
	reader->headers->segments = calloc(reader->count, sizeof(*reader->headers->segments));
	if (!bytes || !reader->headers->segments)
		return hr_error_no_memory();
	for (uint32_t first = 0; !error && first < reader->count; first += most)
		error = read_piece(reader, bytes, first,
				   reader->count - first < most ? reader->count - first : most);
	if (error)
		return error;
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
	struct hr_error *error;

	elf_version(EV_CURRENT);
	error = read_ehdr(fd, &reader.ehdr);
	if (!error)
		error = find_phdrs(&reader);
	if (!error)
		error = read_phdrs(&reader);
	if (error)
		return error;
	*ret = headers;
	headers = (struct hr_elf_headers){ 0 };
	return NULL;
}
