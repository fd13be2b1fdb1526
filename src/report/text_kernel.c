// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_kernel.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/printable.h"
#include "base/units.h"
#include "cli/fields.h"
#include "report/warning.h"

/* Print a line about the kernel. @text may come from outside. */
static void print_line(const char *label, const char *text)
{
	printf("  %-14s  ", label);
	hr_put_printable(text, stdout);
	putchar('\n');
}

/* The same for @text of the library. */
static void print_told(const char *label, const char *text)
{
	printf("  %-14s  ", label);
	hr_fields_print(text, stdout);
	putchar('\n');
}

static void print_overrides(const struct hr_options *options)
{
	for (size_t i = 0; i < options->echo_count; i++)
		print_line(i ? "" : "overrides", options->echoes[i]);
}

/* What the answers pretend, in order. */
static void print_predicted(const struct hr_kernel *kernel)
{
	const struct hr_predicted *predicted = hr_kernel_predicted(kernel, 0);

	for (size_t i = 0; predicted; predicted = hr_kernel_predicted(kernel, ++i))
		printf("  %-14s  as if %s were %s%s%s\n", i ? "" : "predicted",
		       hr_range_text(predicted->range.start, predicted->range.end).text,
		       predicted->kind == HR_PREDICTED_ADDED ? "added" : "removed",
		       predicted->memmap_on_memory ? ", with memmap_on_memory" : "",
		       predicted->refused ? ", which this kernel refuses" : "");
}

static void print_warnings(const struct hr_session *session)
{
	struct hr_warning warning;
	bool is_labelled = false;

	for (size_t i = 0; hr_warning_at(session, i, &warning); i++) {
		if (warning.is_told)
			print_told(is_labelled ? "" : "assumed", warning.text);
		else
			print_line("warning", warning.text);
		is_labelled = warning.is_told;
	}
}

/* A wrong PHYS_OFFSET shows as memory where the machine has none. */
static void print_linear_memory(const struct hr_kernel *kernel)
{
	const struct hr_facts *facts = hr_kernel_facts(kernel);
	struct hr_pa_range mapped;

	if (!facts->has_phys_offset)
		return;
	printf("  %-14s  PHYS_OFFSET 0x%" PRIx64 ", ", "", facts->phys_offset);
	if (hr_kernel_linear_memory(kernel, &mapped))
		printf("mapped memory %s\n", hr_range_text(mapped.start, mapped.end).text);
	else
		puts("mapped memory unknown");
}

void hr_text_kernel(const struct hr_session *session)
{
	const struct hr_facts *facts = hr_kernel_facts(session->kernel);
	const char *teardown = hr_teardown_name(facts->teardown);
	const char *flush = hr_flush_name(facts->flush);

	printf("kernel %s: %s pages, %u VA bits (%u in use), %u levels%s\n",
	       facts->release ? facts->release : "of unknown release",
	       hr_size_text(facts->page_size).text, facts->va_bits, facts->va_bits_actual,
	       facts->levels, facts->lpa2 ? ", LPA2" : "");
	printf("  %-14s  memory blocks of %s; teardown %s, flush %s\n", "",
	       hr_size_text(facts->memory_block_size).text, teardown ? teardown : "unknown",
	       flush ? flush : "unknown");
	print_linear_memory(session->kernel);
	print_overrides(session->options);
	print_predicted(session->kernel);
	print_warnings(session);
}
