// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/elf_headers.h"

#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/units.h"

#define NOTE_NAME "VMCOREINFO"

static void cleanup_elf(Elf **elf)
{
	elf_end(*elf);
}

void hr_elf_headers_release(struct hr_elf_headers *headers)
{
	free(headers->segments);
	free(headers->vmcoreinfo);
	*headers = (struct hr_elf_headers){ 0 };
}

static struct hr_error *elf_error(const char *what)
{
	return hr_error_new(HR_ERROR_INPUT, "%s: %s", what, elf_errmsg(-1));
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

static struct hr_error *check_ehdr(Elf *elf)
{
	GElf_Ehdr ehdr;

	if (elf_kind(elf) != ELF_K_ELF)
		return hr_error_new(HR_ERROR_INPUT, "it is not an ELF core");
	if (!gelf_getehdr(elf, &ehdr))
		return elf_error("its ELF header cannot be read");
	if (ehdr.e_type != ET_CORE)
		return hr_error_new(HR_ERROR_INPUT, "it is an ELF file, but not a core");
	if (ehdr.e_ident[EI_CLASS] != ELFCLASS64)
		return hr_error_new(HR_ERROR_INPUT,
				    "it is a 32-bit core, but arm64 kernels have 64-bit cores");
	if (ehdr.e_machine != EM_AARCH64)
		return hr_error_new(
			HR_ERROR_INPUT,
			"its architecture is %s (ELF machine %u): only arm64 is supported",
			machine_name(ehdr.e_machine), ehdr.e_machine);
	if (ehdr.e_ident[EI_DATA] != ELFDATA2LSB)
		return hr_error_new(
			HR_ERROR_INPUT,
			"it is a big-endian core: only little-endian kernels are supported");
	return NULL;
}

static struct hr_error *check_extent(const GElf_Phdr *phdr, size_t index, uint64_t file_size)
{
	if (file_size == UINT64_MAX || !phdr->p_filesz)
		return NULL;
	if (phdr->p_offset <= file_size && phdr->p_filesz <= file_size - phdr->p_offset)
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "it is truncated: segment %zu needs %s at offset 0x%" PRIx64
			    ", but the file has %s; copy it again",
			    index, hr_count_text(phdr->p_filesz, "byte", "bytes").text,
			    phdr->p_offset, hr_count_text(file_size, "byte", "bytes").text);
}

static bool is_vmcoreinfo(const GElf_Nhdr *nhdr, const char *name)
{
	size_t len = sizeof(NOTE_NAME) - 1;

	return nhdr->n_type == 0 && nhdr->n_namesz >= len && !memcmp(name, NOTE_NAME, len) &&
	       (nhdr->n_namesz == len || !name[len]);
}

/* Keep the first VMCOREINFO note of a PT_NOTE segment. */
static struct hr_error *read_notes(Elf *elf, const GElf_Phdr *phdr, struct hr_elf_headers *headers)
{
	Elf_Type type = phdr->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR;
	size_t offset = 0, name, desc;
	Elf_Data *data;
	GElf_Nhdr nhdr;

	if (headers->vmcoreinfo || !phdr->p_filesz)
		return NULL;
	/* libelf keeps what it has read, so the limit is for all notes together. */
	if (phdr->p_filesz > HR_NOTES_MAX - headers->note_bytes || phdr->p_offset > INT64_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "its notes exceed the limit of %d bytes in total",
				    HR_NOTES_MAX);
	headers->note_bytes += phdr->p_filesz;
	data = elf_getdata_rawchunk(elf, (int64_t)phdr->p_offset, phdr->p_filesz, type);
	if (!data)
		return elf_error("its notes cannot be read");
	while ((offset = gelf_getnote(data, offset, &nhdr, &name, &desc)) > 0) {
		const char *bytes = data->d_buf;

		if (!is_vmcoreinfo(&nhdr, bytes + name) || !nhdr.n_descsz)
			continue;
		headers->vmcoreinfo = malloc(nhdr.n_descsz);
		if (!headers->vmcoreinfo)
			return hr_error_no_memory();
		memcpy(headers->vmcoreinfo, bytes + desc, nhdr.n_descsz);
		headers->vmcoreinfo_len = nhdr.n_descsz;
		break;
	}
	return NULL;
}

/* A segment without a physical address has all ones in that field. */
static bool has_memory(const GElf_Phdr *phdr)
{
	return phdr->p_type == PT_LOAD && phdr->p_filesz && phdr->p_paddr != UINT64_MAX &&
	       phdr->p_filesz <= UINT64_MAX - phdr->p_paddr;
}

static struct hr_error *read_phdrs(Elf *elf, uint64_t file_size, struct hr_elf_headers *headers)
{
	size_t count;

	if (elf_getphdrnum(elf, &count))
		return elf_error("its program headers cannot be read");
	if (!count || count > HR_SEGMENTS_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "it has %zu program headers: only 1 to %d are supported", count,
				    HR_SEGMENTS_MAX);
	headers->segments = calloc(count, sizeof(*headers->segments));
	if (!headers->segments)
		return hr_error_no_memory();
	for (size_t i = 0; i < count; i++) {
		struct hr_error *error;
		GElf_Phdr phdr;

		if (!gelf_getphdr(elf, (int)i, &phdr))
			return elf_error("its program headers are truncated or damaged");
		error = check_extent(&phdr, i, file_size);
		if (!error && phdr.p_type == PT_NOTE)
			error = read_notes(elf, &phdr, headers);
		if (error)
			return error;
		if (has_memory(&phdr))
			headers->segments[headers->count++] = (struct hr_segment){
				.pa = phdr.p_paddr,
				.size = phdr.p_filesz,
				.offset = phdr.p_offset,
			};
	}
	return NULL;
}

struct hr_error *hr_elf_headers_read(int fd, uint64_t file_size, struct hr_elf_headers *ret)
{
	_cleanup_(cleanup_elf) Elf *elf = NULL;
	_cleanup_(hr_elf_headers_release) struct hr_elf_headers headers = { 0 };
	struct hr_error *error;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf)
		return elf_error("it is not an ELF core");
	error = check_ehdr(elf);
	if (!error)
		error = read_phdrs(elf, file_size, &headers);
	if (error)
		return error;
	*ret = headers;
	headers = (struct hr_elf_headers){ 0 };
	return NULL;
}
