// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_kernel.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/printable.h"
#include "base/units.h"

/* Print a line about the kernel. @text may come from outside. */
static void print_line(const char *label, const char *text)
{
	printf("  %-14s  ", label);
	hr_put_printable(text, stdout);
	putchar('\n');
}

static void print_overrides(const struct hr_options *options)
{
	for (size_t i = 0; i < options->echo_count; i++)
		print_line(i ? "" : "overrides", options->echoes[i]);
}

/*
 * The warning about the program's protection comes first. It is not an assumption about the kernel.
 */
static void print_warnings(const struct hr_kernel *kernel)
{
	size_t first = 0;

	if (kernel->config.warning)
		print_line("warning", kernel->warnings[first++]);
	for (size_t i = first; i < kernel->warning_count; i++)
		print_line(i > first ? "" : "assumed", kernel->warnings[i]);
}

/* A wrong PHYS_OFFSET shows as memory where the machine has none. */
static void print_linear_memory(const struct hr_kernel *kernel)
{
	struct hr_pa_range mapped;

	if (!kernel->has_phys_offset)
		return;
	printf("  %-14s  PHYS_OFFSET 0x%" PRIx64 ", ", "", kernel->layout.phys_offset);
	if (hr_kernel_linear_memory(kernel, &mapped))
		printf("mapped memory %s\n", hr_range_text(mapped.start, mapped.end).text);
	else
		puts("mapped memory not known");
}

void hr_text_kernel(const struct hr_session *session)
{
	const struct hr_kernel *kernel = session->kernel;
	const struct hr_layout *layout = &kernel->layout;
	const struct hr_geometry *geo = &layout->geo;
	const char *teardown = hr_teardown_name(kernel->models.teardown);
	const char *flush = hr_flush_name(kernel->models.flush);

	printf("kernel %s: %s pages, %u VA bits (%u in use), %u levels%s\n",
	       layout->release[0] ? layout->release : "of unknown release",
	       hr_size_text(hr_page_size(geo)).text, geo->va_bits, geo->va_bits_actual,
	       hr_live_levels(geo), geo->lpa2 ? ", LPA2" : "");
	printf("  %-14s  memory blocks of %s; teardown %s, flush %s\n", "",
	       hr_size_text(kernel->memory_block_size).text, teardown ? teardown : "unknown",
	       flush ? flush : "unknown");
	print_linear_memory(kernel);
	print_overrides(session->options);
	print_warnings(kernel);
}
