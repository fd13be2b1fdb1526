// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_kernel.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/printable.h"
#include "base/units.h"
#include "cli/fields.h"
#include "report/clock.h"
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

static void print_change(const struct hr_predicted *predicted)
{
	if (predicted->kind == HR_PREDICTED_RELEASE) {
		printf("as if kernel ");
		hr_put_printable(predicted->release, stdout);
		printf(" ran from here on\n");
		return;
	}
	printf("as if %s were %s%s%s\n",
	       hr_range_text(predicted->range.start, predicted->range.end).text,
	       predicted->kind == HR_PREDICTED_ADDED ? "added" : "removed",
	       predicted->memmap_on_memory ? ", with memmap_on_memory" : "",
	       predicted->refused ? ", which this kernel refuses" : "");
}

/* How it is known by what leaves memory is mapped that is added. */
static const char *const mapping_sources[] = {
	[HR_MODEL_FROM_RELEASE] = "assumed by the release",
	[HR_MODEL_FROM_SYMBOLS] = "by the kernel's settings",
	[HR_MODEL_FROM_OPTION] = "by option",
	[HR_MODEL_FROM_TABLES] = "as the memory that is there",
};

static void print_mapping(struct hr_kernel *kernel)
{
	enum hr_model_source from;
	enum hr_mapping mapping = hr_kernel_mapping(kernel, &from);

	if (mapping)
		printf("  %-14s  added memory is mapped by %s (%s)\n", "", hr_mapping_name(mapping),
		       mapping_sources[from]);
}

/* What the answers pretend, in order. A kernel that runs changes its tables meanwhile. */
static void print_predicted(const struct hr_session *session)
{
	struct hr_kernel *kernel = session->kernel;
	const struct hr_predicted *predicted = hr_kernel_predicted(kernel, 0);
	const char *label = "predicted";
	bool has_added = false;

	if (predicted && session->memory.live) {
		printf("  %-14s  from the running kernel at %s\n", label, hr_clock_now().text);
		label = "";
	}
	for (size_t i = 0; predicted; predicted = hr_kernel_predicted(kernel, ++i)) {
		printf("  %-14s  ", i ? "" : label);
		print_change(predicted);
		has_added |= predicted->kind == HR_PREDICTED_ADDED;
	}
	if (has_added)
		print_mapping(kernel);
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
	printf("  %-14s  ", "");
	/* The list of memory blocks ends with their size. */
	if (!session->options->blocks)
		printf("memory blocks of %s; ", hr_size_text(facts->memory_block_size).text);
	printf("teardown %s, flush %s\n", teardown ? teardown : "unknown",
	       flush ? flush : "unknown");
	print_linear_memory(session->kernel);
	print_overrides(session->options);
	print_predicted(session);
	print_warnings(session);
}
