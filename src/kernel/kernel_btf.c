// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kernel_btf.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/page_buffer.h"
#include "kernel/btf.h"
#include "kernel/btf_data.h"
#include "kernel/btf_source.h"

/* Missing or damaged BTF is not evidence. Only lack of memory is an error. */
static struct hr_error *find_in_btf(const struct hr_section_question *question, bool *ret_found,
				    struct hr_section_flags *ret)
{
	const struct hr_btf_source source = {
		.layout = question->layout,
		.memory = question->memory,
		.start = question->btf_start,
		.stop = question->btf_stop,
		.read = question->read_btf,
		.context = question->context,
	};
	_cleanup_free_ char *buffer = hr_page_buffer(HR_BTF_MAX);
	struct hr_error *error = NULL;
	size_t len;

	*ret_found = false;
	if (!buffer)
		return hr_error_no_memory();
	len = hr_btf_read(&source, buffer, HR_BTF_MAX);
	if (len)
		error = hr_btf_section_flags(buffer, len, ret_found, ret);
	if (!error || error->code == HR_ERROR_NO_MEMORY)
		return error;
	hr_error_destroy(error);
	return NULL;
}

/* Read the section that holds the kernel's own root table. */
static bool read_boot_section(const struct hr_section_question *question, uint64_t *ret)
{
	const struct hr_layout *layout = question->layout;
	struct hr_error *error = hr_section_read(
		question->sections, layout->swapper_pa >> layout->section_size_bits, ret);

	hr_error_destroy(error);
	return !error;
}

struct hr_error *hr_section_flags_find(const struct hr_section_question *question)
{
	char release[HR_RELEASE_SIZE] = "";
	struct hr_release version = { 0 };
	struct hr_section_flags_evidence evidence = { .version = &version, .release = release };
	struct hr_section_flags btf, flags;
	struct hr_error *error = NULL;
	bool found = false;

	if (question->release) {
		hr_release_sanitize(release, sizeof(release), question->release);
		version = hr_release_parse(release, NULL);
	}
	evidence.has_boot_section = read_boot_section(question, &evidence.boot_section);
	if (hr_section_flags_want_btf(&evidence))
		error = find_in_btf(question, &found, &btf);
	if (error)
		return error;
	if (found)
		evidence.btf = &btf;
	if (found && question->btf)
		*question->btf = (struct hr_btf_flags){ true, btf };
	error = hr_section_flags_choose(&evidence, &flags);
	if (!error)
		hr_sections_set_flags(question->sections, &flags);
	return error;
}
