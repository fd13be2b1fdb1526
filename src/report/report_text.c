// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/printable.h"
#include "base/units.h"
#include "check/explain.h"

enum {
	EXPLAIN_COLUMNS = 80,
	EXPLAIN_INDENT = 6
};

bool hr_text_has_colour(void)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

static void print_verdict(enum hr_verdict verdict)
{
	static const char *const colours[] = { "\033[1;32m", "\033[1;31m", "\033[1;33m" };
	bool colour = hr_text_has_colour();

	fputs(colour ? colours[verdict] : "", stdout);
	for (const char *at = hr_verdict_name(verdict); *at; at++)
		putchar(*at == '-' ? ' ' : toupper((unsigned char)*at));
	fputs(colour ? "\033[0m" : "", stdout);
}

static void print_reason(const struct hr_kernel *kernel, const struct hr_reason *reason)
{
	const struct hr_leaf *leaf = &reason->leaf;

	printf("  %-14s  ", hr_reason_name(reason->code));
	hr_put_printable(reason->message, stdout);
	puts(kernel->config.ignored & 1u << reason->code ? " (ignored)" : "");
	if (!reason->has_leaf)
		return;
	printf("  %-14s  %s at VA 0x%" PRIx64 "-0x%" PRIx64, "",
	       hr_level_name(leaf->level, leaf->cont), leaf->va, leaf->va + leaf->size - 1);
	if (hr_kernel_has_pa(kernel, reason->map))
		printf(", PA 0x%" PRIx64 "-0x%" PRIx64, leaf->pa, leaf->pa + leaf->size - 1);
	putchar('\n');
}

/* "1 TLBI (1 range op)": the instructions of one part and what they are. */
static void print_flushes(const char *what, const struct hr_tlbi_count *count)
{
	const struct {
		uint64_t count;
		const char *one, *many;
	} kinds[] = {
		{ count->range_ops, "range op", "range ops" },
		{ count->single_ops, "single", "singles" },
		{ count->full_flushes, "flush of all of the TLB", "flushes of all of the TLB" },
	};
	const char *separator = " (";

	printf("%s %" PRIu64, what, count->tlbi);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!kinds[i].count)
			continue;
		printf("%s%" PRIu64 " %s", separator, kinds[i].count,
		       kinds[i].count == 1 ? kinds[i].one : kinds[i].many);
		separator = ", ";
	}
	fputs(*separator == ',' ? ")" : "", stdout);
}

static void print_calls(const struct hr_answer *answer)
{
	const struct hr_plan *plan = answer->plan;
	bool by_block = plan->calls == HR_CALLS_BLOCK;

	printf("  %-14s  in %" PRIu64 " call%s of arch_remove_memory(), one for %s (%s)\n", "",
	       plan->call_count, plan->call_count == 1 ? "" : "s",
	       by_block ? "each memory block" : "the range", answer->calls_from);
}

static void print_plan(const struct hr_kernel *kernel, const struct hr_answer *answer)
{
	const struct hr_plan *plan = answer->plan;
	enum hr_teardown model = kernel->models.teardown;
	const struct hr_teardown_count *ours = hr_plan_of(plan, model);
	const struct hr_teardown_count *other =
		ours == &plan->batched ? &plan->per_leaf : &plan->batched;

	printf("  %-14s  %s: %" PRIu64 " TLBI, %" PRIu64 " DSB; ", "teardown",
	       model ? hr_teardown_name(model) : "model unknown, if batched", ours->total.tlbi,
	       ours->total.dsb);
	print_flushes("linear map", &ours->linear);
	print_flushes(", vmemmap", &ours->vmemmap);
	printf(", tables freed %" PRIu64 "\n", ours->tables.flushes);
	print_calls(answer);
	for (size_t i = 0; i < plan->op_count && ours == &plan->batched && i < 8; i++)
		printf("  %-14s  range op %zu: VA 0x%" PRIx64 ", %" PRIu64
		       " pages, SCALE %u, NUM %u\n",
		       "", i + 1, plan->ops[i].va, plan->ops[i].pages, plan->ops[i].scale,
		       plan->ops[i].num);
	if (plan->op_count > 8 && ours == &plan->batched)
		printf("  %-14s  and %s%zu more range ops, see --json\n", "",
		       plan->ops_cut ? "over " : "", plan->op_count - 8);
	if (kernel->features.tlbi_range == HR_UNKNOWN &&
	    kernel->models.flush != HR_FLUSH_PAGE_LOOP && ours == &plan->batched) {
		printf("  %-14s  without TLB range operations: ", "");
		print_flushes("linear map", &plan->linear_without_range_ops);
		putchar('\n');
	}
	printf("  %-14s  %s it would be %" PRIu64 " TLBI, %" PRIu64 " DSB\n", "",
	       other == &plan->batched ? "batched" : "leaf by leaf", other->total.tlbi,
	       other->total.dsb);
}

static bool set_cell(struct libscols_line *line, size_t column, const char *text)
{
	return !scols_line_set_data(line, column, text);
}

static bool set_count(struct libscols_line *line, size_t column, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return set_cell(line, column, text);
}

static bool add_map_line(struct libscols_table *table, enum hr_map map,
			 const struct hr_map_survey *survey)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	bool ok = line && set_cell(line, 0, hr_map_name(map)) &&
		  set_cell(line, 1, hr_size_text(survey->mapped).text) &&
		  set_cell(line, 2, hr_size_text(survey->unmapped).text) &&
		  set_cell(line, 3, hr_size_text(survey->unreadable).text);

	for (enum hr_leaf_kind kind = 0; kind < HR_LEAF_KINDS; kind++)
		ok = ok && set_count(line, 4 + kind, survey->leaves[kind]);
	return ok;
}

/* The leaves of the range, map by map; without memory for a table there is none. */
static void print_leaves(const struct hr_survey *survey)
{
	static const char *const columns[] = { "MAP",	     "MAPPED",	 "UNMAPPED",
					       "UNREADABLE", "PUD",	 "CONT_PMD",
					       "PMD",	     "CONT_PTE", "PTE" };
	struct libscols_table *table = scols_new_table();
	_cleanup_free_ char *text = NULL;
	bool ok = table != NULL;

	for (size_t i = 0; ok && i < sizeof(columns) / sizeof(columns[0]); i++)
		ok = scols_table_new_column(table, columns[i], 0, i ? SCOLS_FL_RIGHT : 0);
	for (enum hr_map map = 0; ok && map < HR_MAP_COUNT; map++)
		ok = add_map_line(table, map, &survey->maps[map]);
	if (ok && !scols_print_table_to_string(table, &text)) {
		char *rest = text;
		const char *line;

		while ((line = strsep(&rest, "\n")))
			if (*line)
				printf("  %-14s  %s\n", line == text ? "leaves" : "", line);
	}
	scols_unref_table(table);
}

/* The line that the kernel will log when it refuses @block. */
static void print_message(const struct hr_guard_block *block)
{
	static const char *const texts[] = {
		[HR_RULE_SPLITS_LINEAR] = "splits a leaf entry in linear map",
		[HR_RULE_SPLITS_VMEMMAP] = "splits a leaf entry in vmemmap",
		[HR_RULE_BOOT_MEMORY] = "offlining attempted",
	};

	printf("  %-14s  its log will say: %s[%" PRIx64 " %" PRIx64 "] %s\n", "",
	       block->rule == HR_RULE_BOOT_MEMORY ? "Boot memory " : "", block->message_start,
	       block->message_end, texts[block->rule]);
}

static void print_refusal(const struct hr_guard_result *guard, uint64_t block_size)
{
	const struct hr_guard_block *first = NULL;
	uint64_t refused = 0;

	for (size_t i = 0; i < guard->count; i++) {
		if (guard->blocks[i].rule != HR_RULE_NONE && !refused++)
			first = &guard->blocks[i];
	}
	if (!first) {
		printf("refuses\n");
		return;
	}
	printf("refuses %" PRIu64 " of %s%zu memory blocks, the first is %s\n", refused,
	       guard->cut ? "the first " : "", guard->count,
	       hr_block_name(first->start, block_size).text);
	print_message(first);
}

static void print_guard(const struct hr_kernel *kernel, const struct hr_answer *answer)
{
	/* What cannot be removed corrupts nothing. */
	bool splits = !kernel->no_hotremove &&
		      hr_check_has(&answer->check, HR_REASON_SPLITS_LEAF) &&
		      !hr_check_has(&answer->check, HR_REASON_MISALIGNED);

	printf("  %-14s  ", "kernel's check");
	switch (answer->guard.outcome) {
	case HR_GUARD_ACCEPTS:
		printf("accepts\n");
		break;
	case HR_GUARD_REFUSES:
		print_refusal(&answer->guard, kernel->memory_block_size);
		break;
	case HR_GUARD_ACCEPTS_UNSAFELY:
		printf("ACCEPTS ALL THE SAME: this kernel would corrupt its mapping of other "
		       "memory\n");
		break;
	case HR_GUARD_NO_CHECK:
		printf("%s\n",
		       splits ? "NONE: this kernel would corrupt its mapping of other memory"
			      : "none for split leaves in this kernel");
		break;
	case HR_GUARD_CANNOT_TELL:
		printf("unknown\n");
		break;
	}
}

static void print_nearest(const char *label, const char *what, bool found,
			  const struct hr_pa_range *range)
{
	if (found)
		printf("  %-14s  %s: %s (%s)\n", label, what,
		       hr_range_text(range->start, range->end).text,
		       hr_size_text(range->end - range->start).text);
}

/* @text in lines that end before EXPLAIN_COLUMNS. */
static void print_wrapped(const char *text)
{
	while (*text) {
		size_t len = strlen(text);

		if (len > EXPLAIN_COLUMNS - EXPLAIN_INDENT) {
			len = EXPLAIN_COLUMNS - EXPLAIN_INDENT;
			while (len && text[len] != ' ')
				len--;
		}
		printf("%*s%.*s\n", EXPLAIN_INDENT, "", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
}

/* The rule behind each reason, once for reasons of the same kind. */
static void print_rules(const struct hr_check_result *check)
{
	for (size_t i = 0; i < check->count; i++) {
		enum hr_reason_code code = check->reasons[i].code;
		size_t first = 0;

		while (check->reasons[first].code != code)
			first++;
		if (first != i)
			continue;
		printf("  why %s\n", hr_reason_name(code));
		print_wrapped(hr_explain_reason(code));
	}
}

void hr_text_print_range(const struct hr_kernel *kernel, const struct hr_answer *answer,
			 bool explain)
{
	uint64_t size = answer->range.end - answer->range.start;

	printf("%s (%s): ", hr_range_text(answer->range.start, answer->range.end).text,
	       hr_size_text(size).text);
	print_verdict(answer->verdict);
	putchar('\n');
	for (size_t i = 0; i < answer->check.count; i++)
		print_reason(kernel, &answer->check.reasons[i]);
	if (explain)
		print_rules(&answer->check);
	print_nearest("removable", "inside it", answer->nearest.has_inside,
		      &answer->nearest.inside);
	print_nearest(answer->nearest.has_inside ? "" : "removable", "around it",
		      answer->nearest.has_around, &answer->nearest.around);
	print_guard(kernel, answer);
	print_plan(kernel, answer);
	print_leaves(&answer->survey);
	putchar('\n');
}

/* A line of what is said of the kernel; others may have made @text. */
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

/* What protects the program comes first, and is not assumed of the kernel. */
static void print_warnings(const struct hr_kernel *kernel)
{
	size_t first = 0;

	if (kernel->config.warning)
		print_line("warning", kernel->warnings[first++]);
	for (size_t i = first; i < kernel->warning_count; i++)
		print_line(i > first ? "" : "assumed", kernel->warnings[i]);
}

/* A PHYS_OFFSET that is wrong shows by memory where the machine has none. */
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

void hr_text_print_kernel(const struct hr_session *session)
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

/* What changed, and when that was seen: two rounds may be days apart. */
void hr_text_print_change(bool first, const char *key, const char *before, const char *after)
{
	if (first) {
		char text[32] = "";
		time_t now = time(NULL);
		struct tm local;

		if (localtime_r(&now, &local))
			strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &local);
		puts(text);
	}
	hr_put_printable(key, stdout);
	if (!before)
		fputs(": new: ", stdout);
	else
		fputs(after ? ": " : ": gone (was ", stdout);
	hr_put_printable(before ? before : "", stdout);
	fputs(before && after ? " -> " : "", stdout);
	hr_put_printable(after ? after : "", stdout);
	puts(after ? "" : ")");
}
