// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel_pages.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/kernel_views.h"
#include "base/cleanup.h"
#include "base/page_buffer.h"
#include "kernel/btf_data.h"
#include "kernel/btf_source.h"
#include "map/page_census.h"

/* Where the types of @kernel are. In the image they are searched behind its text. */
static struct hr_btf_source types_of(const struct hr_kernel *kernel)
{
	const struct hr_host *host = kernel->config.host;
	struct hr_btf_source source = {
		.layout = &kernel->layout,
		.memory = &kernel->memory,
		.start = &kernel->symbols[HR_SYMBOL_BTF_START],
		.stop = &kernel->symbols[HR_SYMBOL_BTF_STOP],
		.read = host ? host->read_btf : NULL,
		.context = host ? host->context : NULL,
	};
	bool found;

	hr_error_destroy(
		hr_vmcoreinfo_number(kernel->note, "SYMBOL(_stext)", &found, &source.text));
	return source;
}

/* Error HR_ERROR_UNREADABLE, as a clause: the types are not there, or lack something. */
static struct hr_error *find_form(struct hr_kernel *kernel)
{
	const struct hr_btf_source source = types_of(kernel);
	_cleanup_free_ char *buffer = hr_page_buffer(HR_BTF_MAX);
	_cleanup_(hr_cleanup_btf) struct btf *btf = NULL;
	struct hr_error *error;
	size_t len;

	if (!buffer)
		return hr_error_no_memory();
	if (kernel->tables)
		return hr_error_new(HR_ERROR_UNREADABLE,
				    "a text of page tables has no struct pages");
	len = hr_btf_read(&source, buffer, HR_BTF_MAX);
	if (!len)
		return hr_error_new(HR_ERROR_UNREADABLE,
				    "the kernel's types (BTF), which say how to read a struct "
				    "page, are not in the source");
	error = hr_btf_open(buffer, len, &btf);
	return error ? error
		     : hr_page_form_find(btf, kernel->note, kernel->layout.struct_page_size,
					 &kernel->pages.form);
}

/* Look for the form once. Why it is not known is kept. */
static struct hr_error *learn_form(struct hr_kernel *kernel)
{
	struct hr_page_knowledge *pages = &kernel->pages;
	struct hr_error *error;

	if (pages->has_looked)
		return NULL;
	error = find_form(kernel);
	if (error && error->code == HR_ERROR_NO_MEMORY)
		return error;
	pages->has_looked = true;
	if (!error)
		return NULL;
	snprintf(pages->why, sizeof(pages->why), "%s", error->message);
	hr_error_destroy(error);
	return NULL;
}

/* All struct pages of the source have room in it; of a running kernel, some are read again. */
static uint64_t most_bytes(const struct hr_kernel *kernel)
{
	uint64_t size = kernel->memory.size;

	return size < UINT64_MAX / HR_PAGE_LOOKS ? size * HR_PAGE_LOOKS : UINT64_MAX;
}

static void on_window(void *context, uint64_t pa)
{
	hr_kernel_progress(context, pa);
}

/* The walker is another one after each prediction, so the reader does not outlive a question. */
static struct hr_error *take(struct hr_kernel *kernel, const struct hr_pa_range *range,
			     struct hr_pages *ret)
{
	struct hr_page_census census = {
		.machine = hr_kernel_machine(kernel),
		.live = kernel->memory.live,
		.progress = on_window,
		.context = kernel,
	};
	uint64_t visits = hr_walker_visits(kernel->walker);
	struct hr_error *error = hr_page_reader_create(&census.machine, &kernel->memory,
						       &kernel->pages.form, &census.reader);

	if (error)
		return error;
	if (!kernel->pages.in_pass)
		kernel->pages.left = most_bytes(kernel);
	hr_page_reader_allow(census.reader, kernel->pages.left);
	hr_page_census_take(&census, range->start, range->end, ret);
	kernel->pages.left = hr_page_reader_left(census.reader);
	hr_page_reader_destroy(census.reader);
	/* The bytes bound them. */
	hr_walker_forget_visits(kernel->walker, visits);
	return NULL;
}

struct hr_error *hr_kernel_take_pages(struct hr_kernel *kernel, const struct hr_pa_range *range,
				      struct hr_pages *ret)
{
	unsigned int shift = kernel->layout.geo.page_shift;
	uint64_t first = range->start >> shift, last = (range->end - 1) >> shift;
	struct hr_error *error = learn_form(kernel);

	if (error)
		return error;
	if (!kernel->pages.why[0])
		return take(kernel, range, ret);
	*ret = (struct hr_pages){ .to_move = 0 };
	hr_pages_add(ret, HR_PAGES_UNREADABLE, first, last - first + 1);
	snprintf(ret->why, sizeof(ret->why), "%s", kernel->pages.why);
	return NULL;
}

struct hr_error *hr_kernel_count_pages(struct hr_kernel *kernel, const struct hr_pa_range *range,
				       struct hr_pages *ret)
{
	struct hr_error *error = hr_kernel_check_range(kernel, range);

	return error ? error : hr_kernel_take_pages(kernel, range, ret);
}

void hr_kernel_pages_pass_begin(struct hr_kernel *kernel)
{
	kernel->pages.in_pass = true;
	kernel->pages.left = most_bytes(kernel);
}

void hr_kernel_pages_pass_end(struct hr_kernel *kernel)
{
	kernel->pages.in_pass = false;
}
