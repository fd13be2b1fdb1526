// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/snapshot_file.h"

#include <elf.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/page_buffer.h"
#include "base/smaller.h"
#include "source/elf_headers.h"

enum {
	PAGE = 4096, /* a page at a multiple of this in the file can be mapped */
	PIECE = 1 << 20,
	WORD = 8,
	NOTE_ALIGNMENT = 4
};

#define VMCOREINFO_NOTE "VMCOREINFO"

/* Where the parts of the file are. */
struct plan {
	const struct hr_snapshot_content *content;
	char *text; /* of our own note */
	size_t text_len;
	uint64_t headers; /* program headers, with that of the notes */
	uint64_t notes, notes_len;
	uint64_t memory; /* the first byte that memory can be at */
};

static void release_plan(struct plan *plan)
{
	free(plan->text);
}

static uint64_t align(uint64_t offset, uint64_t alignment)
{
	return (offset + alignment - 1) / alignment * alignment;
}

static uint64_t note_size(size_t name_size, size_t len)
{
	return sizeof(Elf64_Nhdr) + align(name_size, NOTE_ALIGNMENT) + align(len, NOTE_ALIGNMENT);
}

static struct hr_error *print_note(struct plan *plan)
{
	FILE *stream = open_memstream(&plan->text, &plan->text_len);

	if (!stream)
		return hr_error_no_memory();
	hr_snapshot_print(plan->content->snapshot, stream);
	return fclose(stream) ? hr_error_no_memory() : NULL;
}

static struct hr_error *check_plan(const struct plan *plan)
{
	if (!plan->content->count)
		return hr_error_new(HR_ERROR_INPUT,
				    "nothing of the kernel's tables and sections can be read");
	if (plan->headers > HR_SEGMENTS_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "the tables lie in %zu separate pieces of memory: at most %d "
				    "can be written",
				    plan->content->count, HR_SEGMENTS_MAX - 1);
	if (plan->notes_len > HR_NOTES_MAX)
		return hr_error_new(HR_ERROR_INPUT,
				    "what is known besides memory takes more than %d bytes",
				    HR_NOTES_MAX);
	return NULL;
}

/* From PN_XNUM headers on, a section header after the ELF header has their number. */
static bool has_section_header(const struct plan *plan)
{
	return plan->headers >= PN_XNUM;
}

static struct hr_error *make_plan(const struct hr_snapshot_content *content, struct plan *ret)
{
	struct hr_error *error;

	*ret = (struct plan){ .content = content, .headers = content->count + 1 };
	error = print_note(ret);
	if (error)
		return error;
	ret->notes = sizeof(Elf64_Ehdr) + ret->headers * sizeof(Elf64_Phdr);
	if (has_section_header(ret))
		ret->notes += sizeof(Elf64_Shdr);
	ret->notes_len = note_size(sizeof(HR_SNAPSHOT_NOTE), ret->text_len);
	if (content->vmcoreinfo)
		ret->notes_len += note_size(sizeof(VMCOREINFO_NOTE), content->vmcoreinfo_len);
	ret->memory = ret->notes + ret->notes_len;
	return check_plan(ret);
}

/* Where @range goes, if @offset is the end of what is before it: whole pages can be mapped. */
static uint64_t place_of(const struct hr_read_range *range, uint64_t offset)
{
	bool is_page = !(range->start % PAGE) && range->end - range->start >= PAGE;

	return align(offset, is_page ? PAGE : WORD);
}

static struct hr_error *put_section_header(const struct plan *plan, struct hr_packer *packer)
{
	const Elf64_Shdr header = {
		.sh_type = htole32(SHT_NULL),
		.sh_size = htole64(1),
		.sh_info = htole32((uint32_t)plan->headers),
	};

	return has_section_header(plan) ? hr_packer_put(packer, &header, sizeof(header)) : NULL;
}

static struct hr_error *put_header(const struct plan *plan, struct hr_packer *packer)
{
	bool many = has_section_header(plan);
	const Elf64_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = htole16(ET_CORE),
		.e_machine = htole16(EM_AARCH64),
		.e_version = htole32(EV_CURRENT),
		.e_phoff = htole64(sizeof(header) + (many ? sizeof(Elf64_Shdr) : 0)),
		.e_shoff = htole64(many ? sizeof(header) : 0),
		.e_ehsize = htole16(sizeof(header)),
		.e_phentsize = htole16(sizeof(Elf64_Phdr)),
		.e_phnum = htole16(many ? PN_XNUM : (uint16_t)plan->headers),
		.e_shentsize = htole16(many ? sizeof(Elf64_Shdr) : 0),
		.e_shnum = htole16(many ? 1 : 0),
	};
	struct hr_error *error = hr_packer_put(packer, &header, sizeof(header));

	return error ? error : put_section_header(plan, packer);
}

static struct hr_error *put_note_header(const struct plan *plan, struct hr_packer *packer)
{
	const Elf64_Phdr header = {
		.p_type = htole32(PT_NOTE),
		.p_offset = htole64(plan->notes),
		.p_filesz = htole64(plan->notes_len),
		.p_memsz = htole64(plan->notes_len),
		.p_align = htole64(NOTE_ALIGNMENT),
	};

	return hr_packer_put(packer, &header, sizeof(header));
}

static struct hr_error *put_headers(const struct plan *plan, struct hr_packer *packer)
{
	const struct hr_snapshot_content *content = plan->content;
	uint64_t offset = plan->memory;
	struct hr_error *error = put_header(plan, packer);

	if (!error)
		error = put_note_header(plan, packer);
	for (size_t i = 0; !error && i < content->count; i++) {
		const struct hr_read_range *range = &content->ranges[i];
		uint64_t size = range->end - range->start;
		Elf64_Phdr header = {
			.p_type = htole32(PT_LOAD),
			.p_flags = htole32(PF_R | PF_W),
			.p_vaddr = htole64(range->start + content->va_offset),
			.p_paddr = htole64(range->start),
			.p_filesz = htole64(size),
			.p_memsz = htole64(size),
		};

		offset = place_of(range, offset);
		header.p_offset = htole64(offset);
		offset += size;
		error = hr_packer_put(packer, &header, sizeof(header));
	}
	return error;
}

static struct hr_error *put_padded(struct hr_packer *packer, const void *bytes, size_t len)
{
	static const unsigned char zeros[NOTE_ALIGNMENT];
	struct hr_error *error = hr_packer_put(packer, bytes, len);

	return error ? error
		     : hr_packer_put(packer, zeros, (size_t)(align(len, NOTE_ALIGNMENT) - len));
}

static struct hr_error *put_note(struct hr_packer *packer, const char *name, uint32_t type,
				 const char *text, size_t len)
{
	const Elf64_Nhdr header = {
		.n_namesz = htole32((uint32_t)strlen(name) + 1),
		.n_descsz = htole32((uint32_t)len),
		.n_type = htole32(type),
	};
	struct hr_error *error = hr_packer_put(packer, &header, sizeof(header));

	if (!error)
		error = put_padded(packer, name, strlen(name) + 1);
	return error ? error : put_padded(packer, text, len);
}

static struct hr_error *put_notes(const struct plan *plan, struct hr_packer *packer)
{
	const struct hr_snapshot_content *content = plan->content;
	struct hr_error *error = NULL;

	if (content->vmcoreinfo)
		error = put_note(packer, VMCOREINFO_NOTE, 0, content->vmcoreinfo,
				 content->vmcoreinfo_len);
	return error ? error
		     : put_note(packer, HR_SNAPSHOT_NOTE, HR_SNAPSHOT_TYPE, plan->text,
				plan->text_len);
}

/* Not against somebody who looks for equal sums, but against chance. */
static uint64_t add_to_sum(uint64_t sum, const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i += WORD) {
		uint64_t word = 0;

		memcpy(&word, bytes + i, hr_smaller(WORD, len - i));
		sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		sum ^= sum >> 29;
	}
	return sum;
}

/* Where a pass over the memory is. */
struct pass {
	const struct hr_snapshot_content *content;
	struct hr_packer *packer; /* NULL: only the sum is wanted */
	unsigned char *buffer;	  /* PIECE bytes */
	uint64_t offset;	  /* in the file */
	uint64_t sum;
};

static struct hr_error *take_piece(struct pass *pass, uint64_t pa, size_t len)
{
	struct hr_error *error = hr_memory_read(pass->content->memory, pa, pass->buffer, len);

	if (error)
		return error;
	pass->sum = add_to_sum(pass->sum, pass->buffer, len);
	pass->offset += len;
	return pass->packer ? hr_packer_put(pass->packer, pass->buffer, len) : NULL;
}

static struct hr_error *take_range(struct pass *pass, const struct hr_read_range *range)
{
	struct hr_error *error = NULL;
	uint64_t pa = range->start;

	pass->offset = place_of(range, pass->offset);
	if (pass->packer)
		error = hr_packer_pad(pass->packer, pass->offset);
	while (!error && pa < range->end) {
		size_t len = range->end - pa < PIECE ? (size_t)(range->end - pa) : PIECE;

		error = take_piece(pass, pa, len);
		pa += len;
	}
	return error;
}

/* Read all memory of @content, piece by piece, and put it into @packer, unless that is NULL. */
static struct hr_error *take_all(const struct hr_snapshot_content *content, uint64_t offset,
				 struct hr_packer *packer, uint64_t *ret_sum)
{
	_cleanup_free_ unsigned char *buffer = hr_page_buffer(PIECE);
	struct pass pass = { .content = content, .packer = packer, .offset = offset };
	struct hr_error *error = NULL;

	if (!buffer)
		return hr_error_no_memory();
	pass.buffer = buffer;
	for (size_t i = 0; !error && i < content->count; i++)
		error = take_range(&pass, &content->ranges[i]);
	*ret_sum = pass.sum;
	return error;
}

struct hr_error *hr_snapshot_write(const struct hr_snapshot_content *content,
				   struct hr_packer *packer, uint64_t *ret_sum)
{
	_cleanup_(release_plan) struct plan plan;
	struct hr_error *error = make_plan(content, &plan);

	if (!error)
		error = put_headers(&plan, packer);
	if (!error)
		error = put_notes(&plan, packer);
	return error ? error : take_all(content, plan.memory, packer, ret_sum);
}

struct hr_error *hr_snapshot_sum(const struct hr_snapshot_content *content, uint64_t *ret_sum)
{
	return take_all(content, 0, NULL, ret_sum);
}
